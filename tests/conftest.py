"""What every test stands on: its own settings folder, a display, and no leftovers.

The environment is set when this file is imported, before any test module imports Qt or platformdirs.
"""

from __future__ import annotations

import atexit
import gc
import importlib.abc
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

PROJECT_ROOT = Path(__file__).resolve().parents[1]
SCREEN = "1600x1000x24"
DISPLAY_WAIT_S = 20.0
THREAD_WAIT_S = 2.0
pytest_plugins = ["tests.crash_report"]
_XDG_DIRS = ("CONFIG", "CACHE", "DATA", "STATE", "RUNTIME")


def _redirect_user_folders() -> None:
    """Point every per-user folder at one that is removed at the end: tests never touch the user's own."""
    home = Path(tempfile.mkdtemp(prefix="hypersim-viewer-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for kind in _XDG_DIRS:
        folder = home / kind.lower()
        folder.mkdir(mode=0o700)
        os.environ[f"XDG_{kind}_{'DIR' if kind == 'RUNTIME' else 'HOME'}"] = str(folder)


_redirect_user_folders()
os.environ["PYTEST_QT_API"] = "pyside6"
os.environ["QT_QPA_PLATFORM"] = "xcb"
# A fixed scale: what a test clicks on must not depend on the screen of whoever runs it.
os.environ["QT_ENABLE_HIGHDPI_SCALING"] = "0"


# A busy machine is slow without being wrong. Continuous integration tries the same examples every time, so
# that it fails for what a change did and not by chance; elsewhere every run looks for new ones.
hypothesis.settings.register_profile("project", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("project")


class _Display:
    """A virtual X server, started once when the first run of the session needs a display."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> str | None:
        """Start it; the reason as a sentence when that cannot be done."""
        if os.environ.get("DISPLAY") or self._server is not None:
            return None
        program = shutil.which("Xvfb")
        if program is None:
            return "no display, and Xvfb is not installed (Debian and Ubuntu: apt-get install xvfb)"
        read_end, write_end = os.pipe()
        command = [program, "-displayfd", str(write_end), "-screen", "0", SCREEN, "-nolisten", "tcp"]
        self._server = subprocess.Popen(
            command, pass_fds=(write_end,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            number = answer.readline().strip()
        if not number:
            return f"Xvfb ended with exit code {self._server.wait(DISPLAY_WAIT_S)} before it had a display"
        os.environ["DISPLAY"] = f":{number}"
        return None

    def stop(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(DISPLAY_WAIT_S)
            self._server = None


_display = _Display()


def _needs_display(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("gl") is not None or item.get_closest_marker("gui") is not None
    return marked or bool({"qtbot", "qapp"} & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start a display when a test that is going to run needs one; without any, those tests are skipped.

    On continuous integration a missing display is an error: a skipped test would prove nothing there.
    """
    needing = [item for item in items if _needs_display(item)]
    if not needing:
        return
    problem = _display.start()
    if problem is None:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(problem)
    for item in needing:
        item.add_marker(pytest.mark.skip(reason=problem))


def pytest_collection_finish() -> None:
    """Garbage is looked for after each test, by the main thread, which is where Qt's objects must end.

    The thread that talks to the other test processes would else find some while they are being deleted here.
    """
    gc.disable()
    gc.collect()
    gc.freeze()  # the tests themselves: looking takes no time then


def pytest_unconfigure() -> None:
    """The application goes before its display: Xlib ends a process without one, with exit code 1."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    app = None if widgets is None else widgets.QApplication.instance()
    if app is not None:
        app.shutdown()
    _display.stop()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of example data beside the project; the test is skipped where there is none."""
    folder = PROJECT_ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the example data is not beside the project (../shared)")
    return folder


class _Imports(importlib.abc.MetaPathFinder):
    """Finds nothing, but notes what Qt and its users are imported for by other threads than the main one.

    Qt's classes come to be when Python first meets them. Two threads that do so at once end the program, but
    only once in many runs.
    """

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        on_main = threading.current_thread() is threading.main_thread()
        if not on_main and name.startswith(("PySide6", "pyqtgraph", "viewer.ui")):
            self.wrong.append(f"{name} in {threading.current_thread().name}")


_imports = _Imports()
sys.meta_path.insert(0, _imports)


@pytest.fixture(autouse=True)
def _no_qt_imported_by_other_threads() -> Iterator[None]:
    _imports.wrong.clear()
    yield
    assert not _imports.wrong


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_log_records(request: pytest.FixtureRequest) -> Iterator[None]:
    """A log record of WARNING or above fails the test, unless it takes `caplog` and looks for itself."""
    records = _Records()
    logging.getLogger().addHandler(records)
    yield
    logging.getLogger().removeHandler(records)
    if records.messages and "caplog" not in request.fixturenames:
        pytest.fail("unexpected log records:\n" + "\n".join(records.messages), pytrace=False)


@pytest.fixture(autouse=True)
def _no_leftover_threads() -> Iterator[None]:
    """A thread that would keep the program from ending fails the test that started it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREAD_WAIT_S
    left = _new_threads(before)
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = _new_threads(before)
    if left:
        pytest.fail(f"threads still running: {', '.join(sorted(t.name for t in left))}", pytrace=False)


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and not t.daemon and t.is_alive()]


@pytest.fixture(autouse=True)
def _no_leftover_garbage(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    gc.collect(2 if "qapp" in request.fixturenames else 1)


@pytest.fixture(autouse=True)
def _no_leftover_windows() -> Iterator[None]:
    """A window that is still on the screen fails the test that opened it."""
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    app = None if widgets is None else widgets.QApplication.instance()
    if app is None or not hasattr(app, "topLevelWidgets"):
        return
    app.sendPostedEvents(None, 52)  # 52 = QEvent.DeferredDelete: what was sent to deleteLater goes now
    left = [w for w in app.topLevelWidgets() if w.isVisible()]
    names = sorted(f"{type(w).__name__} {w.objectName() or w.windowTitle()!r}" for w in left)
    for window in left:
        window.close()
    if names:
        pytest.fail(f"windows still open: {', '.join(names)}", pytrace=False)
