"""Sizes of objects whose mesh has holes in its numbers."""

from __future__ import annotations

import numpy as np

from tests.builders import cube_scene
from viewer.model.mesh import Mesh, object_areas, object_bounds


def test_vertices_without_coordinates_take_only_their_faces_out_of_an_object() -> None:
    vertices, faces, owners = cube_scene(2)
    vertices[0] = np.nan
    mesh = Mesh(vertices, faces.astype(np.int32), owners.astype(np.int32), 2)
    low, high = object_bounds(mesh)
    assert low.tolist() == [[0, 0, 0], [2, 0, 0]]
    assert high.tolist() == [[1, 1, 1], [3, 1, 1]]
    areas = object_areas(mesh)
    assert 0 < areas[0] < 6
    assert areas[1] == 6
