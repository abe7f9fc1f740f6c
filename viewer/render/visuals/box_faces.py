"""See-through faces of oriented boxes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from viewer.render.frame import Frame
from viewer.render.shaders import CLIP, GLASS, PLACE, VERSION

_VERTEX = (
    VERSION
    + PLACE
    + CLIP
    + """
in vec3 a_position;
in vec3 a_color;
in vec3 a_normal;
out vec3 v_color;
void main() {
    // sides of one color that meet in an edge are told apart by a light from askew above
    v_color = a_color * (0.72 + 0.28 * abs(dot(a_normal, normalize(vec3(0.52, 0.34, 0.78)))));
    vec3 rel = a_position - u_eye;
    gl_Position = u_clip_from_rel * vec4(rel, 1.0);
    clip_to_box(rel);
}
"""
)
_FRAGMENT = (
    VERSION
    + GLASS
    + """
in vec3 v_color;
uniform float u_opacity;
void main() { write_glass(v_color, u_opacity); }
"""
)
# Corner k has bit 0 for x, bit 1 for y, bit 2 for z; two triangles for each of the six sides.
_SIDES = np.array([(0, 2, 4, 6), (1, 3, 5, 7), (0, 1, 4, 5), (2, 3, 6, 7), (0, 1, 2, 3), (4, 5, 6, 7)])
_STRIP = np.array([0, 1, 2, 2, 1, 3], np.uint32)


class BoxFaces:
    """The sides of boxes on the graphics card; `set_boxes` replaces them all."""

    def __init__(self) -> None:
        self._program = gloo.Program(_VERTEX, _FRAGMENT)
        self._elements: gloo.IndexBuffer | None = None
        self._origin = np.zeros(3)

    def set_boxes(
        self,
        corners: NDArray[np.float64],
        world_from_box: NDArray[np.float64],
        colors: NDArray[np.float32],
    ) -> None:
        """Corners (B, 8, 3) in world units, axes (B, 3, 3), sRGB colors (B, 3) 0..1."""
        count = len(corners)
        if not count:
            self._elements = None
            return
        self._origin = np.asarray(corners.reshape(-1, 3).mean(axis=0))
        places = (corners[:, _SIDES] - self._origin).reshape(-1, 3)
        axes = np.repeat(world_from_box.transpose(0, 2, 1), 2, axis=1)  # (B, 6, 3): of each side
        for name, values in (
            ("a_position", places),
            ("a_normal", np.repeat(axes.reshape(-1, 3), 4, axis=0)),
            ("a_color", np.repeat(colors, 24, axis=0)),
        ):
            self._program[name] = gloo.VertexBuffer(np.ascontiguousarray(values, np.float32))
        strips = np.arange(6 * count, dtype=np.uint32)[:, None] * 4 + _STRIP
        self._elements = gloo.IndexBuffer(strips.reshape(-1))

    def draw_glass(self, frame: Frame, opacity: float) -> None:
        if self._elements is None:
            return
        frame.place_in_box(self._program, self._origin)
        self._program["u_metres"] = frame.metres_per_unit
        self._program["u_opacity"] = opacity
        frame.draw_in_box(self._program, "triangles", self._elements)

    def release(self) -> None:
        self._elements = None
