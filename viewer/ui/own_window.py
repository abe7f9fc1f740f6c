"""A native window of its own for the part of a window that OpenGL draws."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QWidget


def allow_own_windows() -> None:
    """Let a widget be native while the widgets beside it are not; must come before the application."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)


class OwnWindow(QObject):
    """Gives a direct child of a window, with all that OpenGL draws in it, a native window, where that works.

    Around a QOpenGLWidget, Qt has OpenGL lay the whole native window together for the smallest change in it:
    20 ms and more where OpenGL is software. What lies outside a child with a window of its own goes to the
    screen as it is, in less than one.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget.window())
        self._window = widget.window()
        self._is_there = QGuiApplication.platformName() == "xcb"
        if self._is_there:
            widget.setAutoFillBackground(True)  # opaque, or the window under it is painted, too
            widget.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)

    def window_is_shown(self) -> None:
        """From now on, what other windows covered is painted again.

        Qt keeps what a window shows and brings it back by itself, but not in one that holds a QOpenGLWidget
        somewhere: that it takes for one that OpenGL lays together.
        """
        handle = self._window.windowHandle()
        if self._is_there and handle is not None:
            handle.installEventFilter(self)  # once more is no more than once

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        if isinstance(event, QPaintEvent):
            self._window.update(event.region())
        return False
