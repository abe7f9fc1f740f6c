"""From ids, normals and depths to a lit picture, once per pixel."""

from __future__ import annotations

from vispy import gloo

from viewer.render.frame import Frame, full_screen_program, set_uniforms
from viewer.render.shaders import CONSTANTS, GAMMA, LIGHT, RAYS, TABLE, UNPACK_NORMAL, VERSION
from viewer.render.targets import Targets

SHADINGS = ("none", "flat", "soft")
COLOR_MODES = ("table", "photo", "normal")
BACK_FACES = ("show", "tint", "hide")

_FRAGMENT = (
    CONSTANTS
    + TABLE
    + UNPACK_NORMAL
    + GAMMA
    + RAYS
    + LIGHT
    + """
in vec2 v_ndc;
uniform sampler2D u_ids;
uniform sampler2D u_surface;
uniform sampler2D u_open;
uniform vec3 u_sky;
uniform vec3 u_ground;
uniform vec3 u_selection;
uniform vec3 u_hover;
uniform vec3 u_preview;
uniform float u_edges;
uniform int u_line_px;
out vec4 o_color;

int id_of(vec4 t) { return int(dot(floor(t.rgb * 255.0 + 0.5), vec3(1.0, 256.0, 65536.0))); }
bool is_object(int kind) {
    return kind == KIND_OBJECT || (kind >= KIND_PLAIN_POINT && kind <= KIND_BACK_FACE);
}

vec3 background() { return mix(u_ground, u_sky, smoothstep(0.0, 1.0, v_ndc.y * 0.5 + 0.5)); }

int marks_at(ivec2 p) {
    vec4 t = texelFetch(u_ids, p, 0);
    return is_object(int(t.a * 255.0 + 0.5)) ? table_flags(table_texel(id_of(t))) : 0;
}

void main() {
    ivec2 p = ivec2(gl_FragCoord.xy);
    vec4 id = texelFetch(u_ids, p, 0);
    int kind = int(id.a * 255.0 + 0.5);
    vec4 surface = texelFetch(u_surface, p, 0);
    bool object = is_object(kind);
    bool has_normal = kind == KIND_OBJECT || kind == KIND_BACK_FACE;
    vec4 texel = table_texel(object ? id_of(id) : 0);
    vec3 color = object && kind != KIND_COLORED_POINT ? texel.rgb : surface.rgb;
#if OPENNESS
    float open = kind != 0 ? texture(u_open, v_ndc * 0.5 + 0.5).r : 1.0;
#else
    float open = 1.0;
#endif
#if SHADING || NORMALS
    vec3 n = unpack_normal(surface);
#endif
#if NORMALS
    if (has_normal) color = n * 0.5 + 0.5;
#endif
#if TINT_BACKS
    if (kind == KIND_BACK_FACE) color = mix(color, vec3(0.75, 0.22, 0.20), 0.55);
#endif
#if SHADING
    vec3 lit = linear_from_srgb(color) * light(n, -normalize(u_ray_from_ndc * vec3(v_ndc, 1.0)), open);
    color = has_normal ? srgb_from_linear(lit) : color * mix(0.55, 1.0, open);
#endif
    if (kind == 0) color = background();
#if EDGES || MARKS
    ivec2 last = textureSize(u_ids, 0) - 1;
#endif
#if EDGES
    vec4 right = texelFetch(u_ids, min(p + ivec2(1, 0), last), 0);
    vec4 below = texelFetch(u_ids, max(p - ivec2(0, 1), ivec2(0)), 0);
    // cubes have lines of their own, and far ones are no larger than a pixel
    bool cubes = kind == KIND_VOXEL && right.a == id.a && below.a == id.a;
    if (!cubes && (right.rgb != id.rgb || below.rgb != id.rgb)) color *= 1.0 - u_edges;
#endif
#if MARKS
    int flags = object ? table_flags(texel) : 0;
    if ((flags & FLAG_PREVIEWED) != 0) color = mix(color, u_preview, 0.45);
    else if ((flags & FLAG_SELECTED) != 0) color = mix(color, u_selection, 0.30);
    if ((flags & FLAG_HOVERED) != 0) color = mix(color, vec3(1.0), 0.22);
    int around = flags;
    int both = flags;
    for (int k = 0; k < 4; k++) {
        ivec2 diagonal = ivec2((k & 1) * 2 - 1, (k & 2) - 1) * u_line_px;
        int m = marks_at(clamp(p + diagonal, ivec2(0), last));
        around |= m;
        both &= m;
    }
    int rim = around & ~both;
    if ((rim & FLAG_HOVERED) != 0) color = mix(color, u_hover, 0.75);
    if ((rim & FLAG_SELECTED) != 0) color = u_selection;
    if ((rim & FLAG_PREVIEWED) != 0) color = u_preview;
#endif
    o_color = vec4(color, 1.0);
}
"""
)


class Composer:
    """Lights and colours the surface planes.

    One program per combination of what is asked for: software renderers run both sides of every branch.
    """

    def __init__(self) -> None:
        self._programs: dict[tuple[tuple[str, int], ...], gloo.Program] = {}

    def _program(self, **switches: bool) -> gloo.Program:
        key = tuple((name, int(on)) for name, on in switches.items())
        if key not in self._programs:
            defines = "".join(f"#define {name} {value}\n" for name, value in key)
            self._programs[key] = full_screen_program(VERSION + defines + _FRAGMENT)
        return self._programs[key]

    def draw(
        self,
        frame: Frame,
        surfaces: Targets,
        *,
        shading: str = "soft",
        back_faces: str = "show",
        openness: gloo.Texture2D | None = None,
        edges: bool = True,
        marks: bool = True,
    ) -> None:
        """Draw over the whole of the bound target."""
        lit = shading != "none"
        program = self._program(
            SHADING=lit,
            NORMALS=frame.color_mode == "normal",
            TINT_BACKS=back_faces == "tint",
            OPENNESS=lit and openness is not None,
            # photos have outlines of their own
            EDGES=lit and edges and frame.color_mode != "photo",
            MARKS=marks,
        )
        theme = frame.theme
        uniforms = {
            **dict(zip(("u_ids", "u_surface"), surfaces.planes, strict=False)),
            "u_table": frame.table.texture,
            "u_ray_from_ndc": frame.ray_from_ndc,
            "u_up": frame.up,
            "u_key": frame.lamp,
            "u_sky": theme.sky,
            "u_ground": theme.ground,
            "u_selection": theme.selection,
            "u_hover": theme.hover,
            "u_preview": theme.preview,
            # a line of one pixel becomes wider where the picture is enlarged: as much ink on more room
            "u_edges": theme.edge_strength * frame.sharpness,
            "u_line_px": max(1, round(frame.pixel_scale)),
        }
        if openness is not None:
            uniforms["u_open"] = openness
        set_uniforms(program, uniforms)
        frame.draw(program, "triangles")


_COPY = (
    VERSION
    + """
uniform sampler2D u_picture;
out vec4 o_color;
void main() { o_color = vec4(texelFetch(u_picture, ivec2(gl_FragCoord.xy), 0).rgb, 1.0); }
"""
)
_ENLARGE = (
    VERSION
    + """
in vec2 v_ndc;
uniform sampler2D u_picture;
out vec4 o_color;
void main() { o_color = vec4(textureLod(u_picture, v_ndc * 0.5 + 0.5, 0.0).rgb, 1.0); }
"""
)
_SMOOTH = (
    VERSION
    + """
uniform sampler2D u_picture;
out vec4 o_color;
float luma(vec3 c) { return dot(c, vec3(0.299, 0.587, 0.114)); }
vec3 smooth_at(vec2 uv) { return textureLod(u_picture, uv, 0.0).rgb; }
vec3 at(ivec2 p) { return texelFetch(u_picture, clamp(p, ivec2(0), textureSize(u_picture, 0) - 1), 0).rgb; }
void main() {
    ivec2 p = ivec2(gl_FragCoord.xy);
    vec2 pixel = 1.0 / vec2(textureSize(u_picture, 0));
    vec3 middle = at(p);
    float m = luma(middle);
    float nw = luma(at(p + ivec2(-1, 1))), ne = luma(at(p + ivec2(1, 1)));
    float sw = luma(at(p + ivec2(-1, -1))), se = luma(at(p + ivec2(1, -1)));
    float low = min(m, min(min(nw, ne), min(sw, se)));
    float high = max(m, max(max(nw, ne), max(sw, se)));
    if (high - low < max(0.04, high * 0.10)) { o_color = vec4(middle, 1.0); return; }
    // blur along the edge: across it, the four corners tell the direction
    vec2 along = vec2((sw + se) - (nw + ne), (nw + sw) - (ne + se));
    float soften = max((nw + ne + sw + se) * 0.03125, 0.0078125);
    along = clamp(along / (min(abs(along.x), abs(along.y)) + soften), -6.0, 6.0) * pixel;
    vec2 uv = (vec2(p) + 0.5) * pixel;
    vec3 near = 0.5 * (smooth_at(uv - along / 6.0) + smooth_at(uv + along / 6.0));
    vec3 wide = near * 0.5 + 0.25 * (smooth_at(uv - along * 0.5) + smooth_at(uv + along * 0.5));
    float l = luma(wide);
    o_color = vec4(l < low || l > high ? near : wide, 1.0);
}
"""
)


_PANE = (
    VERSION
    + """
uniform sampler2D u_sum;
uniform sampler2D u_weight;
uniform sampler2D u_ids;
uniform vec2 u_most;            // opacity at most: before the background, before surfaces
out vec4 o_color;
void main() {
    ivec2 p = ivec2(gl_FragCoord.xy);
    vec4 sum = texelFetch(u_sum, p, 0);
    float weight = texelFetch(u_weight, p, 0).r;
    float most = texelFetch(u_ids, p, 0).a > 0.0 ? u_most.y : u_most.x;
    o_color = vec4(sum.rgb / max(weight, 1e-5), min(1.0 - sum.a, most));
}
"""
)


class Pane:
    """Lays the mean of see-through surfaces over the picture."""

    def __init__(self) -> None:
        self._program = full_screen_program(_PANE)

    def draw(
        self, frame: Frame, glass: Targets, surfaces: Targets, most: float, most_before_surfaces: float
    ) -> None:
        self._program["u_sum"], self._program["u_weight"] = glass.planes
        self._program["u_ids"] = surfaces.planes[0]
        self._program["u_most"] = (most, most_before_surfaces)
        frame.draw(self._program, "triangles")


class Presenter:
    """Puts a finished picture onto the bound target: enlarged, with jagged edges smoothed, or as it is."""

    def __init__(self) -> None:
        self._copy = full_screen_program(_COPY)
        self._smooth = full_screen_program(_SMOOTH)
        self._enlarge = full_screen_program(_ENLARGE)

    def draw(self, frame: Frame, picture: gloo.Texture2D, *, smooth: bool, enlarged: bool = False) -> None:
        program = self._enlarge if enlarged else self._smooth if smooth else self._copy
        program["u_picture"] = picture
        frame.draw(program, "triangles")
