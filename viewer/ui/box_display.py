"""Which boxes the window shows: decided once, for the 3D view and for the image panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from viewer.app.box_choice import (
    BoxChoice,
    BoxWords,
    box_colors,
    box_words,
    boxes_of,
    choice_note,
    chosen_boxes,
)
from viewer.model.boxes import OrientedBoxes
from viewer.model.frames import FrameId
from viewer.render.layers.boxes import BoxesLayer, BoxesStyle

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

NO_LIMIT_M = 50.0
"""Where the slider of the largest size ends; larger boxes are shown then, too."""


class BoxDisplay(QObject):
    """Follows labels, selection, frame and style; tells the view, and whoever draws boxes elsewhere."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        layer = window.scene_view.layers["boxes"]
        assert isinstance(layer, BoxesLayer)
        self._layer = layer
        self._note = ""
        self._was_counting = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)  # one stroke tells of several changes
        self._soon.timeout.connect(self.refresh)
        session = window.session
        session.boxes_changed.connect(self._take_boxes)
        for signal in (
            session.scene_changed,
            session.labels_changed,
            session.instances_changed,
            session.selection_changed,
            session.frame_changed,
            session.seen_changed,
            session.color_by_changed,
        ):
            signal.connect(self.refresh_soon)
        window.layer_styles.changed.connect(self._take_style)
        window.seeing.progressed.connect(self._follow_counting)
        self.refresh_soon()

    @property
    def style(self) -> BoxesStyle:
        return self._layer.style

    @property
    def boxes(self) -> OrientedBoxes | None:
        """All boxes of the kind that is shown."""
        return self._layer.boxes

    @property
    def choice(self) -> BoxChoice:
        """What the style says of the boxes to be shown."""
        style = self.style
        most = np.inf if style.max_size_m >= NO_LIMIT_M else style.max_size_m
        return BoxChoice(style.show, style.class_words, style.min_size_m, most, self._is_counting)

    def shown_in(self, frame: FrameId | None) -> tuple[OrientedBoxes, NDArray[np.uint8]] | None:
        """The boxes to be drawn over a frame's images, and their colors (B, 3); None while there are none."""
        boxes = self.boxes
        if boxes is None or not (self.style.visible and self.style.in_images):
            return None
        boxes = boxes.rows(chosen_boxes(self._window.session, boxes, self.choice, frame))
        return boxes, self._colors(boxes)

    def words_of(self, instance_id: int) -> BoxWords | None:
        """What a box that is shown is, in words."""
        boxes = self.boxes
        return None if boxes is None else box_words(self._window.session, boxes, instance_id)

    def toggle_in_images(self) -> None:
        """Show the boxes over the images as well, or no longer; shows them at all when they were off."""
        styles = self._window.layer_styles
        if self.style.visible:
            styles.flip("boxes", "in_images")
            return
        styles.flip("boxes", "visible")
        if not self.style.in_images:
            styles.flip("boxes", "in_images")

    def refresh_soon(self, *_: object) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Decide anew which boxes are shown."""
        session, view, boxes = self._window.session, self._window.scene_view, self.boxes
        if boxes is not None and self.style.visible:
            rows = np.zeros((int(boxes.ids.max(initial=0)) + 1, 3), np.uint8)
            rows[boxes.ids] = self._colors(boxes)
            view.set_box_colors(rows)
            keep = chosen_boxes(session, boxes, self.choice, session.frame)
            view.set_shown_boxes(None if keep.all() else boxes.ids[keep])
            labelling = session.labelling
            if labelling is not None:
                view.set_box_selection(labelling.labels.instance[session.selection])
        self._tell(choice_note(session, self.choice) if boxes is not None and self.style.visible else "")
        self.changed.emit()

    @property
    def _is_counting(self) -> bool:
        return self._window.seeing.step is not None

    def _follow_counting(self) -> None:
        if self._is_counting is not self._was_counting:
            self._was_counting = self._is_counting
            self.refresh_soon()

    def _tell(self, note: str) -> None:
        """Say below the boxes' row what their filter does."""
        if note != self._note:
            self._note = note
            self._window.panels.layers.row("boxes").show_note(note)

    def _colors(self, boxes: OrientedBoxes) -> NDArray[np.uint8]:
        style = self.style
        if style.color_by == "plain":
            plain = np.round(255 * np.array(self._window.scene_view.theme.box)).astype(np.uint8)
            return np.tile(plain, (len(boxes), 1))
        return box_colors(self._window.session, boxes, style.color_by)

    def _take_boxes(self) -> None:
        self._window.scene_view.set_boxes(boxes_of(self._window.session))
        self.refresh()

    def _take_style(self, key: str) -> None:
        if key == "boxes":
            self.refresh_soon()
