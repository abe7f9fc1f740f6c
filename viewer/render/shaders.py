"""GLSL shared by several programs.

The surface pass writes three planes: the id and kind of what is seen, its normal or colour, and its depth.
Colours come later, once per pixel and from the object table, so that a new label or a hover costs no
geometry.
"""

from __future__ import annotations

from viewer.render.id_buffer import (
    KIND_BACK_FACE,
    KIND_BOX,
    KIND_COLORED_POINT,
    KIND_FRUSTUM,
    KIND_OBJECT,
    KIND_PLAIN_POINT,
    KIND_VOXEL,
)
from viewer.render.object_table import TABLE_WIDTH, Flag

VERSION = "#version 330\n"

CONSTANTS = f"""
const int KIND_OBJECT = {KIND_OBJECT};
const int KIND_BOX = {KIND_BOX};
const int KIND_FRUSTUM = {KIND_FRUSTUM};
const int KIND_VOXEL = {KIND_VOXEL};
const int KIND_BACK_FACE = {KIND_BACK_FACE};
const int KIND_COLORED_POINT = {KIND_COLORED_POINT};
const int KIND_PLAIN_POINT = {KIND_PLAIN_POINT};
const int FLAG_SELECTED = {int(Flag.SELECTED)};
const int FLAG_HOVERED = {int(Flag.HOVERED)};
const int FLAG_PREVIEWED = {int(Flag.PREVIEWED)};
const int TABLE_WIDTH = {TABLE_WIDTH};
"""

TABLE = """
uniform sampler2D u_table;
vec4 table_texel(int texel) {
    return texelFetch(u_table, ivec2(texel % TABLE_WIDTH, texel / TABLE_WIDTH), 0);
}
int table_flags(vec4 texel) { return int(texel.a * 255.0 + 0.5); }
"""

CHOICE = """
uniform int u_left_out;         // flags of objects that are not drawn
uniform int u_wanted;           // flags that all drawn objects have
bool is_chosen(int flags) { return (flags & u_left_out) == 0 && (flags & u_wanted) == u_wanted; }
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);
"""

PLACE = """
uniform mat4 u_clip_from_rel;   // clip coordinates of world points relative to the eye
uniform vec3 u_eye;             // the eye, relative to the visual's origin
"""
"""Vertices minus the eye first, matrices after: large coordinates cancel before they lose digits."""

CLIP = """
uniform vec3 u_box_low;         // of the clip box, relative to the eye
uniform vec3 u_box_high;
out float gl_ClipDistance[6];
void clip_to_box(vec3 rel) {
    vec3 above = rel - u_box_low;
    vec3 below = u_box_high - rel;
    for (int k = 0; k < 3; k++) {
        gl_ClipDistance[k] = above[k];
        gl_ClipDistance[k + 3] = below[k];
    }
}
"""
"""Cut by the rasterizer and not fragment by fragment: without a clip box it costs next to nothing."""
NO_CLIP = "void clip_to_box(vec3 rel) {}\n"
"""In place of `CLIP`, for programs that draw so many vertices that even its outputs count."""

DEPTH = """
uniform float u_near;           // world units
void write_depth(float nearer) { gl_FragDepth = u_near * gl_FragCoord.w * (1.0 + nearer); }
"""
"""Depth is the nearness near / w, 0 infinitely far: as exact everywhere as floating-point numbers are, and
linear in the picture, so that it may as well be made at the vertices (`FIXED_DEPTH`). (Reed, Depth precision
visualized, 2015.)
"""

FIXED_DEPTH = "#define FIXED_DEPTH 1\n"
"""Goes before programs whose vertices make the depth, see `depth_test`."""

RANK = """
// Surfaces in the very same place must not flicker: each object has its own rank, 0.2 mm at five metres.
float rank_of(int id) { return fract(float(id) * 0.6180340) * 4e-5; }
"""

SURFACE = (
    """
layout(location = 0) out vec4 o_id;
layout(location = 1) out vec4 o_surface;
layout(location = 2) out float o_depth;

void write_planes(int id, int kind, vec4 surface) {
    o_id = vec4(id & 255, (id >> 8) & 255, (id >> 16) & 255, kind) / 255.0;
    o_surface = surface;
    o_depth = 1.0 / gl_FragCoord.w;
}

#ifndef FIXED_DEPTH
"""
    + DEPTH
    + RANK
    + """
void write_surface(int index, int kind, vec4 surface, float farther) {
    write_planes(index + 1, kind, surface);
    write_depth(rank_of(index + 1) - farther);
}
#endif

// The direction of a vector of any length folded onto a square, 16 bits a side, in four bytes.
vec4 pack_normal(vec3 n) {
    vec2 p = n.xy / (abs(n.x) + abs(n.y) + abs(n.z));
    if (n.z < 0.0) p = (1.0 - abs(p.yx)) * vec2(p.x >= 0.0 ? 1.0 : -1.0, p.y >= 0.0 ? 1.0 : -1.0);
    vec2 scaled = floor((p * 0.5 + 0.5) * 65535.0 + 0.5);
    vec2 high = floor(scaled / 256.0);
    return vec4(high, scaled - high * 256.0).xzyw / 255.0;
}
"""
)

FLAT_NORMAL = """
uniform mat3 u_ray_from_pixel;          // of pixels counted from the middle; scaled as `ray_of`
uniform mat3 u_normal_from_slope;       // its transposed inverse, turned towards the eye
uniform vec2 u_middle;

// The nearness 1 / w of a plane is linear in the picture, and its slope is the plane: no place need come
// along from the vertices.
vec3 flat_normal_of_any_length() {
    float near = gl_FragCoord.w;
    vec2 slope = vec2(dFdx(near), dFdy(near));
    return u_normal_from_slope * vec3(slope, near - dot(slope, gl_FragCoord.xy - u_middle));
}
vec3 towards_eye() { return -normalize(u_ray_from_pixel * vec3(gl_FragCoord.xy - u_middle, 1.0)); }
"""

GLASS = (
    DEPTH
    + """
layout(location = 0) out vec4 o_sum;
layout(location = 1) out vec4 o_weight;
uniform float u_metres;         // per world unit

// Weighted sums need no sorting: nearer panes count for more, and together they hide what they should.
void write_glass(vec3 color, float opacity) {
    float metres = u_metres / gl_FragCoord.w;
    float weight = opacity / (0.05 + metres * metres);
    o_sum = vec4(color * weight, opacity);
    o_weight = vec4(weight, 0.0, 0.0, opacity);
    write_depth(0.0);
}
"""
)

PICKED = (
    DEPTH
    + """
layout(location = 0) out vec4 o_id;
layout(location = 1) out float o_depth;

void write_picked(int index, int kind, float nearer) {
    int id = index + 1;
    o_id = vec4(id & 255, (id >> 8) & 255, (id >> 16) & 255, kind) / 255.0;
    o_depth = 1.0 / gl_FragCoord.w;
    write_depth(nearer);
}
"""
)

UNPACK_NORMAL = """
vec3 unpack_normal(vec4 bytes) {
    vec4 b = floor(bytes * 255.0 + 0.5);
    vec2 p = (b.xz * 256.0 + b.yw) / 65535.0 * 2.0 - 1.0;
    vec3 n = vec3(p, 1.0 - abs(p.x) - abs(p.y));
    if (n.z < 0.0) n.xy = (1.0 - abs(n.yx)) * vec2(n.x >= 0.0 ? 1.0 : -1.0, n.y >= 0.0 ? 1.0 : -1.0);
    return normalize(n);
}
"""

GAMMA = """
vec3 linear_from_srgb(vec3 c) { return c * (c * (c * 0.3053060 + 0.6821711) + 0.0125229); }
vec3 srgb_from_linear(vec3 c) {
    c = clamp(c, 0.0, 1.0);
    vec3 root = sqrt(c);
    vec3 fourth = sqrt(root);
    return 0.5851224 * root + 0.7831404 * fourth - 0.3682627 * sqrt(fourth);
}
"""
"""Polynomials within half a percent of sRGB: powers are the slowest thing a software renderer knows."""

RAYS = """
uniform mat3 u_ray_from_ndc;
// The world direction through a pixel, scaled so that times the depth it is the place relative to the eye.
vec3 ray_of(vec2 pixel, vec2 size) { return u_ray_from_ndc * vec3((pixel + 0.5) / size * 2.0 - 1.0, 1.0); }
"""

LIGHT = """
uniform vec3 u_up;
uniform vec3 u_key;             // towards the lamp that stays with the room

// Light that stays with the room tells its walls apart; a light at the eye gives every shape a gradient.
vec3 light(vec3 n, vec3 towards_eye, float open) {
    vec3 ambient = mix(vec3(0.27, 0.25, 0.24), vec3(0.40, 0.42, 0.46), dot(n, u_up) * 0.5 + 0.5);
    float key = dot(n, u_key) * 0.5 + 0.5;
    float head = max(dot(n, towards_eye), 0.0);
    // closed places lose light from all around, and less of the lamps'
    vec3 lamps = vec3(0.34, 0.33, 0.31) * key * key + vec3(0.26, 0.26, 0.265) * head;
    return (ambient * open + lamps) * open;
}
"""

FULL_SCREEN = (
    VERSION
    + """
in vec2 a_corner;
out vec2 v_ndc;
void main() { v_ndc = a_corner; gl_Position = vec4(a_corner, 0.0, 1.0); }
"""
)

FLAT_TEXTURED = (
    VERSION
    + """
in vec2 a_place;                // window px, (0, 0) the top-left corner
in vec2 a_uv;
uniform vec2 u_size;
out vec2 v_uv;
void main() {
    v_uv = a_uv;
    gl_Position = vec4(a_place / u_size * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0);
}
"""
)
"""Vertex stage of a picture or text laid flat over the finished picture."""
