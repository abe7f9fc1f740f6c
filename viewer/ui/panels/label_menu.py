"""What the lists can do to the labels of objects, without a stroke."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QMenu

from viewer.app.labelling import Labelling
from viewer.model.labels import NO_LABEL, LabelLayer
from viewer.ui.in_turn import InTurn
from viewer.ui.panels.menu_parts import add_to
from viewer.ui.swatches import swatch_icon


def add_labelling(menu: QMenu, labelling: Labelling, objects: NDArray[np.int64], in_turn: InTurn) -> None:
    """Lines that label, erase, split and lock some objects; each is one step of the history."""
    brush, many = labelling.brush, len(objects) > 1
    entry = labelling.table.get(brush.class_id)
    name = labelling.table.name_of(brush.class_id)

    def add(title: str, call: object, icon: str = "") -> None:
        add_to(menu, title, lambda: in_turn(call), icon=icon)  # type: ignore[arg-type]

    add(f"Label as {name}", lambda: labelling.assign(objects, brush.class_id, LabelLayer.SEMANTIC))
    if entry is not None:
        menu.actions()[-1].setIcon(swatch_icon(entry.color))
    add(
        f"Put into instance {brush.instance_id}",
        lambda: labelling.assign(objects, brush.instance_id, LabelLayer.INSTANCE),
    )
    menu.actions()[-1].setIcon(swatch_icon(labelling.instances.color_of(brush.instance_id)))
    add("Put into a new instance", lambda: labelling.split_objects(objects), "new-instance")
    if many:
        add("Give each a new instance", lambda: labelling.split_objects(objects, each=True), "unique")
    erase = menu.addMenu("Erase")
    for title, layer in (("Class", LabelLayer.SEMANTIC), ("Instance", LabelLayer.INSTANCE)):
        has_any = bool((labelling.labels.layer(layer)[objects] != NO_LABEL).any())
        add_to(
            erase,
            title,
            lambda layer=layer: in_turn(lambda: labelling.assign(objects, NO_LABEL, layer)),  # type: ignore[misc]
            is_enabled=has_any,
        )
    locked = labelling.locked_objects
    if np.isin(objects, locked).all():
        add("Unlock", lambda: labelling.set_locked_objects(np.setdiff1d(locked, objects)), "lock")
    else:
        add("Lock against strokes", lambda: labelling.set_locked_objects(np.union1d(locked, objects)), "lock")
