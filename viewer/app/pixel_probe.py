"""From a pixel to the world and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.app.frame_cache import FrameCache
from viewer.app.session import Session
from viewer.geometry.ray_scene import RayScene
from viewer.imaging.ids import chain_words
from viewer.imaging.modality import ImagingContext
from viewer.model.camera import LensSource
from viewer.model.frames import FrameId

ENTITIES = "render_entity_id"
POSITIONS = "position"
DISTANCES = "depth_meters"
OCCLUSION_TOLERANCE = 0.02
"""A point this much (of its distance) farther than the surface in the image still counts as that surface."""
HALF_STEP = 2.0**-11
"""Largest rounding error of a float16, as a share of the number."""


@dataclass(frozen=True, slots=True, eq=False)
class PixelHit:
    """A pixel of a frame and what it means in the world."""

    frame: FrameId
    x: int
    y: int
    object_id: int | None  # None: no object, or not known yet
    origin: NDArray[np.float64] | None  # (3,) the camera's position, world units; None without a pose
    direction: NDArray[np.float64] | None  # (3,) unit
    point: NDArray[np.float64] | None  # (3,) what the pixel shows, world units; None when not known


def support_keys(session: Session, frame: FrameId) -> tuple[str, ...]:
    """The images a probe looks at, decoded for every frame that is shown.

    Positions are among them where the lens is a mere assumption: they say where a pixel is without it.
    """
    trajectory = session.trajectory(frame.camera)
    is_known = trajectory is not None and trajectory.lens.source is not LensSource.PINHOLE
    return (ENTITIES, DISTANCES) if is_known else (ENTITIES, DISTANCES, POSITIONS)


def needs_rays(session: Session, frame: FrameId) -> bool:
    """True when only the mesh can tell where a pixel of a frame lies: no image does."""
    if session.frame_camera(frame) is None:
        return False
    told = frozenset() if session.images is None else session.images.source.modalities(frame)
    return told.isdisjoint(set(support_keys(session, frame)) - {ENTITIES})


def probe_pixel(
    session: Session, cache: FrameCache, frame: FrameId, x: int, y: int, rays: RayScene | None = None
) -> PixelHit:
    """Everything that decoded images and the pose say about a pixel; reads no file.

    The place comes from the position image, which needs no lens; made finer by the distance image where the
    two agree, for float16 positions are coarse far from the origin. Without either it is where the ray meets
    the mesh (`rays`).
    """
    camera = session.frame_camera(frame)
    origin = direction = None
    if camera is not None:
        pixel = _lens_pixel(session, frame, cache, x, y)
        origin, direction = camera.position, camera.cast_rays(np.array([pixel]))[0]
    return PixelHit(
        frame,
        x,
        y,
        object_at(session, cache, frame, x, y),
        origin,
        direction,
        _point(session, cache, frame, x, y, origin, direction, rays),
    )


def probe_words(session: Session, cache: FrameCache, context: ImagingContext, hit: PixelHit) -> str:
    """Everything known of a pixel in one line: object, instance, class, world position and distance."""
    node = _value(cache, hit.frame, ENTITIES, hit.x, hit.y)
    words = [f"{hit.frame.camera} {hit.frame.frame:04d} ({hit.x}, {hit.y})"]
    if node is not None:
        words.append(chain_words(int(node), context))
    scene = session.scene
    if hit.point is not None and scene is not None:
        x, y, z = hit.point * scene.metres_per_unit
        words.append(f"({x:.2f}, {y:.2f}, {z:.2f}) m")
        if hit.origin is not None:
            away = float(np.linalg.norm(hit.point - hit.origin)) * scene.metres_per_unit
            words.append(f"{away:.2f} m away")
    return "  |  ".join(words)


def image_size(cache: FrameCache, frame: FrameId) -> tuple[int, int] | None:
    """Width and height that the pixels of a frame are counted in; None while nothing tells."""
    for key in (DISTANCES, ENTITIES, "color"):
        image = cache.image(frame, key)
        if image is not None:
            return image.size
    return None


def object_at(session: Session, cache: FrameCache, frame: FrameId, x: int, y: int) -> int | None:
    """The object a pixel shows; None when it shows none or the id image is not decoded."""
    node = _value(cache, frame, ENTITIES, x, y)
    nodes = session.nodes
    if node is None or nodes is None or not 0 < int(node) < len(nodes.object_of_node):
        return None
    object_id = int(nodes.object_of_node[int(node)])
    return object_id if 0 <= object_id < session.object_count else None


def locate(
    session: Session,
    cache: FrameCache,
    frame: FrameId,
    point: NDArray[np.floating],
    object_id: int | None = None,
) -> tuple[int, int] | None:
    """The pixel of a frame that shows a world point; None when it is outside the image or hidden.

    Whether something stands in front is judged by the distance image, when that is decoded, else by whether
    the pixel shows the object that the point belongs to.
    """
    camera, scene = session.frame_camera(frame), session.scene
    if camera is None or scene is None:
        return None
    pixels, depths = camera.project(np.asarray(point, np.float64)[None])
    if not depths[0] > 0 or not np.isfinite(pixels).all():
        return None
    width, height = image_size(cache, frame) or (camera.lens.width, camera.lens.height)
    across = (float(pixels[0, 0]) + 0.5) * width / camera.lens.width - 0.5
    down = (float(pixels[0, 1]) + 0.5) * height / camera.lens.height - 0.5
    x, y = round(across), round(down)
    if not (0 <= x < width and 0 <= y < height):
        return None
    seen = _farthest_around(cache, frame, across, down)
    if seen is None:
        shown = None if object_id is None else object_at(session, cache, frame, x, y)
        return (x, y) if shown is None or shown == object_id else None
    distance = float(np.linalg.norm(point - camera.position)) * scene.metres_per_unit
    return (x, y) if distance <= seen * (1 + OCCLUSION_TOLERANCE) else None


def _farthest_around(cache: FrameCache, frame: FrameId, across: float, down: float) -> float | None:
    """Metres to the farthest surface in the pixels around a place of an image; None when it is not known.

    A place between pixels belongs to all of them: on a slanted wall the nearest pixel alone may lie in front.
    """
    image = cache.image(frame, DISTANCES)
    if image is None or image.pixels.ndim != 2:
        return None
    left, top = max(int(np.floor(across)), 0), max(int(np.floor(down)), 0)
    around = image.pixels[top : top + 2, left : left + 2].astype(np.float64)
    around = around[~np.isnan(around)]
    return float(around.max()) if around.size else None


def _point(
    session: Session,
    cache: FrameCache,
    frame: FrameId,
    x: int,
    y: int,
    origin: NDArray[np.float64] | None,
    direction: NDArray[np.float64] | None,
    rays: RayScene | None,
) -> NDArray[np.float64] | None:
    position = _value(cache, frame, POSITIONS, x, y)
    if position is not None and (np.shape(position) != (3,) or not np.isfinite(position).all()):
        position = None
    distance, scene = _value(cache, frame, DISTANCES, x, y), session.scene
    along = None
    if distance is not None and np.isfinite(distance) and scene is not None:
        along = float(distance) / scene.metres_per_unit
    if along is None or origin is None or direction is None:
        if position is not None:
            return np.asarray(position, np.float64)
        if distance is not None or origin is None or direction is None or rays is None:
            return None
        return rays.first_point(origin, direction)
    fine = np.asarray(origin + direction * along)
    if position is None:
        return fine
    coarse = np.asarray(position, np.float64)
    step = 2 * HALF_STEP * max(float(np.abs(coarse).max()), along)
    return fine if np.linalg.norm(fine - coarse) <= 2 * step else coarse


def _value(cache: FrameCache, frame: FrameId, key: str, x: int, y: int) -> Any | None:
    image = cache.image(frame, key)
    if image is None or not (0 <= x < image.size[0] and 0 <= y < image.size[1]):
        return None
    return image.pixels[y, x]


def _lens_pixel(session: Session, frame: FrameId, cache: FrameCache, x: int, y: int) -> tuple[float, float]:
    """The pixel in the lens's own image size."""
    trajectory, size = session.trajectory(frame.camera), image_size(cache, frame)
    if trajectory is None or size is None:
        return float(x), float(y)
    lens = trajectory.lens
    return (x + 0.5) * lens.width / size[0] - 0.5, (y + 0.5) * lens.height / size[1] - 0.5
