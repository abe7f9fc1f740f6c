"""Building embree's tree beside Python's lock gives the same scene."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.render.scenes import room
from viewer.geometry import embree_build
from viewer.geometry.embree_build import build_scene


def mesh() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    made = room(objects=200)
    return made.vertices.astype(np.float32), made.faces


def rays(count: int = 20_000) -> NDArray[np.float32]:
    found = np.random.default_rng(5).normal(size=(count, 3))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere embreex builds as always")
def test_every_ray_hits_the_same_face_at_the_same_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    vertices, faces = mesh()
    eye = np.ascontiguousarray(np.broadcast_to(np.array([0.2, 0.1, 1.3], np.float32), (20_000, 3)))
    added: list[bool] = []
    add = embree_build._add_mesh

    def noticed(*arguments: object) -> bool:
        added.append(add(*arguments))
        return added[-1]

    monkeypatch.setattr(embree_build, "_add_mesh", noticed)
    ours = build_scene(vertices, faces).run(eye, rays(), output=1)
    assert added == [True]  # it was not embreex that built
    monkeypatch.setattr(embree_build, "_library", lambda: None)
    theirs = build_scene(vertices, faces).run(eye, rays(), output=1)

    assert added == [True]
    assert (theirs["primID"] >= 0).mean() > 0.99
    assert np.array_equal(ours["primID"], theirs["primID"])
    assert np.array_equal(ours["tfar"], theirs["tfar"])


@pytest.mark.parametrize("layout", ["C", "F"])
def test_arrays_of_any_layout_are_taken(layout: str) -> None:
    vertices, faces = mesh()
    one = build_scene(np.array(vertices, order=layout), np.array(faces, order=layout))
    other = build_scene(vertices, faces)
    eye = np.zeros((500, 3), np.float32) + np.float32(0.7)
    assert np.array_equal(one.run(eye, rays(500)), other.run(eye, rays(500)))
