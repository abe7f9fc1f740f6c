"""Times fusing images into points: 100 frames of a scene, taken in turn again if it has fewer. One JSON line.

python tests/benchmarks/fusion.py SCENE
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from viewer.formats.registry import find_scenes
from viewer.geometry.point_fusion import fuse
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras
from viewer.model.frames import Images, covering_order
from viewer.model.scene import NodeTable

FRAMES = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scene", type=Path)
    arguments = parser.parse_args()
    reader, matches = find_scenes(arguments.scene)
    scene = reader.survey(matches[0], Progress.silent())
    images = scene.part(Images)
    if images is None:
        raise SystemExit(f"{arguments.scene} has no images")
    frames = list(islice(cycle(covering_order(images.source)), FRAMES))
    shape = np.shape(images.source.read(frames[0], "render_entity_id"))
    firsts: list[float] = []
    started = time.perf_counter()
    points = fuse(
        images.source,
        scene.part(NodeTable),
        object_count=scene.object_count,
        metres_per_unit=scene.metres_per_unit,
        cameras=scene.part(Cameras),
        frames=frames,
        on_partial=lambda _: firsts.append(time.perf_counter() - started),
    )
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {
                "frames": len(frames),
                "pixels": int(np.prod(shape)),
                "fused_s": seconds,
                "first_points_s": firsts[0] if firsts else seconds,
                "points": len(points.positions),
            }
        )
    )


if __name__ == "__main__":
    main()
