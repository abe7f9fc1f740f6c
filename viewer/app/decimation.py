"""Showing a scene's mesh with fewer triangles: how many, which, and what that leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.app.fields import number, switch
from viewer.geometry.decimation import DecimationRule, kept_faces, vertex_count, with_faces
from viewer.jobs.job import Progress
from viewer.model.mesh import GpuMesh, Mesh, split_at_objects

if TYPE_CHECKING:
    from viewer.app.session import Session

MOST = 15_000_000


@dataclass(frozen=True, slots=True)
class DecimationSettings:
    """How a mesh is decimated; the defaults are the original annotation tool's."""

    most_faces: int = number(1_500_000, "Triangles at most", 100, MOST, "", "So many stay")
    most_vertices: int = number(
        MOST,
        "Vertices at most",
        100,
        MOST,
        "",
        "Where there are more, vertices go first, with their triangles",
    )
    small_first: bool = switch(True, "Small triangles go first", "Large ones leave larger holes")
    area_half_life: float = number(
        1.0,
        "Half-life of the area, units²",
        0.001,
        10_000.0,
        "",
        "With so much more area half as likely to go",
    )
    distant_first: bool = switch(False, "Distant triangles go first", "Seen from where the view is now")
    distance_half_life: float = number(
        50.0,
        "Half-life of the distance, units",
        0.1,
        10_000.0,
        "",
        "With so much more distance twice as likely to go",
    )

    @property
    def rule(self) -> DecimationRule:
        return DecimationRule(
            self.most_vertices,
            self.most_faces,
            self.area_half_life if self.small_first else None,
            self.distance_half_life if self.distant_first else None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Decimation:
    """Which triangles of a mesh would stay."""

    settings: DecimationSettings
    keep: NDArray[np.bool_]  # (F,)
    face_count: int
    vertex_count: int
    lost_objects: NDArray[np.int64]  # ascending ids of those that keep no triangle

    @property
    def removes_nothing(self) -> bool:
        return self.face_count == len(self.keep)


@dataclass(frozen=True, slots=True, eq=False)
class DecimatedMesh:
    """A mesh with fewer triangles, in place of the scene's own in the 3D view and for strokes in it."""

    mesh: Mesh
    gpu_mesh: GpuMesh
    decimation: Decimation


def choose_faces(
    mesh: Mesh, settings: DecimationSettings, eye: NDArray[np.float64], progress: Progress
) -> Decimation:
    """What decimating would leave, seen from `eye` (3,). For worker threads.

    Raises ViewerError when the rule cannot keep the limits, Cancelled when asked to stop.
    """
    keep = kept_faces(mesh, settings.rule, eye, progress)
    had, has = (_owners(mesh, faces) for faces in (None, keep))
    return Decimation(
        settings,
        keep,
        int(np.count_nonzero(keep)),
        vertex_count(mesh, keep),
        np.flatnonzero(had & ~has),
    )


def decimate(mesh: Mesh, decimation: Decimation, progress: Progress) -> DecimatedMesh:
    """The mesh that is left, ready for the graphics card. For worker threads."""
    progress.step(0, 2, "Leaving out triangles")
    small = with_faces(mesh, decimation.keep)
    progress.step(1, 2, "Preparing the mesh")
    return DecimatedMesh(small, split_at_objects(small), decimation)


def shown_mesh(session: Session) -> GpuMesh | None:
    """The mesh of the 3D view: the scene's own, or what decimating has left of it."""
    if session.decimated is not None:
        return session.decimated.gpu_mesh
    return None if session.opened is None else session.opened.gpu_mesh


def _owners(mesh: Mesh, keep: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """(O,) which objects have any of the faces."""
    owners = mesh.owners.values if keep is None else mesh.owners.dense()[keep]
    there = np.zeros(mesh.object_count + 1, np.bool_)
    there[owners] = True  # -1, no object, lands in the last place
    return there[:-1]
