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
        self.is_named = True
        """Whether there is room for the name of a pinned frame."""
        self.least_width = self.named_width = 0
        self.set_pinned(None)

    def set_pinned(self, frame: FrameId | None) -> None:
        """Say which frame is kept; None = none is."""
        self.pinned = frame
        self.setChecked(frame is not None)
        if frame is None:
            self.setText(self.tr("Pin this frame"))
            self.setToolTip(self.tr("Pin: keep this frame here while others come and go"))
        else:
            self.setText(frame_name(frame))
            name = f"{frame.camera}, frame {frame.frame}"
            self.setToolTip(self.tr("Pinned to {0}; click to follow the current frame").format(name))
        self.setAccessibleName(self.text())
        was_named = self.is_named
        self.least_width = self._width(is_named=False)
        self.named_width = self._width(is_named=True)
        self.set_named(was_named)

    def set_named(self, is_named: bool) -> None:
        """Show the name of a pinned frame, or the pin alone."""
        self.is_named = is_named
        styles = Qt.ToolButtonStyle
        shows_name = is_named and self.pinned is not None
        self.setToolButtonStyle(styles.ToolButtonTextBesideIcon if shows_name else styles.ToolButtonIconOnly)

    def _width(self, *, is_named: bool) -> int:
        self.set_named(is_named)
        return self.sizeHint().width()


def frame_name(frame: FrameId) -> str:
    return f"{frame.camera} {frame.frame:04d}"
