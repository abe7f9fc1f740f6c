"""The docks: which panels there are, where they stand at first, and how that is remembered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QScrollArea, QTabBar, QTabWidget, QWidget

from viewer.app.pixel_probe import probe_pixel
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

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

LAYOUT_VERSION = 6
SCROLLED = ("labels",)
LEAST_PANEL_PX = 100
DockArea = Qt.DockWidgetArea


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """Every panel of the window."""

    layers: LayersPanel
    objects: ObjectsPanel
    boxes: BoxList
    labels: LabelsPanel
    selection: SelectionPanel
    pose: PosePanel
    seen_in: SeenInPanel
    probe: ProbePanel
    images: ImagesPanel
    frames: FramesPanel
    check: CheckPanel
    log: LogPanel


def make_panels(window: MainWindow) -> Panels:
    session, runner = window.session, window.runner
    panels = Panels(
        layers=LayersPanel(session, window.layer_styles.specs(), window.layer_styles.apply),
        objects=ObjectsPanel(session, window.painting.in_turn),
        boxes=BoxList(session),
        labels=LabelsPanel(session, window.painting.in_turn, window.class_keys),
        selection=SelectionPanel(session),
        pose=PosePanel(session),
        seen_in=SeenInPanel(session, runner),
        probe=ProbePanel(),
        images=ImagesPanel(session, runner, window.settings),
        frames=FramesPanel(session, runner),
        check=CheckPanel(session),
        log=LogPanel(runner),
    )
    window.layer_styles.changed.connect(panels.layers.show_layer)
    panels.layers.fuse_requested.connect(window.opening.fuse_points)
    panels.layers.octomap_requested.connect(window.octomaps.ask_generate)
    panels.layers.strays_requested.connect(window.octomaps.list_strays)
    panels.layers.full_mesh_requested.connect(window.decimating.restore)
    panels.objects.focus_requested.connect(window.viewing.focus_on)
    window.boxes.serve(panels.boxes)
    # playing waits for the pictures, and strokes over images keep their order among the others
    panels.frames.is_ready = lambda: panels.images.is_current and window.comparing.is_current
    panels.images.painting.paint = window.painting.paint
    panels.images.rays = lambda: window.painting.rays
    panels.images.stroke_previewed.connect(window.stroke_hint.show_preview)
    panels.images.pixel_world.connect(window.octomaps.take_pixel)
    panels.images.pixel_described.connect(window.status_line.show_pixel)
    panels.selection.focus_requested.connect(window.viewing.focus_on)
    panels.pose.probe = lambda frame, x, y: probe_pixel(
        session, panels.images.cache, frame, x, y, panels.images.rays()
    )
    panels.pose.copied.connect(lambda title: window.tell(f"Copied the camera for {title}"))
    panels.images.frame_shown.connect(panels.pose.pictures_shown)
    for pane in panels.images.panes:
        pane.pixel_clicked.connect(lambda frame, x, y, _keys: panels.pose.take_pixel(frame, x, y))
    _connect_seen_in(window, panels)
    return panels


def _connect_seen_in(window: MainWindow, panels: Panels) -> None:
    panel, seeing = panels.seen_in, window.seeing
    panel.count_asked.connect(seeing.count)
    panel.cancel_asked.connect(seeing.cancel)
    panel.nearest_asked.connect(seeing.go_to_nearest)
    panel.best_asked.connect(seeing.go_to_best)
    panel.look_asked.connect(seeing.look_through)
    panel.pin_asked.connect(panels.images.pin_beside)
    panel.objects_asked.connect(seeing.list_objects)
    seeing.progressed.connect(
        lambda: panel.show_progress(seeing.step, can_count=seeing.can_count, problem=seeing.problem)
    )


def add_docks(window: MainWindow, panels: Panels) -> dict[str, QDockWidget]:
    """One dock per panel, by its key; each can be closed, tabbed and floated. The 3D view never floats."""
    titles: dict[str, tuple[str, QWidget]] = {
        "layers": ("Scene", panels.layers),
        "objects": ("Objects", panels.objects),
        "boxes": ("Boxes", panels.boxes),
        "labels": ("Label", panels.labels),
        "selection": ("Selection", panels.selection),
        "pose": ("Pose", panels.pose),
        "seen_in": ("Seen In", panels.seen_in),
        "probe": ("Probe", panels.probe),
        "images": ("Images", window.comparing.stack),
        "frames": ("Frames", panels.frames),
        "check": ("Check", panels.check),
        "log": ("Log", panels.log),
    }
    docks: dict[str, QDockWidget] = {}
    for key, (title, panel) in titles.items():
        dock = QDockWidget(title, window)
        dock.setObjectName(f"dock_{key}")
        dock.setWidget(Scrolled(panel) if key in SCROLLED else panel)
        docks[key] = dock
    docks["pose"].visibilityChanged.connect(panels.pose.set_uncovered)
    window.setDockNestingEnabled(True)
    window.setAnimated(False)
    window.setTabPosition(DockArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.setCorner(Qt.Corner.BottomRightCorner, DockArea.RightDockWidgetArea)
    return docks


def arrange(window: MainWindow, docks: dict[str, QDockWidget]) -> None:
    """The layout a new user sees."""
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    left, right, bottom = (
        DockArea.LeftDockWidgetArea,
        DockArea.RightDockWidgetArea,
        DockArea.BottomDockWidgetArea,
    )
    window.addDockWidget(left, docks["layers"])
    window.addDockWidget(left, docks["objects"])
    window.addDockWidget(right, docks["labels"])
    window.addDockWidget(right, docks["selection"])
    window.addDockWidget(bottom, docks["images"])
    # split before tabbing: a dock split from a tabbed one would become a tab itself
    window.splitDockWidget(docks["images"], docks["frames"], Qt.Orientation.Vertical)
    window.tabifyDockWidget(docks["images"], docks["check"])
    window.tabifyDockWidget(docks["images"], docks["log"])
    window.tabifyDockWidget(docks["selection"], docks["seen_in"])
    window.tabifyDockWidget(docks["layers"], docks["objects"])
    window.tabifyDockWidget(docks["objects"], docks["boxes"])
    window.tabifyDockWidget(docks["objects"], docks["probe"])
    window.tabifyDockWidget(docks["selection"], docks["pose"])
    for dock in docks.values():
        dock.show()
    docks["layers"].raise_()
    docks["images"].raise_()
    docks["selection"].raise_()
    window.resizeDocks([docks["layers"]], [270], Qt.Orientation.Horizontal)
    window.resizeDocks([docks["labels"]], [270], Qt.Orientation.Horizontal)
    window.resizeDocks([docks["labels"], docks["selection"]], [430, 190], Qt.Orientation.Vertical)
    window.resizeDocks([docks["images"], docks["frames"]], [250, 124], Qt.Orientation.Vertical)


def hide_unused_tabs(window: MainWindow) -> None:
    """Hide the tab bars that Qt leaves over the menu when docks were tabbed before they were shown."""
    for bar in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not bar.count():
            bar.hide()


def size_to_screen(window: MainWindow) -> None:
    """Start large, but not larger than the screen."""
    screen = window.screen().availableGeometry()
    window.resize(min(1600, screen.width()), min(1000, screen.height()))


class Scrolled(QScrollArea):
    """A panel that may be lower than its content, so that the window fits small screens."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self._panel = panel
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(panel)

    def minimumSizeHint(self) -> QSize:
        width = self._panel.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(width, LEAST_PANEL_PX)


def stored_dict(key: str) -> dict[str, Any]:
    text = QSettings().value(key, "{}", str)
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def store_dict(key: str, value: dict[str, Any]) -> None:
    QSettings().setValue(key, json.dumps(value))
