"""The table of lenses: one row per scene, for many were rendered with a shifted or tilted lens."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.hypersim.layout import CAMERA_PARAMETERS_TABLE
from viewer.formats.hypersim.tables import parse_float, read_lines
from viewer.formats.listing import is_file
from viewer.model.camera import Lens, LensSource

_NEAREST_PARENTS = 3
_PLACES = (CAMERA_PARAMETERS_TABLE, f"contrib/mikeroberts3000/{CAMERA_PARAMETERS_TABLE}")
_CAM_FROM_FILE = np.diag([1.0, -1.0, -1.0])
_LARGEST_SIZE = 65_536  # px


def find_camera_table(places: Iterable[Path], scene_name: str) -> Path | None:
    """The nearest camera table that has a row for the scene, else the nearest of all.

    Tables are looked for in these folders, in up to three above each and in a checkout there; a place may be
    a table itself, whatever it is called.
    """
    found = []
    for place in nearby_folders(places):
        tables = (place,) if is_file(place) else tuple(place / name for name in _PLACES)
        found += [table for table in tables if is_file(table)]
    for table in found:
        try:
            if scene_name in _rows(table):
                return table
        except FormatError:
            continue  # told when it is the only one
    return found[0] if found else None


def nearby_folders(folders: Iterable[Path]) -> tuple[Path, ...]:
    """The folders and up to three above each, nearest first: where tables about whole datasets lie."""
    chains = [(folder, *folder.absolute().parents[:_NEAREST_PARENTS]) for folder in folders]
    longest = max((len(chain) for chain in chains), default=0)
    by_distance = [chain[step] for step in range(longest) for chain in chains if step < len(chain)]
    return tuple(dict.fromkeys(by_distance))


def list_scenes(table_path: Path) -> tuple[str, ...]:
    """Names of the scenes with a row, in the table's order. Raises FormatError."""
    return tuple(_rows(table_path))


def read_lens(table_path: Path, scene_name: str, size: tuple[int, int] | None = None) -> Lens | None:
    """The lens of a scene, or None when the table has no row for it.

    With `size`, the width and height of the scene's images in pixels, it is the lens for these: the same view
    where they have the shape that the table says. Raises FormatError when the table or the row is malformed,
    or the images have another shape.
    """
    row = _rows(table_path).get(scene_name)
    if row is None:
        return None
    told = (_size(row, "width", table_path), _size(row, "height", table_path))
    lens = lens_from_uv(_matrix(row, "M_cam_from_uv", 3, table_path), told, table_path)
    if size is None or size == told:
        return lens
    sizes = f"images of {told[0]} x {told[1]} px as the table says, found {size[0]} x {size[1]} px"
    if abs(size[0] * told[1] - size[1] * told[0]) > max(told) / 2:
        raise FormatError(f"expected {sizes}: its lens does not fit them", path=table_path)
    remark = f"Scaled from {told[0]} x {told[1]} px, for which the camera table has it."
    return replace(lens.resized(*size), remark=remark)


def read_projection(table_path: Path, scene_name: str) -> NDArray[np.float64] | None:
    """(4, 4) OpenGL projection of a scene, of points with y up and z backwards. Raises FormatError."""
    row = _rows(table_path).get(scene_name)
    return None if row is None else _matrix(row, "M_proj", 4, table_path)


def read_table_scale(table_path: Path, scene_name: str) -> float | None:
    """Metres per unit of a scene, or None when the table does not tell. Raises FormatError."""
    row = _rows(table_path).get(scene_name)
    scale = parse_float("" if row is None else row.get("settings_units_info_meters_scale", ""))
    return scale if 0 < scale < np.inf else None


def lens_from_uv(cam_from_uv: NDArray[np.float64], size: tuple[int, int], path: Path) -> Lens:
    """A lens whose ray through (u, v), both -1..1, v upwards, is `cam_from_uv @ (u, v, 1)`, z backwards."""
    width, height = size
    uv_from_pixel = np.array([[2 / width, 0, 1 / width - 1], [0, -2 / height, 1 - 1 / height], [0, 0, 1]])
    ray_from_pixel = _CAM_FROM_FILE @ cam_from_uv @ uv_from_pixel
    corners = np.array([[x, y, 1.0] for x in (-0.5, width - 0.5) for y in (-0.5, height - 0.5)])
    forward = corners @ ray_from_pixel[2]
    if (forward < 0).all():  # the length and sign of a ray's matrix are arbitrary
        ray_from_pixel, forward = -ray_from_pixel, -forward
    if not (forward > 0).all() or abs(np.linalg.det(ray_from_pixel)) < 1e-300:
        raise FormatError("expected a lens that looks forward in every pixel, found another", path=path)
    return Lens(width, height, ray_from_pixel, LensSource.TABLE)


def _rows(path: Path) -> Mapping[str, dict[str, str]]:
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}", path=path) from error
    return _parsed(path, changed)


@lru_cache(maxsize=4)
def _parsed(path: Path, _changed: int) -> Mapping[str, dict[str, str]]:
    """Rows by scene name; kept, because opening a dataset asks once per scene."""
    table = csv.DictReader(read_lines(path))
    if "scene_name" not in (table.fieldnames or ()):
        raise FormatError("expected a column 'scene_name', found none", path=path)
    try:
        return {row["scene_name"]: row for row in table}
    except csv.Error as error:
        raise FormatError(f"the table is malformed: {error}", path=path) from error


def _number(row: dict[str, str], column: str, path: Path) -> float:
    if row.get(column) is None:
        raise FormatError(f"expected a column '{column}' for {row['scene_name']}, found none", path=path)
    value = parse_float(row[column])
    if not np.isfinite(value):
        raise FormatError(
            f"expected a number in '{column}' of {row['scene_name']}, found '{row[column]}'", path=path
        )
    return value


def _size(row: dict[str, str], axis: str, path: Path) -> int:
    value = _number(row, f"settings_output_img_{axis}", path)
    if not 1 <= value <= _LARGEST_SIZE or value != int(value):
        raise FormatError(
            f"expected an image {axis} in pixels for {row['scene_name']}, found {value:g}", path=path
        )
    return int(value)


def _matrix(row: dict[str, str], name: str, size: int, path: Path) -> NDArray[np.float64]:
    return np.array(
        [[_number(row, f"{name}_{i}{j}", path) for j in range(size)] for i in range(size)], np.float64
    )
