"""The bathroom's fittings."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.cloth import curtain
from viewer.sample.curves import ball, cylinder, lathe, loft, ring_path, rod, smooth_path, tube
from viewer.sample.shapes import box, join, rounded_box


def bathtub(b: Builder, x: float, y: float, turn: float, length: float = 1.7, width: float = 0.75) -> None:
    """A tub with its long side along x; taps at the +x end, the wall at +y."""
    a, w, h = length / 2, width / 2, 0.58
    with b.at(x, y, turn=turn):
        with b.item("bathtub", "bathtub"):
            outside = [
                (0, a - 0.06, w - 0.06, 12.0, 0),
                (0.02, a - 0.045, w - 0.045, 12.0, 0),
                (h - 0.06, a - 0.03, w - 0.03, 14.0, 0),
                (h - 0.04, a, w, 16.0, 0),
                (h - 0.006, a, w, 16.0, 0),
                (h, a - 0.006, w - 0.006, 16.0, 0),
            ]
            inside = [
                (h, a - 0.07, w - 0.07, 5.0, 0),
                (h - 0.02, a - 0.085, w - 0.085, 4.5, 0),
                (0.3, a - 0.13, w - 0.11, 4.0, 0),
                (0.16, a - 0.18, w - 0.14, 3.5, 0),
                (0.12, a - 0.26, w - 0.2, 3.0, 0),
                (0.112, 0.0, 0.0, 2.5, 0),
            ]
            b.add("bathtub_shell", (loft(outside + inside, 96), "ceramic_white"))
            b.add(
                "bathtub_drain",
                (
                    lathe([(0, 0.003), (0.025, 0.003), (0.035, 0)][::-1], 24).moved(a - 0.45, 0, 0.118),
                    "chrome",
                ),
            )
        with b.item("bath_tap", "otherprop", Labelled.CLASS), b.at(a + 0.0, 0.0, 0.85):
            body = rod((-0.06, -0.09, 0), (-0.06, 0.09, 0), 0.02, segments=16)
            spout = tube(
                smooth_path([(-0.06, 0, 0), (-0.12, 0, 0.01), (-0.19, 0, -0.01), (-0.2, 0, -0.04)]), 0.013, 12
            )
            stubs = [rod((0, s * 0.075, 0), (-0.06, s * 0.075, 0), 0.014) for s in (-1, 1)]
            b.add("bathtap_body", (join(body, spout, *stubs), "chrome"))
            for s in (-1, 1):
                b.add(
                    "bathtap_knob",
                    (
                        cylinder(0.024, 0.03, bevel=0.006).turned("x", 90).moved(-0.06, s * 0.105 + 0.015, 0),
                        "chrome",
                    ),
                )
            hose = smooth_path(
                [(-0.06, 0.0, 0.02), (-0.09, 0.05, 0.2), (-0.06, 0.12, 0.5), (-0.04, 0.06, 0.85)]
            )
            b.add("shower_hose", (tube(hose, 0.006, 8), "chrome"))
            b.add(
                "shower_rail",
                (
                    join(
                        rod((-0.035, 0.03, 0.25), (-0.035, 0.03, 1.05), 0.009),
                        *(rod((0, 0.03, z), (-0.035, 0.03, z), 0.008) for z in (0.27, 1.03)),
                    ),
                    "chrome",
                ),
            )
            head = join(
                rod((-0.04, 0.06, 0.84), (-0.13, 0.05, 0.95), 0.011),
                lathe([(0, 0), (0.045, 0), (0.05, 0.012), (0.02, 0.03), (0, 0.03)], 22)
                .turned("y", 25)
                .moved(-0.15, 0.05, 0.935),
            )
            b.add("shower_head", (head, "chrome"))


def shower_curtain(b: Builder, x: float, y: float, turn: float, length: float) -> None:
    """A rail along x with the curtain pushed to its -x end."""
    with b.at(x, y, turn=turn), b.item("shower_curtain", "showercurtain"):
        b.add("showercurtain_rail", (rod((-length / 2, 0, 2.02), (length / 2, 0, 2.02), 0.011), "chrome"))
        cloth = curtain(0.55, 1.72, b.rng, fullness=0.04, fold=0.1).moved(-length / 2 + 0.03, 0, 0.26)
        b.add("showercurtain_cloth", (cloth, "shower_cloth"))
        rings = [
            tube(ring_path(0.02, steps=14), 0.0022, 5, closed=True)
            .turned("y", 90)
            .moved(-length / 2 + 0.06 + 0.07 * k, 0, 2.01)
            for k in range(8)
        ]
        b.add("showercurtain_rings", (join(*rings), "chrome"))


def toilet(b: Builder, x: float, y: float, turn: float) -> None:
    """A close-coupled toilet, its back at y = 0."""
    with b.at(x, y, turn=turn), b.item("toilet", "toilet"):
        with b.at(0, -0.36):
            outside = [
                (0.0, 0.0, 0.0, 2.6, 0.05),
                (0.0, 0.11, 0.2, 2.8, 0.08),
                (0.1, 0.105, 0.2, 2.6, 0.08),
                (0.24, 0.14, 0.23, 2.4, 0.05),
                (0.36, 0.175, 0.27, 2.3, 0.03),
                (0.4, 0.182, 0.28, 2.3, 0.02),
            ]
            inside = [
                (0.405, 0.175, 0.27, 2.3, 0.02),
                (0.4, 0.125, 0.18, 2.2, -0.02),
                (0.3, 0.1, 0.14, 2.2, 0.0),
                (0.2, 0.05, 0.07, 2, 0.03),
                (0.19, 0.0, 0.0, 2, 0.03),
            ]
            b.add("toilet_bowl", (loft(outside + inside, 56), "ceramic_white"))
            seat = [
                (0.408, 0.182, 0.24, 2.3, -0.02),
                (0.412, 0.19, 0.248, 2.3, -0.02),
                (0.43, 0.188, 0.245, 2.3, -0.02),
                (0.438, 0.175, 0.23, 2.3, -0.02),
                (0.441, 0.0, 0.0, 2.2, -0.02),
            ]
            b.add("toilet_lid", (loft(seat, 56), "plastic_white"))
        b.add("toilet_cistern", (rounded_box((0.38, 0.17, 0.38), 0.03, (0, -0.09, 0.4), 4), "ceramic_white"))
        b.add(
            "toilet_cistern_lid",
            (rounded_box((0.4, 0.19, 0.035), 0.014, (0, -0.095, 0.78), 3), "ceramic_white"),
        )
        b.add("toilet_button", (cylinder(0.024, 0.008, (0, -0.095, 0.814), bevel=0.003), "chrome"))


def paper_holder(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    with b.at(x, y, z, turn), b.item("toilet_paper", "otherprop", Labelled.NOTHING):
        arm = tube(
            smooth_path(
                [(-0.08, 0, 0.02), (-0.08, -0.05, 0.02), (-0.07, -0.065, 0.02), (0.06, -0.065, 0.02)]
            ),
            0.005,
        )
        b.add("paper_arm", (arm, "chrome"))
        roll = (
            lathe([(0.02, -0.05), (0.055, -0.05), (0.055, 0.05), (0.02, 0.05), (0.02, -0.05)], 24)
            .turned("y", 90)
            .moved(0, -0.065, 0.006)
        )
        sheet = box((0.098, 0.001, 0.12), (0, -0.12, -0.11))
        b.add("paper_roll", (join(roll, sheet), "paper"))


def vanity(b: Builder, x: float, y: float, turn: float, width: float = 0.9) -> None:
    """A basin on a cupboard with drawers, its back at y = 0."""
    with b.at(x, y, turn=turn):
        with b.item("vanity", "cabinet"):
            b.add("vanity_body", (rounded_box((width, 0.45, 0.46), 0.004, (0, -0.23, 0.32)), "oak"))
            for k in range(2):
                z = 0.33 + 0.225 * k
                b.add(
                    "vanity_drawer", (rounded_box((width - 0.012, 0.02, 0.215), 0.004, (0, -0.462, z)), "oak")
                )
                b.add(
                    "vanity_pull",
                    (rod((-0.12, -0.488, z + 0.16), (0.12, -0.488, z + 0.16), 0.006), "black_metal"),
                    (
                        join(
                            *(
                                rod((s * 0.1, -0.47, z + 0.16), (s * 0.1, -0.488, z + 0.16), 0.004)
                                for s in (-1, 1)
                            )
                        ),
                        "black_metal",
                    ),
                )
            b.add(
                "vanity_top",
                (rounded_box((width + 0.02, 0.48, 0.025), 0.004, (0, -0.242, 0.781), 2), "stone_counter"),
            )
        with b.item("washbasin", "sink"), b.at(0, -0.26, 0.807):
            outside = [
                (0.0, 0.0, 0.0, 3.0, 0),
                (0.0, 0.17, 0.12, 3.0, 0),
                (0.02, 0.2, 0.15, 3.2, 0),
                (0.11, 0.235, 0.178, 3.6, 0),
                (0.118, 0.235, 0.178, 3.6, 0),
            ]
            inside = [
                (0.12, 0.228, 0.171, 3.6, 0),
                (0.108, 0.222, 0.165, 3.4, 0),
                (0.035, 0.18, 0.13, 3.0, 0),
                (0.02, 0.12, 0.08, 2.6, 0),
                (0.017, 0.0, 0.0, 2, 0),
            ]
            b.add("washbasin_bowl", (loft(outside + inside, 64), "ceramic_white"))
            b.add("washbasin_plug", (cylinder(0.02, 0.006, (0, 0, 0.016), bevel=0.002), "chrome"))
        with b.item("basin_tap", "otherprop", Labelled.CLASS), b.at(0, -0.055, 0.806):
            spout = smooth_path(
                [(0, 0, 0), (0, 0, 0.2), (0, -0.03, 0.24), (0, -0.11, 0.235), (0, -0.125, 0.21)], 7
            )
            b.add(
                "basintap_obj",
                (
                    join(
                        tube(spout, 0.011, 12),
                        cylinder(0.022, 0.02, bevel=0.004),
                        rod((0.012, 0, 0.12), (0.06, 0, 0.135), 0.005),
                    ),
                    "chrome",
                ),
            )


def towel_radiator(b: Builder, x: float, y: float, turn: float) -> None:
    """A ladder of tubes on the wall at y = 0."""
    with b.at(x, y, turn=turn), b.item("towel_radiator", "otherfurniture", Labelled.CLASS):
        posts = [rod((s * 0.25, -0.06, 0.55), (s * 0.25, -0.06, 1.75), 0.017, segments=14) for s in (-1, 1)]
        bars = [
            rod((-0.25, -0.06, z), (0.25, -0.06, z), 0.01)
            for z in np.concatenate(
                [np.linspace(0.6, 0.95, 7), np.linspace(1.1, 1.35, 5), np.linspace(1.5, 1.7, 4)]
            )
        ]
        mounts = [rod((s * 0.2, 0, z), (s * 0.2, -0.06, z), 0.01) for s in (-1, 1) for z in (0.68, 1.62)]
        b.add("towelradiator_obj", (join(*posts, *bars, *mounts), "lacquer_white"))


def toiletries(b: Builder, x: float, y: float, z: float) -> None:
    """Soap, lotion and toothbrushes in a glass."""
    with b.at(x, y, z):
        with b.item("soap_dispenser", "otherprop", Labelled.NOTHING):
            b.add("dispenser_obj", (cylinder(0.033, 0.13, bevel=0.008, segments=28), "ceramic_terracotta"))
            b.add(
                "dispenser_pump",
                (
                    join(
                        rod((0, 0, 0.13), (0, 0, 0.175), 0.005), rod((0, 0, 0.175), (0, -0.045, 0.17), 0.006)
                    ),
                    "brass",
                ),
            )
        with b.item("toothbrush_cup", "otherprop", Labelled.NOTHING), b.at(0.1, 0.02):
            b.add(
                "toothcup_obj",
                (
                    lathe([(0, 0), (0.033, 0), (0.036, 0.1), (0.033, 0.1), (0.03, 0.005), (0, 0.005)], 22),
                    "stoneware",
                ),
            )
            for k, color in enumerate(("plastic_blue", "plastic_red")):
                s = 1 - 2 * k
                brush = join(
                    rod((-s * 0.016, 0, 0.008), (s * 0.03, 0.008 * k, 0.17), 0.004),
                    rounded_box((0.012, 0.012, 0.026), 0.003, (s * 0.029, -0.006 + 0.008 * k, 0.165)),
                )
                b.add("toothbrush_obj", (brush, color))


def shelf_bottles(b: Builder, x: float, y: float, z: float, count: int = 4) -> None:
    """A row of bottles along x."""
    rng = b.rng
    colors = ((0.85, 0.8, 0.7), (0.3, 0.45, 0.42), (0.75, 0.45, 0.3), (0.35, 0.35, 0.5))
    for k in range(count):
        h, r = float(rng.uniform(0.13, 0.2)), float(rng.uniform(0.024, 0.032))
        with b.at(x + 0.085 * k, y, z), b.item("shampoo", "otherprop", Labelled.NOTHING):
            body = rounded_box((2 * r, 1.3 * r, h), 0.012, (0, 0, 0), 3)
            b.add(
                "bottle_shampoo",
                (join(body, cylinder(0.4 * r, 0.02, (0, 0, h - 0.001), bevel=0.003)), "plastic_white"),
                tint=b.vary(colors[k % 4], 0.1),
            )


def duck(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    """The rubber duck on the tub's rim."""
    with b.at(x, y, z, turn), b.item("duck", "otherprop", Labelled.NOTHING):
        body = ball(1, segments=20).scaled(0.045, 0.035, 0.03).moved(0, 0, 0.028)
        b.add("duck_body", (join(body, ball(0.024, (-0.028, 0, 0.072), 18)), "plastic_yellow"))
        b.add(
            "duck_beak",
            (ball(1, segments=10).scaled(0.012, 0.01, 0.005).moved(-0.053, 0, 0.07), "plastic_red"),
        )


def bin_with_lid(b: Builder, x: float, y: float) -> None:
    with b.at(x, y), b.item("bin", "otherprop", Labelled.CLASS):
        b.add(
            "bin_body",
            (
                lathe(
                    [(0, 0), (0.1, 0), (0.105, 0.01), (0.105, 0.25), (0.1, 0.27), (0.06, 0.285), (0, 0.29)],
                    36,
                ),
                "steel",
            ),
        )
        b.add("bin_pedal", (rounded_box((0.05, 0.05, 0.012), 0.004, (0, -0.115, 0.01)), "plastic_black"))


def scales(b: Builder, x: float, y: float) -> None:
    with b.at(x, y, turn=12), b.item("scales", "otherprop", Labelled.NOTHING):
        b.add("scales_glass", (rounded_box((0.3, 0.3, 0.022), 0.01, (0, 0, 0.005), 3), "plastic_white"))
        b.add("scales_display", (rounded_box((0.08, 0.03, 0.002), 0.0008, (0, 0.1, 0.0265)), "screen"))
