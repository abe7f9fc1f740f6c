"""How a modality may be shown: small frozen dataclasses whose field metadata a form can draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from viewer.imaging.color_maps import COLOR_MAPS


def option(
    default: Any,
    title: str,
    help_text: str = "",
    *,
    limits: tuple[float, float] | None = None,
    choices: tuple[str, ...] | None = None,
    unit: str = "",
    unless: str = "",
) -> Any:
    """A field with its title, help, limits, choices and unit in the metadata.

    `unless` names a yes-or-no field that makes this one idle while it is on.
    """
    facts = {"title": title, "help": help_text, "limits": limits, "choices": choices}
    return field(default=default, metadata={**facts, "unit": unit, "unless": unless})


REACH_M = (0.0, 1e5)


@dataclass(frozen=True, slots=True)
class PlainStyle:
    """Nothing to choose."""


@dataclass(frozen=True, slots=True)
class ExposureStyle:
    """Brightness of a linear image."""

    exposure_stops: float = option(
        0.0, "Exposure", "Each stop doubles the light.", limits=(-10.0, 10.0), unit="stops"
    )
    automatic: bool = option(
        True,
        "Automatic brightness",
        "Brings the 90th percentile of the brightness to 0.8, as the dataset's own previews do.",
    )


@dataclass(frozen=True, slots=True)
class ReflectanceStyle:
    """Brightness of a reflectance image, which is 0 to 1 by nature."""

    exposure_stops: float = option(
        0.0, "Exposure", "Each stop doubles the light.", limits=(-10.0, 10.0), unit="stops"
    )
    automatic: bool = option(
        False, "Automatic brightness", "Brings the 90th percentile of the brightness to 0.8."
    )


@dataclass(frozen=True, slots=True)
class RangeStyle:
    """Colors of a measured value."""

    color_map: str = option("dusk", "Colors", "Which colors stand for small and large.", choices=COLOR_MAPS)
    automatic: bool = option(
        True,
        "Range from the image",
        "Spans the 1st to the 99th percentile of every frame; off keeps the range below.",
    )
    low: float = option(
        0.0, "From", "Value of the first color.", limits=REACH_M, unit="m", unless="automatic"
    )
    high: float = option(8.0, "To", "Value of the last color.", limits=REACH_M, unit="m", unless="automatic")


@dataclass(frozen=True, slots=True)
class NormalStyle:
    """Normals as colors."""

    mark_facing_away: bool = option(
        False, "Mark surfaces facing away", "Paints pixels whose normal points away from the camera."
    )
