"""The bar below the 3D view while the scene is cut open: from where to where it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSizePolicy, QSlider

from viewer.app.clipping import ClipAxis, clip_axes, cut_along, limits_along, range_in_metres
from viewer.app.session import Session
from viewer.render.scene_view import SceneView
from viewer.ui.clipping import Clipping
from viewer.ui.narrow_bar import NarrowBar
from viewer.ui.parts import ignore_idle_wheel, listen, push_button, text_label, tool_button

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

STEPS_PER_METRE = 100
SPIN_PX = 84


class ClipBar(NarrowBar):
    """Two ends along one of three axes, metres. An end at its limit cuts nothing."""

    def __init__(self, session: Session, view: SceneView, clipping: Clipping) -> None:
        super().__init__()
        self.setObjectName("clip_bar")
        self.setAccessibleName("Clip box")
        self._session = session
        self._view = view
        self._is_showing = False
        self._axes: tuple[ClipAxis, ...] = ()
        self.axis = QComboBox()
        self.axis.setAccessibleName("Direction of the cut")
        self.axis.setToolTip("Direction along which the scene is cut")
        self.low, self.low_value = self._end("Lowest", "What lies lower is cut away")
        self.high, self.high_value = self._end("Highest", "What lies higher is cut away")
        self.around = tool_button(
            "selection",
            "Around the selection",
            "Show only the box around the selection",
            shortcut="Shift+C",
            clicked=clipping.around_selection,
        )
        self.reset = push_button(
            "Reset", tip="Forget this cut and show the scene whole", clicked=clipping.whole
        )
        self.leave = push_button("Done", tip="Show the scene whole (C)", clicked=clipping.toggle)
        from_word, to_word = text_label("from", "muted"), text_label("to", "muted")
        for widget in (self.axis, from_word, self.low_value, self.low, to_word, self.high_value, self.high):
            self.row.addWidget(widget, int(isinstance(widget, QSlider)))
        for button in (self.around, self.reset, self.leave):
            self.row.addWidget(button)
        self.set_drops(
            (self.reset,), (self.low,), (self.around,), (from_word, self.low_value), (to_word,), (self.axis,)
        )
        self.axis.currentIndexChanged.connect(lambda _row: self._show_range())
        listen(self, session.scene_changed, self._take_scene)
        listen(self, session.points_changed, self._show)
        listen(self, session.clip_changed, self._show)
        listen(self, session.selection_changed, self._show)
        self._take_scene()

    def _end(self, name: str, tip: str) -> tuple[QSlider, QDoubleSpinBox]:
        slider, spin = QSlider(Qt.Orientation.Horizontal), QDoubleSpinBox()
        slider.setMinimumWidth(60)
        slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        spin.setDecimals(2)
        spin.setSingleStep(0.05)
        spin.setSuffix(" m")
        spin.setKeyboardTracking(False)
        spin.setFixedWidth(SPIN_PX)
        for widget in (slider, spin):
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
        ignore_idle_wheel(slider, spin)
        slider.valueChanged.connect(lambda value: self._edit(slider, value / STEPS_PER_METRE))
        spin.valueChanged.connect(lambda value: self._edit(slider, value))
        return slider, spin

    # what is shown

    def _take_scene(self) -> None:
        scene = self._session.scene
        self._is_showing = True
        self._axes = () if scene is None else clip_axes(scene.up)
        self.axis.clear()
        self.axis.addItems([axis.title for axis in self._axes])
        self._is_showing = False
        self._show()

    def _show(self, *_: object) -> None:
        self.around.setEnabled(len(self._session.selection) > 0)
        self.setVisible(self._session.clip is not None)
        self._show_range()

    def _show_range(self) -> None:
        scene, box = self._session.scene, self._session.clip
        if scene is None or box is None or self._is_showing or self.axis.currentIndex() < 0:
            return
        axis = self._axes[self.axis.currentIndex()]
        least, most = limits_along(axis, self._view.bounds, scene.metres_per_unit)
        low, high = range_in_metres(box, axis, scene.metres_per_unit)
        self._is_showing = True
        for slider, spin, value in (
            (self.low, self.low_value, least if low is None else low),
            (self.high, self.high_value, most if high is None else high),
        ):
            slider.setRange(round(least * STEPS_PER_METRE), round(most * STEPS_PER_METRE))
            slider.setPageStep(STEPS_PER_METRE // 4)
            slider.setValue(round(value * STEPS_PER_METRE))
            spin.setRange(min(least, value), max(most, value))
            spin.setValue(value)
        self._is_showing = False

    # gestures

    def _edit(self, slider: QSlider, value: float) -> None:
        scene, box = self._session.scene, self._session.clip
        if self._is_showing or scene is None or box is None:
            return
        axis = self._axes[self.axis.currentIndex()]
        least, most = limits_along(axis, self._view.bounds, scene.metres_per_unit)
        low, high = range_in_metres(box, axis, scene.metres_per_unit)
        if slider is self.low:
            low = None if value <= least else value
            high = high if high is None or high >= value else value
        else:
            high = None if value >= most else value
            low = low if low is None or low <= value else value
        self._session.set_clip(cut_along(box, axis, low, high, scene.metres_per_unit))
        self._show_range()


def clip_bar_of(window: MainWindow) -> ClipBar:
    """The bar of a window, below its view."""
    bar = ClipBar(window.session, window.scene_view, window.clipping)
    window.column.addWidget(bar)
    return bar
