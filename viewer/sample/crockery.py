"""Crockery and vases, and a laid table."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import ball, cylinder, lathe, rod, smooth_path, tube
from viewer.sample.shapes import Point, join, rounded_box


def cup(
    b: Builder,
    x: float,
    y: float,
    z: float,
    turn: float = 0,
    *,
    material: str = "ceramic_white",
    tint: Point = (1, 1, 1),
) -> None:
    with b.at(x, y, z, turn), b.item("cup", "otherprop", Labelled.NOTHING):
        body = lathe(
            [
                (0, 0),
                (0.026, 0),
                (0.034, 0.012),
                (0.04, 0.05),
                (0.041, 0.085),
                (0.038, 0.085),
                (0.036, 0.05),
                (0.03, 0.012),
                (0, 0.008),
            ],
            28,
        )
        ear = tube(
            smooth_path([(0.038, 0, 0.07), (0.06, 0, 0.066), (0.066, 0, 0.045), (0.037, 0, 0.022)], 5),
            0.005,
            8,
        )
        b.add("cup_obj", (join(body, ear), material), tint=tint)


def plate(
    b: Builder,
    x: float,
    y: float,
    z: float,
    *,
    radius: float = 0.13,
    count: int = 1,
    material: str = "ceramic_white",
) -> None:
    """A plate, or a pile of them."""
    r = radius
    profile = [(0, 0), (0.55 * r, 0), (0.62 * r, 0.004), (r, 0.018), (r, 0.021), (0.6 * r, 0.008), (0, 0.006)]
    with b.at(x, y, z), b.item("plate", "otherprop", Labelled.NOTHING):
        b.add(
            "plate_obj", (join(*(lathe(profile, 28).moved(0, 0, 0.009 * k) for k in range(count))), material)
        )


def bowl(
    b: Builder,
    x: float,
    y: float,
    z: float,
    *,
    radius: float = 0.14,
    material: str = "stoneware",
    fruit: bool = False,
) -> None:
    r = radius
    outside = [
        (0, 0),
        (0.4 * r, 0),
        (0.42 * r, 0.06 * r),
        (0.75 * r, 0.25 * r),
        (0.95 * r, 0.5 * r),
        (r, 0.62 * r),
    ]
    inside = [
        (0.96 * r, 0.62 * r),
        (0.9 * r, 0.5 * r),
        (0.7 * r, 0.27 * r),
        (0.35 * r, 0.1 * r),
        (0, 0.08 * r),
    ]
    with b.at(x, y, z), b.item("bowl", "otherprop", Labelled.CLASS):
        b.add("bowl_obj", (lathe(outside + inside, 28), material))
    if fruit:
        colors = [
            (0.75, 0.13, 0.08),
            (0.92, 0.48, 0.05),
            (0.62, 0.66, 0.12),
            (0.90, 0.46, 0.06),
            (0.78, 0.2, 0.1),
            (0.66, 0.7, 0.2),
        ]
        spots = [(0.45, 0.2), (-0.42, 0.28), (0.0, -0.48), (0.05, 0.08), (-0.5, -0.2), (0.45, -0.35)]
        for (fx, fy), color in zip(spots, colors, strict=True):
            middle = fx == 0.05
            with b.at(x, y, z), b.item("fruit", "otherprop", Labelled.NOTHING):
                apple = ball(0.037, (fx * r, fy * r, 0.16 * r + 0.04 + (0.045 if middle else 0.012)), 22)
                b.add("fruit_obj", (apple, "fruit_skin"), tint=b.vary(color, 0.1))


def bottle(
    b: Builder,
    x: float,
    y: float,
    z: float,
    *,
    height: float = 0.3,
    radius: float = 0.036,
    material: str = "glass_green",
    name: str = "bottle",
) -> None:
    r, h = radius, height
    profile = [
        (0, 0),
        (0.9 * r, 0),
        (r, 0.03 * h),
        (r, 0.58 * h),
        (0.85 * r, 0.68 * h),
        (0.36 * r, 0.8 * h),
        (0.34 * r, 0.95 * h),
        (0.42 * r, 0.955 * h),
        (0.42 * r, h),
        (0, h),
    ]
    with b.at(x, y, z), b.item(name, "otherprop", Labelled.NOTHING):
        b.add(f"{name}_obj", (lathe(profile, 22), material))


def jar(
    b: Builder,
    x: float,
    y: float,
    z: float,
    *,
    radius: float = 0.035,
    height: float = 0.09,
    material: str = "stoneware",
    lid: str = "cork",
    tint: Point = (1, 1, 1),
) -> None:
    with b.at(x, y, z), b.item("jar", "otherprop", Labelled.NOTHING):
        b.add(
            "jar_obj",
            (cylinder(radius, height, bevel=0.006, segments=24), material),
            (cylinder(0.85 * radius, 0.018, (0, 0, height - 0.001), bevel=0.004), lid),
            tint=tint,
        )


def vase(
    b: Builder,
    x: float,
    y: float,
    z: float,
    *,
    height: float = 0.26,
    material: str = "ceramic_blue",
    belly: float = 0.09,
) -> None:
    h = height
    knots = [
        (0.5 * belly, 0, 0),
        (belly, 0, 0.3 * h),
        (0.95 * belly, 0, 0.5 * h),
        (0.35 * belly, 0, 0.82 * h),
        (0.42 * belly, 0, h),
    ]
    line = smooth_path(knots, 5)[:, [0, 2]]
    profile = np.vstack([[(0, 0)], line, line[::-1][:6] - (0.004, 0)])
    with b.at(x, y, z), b.item("vase", "otherprop"):
        b.add("vase_obj", (lathe(profile, 28), material))


def candle(b: Builder, x: float, y: float, z: float, *, height: float = 0.12, radius: float = 0.03) -> None:
    with b.at(x, y, z), b.item("candle", "otherprop", Labelled.NOTHING):
        b.add("candle_wax", (cylinder(radius, height, bevel=0.004, segments=24), "wax"))
        b.add(
            "candle_wick",
            (rod((0, 0, height - 0.003), (0.001, 0, height + 0.012), 0.001, segments=5), "plastic_black"),
        )


def dining_setting(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    """A plate, a glass, a napkin and cutlery; the guest sits at -y."""
    with b.at(x, y, z, turn):
        with b.item("placemat", "otherprop", Labelled.NOTHING):
            b.add("placemat_obj", (rounded_box((0.4, 0.3, 0.004), 0.0015, (0, 0, 0.0005)), "wicker"))
        plate(b, 0, 0, 0.005)
        plate(b, 0, 0, 0.02, radius=0.1, material="stoneware")
        with b.item("cutlery", "otherprop", Labelled.NOTHING):
            for s, kind in ((-1, "fork"), (1, "knife")):
                handle = rounded_box((0.009, 0.12, 0.003), 0.0013, (s * 0.16, -0.04, 0.005))
                head = rounded_box((0.018, 0.075, 0.002), 0.0009, (s * 0.16, 0.057, 0.0055))
                b.add(f"cutlery_{kind}", (join(handle, head), "steel"))
        with b.item("wine_glass", "otherprop", Labelled.NOTHING):
            profile = [
                (0, 0),
                (0.034, 0),
                (0.034, 0.003),
                (0.006, 0.008),
                (0.0045, 0.08),
                (0.02, 0.1),
                (0.038, 0.135),
                (0.04, 0.16),
                (0.033, 0.195),
                (0.0315, 0.195),
                (0.0385, 0.16),
                (0.0365, 0.135),
                (0.018, 0.103),
                (0, 0.097),
            ]
            b.add("wineglass_obj", (lathe(profile, 22).moved(0.17, 0.17), "glass_clear"))
