"""Which of the system's own libraries the window needs, and the Debian packages that bring them.

Standard library only: the set-up scripts run this file before anything is installed, as
`python3 -m viewer.app.system_libraries`, which prints the missing packages, one a line.
"""

from __future__ import annotations

import ctypes
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SystemPart:
    """One thing the system must have; any of `names` will do."""

    names: tuple[str, ...]
    package: str  # Debian's and Ubuntu's name
    purpose: str


_QT = "Qt's window system plugin"
_X = "the X window system"

LIBRARIES = (
    SystemPart(("libGL.so.1",), "libgl1", "OpenGL"),
    SystemPart(("libEGL.so.1",), "libegl1", "OpenGL without a window"),
    SystemPart(("libGLX_mesa.so.0", "libGLX_nvidia.so.0"), "libglx-mesa0", "an OpenGL driver"),
    SystemPart(
        ("libEGL_mesa.so.0", "libEGL_nvidia.so.0"), "libegl-mesa0", "an OpenGL driver without a window"
    ),
    SystemPart(("libfontconfig.so.1",), "libfontconfig1", "finding fonts"),
    SystemPart(("libdbus-1.so.3",), "libdbus-1-3", "Qt"),
    SystemPart(("libgthread-2.0.so.0",), "libglib2.0-0", "Qt"),
    SystemPart(("libX11.so.6",), "libx11-6", _X),
    SystemPart(("libX11-xcb.so.1",), "libx11-xcb1", _X),
    SystemPart(("libxkbcommon.so.0",), "libxkbcommon0", "the keyboard"),
    SystemPart(("libxkbcommon-x11.so.0",), "libxkbcommon-x11-0", "the keyboard"),
    SystemPart(("libxcb-cursor.so.0",), "libxcb-cursor0", _QT),
    SystemPart(("libxcb-glx.so.0",), "libxcb-glx0", _QT),
    SystemPart(("libxcb-icccm.so.4",), "libxcb-icccm4", _QT),
    SystemPart(("libxcb-image.so.0",), "libxcb-image0", _QT),
    SystemPart(("libxcb-keysyms.so.1",), "libxcb-keysyms1", _QT),
    SystemPart(("libxcb-randr.so.0",), "libxcb-randr0", _QT),
    SystemPart(("libxcb-render-util.so.0",), "libxcb-render-util0", _QT),
    SystemPart(("libxcb-shape.so.0",), "libxcb-shape0", _QT),
    SystemPart(("libxcb-sync.so.1",), "libxcb-sync1", _QT),
    SystemPart(("libxcb-xfixes.so.0",), "libxcb-xfixes0", _QT),
    SystemPart(("libxcb-xkb.so.1",), "libxcb-xkb1", _QT),
)
FONTS = SystemPart(("a TrueType or OpenType font",), "fonts-dejavu-core", "text")
VIRTUAL_DISPLAY = (
    SystemPart(("Xvfb",), "xvfb", "a virtual display"),
    SystemPart(("xvfb-run",), "xvfb", "a virtual display"),
    SystemPart(("xauth",), "xauth", "a virtual display"),
)
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
_FONT_FILES = ("*.ttf", "*.otf", "*.ttc")


def missing_parts(*, virtual_display: bool = False) -> tuple[SystemPart, ...]:
    """What is not there of the libraries and fonts and, if asked for, of the virtual display."""
    return tuple(_missing(virtual_display))


def _missing(virtual_display: bool) -> Iterator[SystemPart]:
    yield from (part for part in LIBRARIES if not any(_loads(name) for name in part.names))
    if not _has_font():
        yield FONTS
    if virtual_display:
        yield from (part for part in VIRTUAL_DISPLAY if shutil.which(part.names[0]) is None)


def _loads(library: str) -> bool:
    # Loading asks the very machinery that will load it for Qt, search paths of the environment included.
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_font() -> bool:
    folders = (Path(folder).expanduser() for folder in _FONT_FOLDERS)
    return any(True for folder in folders for pattern in _FONT_FILES for _ in folder.rglob(pattern))


def main() -> None:
    """Print the packages that bring what is missing; with --virtual-display, also those of Xvfb."""
    parts = (
        missing_parts(virtual_display="--virtual-display" in sys.argv[1:]) if sys.platform == "linux" else ()
    )
    for package in dict.fromkeys(part.package for part in parts):
        print(package)


if __name__ == "__main__":
    main()
