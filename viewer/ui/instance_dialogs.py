"""Asking for the name and the color of an instance."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QInputDialog, QWidget

from viewer.app.labelling import Labelling


def ask_instance_name(parent: QWidget, labelling: Labelling, instance_id: int) -> None:
    """Let the user name an instance."""
    now = labelling.instances.own_names.get(instance_id, "")
    name, is_given = QInputDialog.getText(
        parent, f"Instance {instance_id}", "Name for this session (empty for none):", text=now
    )
    if is_given:
        labelling.set_instance_name(instance_id, name)


def ask_instance_color(parent: QWidget, labelling: Labelling, instance_id: int) -> None:
    """Let the user choose the color of an instance."""
    now = QColor(*labelling.instances.color_of(instance_id))
    color = QColorDialog.getColor(now, parent, f"Color of instance {instance_id}")
    if color.isValid():
        labelling.set_instance_color(instance_id, (color.red(), color.green(), color.blue()))
