"""All layers, in the order in which they are drawn and listed."""

from __future__ import annotations

from typing import Final

from viewer.render.layers.boxes import BoxesLayer
from viewer.render.layers.cameras import CamerasLayer
from viewer.render.layers.grid import GridLayer
from viewer.render.layers.layer import Layer
from viewer.render.layers.mesh import MeshLayer
from viewer.render.layers.octomap import OctomapLayer
from viewer.render.layers.points import PointsLayer

LAYERS: Final[tuple[type[Layer], ...]] = (
    MeshLayer,
    PointsLayer,
    OctomapLayer,
    BoxesLayer,
    CamerasLayer,
    GridLayer,
)
