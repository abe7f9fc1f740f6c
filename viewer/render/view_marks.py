"""What is emphasised in the 3D view: objects, and one place."""

from __future__ import annotations

from numpy.typing import ArrayLike

from viewer.render.marker import Marker
from viewer.render.object_table import Flag
from viewer.render.picture_state import PictureState
from viewer.render.view_camera import ViewCamera


class ViewMarks(ViewCamera):
    """A view with marks. `SceneView` gives it what is shown."""

    _state: PictureState

    def __init__(self, up: ArrayLike) -> None:
        super().__init__(up)
        self._marker: Marker | None = None

    def set_selection(self, object_ids: ArrayLike) -> None:
        """Outline exactly these objects as selected."""
        self._mark(Flag.SELECTED, object_ids)

    def set_hovered(self, object_id: int | None) -> None:
        """Lighten and outline one object."""
        self._mark(Flag.HOVERED, () if object_id is None else (object_id,))

    def set_stroke_preview(self, object_ids: ArrayLike | None) -> None:
        """Show which objects a stroke would change; None or nothing ends it."""
        self._mark(Flag.PREVIEWED, () if object_ids is None else object_ids)

    def set_marker(self, marker: Marker | None) -> None:
        """Show a place, and the ray that leads there, over the picture; None takes it away."""
        if marker is not self._marker:
            self._marker = marker
            self.redraw_flat()

    def _mark(self, flag: Flag, object_ids: ArrayLike) -> None:
        if self._state.table.mark(flag, object_ids):
            self.redraw()
