"""The colors of the window: one set for dark, one for light."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colors by what they are for, as `#rrggbb`. Text keeps a contrast of 4.5:1 or more on every ground."""

    is_dark: bool
    window: str  # behind panels
    panel: str  # docks, toolbars, cards
    base: str  # lists and text fields
    raised: str  # buttons, menus, tool tips
    hover: str
    pressed: str
    border: str  # lines between parts
    field_border: str  # outline of fields and buttons: 3:1 against what they stand on is not needed for these
    text: str
    muted: str  # second-rank text
    faint: str  # disabled text, hints
    accent: str  # fills that carry `on_accent`
    accent_text: str  # the accent as text, icon or focus ring
    on_accent: str
    selected: str  # ground of selected rows
    danger: str
    warning: str
    ok: str


DARK = Tokens(
    is_dark=True,
    window="#15171a",
    panel="#1d2024",
    base="#17191d",
    raised="#282c32",
    hover="#31363d",
    pressed="#3a4048",
    border="#2c3137",
    field_border="#3d434b",
    text="#e4e7eb",
    muted="#a0a8b2",
    faint="#6d7680",
    accent="#2a6fdb",
    accent_text="#74aaff",
    on_accent="#ffffff",
    selected="#223a60",
    danger="#ff7b72",
    warning="#f0b440",
    ok="#56c586",
)
LIGHT = Tokens(
    is_dark=False,
    window="#e9ebee",
    panel="#f6f7f9",
    base="#ffffff",
    raised="#ffffff",
    hover="#e8ebef",
    pressed="#dbe0e6",
    border="#d6dae0",
    field_border="#c2c8d0",
    text="#1c2127",
    muted="#555f6b",
    faint="#8a939e",
    accent="#1f66d6",
    accent_text="#1a5bc4",
    on_accent="#ffffff",
    selected="#d3e3fd",
    danger="#c0271d",
    warning="#8a5a00",
    ok="#187340",
)
