"""Images of ids: nodes and objects, and classes and instances both as saved and as being edited."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.color_maps import id_colors
from viewer.imaging.modality import (
    ImageSet,
    ImagingContext,
    Modality,
    Picture,
    id_pixels,
    look_up,
)
from viewer.imaging.style import PlainStyle
from viewer.model.labels import NO_LABEL

ENTITIES: Final = "render_entity_id"
NOTHING: Final = np.zeros((1, 4), np.uint8)


def with_alpha(rgb: NDArray[Any]) -> NDArray[np.uint8]:
    """Opaque rows (N, 4) of colors (N, 3)."""
    return np.concatenate([rgb, np.full((len(rgb), 1), 255)], axis=1).astype(np.uint8)


def look_up_ids(rows: NDArray[np.uint8], ids: NDArray[Any]) -> Picture:
    """A picture of id -> row of (N, 4); ids without a row, and -1, have no value."""
    if not ids.size:
        return Picture(np.zeros((*ids.shape, 4), np.uint8), False)
    largest, smallest = int(ids.max()), int(ids.min())
    missing = max(largest + 1 - len(rows), 0)
    # the last row answers for -1, because indices wrap
    table = np.concatenate([rows, np.repeat(NOTHING, missing + 1, axis=0)])
    return look_up(table, np.maximum(ids, -1) if smallest < -1 else ids)


class NodeModality(Modality[PlainStyle]):
    """Anything that follows from the node each pixel shows: one table look-up, whatever the image."""

    group = "Objects and labels"
    sources = (ENTITIES,)
    default_style = PlainStyle()
    needs_objects = True

    def __init__(self, key: str, title: str) -> None:
        self.key = key
        self.title = title

    def missing(self, available: frozenset[str], context: ImagingContext) -> str | None:
        lacking = super().missing(available, context)
        if lacking is None and self.needs_objects and context.nodes is None:
            return (
                f"{self.title} needs the list of render nodes (metadata_nodes.csv), which this scene has not."
            )
        return lacking

    def picture(self, images: ImageSet, context: ImagingContext, style: PlainStyle) -> Picture:
        return look_up_ids(self.node_rows(context, images), id_pixels(images, ENTITIES))

    @abstractmethod
    def node_rows(self, context: ImagingContext, images: ImageSet) -> NDArray[np.uint8]:
        """The color (M + 1, 4) of every node id; alpha 0 = nothing to show."""

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        return chain_words(int(id_pixels(images, ENTITIES)[y, x]), context)


def rows_by_node(rows: NDArray[np.uint8], context: ImagingContext) -> NDArray[np.uint8]:
    """Rows of objects (O, 4) handed to their nodes (M + 1, 4); nodes without an object get alpha 0."""
    if context.nodes is None:
        return NOTHING
    extended = np.concatenate([rows, NOTHING])
    objects = np.where(context.nodes.object_of_node < len(rows), context.nodes.object_of_node, -1)
    return np.asarray(extended[objects])


def object_rows(context: ImagingContext) -> NDArray[np.uint8]:
    """A color of its own (O, 4) for every object."""
    if context.object_rows is not None:
        return context.object_rows
    count = 0
    if context.nodes is not None and len(context.nodes.object_of_node):
        count = int(context.nodes.object_of_node.max()) + 1
    return with_alpha(id_colors(max(count, len(context.object_names))))


class RenderEntities(NodeModality):
    """What the file holds; colored by object, nodes without one by their own id."""

    needs_objects = False

    def node_rows(self, context: ImagingContext, images: ImageSet) -> NDArray[np.uint8]:
        largest = int(id_pixels(images, ENTITIES).max(initial=0))
        by_object = rows_by_node(object_rows(context), context)
        rows = with_alpha(id_colors(max(largest + 1, len(by_object))))
        rows[: len(by_object)] = np.where(by_object[:, 3:] > 0, by_object, rows[: len(by_object)])
        rows[0] = 0  # node ids start at 1
        return rows


class Objects(NodeModality):
    """Every object in a color of its own."""

    def node_rows(self, context: ImagingContext, images: ImageSet) -> NDArray[np.uint8]:
        return rows_by_node(object_rows(context), context)


class LiveLabels(NodeModality):
    """A label layer as it is being edited."""

    follows_labels: ClassVar[bool] = True

    def __init__(self, key: str, title: str, layer: str) -> None:
        super().__init__(key, title)
        self.layer = layer

    def missing(self, available: frozenset[str], context: ImagingContext) -> str | None:
        lacking = super().missing(available, context)
        if lacking is None and self._rows(context) is None:
            return f"{self.title} needs the scene's list of objects (metadata_objects.csv), which is missing."
        return lacking

    def node_rows(self, context: ImagingContext, images: ImageSet) -> NDArray[np.uint8]:
        rows = self._rows(context)
        return NOTHING if rows is None else rows_by_node(rows, context)

    def _rows(self, context: ImagingContext) -> NDArray[np.uint8] | None:
        return context.class_rows if self.layer == "class" else context.instance_rows


class SavedLabels(Modality[PlainStyle]):
    """A label layer as the image file holds it."""

    group = "Objects and labels"
    optional = (ENTITIES,)
    default_style = PlainStyle()
    follows_labels: ClassVar[bool] = True  # the colors of classes and instances may change

    def __init__(self, key: str, title: str, source: str) -> None:
        self.key = key
        self.title = title
        self.source = source
        self.sources = (source,)

    def picture(self, images: ImageSet, context: ImagingContext, style: PlainStyle) -> Picture:
        ids = id_pixels(images, self.source)
        known: NDArray[np.int64] | None = context.instance_colors
        if self.source == "semantic":
            known = None if context.table is None else context.table.color_rows()
        rows = with_alpha(id_colors(max(int(ids.max(initial=0)) + 1, 1)))
        if known is not None:
            shared = min(len(rows), len(known))
            is_known = known[:shared].min(axis=1) >= 0
            rows[:shared, :3][is_known] = known[:shared][is_known]
        return look_up_ids(rows, ids)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        value = int(id_pixels(images, self.source)[y, x])
        if self.source == "semantic":
            saved = f"{class_words(value, context)} in the file"
        else:
            saved = f"{instance_words(value)} in the file"
        if ENTITIES not in images:
            return saved
        node = int(id_pixels(images, ENTITIES)[y, x])
        object_id = object_of(node, context)
        if object_id is None or context.labels is None:
            return saved
        live = context.labels.semantic if self.source == "semantic" else context.labels.instance
        now = int(live[object_id])
        if now == value:
            return f"{saved} · {object_words(object_id, context)}"
        words = class_words(now, context) if self.source == "semantic" else instance_words(now)
        return f"{saved}, now {words} · {object_words(object_id, context)}"


def object_of(node: int, context: ImagingContext) -> int | None:
    """The object a node belongs to; None when it is unknown or has none."""
    if context.nodes is None or not 0 < node < len(context.nodes.object_of_node):
        return None
    object_id = int(context.nodes.object_of_node[node])
    return None if object_id < 0 else object_id


def chain_words(node: int, context: ImagingContext) -> str:
    """From node to class: `node 588 → chair_07 (object 412) → instance 118 → class 5 chair`."""
    if node == -1:
        return "nothing was hit (-1)"
    if context.nodes is None:
        return f"node {node}"
    if not 0 < node < len(context.nodes.object_of_node):
        return f"node {node}, which is not in the list of nodes"
    object_id = object_of(node, context)
    if object_id is None:
        return f"node {node} {context.nodes.names[node]} → no object"
    words = f"node {node} → {object_words(object_id, context)}"
    if context.labels is None or object_id >= len(context.labels):
        return words
    instance = int(context.labels.instance[object_id])
    class_id = int(context.labels.semantic[object_id])
    return f"{words} → {instance_words(instance)} → {class_words(class_id, context)}"


def object_words(object_id: int, context: ImagingContext) -> str:
    if object_id < len(context.object_names):
        return f"{context.object_names[object_id]} (object {object_id})"
    return f"object {object_id}"


def instance_words(instance: int) -> str:
    return "no instance" if instance == NO_LABEL else f"instance {instance}"


def class_words(class_id: int, context: ImagingContext) -> str:
    if class_id == NO_LABEL:
        return "no class"
    if context.table is None:
        return f"class {class_id}"
    return f"class {class_id} {context.table.name_of(class_id)}"


ID_MODALITIES: Final[tuple[Modality[Any], ...]] = (
    LiveLabels("class_live", "Class (live)", "class"),
    LiveLabels("instance_live", "Instance (live)", "instance"),
    SavedLabels("class_file", "Class (file)", "semantic"),
    SavedLabels("instance_file", "Instance (file)", "semantic_instance"),
    Objects("objects", "Objects"),
    RenderEntities("render_entity_id", "Render entities"),
)
