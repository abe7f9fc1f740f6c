"""The `generate` command: what a dataset derives from a scene's mesh and labels, made anew.

Each thing that can be made is a word after `generate`, with a parser of its own, in a file of its own.
"""

from __future__ import annotations

import argparse
from typing import Final

from viewer.cli import Command


def _add_octomap(parser: argparse.ArgumentParser) -> None:
    from viewer.generate_octomap_command import add_arguments

    add_arguments(parser)


def _run_octomap(arguments: argparse.Namespace) -> int:
    from viewer.generate_octomap_command import run

    return run(arguments)


def _add_boxes(parser: argparse.ArgumentParser) -> None:
    from viewer.generate_boxes_command import add_arguments

    add_arguments(parser)


def _run_boxes(arguments: argparse.Namespace) -> int:
    from viewer.generate_boxes_command import run

    return run(arguments)


WORDS: Final[tuple[Command, ...]] = (
    Command("octomap", "Carve free and occupied space out of a scene's mesh.", _add_octomap, _run_octomap),
    Command("boxes", "Fit the boxes of all instances and write their files.", _add_boxes, _run_boxes),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-parser for each word."""
    words = parser.add_subparsers(dest="word", required=True, metavar="WHAT", title="what to make")
    for word in WORDS:
        word.add_arguments(words.add_parser(word.name, help=word.summary, description=word.summary))


def run(arguments: argparse.Namespace) -> int:
    """Make what the word names. Raises ViewerError."""
    return next(word for word in WORDS if word.name == arguments.word).run(arguments)
