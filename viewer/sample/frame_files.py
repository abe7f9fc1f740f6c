"""Writing the images of a frame: every modality as HDF5, every preview."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viewer.formats.hypersim import layout
from viewer.imaging.tone_mapping import encode, exposure_scale
from viewer.sample.frames import Picture
from viewer.sample.scene_model import METRES_PER_UNIT

Bytes = NDArray[np.uint8]

GZIP_LEVEL = 1
CHUNK = (96, 128)
JPEG_QUALITY = 90
PNG_LEVEL = 1
COLOR_BITS, LIGHT_BITS, REFLECTANCE_BITS = 10, 7, 6
"""Significant bits, about those of textures of 8 bits: more would be noise, and half of the files' size."""
NORMAL_STEP, BUMPED_STEP, TEXTURE_STEP = 1 / 1024, 1 / 512, 1 / 1024


@dataclass(frozen=True, slots=True, eq=False)
class IdTables:
    """What ids mean: from an object to its node and labels, and from these to colours."""

    object_of_face: NDArray[np.int64]
    node_of_object: NDArray[np.int64]
    class_of_object: NDArray[np.int64]
    instance_of_object: NDArray[np.int64]
    class_colors: NDArray[np.int64]  # (L + 1, 3)
    instance_colors: NDArray[np.int64]  # (K + 1, 3)


def write_frame(
    scene: Path, camera: str, frame: int, picture: Picture, pose: NDArray[np.float64], ids: IdTables
) -> None:
    """All images of one frame. `pose` (3, 3) is the rotation from the camera, y down, to the world."""
    arrays = frame_arrays(picture, pose, ids)
    for group in (layout.FINAL_HDF5, layout.GEOMETRY_HDF5):
        for name in layout.MODALITIES[group]:
            write_image(layout.image_path(scene, camera, frame, group, name), arrays[name])
    previews = _final_previews(arrays) | _geometry_previews(arrays, ids)
    for group in (layout.FINAL_PREVIEW, layout.GEOMETRY_PREVIEW):
        for name in layout.MODALITIES[group]:
            path = layout.image_path(scene, camera, frame, group, name)
            image = Image.fromarray(previews[layout.modality_key(group, name)])
            if path.suffix == ".jpg":
                image.save(path, quality=JPEG_QUALITY)
            else:
                image.save(path, compress_level=PNG_LEVEL)


def frame_arrays(picture: Picture, pose: NDArray[np.float64], ids: IdTables) -> dict[str, NDArray[Any]]:
    """Every HDF5 modality of a frame, in the type its file has."""
    missed = picture.face < 0
    thing = np.where(missed, 0, ids.object_of_face[picture.face])

    def labelled(of_object: NDArray[np.int64]) -> NDArray[np.int16]:
        return np.where(missed, -1, of_object[thing]).astype(np.int16)

    reflectance, light, residual = (
        _rounded(image, bits)
        for image, bits in (
            (picture.reflectance, REFLECTANCE_BITS),
            (picture.illumination, LIGHT_BITS),
            (picture.residual, LIGHT_BITS),
        )
    )
    color = _rounded(reflectance.astype(np.float32) * light + residual, COLOR_BITS)
    cam_from_world = pose.T * np.array([[1.0], [-1.0], [-1.0]])
    normal, bumped = picture.normal, picture.bumped_normal
    turn = cam_from_world.T.astype(np.float32)
    tex_coord = np.zeros((*picture.face.shape, 3), np.float32)
    tex_coord[..., :2] = np.nan_to_num(picture.uv, nan=0.0)
    arrays: dict[str, NDArray[Any]] = {
        "color": color,
        "diffuse_reflectance": reflectance,
        "diffuse_illumination": light,
        "residual": residual,
        "depth_meters": picture.distance.astype(np.float16),
        "position": (picture.position / np.float32(METRES_PER_UNIT)).astype(np.float16),
        "normal_world": _stepped(normal, NORMAL_STEP),
        "normal_cam": _stepped(normal @ turn, NORMAL_STEP),
        "normal_bump_world": _stepped(bumped, BUMPED_STEP),
        "normal_bump_cam": _stepped(bumped @ turn, BUMPED_STEP),
        "tex_coord": _stepped(tex_coord, TEXTURE_STEP),
        "render_entity_id": labelled(ids.node_of_object),
        "semantic": labelled(ids.class_of_object),
        "semantic_instance": labelled(ids.instance_of_object),
    }
    return arrays


def _rounded(values: NDArray[np.float32], significant: int) -> NDArray[np.float16]:
    """Half floats with fewer significant bits, rounded to nearest."""
    bits = np.ascontiguousarray(np.clip(values, 0, 60_000).astype(np.float16)).view(np.uint16)
    drop = 11 - significant
    half = np.uint16(1 << (drop - 1))
    mask = np.uint16(0xFFFF ^ ((1 << drop) - 1))
    return np.asarray(((bits + half) & mask).view(np.float16))


def _stepped(values: NDArray[np.float32], step: float) -> NDArray[np.float16]:
    return np.asarray(np.rint(values / np.float32(step)) * np.float32(step), np.float16)


def write_image(path: Path, array: NDArray[Any]) -> None:
    """An HDF5 image, chunked and compressed as the published ones, one channel per chunk.

    Chunks are compressed here and not by the HDF5 library, which would do it under its one lock: this way
    frames are compressed side by side.
    """
    planes = array[..., None] if array.ndim == 2 else array
    rows, columns = min(CHUNK[0], array.shape[0]), min(CHUNK[1], array.shape[1])
    pieces: list[tuple[tuple[int, ...], bytes]] = []
    for y in range(0, array.shape[0], rows):
        for x in range(0, array.shape[1], columns):
            for channel in range(planes.shape[2]):
                chunk = np.zeros((rows, columns), array.dtype)
                part = planes[y : y + rows, x : x + columns, channel]
                chunk[: part.shape[0], : part.shape[1]] = part
                # All low bytes first, then all high ones: alike bytes side by side compress better.
                shuffled = chunk.view(np.uint8).reshape(-1, chunk.itemsize).T.tobytes()
                content = zlib.compress(shuffled, GZIP_LEVEL)
                pieces.append(((y, x, channel)[: array.ndim], content))
    chunks: tuple[int, ...] = (rows, columns) if array.ndim == 2 else (rows, columns, 1)
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset(
            "dataset",
            array.shape,
            array.dtype,
            chunks=chunks,
            shuffle=True,
            compression="gzip",
            compression_opts=GZIP_LEVEL,
        )
        for place, content in pieces:
            dataset.id.write_direct_chunk(place, content)


def _final_previews(arrays: dict[str, NDArray[Any]]) -> dict[str, Bytes]:
    color, residual = arrays["color"], arrays["residual"]
    reflectance, light = arrays["diffuse_reflectance"], arrays["diffuse_illumination"]
    scale = exposure_scale(color, arrays["render_entity_id"] != -1)
    lambertian = reflectance.astype(np.float32) * light
    rest = np.abs(color - lambertian - residual)
    plain, exposed = _shades(1.0), _shades(scale)
    images = {
        "color": _LINEAR_SHADES[_bits(color)],
        "gamma": plain[_bits(color)],
        "tonemap": exposed[_bits(color)],
        "diffuse_reflectance": plain[_bits(reflectance)],
        "diffuse_illumination": exposed[_bits(light)],
        "residual": exposed[_bits(residual)],
        "lambertian": exposed[_bits(lambertian.astype(np.float16))],
        "non_lambertian": exposed[_bits(residual)],
        "diff": exposed[_bits(rest.astype(np.float16))],
    }
    return {f"{layout.FINAL_PREVIEW}.{name}": image for name, image in images.items()}


def _bits(halves: NDArray[np.float16]) -> NDArray[np.uint16]:
    """Half floats as numbers 0..65535, to look their shades up: there are no more of them than that."""
    return halves.view(np.uint16)


_EVERY_HALF = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
# Some of the patterns are signalling NaNs, which warn when one computes with them.
_ALL_HALVES = np.where(np.isnan(_EVERY_HALF), np.float32(np.nan), _EVERY_HALF.astype(np.float32))
_LINEAR_SHADES = np.rint(np.clip(np.nan_to_num(_ALL_HALVES, nan=0.0), 0, 1) * 255).astype(np.uint8)


_NORMAL_SHADES = np.rint(np.clip(np.nan_to_num(_ALL_HALVES / 2 + 0.5, nan=0.0), 0, 1) * 255).astype(np.uint8)


def _shades(scale: float) -> Bytes:
    """(65536,) what every half float looks like at an exposure."""
    with np.errstate(over="ignore"):
        return encode(_ALL_HALVES, scale)


def _geometry_previews(arrays: dict[str, NDArray[Any]], ids: IdTables) -> dict[str, Bytes]:
    entity = arrays["render_entity_id"]
    seen = entity != -1
    facing = np.nan_to_num(arrays["normal_cam"][..., 2].astype(np.float32), nan=0.0)
    shaded = (arrays["diffuse_reflectance"] * np.clip(facing, 0, 1)[..., None]).astype(np.float16)
    uv = arrays["tex_coord"].astype(np.float32) % 1
    uv[~seen] = 0
    images = {
        "color": _LINEAR_SHADES[_bits(shaded)],
        "gamma": _shades(1.0)[_bits(shaded)],
        "depth_meters": _depth_shades(arrays["depth_meters"]),
        "render_entity_id": _entity_colors(int(ids.node_of_object.max()))[np.maximum(entity, 0)],
        "semantic": _label_colors(ids.class_colors)[arrays["semantic"]],
        "semantic_instance": _label_colors(ids.instance_colors)[arrays["semantic_instance"]],
        "tex_coord": _bytes(uv),
    }
    for name in ("normal_cam", "normal_world", "normal_bump_cam", "normal_bump_world"):
        images[name] = _NORMAL_SHADES[_bits(arrays[name])]
    return {f"{layout.GEOMETRY_PREVIEW}.{name}": image for name, image in images.items()}


def _bytes(values: NDArray[np.float32]) -> Bytes:
    return np.asarray(np.rint(np.clip(values, 0, 1) * 255), np.uint8)


def _depth_shades(depth: NDArray[np.float16]) -> Bytes:
    """Grey from the nearest to the farthest surface; black where there is none."""
    metres = depth.astype(np.float32)
    finite = np.isfinite(metres)
    if not finite.any():
        return np.zeros(depth.shape, np.uint8)
    low, high = metres[finite].min(), metres[finite].max()
    return _bytes(np.where(finite, (metres - low) / max(high - low, 1e-6), 0))


def _entity_colors(largest: int) -> Bytes:
    """A colour per node; row 0 is black and stands for nothing."""
    colors = np.random.default_rng(11).integers(40, 256, (largest + 1, 3)).astype(np.uint8)
    colors[0] = 0
    return colors


def _label_colors(rows: NDArray[np.int64]) -> Bytes:
    """Colours by id, black for -1 (which as an index is the last row)."""
    return np.concatenate([np.maximum(rows, 0), np.zeros((1, 3), np.int64)]).astype(np.uint8)
