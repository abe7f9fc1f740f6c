"""Software drawing takes a mesh from where it lies; graphics cards get copies. Both show the same."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest

from tests.render.conftest import Stage
from tests.render.scenes import room, scene_of
from viewer.model.mesh import GpuMesh, Mesh, split_at_objects
from viewer.model.vertices import shareable
from viewer.render.gl import GL, GLError
from viewer.render.orbit_camera import ViewState
from viewer.render.visuals import object_mesh, shared_mesh
from viewer.render.visuals.object_mesh import ObjectMesh
from viewer.render.visuals.sent_mesh import SentMesh
from viewer.render.visuals.shared_mesh import SharedMesh, can_share_memory

pytestmark = pytest.mark.gl
INSIDE = ViewState((-2.4, -1.5, 1.7), (2.0, 1.0, 0.4))


def as_read(mesh: Mesh) -> Mesh:
    """With vertices as they come from files, and exact in float32 wherever they are measured from."""
    grid = np.round(mesh.vertices * 1024) / 1024
    return Mesh(shareable(grid), mesh.faces, mesh.owners.dense(), mesh.object_count)


def in_any_order(mesh: Mesh) -> Mesh:
    order = np.random.default_rng(2).permutation(len(mesh.faces))
    return Mesh(mesh.vertices, mesh.faces[order], mesh.owners.dense()[order], mesh.object_count)


def with_shared_corners(mesh: Mesh) -> Mesh:
    """Every second triangle of an object belongs to the next one, so their vertices belong to two."""
    owners = mesh.owners.dense().copy()
    owners[::2] = (owners[::2] + 1) % mesh.object_count
    return Mesh(mesh.vertices, mesh.faces, owners, mesh.object_count)


def without_an_object(mesh: Mesh) -> Mesh:
    owners = mesh.owners.dense().copy()
    owners[::5] = -1
    return Mesh(mesh.vertices, mesh.faces, owners, mesh.object_count)


def far_away(mesh: Mesh) -> Mesh:
    """Where float32 in world units would round visibly."""
    return Mesh(mesh.vertices + 4096.0, mesh.faces, mesh.owners.dense(), mesh.object_count)


def needs_shared_memory(stage: Stage) -> None:
    """Skip where OpenGL itself says that it cannot; the program's own answer is part of what is tested."""
    from PySide6.QtGui import QOpenGLContext

    stage.view._picture.make_current()
    context = QOpenGLContext.currentContext()
    if "llvmpipe" not in str(GL.text(GL.GL_RENDERER)) or not context.hasExtension(b"GL_AMD_pinned_memory"):
        pytest.skip("this OpenGL is no software that draws from the program's memory")
    assert can_share_memory()


FORMS: list[tuple[Callable[[Mesh], Mesh], bool]] = [
    (as_read, True),
    (lambda mesh: in_any_order(as_read(mesh)), True),
    (lambda mesh: with_shared_corners(as_read(mesh)), False),
    (lambda mesh: without_an_object(as_read(mesh)), False),
    (far_away, False),
]


@pytest.mark.parametrize(("form", "is_kept"), FORMS, ids=["read", "any order", "corners", "none", "far away"])
def test_a_shared_mesh_looks_like_one_that_is_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, form: Callable[[Mesh], Mesh], is_kept: bool
) -> None:
    needs_shared_memory(stage)
    mesh = form(room())
    assert (split_at_objects(mesh).kept_vertices() is not None) == is_kept
    view = stage.view
    away = 4096.0 if form is far_away else 0.0

    there = ViewState(tuple(x + away for x in INSIDE.eye), tuple(x + away for x in INSIDE.look_at))

    shared = stage.full_and_coarse(mesh, there)
    assert isinstance(view.layers["mesh"]._visual._buffers, SharedMesh)
    monkeypatch.setattr(object_mesh, "can_share_memory", lambda: False)
    sent = stage.full_and_coarse(mesh, there)
    assert isinstance(view.layers["mesh"]._visual._buffers, SentMesh)

    assert shared[0].std() > 10
    assert len(np.unique(shared[1])) > 10
    for one, other in zip(shared, sent, strict=True):
        assert np.array_equal(one, other)


def test_what_was_read_is_drawn_without_a_copy_and_let_go_with_its_scene(stage: Stage) -> None:
    needs_shared_memory(stage)
    view = stage.view

    def show() -> tuple[list[int], list[weakref.ref[np.ndarray]]]:
        mesh = as_read(room())
        gpu = split_at_objects(mesh)
        view.set_scene(scene_of(mesh), gpu)
        stage.settle()
        arrays = view.layers["mesh"]._visual._buffers._arrays
        for array, kept in zip(arrays, (mesh.vertices, gpu.object_of_vertex, mesh.faces), strict=True):
            assert np.shares_memory(array, kept)
        return list(view.layers["mesh"]._visual._buffers._buffers), [weakref.ref(a) for a in arrays]

    for _ in range(5):
        _, arrays = show()
    assert all(array() is not None for array in arrays)
    view.set_scene(None)
    stage.settle()
    gc.collect()
    assert [array() for array in arrays] == [None, None, None]


def test_memory_is_shared_with_software_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.view._picture.make_current()
    shared_mesh._can_share.cache_clear()
    assert not shared_mesh._can_share("NVIDIA H200/PCIe")
    assert not shared_mesh._can_share("AMD Radeon RX 7900 XTX (radeonsi, navi31)")

    def refuse(*_arguments: object) -> int:
        raise GLError("invalid enumerant (glBufferData)")

    monkeypatch.setattr(shared_mesh, "filled", refuse)
    assert not shared_mesh._can_share("llvmpipe (LLVM 3.3)")
    monkeypatch.undo()
    shared_mesh._can_share.cache_clear()


def test_packing_goes_in_small_steps(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_shared_memory(stage)
    monkeypatch.setattr(shared_mesh, "VERTICES_PER_PIECE", 100)
    gpu = split_at_objects(with_shared_corners(as_read(room())))
    visual = ObjectMesh(gpu)
    steps = list(visual.upload(stage.view._canvas.context))

    packed = visual._buffers._arrays[0]
    assert np.array_equal(packed, gpu.positions_and_object())
    assert len(steps) > gpu.vertex_count / 100
    visual.release()
    assert GL.glGetError() == 0


def test_a_mesh_without_faces_is_nothing_to_share(stage: Stage) -> None:
    stage.view._picture.make_current()
    empty = Mesh(np.zeros((3, 3)), np.empty((0, 3), np.int32), np.empty(0, np.int32), 0)
    gpu: GpuMesh = split_at_objects(empty)
    visual = ObjectMesh(gpu)
    assert list(visual.upload(stage.view._canvas.context)) == []
    visual.release()
