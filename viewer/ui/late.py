"""Parts of the window that its first picture does not need, made when they are first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

Part = TypeVar("Part")


class Late(Generic[Part]):
    """An attribute of the main window, made by `maker(window)` when somebody first asks for it.

    `maker` is a class or a function by its name, "module:name", below `viewer.ui`. `Filling` asks for every
    one of them soon after the first picture, so whoever makes a part must let it take what the session has.
    """

    def __init__(self, maker: str) -> None:
        self.module, self._maker = maker.split(":")
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, window: None, owner: type) -> Late[Part]: ...

    @overload
    def __get__(self, window: MainWindow, owner: type) -> Part: ...

    def __get__(self, window: MainWindow | None, owner: type) -> Late[Part] | Part:
        if window is None:
            return self
        maker: Any = getattr(import_module(f"viewer.ui.{self.module}"), self._maker)
        part: Part = maker(window)
        vars(window)[self._name] = part  # from now on Python finds it there first
        return part


def late_parts(kind: type) -> tuple[tuple[str, str], ...]:
    """The late parts that a class declares and their modules below `viewer.ui`, in its order."""
    return tuple((name, value.module) for name, value in vars(kind).items() if isinstance(value, Late))
