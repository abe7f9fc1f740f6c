"""`hypersim-viewer doctor`: what this machine has, what it lacks, and how to get that."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

from viewer import __version__
from viewer.app.system_libraries import missing_parts
from viewer.errors import ViewerError
from viewer.graphics_probe import WAYS, Graphics, probe
from viewer.jobs.cores import core_count

DISTRIBUTION = "hypersim-viewer"
OLDEST_OPENGL = (3, 3)
PYSIDE_THAT_LOSES_NONE = (6, 12)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is missing or wrong, and what to do about it."""

    what: str
    remedy: str
    is_essential: bool  # True: the window cannot open like this


@dataclass(slots=True)
class Report:
    """All that was found."""

    program: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    display: dict[str, str] = field(default_factory=dict)
    graphics: dict[str, Graphics] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def run(arguments: argparse.Namespace) -> int:
    """Print the report; 1 when something the window cannot do without is missing."""
    report = examine()
    print(json.dumps(asdict(report), indent=2, ensure_ascii=False) if arguments.json else to_text(report))
    return 1 if any(problem.is_essential for problem in report.problems) else 0


def examine() -> Report:
    """Look at everything; takes a second or two, most of it for OpenGL."""
    report = Report()
    report.program = {
        "version": __version__,
        "installed in": str(Path(__file__).parent),
        "Python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        "processors": str(core_count()),
    }
    _examine_packages(report)
    _examine_system(report)
    _examine_graphics(report)
    _examine_folders(report)
    return report


def to_text(report: Report) -> str:
    """The report for people."""
    lines: list[str] = []
    for title, facts in (
        ("Program", report.program),
        ("Python packages", report.packages),
        ("Display", report.display),
    ):
        lines += [title, *_columns(facts), ""]
    for way, graphics in report.graphics.items():
        lines += [f"OpenGL, {way}", *_columns(_graphics_facts(graphics)), ""]
    lines += ["Folders", *_columns(report.folders), ""]
    if not report.problems:
        return "\n".join([*lines, "Nothing is missing."])
    lines.append("Missing")
    for problem in report.problems:
        lines += [f"  {'!' if problem.is_essential else '-'} {problem.what}", f"      {problem.remedy}"]
    return "\n".join(lines)


def _columns(facts: dict[str, str]) -> list[str]:
    width = max(map(len, facts), default=0)
    return [f"  {name:<{width}}  {value}" for name, value in facts.items()]


def _graphics_facts(graphics: Graphics) -> dict[str, str]:
    if graphics.problem:
        return {"none": graphics.problem}
    return {
        "through": graphics.way,
        "vendor": graphics.vendor,
        "renderer": graphics.renderer + (" (software)" if graphics.is_software else ""),
        "version": graphics.version,
        "GLSL": graphics.shading_language,
        "limits": f"texture {graphics.largest_texture} px, picture {graphics.largest_picture} px, "
        f"{graphics.samples} samples",
    }


def _examine_packages(report: Report) -> None:
    for name in _required_packages():
        try:
            report.packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            report.packages[name] = "missing"
            report.problems.append(
                Problem(f"the Python package {name}", f"{sys.executable} -m pip install {name}", True)
            )
    qt = _numbers(report.packages.get("PySide6-Essentials", ""))
    if qt[:2] == PYSIDE_THAT_LOSES_NONE and sys.version_info[:2] == (3, 11):
        report.problems.append(
            Problem(
                "another PySide6: 6.12 on Python 3.11 loses a reference to None with every call and aborts",
                f'{sys.executable} -m pip install "PySide6-Essentials<6.12"',
                True,
            )
        )


def _required_packages() -> Iterator[str]:
    try:
        wanted = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:  # run from a folder that was never installed
        wanted = ["PySide6-Essentials", "vispy", "pyqtgraph", "numpy", "scipy", "h5py"]
        wanted += ["trimesh", "embreex", "psygnal", "pillow", "platformdirs"]
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        if name is not None and "extra ==" not in requirement:
            yield name[0]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _examine_system(report: Report) -> None:
    report.display = {
        name: os.environ.get(name, "not set")
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM")
    }
    report.display["Xvfb"] = shutil.which("Xvfb") or "not installed"
    if sys.platform != "linux":
        return
    missing = missing_parts()
    if missing:
        packages = " ".join(dict.fromkeys(part.package for part in missing))
        named = ", ".join(f"{part.names[0]} ({part.purpose})" for part in missing)
        report.problems.append(
            Problem(
                f"system libraries: {named}",
                f"Debian, Ubuntu: sudo apt-get install --no-install-recommends {packages}",
                True,
            )
        )


def _examine_graphics(report: Report) -> None:
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    for way in WAYS:
        if way == "window" and sys.platform == "linux" and not has_display:
            report.graphics[way] = Graphics(problem="there is no display")
            report.problems.append(
                Problem(
                    "a display",
                    "log in to a desktop, or run under xvfb-run (Debian: apt-get install xvfb)",
                    True,
                )
            )
            continue
        graphics = probe(way)
        report.graphics[way] = graphics
        if graphics.problem:
            report.problems.append(
                Problem(
                    f"OpenGL, {way}: {graphics.problem}",
                    "install your graphics driver, or Mesa",
                    way == "window",
                )
            )
        elif _numbers(graphics.version)[:2] < OLDEST_OPENGL:
            report.problems.append(
                Problem(
                    f"OpenGL 3.3 or newer, {way}; there is {graphics.version}",
                    "update the graphics driver",
                    way == "window",
                )
            )
        elif graphics.is_software and way == "window":
            report.problems.append(
                Problem(
                    "a graphics card's driver: the processor draws everything, which is slow",
                    "where there is such a card, install its driver",
                    False,
                )
            )


def _examine_folders(report: Report) -> None:
    try:
        import platformdirs

        from viewer.app.settings import APP, Settings, load_settings, settings_file
    except ImportError:  # told among the packages
        return
    settings = Settings()
    try:
        settings = load_settings()
        state = "" if settings_file().exists() else " (not there: all settings are the defaults)"
    except ViewerError as error:
        state = f" ({error.message})"
        report.problems.append(Problem(f"readable settings: {error}", "edit or delete the file", False))
    report.folders["settings"] = f"{settings_file()}{state}"
    for title, folder in (
        ("cache", Path(platformdirs.user_cache_dir(APP))),
        ("state", Path(platformdirs.user_state_dir(APP))),
    ):
        report.folders[title] = f"{folder} ({_folder_state(folder)})"
        if not _is_writable(folder):
            report.problems.append(
                Problem(f"the right to write to {folder}", "change its owner or its mode", False)
            )
    for title, places in (
        ("more dataset folders", settings.also_roots),
        ("camera table", (settings.camera_table,)),
    ):
        for place in filter(None, places):
            report.folders[title] = place
            if not Path(place).exists():
                report.problems.append(
                    Problem(
                        f"{place}, named in the settings as {title}",
                        "choose another in File > Settings",
                        False,
                    )
                )


def _folder_state(folder: Path) -> str:
    if not folder.is_dir():
        return "not there yet"
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return f"{size / 1e6:,.0f} MB"


def _is_writable(folder: Path) -> bool:
    """Whether we may write there, or make it where it is not there yet."""
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    return os.access(nearest, os.W_OK)
