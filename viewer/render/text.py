"""Short texts in the picture: scale, grid step, names of axes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from vispy import gloo

from viewer.render.frame import Frame
from viewer.render.shaders import FLAT_TEXTURED, VERSION
from viewer.render.theme import Rgb

_PROGRAM = (
    FLAT_TEXTURED,
    VERSION
    + """
in vec2 v_uv;
uniform sampler2D u_text;
uniform vec3 u_color;
uniform vec3 u_halo;
out vec4 o_color;
void main() {
    vec2 cover = texture(u_text, v_uv).rg;
    o_color = vec4(mix(u_halo, u_color, cover.r), max(cover.r, cover.g * 0.6));
}
""",
)


@lru_cache(maxsize=64)
def rasterised(text: str, size_px: int) -> NDArray[np.uint8]:
    """Coverage (H, W, 4) of a text: red its letters, green a halo about them."""
    font = ImageFont.load_default(size_px)
    left, top, right, bottom = font.getbbox(text, stroke_width=2)
    shape = (int(right - left) + 4, int(bottom - top) + 4)
    layers = []
    for stroke in (0, 2):
        image = Image.new("L", shape, 0)
        ImageDraw.Draw(image).text((2 - left, 2 - top), text, fill=255, font=font, stroke_width=stroke)
        layers.append(np.asarray(image))
    pixels = np.zeros((*layers[0].shape, 4), np.uint8)
    pixels[..., 0], pixels[..., 1] = layers
    return pixels


class TextPainter:
    """Draws texts into the bound frame buffer."""

    def __init__(self) -> None:
        self._program = gloo.Program(*_PROGRAM)
        self._textures: dict[tuple[str, int], gloo.Texture2D] = {}

    def draw(
        self, frame: Frame, text: str, middle: tuple[float, float], color: Rgb, size_px: float = 12.0
    ) -> None:
        """A line of text around a point in window pixels."""
        size = round(size_px * frame.pixel_scale)
        pixels = rasterised(text, size)
        texture = self._textures.get((text, size))
        if texture is None:
            texture = self._textures[text, size] = gloo.Texture2D(pixels, interpolation="linear")
        height, width = pixels.shape[:2]
        # whole pixels, or the letters blur
        left, top = round(middle[0] - width / 2), round(middle[1] - height / 2)
        uv = np.array([[0, 0], [1, 0], [0, 1], [1, 0], [1, 1], [0, 1]], np.float32)
        self._program["a_place"] = gloo.VertexBuffer((uv * [width, height] + [left, top]).astype(np.float32))
        self._program["a_uv"] = gloo.VertexBuffer(uv)
        self._program["u_size"] = frame.size
        self._program["u_text"] = texture
        self._program["u_color"] = color
        self._program["u_halo"] = frame.theme.ground
        frame.draw(self._program, "triangles")
