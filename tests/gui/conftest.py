"""The application and the furnished scene that tests of the window stand on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.ui.main_window import MainWindow
from viewer.ui.start import make_application

PATIENCE_MS = 60_000


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The real application: contexts shared and formats set before it exists."""
    return make_application()


@pytest.fixture(autouse=True)
def _new_user(qapp: QApplication) -> None:
    """Docks stand as at the first start, wherever the test before left them."""
    QSettings().clear()


@pytest.fixture(scope="session")
def _furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from viewer.jobs.job import Progress
    from viewer.sample import write_sample

    return write_sample(tmp_path_factory.mktemp("sample"), progress=Progress.silent(), quality="test")


@pytest.fixture
def make_scene(_furnished: Path) -> Callable[[Path], Path]:
    """Copies a small furnished scene into a folder of the test's own."""

    def make(folder: Path) -> Path:
        return shutil.copytree(_furnished, folder / _furnished.name)

    return make


@pytest.fixture(params=["mesh", "points"])
def either_scene(request: pytest.FixtureRequest, make_scene: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A furnished scene, as bought with its mesh and as downloaded without."""
    scene = make_scene(tmp_path)
    return without_mesh(scene) if request.param == "points" else scene


def without_mesh(scene: Path) -> Path:
    """The scene as it is downloaded; its labels stay."""
    for name in ("vertices", "faces_vi", "faces_oi"):
        (scene / "_detail" / "mesh" / f"mesh_{name}.hdf5").unlink()
    return scene


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow()
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    with qtbot.waitActive(window, timeout=PATIENCE_MS):
        pass
    window.filling.finish()
    yield window
    labelling = window.session.labelling
    if labelling is not None:
        labelling.mark_saved()
    window.close()
    window.deleteLater()  # a window with a scene takes 170 MB
