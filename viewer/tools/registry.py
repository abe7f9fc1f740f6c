"""The label tools, in the order of the toolbar: the original ones first."""

from __future__ import annotations

from typing import Final

from viewer.errors import LabelError
from viewer.tools.eyedropper import Eyedropper
from viewer.tools.lasso import Lasso
from viewer.tools.line import Line
from viewer.tools.pen import Pen
from viewer.tools.rectangle import Rectangle
from viewer.tools.tool import Tool

TOOLS: Final[tuple[Tool, ...]] = (Pen(), Line(), Rectangle(), Eyedropper(), Lasso())


def tool_named(key: str) -> Tool:
    """The tool with a key. Raises LabelError when there is none."""
    for tool in TOOLS:
        if tool.key == key:
            return tool
    known = ", ".join(tool.key for tool in TOOLS)
    raise LabelError(f"expected one of the tools {known}, found {key!r}")
