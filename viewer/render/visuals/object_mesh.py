"""Triangles that each belong to an object, in the fewest draw calls and bytes.

One vec4 per vertex (position, object id) and indices; the normal is the slope of the picture itself, so
none is stored. What cannot show is never sent down the pipeline: hidden objects, those out of sight, and,
where pictures take long, those behind what is drawn already.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL
from vispy import gloo
from vispy.gloo.context import GLContext

from viewer.model.mesh import GpuMesh
from viewer.model.mesh_detail import MeshDetail
from viewer.render.detail_choice import (
    Ranges,
    batches,
    choose_levels,
    chosen_ranges,
    distances,
    merged_ranges,
    rows_in_view,
    thinned,
)
from viewer.render.frame import Frame, culling, set_uniforms
from viewer.render.hidden import DepthPyramid
from viewer.render.shaders import (
    CLIP,
    CONSTANTS,
    DEPTH,
    FLAT_NORMAL,
    GAMMA,
    GLASS,
    LIGHT,
    NO_CLIP,
    PLACE,
    SURFACE,
    TABLE,
    VERSION,
)
from viewer.render.targets import gl_name, send

UPLOAD_BYTES = 8 << 20
"""What one idle tick may send to the graphics card."""
FACES_PER_BUFFER = 1 << 18
"""Corners of so many triangles share a buffer: drivers may take long to make room for many at once."""
VERTICES_PER_PIECE = UPLOAD_BYTES // 4 // 16
STEP_FACES = 1 << 16
"""Triangles drawn at a time when the window must be able to answer in between, and in quick pictures."""
FRONT_FACES = 1 << 17
"""Triangles drawn before asking what they hide; twice as many before asking again."""
_WORTH_ASKING_FACES = 1 << 18
"""With fewer triangles left it takes less to draw them."""

_VERTEX = (
    VERSION
    + CONSTANTS
    + PLACE
    + "{clip}"
    + """
in vec4 a_xyzo;
flat out int v_object;
void main() {
    v_object = int(a_xyzo.w + (a_xyzo.w < 0.0 ? -0.5 : 0.5));
    vec3 rel = a_xyzo.xyz - u_eye;
    gl_Position = u_clip_from_rel * vec4(rel, 1.0);
    clip_to_box(rel);
}
"""
)
_SURFACE = (
    VERSION
    + CONSTANTS
    + SURFACE
    + FLAT_NORMAL
    + """
flat in int v_object;
void main() {
    int kind = gl_FrontFacing ? KIND_OBJECT : KIND_BACK_FACE;
    write_surface(v_object, kind, pack_normal(flat_normal_of_any_length()), 0.0);
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
    + FLAT_NORMAL
    + """
flat in int v_object;
uniform float u_opacity;
uniform int u_normals;
uniform vec3 u_selection;
void main() {
    vec3 n = normalize(flat_normal_of_any_length());
    vec4 texel = table_texel(v_object + 1);
    int flags = table_flags(texel);
    vec3 color = u_normals == 1 ? n * 0.5 + 0.5 : texel.rgb;
    float opacity = u_opacity;
    if ((flags & FLAG_SELECTED) != 0) { color = mix(color, u_selection, 0.4); opacity = max(opacity, 0.85); }
    if ((flags & FLAG_HOVERED) != 0) { color = mix(color, vec3(1.0), 0.25); opacity = max(opacity, 0.6); }
    vec3 lit = linear_from_srgb(color) * light(n, towards_eye(), 1.0);
    write_glass(srgb_from_linear(lit), opacity);
}
"""
)


class ObjectMesh:
    """The mesh on the graphics card; complete once `upload` is exhausted, drawable as far as it got."""

    def __init__(self, mesh: GpuMesh) -> None:
        self.origin = mesh.origin
        self.objects = mesh.rows
        self.face_count = len(mesh.faces)
        self._mesh: GpuMesh | None = mesh
        self._detail: MeshDetail | None = None
        self._vertices: gloo.VertexBuffer | None = None
        self._indices: list[gloo.IndexBuffer] = []
        self._coarse: list[gloo.IndexBuffer] = []
        self._sent_faces = 0
        self._is_detail_sent = False
        self._no_face = gloo.IndexBuffer(np.zeros(3, np.uint32))
        self._programs: dict[tuple[str, bool], gloo.Program] = {}

    @property
    def has_detail(self) -> bool:
        return self._detail is not None

    def set_detail(self, detail: MeshDetail) -> None:
        """Coarser forms of this mesh, for quick pictures: in force once `upload` has sent them."""
        if detail.face_count != self.face_count:
            raise ValueError(f"expected the detail of {self.face_count} faces, found {detail.face_count}")
        self._detail, self._is_detail_sent = detail, False

    def upload(self, context: GLContext) -> Iterator[int]:
        """Send what is not sent yet, at most `UPLOAD_BYTES` before each yield of the bytes just sent.

        Pieces of the index list follow as soon as all vertices they need are there.
        """
        if self._mesh is not None and self.face_count:
            yield from self._upload_mesh(context, self._mesh)
        self._mesh = None
        if self._detail is not None and not self._is_detail_sent:
            faces = self._detail.faces
            for start in range(0, len(faces), FACES_PER_BUFFER):
                piece = faces[start : start + FACES_PER_BUFFER]
                self._coarse.append(filled_indices(context, piece))
                yield piece.nbytes
            self._detail = replace(self._detail, faces=faces[:0])
            self._is_detail_sent = True

    def _upload_mesh(self, context: GLContext, mesh: GpuMesh) -> Iterator[int]:
        buffer = self._vertices = gloo.VertexBuffer(np.zeros((1, 4), np.float32))
        buffer.resize_bytes(16 * mesh.vertex_count)
        send(context, buffer)
        yield 0
        sent = 0
        for start in range(0, self.face_count, FACES_PER_BUFFER):
            piece = mesh.faces[start : start + FACES_PER_BUFFER]
            needed = int(piece.max()) + 1
            while sent < needed:
                vertices = mesh.positions_and_object(slice(sent, sent + VERTICES_PER_PIECE))
                GL.glBindBuffer(GL.GL_ARRAY_BUFFER, gl_name(context, buffer))
                # vispy would first make a copy, and keep it for a while
                GL.glBufferSubData(GL.GL_ARRAY_BUFFER, 16 * sent, vertices.nbytes, vertices)
                GL.glBindBuffer(GL.GL_ARRAY_BUFFER, 0)
                yield vertices.nbytes
                sent += len(vertices)
            self._indices.append(filled_indices(context, piece))
            self._sent_faces = start + len(piece)
            yield piece.nbytes

    def _program(self, name: str, fragment: str, frame: Frame) -> gloo.Program:
        key = (name, frame.clip is not None)
        if key not in self._programs:
            vertex = _VERTEX.replace("{clip}", CLIP if frame.clip is not None else NO_CLIP)
            self._programs[key] = gloo.Program(vertex, fragment)
            self._programs[key]["a_xyzo"] = self._vertices
        return self._programs[key]

    def _draw(
        self,
        frame: Frame,
        program: gloo.Program,
        hide_back_faces: bool,
        *,
        faint: bool = False,
        whole: bool = True,
    ) -> Iterator[None]:
        """Draw in steps; the OpenGL state must be the same again before each of them."""
        frame.place_in_box(program, self.origin)
        set_uniforms(program, frame.pixel_rays())
        for buffers, ranges in self._parts(frame, faint=faint, whole=whole):
            with culling(hide_back_faces), frame.clipping():
                # vispy binds program, buffers and textures for a draw of its own; ours follows that one
                frame.draw(program, "triangles", self._no_face)
                GL.glBindTexture(GL.GL_TEXTURE_2D, gl_name(frame.context, frame.table.texture))
                for number, some in by_buffer(ranges):
                    draw_ranges(gl_name(frame.context, buffers[number]), some)
                GL.glBindTexture(GL.GL_TEXTURE_2D, 0)
            yield

    def _parts(
        self, frame: Frame, *, faint: bool, whole: bool
    ) -> Iterator[tuple[list[gloo.IndexBuffer], Ranges]]:
        """What to draw, step by step: all that is in the view, or without what is certainly hidden."""
        if frame.most_faces is not None and self._is_detail_sent and self._detail is not None:
            chosen = choose_levels(self.objects, self._detail, frame, self.origin, frame.most_faces)
            own, coarse = chosen_ranges(self._detail, *chosen)
            for buffers, chosen_faces in ((self._indices, own), (self._coarse, coarse)):
                for ranges in batches(chosen_faces, STEP_FACES):
                    yield buffers, ranges
            return
        rows = rows_in_view(self.objects, frame, self.origin, faint=faint)
        if frame.most_faces is not None:
            yield self._indices, thinned(self._ranges(rows), frame.most_faces)
            return
        step = frame.step_faces or max(self.face_count, 1)
        for some in (rows,) if whole else self._what_shows(frame, rows):
            for ranges in batches(self._ranges(some), step):
                yield self._indices, ranges

    def _ranges(self, rows: NDArray[np.int64]) -> Ranges:
        """Where the faces of some rows are, as far as they are sent."""
        first = np.minimum(self.objects.first_face[rows], self._sent_faces)
        last = np.minimum(self.objects.first_face[rows + 1], self._sent_faces)
        sent = first < last
        return merged_ranges(first[sent], (last - first)[sent])

    def _what_shows(self, frame: Frame, rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """Rows part by part; where depths can be read, without those hidden behind the parts before."""
        if frame.read_depths is None:
            yield rows
            return
        seen = np.zeros(len(rows), np.bool_) if frame.seen is None else frame.seen[rows]
        # what was seen before comes first, then what is near
        rows = rows[np.lexsort((distances(self.objects, rows, frame, self.origin), ~seen))]
        eye = (frame.camera.position - self.origin).astype(np.float32)
        allowed = max(int(self.objects.face_counts[rows[: int(seen.sum())]].sum()), FRONT_FACES)
        while len(rows):
            faces = np.cumsum(self.objects.face_counts[rows])
            many = max(int(np.searchsorted(faces, allowed, side="right")), 1)
            yield rows[:many]
            left = int(faces[-1] - faces[many - 1])
            rows, allowed = rows[many:], 2 * allowed
            if left > _WORTH_ASKING_FACES:
                low, high = self.objects.low[rows] - eye, self.objects.high[rows] - eye
                rows = rows[~DepthPyramid(frame.read_depths()).hides(low, high, frame)]

    def surface_steps(self, frame: Frame, hide_back_faces: bool = False) -> Iterator[None]:
        """Draw ids, normals and depth, `frame.step_faces` triangles at a time."""
        if self._sent_faces:
            program = self._program("surface", _SURFACE, frame)
            yield from self._draw(frame, program, hide_back_faces, whole=False)

    def draw_wire(self, frame: Frame, hide_back_faces: bool = False) -> None:
        """The edges of all triangles, over the surfaces."""
        if not self._sent_faces:
            return
        program = self._program("wire", _WIRE, frame)
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
        program = self._program("glass", _GLASS, frame)
        program["u_opacity"] = opacity
        program["u_table"] = frame.table.texture
        program["u_normals"] = int(frame.color_mode == "normal")
        program["u_selection"] = frame.theme.selection
        program["u_up"], program["u_key"] = frame.up, frame.lamp
        program["u_metres"] = frame.metres_per_unit
        for _ in self._draw(frame, program, hide_back_faces, faint=faint):
            pass

    def release(self) -> None:
        buffers = (self._vertices, *self._indices, *self._coarse, self._no_face)
        for item in (*self._programs.values(), *(buffer for buffer in buffers if buffer is not None)):
            item.delete()
        self._programs, self._vertices, self._indices, self._coarse = {}, None, [], []
        self._sent_faces = 0


def filled_indices(context: GLContext, faces: NDArray[np.uint32]) -> gloo.IndexBuffer:
    """A buffer on the graphics card with the corners of some triangles."""
    buffer = gloo.IndexBuffer(np.zeros(3, np.uint32))
    GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, gl_name(context, buffer))
    # vispy would first make a copy, and keep it for a while
    GL.glBufferData(GL.GL_ELEMENT_ARRAY_BUFFER, faces.nbytes, faces, GL.GL_STATIC_DRAW)
    GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, 0)
    return buffer


def by_buffer(ranges: Ranges) -> list[tuple[int, Ranges]]:
    """Ranges of faces cut at the ends of buffers: numbers of buffers, and ranges within each."""
    first, count = ranges
    if not len(first):
        return []
    last = first + count - 1
    pieces = last // FACES_PER_BUFFER - first // FACES_PER_BUFFER + 1
    source = np.repeat(np.arange(len(first)), pieces)
    number = first[source] // FACES_PER_BUFFER + np.arange(len(source)) - (np.cumsum(pieces) - pieces)[source]
    begin = np.maximum(first[source], number * FACES_PER_BUFFER)
    end = np.minimum(last[source] + 1, (number + 1) * FACES_PER_BUFFER)
    return [
        (int(k), (begin[number == k] - k * FACES_PER_BUFFER, (end - begin)[number == k]))
        for k in np.unique(number)
    ]


def draw_ranges(indices: int, ranges: Ranges) -> None:
    """Draw ranges of the triangles in an index buffer, with what is bound otherwise."""
    first, count = ranges
    if not len(first):
        return
    corners = np.ascontiguousarray(3 * count, np.int32)
    offsets = np.ascontiguousarray(12 * first, np.uintp)
    GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, indices)
    GL.glMultiDrawElements(
        GL.GL_TRIANGLES,
        corners,
        GL.GL_UNSIGNED_INT,
        offsets.ctypes.data_as(ctypes.POINTER(ctypes.c_void_p)),
        len(corners),
    )
    GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, 0)
