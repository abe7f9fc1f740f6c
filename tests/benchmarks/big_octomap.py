"""A big octomap in the Hypersim layout: the walls of a room and of sixty boxes in it, as occupied voxels.

The same count gives the same file, byte by byte.

    python tests/benchmarks/big_octomap.py FOLDER --voxels 500000
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from viewer.formats.hypersim.octomap_files import write_octomap
from viewer.model.octomap import TREE_DEPTH, Octomap, voxels_of

NAME = "ai_991_001"
ROOM = np.array([400.0, 300.0, 110.0])
VOXELS = 500_000
BOXES = 60


def write_big_octomap(folder: Path, count: int = VOXELS) -> Path:
    """A scene that has nothing but an octomap of about `count` occupied voxels, made unless it is there."""
    scene = folder / NAME
    done = scene / f"made-{count}"
    if done.is_file():
        return scene
    walls = 2 * (ROOM[0] * ROOM[1] + ROOM[1] * ROOM[2] + ROOM[0] * ROOM[2])
    resolution = float(np.sqrt(2.0 * walls / count))
    keys = np.unique(voxels_of(_surfaces(3 * count), resolution), axis=0)
    if len(keys) > count:
        random = np.random.default_rng(1)
        keys = keys[np.sort(random.permutation(len(keys))[:count])]
    octomap = Octomap(
        resolution,
        keys.astype(np.uint16),
        np.full(len(keys), TREE_DEPTH, np.uint8),
        np.ones(len(keys), np.bool_),
    )
    detail = scene / "_detail"
    (detail / "octomap").mkdir(parents=True, exist_ok=True)
    write_octomap(detail / "octomap", octomap)
    (detail / "metadata_scene.csv").write_text(
        "parameter_name,parameter_value\nmeters_per_asset_unit,0.0254\n"
    )
    done.touch()
    return scene


def _surfaces(count: int) -> NDArray[np.float64]:
    """About `count` points on the walls of the room and on the sides of boxes in it, (N, 3)."""
    random = np.random.default_rng(0)
    parts = []
    for axis in range(3):
        for side in (0.0, 1.0):
            points = random.random((count // 12, 3)) * ROOM
            points[:, axis] = side * ROOM[axis]
            parts.append(points)
    for _ in range(BOXES):
        middle = random.random(3) * ROOM * (1.0, 1.0, 0.5)
        half = random.uniform(8.0, 30.0, 3)
        points = random.uniform(-1.0, 1.0, (count // (2 * BOXES), 3))
        axes, rows = random.integers(0, 3, len(points)), np.arange(len(points))
        points[rows, axes] = np.sign(points[rows, axes])
        parts.append(middle + points * half)
    return np.concatenate(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--voxels", type=int, default=VOXELS)
    arguments = parser.parse_args()
    print(write_big_octomap(arguments.folder, arguments.voxels))


if __name__ == "__main__":
    main()
