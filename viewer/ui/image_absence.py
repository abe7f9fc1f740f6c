"""Why an image pane is empty, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from viewer.app.frame_reasons import no_image_words
from viewer.app.session import Session
from viewer.imaging.modality import ImagingContext, Modality
from viewer.imaging.registry import MODALITIES
from viewer.model.frames import FrameId


@dataclass(frozen=True, slots=True)
class Absence:
    """What an empty pane says."""

    icon: str
    text: str
    is_problem: bool = False


def why_absent(
    session: Session, frame: FrameId | None, modality: Modality[Any], context: ImagingContext
) -> Absence | None:
    """Why a frame cannot be shown this way; None when it can."""
    scene, images = session.scene, session.images
    if scene is None:
        return Absence("images", "Open a scene to see its images here.")
    if images is None:
        gap = next((gap for gap in scene.gaps if "image" in gap.what.lower()), None)
        why = f" {gap.what}: {gap.why}." if gap is not None else ""
        return Absence("images", f"This scene has no images.{why}", gap is not None and gap.is_broken)
    if frame is None:
        return Absence("images", "No camera of this scene has a frame.")
    available = images.source.modalities(frame)
    if not available:
        return Absence("missing", no_image_words(session, frame))
    missing = modality.missing(available, context)
    return None if missing is None else Absence("missing", missing)


def missing_reasons(available: frozenset[str], context: ImagingContext) -> dict[str, str]:
    """Why some modalities cannot be shown for a frame with these images, by key."""
    reasons = {modality.key: modality.missing(available, context) for modality in MODALITIES}
    return {key: reason for key, reason in reasons.items() if reason is not None}
