"""The status bar: what is under the pointer, on the left; lens, speed and saving state on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QWidget

from viewer.ui.lens_chip import LensChip

if TYPE_CHECKING:
    from viewer.render.id_buffer import PointerHit
    from viewer.ui.main_window import MainWindow


class StatusLine(QStatusBar):
    """Tells the object, its labels, its place in metres and its distance."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setSizeGripEnabled(False)
        self.hit_text = QLabel()
        self.hit_text.setObjectName("hit_text")
        self.hit_text.setAccessibleName("What is under the pointer")
        self.hit_text.setTextFormat(Qt.TextFormat.PlainText)
        self.hit_text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.addWidget(self.hit_text, 1)
        self.progress_text = self._permanent("Labelling progress")
        self.progress_text.setObjectName("progress_text")
        self.lens_chip = LensChip(window.session, window.lens_choice)
        self.addPermanentWidget(self.lens_chip)
        self.saved_text = self._permanent("Saving state")
        session = window.session
        session.saved_changed.connect(self.show_saved)
        session.history_changed.connect(self.show_saved)
        self.show_saved()

    def add_chip(self, chip: QWidget) -> None:
        """Put a chip of a part that is made late beside the one of the lens."""
        self.insertPermanentWidget(2, chip)

    def _permanent(self, name: str) -> QLabel:
        label = QLabel()
        label.setAccessibleName(name)
        label.setContentsMargins(8, 0, 8, 0)
        self.addPermanentWidget(label)
        return label

    def show_hit(self, hit: PointerHit | None) -> None:
        """Describe what the pointer rests on."""
        self.hit_text.setText("" if hit is None else self._describe(hit))

    def show_pixel(self, description: str) -> None:
        """What is known of the pixel under the pointer in an image pane."""
        voxel = self._window.octomaps.words_of_pixel() if description else ""
        self.hit_text.setText(f"{description}   ·   {voxel}" if voxel else description)

    def show_progress(self, text: str, tip: str) -> None:
        """How much of the scene is labelled."""
        self.progress_text.setText(text)
        self.progress_text.setToolTip(tip)
        self.progress_text.setVisible(bool(text))

    def _describe(self, hit: PointerHit) -> str:
        session = self._window.session
        scene = session.scene
        if scene is None:
            return ""
        parts: list[str] = []
        if hit.kind == "frustum":
            frame = self._window.scene_view.frame_of_frustum(hit.index)
            parts.append("camera" if frame is None else f"{frame.camera}, frame {frame.frame}")
        elif hit.kind == "box":
            parts.append(self._describe_box(hit))
        elif hit.object_id is not None and hit.object_id >= 0:
            names = session.object_names
            known = hit.object_id < len(names)
            parts.append(names[hit.object_id] if known else f"object {hit.object_id}")
            parts.append(f"object {hit.object_id}")
            labelling = session.labelling
            if labelling is not None and hit.object_id < len(labelling.labels):
                class_id = int(labelling.labels.semantic[hit.object_id])
                instance_id = int(labelling.labels.instance[hit.object_id])
                parts.append(
                    f"class {class_id} {labelling.table.name_of(class_id)}" if class_id > 0 else "no class"
                )
                parts.append(f"instance {instance_id}" if instance_id > 0 else "no instance")
        elif hit.kind == "object":
            parts.append("no object")
        voxel = self._window.octomaps.words_of(hit)
        if voxel:
            parts.append(voxel)
        if hit.world is not None:
            metres = np.asarray(hit.world) * scene.metres_per_unit
            parts.append(f"({metres[0]:.2f}, {metres[1]:.2f}, {metres[2]:.2f}) m")
        if hit.distance_units is not None:
            parts.append(f"{hit.distance_units * scene.metres_per_unit:.2f} m away")
        return "   ·   ".join(parts)

    def _describe_box(self, hit: PointerHit) -> str:
        words = None if hit.index is None else self._window.boxes.display.words_of(hit.index)
        return "box" if words is None else f"box of {words.title}   ·   {words.size}"

    def show_saved(self) -> None:
        window = self._window
        session = window.session
        if session.labelling is None:
            self.saved_text.clear()
        elif session.is_dirty:
            self.saved_text.setText("Unsaved changes")
        elif window.saving.last_saved is not None:
            self.saved_text.setText(f"Saved {window.saving.last_saved:%H:%M}")
        else:
            self.saved_text.setText("No changes")
