"""A native window of its own for the part of a window that OpenGL draws."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QWidget


def allow_own_windows() -> None:
    """Let a widget be native while the widgets beside it are not; must come before the application."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)


def give_own_window(widget: QWidget) -> None:
    """Give a direct child of a window, with all that OpenGL draws in it, a native window, where that works.

    Around a QOpenGLWidget, Qt has OpenGL lay the whole native window together for the smallest change in it:
    20 ms and more where OpenGL is software. What lies outside a child with a window of its own goes to the
    screen as it is, in less than one.
    """
    if QGuiApplication.platformName() != "xcb":
        return
    widget.setAutoFillBackground(True)  # opaque, or the window under it is painted, too
    widget.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
    _Uncovering(widget.window())


class _Uncovering(QObject):
    """Paints again what another window has covered.

    Qt keeps what a window shows and brings it back by itself, but not in one that holds a QOpenGLWidget
    somewhere: that it takes for one that OpenGL lays together.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() in (QEvent.Type.WinIdChange, QEvent.Type.Show):
                handle = self._window.windowHandle()
                if handle is not None:
                    handle.installEventFilter(self)  # once more is no more than once
        elif isinstance(event, QPaintEvent):
            self._window.update(event.region())
        return False
