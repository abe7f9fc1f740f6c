"""Finding scenes by the names of folders alone."""

from __future__ import annotations

from pathlib import Path

from viewer.formats.hypersim import layout
from viewer.formats.listing import folders_allowed_in, folders_in, is_folder

_INSIDE = (layout.DETAIL, layout.IMAGES)
_SCENES = ("scenes", "evermotion_dataset/scenes")
_LEVELS_INSIDE = 4


def is_scene_folder(path: Path) -> bool:
    """Whether a folder is laid out as a scene, complete or not."""
    if is_folder(path / layout.DETAIL):
        return True
    images = layout.images_folder(path)
    return any(layout.parse_image_folder(folder.name) for folder in folders_allowed_in(images))


def enclosing_scene(path: Path) -> Path | None:
    """The scene that a folder is, or is a part of (`_detail`, `_detail/mesh`, a folder of images)."""
    for level in (path, *path.parents[:_LEVELS_INSIDE]):
        inside = path.relative_to(level).parts
        if (not inside or inside[0] in _INSIDE) and is_scene_folder(level):
            return level
    return None


def scenes_under(path: Path) -> tuple[Path, ...]:
    """The scenes in a `scenes` folder or a dataset root: directly, in its `scenes`, or one level further."""
    children = folders_in(path)
    places = [path, *(path / name for name in _SCENES)]
    for child in children:
        if child.name not in ("scenes", "evermotion_dataset"):
            places += [child, *(child / name for name in _SCENES)]
    found = [folder for place in places if is_folder(place) for folder in _scenes_in(place)]
    return tuple(dict.fromkeys(found))


def _scenes_in(place: Path) -> list[Path]:
    return [folder for folder in folders_allowed_in(place) if is_scene_folder(folder)]
