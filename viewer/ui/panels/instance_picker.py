"""The instances to paint with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QMenu

from viewer.app.rows import instance_rows
from viewer.app.session import Session
from viewer.model.labels import NO_LABEL, LabelChange, ObjectLabels
from viewer.ui.instance_dialogs import ask_instance_color, ask_instance_name
from viewer.ui.numpy_table import NONE_TEXT, Column, NumpyTable
from viewer.ui.panels.menu_parts import add_to
from viewer.ui.panels.pick_list import PickList
from viewer.ui.parts import listen, push_button, with_shortcut
from viewer.ui.swatches import swatch_icon


class InstancePicker(PickList):
    """An item is an instance id; the newest stands on top."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = instance_rows(ObjectLabels.none(0), 0, None)
        super().__init__(
            NumpyTable(self._columns()), placeholder="Find id or class…", name="Instances", stretched="class"
        )
        self.new_button = push_button(
            "New", icon="new-instance", tip=with_shortcut("Create an instance and paint with it", "Space")
        )
        self.new_button.setAccessibleName("New instance")
        self.head.addWidget(self.new_button)
        for signal, slot in (
            (session.labels_changed, self._take_labels),
            (session.instances_changed, self.take_instances),
        ):
            listen(self, signal, slot)

    @property
    def item_count(self) -> int:
        return len(self._rows.object_count)

    def take_instances(self) -> None:
        """Ids were created, or the scene is another one."""
        self.refill()
        labelling = self._session.labelling
        if labelling is not None:
            self.show_current(labelling.brush.instance_id)

    def refill(self) -> None:
        if not self._watch.misses():
            self._sum_up()
        super().refill()

    def matching(self, query: str) -> NDArray[np.int64]:
        fits = np.ones(self.item_count, np.bool_)
        fits[:1] = False
        labelling = self._session.labelling
        ids = np.arange(self.item_count).astype(str)
        for word in query.casefold().split():
            classes = (
                []
                if labelling is None
                else [entry.id for entry in labelling.table.classes if word in entry.name.casefold()]
            )
            named = (
                []
                if labelling is None
                else [k for k, name in labelling.instances.own_names.items() if word in name.casefold()]
            )
            found = (np.char.find(ids, word.removeprefix("#")) >= 0) | np.isin(self._rows.class_of, classes)
            found[[k for k in named if k < len(found)]] = True
            fits &= found
        return np.flatnonzero(fits)[::-1]

    def fill_menu(self, menu: QMenu, item: int) -> None:
        session, labelling = self._session, self._session.labelling
        if labelling is None:
            return
        objects = np.flatnonzero(labelling.labels.instance == item)
        add_to(
            menu,
            "Select its objects",
            lambda: session.select(objects),
            icon="select",
            is_enabled=len(objects) > 0,
        )
        menu.addSeparator()
        add_to(menu, "Rename…", lambda: ask_instance_name(self, labelling, item), icon="pen")
        add_to(menu, "Color…", lambda: ask_instance_color(self, labelling, item), icon="color")
        if item in labelling.instances.own_colors:
            add_to(menu, "Back to its usual color", lambda: labelling.set_instance_color(item, None))
        current = labelling.brush.instance_id
        if item != current:
            menu.addSeparator()
            add_to(
                menu,
                f"Merge with instance {current}",
                lambda: labelling.merge_instances([item, current]),
                is_enabled=len(objects) > 0,
            )

    def _take_labels(self, _change: LabelChange) -> None:
        if not self._watch.misses():
            self.refill_soon()

    def _sum_up(self) -> None:
        labelling = self._session.labelling
        if labelling is None:
            self._rows = instance_rows(ObjectLabels.none(0), 0, None)
        else:
            self._rows = instance_rows(labelling.labels, labelling.instances.count, None)

    def _columns(self) -> tuple[Column, ...]:
        def picture(item: int) -> object:
            labelling = self._session.labelling
            return None if labelling is None else swatch_icon(labelling.instances.color_of(item))

        def what(item: int) -> str:
            labelling = self._session.labelling
            if labelling is None:
                return NONE_TEXT
            named = labelling.instances.own_names.get(item)
            value = int(self._rows.class_of[item])
            name = NONE_TEXT if value == NO_LABEL else labelling.table.name_of(value)
            if self._rows.is_mixed[item]:
                name += " and others"
            return name if named is None else f"{named} ({name})" if name != NONE_TEXT else named

        def count(item: int) -> str:
            return f"{self._rows.object_count[item]:,}" if self._rows.object_count[item] else NONE_TEXT

        def tip(item: int) -> str:
            return f"Instance {item}: {what(item)}, {count(item)} objects"

        def numbers() -> NDArray[np.int64]:
            return np.arange(self.item_count)

        return (
            Column("id", "Instance", str, numbers, picture, tip, width=72),  # type: ignore[arg-type]
            Column("class", "Class", what, numbers, None, tip, width=60),
            Column("count", "Objects", count, numbers, None, tip, is_number=True, width=48),
        )
