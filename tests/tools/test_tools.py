"""The label tools."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.labelling_builders import a_gesture
from viewer.errors import LabelError
from viewer.model.stroke import PixelBox
from viewer.tools.registry import TOOLS, tool_named
from viewer.tools.tool import Cover, TakeLabel

ICONS = Path(__file__).resolve().parents[2] / "resources" / "icons"


def test_keys_and_shortcuts_are_unique() -> None:
    assert len({tool.key for tool in TOOLS}) == len({tool.shortcut for tool in TOOLS}) == len(TOOLS)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.key)
def test_every_tool_has_an_icon(tool) -> None:
    assert (ICONS / f"{tool.icon}.svg").is_file()


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.key)
def test_a_gesture_without_a_position_decides_nothing(tool) -> None:
    assert tool.finish(a_gesture()) is None


def test_the_rectangle_covers_a_box() -> None:
    outcome = tool_named("rectangle").finish(a_gesture((5, 6), (0, 0), (2, 9)))
    assert outcome == Cover(PixelBox(2, 6, 5, 9))


def test_the_eyedropper_takes_from_the_last_position() -> None:
    assert tool_named("eyedropper").finish(a_gesture((5, 6), (7, 8))) == TakeLabel(7, 8)


@pytest.mark.parametrize(("key", "count"), [("pen", 5), ("line", 3), ("lasso", 6)])
def test_each_tool_covers_its_own_pixels(key: str, count: int) -> None:
    outcome = tool_named(key).finish(a_gesture((0, 0), (2, 0), (2, 2)))
    assert isinstance(outcome, Cover)
    assert len(outcome.pixels) == count


def test_an_unknown_tool_is_refused_by_name() -> None:
    with pytest.raises(LabelError, match="found 'brush'"):
        tool_named("brush")


def test_a_gesture_is_a_list_of_positions() -> None:
    assert a_gesture((1, 2)).path.dtype == np.int32
