from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import DTypeLike

from tests.builders import save
from viewer.errors import FormatError, SaveError
from viewer.formats.hdf5_array import read_array, read_blocks, read_column, read_form, write_array


def _sentence(path: Path, **options: Any) -> str:
    with pytest.raises(FormatError) as caught:
        read_array(path, **options)
    assert caught.value.path == path
    return caught.value.message


def test_a_written_array_is_read_back(tmp_path: Path) -> None:
    array = np.arange(12.0).reshape(3, 4)
    write_array(tmp_path / "a.hdf5", array)
    assert np.array_equal(read_array(tmp_path / "a.hdf5"), array)


def test_a_compressed_array_is_read_back(tmp_path: Path) -> None:
    array = np.arange(4000, dtype=np.int16).reshape(40, 100)
    write_array(tmp_path / "a.hdf5", array, gzip_level=9, chunks=(10, 100))
    with h5py.File(tmp_path / "a.hdf5") as file:
        assert (file["dataset"].compression, file["dataset"].chunks) == ("gzip", (10, 100))
    assert np.array_equal(read_array(tmp_path / "a.hdf5"), array)


def test_big_endian_values_come_in_native_order(tmp_path: Path) -> None:
    save(tmp_path / "a.hdf5", np.arange(5, dtype=">i8"))
    array = read_array(tmp_path / "a.hdf5")
    assert array.dtype == np.int64
    assert array.dtype.isnative
    assert array.tolist() == [0, 1, 2, 3, 4]


def test_values_are_converted_while_they_are_read(tmp_path: Path) -> None:
    save(tmp_path / "a.hdf5", np.array([1.5, np.nan]))
    assert read_array(tmp_path / "a.hdf5", dtype=np.float32).dtype == np.float32


def test_an_integer_too_large_for_its_target_is_not_wrapped(tmp_path: Path) -> None:
    save(tmp_path / "a.hdf5", np.array([2**32 + 5]))
    assert read_array(tmp_path / "a.hdf5", kind="i", dtype=np.int32)[0] == 2**31 - 1


def test_the_form_is_told_without_the_values(tmp_path: Path) -> None:
    save(tmp_path / "a.hdf5", np.zeros((2, 3), np.int16))
    assert read_form(tmp_path / "a.hdf5") == ((2, 3), np.dtype(np.int16))


def test_a_missing_file(tmp_path: Path) -> None:
    assert _sentence(tmp_path / "a.hdf5") == "the file is missing"


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.hdf5").touch()
    assert _sentence(tmp_path / "a.hdf5") == "expected an HDF5 file, found an empty one"


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.hdf5").mkdir()
    assert _sentence(tmp_path / "a.hdf5") == "cannot be opened: Is a directory"


def test_a_file_that_is_not_hdf5(tmp_path: Path) -> None:
    (tmp_path / "a.hdf5").write_bytes(b"<html>not found</html>")
    assert _sentence(tmp_path / "a.hdf5") == "expected an HDF5 file, found something else"


def test_a_truncated_file(tmp_path: Path) -> None:
    path = save(tmp_path / "a.hdf5", np.zeros(1000))
    path.write_bytes(path.read_bytes()[:5000])
    assert _sentence(path) == "the HDF5 file is cut short: expected 10048 bytes, found 5000"


def test_a_damaged_header(tmp_path: Path) -> None:
    path = save(tmp_path / "a.hdf5", np.zeros(1000))
    content = bytearray(path.read_bytes())
    content[96:900] = b"\xff" * 804
    path.write_bytes(content)
    assert _sentence(path).startswith("the HDF5 file is damaged: ")


def test_a_damaged_chunk(tmp_path: Path) -> None:
    path = save(tmp_path / "a.hdf5", np.random.default_rng(0).random((100, 100)), compression="gzip")
    content = bytearray(path.read_bytes())
    content[-4000:-100] = b"\x55" * 3900
    path.write_bytes(content)
    assert _sentence(path).startswith("the HDF5 file is damaged: ")


def test_another_dataset_name(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        file["data"], file["more"] = [1], [2]
    assert _sentence(tmp_path / "a.hdf5") == "expected a dataset named 'dataset', found 'data', 'more'"


def test_a_group_in_the_place_of_the_dataset(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        file.create_group("dataset")
    assert _sentence(tmp_path / "a.hdf5") == "expected a dataset named 'dataset', found 'dataset'"


def test_a_wrong_shape(tmp_path: Path) -> None:
    save(tmp_path / "a.hdf5", np.zeros((4, 2)))
    assert (
        _sentence(tmp_path / "a.hdf5", shape=(None, 3)) == "expected an array of shape (n, 3), found (4, 2)"
    )


def test_a_wrong_type(tmp_path: Path) -> None:
    save(tmp_path / "a.hdf5", np.zeros((4, 3)))
    assert _sentence(tmp_path / "a.hdf5", kind="i") == "expected integers, found values of type float64"


def test_an_array_larger_than_memory(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        file.create_dataset("dataset", (1 << 40, 1 << 10), "f8", chunks=(1024, 1024))
    assert _sentence(tmp_path / "a.hdf5").endswith("does not fit into memory")


@pytest.mark.parametrize("dtype", ["i1", "i2", "<i4", ">i4", "<i8", ">i8", "u1", "u2", "u4", "u8"])
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_a_column_of_any_integers_is_accepted(
    tmp_path: Path, dtype: DTypeLike, shape: tuple[int, ...]
) -> None:
    save(tmp_path / "a.hdf5", np.arange(4).astype(dtype).reshape(shape))
    column = read_column(tmp_path / "a.hdf5", length=4)
    assert column.tolist() == [0, 1, 2, 3]
    assert column.dtype == np.int64


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.zeros((1, 4), np.int64), "expected an array of shape (4,) or (4, 1), found (1, 4)"),
        (np.zeros((2, 2, 1), np.int64), "expected an array of shape (4,) or (4, 1), found (2, 2, 1)"),
        (np.int64(4), "expected an array of shape (4,) or (4, 1), found ()"),
        (np.zeros(3, np.int64), "expected 4 rows, found 3"),
        (np.zeros(4), "expected integers, found values of type float64"),
    ],
)
def test_another_column_is_refused(tmp_path: Path, array: Any, sentence: str) -> None:
    save(tmp_path / "a.hdf5", array)
    with pytest.raises(FormatError) as caught:
        read_column(tmp_path / "a.hdf5", length=4)
    assert caught.value.message == sentence


def test_writing_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="could not be saved: its folder does not exist"):
        write_array(tmp_path / "none" / "a.hdf5", np.zeros(3))


def test_writing_leaves_no_temporary_file(tmp_path: Path) -> None:
    write_array(tmp_path / "a.hdf5", np.zeros(3))
    write_array(tmp_path / "a.hdf5", np.ones(3))
    assert [path.name for path in tmp_path.iterdir()] == ["a.hdf5"]


@pytest.mark.parametrize("options", [{}, {"chunks": (7, 3)}, {"chunks": (16, 3), "compression": "gzip"}])
@pytest.mark.parametrize("rows", [1, 9, 50, 51])
def test_blocks_are_the_array_in_order(tmp_path: Path, options: dict[str, object], rows: int) -> None:
    array = np.random.default_rng(0).random((50, 3)).astype(">f4")
    path = save(tmp_path / "a.hdf5", array, **options)
    blocks = [block.copy() for block in read_blocks(path, rows, shape=(None, 3), dtype=np.float64)]
    assert np.array_equal(np.concatenate(blocks), array)
    assert all(block.dtype == np.float64 for block in blocks)
    assert all(len(block) <= rows for block in blocks) or "chunks" in options


def test_blocks_of_another_form_or_a_damaged_file_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.hdf5", np.zeros((50, 2)))
    with pytest.raises(FormatError, match=r"expected an array of shape \(n, 3\), found \(50, 2\)"):
        next(read_blocks(path, 8, shape=(None, 3), dtype=np.float64))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormatError, match="cut short"):
        list(read_blocks(path, 8, shape=(None, 2), dtype=np.float64))
