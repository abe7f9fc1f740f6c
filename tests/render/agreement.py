"""Why the picture of ids and rays through the middles of its pixels differ, pixel by pixel."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.ray_scene import RayScene
from viewer.model.camera import Camera
from viewer.model.mesh import NO_OBJECT, Mesh
from viewer.render.frame import NEAR_METRES
from viewer.render.id_buffer import IdBuffer

EDGE_PX = 1 / 64
"""A graphics card rounds corners to 1/256 of a pixel or finer; this leaves room for float32 before that."""
SAMPLES = 96
TIE = 4e-6
"""Share of its distance by which surfaces may be told apart: float32 depth on a scale of logarithms."""
FLOAT32 = 2.0**-23


class Reason(enum.IntEnum):
    """Why a pixel shows another object than its ray hits."""

    AGREES = 0
    EDGE = 1
    """The object drawn is what a ray hits that runs less than `EDGE_PX` beside: an outline, or a sliver."""
    TIE = 2
    """Both objects lie in the same place there, or cross each other: either may be in front."""
    NEAR = 3
    """What the ray hits is nearer than anything is drawn."""
    NONE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """A picture of ids and rays, compared."""

    drawn: NDArray[np.int32]  # (H, W) object, -1 = none
    hit: NDArray[np.int32]  # (H, W)
    reasons: NDArray[np.uint8]  # (H, W) of `Reason`

    def count(self, reason: Reason) -> int:
        return int(np.count_nonzero(self.reasons == reason))

    @property
    def unexplained(self) -> list[tuple[int, int, int, int]]:
        """x, y, the object drawn and the one hit, of every pixel without a reason."""
        y, x = np.nonzero(self.reasons == Reason.NONE)
        return list(
            zip(x.tolist(), y.tolist(), self.drawn[y, x].tolist(), self.hit[y, x].tolist(), strict=True)
        )


def compare(mesh: Mesh, ids: IdBuffer, metres_per_unit: float = 1.0) -> Agreement:
    """Ask rays about every pixel of a picture that shows nothing but the mesh."""
    camera, rays = ids.camera, RayScene(mesh)
    y, x = np.indices(ids.object_ids.shape)
    pixels = np.column_stack([x.ravel(), y.ravel()]).astype(np.float64)
    hit = _objects(rays, camera, pixels)
    drawn = ids.object_ids.reshape(-1)
    reasons = np.zeros(len(drawn), np.uint8)
    rest = np.flatnonzero(drawn != hit)
    reasons[rest] = Reason.NONE
    for reason, explains in (
        (Reason.NEAR, lambda at: _is_near(rays, camera, pixels[at], NEAR_METRES / metres_per_unit)),
        (Reason.TIE, lambda at: _is_tie(mesh, rays, camera, pixels[at], drawn[at])),
        (Reason.EDGE, lambda at: _is_edge(rays, camera, pixels[at], drawn[at])),
    ):
        reasons[rest[explains(rest)]] = reason
        rest = np.flatnonzero(reasons == Reason.NONE)
    shape = ids.object_ids.shape
    return Agreement(ids.object_ids, hit.reshape(shape), reasons.reshape(shape))


def _objects(rays: RayScene, camera: Camera, pixels: NDArray[np.float64]) -> NDArray[np.int32]:
    return rays.objects_of(rays.first_hits(camera.position, camera.cast_rays(pixels)))


def _is_near(
    rays: RayScene, camera: Camera, pixels: NDArray[np.float64], near_units: float
) -> NDArray[np.bool_]:
    directions = camera.cast_rays(pixels)
    ahead = camera.lens.ray_from_pixel @ [(camera.lens.width - 1) / 2, (camera.lens.height - 1) / 2, 1]
    # measured along the axis of a lens, which for a tilted one is not where its middle pixel looks
    axis = camera.world_from_cam[:3, :3] @ np.linalg.inv(camera.lens.ray_from_pixel)[2]
    axis *= np.sign(np.linalg.inv(camera.lens.ray_from_pixel)[2] @ ahead) / np.linalg.norm(axis)
    return np.asarray(rays.distances(camera.position, directions) * (directions @ axis) <= near_units)


def _is_tie(
    mesh: Mesh, rays: RayScene, camera: Camera, pixels: NDArray[np.float64], drawn: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Whether the surface drawn is where the ray hits the other, as far as float32 can tell."""
    directions = camera.cast_rays(pixels)
    faces = rays.first_hits(camera.position, directions)
    away = rays.distances(camera.position, directions).astype(np.float64)
    corners = mesh.vertices[mesh.faces[faces]]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    size = np.abs(mesh.vertices[np.isfinite(mesh.vertices).all(axis=1)]).max()
    found = np.zeros(len(pixels), np.bool_)
    for object_id in np.unique(drawn[drawn != NO_OBJECT]):
        at = (drawn == object_id) & (faces >= 0)
        own = mesh.owners.dense() == object_id
        alone = RayScene(Mesh(mesh.vertices, mesh.faces[own], mesh.owners.dense()[own], mesh.object_count))
        behind = alone.distances(camera.position, directions[at]) - away[at]
        apart = np.abs(behind * np.einsum("ij,ij->i", directions[at], normals[at]))
        with np.errstate(invalid="ignore"):
            found[at] = (np.abs(behind) <= TIE * away[at]) | (apart <= 4 * FLOAT32 * size)
    return found


def _is_edge(
    rays: RayScene, camera: Camera, pixels: NDArray[np.float64], drawn: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Whether rays that run a little beside find what is drawn."""
    turn, out = np.arange(SAMPLES) * 2.399963, np.sqrt((np.arange(SAMPLES) + 1) / SAMPLES) * EDGE_PX
    beside = np.column_stack([np.cos(turn), np.sin(turn)]) * out[:, None]
    around = (pixels[:, None] + beside).reshape(-1, 2)
    found = _objects(rays, camera, around).reshape(len(pixels), SAMPLES)
    return np.asarray((found == drawn[:, None]).any(axis=1))
