"""A page of the documentation that travels with the program, shown in the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from viewer.resources import resource_path


class GuideDialog(QDialog):
    """One Markdown page of `resources/docs`."""

    def __init__(self, page: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Hypersim Viewer: guide")
        self.resize(760, 640)
        browser = QTextBrowser()
        browser.setOpenExternalLinks(True)
        browser.setMarkdown(resource_path(f"docs/{page}").read_text(encoding="utf-8"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(browser)
