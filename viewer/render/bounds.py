"""How much room a scene takes, without its far clutter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.model.boxes import BoxSets, corners
from viewer.model.camera import Cameras
from viewer.model.mesh import GpuMesh
from viewer.model.octomap import Octomap
from viewer.model.points import PointSet
from viewer.model.scene import Scene
from viewer.model.vertices import Bounds, robust_bounds


def scene_bounds(scene: Scene | None, mesh: GpuMesh | None, points: PointSet | None) -> Bounds:
    """Corners (3,) of the scene, world units: of its mesh, or points, octomap, boxes, or camera paths."""
    found: Bounds | None = None
    if mesh is not None:
        found = _moved(mesh.robust_bounds, mesh.origin)
    if found is None and points is not None:
        found = _moved(robust_bounds(points.positions), points.origin)
    octomap = None if scene is None else scene.part(Octomap)
    if found is None and octomap is not None:
        found = robust_bounds(octomap.only(octomap.occupied).centres)
    boxes = None if scene is None else scene.part(BoxSets)
    if found is None and boxes is not None:
        all_corners = [corners(kind).reshape(-1, 3) for kind in boxes.by_kind.values()]
        found = robust_bounds(np.concatenate(all_corners)) if all_corners else None
    cameras = None if scene is None else scene.part(Cameras)
    if found is None and cameras is not None and cameras.trajectories:
        found = robust_bounds(np.concatenate([t.positions for t in cameras.trajectories]))
    if found is None:
        unit = 1.0 if scene is None else 1 / scene.metres_per_unit
        return np.array([-2.0, -2.0, 0.0]) * unit, np.array([2.0, 2.0, 2.5]) * unit
    return found


def _moved(bounds: Bounds | None, origin: NDArray[np.float64]) -> Bounds | None:
    return None if bounds is None else (bounds[0] + origin, bounds[1] + origin)
