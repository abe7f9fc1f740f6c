"""From a gesture to the objects it hits, whatever the scene is shown as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera
from viewer.model.clip_box import ClipBox
from viewer.model.mesh import NO_OBJECT
from viewer.model.stroke import PixelBox, PixelSet

if TYPE_CHECKING:
    from viewer.geometry.ray_scene import RayScene


class Picker(Protocol):
    """Answers what is seen at pixels, for as long as the view does not move."""

    def objects_hit(self, pixels: PixelSet) -> NDArray[np.int64]:
        """Ascending ids of the objects seen at any of the pixels."""
        ...

    def objects_through(self, pixels: PixelSet) -> NDArray[np.int64]:
        """Ascending ids of all objects at the pixels, hidden behind others or not; `objects_hit` where
        nobody can know what lies behind."""
        ...

    def object_at(self, x: int, y: int) -> int:
        """The object seen at one pixel, -1 for none."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class RayPicker:
    """Casts a ray through every pixel: equal to the original tool, to the last object."""

    scene: RayScene
    camera: Camera
    visible: NDArray[np.bool_] | None = None  # (O,); None = all
    clip: ClipBox | None = None

    def objects_hit(self, pixels: PixelSet) -> NDArray[np.int64]:
        if isinstance(pixels, PixelBox):
            return self.scene.objects_in_box(self.camera, pixels.bounds, self.visible, self.clip)
        return _present(self.scene.object_hits(self.camera, pixels.pixels, self.visible, self.clip))

    def objects_through(self, pixels: PixelSet) -> NDArray[np.int64]:
        return self.scene.objects_along(self.camera, pixels.pixels, self.visible, self.clip)

    def object_at(self, x: int, y: int) -> int:
        pixel = np.array([[x, y]])
        return int(self.scene.object_hits(self.camera, pixel, self.visible, self.clip)[0])


@dataclass(frozen=True, slots=True, eq=False)
class FoundObjects:
    """Objects that were found already, for the very pixels that are asked about."""

    objects: NDArray[np.int64]  # ascending

    def objects_hit(self, pixels: PixelSet) -> NDArray[np.int64]:
        return self.objects

    def objects_through(self, pixels: PixelSet) -> NDArray[np.int64]:
        return self.objects

    def object_at(self, x: int, y: int) -> int:
        return int(self.objects[0]) if len(self.objects) else NO_OBJECT


class ObjectImage(Protocol):
    """Anything with an object id per pixel, such as the id pass of the 3D view."""

    @property
    def object_ids(self) -> NDArray[np.int32]:
        """(H, W), -1 = none; row 0 on top."""
        ...


class ImagePicker:
    """Looks objects up in an image of object ids (H, W), -1 = none: a frame's `render_entity_id`."""

    def __init__(self, object_ids: NDArray[np.integer], visible: NDArray[np.bool_] | None = None) -> None:
        self._object_ids = object_ids
        self._visible = visible

    def objects_hit(self, pixels: PixelSet) -> NDArray[np.int64]:
        objects = _present(pixels.values_in(self._object_ids))
        return objects if self._visible is None else objects[self._visible[objects]]

    def objects_through(self, pixels: PixelSet) -> NDArray[np.int64]:
        return self.objects_hit(pixels)

    def object_at(self, x: int, y: int) -> int:
        hit = self.objects_hit(PixelBox(x, y, x, y))
        return int(hit[0]) if len(hit) else NO_OBJECT


class IdPicker(ImagePicker):
    """Looks objects up in what the 3D view has drawn; for previews, and for scenes without a mesh."""

    def __init__(self, buffer: ObjectImage, visible: NDArray[np.bool_] | None = None) -> None:
        super().__init__(buffer.object_ids, visible)


def _present(object_ids: NDArray[np.integer]) -> NDArray[np.int64]:
    """The ids that occur, ascending, -1 left out; a counting sort, for there are far fewer than pixels."""
    if not object_ids.size:
        return np.empty(0, np.int64)
    counts = np.bincount(object_ids.reshape(-1).astype(np.int64) + 1)
    counts[0] = 0
    return np.flatnonzero(counts) - 1


def visible_mask(object_count: int, hidden: Sequence[int] | NDArray[np.integer]) -> NDArray[np.bool_] | None:
    """(O,) True where an object is shown; None when all are."""
    if not len(hidden):
        return None
    visible = np.ones(object_count, np.bool_)
    visible[np.asarray(hidden, np.int64)] = False
    return visible
