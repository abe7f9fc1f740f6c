"""What is drawn at every pixel, and where in the world that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera

Kind = Literal["object", "box", "frustum", "voxel", "background"]

KIND_OBJECT = 255
KIND_BOX = 254
KIND_FRUSTUM = 253
KIND_VOXEL = 252
KIND_NAMES: dict[int, Kind] = {
    0: "background",
    KIND_OBJECT: "object",
    KIND_BOX: "box",
    KIND_FRUSTUM: "frustum",
    KIND_VOXEL: "voxel",
}
# A surface and a point are both objects to everyone but the shader that colors them.
KIND_BACK_FACE = 251
KIND_COLORED_POINT = 250
KIND_PLAIN_POINT = 249
_PUBLIC_KIND = np.arange(256, dtype=np.uint8)
_PUBLIC_KIND[[KIND_BACK_FACE, KIND_COLORED_POINT, KIND_PLAIN_POINT]] = KIND_OBJECT


@dataclass(frozen=True, slots=True, eq=False)
class PointerHit:
    """What lies under the pointer."""

    x: int  # physical px
    y: int
    kind: Kind = "background"
    object_id: int | None = None  # None for background, and for surfaces that belong to no object
    index: int = -1  # the object id, the instance id of a box, the number of a frustum
    world: tuple[float, float, float] | None = None  # world units
    distance_units: float | None = None  # from the eye


@dataclass(frozen=True, slots=True, eq=False)
class IdBuffer:
    """One picture's worth of ids, at physical pixels, row 0 on top."""

    object_ids: NDArray[np.int32]  # (H, W), -1 = background or no object
    kinds: NDArray[np.uint8]  # (H, W), 0 = background, else one of the KIND constants
    indices: NDArray[np.int32]  # (H, W), the object, box, frustum or voxel; -1 = none
    depths: NDArray[np.float32]  # (H, W) world units along the lens's principal direction; 0 = background
    camera: Camera
    serial: int

    @classmethod
    def nothing(cls, camera: Camera, serial: int) -> IdBuffer:
        """What is drawn where nothing can be."""
        indices = np.full((camera.lens.height, camera.lens.width), -1, np.int32)
        kinds = np.zeros(indices.shape, np.uint8)
        return cls.of(indices, kinds, indices, kinds.astype(np.float32), camera, serial)

    @classmethod
    def of(
        cls,
        object_ids: NDArray[np.int32],
        kinds: NDArray[np.uint8],
        indices: NDArray[np.int32],
        depths: NDArray[np.float32],
        camera: Camera,
        serial: int,
    ) -> IdBuffer:
        """An id buffer whose arrays can no longer be written."""
        for array in (object_ids, kinds, indices, depths):
            array.flags.writeable = False
        return cls(object_ids, kinds, indices, depths, camera, serial)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in physical pixels."""
        return self.object_ids.shape[1], self.object_ids.shape[0]

    def contains(self, x: int, y: int) -> bool:
        height, width = self.object_ids.shape
        return 0 <= x < width and 0 <= y < height

    def world_at(self, x: int, y: int) -> NDArray[np.float64] | None:
        """World position (3,) of what is drawn at a pixel; None for background or outside."""
        if not self.contains(x, y) or self.depths[y, x] <= 0:
            return None
        return unproject(self.camera, x, y, float(self.depths[y, x]))

    def hit(self, x: int, y: int, reach: int = 0) -> PointerHit:
        """What is at a pixel. Boxes and frusta, being thin lines, are found within `reach` pixels."""
        if not self.contains(x, y):
            return PointerHit(x, y)
        left, top = max(x - reach, 0), max(y - reach, 0)
        patch = (slice(top, y + reach + 1), slice(left, x + reach + 1))
        return hit_in_patch(
            self.kinds[patch], self.indices[patch], self.depths[patch], (left, top), (x, y), self.camera
        )


def hit_in_patch(
    kinds: NDArray[np.uint8],
    indices: NDArray[np.int32],
    depths: NDArray[np.float32],
    corner: tuple[int, int],
    at: tuple[int, int],
    camera: Camera,
) -> PointerHit:
    """What the pointer at pixel `at` means, given a rectangle of pixels whose top-left one is `corner`."""
    x, y = at
    row, column = y - corner[1], x - corner[0]
    rows, columns = np.nonzero((kinds == KIND_BOX) | (kinds == KIND_FRUSTUM))
    if len(rows):
        best = int(np.argmin((rows - row) ** 2 + (columns - column) ** 2))
        row, column = int(rows[best]), int(columns[best])
    depth = float(depths[row, column])
    if depth <= 0:
        return PointerHit(x, y)
    world = unproject(camera, column + corner[0], row + corner[1], depth)
    kind = KIND_NAMES[int(kinds[row, column])]
    index = int(indices[row, column])
    return PointerHit(
        x,
        y,
        kind,
        index if kind == "object" and index >= 0 else None,
        index,
        (float(world[0]), float(world[1]), float(world[2])),
        float(np.linalg.norm(world - camera.position)),
    )


def depth_scale(camera: Camera) -> float:
    """Factor between clip w and the third component of homogeneous pixels, see `Lens.clip_from_cam`."""
    return float(np.linalg.norm(camera.lens.pixel_from_ray[2]))


def unproject(camera: Camera, x: float, y: float, depth: float) -> NDArray[np.float64]:
    """World point (3,) at a pixel and a clip-space w."""
    ray = camera.lens.ray_from_pixel @ np.array([x, y, 1.0])
    cam = ray * (depth * depth_scale(camera))
    return np.asarray(camera.world_from_cam[:3, :3] @ cam + camera.world_from_cam[:3, 3])


def decode_ids(ids: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Kinds and indices (H, W) of raw pixels (H, W, 4): 24 bits of index + 1, 8 of kind."""
    packed = ids.view("<u4")[..., 0]
    return _PUBLIC_KIND[packed >> 24], (packed & 0xFFFFFF).astype(np.int32) - 1
