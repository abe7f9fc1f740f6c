"""A pose check as a table to read, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viewer.formats.atomic_file import replace_file
from viewer.model.frames import FrameId

if TYPE_CHECKING:
    from viewer.app.pose_check import SceneCheck
    from viewer.geometry.pose_check import FrameCheck
    from viewer.geometry.pose_measures import Difference

COLUMNS = (
    "scene",
    "camera",
    "frame",
    "status",
    "fault",
    "agreement",
    "agreement_with_borders",
    "compared",
    "compared_with",
    "shift_x_px",
    "shift_y_px",
    "agreement_after_shift",
    "distance_median_m",
    "distance_p99_m",
    "distance_nan_share",
    "position_median_m",
    "position_p99_m",
    "position_nan_share",
    "position_offset_px",
    "reason",
)
_NONE = "–"


def status_of(check: FrameCheck) -> str:
    """`fits`, `fails` or `not checked`."""
    return "fails" if check.has_failed else "fits" if check.is_checked else "not checked"


def row_of(check: FrameCheck) -> dict[str, Any]:
    """All that was found out of a frame, by the names of `COLUMNS` without the scene; None = unknown."""
    m = check.measures
    moved = m.shift
    return {
        "camera": check.frame.camera,
        "frame": check.frame.frame,
        "status": status_of(check),
        "fault": check.fault.value if check.has_failed else "",
        "agreement": None if m.agreement is None else float(m.agreement.inner),
        "agreement_with_borders": None if m.agreement is None else float(m.agreement.overall),
        "compared": None if m.agreement is None else float(m.agreement.compared),
        "compared_with": check.witness,
        "shift_x_px": None if moved is None else moved.dx,
        "shift_y_px": None if moved is None else moved.dy,
        "agreement_after_shift": None if moved is None else float(moved.inner),
        **_difference("distance", m.distance),
        **_difference("position", m.position),
        "position_offset_px": m.offset_px,
        "reason": check.diagnosis.reason,
    }


def _difference(name: str, found: Difference | None) -> dict[str, float | None]:
    return {
        f"{name}_median_m": None if found is None else found.median_m,
        f"{name}_p99_m": None if found is None else found.p99_m,
        f"{name}_nan_share": None if found is None else found.nan_share,
    }


def to_csv(check: SceneCheck) -> str:
    """One row per frame, `COLUMNS` first; unknown numbers are empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for frame in check.frames:
        found = {"scene": check.scene, **row_of(frame)}
        writer.writerow({key: _cell(value) for key, value in found.items()})
    return stream.getvalue()


def save_csv(check: SceneCheck, path: Path) -> None:
    """Write the table. Raises SaveError; a file that was there is then as it was."""
    replace_file(path, to_csv(check).encode("utf-8"))


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def to_json(check: SceneCheck) -> str:
    """The whole check; numbers that are infinite or unknown are null."""
    frames = []
    for frame in check.frames:
        amount = frame.diagnosis.amount
        other = frame.diagnosis.other
        found = {
            **row_of(frame),
            "amount": amount,
            "amount_unit": frame.diagnosis.unit,
            "other_frame": None if other is None else {"camera": other.camera, "frame": other.frame},
        }
        frames.append({key: _finite(value) for key, value in found.items()})
    whole = {
        "scene": check.scene,
        "lens": check.lens,
        "seconds": round(check.seconds, 3),
        "checked": check.checked_count,
        "failed": len(check.failed),
        "notes": list(check.notes),
        "frames": frames,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not abs(value) < float("inf") else value


def to_text(check: SceneCheck) -> str:
    """A table, then the reasons, then what is wrong with files."""
    titles = (
        "camera",
        "frame",
        "status",
        "agreement",
        "shift",
        "distance diff.",
        "position",
        "compared with",
    )
    rows = [titles, *(_line(frame) for frame in check.frames)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(titles))]
    rights = (1, 3, 4, 5, 6)
    lines = [
        "  ".join(
            cell.rjust(width) if k in rights else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "─" * max(len(line) for line in lines))
    reasons = [f"{frame_words(frames)}: {reason}" for reason, frames in reasons_of(check).items()]
    parts = [f"{check.scene}, lens: {check.lens}", "\n".join(lines)]
    if reasons:
        parts.append("\n".join(reasons))
    if check.notes:
        parts.append("\n".join(check.notes))
    parts.append(f"{check.summary} {check.seconds:.1f} s")
    return "\n\n".join(parts)


def reasons_of(check: SceneCheck) -> dict[str, list[FrameId]]:
    """The frames each reason holds for, in order."""
    found: dict[str, list[FrameId]] = {}
    for frame in check.frames:
        if frame.diagnosis.reason:
            found.setdefault(frame.diagnosis.reason, []).append(frame.frame)
    return found


def frame_words(frames: Sequence[FrameId]) -> str:
    """Frames in few words, such as `cam_00 frames 2, 5; cam_01 frame 0`."""
    by_camera: dict[str, list[str]] = {}
    for frame in frames:
        by_camera.setdefault(frame.camera, []).append(str(frame.frame))
    return "; ".join(
        f"{camera} frame{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}"
        for camera, numbers in by_camera.items()
    )


def _line(check: FrameCheck) -> tuple[str, ...]:
    m = check.measures
    return (
        check.frame.camera,
        str(check.frame.frame),
        check.fault.value,
        agreement_words(check),
        shift_words(check),
        difference_words(m.distance),
        offset_words(check),
        check.witness or _NONE,
    )


def agreement_words(check: FrameCheck) -> str:
    """Agreement away from borders, such as `99.98 %`."""
    found = check.measures.agreement
    return _NONE if found is None else f"{100 * found.inner:.2f} %"


def shift_words(check: FrameCheck) -> str:
    """The best whole-pixel shift, such as `+8, -3 px`."""
    shift = check.measures.shift
    if shift is None:
        return _NONE
    return "0 px" if shift.is_none else f"{shift.dx:+d}, {shift.dy:+d} px"


def difference_words(found: Difference | None) -> str:
    """Median and 99th percentile, such as `0.6 / 2.1 mm`."""
    if found is None:
        return _NONE
    if found.p99_m < 0.1:
        return f"{1000 * found.median_m:.1f} / {1000 * found.p99_m:.1f} mm"
    return f"{found.median_m:.3f} / {found.p99_m:.3f} m"


def offset_words(check: FrameCheck) -> str:
    """How far positions are from their pixels, such as `0.05 px`."""
    offset = check.measures.offset_px
    if offset is None:
        return _NONE
    return f"{offset:.2f} px" if offset < 1e6 else "out of sight"
