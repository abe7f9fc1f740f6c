"""Start the window: Qt and OpenGL set up in the one order that works, then open what was asked."""

from __future__ import annotations

import ctypes.util
import importlib
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication

from viewer.app.memory import give_back_early
from viewer.app.settings import Settings, load_settings
from viewer.errors import GpuError, ViewerError
from viewer.ui.own_window import allow_own_windows

if TYPE_CHECKING:
    from viewer.app.head_start import HeadStart

log = logging.getLogger(__name__)
SCREENSHOT_POLL_MS = 150
SCREENSHOT_SETTLE_POLLS = 6


def make_application(argv: Sequence[str] = ("hypersim-viewer",)) -> QApplication:
    """The QApplication, with the context sharing and surface format the 3D view needs.

    Contexts must be shared, set before the application exists, or moving a dock destroys the canvas's.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    give_back_early()
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    allow_own_windows()
    surface = QSurfaceFormat()
    # the 3D view smooths its edges itself; the window would pay for them once more with every picture
    surface.setSamples(0)
    QSurfaceFormat.setDefaultFormat(surface)
    QCoreApplication.setOrganizationName("hypersim-viewer")
    QCoreApplication.setApplicationName("hypersim-viewer")
    application = QApplication(list(argv))
    application.setApplicationDisplayName("Hypersim Viewer")
    use_gloo()
    return application


def use_gloo() -> None:
    """Tell vispy which toolkit and which OpenGL functions to use; must come before any canvas."""
    with _libraries_by_name(), _without_downloads():
        import vispy

        vispy.use("pyside6", "gl2")


@contextmanager
def _without_downloads() -> Iterator[None]:
    """Let vispy be imported without what it fetches files from the network with.

    It imports that at once, with all of HTTP, TLS and mail: 25 ms for nothing that is used here. Whoever asks
    vispy for such a file gets it as always.
    """
    name = "vispy.util.fetching"
    stand_in = ModuleType(name)

    def real() -> ModuleType:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return importlib.import_module(name)

    def other(attribute: str) -> object:
        if attribute.startswith("__"):  # the import itself asks for these
            raise AttributeError(attribute)
        return getattr(real(), attribute)

    vars(stand_in)["load_data_file"] = lambda *args, **options: real().load_data_file(*args, **options)
    vars(stand_in)["__getattr__"] = other
    if "vispy" not in sys.modules:
        sys.modules[name] = stand_in
    try:
        yield
    finally:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]


@contextmanager
def _libraries_by_name() -> Iterator[None]:
    """Look for the system's libraries where the loader does, by the names that they have on every Linux.

    Python itself asks a program for a list of all there are and searches that, 7 ms a library.
    """
    ask = ctypes.util.find_library

    def find(name: str) -> str | None:
        usual = f"lib{name}.so.1"
        try:
            ctypes.CDLL(usual)
        except OSError:
            return ask(name)
        return usual

    ctypes.util.find_library = find if sys.platform == "linux" else ask
    try:
        yield
    finally:
        ctypes.util.find_library = ask


def run(
    path: Path | None = None,
    also: Sequence[Path] = (),
    camera: str | None = None,
    frame: int | None = None,
    *,
    read_ahead: Callable[[], HeadStart | None] | None = None,
    sample: bool = False,
    screenshot: Path | None = None,
) -> int:
    """Show the window until it is closed; returns the exit code.

    `read_ahead` begins to read the scene at `path`: once Qt is there, for two threads that import hinder each
    other. With `screenshot`, wait until the scene is complete, write the window's picture to it and leave.
    """
    application = make_application(sys.argv[:1])
    ahead = None if read_ahead is None else read_ahead()
    problem: ViewerError | None = None
    try:
        settings = load_settings()
    except ViewerError as error:
        settings, problem = Settings(), error
    from viewer.ui.main_window import MainWindow

    window = MainWindow(settings, awaits_scene=path is not None)
    sys.excepthook = _Report(window)
    window.show()
    window.opening.extra_roots.extend(also)
    if problem is not None:
        window.banners.show_error(problem)
    if path is not None:
        window.opening.open_path(path, start_at=(camera, frame), ahead=ahead)
    elif sample:
        QTimer.singleShot(0, window.opening.open_sample)
    if screenshot is not None:
        _Photographer(window, screenshot)
    return application.exec()


class _Report:
    """Shows what nobody expected, instead of ending the program."""

    def __init__(self, window: object) -> None:
        self._window = window

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        log.error("unexpected error", exc_info=(kind, error, trace))
        from viewer.ui.main_window import MainWindow

        if isinstance(self._window, MainWindow):
            if isinstance(error, GpuError):
                self._window.banners.show_error(error)
            else:
                self._window.banners.show_unexpected(error)


class _Photographer(QObject):
    """Waits until nothing moves any more, takes the picture and quits."""

    def __init__(self, window: object, target: Path) -> None:
        from viewer.ui.main_window import MainWindow

        if not isinstance(window, MainWindow):
            raise TypeError("expected the main window")
        super().__init__(window)
        self._window = window
        self._target = target
        self._quiet = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(SCREENSHOT_POLL_MS)

    def _look(self) -> None:
        window = self._window
        # a view that is not on screen has no context to upload to
        uploads = window.scene_view.native.isVisible() and window.scene_view.is_uploading
        is_quiet = window.filling.is_done and window.runner.is_idle and not uploads
        self._quiet = self._quiet + 1 if is_quiet else 0
        if self._quiet < SCREENSHOT_SETTLE_POLLS:
            return
        self._timer.stop()
        picture = window.grab()
        self._target.parent.mkdir(parents=True, exist_ok=True)
        saved = picture.save(str(self._target))
        print(f"wrote {os.fspath(self._target)}" if saved else f"could not write {os.fspath(self._target)}")
        QApplication.exit(0 if saved else 1)
