"""Who may import whom. The table here is the rule; the code is held against it."""

from __future__ import annotations

import ast
import ctypes.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from viewer.ui.start import _libraries_by_name

PACKAGE = Path(__file__).resolve().parents[1] / "viewer"
FOUNDATION = {"errors", "resources"}
DATA = {"formats", "geometry", "imaging", "jobs", "model", "tools"} | FOUNDATION
COMMANDS = {path.stem for path in PACKAGE.glob("*.py")} - FOUNDATION - {"__init__"}
"""Modules at the top of the package: the command line and its commands, which wire everything."""

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "resources": {"errors"},
    "model": {"errors"},
    "jobs": {"errors"},
    "tools": {"model", "errors"},
    "formats": {"model", "jobs"} | FOUNDATION,
    "imaging": {"model", "jobs"} | FOUNDATION,
    "geometry": {"model", "jobs"} | FOUNDATION,
    "sample": {"formats", "geometry", "imaging", "jobs", "model"} | FOUNDATION,
    "app": DATA,
    "render": {"model", "jobs"} | FOUNDATION,
    "ui": DATA | {"app", "render", "sample"},
    **{command: DATA | {"app", "render", "sample", "ui"} | COMMANDS for command in COMMANDS},
}
WINDOW = {"PySide6", "shiboken6", "pyqtgraph"}
GRAPHICS = {"vispy", "OpenGL"}
FILES = {"h5py", "PIL", "trimesh"}
MUST_NOT_USE: dict[str, set[str]] = {
    "errors": WINDOW | GRAPHICS | FILES | {"numpy", "scipy"},
    "model": WINDOW | GRAPHICS | FILES,
    "jobs": WINDOW | GRAPHICS | FILES | {"numpy", "scipy"},
    "tools": WINDOW | GRAPHICS | FILES,
    "formats": WINDOW | GRAPHICS,
    "imaging": WINDOW | GRAPHICS,
    "geometry": WINDOW | GRAPHICS | {"h5py", "PIL"},
    "sample": WINDOW | GRAPHICS,
    "app": WINDOW | GRAPHICS,
    "render": WINDOW | {"OpenGL", "h5py", "trimesh"},
    "ui": {"h5py"},
}


def imported_modules(source: str) -> Iterator[str]:
    """Full names of everything a source file imports, inside functions as well."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name their module in full"
            yield node.module or ""
            if node.module == "viewer":
                yield from (f"viewer.{alias.name}" for alias in node.names)


def part_of(path: Path) -> str:
    """The package, or the module, directly under `viewer` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def wrong_arrows() -> Iterator[str]:
    for path in sorted(PACKAGE.rglob("*.py")):
        part = part_of(path)
        if part == "__init__":
            continue
        for module in imported_modules(path.read_text(encoding="utf-8")):
            words = module.split(".")
            target = words[1] if words[0] == "viewer" and len(words) > 1 else None
            if target is not None and target not in MAY_IMPORT[part] | {part, "__version__"}:
                yield f"{path.relative_to(PACKAGE)} imports viewer.{target}"
            if words[0] in MUST_NOT_USE.get(part, set()):
                yield f"{path.relative_to(PACKAGE)} imports {words[0]}"


def test_every_import_follows_the_table():
    assert list(wrong_arrows()) == []


def said_by(script: str, environment: dict[str, str] | None = None) -> list[str]:
    """The lines that a new Python prints, which runs a script to its end."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE.parent,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_package_stands_in_the_table():
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages <= set(MAY_IMPORT)


@pytest.mark.parametrize("package", ["model", "formats", "imaging", "geometry", "tools", "jobs", "app"])
def test_the_core_loads_without_qt_and_vispy(package):
    script = (
        "import importlib, pkgutil, sys\n"
        f"import viewer.{package} as package\n"
        "for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "    importlib.import_module(module.name)\n"
        "print(sorted({'PySide6', 'pyqtgraph', 'vispy', 'OpenGL'} & set(sys.modules)))\n"
    )
    assert said_by(script) == ["[]"]


def test_the_window_starts_without_what_only_few_commands_need() -> None:
    """Start to first picture: scipy alone takes a third as long as everything else together."""
    script = (
        "import sys, viewer.ui.main_window\n"
        "print(sorted({'scipy', 'pyqtgraph', 'trimesh', 'av', 'OpenGL'} & set(sys.modules)))"
    )
    assert said_by(script) == ["[]"]


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted as Linux lists them")
@pytest.mark.parametrize(("wish", "kept"), [(None, "1"), ("2", "2")])
def test_linear_algebra_starts_no_threads_that_nobody_asked_for(wish: str | None, kept: str) -> None:
    script = (
        "import os\n"
        "from viewer.cli import main\n"
        "main(['no such folder'])\n"
        "import numpy as np\n"
        "np.ones((600, 600)) @ np.ones((600, 600))\n"
        "print(len(os.listdir('/proc/self/task')), os.environ['OPENBLAS_NUM_THREADS'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    environment |= {} if wish is None else {"OPENBLAS_NUM_THREADS": wish}
    threads, setting = said_by(script, environment)[0].split()
    assert setting == kept
    assert int(threads) == 1 or wish is not None


@pytest.mark.skipif(sys.platform != "linux", reason="libraries have other names elsewhere")
def test_libraries_are_found_by_name_and_others_as_ever() -> None:
    as_ever = ctypes.util.find_library
    with _libraries_by_name():
        assert ctypes.util.find_library("GL") == "libGL.so.1"
        assert ctypes.util.find_library("c") == as_ever("c") == "libc.so.6"
        assert ctypes.util.find_library("no such library") is None
    assert ctypes.util.find_library is as_ever


def test_vispy_comes_without_what_it_fetches_files_with_until_somebody_asks() -> None:
    script = (
        "import sys\n"
        "from viewer.ui.start import use_gloo\n"
        "use_gloo()\n"
        "print({'urllib.request', 'vispy.util.fetching'} & set(sys.modules))\n"
        "import vispy.util, vispy.util.fetching as real\n"
        "print('urllib.request' in sys.modules, real.__spec__.origin.endswith('fetching.py'))\n"
        "real.load_data_file = lambda name, **options: (name, options)\n"
        "print(vispy.util.load_data_file('mesh.npz', force_download=True))\n"
    )
    assert said_by(script) == ["set()", "True True", "('mesh.npz', {'force_download': True})"]
