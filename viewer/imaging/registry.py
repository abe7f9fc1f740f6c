"""Every way to look at a frame, in the order of the chooser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from viewer.imaging.depth import DEPTH_MODALITIES
from viewer.imaging.hdr_color import COLOR_MODALITIES
from viewer.imaging.ids import ID_MODALITIES
from viewer.imaging.modality import Modality
from viewer.imaging.normals import NORMAL_MODALITIES
from viewer.imaging.pose_check import POSE_CHECK_MODALITIES
from viewer.imaging.positions import POSITION_MODALITIES
from viewer.imaging.previews import PREVIEW_MODALITIES

MODALITIES: Final[tuple[Modality[Any], ...]] = (
    *COLOR_MODALITIES,
    *ID_MODALITIES,
    *DEPTH_MODALITIES,
    *NORMAL_MODALITIES,
    *POSITION_MODALITIES,
    *POSE_CHECK_MODALITIES,
    *PREVIEW_MODALITIES,
)
DEFAULT_PANES: Final = ("color", "class_live", "distance", "normal_cam", "instance_live", "planar_depth")
"""What the panes show at first, pane by pane."""

_BY_KEY: Final = {modality.key: modality for modality in MODALITIES}


def find_modality(key: str) -> Modality[Any] | None:
    return _BY_KEY.get(key)


def groups(modalities: Iterable[Modality[Any]] = MODALITIES) -> dict[str, tuple[Modality[Any], ...]]:
    """The modalities under their group titles, in order."""
    found: dict[str, tuple[Modality[Any], ...]] = {}
    for modality in modalities:
        found[modality.group] = (*found.get(modality.group, ()), modality)
    return found
