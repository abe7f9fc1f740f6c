"""What part of a picture a pane shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PanZoom:
    """What part of a picture is shown; the same value fits panes and pictures of any size."""

    center_x: float = 0.5  # share of the width
    center_y: float = 0.5
    zoom: float = 1.0  # 1 = the whole picture fits
