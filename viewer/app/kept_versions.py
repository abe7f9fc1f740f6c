"""What the kept versions of a folder's labels hold, told before one of them is brought back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from viewer.app.label_fitting import fitting
from viewer.app.saving import KeptVersion, kept_versions
from viewer.errors import ViewerError
from viewer.formats.hypersim.labels import read_labels
from viewer.jobs.job import Progress
from viewer.model.labels import NO_LABEL, ObjectLabels
from viewer.model.saved_labels import SavedLabels


@dataclass(frozen=True, slots=True, eq=False)
class VersionSummary:
    """One kept version; `labels` is None where it cannot be used, and `trouble` says why."""

    version: KeptVersion
    saved: datetime  # when its files were written
    labels: SavedLabels | None
    with_class: int = 0
    with_instance: int = 0
    differing: int = 0  # objects that are labelled otherwise now
    trouble: str = ""


def look_at_versions(folder: Path, now: ObjectLabels, progress: Progress) -> tuple[VersionSummary, ...]:
    """Read all kept versions of a label folder, the newest first. For worker threads."""
    found = []
    versions = kept_versions(folder)
    for done, version in enumerate(versions):
        progress.step(done, len(versions), "Reading kept versions")
        found.append(_look_at(version, now))
    return tuple(found)


def _look_at(version: KeptVersion, now: ObjectLabels) -> VersionSummary:
    times = [path.stat().st_mtime for path in version.folder.iterdir()]
    saved = datetime.fromtimestamp(max(times)) if times else version.when
    try:
        labels = read_labels(version.folder, len(now))
        fitted = fitting(labels, len(now))
    except ViewerError as error:
        return VersionSummary(version, saved, None, trouble=error.message)
    other = (fitted.semantic != now.semantic) | (fitted.instance != now.instance)
    return VersionSummary(
        version,
        saved,
        labels,
        int(np.count_nonzero(fitted.semantic != NO_LABEL)),
        int(np.count_nonzero(fitted.instance != NO_LABEL)),
        int(np.count_nonzero(other)),
    )
