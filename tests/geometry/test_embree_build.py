"""Building embree's tree beside Python's lock, over the mesh's own arrays, changes no hit."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from tests.render.scenes import room
from viewer.geometry import embree_build
from viewer.geometry.embree_build import TriangleTree
from viewer.model.vertices import shareable

ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere embreex builds as always")


def mesh() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """A room, and all of it once more in the same place: everywhere two faces tie."""
    made = room(objects=200)
    count = len(made.vertices)
    vertices = np.concatenate([made.vertices, made.vertices])
    return shareable(vertices), np.concatenate([made.faces, made.faces[::-1] + count]).astype(np.int32)


def rays(count: int = 20_000) -> NDArray[np.float32]:
    found = np.random.default_rng(5).normal(size=(count, 3))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def eyes(count: int = 20_000) -> NDArray[np.float32]:
    return np.ascontiguousarray(np.broadcast_to(np.array([0.2, 0.1, 1.3], np.float32), (count, 3)))


def as_embreex_does(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> EmbreeScene:
    """Not robust, as the original tool."""
    scene = EmbreeScene(robust=False)
    TriangleMesh(scene, vertices, faces)
    return scene


@ONLY_LINUX
def test_every_ray_hits_the_same_face_at_the_same_distance_even_where_surfaces_coincide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vertices, faces = mesh()
    built: list[bool] = []
    build = embree_build._build

    def noticed(*arguments: object) -> bool:
        built.append(build(*arguments))
        return built[-1]

    monkeypatch.setattr(embree_build, "_build", noticed)
    ours = TriangleTree(vertices, faces).run(eyes(), rays(), output=1)
    theirs = as_embreex_does(vertices, faces).run(eyes(), rays(), output=1)

    assert built == [True]  # it was not embreex that built
    assert (theirs["primID"] >= 0).mean() > 0.99
    assert np.array_equal(ours["primID"], theirs["primID"])
    assert np.array_equal(ours["tfar"], theirs["tfar"])
    assert np.unique(ours["primID"] < len(faces) // 2).size == 2  # the copies win here and there


def test_embreex_builds_where_its_insides_are_unlike_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    vertices, faces = mesh()
    vertices.flags.writeable = faces.flags.writeable = False  # as those of a scene
    ours = TriangleTree(vertices, faces).run(eyes(), rays())
    monkeypatch.setattr(embree_build, "_library", lambda: None)

    assert np.array_equal(TriangleTree(vertices, faces).run(eyes(), rays()), ours)


@ONLY_LINUX
def test_a_tree_that_the_processor_cannot_use_is_built_by_embreex(monkeypatch: pytest.MonkeyPatch) -> None:
    vertices, faces = mesh()
    ours = TriangleTree(vertices, faces).run(eyes(), rays())
    monkeypatch.setattr(embree_build, "_TREE", b"tri_accel=there.is.none")
    embree_build._device.cache_clear()
    try:
        assert np.array_equal(TriangleTree(vertices, faces).run(eyes(), rays()), ours)
    finally:
        embree_build._device.cache_clear()


@ONLY_LINUX
def test_who_has_a_tree_built_keeps_its_own_precedence() -> None:
    def own() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = own()
    TriangleTree(*mesh())
    assert own() == before


def test_a_tree_keeps_what_it_reads_alive() -> None:
    vertices, faces = mesh()
    expected = TriangleTree(vertices, faces).run(eyes(), rays())
    tree = TriangleTree(vertices.copy(), faces.copy())
    del vertices, faces
    gc.collect()
    for _ in range(4):  # what is free is written over
        np.full((20_000, 3), np.nan, np.float32)
    assert np.array_equal(tree.run(eyes(), rays()), expected)


@pytest.mark.parametrize("layout", ["C", "F"])
def test_arrays_of_any_layout_are_taken(layout: str) -> None:
    vertices, faces = mesh()
    one = TriangleTree(shareable(np.array(vertices, order=layout)), np.array(faces, order=layout))
    other = TriangleTree(vertices, faces)
    assert np.array_equal(one.run(eyes(500), rays(500)), other.run(eyes(500), rays(500)))


MEMORY = """
from pathlib import Path
import numpy as np
from viewer.app.memory import memory_mb
from viewer.geometry.embree_build import TriangleTree
from viewer.model.vertices import shareable
side = 900
x, y = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0))
vertices = np.column_stack([x.ravel(), y.ravel(), np.sin(x.ravel())])
corner = (np.arange(side)[:, None] * (side + 1) + np.arange(side)).ravel()
faces = np.concatenate([
    np.column_stack([corner, corner + 1, corner + side + 2]),
    np.column_stack([corner, corner + side + 2, corner + side + 1]),
]).astype(np.int32)
vertices = shareable(vertices)
TriangleTree(vertices[:3], np.array([[0, 1, 2]], np.int32))
Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
before = memory_mb()
tree = TriangleTree(vertices, faces)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
print((int(peak.split()[1]) / 1024 - before) * 2**20 / len(faces))
"""


@ONLY_LINUX
def test_a_tree_takes_less_than_seventy_bytes_a_triangle_even_while_it_is_built() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    assert 10 < float(done.stdout) < 70
