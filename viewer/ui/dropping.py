"""Files and folders dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The files and folders of this machine that are dragged or dropped; none for anything else."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def take_copy(event: QDropEvent) -> None:
    """Accept without taking anything away: who offers to move files may delete what was moved."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
