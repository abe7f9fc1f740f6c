"""Videos: H.264 in MP4, which every player and slide program shows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from viewer.errors import SaveError, ViewerError
from viewer.formats.atomic_file import removing, save_error, temporary_beside

_QUALITY = {"crf": "18", "preset": "medium"}
"""x264's constant quality at which edges of drawn surfaces show no blocks."""
LARGEST_SIDE = 8192
_FPS_PRECISION = 1001
_BT709, _LIMITED_RANGE = 1, 1  # as H.264 counts them


def check_video_size(width: int, height: int) -> None:
    """Raise ViewerError for sizes that H.264 with halved colors cannot have."""
    if width % 2 or height % 2 or not 16 <= min(width, height) <= max(width, height) <= LARGEST_SIDE:
        raise ViewerError(
            f"expected a video of even width and height, 16 to {LARGEST_SIDE}, found {width} by {height}"
        )


class VideoFile:
    """Writes pictures one by one; the file appears, whole, when the block ends well. One thread at a time.

    Raises ViewerError for a size or a kind of file that cannot be, SaveError when the disk does not take it.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        check_video_size(*size)
        if path.suffix.lower() != ".mp4":
            raise ViewerError(f"expected a name that ends in .mp4, found '{path.name}'", path=path)
        self._path, self._size = path, size
        self._temporary = temporary_beside(path).with_suffix(".mp4")
        self._rate = Fraction(fps).limit_denominator(_FPS_PRECISION)
        self._open()

    def _open(self) -> None:
        import av  # takes a tenth of a second

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._container = av.open(str(self._temporary), "w", options={"movflags": "+faststart"})
        except OSError as error:
            raise save_error(error, self._path) from error
        try:
            self._stream = self._container.add_stream("libx264", self._rate, options=dict(_QUALITY))
        except ValueError as error:
            self.abandon()
            raise ViewerError("this build of FFmpeg cannot write H.264", hint="install av anew") from error
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        # said outright, for players guess by the size
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _LIMITED_RANGE

    def write(self, picture: NDArray[np.uint8]) -> None:
        """Append a picture (H, W, 3 or 4) of the video's size; transparency is left out."""
        import av

        rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[..., :3]), format="rgb24")
        frame = rgb.reformat(format="yuv420p", dst_colorspace="ITU709")
        with self._writing():
            self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Close the file and put it in its place."""
        with self._writing(), removing([self._temporary]):
            self._container.mux(self._stream.encode(None))
            self._container.close()
            self._temporary.replace(self._path)

    def abandon(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(ViewerError), self._writing(), removing([self._temporary]):
            self._container.close()  # to a full disk, perhaps; the file is removed

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn what FFmpeg and the system complain of into our errors."""
        import av

        try:
            yield
        except OSError as error:
            raise save_error(error, self._path) from error
        except av.FFmpegError as error:
            raise SaveError(f"could not be saved: {error.strerror}", path=self._path) from error

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish()
        else:
            self.abandon()
