"""Instance ids: an append-only list, and the endless sequence of colors that belongs to it.

The sequence is the dataset's own: a Mersenne Twister seeded with 0 draws hues until one lies at least 45°
from the one before. Every step is rounded where the published colors show it to be rounded, so that all of
them come out equal.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import LabelError

RGB = tuple[int, int, int]

LARGEST_INSTANCE_ID = 1_000_000
"""Far above any real scene (the largest published id is 4,166): a stray huge id must not cost minutes."""
NEAREST_HUES_RADIANS = 45.0 * (math.pi / 180.0)
_LARGEST_BELOW_1 = math.nextafter(1.0, 0.0)
_f32 = np.float32


class _ColorSequence:
    """Colors of ids 1, 2, 3, …, computed as far as somebody has asked."""

    def __init__(self) -> None:
        self._generator: np.random.RandomState | None = None  # NumPy takes long to import it
        self._draws: list[int] = []
        self._rows = np.full((64, 3), -1, np.int64)
        self._extending = threading.Lock()  # workers ask as well
        self._known = 0  # ids 1 .. _known are in _rows

    def rows(self, count: int) -> NDArray[np.int64]:
        """(count + 1, 3), row 0 = -1; a view that must not be written to."""
        if count > self._known:
            with self._extending:
                self._extend(count)
        return self._rows[: count + 1]

    def _extend(self, count: int) -> None:
        if count >= len(self._rows):
            grown = np.full((max(count + 1, 2 * len(self._rows)), 3), -1, np.int64)
            grown[: len(self._rows)] = self._rows
            self._rows = grown
        for instance_id in range(self._known + 1, count + 1):
            if instance_id == 1:
                color = _color_from_hsv(self._draw_hue(), _f32(0.8), _f32(1.0))
            else:
                color = self._next_color(instance_id)
            self._rows[instance_id] = color
            self._known = instance_id

    def _next_color(self, instance_id: int) -> RGB:
        red, green, blue = self._rows[instance_id - 1].tolist()
        previous = _angle(_hue_of(red, green, blue))
        while True:
            hue = self._draw_hue()
            if _angle_between(_angle(hue), previous) >= NEAREST_HUES_RADIANS:
                return _color_from_hsv(hue, _f32(1.0), _f32(0.8))

    def _draw_hue(self) -> np.float32:
        if not self._draws:
            if self._generator is None:
                self._generator = np.random.RandomState(0)
            words = np.frombuffer(self._generator.bytes(4 * 512), "<u4")
            self._draws = words[::-1].tolist()
        low, high = self._draws.pop(), self._draws.pop()
        uniform = (low + high * 4294967296.0) / 18446744073709551616.0
        return _f32(min(uniform, _LARGEST_BELOW_1))


def _angle(hue: np.float32) -> float:
    return float(_f32(2) * hue) * math.pi


def _angle_between(a: float, b: float) -> float:
    cosine = math.cos(a) * math.cos(b) + math.sin(a) * math.sin(b)
    return math.acos(min(max(cosine, -1.0), 1.0))


def _color_from_hsv(hue: np.float32, saturation: np.float32, value: np.float32) -> RGB:
    """RGB 0..255, every step in float32, channels truncated."""
    one = _f32(1)
    sixth = _f32(math.fmod(hue, 1.0)) / (_f32(60) / _f32(360))
    sector = int(sixth)
    rest = sixth - _f32(sector)
    p = value * (one - saturation)
    q = value * (one - saturation * rest)
    t = value * (one - saturation * (one - rest))
    channels = ((value, t, p), (q, value, p), (p, value, t), (p, q, value), (t, p, value), (value, p, q))
    red, green, blue = channels[min(sector, 5)]
    return int(red * _f32(255)), int(green * _f32(255)), int(blue * _f32(255))


def _hue_of(red_byte: int, green_byte: int, blue_byte: int) -> np.float32:
    red, green, blue = _f32(red_byte) / _f32(255), _f32(green_byte) / _f32(255), _f32(blue_byte) / _f32(255)
    offset = _f32(0)
    if green < blue:
        green, blue, offset = blue, green, _f32(-1)
    if red < green:
        red, green, offset = green, red, _f32(-2) / _f32(6) - offset
    chroma = red - min(green, blue)
    return _f32(abs(offset + (green - blue) / (_f32(6) * chroma + _f32(1e-20))))


_SEQUENCE = _ColorSequence()
"""One for the whole program: it never differs, and ids are only ever added to what is known of it."""


def sequence_colors(count: int) -> NDArray[np.int64]:
    """(count + 1, 3) RGB 0..255 of ids 1..count as the dataset colors them; row 0 = -1."""
    return _SEQUENCE.rows(count).copy()


class InstanceIds:
    """The instance ids created so far: 1..count, each with a color and a name.

    Ids are never taken away, but for `rebuild`, which starts the list anew. Colors of ids that labels use
    though they were never created are known as well.
    """

    def __init__(self, count: int = 1) -> None:
        self._count = _checked_count(count)
        self._own_colors: dict[int, RGB] = {}
        self._own_names: dict[int, str] = {}

    @property
    def count(self) -> int:
        """How many ids exist; the newest is this number."""
        return self._count

    @property
    def own_colors(self) -> Mapping[int, RGB]:
        """Colors somebody chose instead of the sequence's."""
        return self._own_colors

    @property
    def own_names(self) -> Mapping[int, str]:
        """Names somebody chose."""
        return self._own_names

    def create(self, how_many: int = 1) -> int:
        """Add ids; gives the newest."""
        self._count = _checked_count(self._count + how_many)
        return self._count

    def rebuild(self, count: int) -> None:
        """Start the list anew with ids 1..count, in the sequence's colors and without names."""
        self._count = _checked_count(count)
        self._own_colors.clear()
        self._own_names.clear()

    def color_of(self, instance_id: int) -> RGB:
        """RGB 0..255 of any id of 1 or more."""
        own = self._own_colors.get(instance_id)
        if own is not None:
            return own
        _check_id(instance_id)
        red, green, blue = _SEQUENCE.rows(instance_id)[instance_id].tolist()
        return red, green, blue

    def set_color(self, instance_id: int, rgb: RGB | None) -> None:
        """Choose a color; None goes back to the sequence's."""
        _check_id(instance_id)
        if rgb is None or tuple(rgb) == tuple(_SEQUENCE.rows(instance_id)[instance_id].tolist()):
            self._own_colors.pop(instance_id, None)
        else:
            red, green, blue = (min(max(int(channel), 0), 255) for channel in rgb)
            self._own_colors[instance_id] = (red, green, blue)

    def name_of(self, instance_id: int) -> str:
        return self._own_names.get(instance_id, f"instance {instance_id}")

    def set_name(self, instance_id: int, name: str | None) -> None:
        """Choose a name; None or nothing but blanks goes back to the number."""
        _check_id(instance_id)
        text = "" if name is None else " ".join(name.split())
        if text:
            self._own_names[instance_id] = text
        else:
            self._own_names.pop(instance_id, None)

    def colors_of(self, instance_ids: ArrayLike) -> NDArray[np.int64]:
        """(K, 3) RGB 0..255 of ids of 1 or more, (K,)."""
        ids = np.asarray(instance_ids, np.int64)
        largest = int(ids.max(initial=0))
        if len(ids) and not (ids.min() >= 1 and largest <= LARGEST_INSTANCE_ID):
            raise LabelError(
                f"expected instance ids 1 to {LARGEST_INSTANCE_ID}, found {ids.min()}..{largest}"
            )
        colors = _SEQUENCE.rows(largest)[ids]
        if self._own_colors:
            for row in np.flatnonzero(np.isin(ids, list(self._own_colors))):
                colors[row] = self._own_colors[int(ids[row])]
        return colors

    def color_rows(self, count: int | None = None) -> NDArray[np.int64]:
        """(K + 1, 3) RGB 0..255 of ids 0..K, row 0 = -1; K is the number of ids unless given."""
        last = self._count if count is None else _checked_count(count)
        rows = sequence_colors(last)
        for instance_id, rgb in self._own_colors.items():
            if instance_id <= last:
                rows[instance_id] = rgb
        return rows

    def copy(self) -> InstanceIds:
        """A list of its own with the same ids, colors and names."""
        twin = InstanceIds(self._count)
        twin._own_colors = dict(self._own_colors)
        twin._own_names = dict(self._own_names)
        return twin


def _check_id(instance_id: int) -> None:
    if not 1 <= instance_id <= LARGEST_INSTANCE_ID:
        raise LabelError(f"expected an instance id from 1 to {LARGEST_INSTANCE_ID}, found {instance_id}")


def _checked_count(count: int) -> int:
    _check_id(count)
    return int(count)
