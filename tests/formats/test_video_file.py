from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from viewer.errors import Cancelled, SaveError, ViewerError
from viewer.formats.video_file import VideoFile

SIZE = (64, 48)


def picture(k: int) -> np.ndarray:
    """Grey, with a bright bar that moves by four pixels a picture."""
    rgba = np.full((SIZE[1], SIZE[0], 4), 60, np.uint8)
    rgba[:, 4 * k : 4 * k + 8] = (220, 40, 40, 255)
    return rgba


def decoded(path: Path) -> tuple[list[np.ndarray], float, str]:
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate, name = float(stream.average_rate), stream.codec_context.name
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)], rate, name


def test_every_picture_is_in_the_video_in_order_with_its_colors(tmp_path: Path) -> None:
    path = tmp_path / "new" / "film.mp4"
    with VideoFile(path, SIZE, 12.5) as video:
        for k in range(6):
            video.write(picture(k))
    frames, rate, codec = decoded(path)
    assert (len(frames), rate, codec) == (6, 12.5, "h264")
    for k, frame in enumerate(frames):
        np.testing.assert_allclose(frame[24, 4 * k + 4], (220, 40, 40), atol=8)
        np.testing.assert_allclose(frame[24, 60], (60, 60, 60), atol=8)


def test_a_film_that_is_broken_off_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"old")

    def film() -> None:
        with VideoFile(path, SIZE, 24) as video:
            video.write(picture(0))
            raise Cancelled

    with pytest.raises(Cancelled):
        film()
    assert path.read_bytes() == b"old"
    assert [other.name for other in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (8, 8), (10000, 64)])
def test_sizes_that_cannot_be_are_refused_before_anything_is_drawn(
    size: tuple[int, int], tmp_path: Path
) -> None:
    with pytest.raises(ViewerError, match=f"found {size[0]} by {size[1]}"):
        VideoFile(tmp_path / "film.mp4", size, 24)


def test_another_kind_of_file_and_a_place_that_takes_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(ViewerError, match=r"ends in \.mp4, found 'film\.gif'"):
        VideoFile(tmp_path / "film.gif", SIZE, 24)
    (tmp_path / "a_file").write_text("")
    with pytest.raises(SaveError):
        VideoFile(tmp_path / "a_file" / "film.mp4", SIZE, 24)
