"""The docks: which panels there are, where they stand at first, and how that is remembered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QScrollArea, QTabBar, QTabWidget, QWidget

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

LAYOUT_VERSION = 6
SCROLLED = ("labels",)
LEAST_PANEL_PX = 100
FRAME_PX, TITLE_PX = 4, 24
"""Room for the frame that the system puts around a window; a style that is asked takes 8 ms at the start."""
DockArea = Qt.DockWidgetArea


TITLES = {
    "layers": "Scene",
    "objects": "Objects",
    "boxes": "Boxes",
    "labels": "Label",
    "selection": "Selection",
    "pose": "Pose",
    "seen_in": "Seen In",
    "probe": "Probe",
    "images": "Images",
    "frames": "Frames",
    "check": "Check",
    "log": "Log",
}
"""The docks, by the keys of their panels."""
LEAST_PX = {
    "layers": (80, 108),
    "objects": (182, 195),
    "boxes": (211, 168),
    "labels": (248, 100),
    "selection": (217, 139),
    "pose": (64, 86),
    "seen_in": (160, 205),
    "probe": (78, 143),
    "images": (220, 150),
    "frames": (420, 37),
    "check": (256, 139),
    "log": (381, 108),
}
"""How small each panel can be, width and height, so that nothing moves when it comes into a small window."""


def add_docks(window: MainWindow) -> dict[str, QDockWidget]:
    """One dock per panel, by its key; each can be closed, tabbed and floated. The 3D view never floats.

    They are empty: a panel goes into its dock when it is made (`fill`).
    """
    docks: dict[str, QDockWidget] = {}
    for key, title in TITLES.items():
        dock = QDockWidget(title, window)
        dock.setObjectName(f"dock_{key}")
        dock.setWidget(Vacancy(key))
        docks[key] = dock
    window.setDockNestingEnabled(True)
    window.setAnimated(False)
    window.setTabPosition(DockArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.setCorner(Qt.Corner.BottomRightCorner, DockArea.RightDockWidgetArea)
    return docks


def fill(dock: QDockWidget, panel: QWidget) -> None:
    """Put a panel into its dock: now, or when `put_off` says."""
    if _PutOff.later is not None:
        _PutOff.later.append(partial(_fill, dock, panel))
    else:
        _fill(dock, panel)


class _PutOff:
    later: list[Callable[[], None]] | None = None
    """What is to be placed after the block of `put_off`; None outside of it."""


@contextmanager
def put_off() -> Iterator[list[Callable[[], None]]]:
    """Panels made in this block go into their docks when the calls in the list are made, after it.

    Making a panel, and measuring and dressing it where it belongs, take about as long as each other.
    """
    later: list[Callable[[], None]] = []
    before, _PutOff.later = _PutOff.later, later
    try:
        yield later
    finally:
        _PutOff.later = before


def _fill(dock: QDockWidget, panel: QWidget) -> None:
    vacancy = dock.widget()
    dock.setWidget(Scrolled(panel) if dock.objectName().removeprefix("dock_") in SCROLLED else panel)
    if vacancy is not None:
        vacancy.deleteLater()


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
    """Start large, but not larger than the screen, with room for the frame that the system will add."""
    screen = window.screen().availableGeometry()
    width, height = screen.width() - 2 * FRAME_PX, screen.height() - TITLE_PX - FRAME_PX
    window.resize(min(1600, width), min(1000, height))


class Vacancy(QWidget):
    """What a dock holds before its panel is made: as much room as that will need, and its ground."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._least = QSize(*LEAST_PX[key])
        self.setProperty("role", "panel")

    def minimumSizeHint(self) -> QSize:
        return self._least

    def sizeHint(self) -> QSize:
        return self._least


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
