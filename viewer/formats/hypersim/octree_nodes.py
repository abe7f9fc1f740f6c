"""Trees written depth first: from what each node says of its children to the place of every leaf."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.model.octomap import TREE_DEPTH


def branch_count(inner_children: NDArray[np.integer]) -> tuple[int, NDArray[np.int64]]:
    """How many of the nodes (N,), each with so many children in the list, make up the one tree that starts
    there; and how many branches are still to come before each node and after the last.

    When the list ends first, the number is N and some branches are still to come.
    """
    pending = np.concatenate([[1], 1 + np.cumsum(inner_children.astype(np.int64) - 1)])
    ends = np.flatnonzero(pending == 0)
    count = int(ends[0]) if len(ends) else len(inner_children)
    return count, pending[: count + 1]


def children_of(is_inner: NDArray[np.bool_], pending: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N, 8) position of the node that each child is, where it is in the list; 0 elsewhere.

    Depth first, the k-th child of node j is the first node after j that is met when k fewer branches
    are pending than just after j. Sorting the nodes by (pending, position) answers all searches at once.
    """
    count = len(is_inner)
    by_pending = np.sort(pending[:-1] * count + np.arange(count))
    parent, child = np.nonzero(is_inner)
    numbers = np.count_nonzero(is_inner, axis=1)
    before = np.arange(len(parent)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    wanted = (pending[parent + 1] - before) * count + parent + 1
    children = np.zeros((count, 8), np.int64)
    children[parent, child] = by_pending[np.searchsorted(by_pending, wanted)] % count
    return children


def too_deep(path: Path) -> FormatError:
    return FormatError(f"expected a tree of at most {TREE_DEPTH} levels, found more", path=path)


def cut_short(missing: int, found: int, what: str, path: Path) -> FormatError:
    return FormatError(
        f"the tree is cut short: expected {missing} more branches after {found} {what}", path=path
    )


def wrong_count(expected: int, found: int, path: Path) -> FormatError:
    return FormatError(f"expected {expected} nodes as its header says, found {found}", path=path)
