"""Why frames have no image and trajectories are not released, as far as the dataset's tables tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from viewer.app.session import Session
from viewer.model.dataset_notes import DatasetNotes
from viewer.model.frames import FrameId

_EXCLUDED_TYPE: Final = "OUTSIDE VIEWING AREA"


def exclusion_of(notes: DatasetNotes | None, camera: str) -> str:
    """Why the authors left a whole trajectory out, in their words; empty when they did not."""
    note = None if notes is None else notes.trajectories.get(camera)
    said = [*exclusions_in(notes, camera).values(), "" if note is None else note.scene_type]
    return next((reason for reason in said if reason.upper().startswith(_EXCLUDED_TYPE)), "")


def exclusions_in(notes: DatasetNotes | None, camera: str) -> Mapping[int, str]:
    """Why single frames of a camera are not in the public release, by their ids."""
    if notes is None:
        return {}
    return {frame.frame: reason for frame, reason in notes.excluded.items() if frame.camera == camera}


def trajectory_words(session: Session, camera: str) -> str:
    """What a person choosing a trajectory should know of it; empty when there is nothing."""
    notes = None if session.scene is None else session.scene.part(DatasetNotes)
    reason = exclusion_of(notes, camera)
    if reason:
        return f"{camera} was left out of the dataset by its authors: {sentence_case(reason)}."
    note = None if notes is None else notes.trajectories.get(camera)
    if note is None:
        return ""
    words = [f"{camera}: {note.scene_type}"] if note.scene_type else []
    words += ["no good views, by the authors' own note"] if not note.has_good_views else []
    words += [note.notes] if note.notes.strip() else []
    return "; ".join(words)


def no_image_words(session: Session, frame: FrameId) -> str:
    """Why a frame has no image at all, as far as the dataset's tables tell."""
    file = f"frame.{frame.frame:04d}"
    notes = None if session.scene is None else session.scene.part(DatasetNotes)
    reason = exclusions_in(notes, frame.camera).get(frame.frame) or exclusion_of(notes, frame.camera)
    if reason:
        return f"{file} of {frame.camera} is not in the public release: {sentence_case(reason)}."
    trajectory = session.trajectory(frame.camera)
    if trajectory is not None and trajectory.index_of(frame.frame) is not None:
        keyframe = f"the keyframe exists in {frame.camera} but {file} was not in the download"
        return f"This frame has no image: {keyframe}."
    return f"{frame.camera} has neither a pose nor an image for {file}."


def sentence_case(reason: str) -> str:
    """The tables shout; windows do not."""
    return reason.lower() if reason.isupper() else reason
