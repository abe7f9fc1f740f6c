"""The panels of the window: each is made, put into its dock and connected when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QWidget

from viewer.model.frames import FrameId
from viewer.ui import docks
from viewer.ui.scene_bridge import AFTER_PANES

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow
    from viewer.ui.panels.box_list import BoxList
    from viewer.ui.panels.check import CheckPanel
    from viewer.ui.panels.frames import FramesPanel
    from viewer.ui.panels.images import ImagesPanel
    from viewer.ui.panels.labels import LabelsPanel
    from viewer.ui.panels.layers import LayersPanel
    from viewer.ui.panels.log import LogPanel
    from viewer.ui.panels.objects import ObjectsPanel
    from viewer.ui.panels.pose import PosePanel
    from viewer.ui.panels.probe import ProbePanel
    from viewer.ui.panels.seen_in import SeenInPanel
    from viewer.ui.panels.selection import SelectionPanel

BEFORE_PANELS = 1
"""Priority of listeners that come before those of any panel."""
Panel = TypeVar("Panel", bound=QWidget)


class Panels:
    """Every panel of the window. What a panel missed, it takes from the session when it is made."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def is_made(self, name: str) -> bool:
        """True when somebody has asked for a panel before."""
        return name in vars(self)

    def _placed(self, key: str, panel: Panel) -> Panel:
        docks.fill(self._window.docks[key], panel)
        return panel

    @cached_property
    def layers(self) -> LayersPanel:
        from viewer.ui.panels.layers import LayersPanel

        window = self._window
        panel = LayersPanel(window.session, window.layer_styles.specs(), window.layer_styles.apply)
        window.layer_styles.changed.connect(panel.show_layer)
        panel.fuse_requested.connect(window.opening.fuse_points)
        panel.octomap_requested.connect(window.octomaps.ask_generate)
        panel.strays_requested.connect(window.octomaps.list_strays)
        panel.full_mesh_requested.connect(window.decimating.restore)
        return self._placed("layers", panel)

    @cached_property
    def objects(self) -> ObjectsPanel:
        from viewer.ui.panels.objects import ObjectsPanel

        window = self._window
        panel = ObjectsPanel(window.session, window.painting.in_turn)
        panel.focus_requested.connect(window.viewing.focus_on)
        return self._placed("objects", panel)

    @cached_property
    def boxes(self) -> BoxList:
        from viewer.ui.panels.box_list import BoxList

        window = self._window
        panel = BoxList(window.session)
        window.boxes.serve(panel)
        return self._placed("boxes", panel)

    @cached_property
    def labels(self) -> LabelsPanel:
        from viewer.ui.panels.labels import LabelsPanel

        window = self._window
        panel = LabelsPanel(window.session, window.painting.in_turn, window.class_keys)
        return self._placed("labels", panel)

    @cached_property
    def selection(self) -> SelectionPanel:
        from viewer.ui.panels.selection import SelectionPanel

        window = self._window
        panel = SelectionPanel(window.session)
        panel.focus_requested.connect(window.viewing.focus_on)
        return self._placed("selection", panel)

    @cached_property
    def pose(self) -> PosePanel:
        from viewer.app.pixel_probe import probe_pixel
        from viewer.ui.panels.pose import PosePanel

        window, images = self._window, self.images
        panel = PosePanel(window.session)
        panel.probe = lambda frame, x, y: probe_pixel(
            window.session, images.cache, frame, x, y, images.rays(frame)
        )
        panel.copied.connect(lambda title: window.tell(f"Copied the camera for {title}"))
        images.frame_shown.connect(panel.pictures_shown)
        for pane in images.panes:
            pane.pixel_clicked.connect(lambda frame, x, y, _keys: panel.take_pixel(frame, x, y))
        return self._placed("pose", panel)

    @cached_property
    def seen_in(self) -> SeenInPanel:
        from viewer.ui.panels.seen_in import SeenInPanel

        window, seeing = self._window, self._window.seeing
        panel = SeenInPanel(window.session, window.runner)
        panel.count_asked.connect(seeing.count)
        panel.cancel_asked.connect(seeing.cancel)
        panel.nearest_asked.connect(seeing.go_to_nearest)
        panel.best_asked.connect(seeing.go_to_best)
        panel.look_asked.connect(seeing.look_through)
        panel.pin_asked.connect(self.images.pin_beside)
        panel.objects_asked.connect(seeing.list_objects)

        def progressed() -> None:
            panel.show_progress(seeing.step, can_count=seeing.can_count, problem=seeing.problem)

        seeing.progressed.connect(progressed)
        progressed()
        return self._placed("seen_in", panel)

    @cached_property
    def probe(self) -> ProbePanel:
        from viewer.ui.panels.probe import ProbePanel

        return self._placed("probe", ProbePanel())

    @cached_property
    def images(self) -> ImagesPanel:
        """The panes; `window.comparing` puts them into their dock."""
        from viewer.ui.panels.images import ImagesPanel

        window = self._window
        panel = ImagesPanel(window.session, window.runner, window.settings)
        panel.painting.paint = window.painting.paint  # strokes over images keep their order among the others
        panel.rays = window.painting.picking.rays_for
        panel.stroke_previewed.connect(window.stroke_hint.show_preview)
        panel.pixel_world.connect(window.octomaps.take_pixel)
        panel.pixel_world.connect(window.bridge.mark_pixel)
        panel.pixel_described.connect(window.status_line.show_pixel)
        panel.pixel_described.connect(window.bridge.pointer_in_images)
        panel.frame_shown.connect(window.bridge.pictures_shown)
        panel.frame_shown.connect(self._frame_is_shown)
        panel.restore_state(docks.stored_dict("panels/images"))
        return panel

    @cached_property
    def frames(self) -> FramesPanel:
        from viewer.ui.panels.frames import FramesPanel

        window = self._window
        panel = FramesPanel(window.session, window.runner)
        # playing waits for the pictures
        panel.is_ready = lambda: self.images.is_current and window.comparing.is_current
        # the marks of the frame are painted right after its pictures, where these are coming
        window.session.frame_changed.connect(panel.held.hold, priority=BEFORE_PANELS)
        window.session.frame_changed.connect(self._frame_changed, priority=AFTER_PANES)
        window.actions_table.act_on(panel)
        return self._placed("frames", panel)

    def _frame_changed(self, _: FrameId | None) -> None:
        if not self.is_made("images") or self.images.is_current:
            self.frames.held.release()

    def _frame_is_shown(self, _: FrameId) -> None:
        if self.is_made("frames"):
            self.frames.held.release_soon()

    @cached_property
    def check(self) -> CheckPanel:
        from viewer.ui.panels.check import CheckPanel

        return self._placed("check", CheckPanel(self._window.session))

    @cached_property
    def log(self) -> LogPanel:
        from viewer.ui.panels.log import LogPanel

        return self._placed("log", LogPanel(self._window.runner))
