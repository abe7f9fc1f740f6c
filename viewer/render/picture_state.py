"""What a picture is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera
from viewer.model.clip_box import ClipBox
from viewer.render.frame import Frame
from viewer.render.layers.layer import Layer
from viewer.render.layers.mesh import MeshStyle
from viewer.render.layers.registry import LAYERS
from viewer.render.look_through import LookThrough
from viewer.render.marker import Marker
from viewer.render.object_table import Flag, ObjectTable
from viewer.render.theme import DARK, Theme


@dataclass(slots=True, eq=False)
class PictureState:
    """What is shown, apart from the camera."""

    layers: dict[str, Layer] = field(default_factory=lambda: {layer.key: layer() for layer in LAYERS})
    table: ObjectTable = field(default_factory=ObjectTable)
    theme: Theme = DARK
    color_mode: str = "table"
    up: NDArray[np.float64] = field(default_factory=lambda: np.array([0.0, 0.0, 1.0]))
    metres_per_unit: float = 1.0
    clip: ClipBox | None = None

    @property
    def mesh_style(self) -> MeshStyle:
        style = self.layers["mesh"].style
        if not isinstance(style, MeshStyle):
            raise TypeError(f"expected the mesh layer's style, found {style!r}")
        return style

    @property
    def has_marks(self) -> bool:
        flags = (Flag.SELECTED, Flag.HOVERED, Flag.PREVIEWED)
        return any(len(self.table.marked(flag)) for flag in flags)

    def frame(self, context: Any, camera: Camera, pixel_scale: float = 1.0) -> Frame:
        return Frame(
            context,
            camera,
            self.table,
            self.up,
            self.metres_per_unit,
            pixel_scale,
            self.theme,
            self.color_mode,
            self.clip,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """What lies flat over the picture."""

    look: LookThrough | None = None
    stroke_shape: str = "none"
    stroke: NDArray[np.int32] | None = None
    interest_units: float = 1.0  # depth the scale bar speaks of
    axes: bool = True
    scale_bar: bool = True
    grid_step: str = ""  # of the grid, when it is shown
    marker: Marker | None = None
