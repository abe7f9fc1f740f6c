"""Fields of settings that a form can show and a command can take."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def number(default: float, title: str, low: float, high: float, unit: str, help_text: str) -> Any:
    """A dataclass field for a number between two limits."""
    metadata = {"title": title, "limits": (low, high), "unit": unit, "help": help_text}
    return field(default=default, metadata=metadata)


def switch(default: bool, title: str, help_text: str) -> Any:
    """A dataclass field that is on or off."""
    return field(default=default, metadata={"title": title, "help": help_text})
