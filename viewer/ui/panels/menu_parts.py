"""Lines that several context menus have, and how lists write numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from viewer.app.session import Session
from viewer.ui import theme
from viewer.ui.numpy_table import NONE_TEXT


def area_text(square_metres: float) -> str:
    """Square metres for a list; a dash while unknown."""
    if np.isnan(square_metres):
        return NONE_TEXT
    return "<0.01" if 0 < square_metres < 0.01 else f"{square_metres:,.2f}"


def add_to(
    menu: QMenu, title: str, call: Callable[[], object], *, icon: str = "", is_enabled: bool = True
) -> None:
    """One line of a context menu."""
    action = menu.addAction(theme.icon(icon), title) if icon else menu.addAction(title)
    action.triggered.connect(lambda *_: call())
    action.setEnabled(is_enabled)


def add_visibility(menu: QMenu, session: Session, objects: NDArray[np.int64]) -> None:
    """Hide, isolate and show all, for some objects."""
    has_any = len(objects) > 0
    add_to(
        menu,
        "Hide",
        lambda: session.set_hidden(np.union1d(session.hidden, objects)),
        icon="hide",
        is_enabled=has_any,
    )
    add_to(menu, "Isolate", lambda: session.isolate(objects), icon="isolate", is_enabled=has_any)
    add_to(
        menu, "Show all", lambda: session.set_hidden([]), icon="show-all", is_enabled=len(session.hidden) > 0
    )


def add_copying(menu: QMenu, title: str, lines: Sequence[str]) -> None:
    plural = "s" if len(lines) > 1 else ""
    add_to(
        menu,
        f"Copy {title}{plural}",
        lambda: QGuiApplication.clipboard().setText("\n".join(lines)),
        icon="copy",
    )
