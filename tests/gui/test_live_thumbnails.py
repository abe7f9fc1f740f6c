"""The filmstrip in the labels being edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, drag, object_in_view, open_scene, settle
from viewer.app.thumbnails import ThumbnailKind
from viewer.model.filters import ALL_FACES
from viewer.model.frames import FrameId
from viewer.model.labels import LabelLayer
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def _photos_first() -> Iterator[None]:
    QSettings().remove("frames")
    yield
    QSettings().remove("frames")


def pixels(picture: QImage) -> np.ndarray:
    rgb = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return rows[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).copy()


def choose(window: MainWindow, kind: ThumbnailKind) -> None:
    box = window.frames_panel.shows
    box.setFocus()
    QTest.keyClicks(box, kind.value[:2])
    QApplication.processEvents()
    if box.currentText() != kind.value:
        box.setCurrentText(kind.value)
    box.activated.emit(box.currentIndex())


def test_small_pictures_follow_every_stroke(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    session, labelling = window.session, window.session.labelling
    thumbnails = window.frames_panel.filmstrip.thumbnails
    pictured = [FrameId(thumbnails.timeline.camera, int(frame)) for frame in thumbnails.timeline.pictured[:3]]
    qtbot.waitUntil(lambda: thumbnails.picture(pictured[0]) is not None, timeout=PATIENCE_MS)
    photo = pixels(thumbnails.picture(pictured[0]))

    choose(window, ThumbnailKind.CLASS)
    qtbot.waitUntil(
        lambda: all(thumbnails.picture(frame) is not None for frame in pictured), timeout=PATIENCE_MS
    )
    before = [pixels(thumbnails.picture(frame)) for frame in pictured]
    assert not np.array_equal(before[0], photo)

    target, spot = object_in_view(window)
    labelling.set_brush(class_id=39, filters=ALL_FACES)
    drag(window, spot, spot, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: labelling.labels.semantic[target] == 39, timeout=PATIENCE_MS)
    QApplication.processEvents()
    assert thumbnails.is_idle, "nothing is decoded for a stroke"
    color = labelling.table.get(39).color
    for frame, old in zip(pictured, before, strict=True):
        new = pixels(thumbnails.picture(frame))
        objects = thumbnails._objects[frame]
        assert (new[objects == target] == color).all()
        assert np.array_equal(new[objects != target], old[objects != target])
    labelling.undo()
    QApplication.processEvents()
    assert np.array_equal(pixels(thumbnails.picture(pictured[0])), before[0])

    choose(window, ThumbnailKind.INSTANCE)
    settle(qtbot, window)
    labelling.assign([target], 1, LabelLayer.INSTANCE)
    labelling.set_instance_color(1, (1, 2, 3))
    QApplication.processEvents()
    new = pixels(thumbnails.picture(pictured[0]))
    objects = thumbnails._objects[pictured[0]]
    assert (new[np.isin(objects, np.flatnonzero(labelling.labels.instance == 1))] == (1, 2, 3)).all()
    session.replace_scene(None)
    assert thumbnails.kind is ThumbnailKind.PHOTO
