"""What a test process was doing when it died, told where it is read: at the end of the run.

The interpreter writes that down as it dies, but amid the output of the other processes, thousands of tests
before the summary, and with one line that lists every compiled module. Here each process writes to a file of
its own, and the summary ends with the innermost calls of every thread.
"""

from __future__ import annotations

import faulthandler
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

import pytest
from _pytest.terminal import TerminalReporter

CALLS_A_THREAD = 14
_FOLDER = "HYPERSIM_VIEWER_CRASHES"
_open: list[IO[str]] = []


def _is_main(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if _is_main(config):
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="hypersim-viewer-crashes-")
        return
    file = (Path(os.environ[_FOLDER]) / f"{config.workerinput['workerid']}-{os.getpid()}").open("w")
    _open.append(file)
    faulthandler.enable(file)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    for path in sorted(Path(os.environ[_FOLDER]).iterdir()) if _is_main(config) else ():
        told = shorten(path.read_text(errors="replace"))
        if told:
            terminalreporter.section(f"test process {path.name} died")
            terminalreporter.write_line(told)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_main(config):
        shutil.rmtree(os.environ.pop(_FOLDER), ignore_errors=True)
    elif _open:
        faulthandler.disable()
        _open.pop().close()


def shorten(report: str) -> str:
    """The innermost calls of each thread, without what every report has in common."""
    kept: list[str] = []
    calls = 0
    for line in report.partition("\nExtension modules:")[0].splitlines():
        calls = calls + 1 if line.startswith("  ") else 0
        if calls <= CALLS_A_THREAD and "site-packages/_pytest/" not in line:
            kept.append(line)
    return "\n".join(kept)
