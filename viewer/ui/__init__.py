"""The window: PySide6 widgets that draw state and report gestures."""

import builtins
from importlib import import_module


def _import_pyside_plainly() -> None:
    """Import PySide, and take the hook off `import` that it brings, before anything else is imported.

    The hook reads the source of every module that is imported, and keeps it, to learn whether the module may
    use `from __feature__ import ...`, which nothing here does: a tenth of a second and 18 MB.
    """
    import_module("PySide6")
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


_import_pyside_plainly()
