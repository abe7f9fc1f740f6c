"""What is left to label: the way from one object to the next, and how far it has come."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from viewer.app.best_view import Subject, best_view
from viewer.app.label_debt import label_progress, next_unlabelled, size_order, unlabelled
from viewer.app.painting import visible_mask
from viewer.jobs.job import Progress
from viewer.model.camera import Camera
from viewer.model.labels import LabelLayer

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

SETTLE_MS = 30
PROBE_PX = (64, 48)
"""Size of the pictures by which views are compared: enough to see what is in the way."""
LAYER_WORDS = {LabelLayer.SEMANTIC: "class", LabelLayer.INSTANCE: "instance"}


class Debt(QObject):
    """Leads through the objects without a label, the biggest first, and counts what is done."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._order: NDArray[np.int64] | None = None
        self._at: int | None = None
        self._flight = 0
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.show_progress)
        session = window.session
        session.scene_changed.connect(self._forget)
        session.facts_changed.connect(self._forget_order)
        for signal in (session.scene_changed, session.labels_changed, session.brush_changed):
            signal.connect(self._show_soon)
        session.seen_changed.connect(self._take_seen)
        self._show_soon()

    def _forget(self) -> None:
        self._at = None
        self._flight += 1
        self._forget_order()

    def _forget_order(self) -> None:
        self._order = None

    def _take_seen(self) -> None:
        self._forget_order()
        self.show_progress()

    # how far it has come

    def _show_soon(self, *_: object) -> None:
        if not self._settling.isActive():
            self._settling.start()

    def show_progress(self) -> None:
        """Write into the status bar how much of the current layer is done."""
        labelling, line = self._window.session.labelling, self._window.status_line
        if labelling is None or not labelling.object_count:
            line.show_progress("", "")
            return
        layer = labelling.brush.layer
        done = label_progress(labelling.labels, layer, self._window.session.seen)
        word = LAYER_WORDS[layer]
        tip = f"{done.labelled:,} of {done.objects:,} objects have {_a(word)}."
        if done.pixel_share is not None:
            tip += " Pixels are those of all frames that show an object."
        line.show_progress(f"{done} labelled", f"{tip}\nN leads to the biggest object without {_a(word)}.")

    # from one to the next

    def next(self) -> None:
        """Select the next object without a label, and fly to it."""
        self._step(backwards=False)

    def previous(self) -> None:
        """The other way round."""
        self._step(backwards=True)

    def _step(self, *, backwards: bool) -> None:
        session = self._window.session
        labelling = session.labelling
        if labelling is None:
            return
        layer, order = labelling.brush.layer, self._size_order()
        left_out = self._left_out()
        found = next_unlabelled(
            labelling.labels, layer, order, self._at, left_out=left_out, backwards=backwards
        )
        word = LAYER_WORDS[layer]
        if found is None:
            others = len(unlabelled(labelling.labels, layer, order))
            self._window.tell(
                f"Every object has {_a(word)}"
                if not others
                else f"Every object that is shown and open to strokes has {_a(word)}; "
                f"{others:,} hidden, clipped away, locked or never seen"
            )
            return
        self._at = found
        left = len(unlabelled(labelling.labels, layer, order, left_out))
        session.select([found])
        self._window.tell(f"{self._describe(found)}; {left:,} without {_a(word)}")
        self._fly_to(found)

    def _size_order(self) -> NDArray[np.int64]:
        if self._order is None:
            session = self._window.session
            self._order = size_order(session.object_count, session.seen, session.facts)
        return self._order

    def _left_out(self) -> NDArray[np.bool_] | None:
        """(O,) objects nobody should be led to: hidden, clipped away, locked, or without a place."""
        session = self._window.session
        shown = visible_mask(session.object_count, session.hidden)
        parts = [] if shown is None else [~shown]
        if session.labelling is not None and session.labelling.locked is not None:
            parts.append(session.labelling.locked)
        facts = session.facts
        if facts is not None and len(facts.low) == session.object_count:
            parts.append(np.asarray(~np.isfinite(facts.low).all(axis=1)))
            if session.clip is not None:
                beyond = (facts.low > session.clip.high) | (facts.high < session.clip.low)
                parts.append(np.asarray(beyond.any(axis=1)))
        return np.logical_or.reduce(parts) if parts else None

    def _describe(self, object_id: int) -> str:
        name = self._window.session.object_names[object_id]
        seen = self._window.session.seen
        if seen is None or seen.object_count <= object_id:
            return name
        pixels = int(seen.pixels_of_objects[object_id])
        if not pixels:
            return f"{name}, in no image"
        frames = int(np.count_nonzero(seen.object_ids == object_id))
        return f"{name}, {pixels:,} pixels in {frames:,} frame{'' if frames == 1 else 's'}"

    # flying there

    def _fly_to(self, object_id: int) -> None:
        """Show the frame that shows most of it, and stand where the view does.

        The best place is looked for by a worker; while looking through a camera the frame alone changes.
        """
        window, session = self._window, self._window.session
        seen = session.seen
        best = None if seen is None or seen.object_count <= object_id else seen.best_frame([object_id])
        camera = None if best is None else session.frame_camera(best)
        if best is not None:
            session.show_frame(best)
        if window.looking.is_on and camera is not None:
            return
        facts, scene = session.facts, session.scene
        if facts is None or scene is None or not np.isfinite(facts.low[object_id]).all():
            return
        subject = Subject(object_id, facts.low[object_id], facts.high[object_id])
        view = window.scene_view
        lens, present = view.camera.lens(*PROBE_PX), view.current_camera().position.copy()
        visible, clip = visible_mask(session.object_count, session.untouchable), session.clip
        self._flight += 1
        flight = self._flight

        source = window.painting.picking.whole

        def work(progress: Progress) -> Camera:
            progress.check()
            return best_view(
                subject,
                lens,
                scene.up,
                present,
                frame=camera,
                metres_per_unit=scene.metres_per_unit,
                rays=None if source is None else source.get(progress),
                visible=visible,
                clip=clip,
            )

        window.runner.start(
            window.runner.paint_lane,
            work,
            title="Looking for the best view",
            is_shown=False,
            done=partial(self._arrive, flight),
            failed=window.opening.explain,
        )

    def _arrive(self, flight: int, camera: Camera) -> None:
        if flight == self._flight and not self._window.scene_view.is_held:
            self._window.bookmarks.remember()
            self._window.scene_view.fly_to(camera)


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
