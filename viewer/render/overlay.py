"""Flat things over the finished picture, in window pixels: strokes, the look-through image and its frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from viewer.render.frame import Frame
from viewer.render.gl import GL
from viewer.render.look_through import LookThrough
from viewer.render.shaders import FLAT_TEXTURED, VERSION
from viewer.render.theme import Rgb

_SHAPES = (
    VERSION
    + """
in vec2 a_place;                // window px, (0, 0) the top-left corner
in vec4 a_color;
uniform vec2 u_size;
out vec4 v_color;
void main() {
    v_color = a_color;
    gl_Position = vec4(a_place / u_size * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0);
}
""",
    VERSION
    + """
in vec4 v_color;
out vec4 o_color;
void main() { o_color = v_color; }
""",
)
_IMAGE = (
    FLAT_TEXTURED,
    VERSION
    + """
in vec2 v_uv;
uniform sampler2D u_image;
uniform float u_opacity;
out vec4 o_color;
void main() { o_color = vec4(texture(u_image, v_uv).rgb, u_opacity); }
""",
)
FEATHER = 1.0
"""Pixels over which a line fades out at its sides."""


def _quad(left: float, top: float, width: float, height: float) -> NDArray[np.float32]:
    right, bottom = left + width, top + height
    return np.array(
        [[left, top], [right, top], [left, bottom], [right, top], [right, bottom], [left, bottom]], np.float32
    )


def thick_line(path: NDArray[np.floating], width: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Triangles (T, 2) and coverage (T,) of a polyline (P, 2), solid in the middle and soft at its sides."""
    starts, ends = path[:-1], path[1:]
    along = ends - starts
    length = np.linalg.norm(along, axis=1, keepdims=True)
    along = along / np.maximum(length, 1e-9)
    starts, ends = starts - along * width / 2, ends + along * width / 2
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    offsets = np.array([-width / 2 - FEATHER, -width / 2, width / 2, width / 2 + FEATHER])
    cover = np.array([0.0, 1.0, 1.0, 0.0])
    places, covers = [], []
    for k in range(3):
        for end, side in ((0, k), (1, k), (0, k + 1), (1, k), (1, k + 1), (0, k + 1)):
            places.append((ends if end else starts) + across * offsets[side])
            covers.append(np.full(len(starts), cover[side]))
    return (
        np.stack(places, axis=1).reshape(-1, 2).astype(np.float32),
        np.stack(covers, axis=1).reshape(-1).astype(np.float32),
    )


class Overlay:
    """Draws flat shapes into the bound frame buffer."""

    def __init__(self) -> None:
        self._shapes = gloo.Program(*_SHAPES)
        self._image_program = gloo.Program(*_IMAGE)
        self._image: gloo.Texture2D | None = None

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """The picture (H, W, 3) of the look-through camera."""
        if self._image is not None:
            self._image.delete()
            self._image = None
        if image is not None:
            self._image = gloo.Texture2D(
                np.ascontiguousarray(image), interpolation="linear", wrapping="clamp_to_edge"
            )

    def begin(self) -> None:
        GL.glDisable(GL.GL_DEPTH_TEST)
        GL.glEnable(GL.GL_BLEND)
        GL.glBlendFuncSeparate(
            GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA
        )

    def end(self) -> None:
        GL.glDisable(GL.GL_BLEND)

    def fill(
        self,
        frame: Frame,
        places: NDArray[np.float32],
        color: Rgb,
        opacity: float | NDArray[np.float32],
    ) -> None:
        """Triangles (T, 2) in window pixels."""
        if not len(places):
            return
        colors = np.empty((len(places), 4), np.float32)
        colors[:, :3] = color
        colors[:, 3] = opacity
        self._shapes["a_place"] = gloo.VertexBuffer(np.ascontiguousarray(places, np.float32))
        self._shapes["a_color"] = gloo.VertexBuffer(colors)
        self._shapes["u_size"] = frame.size
        frame.draw(self._shapes, "triangles")

    def line(
        self, frame: Frame, path: NDArray[np.floating], color: Rgb, width: float, opacity: float = 1.0
    ) -> None:
        """A polyline (P, 2) through pixel corners, that many pixels wide."""
        if len(path) >= 2:
            places, cover = thick_line(np.asarray(path, np.float64), width * frame.pixel_scale)
            self.fill(frame, places, color, cover * opacity)

    def draw_stroke(self, frame: Frame, shape: str, path: NDArray[np.integer]) -> None:
        """What a stroke in progress covers: a box, a segment or a trail."""
        if not len(path) or shape == "none":
            return
        color = frame.theme.preview
        corners = path[[0, -1]].astype(np.float64)
        if shape == "rectangle":
            low, high = corners.min(axis=0), corners.max(axis=0) + 1
            self.fill(frame, _quad(*low, *(high - low)), color, 0.14)
            ring = np.array([low, [high[0], low[1]], high, [low[0], high[1]], low])
            self.line(frame, ring, color, 1.5)
            return
        trail = (corners if shape == "line" else path.astype(np.float64)) + 0.5
        if len(trail) == 1:
            trail = np.repeat(trail, 2, axis=0)
        self.line(frame, trail, frame.theme.ground, 5.0, 0.35)
        self.line(frame, trail, color, 2.5)

    def draw_look_through(self, frame: Frame, look: LookThrough) -> None:
        """The camera's image over the scene, and a mask over what it did not see."""
        width, height = frame.size
        left, top, w, h = look.rectangle(width, height)
        if self._image is not None and look.opacity > 0:
            program = self._image_program
            program["a_place"] = gloo.VertexBuffer(_quad(left, top, w, h))
            program["a_uv"] = gloo.VertexBuffer(_quad(0, 0, 1, 1))
            program["u_size"] = frame.size
            program["u_image"] = self._image
            program["u_opacity"] = look.opacity
            frame.draw(program, "triangles")
        bars = [
            _quad(0, 0, width, top),
            _quad(0, top + h, width, height - top - h),
            _quad(0, top, left, h),
            _quad(left + w, top, width - left - w, h),
        ]
        self.fill(frame, np.concatenate(bars), frame.theme.ground, 0.72)
        ring = np.array([[left, top], [left + w, top], [left + w, top + h], [left, top + h], [left, top]])
        self.line(frame, ring, frame.theme.ink, 1.0, 0.5)
