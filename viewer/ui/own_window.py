"""A native window of its own for the part of a window that OpenGL draws."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QWidget

PAUSE_MS = 1
"""Between painting what is around the widget and painting it: a turn of the event loop."""
PATIENCE_MS = 500
"""The widget is painted after this at the latest."""


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
        self._widget = widget
        self._is_there = QGuiApplication.platformName() == "xcb"
        self._is_seen = False
        if self._is_there:
            widget.setAutoFillBackground(True)  # opaque, or the window under it is painted, too
            widget.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)

    def window_is_shown(self) -> None:
        """From now on, what other windows covered is painted again.

        Qt keeps what a window shows and brings it back by itself, but not in one that holds a QOpenGLWidget
        somewhere: that it takes for one that OpenGL lays together.
        """
        handle = self._window.windowHandle()
        if not self._is_there or handle is None:
            return
        handle.installEventFilter(self)  # once more is no more than once
        if not self._is_seen:
            # X11 tells it twice that it can be seen, and it would be laid together each time: after what is
            # around it is painted, in a turn of its own
            self._widget.setUpdatesEnabled(False)
            QTimer.singleShot(PATIENCE_MS, self, self._let_paint)  # all around it may be out of sight

    def _let_paint(self) -> None:
        self._widget.setUpdatesEnabled(True)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            if not self._is_seen:
                self._is_seen = True
                QTimer.singleShot(PAUSE_MS, self, self._let_paint)
            self._window.update(event.region())
        return False
