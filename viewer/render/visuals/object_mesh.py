"""Triangles that each belong to an object, in the fewest draw calls and bytes.

Three floats and the object's id per vertex, and indices; the normal is the slope of the picture itself, so
none is stored. What cannot show is never sent down the pipeline: hidden objects, those out of sight, and,
where pictures take long, those behind what is drawn already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from vispy import gloo
from vispy.gloo.context import GLContext

from viewer.model.mesh import GpuMesh
from viewer.model.mesh_detail import MeshDetail
from viewer.render.depth_test import can_fix_depth
from viewer.render.detail_choice import (
    Lookout,
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
from viewer.render.gl import GL
from viewer.render.hidden import DepthPyramid
from viewer.render.shaders import (
    CLIP,
    CONSTANTS,
    DEPTH,
    FIXED_DEPTH,
    FLAT_NORMAL,
    GAMMA,
    GLASS,
    LIGHT,
    NO_CLIP,
    PLACE,
    RANK,
    SURFACE,
    TABLE,
    VERSION,
)
from viewer.render.targets import flush, gl_name
from viewer.render.visuals.face_buffers import FaceBuffers
from viewer.render.visuals.sent_mesh import SentMesh
from viewer.render.visuals.shared_mesh import SharedMesh, can_share_memory

STEP_FACES = 1 << 16
"""Triangles drawn at a time when the window must be able to answer in between, and in quick pictures."""
FRONT_FACES = 1 << 17
"""Triangles drawn before asking what they hide; twice as many before asking again."""
_WORTH_ASKING_FACES = 1 << 18
"""With fewer triangles left it takes less to draw them."""

_VERTEX = (
    "{version}"
    + CONSTANTS
    + PLACE
    + RANK
    + "{clip}"
    + """
in vec3 a_xyz;
in float a_object;
flat out int v_object;
void main() {
    v_object = int(a_object + (a_object < 0.0 ? -0.5 : 0.5));
    vec3 rel = a_xyz - u_eye;
    gl_Position = u_clip_from_rel * vec4(rel, 1.0);
#ifdef FIXED_DEPTH
    gl_Position.z *= 1.0 + rank_of(v_object + 1);
#endif
    clip_to_box(rel);
}
"""
)
_SURFACE = (
    "{version}"
    + CONSTANTS
    + SURFACE
    + FLAT_NORMAL
    + """
flat in int v_object;
void main() {
    int kind = gl_FrontFacing ? KIND_OBJECT : KIND_BACK_FACE;
    vec4 normal = pack_normal(flat_normal_of_any_length());
#ifdef FIXED_DEPTH
    write_planes(v_object + 1, kind, normal);
#else
    write_surface(v_object, kind, normal, 0.0);
#endif
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
        self._buffers: SentMesh | SharedMesh = SentMesh(mesh)
        self._is_detail_sent = False
        self._lookout = Lookout()
        self._chosen: tuple[Frame, NDArray[np.int64], NDArray[np.int64]] | None = None
        self._no_vertex = gloo.VertexBuffer(np.zeros((1, 3), np.float32))
        self._no_object = gloo.VertexBuffer(np.zeros(1, np.float32))
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
        """Send what is not sent yet, at most `UPLOAD_BYTES` before each yield of the bytes just sent."""
        flush(context)
        if self._mesh is not None and self.face_count:
            if can_share_memory():
                self._buffers = SharedMesh(self._mesh)
            yield from self._buffers.send_mesh(self._mesh)
        self._mesh = None
        if self._detail is not None and not self._is_detail_sent:
            yield from self._buffers.send_coarse(self._detail)
            self._detail = replace(self._detail, faces=self._detail.faces[:0])
            self._is_detail_sent = True

    @property
    def _sent_faces(self) -> int:
        return self._buffers.own.face_count

    def _program(self, name: str, fragment: str, frame: Frame) -> gloo.Program:
        key = (name, frame.clip is not None)
        if key not in self._programs:
            version = VERSION + (FIXED_DEPTH if "{version}" in fragment and can_fix_depth() else "")
            vertex = _VERTEX.replace("{clip}", CLIP if frame.clip is not None else NO_CLIP)
            self._programs[key] = gloo.Program(
                *(text.replace("{version}", version) for text in (vertex, fragment))
            )
            self._programs[key]["a_xyz"] = self._no_vertex
            self._programs[key]["a_object"] = self._no_object
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
        frame.place_in_box(program, self._buffers.origin)
        set_uniforms(program, frame.pixel_rays())
        for buffers, ranges in self._parts(frame, faint=faint, whole=whole):
            if not len(ranges[0]):
                yield
                continue
            with culling(hide_back_faces), frame.clipping():
                # vispy binds program, buffers and textures for a draw of its own; ours follows that one
                frame.draw(program, "triangles", self._no_face)
                GL.glBindTexture(GL.GL_TEXTURE_2D, gl_name(frame.context, frame.table.texture))
                buffers.draw(ranges, gl_name(frame.context, program))
                GL.glBindTexture(GL.GL_TEXTURE_2D, 0)
            yield

    def _parts(self, frame: Frame, *, faint: bool, whole: bool) -> Iterator[tuple[FaceBuffers, Ranges]]:
        """What to draw, step by step: all that is in the view, or without what is certainly hidden.

        A step without any is one before something else that takes long.
        """
        if frame.most_faces is not None and self._is_detail_sent and self._detail is not None:
            yield from self._quick_parts(frame, self._detail, faint=faint)
            return
        rows = rows_in_view(self.objects, frame, self.origin, faint=faint)
        if frame.most_faces is not None:
            yield self._buffers.own, thinned(self._ranges(rows), frame.most_faces)
            return
        step = frame.step_faces or max(self.face_count, 1)
        for some in (rows,) if whole else self._what_shows(frame, rows):
            ranges = self._ranges(some)
            for part in batches(ranges, step) or [ranges]:
                yield self._buffers.own, part

    def _quick_parts(
        self, frame: Frame, detail: MeshDetail, *, faint: bool
    ) -> Iterator[tuple[FaceBuffers, Ranges]]:
        """What was seen in the picture before, then of the rest what is looked for: the former hides much."""
        rows, levels = self._choose(frame, detail, faint=faint)
        seen = np.ones(len(rows), np.bool_) if frame.seen is None else frame.seen[rows]
        for some in (seen, ~seen):
            yield from self._at_levels(detail, rows[some], levels[some])

    def _choose(
        self, frame: Frame, detail: MeshDetail, *, faint: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and levels of a quick picture; what is solid is the same however often it is drawn."""
        most = frame.most_faces or 0
        if faint:
            return choose_levels(self.objects, detail, frame, self.origin, most, faint=True)
        if self._chosen is None or self._chosen[0] is not frame:
            chosen = choose_levels(self.objects, detail, frame, self.origin, most, lookout=self._lookout)
            self._chosen = (frame, *chosen)
        return self._chosen[1:]

    def _at_levels(
        self, detail: MeshDetail, rows: NDArray[np.int64], levels: NDArray[np.int64]
    ) -> Iterator[tuple[FaceBuffers, Ranges]]:
        own, coarse = chosen_ranges(detail, rows, levels)
        for buffers, faces in ((self._buffers.own, own), (self._buffers.coarse, coarse)):
            for ranges in batches(faces, STEP_FACES):
                yield buffers, ranges

    def _hidden(
        self, frame: Frame, rows: NDArray[np.int64], depths: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """(R,) which objects are certainly behind what is drawn already, `depths` being how far one sees."""
        eye = (frame.camera.position - self.origin).astype(np.float32)
        return DepthPyramid(depths).hides(self.objects.low[rows] - eye, self.objects.high[rows] - eye, frame)

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
        allowed = max(int(self.objects.face_counts[rows[: int(seen.sum())]].sum()), FRONT_FACES)
        while len(rows):
            faces = np.cumsum(self.objects.face_counts[rows])
            many = max(int(np.searchsorted(faces, allowed, side="right")), 1)
            yield rows[:many]
            left = int(faces[-1] - faces[many - 1])
            rows, allowed = rows[many:], 2 * allowed
            if left > _WORTH_ASKING_FACES:
                yield rows[:0]
                rows = rows[~self._hidden(frame, rows, frame.read_depths())]

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
        for item in (*self._programs.values(), self._no_vertex, self._no_object, self._no_face):
            item.delete()
        self._programs = {}
        self._buffers.release()
