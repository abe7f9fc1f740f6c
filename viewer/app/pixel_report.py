"""Everything that is known of one pixel: what it shows, where that is, and the value in every image."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from viewer.app.frame_cache import FrameCache
from viewer.app.pixel_probe import DISTANCES, ENTITIES, POSITIONS, PixelHit, probe_pixel
from viewer.app.session import Session
from viewer.errors import FormatError
from viewer.geometry.ray_scene import RayScene
from viewer.imaging.depth import unit_rays
from viewer.imaging.ids import NodeModality, class_words, instance_words, object_of
from viewer.imaging.modality import ImagingContext, Modality
from viewer.imaging.registry import MODALITIES
from viewer.jobs.job import Progress
from viewer.model.camera import Lens
from viewer.model.frames import FrameId, FrameSource, ImageArray

FEW_MB = 64.0
NONE = "–"


@dataclass(frozen=True, slots=True, eq=False)
class FrameImages:
    """All images of a frame, decoded, and why some could not be."""

    frame: FrameId
    images: dict[str, ImageArray]
    problems: dict[str, str]
    cache: FrameCache = field(default_factory=lambda: FrameCache(FEW_MB))
    """Those that tell objects and places, as the probe wants them."""


@dataclass(frozen=True, slots=True)
class ReportSection:
    """Lines about one side of a pixel."""

    title: str
    lines: tuple[tuple[str, str], ...]  # title, value


@dataclass(frozen=True, slots=True, eq=False)
class PixelReport:
    """What is known of a pixel."""

    hit: PixelHit
    sections: tuple[ReportSection, ...]

    @property
    def title(self) -> str:
        frame = self.hit.frame
        return f"{frame.camera} {frame.frame:04d}   {self.hit.x}, {self.hit.y}"

    def text(self) -> str:
        """For the clipboard: one line each, title and value apart by a tab."""
        lines = [self.title]
        for section in self.sections:
            lines += ["", section.title, *(f"{title}\t{value}" for title, value in section.lines)]
        return "\n".join(lines) + "\n"

    def value(self, title: str) -> str | None:
        """The value of the first line with a title."""
        lines = (line for section in self.sections for line in section.lines)
        return next((value for name, value in lines if name == title), None)


def read_frame(
    source: FrameSource, cache: FrameCache, frame: FrameId, lens: Lens | None, progress: Progress
) -> FrameImages:
    """Decode every image of a frame that is not at hand. For worker threads. Raises Cancelled."""
    images: dict[str, ImageArray] = {}
    problems: dict[str, str] = {}
    keys = sorted(source.modalities(frame))
    for done, key in enumerate(keys):
        progress.step(done, len(keys), f"Reading {key} of frame {frame.frame}")
        try:
            images[key] = cache.image(frame, key) or source.read(frame, key)
        except FormatError as error:
            problems[key] = str(error)
    found = FrameImages(frame, images, problems)
    for key in (ENTITIES, DISTANCES, POSITIONS):
        if key in images:
            found.cache.put(frame, key, images[key])
    if lens is not None and DISTANCES in images:
        unit_rays(lens, *images[DISTANCES].size)  # planar depth asks for them; they are kept
    return found


def pixel_report(
    session: Session,
    context: ImagingContext,
    images: FrameImages,
    x: int,
    y: int,
    rays: RayScene | None = None,
) -> PixelReport:
    """All there is to say of a pixel of a frame whose images are decoded; reads no file."""
    hit = probe_pixel(session, images.cache, images.frame, x, y, rays)
    sections = (
        ReportSection("What it shows", tuple(_object_lines(session, context, images, hit))),
        ReportSection("Where it is", tuple(_place_lines(session, images, hit))),
        *_value_sections(context, images, x, y),
    )
    return PixelReport(hit, tuple(section for section in sections if section.lines))


def _object_lines(
    session: Session, context: ImagingContext, images: FrameImages, hit: PixelHit
) -> list[tuple[str, str]]:
    entities, nodes = images.images.get(ENTITIES), session.nodes
    if entities is None or not (0 <= hit.x < entities.size[0] and 0 <= hit.y < entities.size[1]):
        return []
    node = int(entities.pixels[hit.y, hit.x])
    if node == -1:
        return [("Node", "-1, nothing was hit")]
    is_known = nodes is not None and 0 < node < len(nodes.names)
    lines = [("Node", f"{node}  {nodes.names[node]}" if nodes is not None and is_known else str(node))]
    object_id = object_of(node, context)
    if object_id is None:
        return [*lines, ("Object", "none")]
    name = session.object_names[object_id] if object_id < len(session.object_names) else ""
    lines.append(("Object", f"{object_id}  {name}".rstrip()))
    labels = context.labels
    if labels is not None and object_id < len(labels):
        lines.append(("Instance", instance_words(int(labels.instance[object_id])).removeprefix("instance ")))
        lines.append(("Class", class_words(int(labels.semantic[object_id]), context).removeprefix("class ")))
    return lines


def _place_lines(session: Session, images: FrameImages, hit: PixelHit) -> list[tuple[str, str]]:
    scene = session.scene
    if scene is None:
        return []
    if hit.point is None:
        return [("Position, m", "no surface here")]
    metres = hit.point * scene.metres_per_unit
    lines = [
        ("Position, m", _triple(metres, 3)),
        ("Asset units", _triple(hit.point, 2)),
    ]
    if hit.origin is not None:
        away = float(np.linalg.norm(hit.point - hit.origin)) * scene.metres_per_unit
        lines.append(("Distance", f"{away:.3f} m"))
    camera = session.frame_camera(hit.frame)
    if camera is not None:
        ahead = (camera.cam_from_world @ np.append(hit.point, 1.0))[2] * scene.metres_per_unit
        lines.append(("Planar depth", f"{float(ahead):.3f} m"))
    told = [key for key in (POSITIONS, DISTANCES) if key in images.images]
    lines.append(("Known from", " and ".join(told) if told else "the mesh"))
    return lines


def _triple(values: np.ndarray, digits: int) -> str:
    return ", ".join(f"{value:.{digits}f}" for value in values.tolist())


def _value_sections(context: ImagingContext, images: FrameImages, x: int, y: int) -> list[ReportSection]:
    available = frozenset(images.images)
    groups: dict[str, list[tuple[str, str]]] = {}
    sizes = (images.images[key].size for key in (DISTANCES, ENTITIES, "color") if key in images.images)
    base = next(sizes, None)
    for modality in MODALITIES:
        if isinstance(modality, NodeModality):
            continue  # what the pixel shows has been told
        broken = next((images.problems[key] for key in modality.sources if key in images.problems), None)
        if broken is not None:
            groups.setdefault(modality.group, []).append((modality.title, broken))
        elif modality.missing(available, context) is None:
            words = _describe(modality, context, images, x, y, base)
            groups.setdefault(modality.group, []).append((modality.title, words))
    return [ReportSection(title, tuple(lines)) for title, lines in groups.items()]


def _describe(
    modality: Modality[object],
    context: ImagingContext,
    images: FrameImages,
    x: int,
    y: int,
    base: tuple[int, int] | None,
) -> str:
    """A modality's value; images of another size are asked at the same place."""
    size = images.images[modality.sources[0]].size if modality.sources else base
    if size is None:
        return NONE
    width, height = size
    if base is not None and base != size:
        x, y = int((x + 0.5) * width / base[0]), int((y + 0.5) * height / base[1])
    if not (0 <= x < width and 0 <= y < height):
        return NONE
    try:
        return modality.describe_pixel(images.images, context, x, y)
    except (FormatError, IndexError) as error:
        return str(error) if isinstance(error, FormatError) else NONE
