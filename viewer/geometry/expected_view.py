"""What a camera must see of a mesh, or of the points other frames show: object and distance per pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter

from viewer.geometry.ray_scene import RayScene, grid_rays
from viewer.model.camera import Camera
from viewer.model.mesh import NO_OBJECT, Mesh

NEAR_ENOUGH = 1.03
"""A point counts as seen up to this factor behind what the frame itself shows at its pixel."""
WINDOW_PX = 7
"""Points leave holes; without a distance image, what lies behind the nearest point hereabouts is hidden."""


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedView:
    """What is known of a picture before it is looked at."""

    objects: NDArray[np.int32]  # (H, W), -1 = no object
    distance: NDArray[
        np.float64
    ]  # (H, W) world units from the camera's centre, NaN = nothing there or unknown
    known: NDArray[np.bool_]  # (H, W) where it says anything at all


def mesh_view(rays: RayScene, mesh: Mesh, camera: Camera, step: int = 1) -> ExpectedView:
    """What the camera sees of a mesh, in every `step`-th pixel of each row and column, from the first."""
    lens = camera.lens
    columns, rows = np.arange(0, lens.width, step), np.arange(0, lens.height, step)
    directions = grid_rays(camera, columns, rows)
    faces = rays.first_hits(camera.position, directions)
    shape = (len(rows), len(columns))
    return ExpectedView(
        rays.objects_of(faces).reshape(shape),
        _distances(mesh, faces, camera.position, directions).reshape(shape),
        np.ones(shape, np.bool_),
    )


def _distances(
    mesh: Mesh, faces: NDArray[np.int64], origin: NDArray[np.float64], directions: NDArray[np.float32]
) -> NDArray[np.float64]:
    """(N,) along unit directions to the planes of the faces hit, NaN for a miss."""
    # Each face once, found by marking: sorting a picture's worth of ids takes longer than all the rest.
    is_hit = np.zeros(len(mesh.faces) + 1, np.bool_)
    is_hit[faces] = True  # a miss, -1, marks the last place
    unique = np.flatnonzero(is_hit)
    row = np.empty(len(is_hit), np.int32)
    row[unique] = np.arange(len(unique))
    place = row[faces]
    is_miss = unique == len(mesh.faces)
    corners = mesh.vertices[mesh.faces[np.where(is_miss, 0, unique)]].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    away = np.einsum("ij,ij->i", corners[:, 0] - origin, normals)
    away[is_miss] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        found = away[place] / np.einsum("ij,ij->i", directions, normals.astype(np.float32)[place])
    return np.where(found > 0, found, np.nan)  # seen edge-on, a plane tells no distance


def points_view(
    camera: Camera,
    points: NDArray[np.floating],
    objects: NDArray[np.int32],
    own_distance: NDArray[np.floating] | None,
) -> ExpectedView:
    """What the camera sees of points (N, 3) of known objects (N,): the nearest one in each pixel.

    `own_distance` (H, W), world units, is what the frame itself says; points behind it are hidden from it
    by something the points do not show, and say nothing.
    """
    lens = camera.lens
    shape = (lens.height, lens.width)
    pixels, depth = camera.project(points)
    with np.errstate(invalid="ignore"):
        x, y = np.rint(pixels[:, 0]), np.rint(pixels[:, 1])
        inside = (depth > 0) & (x >= 0) & (x < lens.width) & (y >= 0) & (y < lens.height)
    place = y[inside].astype(np.int64) * lens.width + x[inside].astype(np.int64)
    away = np.linalg.norm(points[inside] - camera.position, axis=1)
    far_first = np.argsort(-away, kind="stable")
    place, away = place[far_first], away[far_first]
    distance = np.full(shape[0] * shape[1], np.nan)
    seen = np.full(shape[0] * shape[1], NO_OBJECT, np.int32)
    distance[place] = away  # of several in one pixel the last stays: the nearest
    seen[place] = objects[inside][far_first]
    distance = distance.reshape(shape)
    known = np.isfinite(distance)
    if own_distance is not None:
        known &= ~(distance > NEAR_ENOUGH * own_distance)
    else:
        nearest = minimum_filter(np.where(known, distance, np.inf), WINDOW_PX)
        known &= distance <= NEAR_ENOUGH * nearest
    return ExpectedView(seen.reshape(shape), np.where(known, distance, np.nan), known)
