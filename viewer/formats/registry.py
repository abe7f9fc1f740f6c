"""All readers, and finding the one that knows a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from viewer.errors import FormatError
from viewer.formats.hypersim.reader import HypersimReader
from viewer.formats.listing import entries_of, exists, is_file, is_folder
from viewer.formats.reader import Reader, SceneMatch

READERS: Final[tuple[Reader, ...]] = (HypersimReader(),)

_EXPECTED = "expected a scene folder (one that holds '_detail' or 'images') or a folder of scenes"


def find_scenes(path: Path, also: Sequence[Path] = ()) -> tuple[Reader, tuple[SceneMatch, ...]]:
    """The reader that knows a path, and the scenes there, by name.

    Folders of the same scene under the `also` roots are laid over it: a part that one folder lacks comes from
    the next that has it. Raises FormatError when no reader finds a scene.
    """
    path = Path(path)
    if not exists(path):
        raise FormatError("this folder does not exist", path=path)
    for reader in READERS:
        matches = reader.recognise(path)
        if matches:
            return reader, _overlaid(reader, matches, also)
    raise FormatError(f"{_EXPECTED}, found {_described(path)}", path=path, hint=_hint(path))


def find_scene(path: Path, also: Sequence[Path] = ()) -> tuple[Reader, SceneMatch]:
    """As `find_scenes`, where there must be exactly one. Raises FormatError otherwise."""
    reader, matches = find_scenes(path, also)
    if len(matches) != 1:
        names = ", ".join(match.name for match in matches[:5])
        raise FormatError(f"expected one scene, found {len(matches)}: {names}", path=path)
    return reader, matches[0]


def find_reader(key: str) -> Reader | None:
    """The reader of a match's `reader_key`."""
    return next((reader for reader in READERS if reader.key == key), None)


def _overlaid(
    reader: Reader, matches: tuple[SceneMatch, ...], also: Sequence[Path]
) -> tuple[SceneMatch, ...]:
    overlays = [(root, {m.name: m for m in reader.recognise(root)}) for root in map(Path, also)]
    result = []
    for match in matches:
        folders, roots = list(match.folders), list(match.roots)
        for root, by_name in overlays:
            roots.append(root.absolute())
            if match.name in by_name:
                folders += by_name[match.name].folders
        result.append(replace(match, folders=_distinct(folders), roots=_distinct(roots)))
    return tuple(result)


def _distinct(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Without the second of two ways to one folder."""
    by_place: dict[Path, Path] = {}
    for path in paths:
        by_place.setdefault(path.resolve(), path)
    return tuple(by_place.values())


def _described(path: Path) -> str:
    if is_file(path):
        return "a file that belongs to none"
    if not is_folder(path):
        return "something else"
    names = [entry.name for entry in entries_of(path)]
    if not names:
        return "an empty folder"
    shown = ", ".join(f"'{name}'" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _hint(path: Path) -> str | None:
    if is_folder(path) and any(path.glob("ai_*.zip")):
        return "unpack the archives first"
    return None
