"""Settings on disk: sparse, and as they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from viewer.app.settings import Settings, load_settings, overlay_roots, save_settings
from viewer.errors import ViewerError


def test_only_what_differs_from_the_defaults_is_written_and_other_keys_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"of_another_version": 1, "theme": "dark"}', encoding="utf-8")
    settings = replace(load_settings(file), also_roots=("/data/labels",), theme="system")
    save_settings(settings, file)
    assert load_settings(file) == settings
    text = file.read_text(encoding="utf-8")
    assert "of_another_version" in text
    assert "theme" not in text
    assert "play_fps" not in text


@pytest.mark.parametrize("text", ["{", "[1]", '{"theme": 3}', '{"play_fps": true}', '{"also_roots": "x"}'])
def test_a_malformed_file_is_told_with_its_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ViewerError) as told:
        load_settings(file)
    assert told.value.path == file
    assert told.value.hint


def test_the_camera_table_is_laid_over_every_scene() -> None:
    settings = Settings(also_roots=("/data/labels",), camera_table="/data/tables/lenses.csv")
    assert overlay_roots(settings) == (Path("/data/labels"), Path("/data/tables/lenses.csv"))
    assert overlay_roots(Settings()) == ()
