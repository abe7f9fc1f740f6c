"""A scene that is being read while its window is still being made."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from viewer.errors import Cancelled
from viewer.jobs.job import Progress, Step
from viewer.jobs.lanes import Job

if TYPE_CHECKING:
    from viewer.app.session import OpenedScene
    from viewer.formats.reader import Reader, SceneMatch

T = TypeVar("T")
POLL_SECONDS = 0.02


class HeadStart:
    """Looks at a path, and reads the scene there if it is the only one, from the moment this is made.

    What reading needs is imported in that thread, too. `recognise` and `read` are jobs that wait for it.
    """

    def __init__(self, path: Path, also: Sequence[Path]) -> None:
        """`also` holds the roots that are laid over the path, in their order."""
        self._path = path
        self._also = tuple(also)
        self._recognised: Future[tuple[Reader, tuple[SceneMatch, ...]]] = Future()
        self._read: Future[OpenedScene] = Future()
        self._step: Step | None = None
        self._job = Job(
            self._work,
            "Reading the scene",
            on_done=self._keep,
            on_failed=self._fail,
            on_cancelled=lambda: self._fail(Cancelled()),
            on_step=self._note,
        )
        threading.Thread(target=self._job.run, name="head start", daemon=True).start()

    def recognise(self, progress: Progress) -> tuple[Reader, tuple[SceneMatch, ...]]:
        """The reader for the path and the scenes there. Raises what `open_scene.recognise` does."""
        return self._wait(self._recognised, progress)

    def read(self, progress: Progress) -> OpenedScene:
        """The only scene there, once: it may be closed long before this is gone, and is not kept.

        Raises what `open_scene.open_scene` does.
        """
        try:
            return self._wait(self._read, progress)
        finally:
            self._read = Future()
            self._read.set_exception(RuntimeError("the scene was handed over already"))

    def _work(self, progress: Progress) -> OpenedScene | None:
        from viewer.app.open_scene import open_scene, recognise
        from viewer.formats.hypersim.label_tables import default_label_table

        reader, matches = recognise(self._path, self._also, progress)
        self._recognised.set_result((reader, matches))
        if len(matches) != 1:
            return None
        return open_scene(reader, matches[0], default_label_table(), progress)

    def _keep(self, opened: OpenedScene | None) -> None:
        if opened is not None:
            self._read.set_result(opened)

    def _fail(self, error: BaseException) -> None:
        for found in (self._recognised, self._read):
            if not found.done():
                found.set_exception(error)

    def _note(self, step: Step) -> None:
        self._step = step

    def _wait(self, found: Future[T], progress: Progress) -> T:
        told = None
        while not wait((found,), POLL_SECONDS).done:
            if progress.is_cancelled:
                self._job.cancel()
            step = self._step
            if step is not None and step is not told:
                progress.step(step.done, step.total, step.text)
                told = step
        return found.result()
