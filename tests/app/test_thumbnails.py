"""Small pictures of objects."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.app.thumbnails import NOTHING_RGB, colored_objects, object_thumbnail
from viewer.errors import FormatError
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, ImageArray
from viewer.model.scene import NodeTable

FRAME = FrameId("cam_00", 0)
NODES = NodeTable(np.array([-1, 0, 2, 2, -1, 1], np.int32), ("", "a", "b", "c", "d", "e"))


class OneFrame:
    """A source of one image of render nodes."""

    def __init__(self, entity_ids: np.ndarray | None) -> None:
        self._entity_ids = entity_ids

    def modalities(self, _frame: FrameId) -> frozenset[str]:
        return frozenset() if self._entity_ids is None else frozenset({"render_entity_id"})

    def read(self, _frame: FrameId, key: str) -> ImageArray:
        if self._entity_ids is None or not self._entity_ids.size:
            raise FormatError("broken")
        return ImageArray(self._entity_ids, key)


def small(entity_ids: np.ndarray | None, width: int) -> np.ndarray | None:
    return object_thumbnail(OneFrame(entity_ids), FRAME, NODES, width, Progress.silent())


def test_every_pixel_tells_an_object_that_is_there() -> None:
    entity_ids = np.repeat(np.repeat(np.array([[1, 2, 3], [5, 4, -1]]), 8, axis=0), 8, axis=1)
    found = small(entity_ids, 6)
    assert found is not None
    assert found.shape == (4, 6)
    assert found.tolist() == [[0, 0, 2, 2, 2, 2]] * 2 + [[1, 1, -1, -1, -1, -1]] * 2


def test_small_images_stay_as_they_are() -> None:
    assert small(np.array([[1, 5]]), 200).tolist() == [[0, 1]]


def test_a_frame_without_ids_has_none() -> None:
    assert small(None, 10) is None


def test_a_broken_file_is_told() -> None:
    with pytest.raises(FormatError):
        small(np.empty((0, 0), np.int64), 10)


def test_objects_get_their_colors_and_unknown_ones_none() -> None:
    rows = np.array([[10, 20, 30, 255], [40, 50, 60, 0]], np.uint8)
    picture = colored_objects(np.array([[0, 1, -1, 7]]), rows)
    assert picture.tolist() == [[[10, 20, 30], [40, 50, 60], list(NOTHING_RGB), list(NOTHING_RGB)]]
    assert picture.dtype == np.uint8
