"""Boxes made anew from the window: asked for in the menu, or offered when labels have changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from viewer.app.box_ages import needs_box
from viewer.app.box_choice import boxes_of
from viewer.app.box_fitting import (
    FittedBoxes,
    can_compare_boxes,
    can_fit,
    find_misfits,
    recompute_boxes,
    write_scene_boxes,
)
from viewer.app.strokes import counted
from viewer.jobs.lanes import Job
from viewer.model.boxes import BOX_KINDS, BoxSets, OrientedBoxes
from viewer.ui.once_for import OnceFor

if TYPE_CHECKING:
    from viewer.ui.banner import Banner
    from viewer.ui.main_window import MainWindow


class BoxMaking(QObject):
    """Fits boxes in the background, shows them, and writes their files when that is wanted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._offered = OnceFor()
        self._offer: Banner | None = None
        self._job: Job[FittedBoxes] | None = None
        self._compared = OnceFor()
        session = window.session
        session.labels_changed.connect(self._offer_once)
        session.facts_changed.connect(self._compare)  # by then the first picture is there
        window.layer_styles.changed.connect(lambda key: self._offer_once() if key == "boxes" else None)
        if session.facts is not None:
            self._compare()

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def stale(self, kind: str) -> NDArray[np.int64]:
        """Instances whose box of a kind no longer fits their members."""
        session = self._window.session
        sets = boxes_of(session)
        if session.labelling is None or sets is None:
            return np.empty(0, np.int64)
        boxes = sets.by_kind.get(kind, OrientedBoxes.none())
        instance = session.labelling.labels.instance
        return needs_box(boxes, session.box_ages.stale(kind, instance), instance)

    @property
    def all_stale(self) -> NDArray[np.int64]:
        """Instances with a stale box of any kind."""
        boxes = boxes_of(self._window.session)
        kinds = () if boxes is None else tuple(boxes.by_kind)
        return np.unique(np.concatenate([np.empty(0, np.int64), *(self.stale(kind) for kind in kinds)]))

    def ask(self) -> None:
        """Let the user say which boxes are to be made, and whether they are written."""
        from viewer.ui.dialogs.recompute_boxes import RecomputeBoxesDialog

        session = self._window.session
        scene, labelling = session.scene, session.labelling
        if scene is None or labelling is None:
            return
        if not can_fit(scene):
            self._window.tell("Boxes need a mesh, or images to make points from; the scene has neither")
            return
        sets = boxes_of(session)
        there = () if sets is None else tuple(sets.by_kind)
        has_mesh = session.opened is not None and session.opened.gpu_mesh is not None
        dialog = RecomputeBoxesDialog(
            there or BOX_KINDS,
            len(self.all_stale),
            scene.label_folder,
            fits_points=not has_mesh,
            parent=self._window,
        )
        dialog.chosen.connect(self.make)
        dialog.open()

    def refresh(self) -> None:
        """Fit anew what is stale, of every kind there is; nothing is written."""
        boxes = boxes_of(self._window.session)
        if boxes is not None and len(self.all_stale):
            self.make(tuple(boxes.by_kind), True, None)

    def make(self, kinds: Sequence[str], only_stale: bool, folder: Path | None) -> None:
        """Fit boxes of some kinds in the background; then write their files when a folder is given."""
        if self._job is None:
            self._window.painting.in_turn(lambda: self._start(tuple(kinds), only_stale, folder))

    def _start(self, kinds: tuple[str, ...], only_stale: bool, folder: Path | None) -> None:
        window, session = self._window, self._window.session
        opened, scene, labelling = session.opened, session.scene, session.labelling
        if opened is None or scene is None or labelling is None:
            return
        instance = labelling.labels.instance.copy()
        only = self.all_stale if only_stale else None

        def done(made: FittedBoxes) -> None:
            self._job = None
            if session.opened is opened:
                self._take(made, kinds, only, folder)

        def failed(error: BaseException) -> None:
            self._job = None
            window.opening.explain(error)

        def cancelled() -> None:
            self._job = None
            session.boxes_changed.emit()  # whoever shows that boxes are being made may stop

        self._job = window.runner.start(
            window.runner.compute_lane,
            lambda progress: recompute_boxes(
                scene, instance, kinds, only=only, points=session.points, progress=progress
            ),
            title="Fitting boxes",
            done=done,
            failed=failed,
            cancelled=cancelled,
        )

    def _take(
        self,
        made: FittedBoxes,
        kinds: tuple[str, ...],
        only: NDArray[np.int64] | None,
        folder: Path | None,
    ) -> None:
        window, session = self._window, self._window.session
        sets = boxes_of(session)
        old = {} if sets is None else dict(sets.by_kind)
        for kind in kinds:
            new = made.sets.by_kind[kind]
            old[kind] = new if only is None else old.get(kind, OrientedBoxes.none()).replaced(only, new)
        sets = BoxSets({kind: old[kind] for kind in BOX_KINDS if kind in old})
        if self._offer is not None and self._offer in window.banners.shown:
            window.banners.dismiss(self._offer)
        session.set_boxes(sets, session.box_ages.made(kinds, made.instance))
        boxed = len(made.sets.by_kind[kinds[0]])
        source = "" if made.fitted_to == "mesh" else " to points of the images, for there is no mesh"
        words = f"Fitted {_boxes(boxed)}{source}"
        if folder is None:
            window.tell(words)
            return
        written = BoxSets({kind: sets.by_kind[kind] for kind in kinds})
        largest = int(made.instance.max(initial=0))
        count = largest if session.labelling is None else max(session.labelling.instances.count, largest)
        window.runner.start(
            window.runner.save_lane,
            lambda _progress: write_scene_boxes(folder, written, count),
            title="Writing boxes",
            done=lambda paths: window.tell(f"{words}; {len(paths)} files written to {folder}"),
            failed=window.opening.explain,
        )

    # those of the files

    def _compare(self) -> None:
        """Look in the background whether the boxes that were read fit the labels that were read."""
        window, session = self._window, self._window.session
        opened, read = session.opened, boxes_of(session)
        if (
            opened is None
            or self._compared.is_done(opened)
            or read is None
            or not can_compare_boxes(opened.scene)
        ):
            return
        self._compared.note(opened)

        def done(found: dict[str, NDArray[np.int64]]) -> None:
            if session.opened is opened and boxes_of(session) is read and found:
                session.set_boxes(read, session.box_ages.with_misfits(found))
                self._offer_once()

        window.runner.start(
            window.runner.compute_lane,
            partial(find_misfits, opened.scene),
            title="Comparing boxes with the labels",
            is_shown=False,
            done=done,
            failed=window.opening.explain,
        )

    # the offer

    def _offer_once(self, *_: object) -> None:
        """Say once per scene that boxes on the screen no longer fit, and offer to make them fit."""
        window = self._window
        opened = window.session.opened
        if opened is None or self._offered.is_done(opened) or not window.layer_styles.is_visible("boxes"):
            return
        if not len(self.all_stale) or not can_fit(opened.scene):
            return
        self._offered.note(opened)
        self._offer = window.banners.show_message(
            "info",
            f"Boxes of {counted(len(self.all_stale), 'instance')} no longer fit the labels.",
            hint="they are marked as stale in the list of boxes, and can be recomputed there, too",
            actions=(("Recompute", self.refresh),),
        )


def _boxes(count: int) -> str:
    return "1 box" if count == 1 else f"{count:,} boxes"
