"""The main window: what stands where, and who listens to whom. No rules."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from viewer.app.session import ColorBy, Session
from viewer.app.settings import Settings, save_settings
from viewer.errors import ViewerError
from viewer.render.scene_view import SceneView
from viewer.ui import docks, theme
from viewer.ui.actions import ActionSet
from viewer.ui.banner import Banners
from viewer.ui.dropping import dropped_paths, take_copy
from viewer.ui.empty_view import is_empty
from viewer.ui.filling import Filling
from viewer.ui.garbage import GarbageCollector
from viewer.ui.job_runner import JobRunner
from viewer.ui.layer_styles import LayerStyles
from viewer.ui.lens_choice import LensChoice
from viewer.ui.looking import Looking
from viewer.ui.opening import Opening
from viewer.ui.own_window import OwnWindow
from viewer.ui.painting import Painting
from viewer.ui.performance import Performance
from viewer.ui.progress_strip import ProgressStrip
from viewer.ui.saving import Saving
from viewer.ui.scene_bridge import SceneBridge
from viewer.ui.side_windows import SideWindows
from viewer.ui.status_line import StatusLine
from viewer.ui.view_area import ViewArea
from viewer.ui.viewing import Viewing
from viewer.ui.window_panels import Panels
from viewer.ui.window_parts import LateParts

if TYPE_CHECKING:
    from viewer.ui.panels.frames import FramesPanel
    from viewer.ui.panels.images import ImagesPanel

log = logging.getLogger(__name__)
MESSAGE_MS = 6000
LAST = -1
"""Priority of listeners that show what the others have taken in."""


class MainWindow(QMainWindow, LateParts):
    """3D view in the middle, docks around it, one command table above.

    Made here is what the first picture of a scene needs; `filling` makes the rest after it.
    """

    painted = Signal()  # whatever was to be painted anew: all of it is laid together

    def __init__(self, settings: Settings | None = None, *, awaits_scene: bool = False) -> None:
        """`awaits_scene`: one is about to be opened, so its view and docks stand there from the start."""
        super().__init__()
        self.setObjectName("main_window")
        self.settings = Settings() if settings is None else settings
        self._dress()  # first: a style sheet that comes later is worked out for every widget once more
        self.session = Session()
        self.runner = JobRunner(self)
        self.scene_view = SceneView()
        self.actions_table = ActionSet(self)
        self.menus = self.actions_table.fill_menus(self.menuBar())
        self._awaits_scene = awaits_scene
        self._may_close = False
        self._layout_to_come: QByteArray | None = None

        self.banners = Banners()
        self.progress_strip = ProgressStrip(self.runner)
        self.performance = Performance(self)
        self.saving = Saving(self)
        self.painting = Painting(self)
        self.viewing = Viewing(self)
        self.side_windows = SideWindows(self)
        self.opening = Opening(self)
        self.looking = Looking(self)
        self.layer_styles = LayerStyles(self)
        self.lens_choice = LensChoice(self)
        self.status_line = StatusLine(self)
        self.setStatusBar(self.status_line)
        middle = self._central()
        self.setCentralWidget(middle)
        self._own_window = OwnWindow(middle)
        self.panels = Panels(self)
        self.docks = docks.add_docks(self)
        self.toolbar = self._toolbar()
        self.bridge = SceneBridge(self)

        self._connect()
        self._fill_window_menu()
        self.setAcceptDrops(True)
        self.apply_settings(self.settings)
        self._restore_layout()
        self._show_title()
        self._switch_page()
        self.refresh_actions()
        self.garbage = GarbageCollector(self)
        self.filling = Filling(self)

    @property
    def images_panel(self) -> ImagesPanel:
        return self.panels.images

    @property
    def frames_panel(self) -> FramesPanel:
        return self.panels.frames

    # construction

    def _central(self) -> QWidget:
        middle = QWidget()
        self.stack = ViewArea(self.progress_strip)
        self.stack.addWidget(self.scene_view.native)
        self.scene_view.native.setAccessibleName("3D view")
        self.scene_view.native.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene_view.native.setMinimumSize(240, 180)
        self.column = QVBoxLayout(middle)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.banners)
        self.column.addWidget(self.stack, 1)
        return middle

    def _toolbar(self) -> QToolBar:
        bar = QToolBar("Main toolbar")
        bar.setObjectName("main_toolbar")
        bar.setMovable(False)
        self.actions_table.fill_toolbar(bar)
        self.addToolBar(bar)
        return bar

    def _connect(self) -> None:
        session = self.session
        self.painted.connect(self.scene_view.window_painted)
        for signal in (
            session.scene_changed,
            session.frame_changed,
            session.selection_changed,
            session.history_changed,
            session.brush_changed,
            session.saved_changed,
            session.visibility_changed,
            session.clip_changed,
            session.color_by_changed,
            session.pose_check_changed,
            session.octomap_changed,
            session.mesh_changed,
        ):
            signal.connect(self.refresh_actions)
        session.scene_changed.connect(self._show_title)
        # the view and the docks are shown when everybody has the scene that belongs into them
        session.scene_changed.connect(self._switch_page, priority=LAST)
        session.octomap_changed.connect(self._switch_page, priority=LAST)
        session.history_changed.connect(self._show_title)
        session.saved_changed.connect(self._show_title)
        self.looking.changed.connect(self.refresh_actions)
        self.layer_styles.changed.connect(self.refresh_actions)
        self.opening.settled.connect(self._stop_awaiting)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)
        self.actions_table.act_on(self.scene_view.native)

    def _fill_window_menu(self) -> None:
        menu = self.menuBar().addMenu("&Window")
        for dock in self.docks.values():
            menu.addAction(dock.toggleViewAction())
        menu.addSeparator()
        menu.addAction("&Reset Layout", self.reset_layout)
        help_menu = self.menus["Help"].menuAction()
        self.menuBar().insertMenu(help_menu, menu)

    # state of the window

    def refresh_actions(self, *_: object) -> None:
        table, session, labelling = self.actions_table, self.session, self.session.labelling
        there = {
            "scene": session.scene is not None,
            "labels": labelling is not None,
            "frame": session.frame is not None,
            "camera": session.frame_camera() is not None,
            "selection": len(session.selection) > 0,
            "view": session.scene is not None and not is_empty(session.scene),
            "mesh": session.opened is not None and session.opened.gpu_mesh is not None,
            "decimated": session.decimated is not None,
            "check": session.pose_check is not None,
            "undo": labelling is not None and labelling.history.can_undo,
            "redo": labelling is not None and labelling.history.can_redo,
        }
        table.enable(lambda need: there.get(need, True))
        for color_by in ColorBy:
            table[f"color_{color_by.value}"].setChecked(session.color_by is color_by)
        table["look_through"].setChecked(self.looking.is_on)
        table[f"theme_{self.settings.theme}"].setChecked(True)
        self.painting.show_brush(table)
        for name in ("recording", "clipping", "class_keys", "comparing"):
            if self.is_made(name):
                getattr(self, name).show_state(table)
        table["xray"].setChecked(session.is_xray)
        self.layer_styles.show_switches(table)
        self.lens_choice.show_state(table)

    def _show_title(self) -> None:
        scene = self.session.scene
        self.setWindowTitle("Hypersim Viewer[*]" if scene is None else f"{scene.name}[*] - Hypersim Viewer")
        self.setWindowModified(self.session.is_dirty)

    def _stop_awaiting(self) -> None:
        """Opening came to its end, with a scene or without."""
        if self._awaits_scene:
            self._awaits_scene = False
            self._switch_page()
            if self.stack.currentWidget() is not self.scene_view.native:
                self.filling.begin()

    def _switch_page(self) -> None:
        scene = self.session.scene
        self._show_docks(scene is not None or self._awaits_scene)
        if scene is None and self._awaits_scene:
            self.stack.setCurrentWidget(self.scene_view.native)
        elif scene is None:
            self.stack.setCurrentWidget(self.welcome)
        elif is_empty(scene):
            self.empty_view.show_scene(scene)
            self.stack.setCurrentWidget(self.empty_view)
        else:
            self.stack.setCurrentWidget(self.scene_view.native)
            self.scene_view.native.setFocus()

    def _show_docks(self, are_wanted: bool) -> None:
        """The welcome page stands alone; the docks come with the first scene, as they were left."""
        if are_wanted and self._layout_to_come is not None:
            self.restoreState(self._layout_to_come, docks.LAYOUT_VERSION)
            self._layout_to_come = None
        elif not are_wanted and self._layout_to_come is None:
            self._layout_to_come = self.saveState(docks.LAYOUT_VERSION)
            for dock in self.docks.values():
                dock.hide()
        docks.hide_unused_tabs(self)

    def tell(self, message: str) -> None:
        """Say something in passing, in the status bar."""
        self.status_line.showMessage(message, MESSAGE_MS)

    # settings and theme

    def apply_settings(self, settings: Settings) -> None:
        self.settings = settings
        self.scene_view.navigator.speed = settings.fly_speed_m_per_s
        self.scene_view.set_reduced_motion(settings.reduced_motion)
        self._apply_theme()

    def change_settings(self, settings: Settings) -> None:
        """Apply settings and keep them on disk."""
        self.apply_settings(settings)
        try:
            save_settings(settings)
        except OSError as error:
            self.banners.show_error(ViewerError(f"the settings could not be kept: {error}"))
        self.refresh_actions()

    def _dress(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, self.settings.theme)

    def _apply_theme(self, *_: object) -> None:
        self._dress()
        self.scene_view.set_theme(theme.is_dark())

    def _use_theme(self, name: str) -> None:
        self.change_settings(replace(self.settings, theme=name))

    def use_theme_system(self) -> None:
        self._use_theme("system")

    def use_theme_dark(self) -> None:
        self._use_theme("dark")

    def use_theme_light(self) -> None:
        self._use_theme("light")

    # layout

    def reset_layout(self) -> None:
        docks.arrange(self, self.docks)
        if self.session.scene is None:
            self._layout_to_come = None
            self._show_docks(False)

    def _restore_layout(self) -> None:
        docks.arrange(self, self.docks)
        stored = QSettings()
        geometry, state = stored.value("window/geometry"), stored.value("window/state")
        if geometry is not None:
            self.restoreGeometry(geometry)
        else:
            docks.size_to_screen(self)
        if state is not None:
            self.restoreState(state, docks.LAYOUT_VERSION)

    def _keep_layout(self) -> None:
        stored = QSettings()
        stored.setValue("window/geometry", self.saveGeometry())
        state = self._layout_to_come or self.saveState(docks.LAYOUT_VERSION)
        stored.setValue("window/state", state)
        if self.panels.is_made("images"):
            docks.store_dict("panels/images", self.images_panel.save_state())

    # commands of the window itself

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # Qt's own

    def event(self, event: QEvent) -> bool:
        is_handled = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:
            self.painted.emit()
        return is_handled

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._own_window.window_is_shown()
        if self._awaits_scene:
            self.filling.wait_for_picture()
        else:
            self.filling.begin()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event):
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event)
        if paths:
            take_copy(event)
            self.open_dropped(paths)

    def open_dropped(self, paths: list[Path]) -> None:
        """Open the first, once whoever dropped them is free again."""
        folder = paths[0] if os.path.isdir(paths[0]) else paths[0].parent
        QTimer.singleShot(0, self, lambda: self.opening.open_path(folder))
        if len(paths) > 1:
            self.tell(f"Only {folder.name} is opened. Lay Another Folder (File) adds parts of a scene.")

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_close and (self.session.is_dirty or self.painting.is_busy):
            event.ignore()
            self.saving.ask_then(self._close_for_good)
            return
        self._keep_layout()
        self.saving.end_work()
        self.filling.stop()
        self.painting.close()
        for name, end in (("autosave", "close"), ("filming", "stop")):
            if self.is_made(name):
                getattr(getattr(self, name), end)()
        if not self.runner.close():
            log.warning("a background job did not stop in time")
        self.scene_view.close()
        event.accept()

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()
