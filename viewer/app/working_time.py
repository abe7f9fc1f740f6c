"""The lines about labelling time that go beside saved labels.

The original tool writes them whenever it opens a scene. Looking at a dataset must not change it, so here the
time of opening is noted with the first save, and the time of leaving only where labels were saved.
"""

from __future__ import annotations

import datetime
import logging
from pathlib import Path

from viewer.errors import ViewerError
from viewer.formats.hypersim.session_log import append_loaded, append_unloaded

log = logging.getLogger(__name__)


class WorkingTime:
    """One stay in a scene, from when it was opened."""

    def __init__(self, opened_at: datetime.datetime | None = None) -> None:
        self._opened_at = datetime.datetime.now() if opened_at is None else opened_at
        self._folders: list[Path] = []

    def saved_to(self, folder: Path) -> None:
        """Labels were saved: note in that folder's log when the work began, once."""
        if folder not in self._folders:
            try:
                append_loaded(folder, self._opened_at)
            except (OSError, ViewerError) as error:
                log.info("the labelling time is not noted: %s", error)
                return
            self._folders.append(folder)

    def end(self) -> None:
        """The scene is left: note it wherever the beginning was noted."""
        for folder in self._folders:
            try:
                append_unloaded(folder, datetime.datetime.now())
            except (OSError, ViewerError) as error:
                log.info("the labelling time is not noted: %s", error)
        self._folders.clear()
