"""Triangles that each belong to an object, in the fewest draw calls and bytes.

One vec4 per vertex (position, object id) and indices; the normal is the slope of the picture itself, so
none is stored. Hidden objects are thrown away in the vertex stage by the object table.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
from OpenGL import GL
from vispy import gloo
from vispy.gloo.context import GLContext

from viewer.model.mesh import GpuMesh
from viewer.model.mesh_detail import MeshDetail
from viewer.render.detail_choice import Ranges, choose_levels, chosen_faces, merged_ranges, rows_in_view
from viewer.render.frame import Frame, culling
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
from viewer.render.targets import gl_name, send

UPLOAD_BYTES = 16 << 20
"""What one idle tick may send to the graphics card."""
STEP_FACES = 1 << 17
"""Triangles drawn at a time when the window must be able to answer in between."""
_GAP_FACES = 1 << 14
"""Triangles out of sight that are drawn along rather than begin another range."""

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
        self._mesh = mesh
        self._detail: MeshDetail | None = None
        self._vertices: gloo.VertexBuffer | None = None
        self._indices: gloo.IndexBuffer | None = None
        self._sent_faces = 0
        self._first_face = gloo.IndexBuffer(np.zeros(3, np.uint32))
        self._quick = gloo.IndexBuffer(np.zeros(3, np.uint32))
        self._quick_for: tuple[object, ...] = ()
        self._quick_faces = 0
        self._programs: dict[str, gloo.Program] = {}

    @property
    def has_detail(self) -> bool:
        return self._detail is not None

    def set_detail(self, detail: MeshDetail) -> None:
        """Coarser forms of this mesh, for quick pictures; until they come, one of so many faces is drawn."""
        if detail.face_count != self.face_count:
            raise ValueError(f"expected the detail of {self.face_count} faces, found {detail.face_count}")
        self._detail = detail
        self._quick_for = ()

    def upload(self, context: GLContext) -> Iterator[int]:
        """Send the mesh, at most `UPLOAD_BYTES` before each yield of the bytes just sent.

        Pieces of the index list follow as soon as all vertices they need are there.
        """
        vertices, faces = self._mesh.positions_and_object, self._mesh.faces
        if not len(faces):
            return
        buffer = self._vertices = gloo.VertexBuffer(vertices[:1])
        buffer.resize_bytes(vertices.nbytes)
        send(context, buffer)
        indices = self._indices = gloo.IndexBuffer(faces[:1].reshape(-1))
        indices.resize_bytes(faces.nbytes)
        send(context, indices)
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
            indices.set_subdata(piece.reshape(-1), offset=3 * start)
            send(context, indices)
            self._sent_faces = start + len(piece)
            self._quick_for = ()
            yield piece.nbytes

    def _program(self, name: str, fragment: str) -> gloo.Program:
        if name not in self._programs:
            self._programs[name] = gloo.Program(_VERTEX, fragment)
            self._programs[name]["a_xyzo"] = self._vertices
        return self._programs[name]

    def _draw(
        self, frame: Frame, program: gloo.Program, hide_back_faces: bool, *, faint: bool = False
    ) -> Iterator[None]:
        """Draw in steps; the OpenGL state must be the same again before each of them."""
        frame.place_in_box(program, self.origin)
        program["u_left_out"] = int(Flag.HIDDEN if faint else NOT_SOLID)
        program["u_wanted"] = int(Flag.FAINT if faint else 0)
        program["u_table"] = frame.table.texture
        if frame.most_faces is not None:
            with culling(hide_back_faces):
                if self._gather(frame, frame.most_faces):
                    frame.draw_in_box(program, "triangles", self._quick)
            return
        indices = gl_name(frame.context, self._indices)
        step = frame.step_faces or self.face_count
        for first, count in zip(*self._ranges(frame), strict=True):
            for start in range(int(first), int(first + count), step):
                many = min(step, int(first + count) - start)
                with culling(hide_back_faces), frame.clipping():
                    # vispy binds program, buffers and textures for a draw of its own; ours follows that one
                    frame.draw(program, "triangles", self._first_face)
                    GL.glBindTexture(GL.GL_TEXTURE_2D, gl_name(frame.context, frame.table.texture))
                    GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, indices)
                    GL.glDrawElements(
                        GL.GL_TRIANGLES, 3 * many, GL.GL_UNSIGNED_INT, ctypes.c_void_p(12 * start)
                    )
                    GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, 0)
                    GL.glBindTexture(GL.GL_TEXTURE_2D, 0)
                yield

    def _ranges(self, frame: Frame) -> Ranges:
        """Which faces to draw: all, or those of objects in the picture where that is known."""
        detail = self._detail
        if detail is None or self._sent_faces < self.face_count:
            return np.zeros(1, np.int64), np.full(1, self._sent_faces)
        rows = rows_in_view(detail, frame, self.origin)
        return merged_ranges(detail.first[rows, 0], detail.count[rows, 0], _GAP_FACES)

    def _gather(self, frame: Frame, most_faces: int) -> int:
        """Put the faces of a quick picture on the graphics card; returns how many there are."""
        faces = self._mesh.faces[: self._sent_faces]
        if self._detail is None or self._sent_faces < self.face_count:
            stride = -(-len(faces) // most_faces)
            wanted: tuple[object, ...] = (stride, len(faces))
            if wanted == self._quick_for:
                return self._quick_faces
            chosen = faces[::stride]
        else:
            rows, levels = choose_levels(self._detail, frame, self.origin, most_faces)
            wanted = (rows.tobytes(), levels.tobytes())
            if wanted == self._quick_for:
                return self._quick_faces
            chosen = chosen_faces(faces, self._detail, rows, levels)
        self._quick_for, self._quick_faces = wanted, len(chosen)
        if len(chosen):
            self._quick.set_data(np.ascontiguousarray(chosen).reshape(-1))
        return len(chosen)

    def surface_steps(self, frame: Frame, hide_back_faces: bool = False) -> Iterator[None]:
        """Draw ids, normals and depth, `frame.step_faces` triangles at a time."""
        if self._sent_faces:
            yield from self._draw(frame, self._program("surface", _SURFACE), hide_back_faces)

    def draw_wire(self, frame: Frame, hide_back_faces: bool = False) -> None:
        """The edges of all triangles, over the surfaces."""
        if not self._sent_faces:
            return
        program = self._program("wire", _WIRE)
        program["u_color"] = (*frame.theme.wire, 0.30)
        GL.glPolygonMode(GL.GL_FRONT_AND_BACK, GL.GL_LINE)
        for _ in self._draw(frame, program, hide_back_faces):
            pass
        GL.glPolygonMode(GL.GL_FRONT_AND_BACK, GL.GL_FILL)

    def draw_glass(
        self, frame: Frame, opacity: float, hide_back_faces: bool = False, *, faint: bool = False
    ) -> None:
        """See-through faces, of what is faint or of all else; what is selected stays nearly solid."""
        if not self._sent_faces:
            return
        program = self._program("glass", _GLASS)
        program["u_opacity"] = opacity
        program["u_normals"] = int(frame.color_mode == "normal")
        program["u_selection"] = frame.theme.selection
        program["u_up"], program["u_key"] = frame.up, frame.lamp
        program["u_metres"] = frame.metres_per_unit
        for _ in self._draw(frame, program, hide_back_faces, faint=faint):
            pass

    def release(self) -> None:
        buffers = (self._vertices, self._indices, self._first_face, self._quick)
        for item in (*self._programs.values(), *(buffer for buffer in buffers if buffer is not None)):
            item.delete()
        self._programs, self._vertices, self._indices, self._sent_faces = {}, None, None, 0
