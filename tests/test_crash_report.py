"""A test process that dies leaves word of what it was doing at the end of the run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DIES = """
import faulthandler

def deeper(left):
    if left:
        deeper(left - 1)
    else:
        faulthandler._sigsegv()

def test_that_dies():
    deeper(3)

def test_that_lives():
    pass
"""


def test_the_summary_says_where_a_process_died(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_two.py").write_text(DIES)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "tests.crash_report"]
    run = subprocess.run(
        [*command, "-c", str(tmp_path / "pytest.ini"), str(tmp_path / "test_two.py")],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert run.returncode == 1, run.stdout + run.stderr
    assert "1 failed, 1 passed" in run.stdout
    told = run.stdout.partition("test process gw0")[2]
    assert "Segmentation fault" in told
    assert told.count("in deeper") == 4
    assert "in test_that_dies" in told
    assert "Extension modules" not in told
    assert "_pytest" not in told.partition("short test summary")[0]
