"""One small sample scene for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sample.scenes import opened, write_and_time
from viewer.model.scene import Scene


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_and_time(tmp_path_factory.mktemp("sample"), "small sample scene")


@pytest.fixture(scope="session")
def scene(sample: Path) -> Scene:
    return opened(sample)
