"""Folders that may not be read: said in a sentence, and no hindrance to what lies beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import write_scene
from viewer.errors import FormatError
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras
from viewer.model.mesh import Mesh

NOBODY = 65534


@pytest.fixture
def anybody(tmp_path: Path) -> Iterator[Path]:
    """A folder of scenes, looked at by somebody whom permissions concern."""
    reader, matches = find_scenes(write_scene(tmp_path))
    reader.read(matches[0], Progress.silent())  # whatever is imported on the way may be closed to others
    if os.geteuid() != 0:
        yield tmp_path
        return
    for place in (tmp_path, *tmp_path.parents[:3]):
        if not place.stat().st_mode & 0o001 and place != Path("/tmp"):
            place.chmod(place.stat().st_mode | 0o055)
    for place in tmp_path.rglob("*"):
        os.chown(place, NOBODY, NOBODY)
    os.chown(tmp_path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    yield tmp_path
    os.seteuid(0)


@pytest.fixture
def closed(anybody: Path) -> Iterator[list[Path]]:
    """Folders put here are open again afterwards."""
    places: list[Path] = []
    yield places
    for place in places:
        place.chmod(0o755)


def close(place: Path, closed: list[Path], mode: int = 0) -> None:
    closed.append(place)
    place.chmod(mode)


def test_a_neighbour_that_may_not_be_listed_hides_no_scene(anybody: Path, closed: list[Path]) -> None:
    other = anybody / "lost+found"
    other.mkdir()
    close(other, closed)
    _, matches = find_scenes(anybody)
    assert [match.name for match in matches] == ["ai_900_001"]


def test_a_folder_that_may_not_be_listed_is_named(anybody: Path, closed: list[Path]) -> None:
    other = anybody / "mine"
    other.mkdir()
    close(other, closed)
    with pytest.raises(FormatError, match=r"cannot be listed: Permission denied"):
        find_scenes(other)
    with pytest.raises(FormatError, match=r"does not exist"):
        find_scenes(other / "inside")


@pytest.mark.parametrize("inside", ["_detail", "_detail/mesh", "images", "_detail/cam_00"])
@pytest.mark.parametrize("mode", [0, 0o444])
def test_the_rest_of_a_scene_opens_without_a_folder_that_may_not_be_entered(
    anybody: Path, closed: list[Path], inside: str, mode: int
) -> None:
    scene_folder = anybody / "ai_900_001"
    close(scene_folder / inside, closed, mode)
    reader, (match,) = find_scenes(scene_folder)
    scene = reader.read(match, Progress.silent())
    broken = [gap for gap in scene.gaps if gap.is_broken]
    assert any("ermission denied" in gap.why for gap in broken), [gap.why for gap in scene.gaps]
    if not inside.startswith("_detail"):
        assert scene.part(Mesh) is not None
    if inside in ("images", "_detail/mesh"):
        assert scene.part(Cameras) is not None
