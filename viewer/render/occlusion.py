"""Darkening where surfaces meet, from depth and normals alone; a white mesh gets its shape from it.

Half the picture's size in each direction: what it shows is soft anyway, and software drawing pays per
pixel.
"""

from __future__ import annotations

from vispy.gloo import Texture2D
from vispy.gloo.context import GLContext

from viewer.render.frame import Frame, full_screen_program
from viewer.render.shaders import CONSTANTS, RAYS, UNPACK_NORMAL, VERSION
from viewer.render.targets import RGBA8, Targets

RADIUS_METRES = 0.45
_SHARE = 2

_GATHER = (
    VERSION
    + CONSTANTS
    + UNPACK_NORMAL
    + RAYS
    + """
uniform sampler2D u_ids;
uniform sampler2D u_surface;
uniform sampler2D u_depth;
uniform float u_radius;         // world units
uniform float u_px_per_slope;
uniform float u_far_scale;
out vec4 o_shade;               // openness, depth in 16 bits
const mat2 GOLDEN_TURN = mat2(-0.7373689, 0.6754903, -0.6754903, -0.7373689);

vec4 with_depth(float open, float w) {
    float d = clamp(log2(1.0 + w * u_far_scale) / 24.0, 0.0, 1.0) * 65535.0;
    float high = floor(d / 256.0);
    return vec4(open, high / 255.0, (d - high * 256.0) / 255.0, 1.0);
}

void main() {
    ivec2 p = ivec2(gl_FragCoord.xy) * 2;
    ivec2 last = textureSize(u_depth, 0) - 1;
    p = min(p, last);
    float w = texelFetch(u_depth, p, 0).r;
    if (w <= 0.0) { o_shade = vec4(1.0, 1.0, 1.0, 1.0); return; }
    int kind = int(texelFetch(u_ids, p, 0).a * 255.0 + 0.5);
    vec3 here = ray_of(vec2(p), vec2(last + 1)) * w;
    vec3 n = kind == KIND_OBJECT || kind == KIND_BACK_FACE
        ? unpack_normal(texelFetch(u_surface, p, 0)) : -normalize(here);
    float reach = clamp(u_radius * u_px_per_slope / w, 4.0, 96.0);
    float turn = float((p.x / 2 & 3) * 4 + (p.y / 2 & 3)) * 0.3926991;
    vec2 way = vec2(cos(turn), sin(turn)) * reach;
    float closed = 0.0;
    for (int k = 0; k < 8; k++) {
        ivec2 q = p + ivec2(way * ((float(k) + 0.5) / 8.0) + 0.5);
        way = GOLDEN_TURN * way;    // software drawing pays dearly for sines
        if (any(lessThan(q, ivec2(0))) || any(greaterThan(q, last))) continue;
        float other = texelFetch(u_depth, q, 0).r;
        if (other <= 0.0) continue;
        vec3 v = ray_of(vec2(q), vec2(last + 1)) * other - here;
        float squared = dot(v, v);
        float rise = dot(v, n) * inversesqrt(squared + 1e-20);
        closed += max(rise - 0.06, 0.0) * clamp(1.0 - squared / (u_radius * u_radius), 0.0, 1.0);
    }
    o_shade = with_depth(clamp(1.0 - closed * 0.24, 0.0, 1.0), w);
}
"""
)
_SOFTEN = (
    VERSION
    + """
uniform sampler2D u_shade;
out vec4 o_shade;
float depth_of(vec4 s) { return s.g * 255.0 * 256.0 + s.b * 255.0; }
void main() {
    ivec2 p = ivec2(gl_FragCoord.xy);
    ivec2 last = textureSize(u_shade, 0) - 1;
    float here = depth_of(texelFetch(u_shade, p, 0));
    float sum = 0.0;
    float weight = 0.0;
    // four by four: the pattern of directions repeats after that
    for (int dy = -2; dy < 2; dy++)
        for (int dx = -2; dx < 2; dx++) {
            vec4 s = texelFetch(u_shade, clamp(p + ivec2(dx, dy), ivec2(0), last), 0);
            float near = clamp(1.2 - abs(depth_of(s) - here) / 90.0, 0.0, 1.0);
            sum += s.r * near;
            weight += near;
        }
    o_shade = vec4(weight > 0.0 ? sum / weight : 1.0, 0.0, 0.0, 1.0);
}
"""
)


class OcclusionPrograms:
    """The two passes on the graphics card."""

    def __init__(self) -> None:
        self.gather = full_screen_program(_GATHER)
        self.soften = full_screen_program(_SOFTEN)


class Occlusion:
    """Computes how open every place is, 0 to 1, into `texture`."""

    def __init__(self, context: GLContext, programs: OcclusionPrograms) -> None:
        self._programs = programs
        self._raw = Targets(context, (RGBA8,))
        self._soft = Targets(context, (RGBA8,), linear=True)

    @property
    def texture(self) -> Texture2D:
        return self._soft.planes[0]

    def draw(self, frame: Frame, surfaces: Targets) -> None:
        width, height = (max(-(-side // _SHARE), 1) for side in surfaces.size)
        self._raw.resize(width, height)
        self._soft.resize(width, height)
        program, soften = self._programs.gather, self._programs.soften
        for name, plane in zip(("u_ids", "u_surface", "u_depth"), surfaces.planes, strict=True):
            program[name] = plane
        program["u_ray_from_ndc"] = frame.ray_from_ndc
        program["u_radius"] = RADIUS_METRES / frame.metres_per_unit
        program["u_px_per_slope"] = frame.pixels_per_slope
        program["u_far_scale"] = frame.metres_per_unit * 1000
        self._raw.bind()
        frame.draw(program, "triangles")
        self._soft.bind()
        soften["u_shade"] = self._raw.planes[0]
        frame.draw(soften, "triangles")

    def release(self) -> None:
        self._raw.release()
        self._soft.release()
