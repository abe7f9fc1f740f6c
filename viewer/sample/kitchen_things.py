"""What stands on a worktop."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import cylinder, lathe, loft, rod, smooth_path, tube
from viewer.sample.kitchen_units import WORKTOP
from viewer.sample.shapes import box, join, rounded_box


def kettle(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    with b.at(x, y, z, turn), b.item("kettle", "otherprop", Labelled.CLASS):
        body = smooth_path(
            [(0.085, 0, 0.012), (0.095, 0, 0.05), (0.09, 0, 0.12), (0.068, 0, 0.18), (0.055, 0, 0.195)], 5
        )[:, [0, 2]]
        b.add("kettle_body", (lathe(np.vstack([[(0, 0.012)], body, [(0, 0.205)]]), 28), "chrome"))
        b.add("kettle_base", (cylinder(0.085, 0.012, segments=36, bevel=0.004), "plastic_black"))
        b.add(
            "kettle_handle",
            (
                tube(
                    smooth_path([(0.06, 0, 0.185), (0.12, 0, 0.2), (0.14, 0, 0.14), (0.095, 0, 0.05)]),
                    0.011,
                    10,
                ),
                "plastic_black",
            ),
        )
        b.add(
            "kettle_spout",
            (
                tube([(-0.08, 0, 0.12), (-0.11, 0, 0.15), (-0.125, 0, 0.18)], [0.022, 0.016, 0.012], 14),
                "chrome",
            ),
        )
        b.add("kettle_knob", (cylinder(0.012, 0.02, (0, 0, 0.202), bevel=0.005), "plastic_black"))


def toaster(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    with b.at(x, y, z, turn), b.item("toaster", "otherprop", Labelled.NOTHING):
        b.add("toaster_body", (rounded_box((0.28, 0.17, 0.18), 0.045, (0, 0, 0.012), 4), "lacquer_cream"))
        b.add(
            "toaster_slots",
            (
                join(*(rounded_box((0.2, 0.026, 0.004), 0.0015, (0, s * 0.032, 0.1895)) for s in (-1, 1))),
                "plastic_black",
            ),
        )
        b.add("toaster_lever", (rounded_box((0.012, 0.04, 0.014), 0.004, (0.147, 0, 0.12)), "chrome"))
        b.add("toaster_feet", (box((0.24, 0.13, 0.014)), "plastic_black"))


def knife_block(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    with b.at(x, y, z, turn), b.item("knife_block", "otherprop", Labelled.NOTHING):
        b.add(
            "knifeblock_wood",
            (
                rounded_box((0.1, 0.14, 0.2), 0.008, segments=2).turned("x", -14).moved(0, 0.02, 0.0165),
                "walnut",
            ),
        )
        for k in range(5):
            grip = (
                rounded_box((0.014, 0.022, 0.1), 0.005, (-0.032 + 0.016 * k, -0.02 + 0.02 * (k % 2), 0.195))
                .turned("x", -14)
                .moved(0, 0.02, 0.0165)
            )
            b.add("knife_handle", (grip, "plastic_black"))


def utensils(b: Builder, x: float, y: float, z: float) -> None:
    rng = b.rng
    with b.at(x, y, z), b.item("utensils", "otherprop", Labelled.NOTHING):
        b.add(
            "utensil_jar",
            (
                lathe(
                    [
                        (0, 0),
                        (0.055, 0),
                        (0.058, 0.005),
                        (0.058, 0.15),
                        (0.053, 0.15),
                        (0.052, 0.008),
                        (0, 0.008),
                    ],
                    32,
                ),
                "stoneware",
            ),
        )
        for k in range(6):
            a = 1.05 * k + rng.uniform(-0.2, 0.2)
            c, s = float(np.cos(a)), float(np.sin(a))
            end = (0.075 * c, 0.075 * s, 0.28 + 0.02 * (k % 3))
            spoon = (
                cylinder(0.022, 0.005, segments=20, bevel=0.002)
                .scaled(1, 1.5, 1)
                .aligned((s, -c, 0.3))
                .moved(0.08 * c, 0.08 * s, end[2] + 0.015)
            )
            b.add(
                "utensil_obj",
                (join(rod((-0.02 * c, -0.02 * s, 0.012), end, 0.005), spoon), "pine" if k % 2 else "steel"),
            )


def pot_on_hob(
    b: Builder,
    x: float,
    y: float,
    *,
    radius: float = 0.105,
    height: float = 0.12,
    material: str = "enamel_red",
) -> None:
    r, h = radius, height
    with b.at(x, y, WORKTOP + 0.0097), b.item("pot", "otherprop", Labelled.BOTH):
        b.add(
            "pot_body",
            (
                lathe(
                    [
                        (0, 0),
                        (0.93 * r, 0),
                        (r, 0.012),
                        (r, h),
                        (r + 0.004, h + 0.002),
                        (r - 0.003, h + 0.004),
                        (0.95 * r, h - 0.002),
                        (0, h - 0.004),
                    ],
                    44,
                ),
                material,
            ),
        )
        lid = [(r, h + 0.002), (r * 0.98, h + 0.01), (r * 0.6, h + 0.024), (0.02, h + 0.03), (0, h + 0.03)]
        b.add("pot_lid", (lathe(lid, 30), material))
        b.add(
            "pot_knob",
            (
                lathe(
                    [
                        (0.008, h + 0.028),
                        (0.007, h + 0.04),
                        (0.018, h + 0.046),
                        (0.016, h + 0.056),
                        (0, h + 0.058),
                    ],
                    24,
                ),
                "black_metal",
            ),
        )
        grips = [
            tube(
                smooth_path(
                    [
                        (s * r, -0.035, h - 0.02),
                        (s * (r + 0.035), -0.03, h - 0.016),
                        (s * (r + 0.035), 0.03, h - 0.016),
                        (s * r, 0.035, h - 0.02),
                    ]
                ),
                0.006,
            )
            for s in (-1, 1)
        ]
        b.add("pot_handles", (join(*grips), material))


def dish_rack(b: Builder, x: float, y: float, z: float) -> None:
    """A wire rack with plates in it."""
    with b.at(x, y, z), b.item("dish_rack", "otherprop", Labelled.NOTHING):
        wires = [tube([(-0.19, s * 0.13, 0.012), (0.19, s * 0.13, 0.012)], 0.003, 6) for s in (-1, 1)]
        wires += [tube([(-0.19, s * 0.13, 0.1), (0.19, s * 0.13, 0.1)], 0.003, 6) for s in (-1, 1)]
        for k in range(11):
            at = -0.18 + 0.036 * k
            wires.append(
                tube(
                    smooth_path(
                        [
                            (at, -0.13, 0.1),
                            (at, -0.128, 0.02),
                            (at, -0.11, 0.012),
                            (at, 0.11, 0.012),
                            (at, 0.128, 0.02),
                            (at, 0.13, 0.1),
                        ],
                        5,
                    ),
                    0.0022,
                    5,
                )
            )
        b.add("rack_wires", (join(*wires), "chrome"))
        disc = lathe(
            [(0, 0), (0.07, 0), (0.118, 0.014), (0.118, 0.017), (0.07, 0.005), (0, 0.005)], 36
        ).turned("y", 80)
        for k in range(5):
            b.add("rack_plate", (disc.moved(-0.14 + 0.036 * k, 0, 0.13), "ceramic_white"))


def cutting_board(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    """A board leaning against the wall at y = 0."""
    with b.at(x, y, z, turn), b.item("cutting_board", "otherprop", Labelled.NOTHING):
        plank = rounded_box((0.26, 0.02, 0.4), 0.008, segments=2).turned("x", -9).moved(0, -0.085, 0.003)
        b.add("board_wood", (plank, "wood_honey"))


def bread(b: Builder, x: float, y: float, z: float) -> None:
    with b.at(x, y, z, 25), b.item("bread", "otherprop", Labelled.NOTHING):
        b.add("board_small", (rounded_box((0.34, 0.2, 0.018), 0.006, segments=2), "pine"))
        loaf = loft(
            [
                (0.0, 0.0, 0.0, 2.5, 0),
                (0.0, 0.1, 0.05, 2.5, 0),
                (0.03, 0.125, 0.062, 2.5, 0),
                (0.065, 0.115, 0.055, 2.4, 0),
                (0.085, 0.08, 0.035, 2.2, 0),
                (0.092, 0.0, 0.0, 2, 0),
            ],
            40,
        )
        b.add("bread_loaf", (loaf.moved(-0.02, 0, 0.018), "bread_crust"))
