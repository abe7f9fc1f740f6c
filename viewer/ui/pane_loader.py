"""Decodes what the image panes show, what serves them, and what they will likely show next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, Final

from viewer.app.frame_cache import FrameCache, prefetch_order
from viewer.app.memory import make_ready
from viewer.app.pane_pictures import load_images, load_picture
from viewer.errors import ViewerError
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture
from viewer.jobs.job import Progress
from viewer.jobs.lanes import Job
from viewer.model.frames import FrameId, FrameSource
from viewer.ui.job_runner import JobRunner

PREFETCH_FRAMES: Final = 4
PAINTED_S: Final = 0.06
"""What has just been decoded is on the screen by then."""
Look = tuple[Modality[Any], object]
"""A modality and its style."""


class PaneLoader:
    """Jobs of one images panel in the frame lane. `cache` belongs to the scene that is open."""

    def __init__(self, runner: JobRunner, cache_mb: float) -> None:
        self._runner = runner
        self._cache_mb = cache_mb
        self._prefetching: Job[None] | None = None
        self._prefetched: object = None
        self._given_up = threading.Event()
        self.cache = FrameCache(cache_mb)

    def start_scene(self) -> None:
        """Begin with an empty cache; jobs of the old scene ask the old one, which keeps nothing any more."""
        self.stop_prefetch()
        self.cache.set_limit(0)
        self.cache = FrameCache(self._cache_mb)

    def decode(
        self,
        source: FrameSource,
        frame: FrameId,
        look: Look,
        context: ImagingContext,
        *,
        slot: Hashable,
        done: Callable[[ImageSet, Picture], None],
        failed: Callable[[ViewerError], None],
    ) -> None:
        """Make a picture in a worker; a waiting request of the same slot is dropped."""
        cache, (modality, style) = self.cache, look

        def work(progress: Progress) -> tuple[ImageSet, Picture]:
            images = load_images(source, cache, frame, modality, progress)
            return images, load_picture(source, cache, frame, modality, style, context, progress)

        def arrived(result: tuple[ImageSet, Picture]) -> None:
            if cache is self.cache:
                done(*result)

        def broke(error: BaseException) -> None:
            if not isinstance(error, ViewerError):
                raise error
            if cache is self.cache:
                failed(error)

        self._runner.start(
            self._runner.frame_lane,
            work,
            title=f"Decoding {modality.title}",
            is_shown=False,
            key=("pane", id(self), slot),
            done=arrived,
            failed=broke,
        )

    def decode_support(
        self,
        source: FrameSource,
        frame: FrameId,
        wanted: Sequence[str],
        done: Callable[[], None],
        *,
        slot: Hashable = None,
    ) -> None:
        """Decode ids and distances: they serve clicks, outlines and positions, whatever the panes show.

        A waiting request of the same slot is dropped.
        """
        cache = self.cache
        keys = [key for key in wanted if key in source.modalities(frame)]
        if all((frame, key) in cache for key in keys):
            return
        self._runner.start(
            self._runner.frame_lane,
            lambda progress: _fetch(source, cache, frame, keys, progress),
            title="Decoding object ids",
            is_shown=False,
            key=("support", id(self), slot),
            done=lambda _: done(),
            failed=_only_unexpected,
        )

    def prefetch(
        self,
        source: FrameSource,
        frame: FrameId,
        direction: int,
        looks: Sequence[Look],
        support: Sequence[str],
        context: ImagingContext,
    ) -> None:
        """Decode the neighbours in one job, which keeps one worker free for what is asked meanwhile.

        Pictures that have just come are painted first, which needs the same cores. Asking again for the same
        changes nothing; for another frame or other looks, it starts over.
        """
        wanted = (frame, direction, tuple(looks), tuple(support), context.lens)
        if wanted == self._prefetched:
            return
        self.stop_prefetch()
        self._prefetched = wanted
        cache = self.cache
        self._given_up = given_up = threading.Event()
        order = prefetch_order(source.frame_ids(frame.camera), frame.frame, direction, PREFETCH_FRAMES)

        def work(progress: Progress) -> None:
            given_up.wait(PAINTED_S)
            for number in order:
                progress.check()
                near = FrameId(frame.camera, number)
                available = source.modalities(near)
                _fetch(source, cache, near, [key for key in support if key in available], progress)
                for modality, style in looks:
                    if modality.missing(available, context) is not None:
                        continue
                    load_images(source, cache, near, modality, progress)
                    if not modality.follows_labels:
                        load_picture(source, cache, near, modality, style, context, progress)
            make_ready()

        def ended(*_: object) -> None:
            if self._prefetching is job:
                self._prefetching = None

        def failed(error: BaseException) -> None:
            ended()
            _only_unexpected(error)

        job = self._runner.start(
            self._runner.frame_lane,
            work,
            title="Decoding neighbouring frames",
            is_shown=False,
            key=("prefetch", id(self)),
            done=ended,
            failed=failed,
            cancelled=ended,
        )
        self._prefetching = job

    def stop_prefetch(self) -> None:
        """Make room in the lane for what is asked for now."""
        self._prefetched = None
        if self._prefetching is not None:
            self._prefetching.cancel()
            self._prefetching = None
            self._given_up.set()


def _only_unexpected(error: BaseException) -> None:
    """A file that cannot be read is told by the pane that shows it; anything else is a fault of ours."""
    if not isinstance(error, ViewerError):
        raise error


def _fetch(
    source: FrameSource, cache: FrameCache, frame: FrameId, keys: list[str], progress: Progress
) -> None:
    for key in keys:
        progress.check()
        cache.fetch(frame, key, partial(source.read, frame, key))
