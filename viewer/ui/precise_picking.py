"""Rays against the mesh of the window: prepared in the background when something is about to need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent

from viewer.app.ray_source import RaySource
from viewer.geometry.ray_scene import RayScene
from viewer.model.frames import FrameId
from viewer.model.mesh import Mesh

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow


class PrecisePicking(QObject):
    """Knows the mesh that strokes hit, and when its rays are worth their time and memory.

    Who only looks never needs them. The keys and choices by which a stroke begins start preparing them, so
    that they are mostly there when it ends.
    """

    became_ready = Signal()

    def __init__(self, window: MainWindow, failed: Callable[[BaseException], None]) -> None:
        super().__init__(window)
        self._window = window
        self._failed = failed
        self._source: RaySource | None = None
        self._wished: RaySource | None = None
        view, session = window.scene_view, window.session
        view.stroke_started.connect(self.about_to_label)
        view.native.installEventFilter(self)
        session.brush_changed.connect(self.about_to_label)

    @property
    def source(self) -> RaySource | None:
        """What strokes hit: the mesh as it is shown; None without one."""
        return self._source

    @property
    def whole(self) -> RaySource | None:
        """The scene's mesh; None where there is none, and while it is shown decimated.

        What is left of it then would answer otherwise.
        """
        return self._source if self._window.session.decimated is None else None

    @property
    def rays(self) -> RayScene | None:
        """The rays of `whole`, if they are there."""
        return None if self.whole is None else self.whole.ready

    def rays_for(self, frame: FrameId) -> RayScene | None:
        """The same for a pixel of a frame; they are asked for where no image tells as much."""
        if self.rays is None:
            from viewer.app.pixel_probe import needs_rays  # nothing that the first picture needs

            if needs_rays(self._window.session, frame):
                self.wish()
        return self.rays

    def use_mesh(self, mesh: Mesh | None) -> None:
        """Let strokes hit this mesh from now on; what was prepared for another is given back."""
        runner = self._window.runner
        left, self._source = [self._source], None if mesh is None else RaySource(mesh)
        self._wished = None
        if left[0] is not None and left[0].ready is not None:
            # by a worker: for millions of triangles it takes long
            runner.start(
                runner.paint_lane, lambda _progress: left.clear(), title="Freeing memory", is_shown=False
            )

    def wish(self) -> None:
        """Begin to prepare the rays, unless that was done."""
        source, runner = self._source, self._window.runner
        if source is None or source is self._wished or source.ready is not None:
            return
        self._wished = source

        def done(_rays: RayScene) -> None:
            if source is self._source:
                self.became_ready.emit()

        def forget() -> None:
            if source is self._wished:
                self._wished = None

        def failed(error: BaseException) -> None:
            forget()
            self._failed(error)

        runner.start(
            runner.paint_lane,
            source.get,
            title="Preparing precise picking",
            done=done,
            failed=failed,
            cancelled=forget,
        )

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        # the pointer goes to where a stroke will begin; while the camera flies, Shift only makes it faster
        if (
            event.type() is QEvent.Type.MouseMove
            and isinstance(event, QMouseEvent)
            and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
            and event.buttons() == Qt.MouseButton.NoButton
            and not self._window.scene_view.navigator.is_moving
        ):
            self.about_to_label()
        return False

    def about_to_label(self, *_: object) -> None:
        """A stroke is likely to follow."""
        if self._window.session.labelling is not None:
            self.wish()
