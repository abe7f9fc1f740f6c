"""The middle of the window: pages one over the other, and what floats above them without moving them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget


class ViewArea(QStackedWidget):
    """Pages, with a strip laid over the bottom edge.

    The strip takes no room: were the 3D view to change its size whenever a job starts or ends, the picture
    would jump under the pointer in the middle of a stroke.
    """

    def __init__(self, strip: QWidget) -> None:
        super().__init__()
        self._strip = strip
        strip.setParent(self)
        strip.hide()
        strip.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        """What the page on top needs; the others must not keep the window large."""
        page = self.currentWidget()
        if page is None:
            return super().minimumSizeHint()
        return page.minimumSizeHint().expandedTo(page.minimumSize())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._strip and event.type() in (QEvent.Type.Show, QEvent.Type.LayoutRequest):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        height = self._strip.sizeHint().height()
        self._strip.setGeometry(0, self.height() - height, self.width(), height)
        self._strip.raise_()
