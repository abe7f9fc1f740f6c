"""The label files hold, byte for byte, what the original annotation tool writes."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.builders import load
from viewer.formats.hypersim.labels import write_labels
from viewer.model.labels import ObjectLabels

LAYERS = ("mesh_objects_si.hdf5", "mesh_objects_sii.hdf5")
COLORS = ("metadata_semantic_colors.hdf5", "metadata_semantic_instance_colors.hdf5")
MODIFICATION_TIME = slice(948, 952)


def _write(folder: Path, count: int = 64, instances: int = 33) -> None:
    rows = np.arange(3 * (instances + 1)).reshape(-1, 3) % 256
    rows[0] = -1
    labels = ObjectLabels(np.full(count, -1), np.full(count, -1))
    write_labels(folder, labels, rows[:41], rows)


def _without_time(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[MODIFICATION_TIME] = b"\0\0\0\0"
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "shape"),
    [(LAYERS[0], (64, 1)), (LAYERS[1], (64, 1)), (COLORS[0], (34, 3)), (COLORS[1], (34, 3))],
)
def test_the_form_of_every_file(tmp_path: Path, name: str, shape: tuple[int, int]) -> None:
    _write(tmp_path)
    path = tmp_path / name
    with h5py.File(path) as file:
        dataset = file["dataset"]
        assert list(file) == ["dataset"]
        assert len(file.attrs) == len(dataset.attrs) == 0
        assert (dataset.shape, dataset.maxshape) == (shape, shape)
        assert dataset.id.get_type().equal(h5py.h5t.STD_I64LE)
        made_with = dataset.id.get_create_plist()
        assert made_with.get_layout() == h5py.h5d.CONTIGUOUS
        assert made_with.get_nfilters() == 0
        assert made_with.get_alloc_time() == h5py.h5d.ALLOC_TIME_LATE
        assert made_with.get_fill_time() == h5py.h5d.FILL_TIME_IFSET
        assert dataset.id.get_offset() == 2048
        assert file.id.get_create_plist().get_version()[0] == 0
    assert path.stat().st_size == 2048 + 8 * shape[0] * shape[1]


def test_the_modification_time_is_kept_where_the_original_keeps_it(tmp_path: Path) -> None:
    _write(tmp_path)
    stamp = int.from_bytes((tmp_path / LAYERS[0]).read_bytes()[MODIFICATION_TIME], "little")
    assert stamp == pytest.approx((tmp_path / LAYERS[0]).stat().st_mtime, abs=3)


def _published(shared: Path) -> list[Path]:
    scenes = sorted((shared / "hypersim-public/evermotion_dataset/scenes").glob("*/_detail/mesh"))
    sessions = sorted(path.parent for path in (shared / "recorded-sessions").glob("*/mesh_objects_si.hdf5"))
    return scenes + sessions


def test_files_equal_those_of_the_original_but_for_the_time(shared: Path, tmp_path: Path) -> None:
    folders = _published(shared)
    assert len(folders) >= 34
    for folder in folders:
        labels = ObjectLabels(*(load(folder / name)[:, 0] for name in LAYERS))
        written = tmp_path / "_".join(folder.parts[-3:])
        write_labels(written, labels, load(folder / COLORS[0]), load(folder / COLORS[1]))
        for name in (*LAYERS, *COLORS):
            assert _without_time(written / name) == _without_time(folder / name), f"{folder.name} {name}"
