"""Notices when the main thread is busy for so long that the window cannot answer, and with what."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 5
SAMPLE_SECONDS = 0.01
WORTH_A_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Gap:
    """The longest time without an answer: how long, and where the program was then."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0  # of it, what this thread computed; the rest it waited, or others had the cores
    where: str = ""


class Heartbeat(QObject):
    """Beats on the main thread; a thread beside it looks where the main thread is when a beat is late."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._main = threading.get_ident()
        self._beaten_at, self._cpu = time.perf_counter(), time.thread_time()
        self._worst = Gap()
        self._seen = ""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._beaten_at, self._cpu = time.perf_counter(), time.thread_time()
        self._timer.start(BEAT_MS)
        self._watcher.start()

    def stop(self) -> None:
        self._timer.stop()
        self._stop.set()

    def take(self) -> Gap:
        """The longest gap since this was asked last."""
        self._beat()
        worst, self._worst = self._worst, Gap()
        return worst

    def _beat(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        late = now - self._beaten_at
        if late > self._worst.seconds:
            self._worst = Gap(late, cpu - self._cpu, self._seen if late > WORTH_A_LOOK_SECONDS else "")
        self._beaten_at, self._cpu, self._seen = now, cpu, ""

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            if time.perf_counter() - self._beaten_at > WORTH_A_LOOK_SECONDS:
                frame = sys._current_frames().get(self._main)
                if frame is not None:
                    self._seen = where(frame)


def where(frame: FrameType | None, depth: int = 3) -> str:
    """The innermost functions of this program in a stack, the caller last."""
    names: list[str] = []
    while frame is not None and len(names) < depth:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("viewer.") and module != __name__:
            names.append(f"{module.removeprefix('viewer.')}.{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    return " < ".join(names)
