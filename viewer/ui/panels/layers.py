"""The scene tree: what is drawn and how, what else is there, what is missing and what it would enable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from viewer.app.inventory_parts import count_of, part_details
from viewer.app.point_cache import can_compare_points
from viewer.app.session import ColorBy, Session
from viewer.model.boxes import BoxSets
from viewer.model.camera import Cameras
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap
from viewer.model.scene import Gap, Scene
from viewer.ui.panels.part_rows import GapRow, LayerRow, PartRow, gap_text
from viewer.ui.parts import ElidedLabel, EmptyState, ignore_idle_wheel, listen, rule, text_label, widgets_in
from viewer.ui.residual_bar import source_box

LAYER_ICONS = {
    "mesh": "mesh",
    "points": "points",
    "octomap": "octomap",
    "boxes": "boxes",
    "cameras": "frusta",
    "grid": "grid",
}
LAYER_PARTS = {"mesh": "Mesh", "octomap": "Octomap", "boxes": "Boxes", "cameras": "Camera"}
"""How the titles of a layer's parts and gaps begin."""
LABEL_COLORS = (ColorBy.CLASS, ColorBy.INSTANCE)


class LayerSpec(Protocol):
    """What the panel needs to know of a layer; its style is a frozen dataclass with `visible`."""

    @property
    def title(self) -> str: ...
    @property
    def style(self) -> Any: ...
    @property
    def is_available(self) -> bool: ...


class LayersPanel(QWidget):
    """Shows the scene's parts. Styles go out through `apply_style(key, style)`."""

    fuse_requested = Signal()  # points from the position images
    octomap_requested = Signal()  # from the mesh
    strays_requested = Signal()
    full_mesh_requested = Signal()

    def __init__(
        self, session: Session, layers: Mapping[str, LayerSpec], apply_style: Callable[[str, Any], None]
    ) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._session = session
        self._layers = layers
        self._name = ElidedLabel("", "heading")
        self._place = ElidedLabel("", "muted")
        self._units = text_label("", "muted")
        self._color_by = QComboBox()
        self._color_by.setAccessibleName("Color by")
        self._color_by.addItems([color_by.value.capitalize() for color_by in ColorBy])
        self._color_by.currentIndexChanged.connect(lambda row: session.set_color_by(list(ColorBy)[row]))
        ignore_idle_wheel(self._color_by)
        self._from_word = text_label("Points from", "muted")
        self._source = source_box(session)
        self._rows = {
            key: LayerRow(LAYER_ICONS.get(key, "layers"), layer.title, layer.style, partial(apply_style, key))
            for key, layer in layers.items()
        }
        if "points" in self._rows:
            self._rows["points"].offer("Fuse points from the images", self.fuse_requested.emit)
        if "octomap" in self._rows:
            self._rows["octomap"].offer("Generate from the mesh…", self.octomap_requested.emit)
            self._rows["octomap"].listen_to_finding(self.strays_requested.emit, "List them, and why")
        if "mesh" in self._rows:
            self._rows["mesh"].listen_to_finding(self.full_mesh_requested.emit, "Show all faces again")
        self._contents = QVBoxLayout()
        self._missing = QVBoxLayout()
        self._contents_title = text_label("Also there", "section")
        self._missing_title = text_label("Missing", "section")
        self._build()
        for signal, slot in (
            (session.scene_changed, self._take_scene),
            (session.points_changed, self._show_layers),
            (session.mesh_changed, self._show_decimated),
            (session.boxes_changed, self._show_layers),
            (session.octomap_changed, self._take_scene),
            (session.octomap_facts_changed, self._show_strays),
            (session.color_by_changed, self._show_color_by),
        ):
            listen(self, signal, slot)
        self._take_scene()

    def row(self, key: str) -> LayerRow:
        """The row of a layer."""
        return self._rows[key]

    @property
    def part_rows(self) -> list[PartRow]:
        return widgets_in(self._contents, PartRow)

    @property
    def gap_rows(self) -> list[GapRow]:
        return widgets_in(self._missing, GapRow)

    def show_layer(self, key: str) -> None:
        """A layer's style was changed elsewhere."""
        self._rows[key].show_style(self._layers[key].style)

    # news from the session

    def _take_scene(self) -> None:
        scene = self._session.scene
        self._stack.setCurrentIndex(0 if scene is None else 1)
        for layout, kind in ((self._contents, PartRow), (self._missing, GapRow)):
            for old in widgets_in(layout, kind):
                layout.removeWidget(old)
                old.hide()
                old.deleteLater()
        self._can_compare = scene is not None and can_compare_points(scene)
        self._from_word.setVisible(self._can_compare)
        self._source.setVisible(self._can_compare)
        if scene is not None:
            self._describe(scene)
        self._show_color_by(self._session.color_by)
        self._show_layers()
        self._show_strays()
        self._show_decimated()

    def _describe(self, scene: Scene) -> None:
        self._name.setText(scene.name)
        self._place.setText(str(scene.path))
        details = part_details(scene)
        self._units.setText(details.pop("Units", ""))
        drawn = tuple(LAYER_PARTS.values())
        for title in dict.fromkeys((*details, *scene.sources)):
            if title.startswith(drawn) or title == "Units":
                continue
            source = scene.sources.get(title)
            is_elsewhere = source is not None and _root(source) != _root(scene.path)
            self._contents.addWidget(
                PartRow(title, details.get(title, ""), source, shows_source=is_elsewhere)
            )
        told = [self._gap_of(key, scene) for key in self._layers if self._detail(key, scene) is None]
        for gap in sorted(scene.gaps, key=lambda gap: not gap.is_broken):
            if gap.is_broken or gap not in told:
                self._missing.addWidget(GapRow(gap))
        self._contents_title.setVisible(bool(self.part_rows))
        self._missing_title.setVisible(bool(self.gap_rows))

    def _show_layers(self) -> None:
        scene = self._session.scene
        if scene is None:
            return
        for key, layer in self._layers.items():
            there = self._detail(key, scene)
            self._rows[key].show_style(layer.style)
            reason = "" if there is not None else self._reason(key, scene)
            can_be_made = (key == "points" and self._session.images is not None) or (
                key == "octomap" and scene.part(Mesh) is not None
            )
            self._rows[key].show_part(there, reason, can_be_made=can_be_made)

    def _show_strays(self) -> None:
        facts = self._session.octomap_facts
        if "octomap" in self._rows:
            count = 0 if facts is None else len(facts.strays)
            words = f"{count_of(count, 'camera')} not in free space" if count else ""
            self._rows["octomap"].show_finding(words)

    def _show_decimated(self) -> None:
        decimated = self._session.decimated
        if "mesh" in self._rows:
            words = "" if decimated is None else f"Decimated to {decimated.decimation.face_count:,}: restore"
            self._rows["mesh"].show_finding(words)

    def _show_color_by(self, color_by: ColorBy) -> None:
        model: Any = self._color_by.model()
        for row, entry in enumerate(ColorBy):
            is_possible = entry not in LABEL_COLORS or self._session.labelling is not None
            model.item(row).setEnabled(is_possible and (entry is not ColorBy.RESIDUAL or self._can_compare))
        self._color_by.setCurrentIndex(list(ColorBy).index(color_by))

    # what the rows say

    def _detail(self, key: str, scene: Scene) -> str | None:
        """A few words on what a layer has to draw; None when it has nothing."""
        if key == "points":
            points = self._session.points
            return None if points is None else count_of(len(points.positions), "point")
        if key == "cameras":
            cameras = scene.part(Cameras)
            if cameras is None or not cameras.trajectories:
                return None
            keyframes = sum(len(trajectory) for trajectory in cameras.trajectories)
            paths = len(cameras.trajectories)
            return f"{paths} paths, {keyframes:,} frames" if paths > 1 else count_of(keyframes, "keyframe")
        if key == "boxes":
            sets = scene.part(BoxSets)
            found = [] if sets is None else [len(kind) for kind in sets.by_kind.values()]
            return count_of(max(found), "box") if found else None
        mesh = scene.part(Mesh)
        if key == "mesh":
            return None if mesh is None else count_of(len(mesh.faces), "face")
        octomap = scene.part(Octomap)
        if key == "octomap":
            return None if octomap is None else count_of(len(octomap.keys), "cube")
        if key in LAYER_PARTS:
            return part_details(scene).get(LAYER_PARTS[key])
        return ""

    def _reason(self, key: str, scene: Scene) -> str:
        if key == "points":
            has_images = self._session.images is not None
            return "Not fused yet." if has_images else "Points are fused from images, and there are none."
        gap = self._gap_of(key, scene)
        return "Not in this scene." if gap is None else gap_text(gap)

    @staticmethod
    def _gap_of(key: str, scene: Scene) -> Gap | None:
        start = LAYER_PARTS.get(key)
        return next((gap for gap in scene.gaps if start is not None and gap.what.startswith(start)), None)

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 8, 8, 12)
        column.setSpacing(2)
        column.addWidget(self._name)
        column.addWidget(self._place)
        column.addWidget(self._units)
        column.addSpacing(6)
        colors = QHBoxLayout()
        colors.addWidget(text_label("Color by", "muted"))
        colors.addWidget(self._color_by, 1)
        column.addLayout(colors)
        sources = QHBoxLayout()
        sources.addWidget(self._from_word)
        sources.addWidget(self._source, 1)
        column.addLayout(sources)
        column.addSpacing(6)
        column.addWidget(rule())
        column.addSpacing(4)
        for row in self._rows.values():
            column.addWidget(row)
        for title, layout in ((self._contents_title, self._contents), (self._missing_title, self._missing)):
            layout.setSpacing(2)
            column.addSpacing(8)
            column.addWidget(title)
            column.addLayout(layout)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState("layers", "Nothing is open.", "What a scene holds, and what it lacks, is listed here.")
        )
        self._stack.addWidget(scroll)


def _root(path: Path) -> Path:
    """The dataset folder a part came from, as far as its path tells: the parent of the scene folder."""
    parts = path.parts
    for name in ("_detail", "images"):
        if name in parts:
            return Path(*parts[: parts.index(name)])
    return path.parent
