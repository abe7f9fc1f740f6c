"""Sense of scale and direction: round lengths in metres, the scale bar and the axes."""

from __future__ import annotations

import math

import numpy as np

from viewer.render.frame import Frame
from viewer.render.overlay import Overlay
from viewer.render.text import TextPainter

_BAR_PX = (70.0, 175.0)
_MARGIN_PX = 18.0
_AXIS_PX = 26.0


def round_length(at_most: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above a length."""
    power = 10.0 ** math.floor(math.log10(at_most))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= at_most * (1 + 1e-12))


def metric_text(metres: float) -> str:
    """A round length as people write it: `5 mm`, `20 cm`, `1 m`, `2 km`."""
    for unit, name in ((1000.0, "km"), (1.0, "m"), (0.01, "cm")):
        if metres >= unit * 0.999:
            return f"{metres / unit:g} {name}"
    return f"{metres * 1000:g} mm"


def scale_bar(frame: Frame, depth_units: float) -> tuple[float, str]:
    """Length in physical pixels and text of a round length, at a depth in world units."""
    metres_per_px = max(depth_units, 1e-12) * frame.metres_per_unit / frame.pixels_per_slope
    metres = round_length(_BAR_PX[1] * frame.pixel_scale * metres_per_px)
    return metres / metres_per_px, metric_text(metres)


def draw_scale_bar(
    frame: Frame, overlay: Overlay, texts: TextPainter, depth_units: float, grid_step: str
) -> None:
    """Bottom right: a bar as long as its text says, where the interest lies; the grid's step above."""
    length, text = scale_bar(frame, depth_units)
    width, height = frame.size
    scale = frame.pixel_scale
    right, bottom = width - _MARGIN_PX * scale, height - _MARGIN_PX * scale
    left, tick = right - length, 4 * scale
    path = np.array([[left, bottom - tick], [left, bottom], [right, bottom], [right, bottom - tick]])
    overlay.line(frame, path, frame.theme.ground, 3.5, 0.5)
    overlay.line(frame, path, frame.theme.ink, 1.5, 0.9)
    texts.draw(frame, text, ((left + right) / 2, bottom - 11 * scale), frame.theme.ink)
    if grid_step:
        texts.draw(frame, f"grid {grid_step}", ((left + right) / 2, bottom - 30 * scale), frame.theme.ink)


def draw_axes(frame: Frame, overlay: Overlay, texts: TextPainter) -> None:
    """Bottom left: where the world's axes point."""
    scale = frame.pixel_scale
    middle = np.array([_MARGIN_PX + _AXIS_PX, -(_MARGIN_PX + _AXIS_PX)]) * scale + [0, frame.size[1]]
    cam_from_world = np.linalg.inv(frame.camera.world_from_cam[:3, :3])
    far_first = sorted(range(3), key=lambda k: -cam_from_world[2, k])
    for k in far_first:
        name, color = "xyz"[k], frame.theme.axes[k]
        tip = middle + cam_from_world[:2, k] * _AXIS_PX * scale
        dim = 1.0 if cam_from_world[2, k] < 0.2 else 0.65
        overlay.line(frame, np.array([middle, tip]), color, 2.0, dim)
        label = middle + cam_from_world[:2, k] * (_AXIS_PX + 9) * scale
        texts.draw(frame, name, (float(label[0]), float(label[1])), color, 11)
