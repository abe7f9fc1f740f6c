"""Beds and their bedding."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.cloth import draped, pillow
from viewer.sample.curves import rod
from viewer.sample.shapes import box, join, rounded_box


def double_bed(
    b: Builder, x: float, y: float, turn: float, width: float = 1.65, length: float = 2.05
) -> None:
    """An upholstered bed, its headboard against the wall at y = 0, its foot at -y."""
    top = 0.52
    with b.at(x, y, turn=turn), b.item("bed_double", "bed") as name:
        with b.at(0, -length / 2 - 0.1):
            rails = [
                rounded_box((0.05, length, 0.24), 0.02, (s * (width / 2 + 0.025), 0, 0.1), 2) for s in (-1, 1)
            ]
            rails.append(rounded_box((width + 0.1, 0.05, 0.24), 0.02, (0, -length / 2 - 0.025, 0.1), 2))
            b.add(
                f"{name}_frame",
                (join(*rails, box((width, length - 0.01, 0.05), (0, 0, 0.2))), "fabric_charcoal"),
            )
            feet = [
                rod(
                    (sx * (width / 2 - 0.05), sy * (length / 2 - 0.08), 0.2),
                    (sx * (width / 2 - 0.05), sy * (length / 2 - 0.08), 0),
                    0.03,
                    0.02,
                )
                for sx in (-1, 1)
                for sy in (-1, 1)
            ]
            b.add(f"{name}_feet", (join(*feet), "walnut"))
            b.add(
                f"{name}_mattress",
                (
                    rounded_box((width - 0.02, length - 0.02, top - 0.25), 0.05, (0, 0, 0.25), 4, (6, 8, 1)),
                    "linen_white",
                ),
            )
            cover = draped(
                width + 0.02,
                length - 0.52,
                (0.3, 0.3, 0.34, 0.0),
                b.rng,
                thickness=0.03,
                ripple=0.011,
                cell=0.045,
            )
            b.add(f"{name}_duvet", (cover.moved(0, -0.28, top), "linen_duvet"))
            fold = draped(width + 0.04, 0.3, (0.28, 0.28, 0.0, 0.0), b.rng, thickness=0.03, ripple=0.006)
            b.add(f"{name}_duvet_fold", (fold.moved(0, length / 2 - 0.68, top + 0.052), "linen_white"))
            throw = draped(width + 0.1, 0.55, (0.36, 0.36, 0.0, 0.0), b.rng, thickness=0.014, ripple=0.007)
            b.add(f"{name}_throw", (throw.moved(0, -0.62, top + 0.062), "knit_throw"))
        panels = [
            rounded_box(
                (width / 4 + 0.025, 0.08, 0.78), 0.03, ((k - 1.5) * (width / 4 + 0.028), -0.055, 0.35), 3
            )
            for k in range(4)
        ]
        b.add(
            f"{name}_headboard",
            (join(*panels, box((width + 0.1, 0.02, 1.0), (0, -0.012, 0.1))), "fabric_charcoal"),
        )
    with b.at(x, y, turn=turn):
        for s in (-1, 1):
            for row, (material, lean) in enumerate((("linen_white", 58.0), ("linen_duvet", 36.0))):
                with b.item("bed_pillow", "pillow"):
                    shape = pillow(0.7, 0.46, 0.2, b.rng, 18).turned("x", lean)
                    high = top + 0.23 * np.sin(np.radians(lean)) + 0.055
                    b.add("Arch39_012_pillow", (shape.moved(s * 0.38, -0.26 - 0.19 * row, high), material))
        with b.item("bed_pillow", "pillow"):
            small = pillow(0.5, 0.3, 0.15, b.rng).turned("x", 55).moved(0.05, -0.64, top + 0.2)
            b.add("Arch39_012_pillow", (small, "fabric_rust"))


def single_bed(b: Builder, x: float, y: float, turn: float, width: float = 0.95, length: float = 2.0) -> None:
    """A wooden bed, its head at y = 0, its foot at -y."""
    top = 0.46
    with b.at(x, y, turn=turn), b.item("bed_single", "bed") as name:
        with b.at(0, -length / 2 - 0.05):
            rails = [
                rounded_box((0.025, length, 0.16), 0.006, (s * (width / 2 + 0.012), 0, 0.18)) for s in (-1, 1)
            ]
            b.add(f"{name}_rails", (join(*rails, box((width, length, 0.02), (0, 0, 0.24))), "pine"))
            b.add(
                f"{name}_mattress",
                (
                    rounded_box((width - 0.02, length - 0.04, top - 0.26), 0.045, (0, 0, 0.26), 3, (4, 8, 1)),
                    "linen_white",
                ),
            )
            cover = draped(
                width - 0.03,
                length - 0.5,
                (0.2, 0.24, 0.0, 0.0),
                b.rng,
                thickness=0.028,
                ripple=0.013,
                cell=0.045,
            )
            b.add(f"{name}_duvet", (cover.moved(0, -0.24, top), "stripe_duvet"))
        for end, height in ((0.0, 0.85), (-length - 0.1, 0.6)):
            posts = [
                rounded_box(
                    (0.05, 0.05, height),
                    0.008,
                    (s * (width / 2 + 0.005), end - 0.026 + (0.052 if end else 0), 0),
                )
                for s in (-1, 1)
            ]
            slats = [
                rounded_box(
                    (0.03, 0.018, height - 0.35), 0.005, (dx, end - 0.026 + (0.052 if end else 0), 0.3)
                )
                for dx in np.linspace(-width / 2 + 0.1, width / 2 - 0.1, 8)
            ]
            bars = [
                rounded_box((width, 0.03, 0.06), 0.008, (0, end - 0.026 + (0.052 if end else 0), z))
                for z in (0.26, height - 0.07)
            ]
            b.add(f"{name}_end", (join(*posts, *slats, *bars), "pine"))
    with b.at(x, y, turn=turn), b.item("bed_pillow", "pillow", Labelled.NOTHING):
        shape = pillow(0.66, 0.44, 0.17, b.rng, 18).turned("x", 24).moved(0.02, -0.34, top + 0.13)
        b.add("Arch39_012_pillow", (shape, "stripe_duvet"))
