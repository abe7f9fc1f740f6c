"""What is installed is complete, and the set-up scripts do what they say."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RESOURCES = PROJECT_ROOT / "resources"


def resource_names() -> set[str]:
    return {str(file.relative_to(RESOURCES)) for file in RESOURCES.rglob("*") if file.is_file()}


def test_every_package_is_listed():
    packages = {
        ".".join(file.parent.relative_to(PROJECT_ROOT).parts)
        for file in (PROJECT_ROOT / "viewer").rglob("__init__.py")
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages | {"viewer._resources"}


def test_every_folder_with_code_is_a_package():
    folders = {file.parent for file in (PROJECT_ROOT / "viewer").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_version_is_told_the_same_everywhere():
    tree = ast.parse((PROJECT_ROOT / "viewer" / "__init__.py").read_text(encoding="utf-8"))
    told = [node.value.value for node in tree.body if isinstance(node, ast.Assign)]
    assert told == [PROJECT["project"]["version"]]


def test_every_dependency_says_why_it_is_there():
    lines = (PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    dev = PROJECT["project"]["optional-dependencies"]["dev"]
    for requirement in [*PROJECT["project"]["dependencies"], *dev]:
        (row,) = (number for number, line in enumerate(lines) if line.strip() == f'"{requirement}",')
        assert lines[row - 1].strip().startswith("# "), f"no reason above {requirement}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_a_version_and_hashes(name):
    text = (PROJECT_ROOT / "packaging" / name).read_text(encoding="utf-8")
    assert "://" not in text
    entries = text.replace("\\\n", " ").strip().splitlines()
    assert entries
    for entry in entries:
        assert "==" in entry.split()[0], entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize(
    ("lock", "extra"), [("requirements.lock", False), ("requirements-dev.lock", True)], ids=["run", "dev"]
)
def test_the_lock_holds_every_dependency(lock, extra):
    text = (PROJECT_ROOT / "packaging" / lock).read_text(encoding="utf-8")
    locked = {line.split("==")[0] for line in text.splitlines() if "==" in line}
    wanted = PROJECT["project"]["dependencies"]
    if extra:
        wanted = wanted + PROJECT["project"]["optional-dependencies"]["dev"]
    names = {requirement.split(">=")[0].lower() for requirement in wanted}
    assert names <= locked


@pytest.mark.parametrize("script", ["packaging/run.sh", "packaging/test.sh", "packaging/lock.sh", ".ci/run"])
def test_the_scripts_are_sound_and_stop_at_the_first_error(script):
    path = PROJECT_ROOT / script
    assert "set -euo pipefail" in path.read_text(encoding="utf-8")
    done = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_wheel_holds_the_code_and_the_resources(tmp_path):
    source = _copy_of_the_project(tmp_path / "source")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    done = subprocess.run(
        [*build, "--wheel-dir", str(tmp_path), str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    code = {str(file.relative_to(PROJECT_ROOT)) for file in (PROJECT_ROOT / "viewer").rglob("*.py")}
    assert code <= names
    assert {f"viewer/_resources/{name}" for name in resource_names()} <= names
    assert any(name.endswith("LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "packaging/"))]


@pytest.mark.slow
def test_an_installed_wheel_finds_its_resources_and_starts(tmp_path):
    site = tmp_path / "site"
    source = _copy_of_the_project(tmp_path / "source")
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--quiet"]
    done = subprocess.run(
        [*install, "--target", str(site), str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    name = sorted(resource_names())[0]
    script = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "from viewer.resources import resource_path\n"
        f"print(resource_path(*{name.split('/')!r}))\n"
        "from viewer.cli import main\nmain(['--version'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stdout.splitlines() == [
        str(site / "viewer" / "_resources" / name),
        f"hypersim-viewer {PROJECT['project']['version']}",
    ], done.stderr


def _copy_of_the_project(target: Path) -> Path:
    """What a build needs, copied, for setuptools writes beside its sources."""
    from shutil import copy2, copytree, ignore_patterns

    target.mkdir()
    for name in ("viewer", "resources"):
        copytree(PROJECT_ROOT / name, target / name, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        copy2(PROJECT_ROOT / name, target / name)
    return target
