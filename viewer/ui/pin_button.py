"""Keeps a frame where others come and go."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

from viewer.model.frames import FrameId
from viewer.ui import theme


class PinButton(QToolButton):
    """A pin; once a frame is pinned, the pin and the frame's name."""

    def __init__(self) -> None:
        super().__init__()
        theme.set_icon(self, "pin")
        self.setIconSize(QSize(16, 16))
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pinned: FrameId | None = None
        self.set_pinned(None)

    def set_pinned(self, frame: FrameId | None) -> None:
        """Say which frame is kept; None = none is."""
        self.pinned = frame
        self.setChecked(frame is not None)
        styles = Qt.ToolButtonStyle
        if frame is None:
            self.setToolButtonStyle(styles.ToolButtonIconOnly)
            self.setText(self.tr("Pin this frame"))
            self.setToolTip(self.tr("Pin: keep this frame here while others come and go"))
        else:
            self.setToolButtonStyle(styles.ToolButtonTextBesideIcon)
            self.setText(f"{frame.camera} {frame.frame:04d}")
            name = f"{frame.camera}, frame {frame.frame}"
            self.setToolTip(self.tr("Pinned to {0}; click to follow the current frame").format(name))
        self.setAccessibleName(self.text())
