"""Numbers of a pose as text that programs read, and read back from it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import FormatError

_NOTHING = 1e-15
"""What rounding leaves of a zero in a rotation."""


def number_text(value: float) -> str:
    """A number to 15 digits, which no projection can tell from all of them."""
    return "0" if abs(value) < _NOTHING else f"{value:.15g}"


def vector_text(values: ArrayLike) -> str:
    return f"[{', '.join(map(number_text, np.asarray(values, np.float64).tolist()))}]"


def matrix_text(rows: ArrayLike) -> str:
    """A matrix row by row, one line each, in columns; a literal of Python and of JSON."""
    cells = [[number_text(value) for value in row] for row in np.asarray(rows, np.float64).tolist()]
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    lines = [", ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return "[\n" + ",\n".join(f"  [{line}]" for line in lines) + "\n]"


def flat_matrix_text(rows: ArrayLike) -> str:
    """A matrix on one line; a literal of Python and of JSON."""
    return f"[{', '.join(map(vector_text, np.asarray(rows, np.float64)))}]"


def assigned_values(text: str) -> dict[str, NDArray[np.float64]]:
    """The numbers that a text of Python assigns, by the name on the left, such as `camera.lens`.

    Of a call, such as `np.array([1, 2])`, the first argument counts; what holds no numbers is passed over.
    Raises FormatError when the text is no Python.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise FormatError(f"expected assignments of numbers, found line {error.lineno} unreadable") from error
    found: dict[str, NDArray[np.float64]] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            value = statement.value
            if isinstance(value, ast.Call) and value.args:
                value = value.args[0]
            try:
                found[ast.unparse(statement.targets[0])] = np.array(ast.literal_eval(value), np.float64)
            except (ValueError, TypeError):
                continue
    return found


def comment(*lines: str) -> str:
    return "".join(f"# {line}\n" for line in lines)


def quaternion(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4,) w, x, y, z of a rotation (3, 3); w is not negative."""
    from scipy.spatial.transform import Rotation

    x, y, z, w = Rotation.from_matrix(rotation).as_quat(canonical=True).tolist()
    return np.array([w, x, y, z])


def rotation_of(wxyz: Sequence[float]) -> NDArray[np.float64]:
    """(3, 3) rotation of a quaternion w, x, y, z."""
    from scipy.spatial.transform import Rotation

    w, x, y, z = wxyz
    return np.asarray(Rotation.from_quat([x, y, z, w]).as_matrix())
