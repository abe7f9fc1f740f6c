"""The images of a scene, found by the names of their files and decoded one by one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from viewer.errors import FormatError
from viewer.formats.hdf5_array import read_array, read_form
from viewer.formats.hypersim import layout
from viewer.formats.listing import entries_of, folders_in
from viewer.model.frames import FrameId, ImageArray

_ID_IMAGES = frozenset({"render_entity_id", "semantic", "semantic_instance"})
_FLAT_IMAGES = _ID_IMAGES | {"depth_meters"}
_HDF5 = "hdf5"
_HEADERS_TRIED = 5  # where so many images in a row are broken, looking at thousands more only takes time


@dataclass(frozen=True, slots=True)
class _Folder:
    path: Path
    camera: str
    group: str


class HypersimFrames:
    """All images of a scene's folders; where several hold the same one, the first counts.

    Keys of images are the names in their files (`color`, `depth_meters`), those of previews carry their
    group (`final_preview.tonemap`).
    """

    def __init__(self, scene_folders: Iterable[Path]) -> None:
        """List the folders, without opening any image."""
        self._paths: dict[str, dict[int, dict[str, str]]] = {}
        self.folders: tuple[Path, ...] = ()
        """The `images` folders that hold at least one image, first come first."""
        self.faults: tuple[FormatError, ...] = ()
        """Folders that may not be listed."""
        for scene in scene_folders:
            try:
                count = sum(_list_folder(self._paths, folder) for folder in _image_folders(scene))
            except FormatError as error:
                self.faults = (*self.faults, error)
                continue
            if count:
                self.folders = (*self.folders, layout.images_folder(scene))

    @property
    def cameras(self) -> tuple[str, ...]:
        """Names of the cameras with at least one image."""
        return tuple(sorted(self._paths))

    def frame_ids(self, camera: str) -> NDArray[np.int64]:
        """Ascending ids of the frames with at least one image."""
        return np.array(sorted(self._paths.get(camera, ())), np.int64)

    def modalities(self, frame: FrameId) -> frozenset[str]:
        """Keys of the images that exist for a frame."""
        return frozenset(self._paths.get(frame.camera, {}).get(frame.frame, ()))

    def path(self, frame: FrameId, modality: str) -> Path | None:
        """The file of one image, or None when there is none."""
        text = self._paths.get(frame.camera, {}).get(frame.frame, {}).get(modality)
        return None if text is None else Path(text)

    def read(self, frame: FrameId, modality: str) -> ImageArray:
        """Decode one image: HDF5 in its own type, previews as (H, W, 3) uint8.

        Raises FormatError when it is missing or malformed.
        """
        path = self.path(frame, modality)
        if path is None:
            raise FormatError(f"{frame.camera} has no image '{modality}' of frame {frame.frame}")
        if path.suffix.lower() == f".{_HDF5}":
            return ImageArray(_read_hdf5(path, modality), modality)
        return ImageArray(_read_preview(path), modality)

    def image_size(self, camera: str) -> tuple[int, int] | None:
        """Width and height of a camera's images in pixels, from the header of the first that tells."""
        images = (path for frame in self._paths.get(camera, {}).values() for path in frame.values())
        arrays = (path for path in images if path.endswith(_HDF5))
        for path in itertools.islice(arrays, _HEADERS_TRIED):
            try:
                shape, _ = read_form(path)
            except FormatError:
                continue  # told when somebody reads that image
            if len(shape) >= 2 and shape[0] and shape[1]:
                return shape[1], shape[0]
        return None


def _image_folders(scene: Path) -> list[_Folder]:
    """The folders of images, HDF5 before previews."""
    found = []
    for path in folders_in(layout.images_folder(scene)):
        parsed = layout.parse_image_folder(path.name)
        if parsed is not None:
            found.append(_Folder(path, *parsed))
    return sorted(found, key=lambda folder: (folder.group.endswith("_preview"), folder.path.name))


def _list_folder(paths: dict[str, dict[int, dict[str, str]]], folder: _Folder) -> int:
    """Note every image of one folder that is not known yet; how many there are."""
    count = 0
    frames = paths.get(folder.camera, {})
    for entry in entries_of(folder.path):
        parsed = layout.parse_image_file(entry.name)
        if parsed is None:
            continue
        frame, name, _ = parsed
        key = layout.modality_key(folder.group, name)
        frames.setdefault(frame, {}).setdefault(key, entry.path)
        count += 1
    if count:
        paths[folder.camera] = frames
    return count


def _read_hdf5(path: Path, modality: str) -> NDArray[Any]:
    if modality in _FLAT_IMAGES:
        return read_array(path, shape=(None, None), kind="i" if modality in _ID_IMAGES else "f")
    pixels = read_array(path, kind="fiub")
    is_known = any(modality in names for names in layout.MODALITIES.values())
    if is_known and not (pixels.ndim == 3 and pixels.shape[2] in _channels(modality)):
        raise FormatError(f"expected an array of shape (n, n, 3), found {pixels.shape}", path=path)
    if pixels.ndim not in (2, 3):
        raise FormatError(f"expected an image of 2 or 3 dimensions, found {pixels.shape}", path=path)
    return pixels


def _channels(modality: str) -> tuple[int, ...]:
    return (2, 3) if modality == "tex_coord" else (3,)


def _read_preview(path: Path) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as image:
            if image.mode.startswith("I"):  # 16 bits per pixel, which a plain conversion would clip
                grey = (np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
                return np.repeat(grey[:, :, None], 3, axis=2)
            return np.asarray(image.convert("RGB"), np.uint8)
    except FileNotFoundError as error:
        raise FormatError("the file is missing", path=path) from error
    except UnidentifiedImageError as error:
        raise FormatError("expected a JPEG or PNG image, found something else", path=path) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FormatError(f"the image is damaged: {error}", path=path) from error
