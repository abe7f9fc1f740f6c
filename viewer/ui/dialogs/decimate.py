"""How many triangles may stay, and what that leaves."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from viewer.app.decimation import Decimation, DecimationSettings
from viewer.app.session import Session
from viewer.app.strokes import counted
from viewer.errors import ViewerError
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import listen, push_button, text_label
from viewer.ui.style_form import StyleForm

TITLE_PX = 190
PAUSE_MS = 300
"""How long a value stands before it is counted what it leaves."""
EXPLANATION = (
    "You never need this: the 3D view keeps its pace by itself. Where a machine is still too slow, "
    "triangles can be left out at random, as the original annotation tool does it. What is left out can be "
    "neither seen nor painted until the full mesh is restored. Labels stay as they are; nothing is written."
)


class DecimateDialog(Dialog):
    """Emits `accepted_decimation` with what was counted last."""

    count_wanted = Signal(object)  # DecimationSettings
    accepted_decimation = Signal(object)  # Decimation

    def __init__(
        self,
        settings: DecimationSettings,
        face_count: int,
        vertex_count: int,
        metres_per_unit: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Decimate Mesh", parent, size=(520, 400))
        self._face_count, self._vertex_count = face_count, vertex_count
        self._decimation: Decimation | None = None
        self.body.addWidget(text_label(EXPLANATION, "muted", wraps=True))
        self.body.addSpacing(4)
        self.form = StyleForm(settings, title_width=TITLE_PX)
        self.form.changed.connect(self._changed)
        self.body.addWidget(self.form)
        self.body.addWidget(text_label(f"A unit of this scene is {metres_per_unit:g} m.", "faint"))
        self.body.addSpacing(4)
        self.left = text_label("", wraps=True)
        self.lost = text_label("", "muted", wraps=True)
        self.body.addWidget(self.left)
        self.body.addWidget(self.lost)
        self.body.addStretch(1)
        self.decimate_button = push_button("Decimate", kind="primary", clicked=self._accept)
        self.decimate_button.setDefault(True)
        self.add_buttons(
            push_button("Defaults", tip="The original tool's values", clicked=self._reset),
            right=(push_button("Cancel", clicked=self.close), self.decimate_button),
        )
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(lambda: self.count_wanted.emit(self.form.value))
        self.finished.connect(self._pause.stop)

    def open_for_scene(self, session: Session) -> None:
        """Show it over the window until another scene is opened, and have it counted what is left."""
        listen(self, session.scene_changed, self._leave)
        self.open()
        self._begin(0)

    def show_decimation(self, decimation: Decimation) -> None:
        """What the values in the form leave."""
        self._decimation = decimation
        if decimation.removes_nothing:
            self.left.setText(f"All {self._face_count:,} triangles stay: the mesh is within both limits.")
        else:
            self.left.setText(
                f"{decimation.face_count:,} of {self._face_count:,} triangles left, "
                f"{decimation.vertex_count:,} of {self._vertex_count:,} vertices."
            )
        lost = len(decimation.lost_objects)
        self.lost.setText(
            f"{counted(lost, 'object')} would not be shown at all, for no triangle is left." if lost else ""
        )
        self.decimate_button.setEnabled(not decimation.removes_nothing)

    def show_problem(self, error: ViewerError | None) -> None:
        """The values in the form cannot be kept to."""
        self._decimation = None
        self.left.setText("" if error is None else f"{error.message[:1].upper()}{error.message[1:]}.")
        hint = "" if error is None or error.hint is None else error.hint
        self.lost.setText(f"{hint[:1].upper()}{hint[1:]}." if hint else "")

    def _reset(self) -> None:
        self.form.set_value(DecimationSettings())
        self._changed()

    def _changed(self, *_: object) -> None:
        self._begin(PAUSE_MS)

    def _begin(self, pause_ms: int) -> None:
        self._decimation = None
        value = self.form.value
        self.form.control("area_half_life").setEnabled(value.small_first)
        self.form.control("distance_half_life").setEnabled(value.distant_first)
        self.decimate_button.setEnabled(False)
        self.left.setText(f"Counting what is left of {self._face_count:,} triangles…")
        self.lost.setText("")
        self._pause.start(pause_ms)

    def _accept(self) -> None:
        if self._decimation is not None:
            self.accepted_decimation.emit(self._decimation)
            self.close()
