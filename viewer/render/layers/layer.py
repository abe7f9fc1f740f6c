"""The base of all layers, and how a style describes itself to a form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, field
from typing import Any, ClassVar, Protocol

from vispy.gloo.context import GLContext

from viewer.model.scene import Scene
from viewer.render.frame import Frame


def control(
    default: Any,
    title: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    help: str = "",  # noqa: A002 the metadata key that forms read
) -> Any:
    """A dataclass field that a form can show: title, limits, choices, unit and help in its metadata."""
    limits = None if low is None or high is None else (low, high)
    metadata = {
        "limits": limits,
        "title": title,
        "min": low,
        "max": high,
        "choices": choices,
        "unit": unit,
        "help": help,
    }
    return field(default=default, metadata=metadata)


class LayerStyle(Protocol):
    """Any frozen dataclass with a `visible` field."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def visible(self) -> bool: ...


class Layer:
    """Something of the scene that is drawn; OpenGL is current in all calls.

    `style` is a frozen dataclass; the view replaces it whole and redraws.
    """

    is_pickable: ClassVar[bool] = False
    key: ClassVar[str]
    title: ClassVar[str]
    needs: ClassVar[type | None] = None
    """The part of a scene without which there is nothing to draw; None = always there."""
    style: Any

    @property
    def is_available(self) -> bool:
        """True when there is something to draw, were it visible."""
        return True

    @property
    def is_drawn(self) -> bool:
        return bool(self.style.visible) and self.is_available

    def set_scene(self, scene: Scene | None) -> None:
        """Forget the old scene and take what this layer needs from the new one."""

    @property
    def wants_upload(self) -> bool:
        """True when a change of style needs something that is not on the graphics card yet."""
        return False

    def upload(self, context: GLContext) -> Iterator[int]:
        """Send what is new to the graphics card in small steps, yielding the bytes of each."""
        return iter(())

    @property
    def lacks_forms(self) -> bool:
        """True while there are no coarser forms, for quick pictures, that this layer makes by itself."""
        return False

    def upload_forms(self, context: GLContext) -> Iterator[int]:
        """Make such forms in the background and send them, as `upload` does."""
        return iter(())

    def draw_surface(self, frame: Frame) -> None:
        """Draw what is solid: ids, normals or colours, and depth."""

    def surface_steps(self, frame: Frame) -> Iterator[None]:
        """`draw_surface` in steps, of layers that take long; who draws in between restores OpenGL's state."""
        self.draw_surface(frame)
        yield

    @property
    def is_glass(self) -> bool:
        """True when `draw_glass` has something to draw."""
        return False

    def draw_glass(self, frame: Frame) -> None:
        """Draw see-through surfaces in any order, by the `GLASS` part of the shaders."""

    def draw_faint(self, frame: Frame) -> None:
        """Likewise, of the objects that are faint; `draw_surface` leaves them out."""

    def draw_blended(self, frame: Frame) -> None:
        """Draw what is see-through, over the finished surfaces and tested against their depth."""

    def draw_pickable(self, frame: Frame) -> None:
        """Draw ids and depth of thin things the pointer can hit; they are not part of the surfaces."""

    def release(self) -> None:
        """Give the graphics memory back."""
