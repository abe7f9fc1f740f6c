"""About: what this is, and the versions that a bug report needs."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from viewer import __version__
from viewer.ui import theme
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import push_button, rule, text_label

LIBRARIES = ("PySide6-Essentials", "vispy", "numpy", "h5py", "embreex", "pyqtgraph")


class AboutDialog(Dialog):
    """`gl_info` is a sentence about OpenGL."""

    def __init__(self, gl_info: str, parent: QWidget | None = None) -> None:
        super().__init__("About Hypersim Viewer", parent, size=(520, 380))
        self._lines = facts(gl_info)
        logo = QLabel()
        logo.setPixmap(theme.pixmap("app", 64, theme.tokens().accent_text))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(text_label("Hypersim Viewer", "title"))
        words.addWidget(text_label(f"Version {__version__}", "muted", selectable=True))
        words.addWidget(text_label("Look around indoor scenes and label every object in them."))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(logo, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (title, value) in enumerate(self._lines.items()):
            grid.addWidget(text_label(title, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text_label(value, wraps=True, selectable=True), row, 1)
        self.body.addLayout(head)
        self.body.addWidget(rule())
        self.body.addLayout(grid)
        self.body.addStretch(1)
        self.body.addWidget(
            text_label(
                "MIT licence. Made for the Hypersim dataset; not affiliated with its authors.",
                "faint",
                wraps=True,
            )
        )
        self.add_buttons(push_button("Copy", icon="copy", tip="Copy the versions", clicked=self.copy))

    @property
    def text(self) -> str:
        """All versions, for a bug report."""
        return "\n".join([f"Hypersim Viewer {__version__}", *(f"{k}: {v}" for k, v in self._lines.items())])

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


def facts(gl_info: str) -> dict[str, str]:
    """Versions of everything that matters, by what they belong to."""
    screen = QGuiApplication.primaryScreen()
    size = screen.size()
    return {
        "OpenGL": gl_info,
        "Qt": f"{qVersion()} on {QGuiApplication.platformName()}",
        "Screen": f"{size.width()} × {size.height()} at scale {screen.devicePixelRatio():g}",
        "Python": f"{platform.python_version()} on {platform.platform()}",
        "Libraries": ", ".join(f"{name} {_version(name)}" for name in LIBRARIES),
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"
