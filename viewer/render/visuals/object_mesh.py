"""Triangles that each belong to an object, in the fewest draw calls and bytes.

One vec4 per vertex (position, object id) and indices; the normal is the slope of the picture itself, so
none is stored. Hidden objects are thrown away in the vertex stage by the object table.
"""

from __future__ import annotations

from collections.abc import Iterator

from OpenGL import GL
from vispy import gloo
from vispy.gloo.context import GLContext

from viewer.model.mesh import GpuMesh
from viewer.render.frame import Frame
from viewer.render.object_table import NOT_SOLID, Flag
from viewer.render.shaders import (
    CHOICE,
    CLIP,
    CONSTANTS,
    DEPTH,
    GAMMA,
    GLASS,
    LIGHT,
    PLACE,
    SURFACE,
    TABLE,
    VERSION,
)
from viewer.render.targets import send

UPLOAD_BYTES = 16 << 20
"""What one idle tick may send to the graphics card."""

_VERTEX = (
    VERSION
    + CONSTANTS
    + TABLE
    + PLACE
    + CHOICE
    + CLIP
    + """
in vec4 a_xyzo;
out vec3 v_rel;
flat out int v_object;
void main() {
    v_object = int(a_xyzo.w + (a_xyzo.w < 0.0 ? -0.5 : 0.5));
    v_rel = a_xyzo.xyz - u_eye;
    gl_Position = u_clip_from_rel * vec4(v_rel, 1.0);
    clip_to_box(v_rel);
    if (!is_chosen(table_flags(table_texel(v_object + 1)))) gl_Position = NOWHERE;
}
"""
)
_SURFACE = (
    VERSION
    + CONSTANTS
    + SURFACE
    + """
in vec3 v_rel;
flat in int v_object;
void main() {
    vec3 n = cross(dFdx(v_rel), dFdy(v_rel));
    float size = length(n);
    n = size > 0.0 ? n / size : -normalize(v_rel);
    write_surface(v_object, gl_FrontFacing ? KIND_OBJECT : KIND_BACK_FACE, pack_normal(n), 0.0);
}
"""
)


_WIRE = (
    VERSION
    + DEPTH
    + """
uniform vec4 u_color;
out vec4 o_color;
void main() { o_color = u_color; write_depth(0.0004); }
"""
)
_GLASS = (
    VERSION
    + CONSTANTS
    + TABLE
    + GAMMA
    + LIGHT
    + GLASS
    + """
in vec3 v_rel;
flat in int v_object;
uniform float u_opacity;
uniform int u_normals;
uniform vec3 u_selection;
void main() {
    vec3 n = cross(dFdx(v_rel), dFdy(v_rel));
    float size = length(n);
    n = size > 0.0 ? n / size : -normalize(v_rel);
    vec4 texel = table_texel(v_object + 1);
    int flags = table_flags(texel);
    vec3 color = u_normals == 1 ? n * 0.5 + 0.5 : texel.rgb;
    float opacity = u_opacity;
    if ((flags & FLAG_SELECTED) != 0) { color = mix(color, u_selection, 0.4); opacity = max(opacity, 0.85); }
    if ((flags & FLAG_HOVERED) != 0) { color = mix(color, vec3(1.0), 0.25); opacity = max(opacity, 0.6); }
    vec3 lit = linear_from_srgb(color) * light(n, -normalize(v_rel), 1.0);
    write_glass(srgb_from_linear(lit), opacity);
}
"""
)


class ObjectMesh:
    """The mesh on the graphics card; complete once `upload` is exhausted, drawable as far as it got."""

    def __init__(self, mesh: GpuMesh) -> None:
        self.origin = mesh.origin
        self.face_count = len(mesh.faces)
        self._mesh: GpuMesh | None = mesh
        self._vertices: gloo.VertexBuffer | None = None
        self._indices: list[gloo.IndexBuffer] = []
        self._programs: dict[str, gloo.Program] = {}

    def upload(self, context: GLContext) -> Iterator[int]:
        """Send the mesh, at most `UPLOAD_BYTES` before each yield of the bytes just sent.

        Pieces of the index list follow as soon as all vertices they need are there.
        """
        mesh = self._mesh
        if mesh is None or not len(mesh.faces):
            return
        vertices, faces = mesh.positions_and_object, mesh.faces
        buffer = self._vertices = gloo.VertexBuffer(vertices[:1])
        buffer.resize_bytes(vertices.nbytes)
        send(context, buffer)
        per_piece = UPLOAD_BYTES // 2 // faces.itemsize // 3
        vertices_per_step = UPLOAD_BYTES // 2 // 16
        sent = 0
        for start in range(0, len(faces), per_piece):
            piece = faces[start : start + per_piece]
            needed = int(piece.max()) + 1
            while sent < needed:
                stop = min(sent + vertices_per_step, len(vertices))
                buffer.set_subdata(vertices[sent:stop], offset=sent)
                send(context, buffer)
                yield (stop - sent) * 16
                sent = stop
            indices = gloo.IndexBuffer(piece.reshape(-1))
            send(context, indices)
            self._indices.append(indices)
            yield piece.nbytes
        self._mesh = None

    def _program(self, name: str, fragment: str) -> gloo.Program:
        if name not in self._programs:
            self._programs[name] = gloo.Program(_VERTEX, fragment)
            self._programs[name]["a_xyzo"] = self._vertices
        return self._programs[name]

    def _draw(
        self, frame: Frame, program: gloo.Program, hide_back_faces: bool, *, faint: bool = False
    ) -> None:
        frame.place_in_box(program, self.origin)
        program["u_left_out"] = int(Flag.HIDDEN if faint else NOT_SOLID)
        program["u_wanted"] = int(Flag.FAINT if faint else 0)
        program["u_table"] = frame.table.texture
        (GL.glEnable if hide_back_faces else GL.glDisable)(GL.GL_CULL_FACE)
        for indices in self._indices:
            frame.draw_in_box(program, "triangles", indices)
        GL.glDisable(GL.GL_CULL_FACE)

    def draw_surface(self, frame: Frame, hide_back_faces: bool = False) -> None:
        if self._indices:
            self._draw(frame, self._program("surface", _SURFACE), hide_back_faces)

    def draw_wire(self, frame: Frame, hide_back_faces: bool = False) -> None:
        """The edges of all triangles, over the surfaces."""
        if not self._indices:
            return
        program = self._program("wire", _WIRE)
        program["u_color"] = (*frame.theme.wire, 0.30)
        GL.glPolygonMode(GL.GL_FRONT_AND_BACK, GL.GL_LINE)
        self._draw(frame, program, hide_back_faces)
        GL.glPolygonMode(GL.GL_FRONT_AND_BACK, GL.GL_FILL)

    def draw_glass(
        self, frame: Frame, opacity: float, hide_back_faces: bool = False, *, faint: bool = False
    ) -> None:
        """See-through faces, of what is faint or of all else; what is selected stays nearly solid."""
        if not self._indices:
            return
        program = self._program("glass", _GLASS)
        program["u_opacity"] = opacity
        program["u_normals"] = int(frame.color_mode == "normal")
        program["u_selection"] = frame.theme.selection
        program["u_up"], program["u_key"] = frame.up, frame.lamp
        program["u_metres"] = frame.metres_per_unit
        self._draw(frame, program, hide_back_faces, faint=faint)

    def release(self) -> None:
        buffers = [] if self._vertices is None else [self._vertices]
        for item in (*self._indices, *self._programs.values(), *buffers):
            item.delete()
        self._indices, self._programs, self._vertices = [], {}, None
        self._mesh = None
