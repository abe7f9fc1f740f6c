"""The points one frame's images show: where, of which object, in which color, facing where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.geometry.position_residuals import position_residuals, unproject
from viewer.model.camera import Camera
from viewer.model.frames import FrameId, FrameSource
from viewer.model.points import PointSource
from viewer.model.scene import NodeTable

POSITION = "position"
DISTANCE = "depth_meters"
ENTITY = "render_entity_id"
NORMAL = "normal_world"
PREVIEWS = ("final_preview.tonemap", "final_preview.color")
HDR_COLOR = "color"

ToneMap = Callable[[NDArray[Any], NDArray[np.bool_] | None], NDArray[np.uint8]]
"""Linear HDR color (H, W, 3) and, where known, the pixels that hit something (H, W), to sRGB (H, W, 3)."""


def modalities_used(there: frozenset[str]) -> tuple[str, ...]:
    """Which of a frame's images its points may be made from."""
    return tuple(key for key in (POSITION, DISTANCE, ENTITY, NORMAL, *PREVIEWS, HDR_COLOR) if key in there)


@dataclass(slots=True, eq=False)
class FramePoints:
    """The valid pixels of one frame in row order; `notes` says in sentences what could not be used."""

    positions: NDArray[np.float64] | NDArray[np.float32]  # (n, 3) world units
    objects: NDArray[np.int32]  # (n,)
    colors: NDArray[np.uint8] | None = None  # (n, 3)
    normals: NDArray[np.float32] | None = None  # (n, 3), NaN where the file has none
    residuals: NDArray[np.float32] | None = None  # (n,) metres between position and distance, NaN = unknown
    position_step: float = 0.0  # world units; what the file's number format can tell apart
    notes: list[str] = field(default_factory=list)


class FramePointReader:
    """Reads frames of a source. Thread-safe: it holds nothing that changes."""

    def __init__(
        self,
        source: FrameSource,
        nodes: NodeTable | None,
        *,
        object_count: int,
        metres_per_unit: float,
        camera_of: Callable[[FrameId], Camera | None],
        tone_map: ToneMap | None,
        point_source: PointSource = PointSource.POSITION,
        with_residuals: bool = False,
    ) -> None:
        self._source = source
        self._point_source = point_source
        self._with_residuals = with_residuals
        self._nodes = nodes
        self._object_count = object_count
        self._metres_per_unit = metres_per_unit
        self._camera_of = camera_of
        self._tone_map = tone_map

    def can_read(self, frame: FrameId) -> bool:
        """Whether the frame has an image that tells where its pixels lie."""
        there = self._source.modalities(frame)
        has_positions = POSITION in there and self._point_source is PointSource.POSITION
        return has_positions or (DISTANCE in there and self._camera_of(frame) is not None)

    def read(self, frame: FrameId) -> FramePoints:
        """The points of a frame; none when it has no usable positions.

        Images that cannot be used are passed over, with a note.
        """
        notes: list[str] = []
        positions, step = self._positions(frame, notes)
        if positions is None:
            return FramePoints(np.empty((0, 3)), np.empty(0, np.int32), notes=notes)
        height, width = positions.shape[:2]
        valid = np.isfinite(positions).all(axis=2)

        entity = self._image(frame, ENTITY, (height, width), notes, kinds="iu")
        objects = np.full((height, width), -1, np.int32)
        if entity is not None and self._nodes is not None:
            objects = self._nodes.objects_in(entity)
            objects = np.where(objects < self._object_count, objects, np.int32(-1))
        normals = self._image(frame, NORMAL, (height, width, 3), notes, kinds="f")
        colors = self._colors(frame, (height, width), entity, notes)
        residuals = self._residuals(frame, (height, width), notes) if self._with_residuals else None
        return FramePoints(
            positions[valid],
            objects[valid],
            None if colors is None else colors[valid],
            None if normals is None else normals[valid].astype(np.float32),
            None if residuals is None else residuals[valid],
            step,
            notes,
        )

    def _positions(self, frame: FrameId, notes: list[str]) -> tuple[NDArray[np.floating] | None, float]:
        """(H, W, 3) world units, not finite where nothing was hit, and the step of the numbers."""
        there = self._source.modalities(frame)
        if POSITION in there and self._point_source is PointSource.POSITION:
            stored = self._image(frame, POSITION, (None, None, 3), notes, kinds="f")
            if stored is not None:
                return stored.astype(np.float32), _step(stored)
        camera = self._camera_of(frame)
        if DISTANCE not in there or camera is None:
            return None, 0.0
        distance = self._image(frame, DISTANCE, (camera.lens.height, camera.lens.width), notes, kinds="f")
        if distance is None:
            return None, 0.0
        positions = unproject(camera, distance, self._metres_per_unit)
        return positions, _step(distance) / self._metres_per_unit

    def _residuals(
        self, frame: FrameId, shape: tuple[int, int], notes: list[str]
    ) -> NDArray[np.float32] | None:
        """(H, W) metres; None where the frame has not both images and a pose."""
        camera = self._camera_of(frame)
        if camera is None or shape != (camera.lens.height, camera.lens.width):
            return None
        stored = self._image(frame, POSITION, (*shape, 3), notes, kinds="f")
        distance = self._image(frame, DISTANCE, shape, notes, kinds="f")
        if stored is None or distance is None:
            return None
        return position_residuals(camera, stored, distance, self._metres_per_unit)

    def _colors(
        self,
        frame: FrameId,
        shape: tuple[int, int],
        entity: NDArray[Any] | None,
        notes: list[str],
    ) -> NDArray[np.uint8] | None:
        there = self._source.modalities(frame)
        for key in PREVIEWS:
            if key in there:
                preview = self._image(frame, key, (*shape, 3), notes, kinds="u")
                if preview is not None:
                    return np.asarray(preview, np.uint8)
        if HDR_COLOR in there and self._tone_map is not None:
            color = self._image(frame, HDR_COLOR, (*shape, 3), notes, kinds="f")
            if color is not None:
                return self._tone_map(color, None if entity is None else entity != -1)
        return None

    def _image(
        self,
        frame: FrameId,
        modality: str,
        shape: tuple[int | None, ...],
        notes: list[str],
        *,
        kinds: str,
    ) -> NDArray[Any] | None:
        """The pixels of an image, or None when there is none or a note says what is wrong with it."""
        if modality not in self._source.modalities(frame):
            return None
        try:
            pixels = self._source.read(frame, modality).pixels
        except FormatError as error:
            notes.append(str(error))
            return None
        fits = pixels.ndim == len(shape) and all(
            want is None or want == found for want, found in zip(shape, pixels.shape, strict=True)
        )
        if fits and pixels.dtype.kind in kinds:
            return pixels
        wanted = "×".join("n" if want is None else str(want) for want in shape)
        found = "×".join(str(length) for length in pixels.shape)
        notes.append(
            f"{frame.camera} frame {frame.frame} {modality}: expected {wanted} pixels, "
            f"found {found} of type {pixels.dtype}"
        )
        return None


def _step(values: NDArray[np.floating]) -> float:
    """The difference between neighbouring numbers of the array's type, where most of its values lie."""
    finite = np.abs(values[np.isfinite(values)][::97])
    if not len(finite):
        return 0.0
    return float(np.spacing(np.quantile(finite.astype(np.float32), 0.95).astype(values.dtype)))
