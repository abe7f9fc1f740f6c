"""What reading a scene brings to light: parts, where they came from, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from viewer.errors import FormatError, ViewerError
from viewer.formats.hypersim import layout
from viewer.formats.listing import is_file
from viewer.formats.reader import SceneMatch
from viewer.jobs.job import Progress
from viewer.model.scene import Gap

_STAGES = 14


class Findings:
    """Parts, gaps and sources, collected while the files of a scene are read one by one."""

    def __init__(self, match: SceneMatch, progress: Progress, *, is_survey: bool = False) -> None:
        self.match = match
        self.progress = progress
        self.is_survey = is_survey
        """Leave out what takes long to read and give its size instead."""
        self.parts: dict[type, object] = {}
        self.gaps: list[Gap] = []
        self.sources: dict[str, Path] = {}
        self._stage = 0

    def step(self, text: str) -> None:
        """Tell which file is next. Raises Cancelled."""
        self.progress.step(min(self._stage, _STAGES), _STAGES, f"{self.match.name}: {text}")
        self._stage += 1

    def add(self, title: str, part: object, source: Path) -> None:
        """A part that was read, and the folder it came from."""
        self.parts[type(part)] = part
        self.sources[title] = source

    def absent(self, what: str, expected_at: Path | None, why: str, enables: str = "") -> None:
        """A part that is not there."""
        self.gaps.append(Gap(what, expected_at, why, enables))

    def broken(self, what: str, error: ViewerError, enables: str = "") -> None:
        """A file that is there and malformed, or a part that needs one more file to be whole."""
        where = "" if error.path is None else f"{error.path.name}: "
        self.gaps.append(Gap(what, error.path, where + error.message, enables, is_broken=True))

    def faults(self, what: str, faults: Iterable[FormatError | None]) -> None:
        """Faults that leave the part usable."""
        for fault in faults:
            if fault is not None:
                self.broken(what, fault)

    def with_file(self, *relative: str) -> Path | None:
        """The best scene folder that has one of these files."""
        for folder in self.match.folders:
            if any(is_file(folder / name) for name in relative):
                return folder
        return None

    def first_detail(self, name: str) -> Path:
        """Where a file of `_detail` would be expected first."""
        return layout.detail_folder(self.match.folders[0]) / name

    def first_mesh(self, name: str) -> Path:
        """Where a file of the mesh folder would be expected first."""
        return layout.mesh_folder(self.match.folders[0]) / name
