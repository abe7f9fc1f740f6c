"""What there is to say about some objects, as titled lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.app.session import Session
from viewer.model.boxes import BoxSets
from viewer.model.labels import NO_LABEL

Rgb = tuple[int, int, int]
MOST_LISTED = 4


@dataclass(frozen=True, slots=True)
class CardLine:
    """A title and one or more values, each with a color when it has one."""

    title: str
    values: tuple[tuple[Rgb | None, str], ...]


@dataclass(frozen=True, slots=True)
class ObjectCard:
    name: str
    lines: tuple[CardLine, ...]


def card_of(session: Session, objects: NDArray[np.int64]) -> ObjectCard:
    """The card of one object, or the summary of several; `objects` (K,) is not empty."""
    one = int(objects[0]) if len(objects) == 1 else None
    name = f"{len(objects):,} objects" if one is None else session.object_names[one]
    lines = [_line("Object", str(one))] if one is not None else []
    if one is not None and session.nodes is not None:
        nodes = np.flatnonzero(session.nodes.object_of_node == one)
        if len(nodes):
            lines.append(_line("Nodes" if len(nodes) > 1 else "Node", _listed(nodes)))
    lines += _labels(session, objects)
    lines += _shape(session, objects)
    if one is not None:
        lines += _boxes(session, one)
    return ObjectCard(name, tuple(lines))


def _line(title: str, text: str, color: Rgb | None = None) -> CardLine:
    return CardLine(title, ((color, text),))


def _listed(ids: NDArray[np.integer]) -> str:
    shown = ", ".join(str(entry) for entry in ids[:MOST_LISTED].tolist())
    return f"{shown} and {len(ids) - MOST_LISTED} more" if len(ids) > MOST_LISTED else shown


def _labels(session: Session, objects: NDArray[np.int64]) -> list[CardLine]:
    labelling = session.labelling
    if labelling is None:
        return []
    table, instances = labelling.table, labelling.instances
    lines = []
    for title, values in (("Class", labelling.labels.semantic), ("Instance", labelling.labels.instance)):
        found, counts = np.unique(values[objects], return_counts=True)
        by_count = np.argsort(-counts, kind="stable")
        entries: list[tuple[Rgb | None, str]] = []
        for k in by_count[:MOST_LISTED].tolist():
            label = int(found[k])
            color: Rgb | None = None
            if label == NO_LABEL:
                text = "none"
            elif title == "Class":
                entry = table.get(label)
                color = None if entry is None else entry.color
                text = f"{table.name_of(label)} ({label})"
            else:
                color, text = instances.color_of(label), _instance_name(instances.own_names, label)
            entries.append((color, text if len(objects) == 1 else f"{text}: {counts[k]:,}"))
        if len(found) > MOST_LISTED:
            entries.append((None, f"and {len(found) - MOST_LISTED:,} more"))
        lines.append(CardLine(title, tuple(entries)))
    return lines


def _instance_name(names: Mapping[int, str], label: int) -> str:
    own = names.get(label)
    return str(label) if own is None else f"{own} ({label})"


def _shape(session: Session, objects: NDArray[np.int64]) -> list[CardLine]:
    facts, scene = session.facts, session.scene
    if facts is None or scene is None or len(facts.area) != session.object_count:
        return []
    metres = scene.metres_per_unit
    lines = [_line(facts.elements.capitalize(), f"{facts.element_count[objects].sum():,}")]
    if facts.elements == "faces":
        lines.append(_line("Area", f"{facts.area[objects].sum() * metres**2:,.3g} m²"))
    low, high = facts.low[objects], facts.high[objects]
    seen = np.isfinite(low).all(axis=1)
    if seen.any():
        edges = (high[seen].max(axis=0) - low[seen].min(axis=0)) * metres
        lines.append(_line("Size", _size_text(edges)))
    else:
        lines.append(_line("Size", "unknown: no image shows it"))
    return lines


def _boxes(session: Session, one: int) -> list[CardLine]:
    labelling, scene = session.labelling, session.scene
    sets = None if scene is None else scene.part(BoxSets)
    if labelling is None or sets is None or scene is None:
        return []
    instance = int(labelling.labels.instance[one])
    for boxes in reversed(list(sets.by_kind.values())):
        rows = np.flatnonzero(boxes.ids == instance)
        if len(rows) and instance != NO_LABEL:
            size = _size_text(boxes.extents[rows[0]] * scene.metres_per_unit)
            return [_line("Box", f"{size}, row {instance}")]
    return []


def _size_text(edges: NDArray[np.floating]) -> str:
    return " × ".join(f"{edge:.2f}" for edge in edges.tolist()) + " m"
