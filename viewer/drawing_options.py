"""The options of commands that draw a scene without a window: what is drawn, and in which colors."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from viewer.app.session import OpenedScene
    from viewer.jobs.job import Progress
    from viewer.model.points import PointSet
    from viewer.model.scene import Scene

LAYER_NAMES = ("mesh", "points", "boxes", "cameras", "octomap", "grid")
COLORINGS = ("class", "instance", "object", "photo", "normal")
LARGEST_SIDE = 16384


def add_look(parser: argparse.ArgumentParser, *, usual_back_faces: str = "show") -> None:
    """`--color-by`, `--layers` and `--back-faces`; None, where the last is not given."""
    parser.add_argument(
        "--color-by",
        choices=COLORINGS,
        default=None,
        help="what colors mean (instance, or photo without labels)",
    )
    parser.add_argument(
        "--layers",
        type=layer_names,
        metavar="LIST",
        help=f"what to draw, separated by commas: {', '.join(LAYER_NAMES)} (the mesh; points without one)",
    )
    parser.add_argument(
        "--back-faces",
        choices=("show", "tint", "hide"),
        help=f"hidden, one sees into rooms from outside ({usual_back_faces})",
    )


def picture_size(text: str) -> tuple[int, int]:
    """Width and height of `1280x800`."""
    found = re.fullmatch(r"(\d+)[x×](\d+)", text.strip().lower())
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (0 < min(size) and max(size) <= LARGEST_SIDE):
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT of 1 to {LARGEST_SIDE}, found {text!r}")
    return size


def layer_names(text: str) -> tuple[str, ...]:
    """The names in a list such as `mesh,boxes`."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in LAYER_NAMES]
    if unknown or not names:
        what = f"found {', '.join(unknown)}" if unknown else "found nothing"
        raise argparse.ArgumentTypeError(f"expected some of {', '.join(LAYER_NAMES)}, {what}")
    return names


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A scene with what is drawn of it, fused and colored as asked."""

    opened: OpenedScene
    points: PointSet | None
    shown: dict[str, Any]
    """What `render.offscreen.offscreen_state` is told."""


def look_of(
    arguments: argparse.Namespace,
    opened: OpenedScene,
    progress: Progress,
    *,
    needs_lens: bool,
    usual_back_faces: str = "show",
) -> Look:
    """What the options of `add_look` and `add_lens` ask for. Raises ViewerError.

    The best lens is sought only where `needs_lens`, or what is drawn, makes it matter.
    """
    from viewer.app.lenses import with_chosen_lens

    layers = _chosen_layers(arguments.layers, opened)
    if arguments.lens is not None or needs_lens or {"points", "cameras"} & set(layers):
        opened = replace(opened, scene=with_chosen_lens(opened.scene, arguments.lens, progress))
    points = _points(opened.scene, progress) if "points" in layers else None
    coloring = arguments.color_by or _usual_coloring(opened)
    shown = {
        "gpu_mesh": opened.gpu_mesh if "mesh" in layers else None,
        "points": points,
        "object_colors": _object_colors(coloring, opened, progress),
        "box_colors": _box_colors(opened),
        "layers": layers,
        "color_mode": {"photo": "photo", "normal": "normal"}.get(coloring, "table"),
        "back_faces": arguments.back_faces or usual_back_faces,
    }
    return Look(opened, points, shown)


def _chosen_layers(wanted: tuple[str, ...] | None, opened: OpenedScene) -> tuple[str, ...]:
    from viewer.model.frames import Images

    has_points = opened.scene.part(Images) is not None
    if wanted is None:
        if opened.gpu_mesh is not None:
            return ("mesh",)
        return ("points",) if has_points else ("boxes", "cameras")
    if "mesh" in wanted and opened.gpu_mesh is None and "points" not in wanted and has_points:
        # a scene without its mesh is shown as points everywhere else, too
        return (*wanted, "points")
    return wanted


def _points(scene: Scene, progress: Progress) -> PointSet | None:
    from viewer.app.point_cache import fused_points
    from viewer.model.frames import Images

    return None if scene.part(Images) is None else fused_points(scene, progress=progress)


def _usual_coloring(opened: OpenedScene) -> str:
    labelling = opened.labelling
    has_labels = labelling is not None and bool((labelling.labels.instance > 0).any())
    return "instance" if has_labels else "photo" if opened.gpu_mesh is None else "object"


def _object_colors(coloring: str, opened: OpenedScene, progress: Progress) -> NDArray[np.uint8] | None:
    from viewer.geometry.object_albedo import object_albedo
    from viewer.model.colors import class_color_rows, instance_color_rows, object_color_rows

    count = opened.scene.object_count
    labelling = opened.labelling
    if not count:
        return None
    if coloring == "photo":
        return object_albedo(opened.scene, progress)
    if coloring == "class" and labelling is not None:
        return class_color_rows(labelling.labels, labelling.table)
    if coloring == "instance" and labelling is not None:
        return instance_color_rows(labelling.labels, labelling.instances)
    return object_color_rows(count)


def _box_colors(opened: OpenedScene) -> NDArray[np.uint8] | None:
    if opened.labelling is None:
        return None
    return opened.labelling.instances.color_rows().clip(0, 255).astype("uint8")
