"""Changes of labels that wait for the strokes still being computed."""

from __future__ import annotations

from collections.abc import Callable

InTurn = Callable[[Callable[[], object]], None]
"""Runs a change now, or after the strokes before it."""


def at_once(call: Callable[[], object]) -> None:
    """For windows and tests where nothing is ever pending."""
    call()
