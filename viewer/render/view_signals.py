"""News from the 3D view."""

from __future__ import annotations

from psygnal import Signal

from viewer.errors import GpuError
from viewer.render.id_buffer import PointerHit
from viewer.render.strokes import Stroke


class ViewSignals:
    """What a view tells, in physical pixels and world units."""

    pointer_rested = Signal(object)  # PointerHit, or None when the pointer left
    clicked = Signal(PointerHit, frozenset)  # what was hit; names of the modifiers held
    double_clicked = Signal(PointerHit)
    frustum_clicked = Signal(str, int)  # camera name, frame id
    stroke_started = Signal(object)  # path (P, 2) int32
    stroke_moved = Signal(object)
    stroke_finished = Signal(Stroke)  # its outline stays in the picture until `end_stroke`
    stroke_cancelled = Signal()
    new_instance_requested = Signal()
    wheel_with_modifier = Signal(float, frozenset)  # notches; control or alt
    view_changed = Signal()
    look_through_left = Signal()
    speed_changed = Signal(float)  # flying, metres per second
    upload_finished = Signal()
    detail_wanted = Signal()  # full pictures take long: coarser forms of the mesh would help
    frame_drawn = Signal(float)  # milliseconds
    failed = Signal(GpuError)
