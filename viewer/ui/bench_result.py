"""What `hypersim-viewer bench` finds out."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from typing import Any

from viewer import __version__
from viewer.jobs.cores import core_count


@dataclass(slots=True)
class BenchResult:
    """Everything measured; None where the scene has nothing to measure it on."""

    version: str = __version__
    scene: str = ""
    system: str = ""
    cores: int = 0
    graphics: str = ""
    window_px: tuple[int, int] = (0, 0)
    view_px: tuple[int, int] = (0, 0)
    triangles: int = 0
    objects: int = 0
    first_frame_s: float | None = None  # from process start to the first whole picture of the scene
    ready_s: float | None = None  # until nothing is computed in the background any more
    orbit_ms: float | None = None  # a picture while the view moves, as users see it
    orbit_p95_ms: float | None = None
    orbit_full_ms: float | None = None  # the same with every triangle and pixel
    rest_to_full_s: float | None = None  # from the last movement to the full picture
    relabel_ms: float | None = None  # from a new label to the picture with it
    click_cpu_ms: float | None = None  # processor time of labelling with one click, without the picture
    rectangle_s: float | None = None  # from release of a stroke over the whole view to the final labels
    rectangle_rays: int | None = None
    rectangle_objects: int | None = None
    rays_alone_s: float | None = None  # the same rays, cast and nothing else
    hover_ms: float | None = None  # from the pointer at rest to its object's name
    step_cold_ms: float | None = None  # to a frame that was not decoded yet, until all panes show it
    step_decode_ms: float | None = None  # decoding the same files, and nothing else
    step_prefetched_ms: float | None = None  # to a neighbouring frame after a moment's rest
    panes: int | None = None
    save_s: float | None = None
    peak_looking_mb: float | None = None  # the most memory up to the last movement
    peak_mb: float | None = None
    longest_gaps: dict[str, dict[str, Any]] = field(default_factory=dict)  # ms without an answer, and where

    @classmethod
    def of_start(cls, first_frame_s: float, window_px: tuple[int, int]) -> BenchResult:
        """What is known on this machine when the first whole picture is there."""
        system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        return cls(system=system, cores=core_count(), window_px=window_px, first_frame_s=first_frame_s)
