"""A native window of its own for the part of a window that OpenGL draws."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPaintEvent, QWindow
from PySide6.QtWidgets import QWidget


def allow_own_windows() -> None:
    """Let a widget be native while the widgets beside it are not; must come before the application."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)


class OwnWindow(QObject):
    """Gives a direct child of a window, with all that OpenGL draws in it, a native window, where that works.

    Around a QOpenGLWidget, Qt has OpenGL lay the whole native window together for the smallest change in it:
    20 ms and more where it is software. What lies outside a child with a window of its own goes to the
    screen as it is, in less than one.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget.window())
        self._window = widget.window()
        self._widget = widget
        self._is_there = QGuiApplication.platformName() == "xcb"
        self._first_look: _FirstLook | None = None
        if self._is_there:
            widget.setAutoFillBackground(True)  # opaque, or the window under it is painted, too
            widget.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)

    def window_is_shown(self, *, awaits_picture: bool) -> None:
        """From now on, what other windows covered is painted again.

        Qt keeps what a window shows and brings it back by itself, but not in one that holds a QOpenGLWidget
        somewhere: that it takes for one that OpenGL lays together. `awaits_picture`: all of what OpenGL draws
        will soon be another picture.
        """
        handle, own = self._window.windowHandle(), self._widget.windowHandle()
        if not self._is_there or handle is None or own is None:
            return
        handle.installEventFilter(self)  # once more is no more than once
        if awaits_picture and self._first_look is None:
            self._first_look = _FirstLook(own, self)

    def laid_together(self) -> None:
        """What OpenGL draws is on the screen."""
        if self._first_look is not None:
            self._first_look.laid_together()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self._window.update(event.region())
        return False


class _FirstLook(QObject):
    """Has a new window laid together once: it is told twice that it can be seen, and would be each time.

    What it is told for the second time is on its way when it is laid together, so it comes in the same turn
    of the event loop.
    """

    def __init__(self, window: QWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window: QWindow | None = window
        self._is_laid_together = False
        window.installEventFilter(self)

    def laid_together(self) -> None:
        if not self._is_laid_together:
            self._is_laid_together = True
            QTimer.singleShot(0, self, self._end)

    def _end(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            with suppress(RuntimeError):  # closed at once
                window.removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        return self._is_laid_together and event.type() in (QEvent.Type.Expose, QEvent.Type.Paint)
