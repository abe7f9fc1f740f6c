"""The scene's mesh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vispy.gloo.context import GLContext

from viewer.model.mesh import GpuMesh, Mesh
from viewer.model.mesh_detail import MeshDetail
from viewer.model.scene import Scene
from viewer.render.frame import Frame
from viewer.render.layers.layer import Layer, control
from viewer.render.visuals.object_mesh import ObjectMesh

FAINT_OPACITY = 0.2


@dataclass(frozen=True, slots=True)
class MeshStyle:
    """How the mesh looks."""

    visible: bool = control(True, "Show")
    opacity: float = control(
        1.0, "Opacity", low=0.05, high=1.0, help="Below 1, what lies behind shows through"
    )
    shading: str = control(
        "soft",
        "Shading",
        choices=("soft", "flat", "none"),
        help="Soft: with outlines, and darker where surfaces meet. None: exactly the labels' colours",
    )
    wireframe: bool = control(False, "Wireframe", help="Draw the edges of all triangles")
    back_faces: str = control(
        "show",
        "Back faces",
        choices=("show", "tint", "hide"),
        help="Hidden, one sees into rooms from outside",
    )


class MeshLayer(Layer):
    key = "mesh"
    title = "Mesh"
    needs = Mesh

    def __init__(self) -> None:
        self.style = MeshStyle()
        self._visual: ObjectMesh | None = None

    @property
    def is_available(self) -> bool:
        return self._visual is not None

    def set_scene(self, scene: Scene | None) -> None:
        self.set_mesh(None)

    def set_mesh(self, mesh: GpuMesh | None) -> None:
        self.release()
        self._visual = None if mesh is None else ObjectMesh(mesh)

    @property
    def lacks_detail(self) -> bool:
        """True while there is a mesh without coarser forms."""
        return self._visual is not None and not self._visual.has_detail

    def set_detail(self, detail: MeshDetail) -> None:
        """Coarser forms of the mesh, for quick pictures; they must be uploaded, too."""
        if self._visual is not None:
            self._visual.set_detail(detail)

    def upload(self, context: GLContext) -> Iterator[int]:
        visual = self._visual
        if visual is None:
            return
        for sent in visual.upload(context):
            yield sent
            if visual is not self._visual:
                return  # another mesh took its place while this one was on its way

    @property
    def is_glass(self) -> bool:
        return self.is_drawn and self.style.opacity < 1

    @property
    def _hides_backs(self) -> bool:
        return bool(self.style.back_faces == "hide")

    def draw_surface(self, frame: Frame) -> None:
        for _ in self.surface_steps(frame):
            pass

    def surface_steps(self, frame: Frame) -> Iterator[None]:
        if self._visual is not None and (frame.for_ids or not self.is_glass):
            yield from self._visual.surface_steps(frame, self._hides_backs)

    def draw_glass(self, frame: Frame) -> None:
        if self._visual is not None and self.is_glass:
            self._visual.draw_glass(frame, self.style.opacity, self._hides_backs)

    def draw_faint(self, frame: Frame) -> None:
        if self._visual is not None:
            self._visual.draw_glass(frame, FAINT_OPACITY, self._hides_backs, faint=True)

    def draw_blended(self, frame: Frame) -> None:
        if self._visual is not None and self.style.wireframe:
            self._visual.draw_wire(frame, self._hides_backs)

    def release(self) -> None:
        if self._visual is not None:
            self._visual.release()
            self._visual = None
