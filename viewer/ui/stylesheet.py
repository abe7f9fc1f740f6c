"""The part of the look that palettes cannot say: spacing, corners, focus rings, slim scroll bars."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from viewer.resources import resource_path
from viewer.ui.tokens import Tokens


def stylesheet(tokens: Tokens) -> str:
    """The style sheet of the whole window, `resources/style.qss`, in the colors of a theme."""
    dark = tokens.is_dark
    return Template(resource_path("style.qss").read_text(encoding="utf-8")).substitute(
        asdict(tokens),
        icons=resource_path("icons").as_posix(),
        accent_hover="#3a7fe8" if dark else "#1858ba",
        selected_focus="#29497d" if dark else "#bcd5fb",
        check_border="#6d7680" if dark else "#8a939e",
        knob="#d5dae0" if dark else "#ffffff",
        knob_border="#15171a" if dark else "#8a939e",
        scroll="#454c55" if dark else "#bcc3cb",
    )
