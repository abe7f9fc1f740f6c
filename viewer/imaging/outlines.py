"""Outlines of objects in an id image, as lines between pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.model.scene import NodeTable


def object_mask(
    entities: NDArray[Any], nodes: NodeTable, object_ids: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Pixels (H, W) of a `render_entity_id` image that show any of the objects."""
    largest = int(entities.max(initial=0))
    wanted = np.zeros(max(largest + 1, len(nodes.object_of_node)) + 1, np.bool_)  # the last row is -1's
    wanted[: len(nodes.object_of_node)] = np.isin(nodes.object_of_node, object_ids)
    wanted[0] = False
    return np.take(wanted, entities, mode="wrap")


def outline(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Borders of a mask (H, W) as segments (S, 4) of x0, y0, x1, y1.

    Coordinates count pixel corners: pixel (x, y) spans x..x+1. Runs along a row or column are one segment.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return np.empty((0, 4), np.int32)
    top, left = int(rows[0]), int(columns[0])
    part = np.pad(mask[top : rows[-1] + 1, left : columns[-1] + 1], 1)
    y, x0, x1 = _runs(part[1:] != part[:-1])
    x, y0, y1 = _runs((part[:, 1:] != part[:, :-1]).T)
    flat = np.stack([x0 + left - 1, y + top, x1 + left - 1, y + top], axis=1)
    upright = np.stack([x + left, y0 + top - 1, x + left, y1 + top - 1], axis=1)
    return np.concatenate([flat, upright]).astype(np.int32)


def _runs(edge: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Row, first column and end column of every run of True."""
    steps = np.diff(np.pad(edge, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(steps == 1)
    return row, first, np.nonzero(steps == -1)[1]
