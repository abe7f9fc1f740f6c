"""The inventory of a scene: what is there, where it came from, what is missing."""

from __future__ import annotations

from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from viewer.app.inventory import CameraEntry, SceneInventory, scene_inventory, to_json, to_text
from viewer.app.inventory_parts import count_of
from viewer.app.inventory_text import frame_ranges, lens_text
from viewer.app.scene_lenses import SceneLenses
from viewer.model.scene import Scene
from viewer.ui import theme
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import ElidedLabel, push_button, text_label

COLUMN_PX = (200, 360)


class InventoryDialog(Dialog):
    """Shows what `scene_inventory` finds in a scene that is open."""

    def __init__(
        self, scene: Scene, parent: QWidget | None = None, *, lenses: SceneLenses | None = None
    ) -> None:
        super().__init__(f"Inventory of {scene.name}", parent, size=(860, 640))
        self.inventory = scene_inventory(scene, lenses)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(3)
        self.tree.setHeaderLabels(["What", "How much, or why not", "Where, or what it would enable"])
        self.tree.setAlternatingRowColors(False)
        self.tree.setProperty("role", "field")
        self.tree.setAccessibleName("Inventory")
        self.tree.setUniformRowHeights(True)
        for column, width in enumerate(COLUMN_PX):
            self.tree.header().resizeSection(column, width)
        self.tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.body.addWidget(text_label(scene.name, "title"))
        self.body.addWidget(ElidedLabel(self.inventory.path, "muted"))
        self.body.addWidget(text_label(_summary(self.inventory), wraps=True))
        self.body.addWidget(self.tree, 1)
        copy = QGuiApplication.clipboard().setText
        self.add_buttons(
            push_button("Copy as text", icon="copy", clicked=lambda: copy(to_text(self.inventory))),
            push_button("Copy as JSON", clicked=lambda: copy(to_json(self.inventory))),
        )
        self._fill()

    def _fill(self) -> None:
        found, colors = self.inventory, theme.tokens()
        broken = [entry for entry in found.missing if entry.is_broken]
        absent = [entry for entry in found.missing if not entry.is_broken]
        if broken:
            group = self._group("Broken", len(broken))
            for entry in broken:
                self._add(
                    group,
                    (entry.what, entry.why, entry.enables),
                    "warning",
                    colors.warning,
                    entry.expected_at or "",
                )
        group = self._group("There", len(found.parts))
        for part in found.parts:
            self._add(group, (part.title, part.detail, part.source), "check", colors.ok)
        if found.lens_sources:
            group = self._group("Lens", len(found.lens_sources))
            for source in found.lens_sources:
                texts = (f"{source.source}{' (in use)' if source.is_used else ''}", source.detail, "")
                icon, color = ("check", colors.ok) if source.is_used else ("camera", colors.muted)
                self._add(group, texts, icon, color)
            if found.lens_finding:
                self._add(group, ("Contradiction", found.lens_finding, ""), "warning", colors.warning)
        if found.cameras:
            group = self._group("Cameras and images", len(found.cameras))
            for camera in found.cameras:
                self._add_camera(group, camera)
        if absent:
            group = self._group("Missing", len(absent))
            for entry in absent:
                item = self._add(
                    group,
                    (entry.what, entry.why, entry.enables),
                    "missing",
                    colors.faint,
                    entry.expected_at or "",
                )
                for column in range(3):
                    item.setForeground(column, QColor(colors.muted))

    def _add_camera(self, group: QTreeWidgetItem, camera: CameraEntry) -> None:
        colors = theme.tokens()
        amount = f"{len(camera.frames)} keyframes, {len(camera.frames_with_images)} with images"
        lens = "" if camera.lens is None else lens_text(camera.lens)
        item = self._add(group, (camera.name, amount, lens), "camera", colors.muted)
        for title, frames in (
            ("Keyframes without images", camera.frames_without_images),
            ("Images without a pose", camera.frames_without_pose),
            *((f"Not released: {reason}", frames) for reason, frames in camera.excluded.items()),
        ):
            if frames:
                self._add(
                    item, (title, f"{len(frames)} frames", frame_ranges(frames)), "missing", colors.faint
                )
        for modality in camera.modalities:
            missing = modality.missing_frames
            note = f"missing in {frame_ranges(missing)}" if missing else ""
            self._add(item, (modality.key, f"{modality.frames} frames", note), "image", colors.muted)

    def _group(self, title: str, count: int) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title, f"{count}"])
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        self.tree.addTopLevelItem(item)
        item.setExpanded(True)
        return item

    @staticmethod
    def _add(
        parent: QTreeWidgetItem, texts: tuple[str, str, str], icon: str, color: str, tip: str = ""
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(list(texts))
        item.setIcon(0, theme.mark(icon, 14, color))
        for column, text in enumerate(texts):
            item.setToolTip(column, f"Expected at {tip}" if tip and column == 0 else text)
        parent.addChild(item)
        return item


def _summary(found: SceneInventory) -> str:
    counts = found.counts
    parts = [
        count_of(number, noun)
        for number, noun in (
            (counts.faces, "face"),
            (counts.objects, "object"),
            (counts.instances, "instance"),
            (counts.keyframes, "keyframe"),
        )
        if number
    ]
    if counts.frames_with_images:
        parts.append(f"{count_of(counts.frames_with_images, 'frame')} with images")
    where = f" Labels are saved to {found.label_folder}." if found.label_folder else ""
    return (", ".join(parts) + "." if parts else "Nothing that can be counted.") + where
