"""Boxes around the instances of a scene, fitted by several threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.box_fit import FittedBox, axis_aligned_box, object_aligned_2d_box, object_aligned_3d_box
from viewer.jobs.cores import core_count
from viewer.jobs.job import Progress
from viewer.model.boxes import OrientedBoxes
from viewer.model.mesh import Mesh
from viewer.model.points import PointSet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_THREADS: Final = 8
CANCEL_CHECK_S: Final = 0.1
INSTANCES_PER_TASK: Final = 8
FITS: Final[Mapping[str, Callable[[Floats, Floats], FittedBox]]] = {
    "axis_aligned": lambda points, _mean: axis_aligned_box(points),
    "object_aligned_2d": object_aligned_2d_box,
    "object_aligned_3d": object_aligned_3d_box,
}


class InstancePoints(Protocol):
    """Where the points of every instance are."""

    ids: Ints
    """(B,) ascending instances that have points."""
    sizes: Ints
    """(B,) how many."""

    def take(self, row: int) -> tuple[Floats, Floats]:
        """Points (N, 3) of `ids[row]`, and the mean (3,) that decides which way axes point."""


class MeshInstances:
    """The face corners of every instance of a mesh. Faces with a vertex that is not finite do not count."""

    def __init__(self, mesh: Mesh, instance: NDArray[np.integer]) -> None:
        """`instance` (O,) is the instance of every object, less than 1 = none."""
        self._faces, self._vertices = mesh.faces, mesh.exact_vertices()
        of_face = _instances_of(mesh.owners.dense(), instance)
        finite = np.asarray(np.isfinite(self._vertices).all(axis=1))
        if not finite.all():
            of_face[~finite[mesh.faces].all(axis=1)] = 0
        self._order, self._first, self.ids, self.sizes = _grouped(of_face)

    def take(self, row: int) -> tuple[Floats, Floats]:
        faces = self._order[self._first[row] : self._first[row] + self.sizes[row]]
        corners, counts = np.unique(self._faces[faces], return_counts=True)
        points = self._vertices[corners]
        return points, np.asarray((counts[:, None] * points).sum(axis=0) / counts.sum())


class PointInstances:
    """The points of every instance of a point set."""

    def __init__(self, points: PointSet, instance: NDArray[np.integer]) -> None:
        """`instance` (O,) is the instance of every object, less than 1 = none."""
        self._points = points
        of_point = _instances_of(points.object_of_point, instance)
        finite = np.isfinite(points.positions).all(axis=1)
        if not finite.all():
            of_point[~finite] = 0
        self._order, self._first, self.ids, self.sizes = _grouped(of_point)

    def take(self, row: int) -> tuple[Floats, Floats]:
        rows = self._order[self._first[row] : self._first[row] + self.sizes[row]]
        points = self._points.positions[rows] + self._points.origin
        return points, np.asarray(points.mean(axis=0))


def fit_boxes(
    instances: InstancePoints,
    kinds: Sequence[str],
    *,
    only: Ints | None = None,
    progress: Progress,
    threads: int | None = None,
) -> dict[str, OrientedBoxes]:
    """Boxes of every kind asked for, of all instances that have points or of some (`only`) of them.

    Equal to fitting one instance after the other. Raises Cancelled when asked to stop.
    """
    rows = np.arange(len(instances.ids))
    if only is not None:
        rows = np.flatnonzero(np.isin(instances.ids, only))
    rows = rows[
        np.argsort(-instances.sizes[rows], kind="stable")
    ]  # the largest first, or they come last alone
    results: dict[int, list[FittedBox]] = {}

    def fit(some: list[int]) -> list[tuple[int, list[FittedBox]]]:
        found = []
        for row in some:
            progress.check()
            points, mean = instances.take(row)
            found.append((row, [FITS[kind](points, mean) for kind in kinds]))
        return found

    workers = min(MOST_THREADS, core_count()) if threads is None else threads
    tasks = [rows[k : k + INSTANCES_PER_TASK].tolist() for k in range(0, len(rows), INSTANCES_PER_TASK)]
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[list[tuple[int, list[FittedBox]]]]] = {pool.submit(fit, task) for task in tasks}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=CANCEL_CHECK_S, return_when=FIRST_COMPLETED)
                for task in done:
                    results.update(task.result())
                progress.step(
                    len(results), len(rows), f"Boxes of {len(results):,} of {len(rows):,} instances"
                )
        except BaseException:
            for task in waiting:
                task.cancel()
            raise
    return {kind: _together(instances.ids, results, k) for k, kind in enumerate(kinds)}


def _together(ids: Ints, results: Mapping[int, list[FittedBox]], kind: int) -> OrientedBoxes:
    rows = sorted(results)
    boxes = [results[row][kind] for row in rows]
    if not boxes:
        return OrientedBoxes.none()
    return OrientedBoxes(
        ids[rows],
        np.stack([box.centre for box in boxes]),
        np.stack([box.extent for box in boxes]),
        np.stack([box.rotation for box in boxes]),
    )


def _instances_of(owner: NDArray[np.integer], instance: NDArray[np.integer]) -> NDArray[np.int32]:
    """Instance of every element; 0 = none."""
    by_object = np.append(np.maximum(instance, 0), 0)  # the last is that of owner -1
    return np.asarray(by_object.astype(np.int32)[owner])


def _grouped(of_element: NDArray[np.int32]) -> tuple[Ints, Ints, Ints, Ints]:
    """Elements in the order of their instances, where each one's begin, the instances, and how many."""
    order = np.argsort(of_element, kind="stable")
    counts = np.bincount(of_element)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    ids = np.flatnonzero(counts)
    ids = ids[ids > 0]
    return order, first[ids], ids, counts[ids]
