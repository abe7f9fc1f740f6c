"""What to film, how large and how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QWidget

from viewer.app.strokes import counted
from viewer.formats.video_file import LARGEST_SIDE
from viewer.model.camera import Trajectory
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.dialogs.screenshot import SizeFields
from viewer.ui.parts import text_label

TURNTABLE_SIZE = (1280, 720)


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """A film to make."""

    camera: str  # whose trajectory is flown along; empty: once around the scene
    size: tuple[int, int]  # px
    fps: float
    seconds: float
    with_furniture: bool = False  # camera frusta and the grid, too
    sees_inside: bool = False  # faces seen from behind are left out


class FilmDialog(Dialog):
    """Emits `chosen` with the plan."""

    chosen = Signal(object)  # FilmPlan

    def __init__(self, trajectories: Sequence[Trajectory], parent: QWidget | None = None) -> None:
        super().__init__("Video", parent, size=(440, 300))
        self._trajectories = {trajectory.name: trajectory for trajectory in trajectories}
        self.way = QComboBox()
        self.way.setAccessibleName("Film")
        for name in self._trajectories:
            self.way.addItem(f"Along {name}", name)
        self.way.addItem("Once around the scene", "")
        self.size_fields = SizeFields(step=2, largest=LARGEST_SIDE)
        self.fps = _number(24, 1, 120, 0, " pictures a second")
        self.fps.setAccessibleName("Pictures a second")
        self.seconds = _number(10, 0.1, 3600, 1, " s")
        self.seconds.setAccessibleName("How long it lasts")
        self.inside = QCheckBox("See into rooms from outside")
        self.furniture = QCheckBox("With camera frusta and grid")
        self._told = text_label("", "muted", wraps=True)
        self.add_form(
            ("Film", self.way),
            ("Size", self.size_fields),
            ("Speed", self.fps),
            ("Lasts", self.seconds),
            ("", self.inside),
            ("", self.furniture),
            ("", self._told),
        )
        self.film = self.add_deed("Film…", self._choose)
        self.way.currentIndexChanged.connect(self._show_way)
        for field in (self.fps, self.seconds):
            field.valueChanged.connect(self._count)
        self._show_way()

    @property
    def plan(self) -> FilmPlan:
        """What the fields say; sizes are rounded down to even numbers, as videos need them."""
        width, height = self.size_fields.size_px
        return FilmPlan(
            self.way.currentData(),
            (width - width % 2, height - height % 2),
            self.fps.value(),
            self.seconds.value(),
            self.furniture.isChecked(),
            self.inside.isChecked(),
        )

    def _show_way(self) -> None:
        trajectory = self._trajectories.get(self.way.currentData())
        lens = None if trajectory is None else trajectory.lens
        size = TURNTABLE_SIZE if lens is None else (lens.width, lens.height)
        self.size_fields.show_size(size, keeps_shape=False)
        self.inside.setChecked(trajectory is None)
        self._count()

    def _count(self) -> None:
        pictures = max(round(self.fps.value() * self.seconds.value()), 1)
        trajectory = self._trajectories.get(self.way.currentData())
        how = (
            "from everywhere around"
            if trajectory is None
            else f"through {counted(len(trajectory), 'keyframe')}, with the exact lens"
        )
        self._told.setText(f"{pictures:,} pictures {how}. The 3D view is filmed as it is shown now.")

    def _choose(self) -> None:
        self.chosen.emit(self.plan)
        self.close()


def _number(value: float, low: float, high: float, decimals: int, suffix: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(low, high)
    field.setDecimals(decimals)
    field.setSuffix(suffix)
    field.setValue(value)
    return field
