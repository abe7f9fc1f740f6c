"""The option of commands that see through a scene's cameras: which lens these have."""

from __future__ import annotations

import argparse

LENS_CHOICES = ("table", "measured", "pinhole")


def add_lens(parser: argparse.ArgumentParser) -> None:
    """`--lens`; without it the best there is."""
    parser.add_argument(
        "--lens",
        choices=LENS_CHOICES,
        help="the lens of the scene's cameras: that of the camera table, the one measured from the images of "
        "positions, or a plain 60 degree pinhole (the first of these that there is)",
    )
