from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from viewer.errors import SaveError
from viewer.formats.hypersim.session_log import append_loaded, append_unloaded, labelling_time

PREFIX = "[HYPERSIM: SCENE_ANNOTATION_TOOL]"
LOG = "metadata_scene_annotation_tool.log"


def test_lines_are_those_of_the_original(tmp_path: Path) -> None:
    append_loaded(tmp_path, datetime(2020, 1, 7, 4, 15, 1))
    append_unloaded(tmp_path, datetime(2020, 1, 17, 14, 15, 1))
    assert (tmp_path / LOG).read_bytes() == (
        f"{PREFIX} Loaded scene:   Tue Jan  7 04:15:01 2020\n"
        f"{PREFIX} Unloaded scene: Fri Jan 17 14:15:01 2020\n"
    ).encode("ascii")


def test_lines_are_added_to_an_old_log(tmp_path: Path) -> None:
    (tmp_path / LOG).write_text("old\n")
    append_loaded(tmp_path, datetime(2020, 1, 7, 4, 15, 1))
    assert (tmp_path / LOG).read_text().startswith(f"old\n{PREFIX}")


def test_what_is_appended_is_understood(tmp_path: Path) -> None:
    append_loaded(tmp_path, datetime(2020, 2, 29, 23, 59, 0))
    append_unloaded(tmp_path, datetime(2020, 3, 1, 0, 1, 0))
    time = labelling_time((tmp_path / LOG).read_text())
    assert (time.seconds, time.sessions, time.warnings) == (120, 1, ())


def test_only_matched_pairs_count() -> None:
    time = labelling_time(
        f"{PREFIX} Unloaded scene: Tue Dec 31 10:00:00 2019\n"
        f"{PREFIX} Loaded scene:   Tue Dec 31 11:00:00 2019\n"
        f"{PREFIX} Loaded scene:   Tue Dec 31 12:00:00 2019\n"
        f"{PREFIX} Unloaded scene: Tue Dec 31 12:30:00 2019\n"
        f"{PREFIX} Loaded scene:   Tue Dec 31 13:00:00 2019\n"
    )
    assert (time.seconds, time.sessions) == (1800, 1)
    assert time.warnings == ("line 1: unloaded without being loaded",)


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        f"{PREFIX} Loaded scene:   Tue Foo 31 10:00:00 2019",
        f"{PREFIX} Loaded scene:   Tue Feb 31 10:00:00 2019",
    ],
)
def test_other_lines_are_told(line: str) -> None:
    assert labelling_time(line + "\n").warnings == ("line 1 is no load or unload",)


def test_a_folder_that_is_not_there_cannot_take_a_log(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="its folder does not exist"):
        append_loaded(tmp_path / "none", datetime(2020, 1, 1))
