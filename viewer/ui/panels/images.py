"""The images of the current frame, in one to six panes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainterPath, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.app.frame_cache import FrameCache
from viewer.app.pane_pictures import imaging_context, ready_images, ready_picture
from viewer.app.pixel_probe import ENTITIES, image_size, locate, object_at, probe_pixel, probe_words
from viewer.app.session import NOTHING, Session
from viewer.app.settings import Settings
from viewer.app.strokes import StrokeResult
from viewer.errors import FormatError, ViewerError
from viewer.imaging.modality import ImageSet, ImagingContext, Picture
from viewer.imaging.outlines import object_mask, outline
from viewer.imaging.registry import DEFAULT_PANES, MODALITIES, find_modality
from viewer.model.frames import FrameId, FrameSource
from viewer.ui.image_absence import Absence, why_absent
from viewer.ui.image_drawing import outline_path
from viewer.ui.image_menu import open_image_menu
from viewer.ui.image_painting import ImagePainting
from viewer.ui.image_view import ImageView
from viewer.ui.job_runner import JobRunner
from viewer.ui.pan_zoom import PanZoom
from viewer.ui.pane_grid import PANE_COUNTS, PaneGrid
from viewer.ui.pane_loader import PaneLoader
from viewer.ui.parts import listen

DEFAULT_COUNT: Final = 3


class ImagesPanel(QWidget):
    """Panes over one frame; decodes in the frame lane and shows nothing that is out of date."""

    pixel_world = Signal(object)  # PixelHit | None
    pixel_described = Signal(str)  # all that is known of the pixel under the pointer, or nothing
    stroke_previewed = Signal(object)  # StrokeResult of the stroke in hand, None at its end
    frame_shown = Signal(object)  # FrameId, once every pane shows it or says why it cannot

    def __init__(
        self, session: Session, runner: JobRunner, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._loader = PaneLoader(runner, settings.frame_cache_mb)
        self._context = ImagingContext()
        self._waiting: set[int] = set()
        self._direction = 1
        self._last_frame: FrameId | None = None
        self._announced: FrameId | None = None
        self._is_behind = False
        self._outlines: dict[str, tuple[object, QPainterPath | None]] = {}
        self._pan_zoom = PanZoom()
        self.count = DEFAULT_COUNT
        self.panes = [self._make_pane(k) for k in range(max(PANE_COUNTS))]
        self._grid = PaneGrid(self.panes, self)
        self._grid.count_chosen.connect(self.set_count)
        self._grid.link_changed.connect(self._relink)
        self._grid.fit_asked.connect(self.fit)
        self._grid.show_count(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.addWidget(self._grid)
        self.setAccessibleName(self.tr("Images"))
        self._previewed: NDArray[np.int64] = NOTHING
        self.painting = ImagePainting(session, self.panes, lambda: self.cache, self)
        self.painting.previewed.connect(self._show_preview)
        self._recolor_soon = QTimer(self)
        self._recolor_soon.setSingleShot(True)
        self._recolor_soon.setInterval(0)  # one stroke may tell of several changes
        self._recolor_soon.timeout.connect(self.recolor)
        listen(self, session.scene_changed, self._new_scene)
        listen(self, session.frame_changed, self._new_frame)
        listen(self, session.lens_changed, self._lens_changed)
        listen(self, session.labels_changed, self._labels_changed)
        listen(self, session.instances_changed, self._labels_changed)
        listen(self, session.brush_changed, self._brush_changed)
        listen(self, session.selection_changed, self._show_outlines)
        listen(self, session.hovered_changed, self._show_outlines)
        self._new_scene()

    def _make_pane(self, number: int) -> ImageView:
        modality = find_modality(DEFAULT_PANES[number]) or MODALITIES[0]
        pane = ImageView(modality, self)
        pane.modality_chosen.connect(partial(self.set_modality, number))
        pane.style_changed.connect(lambda _: self._refresh(number))
        pane.pixel_hovered.connect(partial(self._hover, number))
        pane.pixel_clicked.connect(self._click)
        pane.canvas.pan_zoom_changed.connect(partial(self._share_pan_zoom, number))
        pane.context_asked.connect(lambda pixel, place: open_image_menu(pane, pixel, place))
        return pane

    # panes

    @property
    def cache(self) -> FrameCache:
        """What is decoded of the open scene."""
        return self._loader.cache

    @property
    def shown_panes(self) -> list[ImageView]:
        return self.panes[: self.count]

    @property
    def is_linked(self) -> bool:
        return self._grid.link.isChecked()

    @property
    def is_current(self) -> bool:
        """True when every pane shows the current frame, or says why it cannot."""
        return not self._waiting

    def set_count(self, count: int) -> None:
        """Show 1 to 6 panes; those taken away keep what they showed."""
        count = min(max(count, 1), len(self.panes))
        if count != self.count:
            self.count = count
            self._grid.show_count(count)
            self._refresh_all()

    def set_modality(self, number: int, key: str) -> None:
        modality = find_modality(key)
        if modality is not None and modality is not self.panes[number].modality:
            self.panes[number].set_modality(modality)
            self._refresh(number)

    def fit(self) -> None:
        """Show the whole picture in every pane."""
        self._pan_zoom = PanZoom()
        for pane in self.panes:
            pane.canvas.set_pan_zoom(self._pan_zoom)

    def minimumSizeHint(self) -> QSize:
        return self._grid.minimumSizeHint()

    # scene and frame

    def _new_scene(self) -> None:
        self._loader.start_scene()
        self._last_frame = None
        self._outlines.clear()
        self._previewed = NOTHING
        self.painting.follow_brush()
        self.fit()
        self._new_frame(self._session.frame)

    def _new_frame(self, frame: FrameId | None) -> None:
        self._loader.stop_prefetch()
        last = self._last_frame
        if frame is not None and last is not None and frame.camera == last.camera:
            self._direction = 1 if frame.frame >= last.frame else -1
        self._last_frame = frame
        self._announced = None
        self._context = imaging_context(self._session, frame)
        self._is_behind = not self.isVisible()
        if self._is_behind:
            self._waiting.clear()
            return  # nobody looks: decoding can wait until someone does
        self._refresh_all()
        images = self._session.images
        if frame is not None and images is not None:
            self._loader.decode_support(images.source, frame, self._show_outlines)
        self._show_outlines()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._new_frame(self._session.frame)

    def _refresh_all(self) -> None:
        self._waiting = set(range(self.count))
        for number in range(self.count):
            self._refresh(number)

    def _refresh(self, number: int) -> None:
        """Bring one pane up to date: at once when everything is at hand, else through a worker."""
        pane, frame, images = self.panes[number], self._session.frame, self._session.images
        if frame is not None and images is not None:
            pane.chooser.set_missing(self._missing_reasons(images.source.modalities(frame)))
        absence = why_absent(self._session, pane.modality, self._context)
        if absence is not None or frame is None or images is None:
            self._tell_absence(number, absence)
            return
        try:
            picture = ready_picture(
                images.source, self.cache, frame, pane.modality, pane.style_value, self._context
            )
        except FormatError as error:
            self._tell_problem(number, error)
            return
        if picture is None:
            self._decode(number, frame, images.source)
            return
        arrays = ready_images(images.source, self.cache, frame, pane.modality) or {}
        self._show_picture(number, frame, picture, arrays)

    def _decode(self, number: int, frame: FrameId, source: FrameSource) -> None:
        pane, context = self.panes[number], self._context
        modality, style = pane.modality, pane.style_value
        self._waiting.add(number)
        pane.show_coming(self.tr("Decoding frame {0}…").format(f"{frame.frame:04d}"))

        def is_wanted() -> bool:
            is_same_look = modality is pane.modality and style == pane.style_value
            return frame == self._session.frame and is_same_look and number < self.count

        def done(arrays: ImageSet, picture: Picture) -> None:
            if not is_wanted():
                return  # it is in the cache, should the user come back
            if modality.follows_labels and context is not self._context:
                picture = modality.picture(arrays, self._context, style)  # the labels changed meanwhile
            self._show_picture(number, frame, picture, arrays)

        def failed(error: ViewerError) -> None:
            if is_wanted():
                self._tell_problem(number, error)

        look = (modality, style)
        self._loader.decode(source, frame, look, context, slot=number, done=done, failed=failed)

    def _show_picture(self, number: int, frame: FrameId, picture: Picture, arrays: ImageSet) -> None:
        size = image_size(self.cache, frame)
        self.panes[number].show_picture(frame, picture, arrays, self._context, size)
        self._show_outlines()
        self._settle(number)

    def _tell_absence(self, number: int, absence: Absence | None) -> None:
        if absence is not None:
            self.panes[number].show_message(absence.icon, absence.text, is_problem=absence.is_problem)
        self._settle(number)

    def _tell_problem(self, number: int, error: ViewerError) -> None:
        self._tell_absence(number, Absence("warning", str(error), is_problem=True))

    def _missing_reasons(self, available: frozenset[str]) -> dict[str, str]:
        reasons = {modality.key: modality.missing(available, self._context) for modality in MODALITIES}
        return {key: reason for key, reason in reasons.items() if reason is not None}

    def _settle(self, number: int) -> None:
        """A pane has said all it can; with the last of them the frame counts as shown."""
        self._waiting.discard(number)
        frame, images = self._session.frame, self._session.images
        if self._waiting or frame is None:
            return
        if self._announced != frame:
            self._announced = frame
            self.frame_shown.emit(frame)
        if images is not None and frame == self._session.frame:
            looks = tuple((pane.modality, pane.style_value) for pane in self.shown_panes)
            self._loader.prefetch(images.source, frame, self._direction, looks, self._context)

    def _lens_changed(self) -> None:
        """Pictures that depend on the lens are drawn anew; the others are at hand."""
        self._context = imaging_context(self._session, self._session.frame)
        if not self._is_behind:
            self._refresh_all()

    # labels, selection and pointer

    def _labels_changed(self, *_: object) -> None:
        if not self._recolor_soon.isActive():
            self._recolor_soon.start()

    def _brush_changed(self) -> None:
        self.painting.follow_brush()
        labelling = self._session.labelling
        if labelling is not None and labelling.table is not self._context.table:
            self._labels_changed()

    def recolor(self) -> None:
        """Draw the panes that follow the labels anew, from what is decoded already."""
        if self._is_behind:
            return
        self._context = imaging_context(self._session, self._session.frame)
        for number, pane in enumerate(self.shown_panes):
            if pane.modality.follows_labels and number not in self._waiting:
                self._refresh(number)

    def _show_outlines(self, *_: object) -> None:
        session, frame = self._session, self._session.frame
        hovered = session.hovered
        marked = [] if hovered is None or hovered in session.selection else [hovered]
        is_previewing = len(self._previewed) > 0
        selected = self._outline("selected", session.selection)
        light = self._outline("hovered", self._previewed if is_previewing else np.array(marked, np.int64))
        for pane in self.shown_panes:
            same = pane.frame == frame
            pane.set_outlines(selected if same else None, light if same else None)

    def _show_preview(self, result: StrokeResult | None) -> None:
        self._previewed = NOTHING if result is None else result.changed
        self._show_outlines()
        self.pixel_described.emit("" if result is None else f"Would change {result.summary}")
        self.stroke_previewed.emit(result)

    def _outline(self, what: str, object_ids: NDArray[np.int64]) -> QPainterPath | None:
        """The outline of objects in the current frame; computed once for all panes."""
        frame, nodes = self._session.frame, self._session.nodes
        image = None if frame is None or nodes is None else self.cache.image(frame, ENTITIES)
        if image is None or nodes is None or not len(object_ids) or image.pixels.dtype.kind not in "iu":
            return None
        wanted = (frame, object_ids.tobytes())
        known, path = self._outlines.get(what, (None, None))
        if known != wanted:
            segments = outline(object_mask(image.pixels, nodes, object_ids))
            path = outline_path(segments) if len(segments) else None
            self._outlines[what] = (wanted, path)
        return path

    def _share_pan_zoom(self, number: int, pan_zoom: PanZoom) -> None:
        self._pan_zoom = pan_zoom
        if self.is_linked:
            for other, pane in enumerate(self.panes):
                if other != number:
                    pane.canvas.set_pan_zoom(pan_zoom)

    def _relink(self, is_linked: bool) -> None:
        if is_linked:
            for pane in self.panes:
                pane.canvas.set_pan_zoom(self._pan_zoom)

    def _hover(self, number: int, frame: FrameId | None, x: int | None, y: int | None) -> None:
        pixel = None if x is None or y is None or frame is None else (x, y)
        for other, pane in enumerate(self.shown_panes):
            if other == number or self.is_linked:
                pane.set_cursor(pixel, is_own=other == number)
        if pixel is None or frame is None:
            self._session.set_hovered(None)
            self.pixel_world.emit(None)
            self.pixel_described.emit("")
            return
        hit = probe_pixel(self._session, self.cache, frame, *pixel)
        self._session.set_hovered(hit.object_id)
        self.pixel_world.emit(hit)
        self.pixel_described.emit(probe_words(self._session, self.cache, self._context, hit))

    def _click(self, frame: FrameId | None, x: int, y: int, keys: Qt.KeyboardModifier) -> None:
        if frame is None:
            return
        object_id = object_at(self._session, self.cache, frame, x, y)
        is_adding = bool(keys & Qt.KeyboardModifier.ControlModifier)
        if object_id is not None and is_adding:
            self._session.toggle_selected(object_id)
        elif not is_adding:
            self._session.select([] if object_id is None else [object_id])

    def show_world_point(self, point: NDArray[np.floating] | None) -> None:
        """Put the panes' crosshair where the frame shows a world point; nowhere when it is hidden there."""
        frame = self._session.frame
        pixel = None
        if point is not None and frame is not None:
            pixel = locate(self._session, self.cache, frame, point)
        for pane in self.shown_panes:
            pane.set_cursor(pixel if pane.frame == frame else None)

    # state

    def save_state(self) -> dict[str, Any]:
        """What to remember, in JSON's types."""
        panes = [pane.save_state() for pane in self.panes]
        return {"count": self.count, "linked": self.is_linked, "panes": panes}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `save_state` gave; whatever is missing or unknown stays as it is."""
        panes = state.get("panes")
        for pane, stored in zip(self.panes, panes if isinstance(panes, list) else [], strict=False):
            if isinstance(stored, dict):
                pane.restore_state(stored)
        self._grid.link.setChecked(bool(state.get("linked", self.is_linked)))
        count = state.get("count")
        if isinstance(count, int) and count in PANE_COUNTS:
            self.count = count
        self._grid.show_count(self.count)
        self._refresh_all()
