"""The documentation that travels with the program, shown in the window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from viewer.resources import resource_path

PAGES: Final = (
    "labelling",
    "images",
    "cameras",
    "lenses",
    "pose_check",
    "octomaps",
    "boxes",
    "performance",
    "architecture",
)
"""The Markdown pages of `resources/docs`, in the order in which they are listed."""
LIST_PX = 190
MARGIN_PX = 18


class GuideDialog(QDialog):
    """All pages in a list, one of them open. Links between pages work."""

    def __init__(self, page: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Hypersim Viewer: guide")
        self.resize(940, 680)
        self.pages = QListWidget()
        self.pages.setAccessibleName("Pages")
        self.pages.setFrameShape(QFrame.Shape.NoFrame)
        self.pages.setSpacing(3)
        self.text = QTextBrowser()
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setOpenExternalLinks(True)
        self.text.document().setDocumentMargin(MARGIN_PX)
        for key in PAGES:
            item = QListWidgetItem(_title_of(key), self.pages)
            item.setData(Qt.ItemDataRole.UserRole, key)
        self.pages.currentRowChanged.connect(self._open_row)
        self.text.sourceChanged.connect(self._mark)
        self.pages.setCurrentRow(PAGES.index(page))

        halves = QSplitter()
        halves.addWidget(self.pages)
        halves.addWidget(self.text)
        halves.setStretchFactor(1, 1)
        halves.setSizes([LIST_PX, self.width() - LIST_PX])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(halves)
        self.text.setFocus()

    def _open_row(self, row: int) -> None:
        source = QUrl.fromLocalFile(str(resource_path(f"docs/{PAGES[row]}.md")))
        if self.text.source().path() != source.path():
            self.text.setSource(source)

    def _mark(self, source: QUrl) -> None:
        """A link was followed: the list shows where it led."""
        key = source.fileName().removesuffix(".md")
        if key in PAGES:
            self.pages.setCurrentRow(PAGES.index(key))


def _title_of(page: str) -> str:
    """What a page calls itself: its first heading."""
    with resource_path(f"docs/{page}.md").open(encoding="utf-8") as file:
        return file.readline().lstrip("#").strip()
