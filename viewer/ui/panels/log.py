"""What the program says of itself, for those who want to know."""

from __future__ import annotations

import html
import logging
from collections import deque
from datetime import datetime

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from viewer.ui import theme
from viewer.ui.job_runner import JobRunner
from viewer.ui.parts import push_button, search_field, text_label

MOST_LINES = 5000
LEVELS = {
    "Everything": logging.DEBUG,
    "Information": logging.INFO,
    "Warnings": logging.WARNING,
    "Errors": logging.ERROR,
}
SOURCE = "viewer"


class _ToPanel(logging.Handler):
    """Carries records of any thread to the main one."""

    def __init__(self, panel: LogPanel, runner: JobRunner) -> None:
        super().__init__(logging.DEBUG)
        self._panel = panel
        self._runner = runner
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        when = datetime.fromtimestamp(record.created)
        line = LogLine(record.levelno, when, record.name, self.format(record))
        self._runner.post(lambda: self._panel.add(line))


class LogLine:
    """One record, formatted where it was made."""

    __slots__ = ("level", "source", "text", "when")

    def __init__(self, level: int, when: datetime, source: str, text: str) -> None:
        self.level, self.when, self.source, self.text = level, when, source, text

    def __str__(self) -> str:
        return f"{self.when:%H:%M:%S} {logging.getLevelName(self.level).lower():8} {self.source}: {self.text}"


class LogPanel(QWidget):
    """The last lines of the log, narrowed by level and by words."""

    def __init__(self, runner: JobRunner) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._lines: deque[LogLine] = deque(maxlen=MOST_LINES)
        self.level = QComboBox()
        self.level.addItems(list(LEVELS))
        self.level.setCurrentIndex(1)
        self.level.setAccessibleName("Least level shown")
        self.search = search_field("Find in the log…", "Find in the log")
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setMaximumBlockCount(MOST_LINES)
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.view.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.view.setAccessibleName("Log")
        self.view.setPlaceholderText("Nothing to tell so far.")
        self._counts = text_label("", "muted")
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.level)
        head.addWidget(self.search, 1)
        head.addWidget(self._counts)
        head.addWidget(push_button("Copy", icon="copy", tip="Copy what is shown", clicked=self.copy))
        head.addWidget(push_button("Clear", icon="trash", tip="Forget all lines", clicked=self.clear))
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.level.currentIndexChanged.connect(lambda _row: self._refill())
        self.search.textChanged.connect(lambda _text: self._refill())
        theme.NEWS.changed.connect(self._refill)
        handler = _ToPanel(self, runner)
        source = logging.getLogger(SOURCE)
        source.addHandler(handler)
        before = source.level
        if before == logging.NOTSET:
            source.setLevel(logging.INFO)  # else only warnings are made at all

        def leave(*_: object) -> None:
            source.removeHandler(handler)
            source.setLevel(before)

        self.destroyed.connect(leave)
        self._count()

    @property
    def lines(self) -> tuple[LogLine, ...]:
        return tuple(self._lines)

    def add(self, line: LogLine) -> None:
        """Add a line; on the main thread."""
        self._lines.append(line)
        if self._fits(line):
            self.view.appendHtml(self._rendered(line))
        self._count()

    def copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(str(line) for line in self._lines if self._fits(line)))

    def clear(self) -> None:
        self._lines.clear()
        self._refill()

    def _fits(self, line: LogLine) -> bool:
        least = list(LEVELS.values())[self.level.currentIndex()]
        return line.level >= least and self.search.text().casefold() in str(line).casefold()

    def _refill(self) -> None:
        self.view.clear()
        for line in self._lines:
            if self._fits(line):
                self.view.appendHtml(self._rendered(line))
        self._count()

    def _rendered(self, line: LogLine) -> str:
        colors = theme.tokens()
        ink = colors.text
        if line.level >= logging.ERROR:
            ink = colors.danger
        elif line.level >= logging.WARNING:
            ink = colors.warning
        text = html.escape(line.text).replace("\n", "<br>").replace("  ", "&nbsp;&nbsp;")
        return (
            f'<span style="color:{colors.faint}">{line.when:%H:%M:%S}</span> '
            f'<span style="color:{ink}">{text}</span> '
            f'<span style="color:{colors.faint}">{html.escape(line.source)}</span>'
        )

    def _count(self) -> None:
        problems = sum(line.level >= logging.WARNING for line in self._lines)
        self._counts.setText(f"{problems} problem{'s' if problems != 1 else ''}" if problems else "")
