"""The images of the current frame, in one to six panes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.app.frame_cache import FrameCache
from viewer.app.pane_pictures import imaging_context, ready_images, ready_picture
from viewer.app.pixel_probe import PixelHit, image_size, object_at, probe_pixel, probe_words, support_keys
from viewer.app.session import NOTHING, Session
from viewer.app.settings import Settings
from viewer.app.strokes import StrokeResult
from viewer.errors import FormatError, ViewerError
from viewer.geometry.ray_scene import RayScene
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture
from viewer.imaging.registry import DEFAULT_PANES, MODALITIES, find_modality
from viewer.model.frames import FrameId, FrameSource
from viewer.ui.image_absence import Absence, missing_reasons, why_absent
from viewer.ui.image_marks import ImageMarks, Marked
from viewer.ui.image_menu import open_image_menu
from viewer.ui.image_painting import ImagePainting
from viewer.ui.image_view import ImageView
from viewer.ui.job_runner import JobRunner
from viewer.ui.pan_zoom import PanZoom
from viewer.ui.pane_grid import PANE_COUNTS, PaneGrid
from viewer.ui.pane_loader import PaneLoader
from viewer.ui.parts import listen
from viewer.ui.together import Together
from viewer.ui.watch import Watch

DEFAULT_COUNT: Final = 3


class ImagesPanel(QWidget):
    """Panes over the current frame, or frames pinned to them.

    Decodes in the frame lane and shows nothing that is out of date.
    """

    pixel_world = Signal(object)  # PixelHit | None
    pixel_described = Signal(str)  # all that is known of the pixel under the pointer, or nothing
    stroke_previewed = Signal(object)  # StrokeResult of the stroke in hand, None at its end
    frame_shown = Signal(object)  # FrameId, once every pane shows it or says why it cannot
    compare_asked = Signal()
    probe_asked = Signal(object, int, int)  # FrameId, x, y

    def __init__(
        self, session: Session, runner: JobRunner, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.loader = PaneLoader(runner, settings.frame_cache_mb)
        self._contexts: dict[str, ImagingContext] = {}
        self._colored: ImagingContext | None = None  # any with the colors of the labels as they are now
        self.rays: Callable[[FrameId], RayScene | None] = lambda _frame: None
        """The mesh, for places of pixels that no image tells."""
        self._together = Together(self)
        self._watch = Watch(self, lambda: self._new_frame(session.frame))
        self._direction = 1
        self._last_frame: FrameId | None = None
        self._announced: FrameId | None = None
        self.pan_zoom = PanZoom()
        self.count = DEFAULT_COUNT
        self.panes = [self._make_pane(k) for k in range(max(PANE_COUNTS))]
        self._grid = PaneGrid(self.panes, self)
        self._grid.count_chosen.connect(self.set_count)
        self._grid.link_changed.connect(lambda _: self.take_pan_zoom(self.pan_zoom))
        self._grid.fit_asked.connect(self.fit)
        self._grid.compare_asked.connect(self.compare_asked)
        self._grid.show_count(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.addWidget(self._grid)
        self.setAccessibleName(self.tr("Images"))
        self.marks = ImageMarks(session, lambda: self.shown_panes, lambda: self.cache)
        self.frame_shown.connect(lambda _: self.marks.hover_again(self.hover))
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
        for signal in (session.selection_changed, session.hovered_changed):
            listen(self, signal, self._show_outlines)
        self._new_scene()

    def _make_pane(self, number: int) -> ImageView:
        modality = find_modality(DEFAULT_PANES[number]) or MODALITIES[0]
        pane = ImageView(modality, self)
        pane.modality_chosen.connect(partial(self.set_modality, number))
        pane.pin_asked.connect(lambda on: self.pin(number, self.frame_of(number) if on else None))
        pane.style_changed.connect(lambda _: self._refresh(number))
        pane.pixel_hovered.connect(partial(self.hover, pane))
        pane.pixel_clicked.connect(self.click)
        pane.canvas.pan_zoom_changed.connect(lambda pan_zoom: self.take_pan_zoom(pan_zoom, pane))
        pane.context_asked.connect(lambda pixel, at: open_image_menu(pane, pixel, at, self.probe_asked.emit))
        return pane

    # panes

    def forget_decoded(self) -> None:
        """Decode everything anew from now on."""
        self.loader.start_scene()

    @property
    def cache(self) -> FrameCache:
        """What is decoded of the open scene."""
        return self.loader.cache

    @property
    def shown_panes(self) -> list[ImageView]:
        return self.panes[: self.count]

    @property
    def is_linked(self) -> bool:
        return self._grid.link.isChecked()

    @property
    def is_current(self) -> bool:
        """True when every pane shows the current frame, or says why it cannot."""
        return not self._together.waiting

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

    def frame_of(self, number: int) -> FrameId | None:
        """The frame a pane is to show: the one pinned to it, else the current one."""
        return self.panes[number].pinned or self._session.frame

    def pin(self, number: int, frame: FrameId | None) -> None:
        """Keep a frame in a pane; None lets it follow the current one again."""
        if frame != self.panes[number].pinned:
            self.panes[number].set_pinned(frame)
            self._refresh(number)

    def pin_beside(self, frame: FrameId) -> None:
        """Keep a frame in a pane of its own, beside those there are."""
        first = self.panes[0].modality.key
        self.set_count(next((count for count in PANE_COUNTS if count > self.count), self.count))
        self.set_modality(self.count - 1, first)
        self.pin(self.count - 1, frame)

    def context_of(self, frame: FrameId | None) -> ImagingContext:
        """What the pictures of a frame depend on besides its images."""
        camera = "" if frame is None else frame.camera
        if camera not in self._contexts:
            self._contexts[camera] = self._colored = imaging_context(self._session, frame, self._colored)
        return self._contexts[camera]

    def style_of(self, modality: Modality[Any]) -> Any:
        """How the panes show a modality."""
        known = (pane.styles[modality.key] for pane in self.panes if modality.key in pane.styles)
        return next(known, modality.default_style)

    def fit(self) -> None:
        """Show the whole picture in every pane."""
        self.pan_zoom = PanZoom()
        for pane in self.panes:
            pane.canvas.set_pan_zoom(self.pan_zoom)

    def minimumSizeHint(self) -> QSize:
        return self._grid.minimumSizeHint()

    # scene and frame

    def _new_scene(self) -> None:
        self.loader.start_scene()
        self._last_frame = self._colored = None
        self.marks.forget()
        for pane in self.panes:
            pane.set_pinned(None)
        self.painting.follow_brush()
        self.fit()
        self._new_frame(self._session.frame)

    def _new_frame(self, frame: FrameId | None) -> None:
        self.loader.stop_prefetch()
        last = self._last_frame
        if frame is not None and last is not None and frame.camera == last.camera:
            self._direction = 1 if frame.frame >= last.frame else -1
        self._last_frame = frame
        self._announced = None
        self._contexts.clear()
        if self._watch.misses():
            self._together.start(())
            return
        self._refresh_all()
        self.marks.show_outlines()

    def _refresh_all(self) -> None:
        frames = [self.frame_of(number) for number in range(self.count)]
        waiting = [k for k, pane in enumerate(self.shown_panes) if not pane.shows_pinned]
        self._together.start(waiting)
        for frame in dict.fromkeys((self._session.frame, *frames)):
            self._decode_support(frame)
        for number in waiting:
            self._refresh(number)
        self._tell_if_settled()

    def _decode_support(self, frame: FrameId | None) -> None:
        images = self._session.images
        if frame is not None and images is not None:
            slot = None if frame == self._session.frame else frame
            wanted = support_keys(self._session, frame)
            self.loader.decode_support(images.source, frame, wanted, self.marks.show_again, slot=slot)

    def _refresh(self, number: int) -> None:
        """Bring one pane up to date: at once when everything is at hand, else through a worker."""
        pane, frame, images = self.panes[number], self.frame_of(number), self._session.images
        context = self.context_of(frame)
        if frame is not None and images is not None:
            pane.chooser.set_missing(missing_reasons(images.source.modalities(frame), context))
            if pane.pinned is not None:
                self._decode_support(frame)
        absence = why_absent(self._session, frame, pane.modality, context)
        if absence is not None or frame is None or images is None:
            self._tell_absence(number, absence)
            return
        try:
            picture = ready_picture(
                images.source, self.cache, frame, pane.modality, pane.style_value, context
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
        pane, context = self.panes[number], self.context_of(frame)
        modality, style = pane.modality, pane.style_value
        self._together.expect(number)
        pane.show_coming(self.tr("Decoding frame {0}…").format(f"{frame.frame:04d}"))

        def is_wanted() -> bool:
            is_same_look = modality is pane.modality and style == pane.style_value
            return frame == self.frame_of(number) and is_same_look and number < self.count

        def done(arrays: ImageSet, picture: Picture) -> None:
            if not is_wanted():
                return  # it is in the cache, should the user come back
            if modality.follows_labels and context is not self.context_of(frame):
                picture = modality.picture(arrays, self.context_of(frame), style)  # labels changed meanwhile
            self._show_picture(number, frame, picture, arrays)

        def failed(error: ViewerError) -> None:
            if is_wanted():
                self._tell_problem(number, error)

        arrival = partial(self._together.arrival, number)
        look = (modality, style)
        self.loader.decode(
            source, frame, look, context, slot=number, done=arrival(done), failed=arrival(failed)
        )

    def _show_picture(self, number: int, frame: FrameId, picture: Picture, arrays: ImageSet) -> None:
        size = image_size(self.cache, frame)
        self.panes[number].show_picture(frame, picture, arrays, self.context_of(frame), size)
        self.marks.show_outlines()
        self._settle(number)

    def _tell_absence(self, number: int, absence: Absence | None) -> None:
        if absence is not None:
            self.panes[number].show_message(absence.icon, absence.text, is_problem=absence.is_problem)
        self._settle(number)

    def _tell_problem(self, number: int, error: ViewerError) -> None:
        self._tell_absence(number, Absence("warning", str(error), is_problem=True))

    def _settle(self, number: int) -> None:
        """A pane has said all it can."""
        self._together.settle(number)
        self._tell_if_settled()

    def _tell_if_settled(self) -> None:
        """With the last of the panes the frame counts as shown, and its neighbours are decoded."""
        frame, images = self._session.frame, self._session.images
        if self._together.waiting or frame is None:
            return
        if self._announced != frame:
            self._announced = frame
            self.frame_shown.emit(frame)
        if images is not None and frame == self._session.frame:
            following = [pane for pane in self.shown_panes if pane.pinned is None]
            looks = tuple((pane.modality, pane.style_value) for pane in following)
            support, context = support_keys(self._session, frame), self.context_of(frame)
            self.loader.prefetch(images.source, frame, self._direction, looks, support, context)

    def _lens_changed(self) -> None:
        """Pictures that depend on the lens are drawn anew; the others are at hand."""
        self._contexts.clear()
        if not self._watch.misses():
            for number in range(self.count):
                self._refresh(number)

    # labels, selection and pointer

    def _labels_changed(self, *_: object) -> None:
        self._colored = None
        self._recolor_soon.start()

    def _brush_changed(self) -> None:
        self.painting.follow_brush()
        labelling = self._session.labelling
        if labelling is not None and labelling.table is not self.context_of(self._session.frame).table:
            self._labels_changed()

    def recolor(self) -> None:
        """Draw the panes that follow the labels anew, from what is decoded already."""
        if self._watch.misses():
            return
        self._contexts.clear()
        self._colored = None
        for number, pane in enumerate(self.shown_panes):
            if pane.modality.follows_labels and number not in self._together.waiting:
                self._refresh(number)

    def _show_outlines(self, *_: object) -> None:
        if self.marks.also or not self._watch.misses():
            self.marks.show_outlines()

    def _show_preview(self, result: StrokeResult | None) -> None:
        self.marks.previewed = NOTHING if result is None else result.changed
        self.marks.show_outlines()
        self.pixel_described.emit("" if result is None else f"Would change {result.summary}")
        self.stroke_previewed.emit(result)

    def take_pan_zoom(self, pan_zoom: PanZoom, pane: ImageView | None = None) -> None:
        """Zoom and pan the panes alike, after the user moved one of them or something beside them."""
        self.pan_zoom = pan_zoom
        if self.is_linked:
            for other in self.panes:
                if other is not pane:
                    other.canvas.set_pan_zoom(pan_zoom)

    def hover(self, pane: Marked, frame: FrameId | None, x: int | None, y: int | None) -> None:
        """The pointer is on a pixel of a frame: show what it means, here and in the world."""
        hit: PixelHit | None = None
        if x is not None and y is not None and frame is not None:
            hit = probe_pixel(self._session, self.cache, frame, x, y, self.rays(frame))
        self.marks.show_pixel(pane, hit, is_linked=self.is_linked)
        self._session.set_hovered(None if hit is None else hit.object_id)
        self.pixel_world.emit(hit)
        words = "" if hit is None else probe_words(self._session, self.cache, self.context_of(frame), hit)
        self.pixel_described.emit(words)

    def click(self, frame: FrameId | None, x: int, y: int, keys: Qt.KeyboardModifier) -> None:
        """Select what a pixel shows."""
        if frame is None:
            return
        object_id = object_at(self._session, self.cache, frame, x, y)
        is_adding = bool(keys & Qt.KeyboardModifier.ControlModifier)
        if object_id is not None and is_adding:
            self._session.toggle_selected(object_id)
        elif not is_adding:
            self._session.select([] if object_id is None else [object_id])

    # state

    def save_state(self) -> dict[str, Any]:
        """What to remember, in JSON's types."""
        panes = [pane.save_state() for pane in self.panes]
        return {"count": self.count, "linked": self.is_linked, "panes": panes}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `save_state` gave; whatever is missing or unknown stays as it is."""
        panes = state.get("panes")
        for pane, stored in zip(self.panes, panes if isinstance(panes, list) else [], strict=False):
            pane.restore_state(stored)
        self._grid.link.setChecked(bool(state.get("linked", self.is_linked)))
        self.count = state["count"] if state.get("count") in PANE_COUNTS else self.count
        self._grid.show_count(self.count)
        self._refresh_all()
