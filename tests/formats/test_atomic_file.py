from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from viewer.errors import SaveError
from viewer.formats.atomic_file import replace_all, replace_file, save_error


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _swaps(folder: Path) -> list[tuple[Path, Path]]:
    """Three files, of which the middle one does not exist yet, and their new contents."""
    (folder / "a").write_text("old a")
    (folder / "c").write_text("old c")
    for name in "abc":
        (folder / f"{name}.new").write_text(f"new {name}")
    return [(folder / f"{name}.new", folder / name) for name in "abc"]


def _failing_replace(monkeypatch: pytest.MonkeyPatch, fails: list[int]) -> None:
    """Let the replacements with these numbers, counted from 1, fail."""
    calls = iter(range(1, 100))
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if next(calls) in fails:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)


def test_all_files_are_swapped_in(tmp_path: Path) -> None:
    replace_all(_swaps(tmp_path))
    assert [(tmp_path / name).read_text() for name in "abc"] == ["new a", "new b", "new c"]
    assert _names(tmp_path) == ["a", "b", "c"]


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_failure_puts_back_what_was_swapped_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    swaps = _swaps(tmp_path)
    _failing_replace(monkeypatch, [failing])
    with pytest.raises(OSError, match="Input/output error"):
        replace_all(swaps)
    assert (tmp_path / "a").read_text() == "old a"
    assert not (tmp_path / "b").exists()
    assert (tmp_path / "c").read_text() == "old c"


def test_old_content_that_cannot_be_put_back_is_kept_under_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swaps = _swaps(tmp_path)
    _failing_replace(monkeypatch, [2, 3])
    with pytest.raises(SaveError, match="the old file could not be put back; it is kept as") as caught:
        replace_all(swaps)
    kept = tmp_path / caught.value.message.rsplit(" ", 1)[-1]
    assert kept.read_text() == "old a"


def test_a_file_system_without_links_is_backed_up_by_copying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    swaps = _swaps(tmp_path)
    monkeypatch.setattr(os, "link", no_link)
    _failing_replace(monkeypatch, [3])
    with pytest.raises(OSError, match="Input/output error"):
        replace_all(swaps)
    assert (tmp_path / "a").read_text() == "old a"


def test_a_failed_write_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match="no room is left on the disk"):
        replace_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_text() == "old"
    assert _names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "could not be saved: writing here is not allowed"),
        (errno.EROFS, "could not be saved: writing here is not allowed"),
        (errno.ENOSPC, "could not be saved: no room is left on the disk"),
        (errno.EDQUOT, "could not be saved: no room is left on the disk"),
        (errno.ENOENT, "could not be saved: its folder does not exist"),
        (errno.EIO, "could not be saved: Input/output error"),
    ],
)
def test_every_reason_has_its_sentence(number: int, sentence: str) -> None:
    error = save_error(OSError(number, os.strerror(number)), Path("a"))
    assert error.message == sentence
