"""Measures the whole window on a scene: what a user waits for, in the order in which it happens."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from viewer.app.head_start import HeadStart
from viewer.app.labelling import Labelling
from viewer.app.memory import peak_memory_mb, seconds_since_start
from viewer.app.painting import RayPicker, visible_mask
from viewer.app.settings import Settings
from viewer.errors import ViewerError
from viewer.model.filters import ALL_FACES
from viewer.model.frames import FrameId
from viewer.model.labels import LabelLayer
from viewer.model.mesh import Mesh
from viewer.render.orbit_camera import ViewState
from viewer.tools.tool import Gesture
from viewer.ui.heartbeat import Heartbeat
from viewer.ui.main_window import MainWindow
from viewer.ui.painting import KnownHits

if TYPE_CHECKING:
    from viewer.geometry.ray_scene import RayScene
    from viewer.ui.bench_result import BenchResult

PATIENCE_S: Final = 180.0
ORBIT_PICTURES: Final = 30
FULL_PICTURES: Final = 6
REPEATS: Final = 5
STEPS: Final = 6
REST_S: Final = 1.0
PUT_OFF_S: Final = 0.3
"""What is put off until pictures are shown has begun by then: marks, neighbors of a frame."""


def _median_ms(seconds: list[float]) -> float:
    # Python's own module for medians brings others, for which every measured start would wait
    return float(np.median(seconds)) * 1e3


class Bench:
    """Drives one window through everything; `run` blocks until it is done, with Qt's events served."""

    def __init__(
        self, path: Path, ahead: HeadStart, size: tuple[int, int], tell: Callable[[str], None]
    ) -> None:
        self._path, self._ahead = path, ahead
        self._tell = tell
        self._size = size
        self.result: BenchResult
        """What is known so far, from the first picture on."""
        self._window = MainWindow(Settings(), awaits_scene=True)
        self._window.resize(*size)
        self._view = self._window.scene_view
        self._heart = Heartbeat(self._window)
        self._pictures = 0
        self._problem: ViewerError | None = None
        self._view.frame_drawn.connect(self._count)

    def run(self) -> BenchResult:
        """Measure. Raises ViewerError when the scene cannot be opened or the graphics cannot draw."""
        try:
            for name, step in (
                ("open", self._open),
                ("orbit", self._orbit),
                ("label", self._label),
                ("stroke", self._stroke),
                ("hover", self._hover),
                ("frames", self._frames),
                ("save", self._save),
                ("full", self._orbit_full),
            ):
                self._tell(name)
                if name == "full":
                    # pictures in one go, which users do not get, may need much
                    self.result.peak_mb = peak_memory_mb()
                step()
                if name != "full":
                    self._note_gap(name)
        finally:
            self._heart.stop()
            labelling = self._window.session.labelling
            if labelling is not None:
                labelling.mark_saved()
            self._window.close()
        return self.result

    def _note_gap(self, step: str) -> None:
        gap = self._heart.take()
        self.result.longest_gaps[step] = {
            "ms": round(gap.seconds * 1e3, 1),
            "cpu_ms": round(gap.cpu_seconds * 1e3, 1),
            "where": gap.where,
        }

    # waiting

    def _count(self, _ms: float) -> None:
        self._pictures += 1

    def _wait(self, condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
        until = time.monotonic() + seconds
        while not condition():
            if self._view.error is not None:
                raise self._view.error
            if time.monotonic() > until:
                raise ViewerError("the window did not come to rest", path=self._path)
            # sleeping as the program does, at most until the next heartbeat: workers need the time
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        self._wait(lambda: time.monotonic() > until)

    def _rest(self) -> None:
        """Until the view stands still, whole, and nothing is computed any more."""
        self._wait(lambda: self._is_whole and self._window.runner.is_idle)

    def _rest_for_long(self) -> None:
        self._pause(PUT_OFF_S)
        self._rest()

    @property
    def _is_whole(self) -> bool:
        return not self._view.is_uploading and self._view.is_full_picture

    def _next_picture(self) -> None:
        drawn = self._pictures
        self._wait(lambda: self._pictures > drawn and not self._view.is_behind)

    # the steps

    def _open(self) -> None:
        window = self._window
        window.show()
        self._heart.start()
        settled: list[bool] = []
        window.opening.settled.connect(lambda: settled.append(True))
        window.opening.open_path(self._path, ahead=self._ahead)
        self._wait(lambda: bool(settled))
        scene = window.session.scene
        if scene is None:
            raise ViewerError("the scene could not be opened; its window would say why", path=self._path)
        self._wait(lambda: not self._view.is_uploading and self._pictures > 0)
        self._wait(lambda: self._is_whole)
        first_frame_s = seconds_since_start()
        # not before: who measures a start is not to make it longer
        from viewer.ui.bench_result import BenchResult

        self.result = result = BenchResult.of_start(first_frame_s, self._size)
        mesh = scene.part(Mesh)
        result.scene, result.objects = scene.name, scene.object_count
        result.triangles = 0 if mesh is None else len(mesh.faces)
        result.graphics, result.view_px = self._view.gl_info(), self._view.size
        self._wait(lambda: window.filling.is_done and window.runner.is_idle)
        self._pause(REST_S)
        self._rest()
        result.ready_s = seconds_since_start() - REST_S

    def _places(self, count: int) -> list[ViewState]:
        """Around the middle of the scene, inside it."""
        low, high = self._view.bounds
        size = high - low
        middle = low + size * (0.5, 0.5, 0.35)
        turns = np.linspace(0, 2 * np.pi, 60, endpoint=False)[:count] + 0.4
        up = self._view.get_view().up
        return [
            ViewState(
                tuple((middle + 0.34 * size * (np.cos(a), np.sin(a), 1.0)).tolist()),
                tuple(middle.tolist()),
                up,
            )
            for a in turns
        ]

    def _move(self, places: list[ViewState]) -> list[float]:
        """Seconds from each movement to its picture in the window."""
        seconds = []
        for place in places:
            # what users do comes through the event loop, in turns of its own
            QApplication.processEvents()
            started = time.perf_counter()
            self._view.camera.set_view(place)
            self._view.camera_moved()
            self._next_picture()
            seconds.append(time.perf_counter() - started)
        return seconds

    def _orbit(self) -> None:
        result = self.result
        places = self._places(ORBIT_PICTURES)
        self._move(places[:3])
        seconds = self._move(places)
        moved_at = time.perf_counter()
        self._wait(lambda: self._is_whole)
        result.rest_to_full_s = time.perf_counter() - moved_at
        result.orbit_ms = _median_ms(seconds)
        result.orbit_p95_ms = float(np.percentile(seconds, 95)) * 1e3
        result.peak_looking_mb = peak_memory_mb()

    def _orbit_full(self) -> None:
        budget, places = self._view.movement, self._places(1 + FULL_PICTURES)
        self._rest()
        budget.is_allowed = False
        self._move(places[:1])
        self.result.orbit_full_ms = _median_ms(self._move(places[1:]))
        budget.is_allowed = True
        self._rest()
        self._heart.take()  # that was asked for

    def _label(self) -> None:
        session = self._window.session
        labelling = session.labelling
        if labelling is None or not session.object_count:
            return
        self._window.viewing.color_by_instance()
        self._rest()
        seen = np.unique(self._view.id_buffer().object_ids)
        seen = seen[seen >= 0]
        times = []
        for object_id in seen[:REPEATS].tolist():
            other = 2 if labelling.labels.instance[object_id] == 1 else 1
            started = time.perf_counter()
            labelling.assign([object_id], other, LabelLayer.INSTANCE)
            self._next_picture()
            times.append(time.perf_counter() - started)
        if times:
            self.result.relabel_ms = _median_ms(times)

    def _stroke(self) -> None:
        session, result = self._window.session, self.result
        labelling = session.labelling
        if labelling is None or not session.object_count:
            return
        labelling.set_brush(tool="rectangle", layer=LabelLayer.SEMANTIC, filters=ALL_FACES)
        self._window.painting.picking.wish()
        self._rest()
        rays = self._window.painting.picking.rays
        width, height = self._view.size
        if rays is not None:
            result.click_cpu_ms = self._clicks(labelling, rays)
        labelling.set_brush(class_id=labelling.table.classes[-1].id)
        before = labelling.labels.semantic.copy()
        scale = self._view.pixel_scale
        corner = QPointF((width - 1) / scale, (height - 1) / scale)
        self._mouse(QEvent.Type.MouseButtonPress, QPointF(0, 0))
        for share in (0.3, 0.6, 1.0):
            self._mouse(QEvent.Type.MouseMove, corner * share)
            self._pause(0.05)
        self._pause(REST_S)
        started = time.perf_counter()
        self._mouse(QEvent.Type.MouseButtonRelease, corner)
        self._wait(lambda: not self._window.painting.is_busy)
        result.rectangle_s = time.perf_counter() - started
        result.rectangle_objects = int((labelling.labels.semantic != before).sum())
        self._rest()
        if rays is not None:
            result.rectangle_rays = width * height
            camera = self._view.current_camera()
            visible = visible_mask(session.object_count, session.untouchable)
            started = time.perf_counter()
            self._in_worker(lambda: rays.objects_in_box(camera, (0, 0, width - 1, height - 1), visible))
            result.rays_alone_s = time.perf_counter() - started

    def _clicks(self, labelling: Labelling, rays: RayScene) -> float:
        """Median processor milliseconds of a click's ray, rule and new labels."""
        session = self._window.session
        camera = self._view.current_camera()
        visible = visible_mask(session.object_count, session.untouchable)
        times = []
        for k in range(2 * REPEATS):
            x, y = (int(side * (0.2 + 0.6 * k / (2 * REPEATS))) for side in self._view.size)
            labelling.set_brush(class_id=1 + k % 2)
            gesture = Gesture(np.array([[x, y]], np.int32))
            QApplication.processEvents()
            started = time.thread_time()
            hit = RayPicker(rays, camera, visible).object_at(x, y)
            objects = np.array([hit] if hit >= 0 else [], np.int64)
            labelling.stroke(gesture, KnownHits(rays, camera, visible, objects=objects))
            times.append(time.thread_time() - started)
        return _median_ms(times)

    def _in_worker(self, work: Callable[[], Any]) -> None:
        ended: list[bool] = []
        self._window.runner.start(
            self._window.runner.paint_lane,
            lambda _progress: work(),
            title="Measuring",
            is_shown=False,
            done=lambda _: ended.append(True),
        )
        self._wait(lambda: bool(ended))

    def _mouse(self, kind: QEvent.Type, at: QPointF) -> None:
        native = self._view.native
        is_move = kind is QEvent.Type.MouseMove
        is_release = kind is QEvent.Type.MouseButtonRelease
        QApplication.sendEvent(
            native,
            QMouseEvent(
                kind,
                at,
                QPointF(native.mapToGlobal(at.toPoint())),
                Qt.MouseButton.NoButton if is_move else Qt.MouseButton.LeftButton,
                Qt.MouseButton.NoButton if is_release else Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.ShiftModifier,
            ),
        )

    def _hover(self) -> None:
        ids = self._view.id_buffer().object_ids
        coarse = 8  # positions of all pixels would count as memory of the program
        rows, columns = (coarse * found for found in np.nonzero(ids[::coarse, ::coarse] >= 0))
        if not len(rows):
            return
        times = []
        label = self._window.status_line.hit_text
        for k in np.linspace(0, len(rows) - 1, REPEATS + 2).astype(int)[1:-1]:
            at = (int(columns[k]), int(rows[k]))
            label.clear()
            started = time.perf_counter()
            self._view.pointer_rested.emit(self._view.pick(*at))
            self._wait(lambda: bool(label.text()))
            times.append(time.perf_counter() - started)
            self._pause(0.05)
        self.result.hover_ms = _median_ms(times)
        self._view.pointer_rested.emit(None)

    def _frames(self) -> None:
        session, panel = self._window.session, self._window.images_panel
        images = session.images
        camera = next((name for name in session.camera_names if len(session.frames_of(name)) > 1), None)
        if images is None or camera is None or not panel.isVisible():
            return
        frames = [FrameId(camera, int(number)) for number in session.frames_of(camera)]
        frames = [frame for frame in frames if images.source.modalities(frame)][: 4 * STEPS]
        if len(frames) < 2:
            return
        shown: list[FrameId] = []
        panel.frame_shown.connect(shown.append)
        self.result.panes = panel.count

        def step_to(frame: FrameId) -> float:
            if session.frame == frame:
                return 0.0
            shown.clear()
            started = time.perf_counter()
            session.show_frame(frame)
            self._wait(lambda: frame in shown and all(pane.canvas.is_painted for pane in panel.shown_panes))
            return time.perf_counter() - started

        cold, decode = [], []
        for frame in islice(cycle([*frames[::-2], *frames[-2::-2]]), STEPS):
            if frame == session.frame:
                continue
            self._rest_for_long()
            decode.append(self._decode(frame))
            panel.forget_decoded()
            cold.append(step_to(frame))
        step_to(frames[0])
        prefetched = []
        for frame in frames[1 : 1 + STEPS]:
            self._rest_for_long()
            prefetched.append(step_to(frame))
        self.result.step_prefetched_ms = _median_ms(prefetched)
        if cold:
            self.result.step_cold_ms = _median_ms(cold)
            self.result.step_decode_ms = _median_ms(decode)

    def _decode(self, frame: FrameId) -> float:
        """Seconds that the HDF5 library takes for what the panes show of a frame, in a worker."""
        images = self._window.session.images
        if images is None:
            return 0.0
        # not at the top: the window's start would be measured with it
        from viewer.app.plain_decoding import decode_plainly

        modalities = [pane.modality for pane in self._window.images_panel.shown_panes]
        started = time.perf_counter()
        self._in_worker(lambda: decode_plainly(images.source, frame, modalities))
        return time.perf_counter() - started

    def _save(self) -> None:
        saving = self._window.saving
        labelling = self._window.session.labelling
        if labelling is None:
            return
        self._rest()
        with tempfile.TemporaryDirectory(prefix="hypersim-viewer-bench-") as folder:
            saved: list[Path] = []
            saving.saved.connect(saved.append)
            started = time.perf_counter()
            saving.save_to(Path(folder), overwrite=True)
            self._wait(lambda: bool(saved), seconds=60.0)
            self.result.save_s = time.perf_counter() - started
            self._rest()
