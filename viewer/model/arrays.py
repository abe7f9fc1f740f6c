"""Checks every dataclass of the model makes once, when it is built."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from viewer.errors import FormatError


def frozen_array(name: str, values: Any, dtype: DTypeLike, shape: tuple[int | None, ...]) -> NDArray[Any]:
    """`values` as a C-contiguous read-only array; `None` in `shape` matches any length.

    Raises FormatError when the shape is another one. Does not copy when nothing has to change.
    """
    array = np.ascontiguousarray(values, dtype=dtype)
    fits = array.ndim == len(shape) and all(
        want is None or want == found for want, found in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = "(" + ", ".join("n" if want is None else str(want) for want in shape) + ")"
        raise FormatError(f"{name}: expected shape {wanted}, found {array.shape}")
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array


def distinct(*values: NDArray[np.integer]) -> NDArray[Any]:
    """All different values of some arrays, ascending: `np.unique`, for what happens before the first picture.

    That loads numpy's masked arrays when it is called first, which takes 20 ms.
    """
    ordered = np.sort(np.concatenate([array.reshape(-1) for array in values]))
    is_first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]
