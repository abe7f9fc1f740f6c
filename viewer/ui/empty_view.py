"""What stands in the place of the 3D view when a scene has nothing to draw: why, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer.model.boxes import BoxSets
from viewer.model.camera import Cameras
from viewer.model.frames import Images
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap
from viewer.model.scene import Scene
from viewer.ui import theme
from viewer.ui.parts import text_label

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

DRAWABLE: tuple[type, ...] = (Mesh, Images, Cameras, Octomap, BoxSets)
ICON_PX = 48
TEXT_WIDTH_PX = 460


def is_empty(scene: Scene) -> bool:
    """True when no part of the scene can be drawn in 3D."""
    return not any(kind in scene.parts for kind in DRAWABLE)


class EmptyView(QWidget):
    """Says that there is nothing to draw, and offers the folders that may hold the rest."""

    overlay_requested = Signal()
    inventory_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._picture = QLabel()
        self._title = text_label("", "title")
        self._text = text_label("", "muted", wraps=True)
        self._text.setFixedWidth(TEXT_WIDTH_PX)
        for label in (self._picture, self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        overlay = QPushButton("Lay another folder over the scene…")
        overlay.clicked.connect(self.overlay_requested)
        inventory = QPushButton("What is there and what is missing…")
        inventory.clicked.connect(self.inventory_requested)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(overlay)
        buttons.addWidget(inventory)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self._picture)
        column.addWidget(self._title)
        column.addWidget(self._text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addStretch(2)
        theme.NEWS.changed.connect(self._recolor)
        self._recolor()

    def show_scene(self, scene: Scene) -> None:
        count = scene.object_count
        self._title.setText(f"{scene.name} has nothing to draw here")
        known = (
            f"Its {count:,} objects and their labels can be searched and edited in the lists. "
            if count
            else ""
        )
        self._text.setText(
            f"{known}To see it in 3D, add the folder that holds its images (the public download) or its mesh."
        )
        # a layout does not ask a centred label how high it must be at its width
        self._text.setMinimumHeight(self._text.heightForWidth(TEXT_WIDTH_PX))

    def _recolor(self) -> None:
        self._picture.setPixmap(theme.pixmap("mesh", ICON_PX, theme.tokens().muted))


def empty_view_of(window: MainWindow) -> EmptyView:
    """The page of a window, wired."""
    page = EmptyView()
    window.stack.addWidget(page)
    page.overlay_requested.connect(window.opening.ask_overlay)
    page.inventory_requested.connect(window.side_windows.inventory)
    return page
