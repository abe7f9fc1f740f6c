"""Which boxes to make anew, and whether to write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QRadioButton, QWidget

from viewer.app.strokes import counted
from viewer.model.boxes import BOX_KINDS, KIND_TITLES
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import ElidedLabel, push_button, text_label

ABOUT = {
    "axis_aligned": "along the world's axes",
    "object_aligned_2d": "upright, with the smallest base",
    "object_aligned_3d": "of the smallest volume",
}


class RecomputeBoxesDialog(Dialog):
    """Emits `chosen` with the kinds, whether only stale boxes are made, and the folder to write to."""

    chosen = Signal(object, bool, object)  # tuple[str, ...], only stale, Path | None

    def __init__(
        self,
        kinds: Sequence[str],
        stale_count: int,
        folder: Path | None,
        *,
        fits_points: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Recompute Boxes", parent, size=(460, 300))
        self._folder = folder
        self.kinds: dict[str, QCheckBox] = {}
        for kind in BOX_KINDS:
            box = QCheckBox(f"{KIND_TITLES[kind]}: {ABOUT[kind]}")
            box.setChecked(kind in kinds)
            box.toggled.connect(self._check)
            self.kinds[kind] = box
            self.body.addWidget(box)
        self.body.addSpacing(4)
        self.everything = QRadioButton("Of all instances")
        self.only_stale = QRadioButton(
            f"Of the {counted(stale_count, 'instance')} whose members have changed"
            if stale_count
            else "Of instances whose members have changed: there are none"
        )
        self.only_stale.setEnabled(stale_count > 0)
        (self.only_stale if stale_count else self.everything).setChecked(True)
        self.body.addWidget(self.everything)
        self.body.addWidget(self.only_stale)
        self.body.addSpacing(4)
        self.writes = QCheckBox("Write the files, replacing those that are there")
        self.writes.toggled.connect(self._check)
        self._place = ElidedLabel("" if folder is None else str(folder), "muted")
        place = QHBoxLayout()
        place.setContentsMargins(24, 0, 0, 0)
        place.addWidget(self._place, 1)
        self._choose_place = push_button("Choose…", tip="Write elsewhere", clicked=self._pick)
        place.addWidget(self._choose_place)
        self.body.addWidget(self.writes)
        self.body.addLayout(place)
        if fits_points:
            self.body.addWidget(
                text_label(
                    "There is no mesh: boxes are fitted to points of the images, and hold what images show.",
                    "muted",
                    wraps=True,
                )
            )
        self.body.addStretch(1)
        self.recompute = self.add_deed("Recompute", self._choose)
        self._check()

    def _check(self, *_: object) -> None:
        self._place.setEnabled(self.writes.isChecked())
        self._choose_place.setEnabled(self.writes.isChecked())
        has_place = not self.writes.isChecked() or self._folder is not None
        self.recompute.setEnabled(has_place and any(box.isChecked() for box in self.kinds.values()))

    def _pick(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, "Write the files of boxes into", str(self._folder or "")
        )
        if chosen:
            self._folder = Path(chosen)
            self._place.setText(chosen)
            self._check()

    def _choose(self) -> None:
        kinds = tuple(kind for kind, box in self.kinds.items() if box.isChecked())
        folder = self._folder if self.writes.isChecked() else None
        self.chosen.emit(kinds, self.only_stale.isChecked(), folder)
        self.close()
