"""What hangs on walls and lies on floors."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import cylinder, lathe, ring_path, tube
from viewer.sample.shapes import box, join, quad, rounded_box


def picture(
    b: Builder,
    x: float,
    y: float,
    z: float,
    turn: float,
    width: float,
    height: float,
    art: str,
    *,
    frame: str = "oak",
    mat: float = 0.0,
    labelled: Labelled = Labelled.BOTH,
) -> None:
    """A framed picture, centred at z, hanging on a wall at y = 0."""
    bar, deep = 0.022, 0.025
    with b.at(x, y, z, turn), b.item("picture", "picture", labelled) as name:
        bars = [
            rounded_box((bar, deep, height), 0.004).moved(
                s * (width - bar) / 2, -deep / 2 - 0.001, -height / 2
            )
            for s in (-1, 1)
        ]
        bars += [
            rounded_box((width - 2 * bar + 0.004, deep, bar), 0.004).moved(0, -deep / 2 - 0.001, zz)
            for zz in (-height / 2, height / 2 - bar)
        ]
        b.add(f"{name}_frame", (join(*bars), frame))
        w, h = width - 2 * bar - 2 * mat, height - 2 * bar - 2 * mat
        if mat:
            back = quad(
                [
                    (-w / 2 - mat, -0.012, -h / 2 - mat),
                    (w / 2 + mat, -0.012, -h / 2 - mat),
                    (w / 2 + mat, -0.012, h / 2 + mat),
                    (-w / 2 - mat, -0.012, h / 2 + mat),
                ]
            )
            b.add(f"{name}_mat", (back, "paper"))
        canvas = quad(
            [
                (-w / 2, -0.014, -h / 2),
                (w / 2, -0.014, -h / 2),
                (w / 2, -0.014, h / 2),
                (-w / 2, -0.014, h / 2),
            ]
        )
        b.add(f"{name}_canvas", (canvas.fitted_uvs(0, 2), art))


def round_mirror(b: Builder, x: float, y: float, z: float, turn: float, radius: float = 0.38) -> None:
    with b.at(x, y, z, turn), b.item("mirror", "mirror"):
        b.add(
            "mirror_glass", (cylinder(radius, 0.008, segments=56).turned("x", 90).moved(0, -0.008), "mirror")
        )
        b.add(
            "mirror_rim",
            (
                tube(ring_path(radius, steps=64), 0.011, 8, closed=True).turned("x", 90).moved(0, -0.014),
                "brass",
            ),
        )


def wall_clock(b: Builder, x: float, y: float, z: float, turn: float, radius: float = 0.16) -> None:
    with b.at(x, y, z, turn), b.item("clock", "otherprop", Labelled.CLASS):
        case = lathe(
            [(0, 0), (radius + 0.012, 0), (radius + 0.012, 0.035), (radius, 0.04), (radius, 0.03), (0, 0.03)],
            48,
        ).turned("x", 90)
        b.add("clock_case", (case, "black_metal"))
        face = cylinder(radius - 0.002, 0.002, (0, 0, 0.03), 40).turned("x", 90)
        b.add("clock_face", (face, "paper"))
        marks = [
            box((0.004, 0.002, 0.02)).moved(0, -0.0335, radius * 0.8).turned("y", 30 * k) for k in range(12)
        ]
        b.add("clock_marks", (join(*marks), "plastic_black"))
        hands = [
            box((0.008, 0.002, radius * 0.55), (0, -0.0345, -0.015)).turned("y", 305),
            box((0.005, 0.002, radius * 0.78), (0, -0.037, -0.02)).turned("y", 60),
        ]
        b.add("clock_hands", (join(*hands), "plastic_black"))
        b.add(
            "clock_second",
            (box((0.0015, 0.001, radius * 0.8), (0, -0.039, -0.03)).turned("y", 190), "plastic_red"),
        )


def rug(
    b: Builder,
    x: float,
    y: float,
    turn: float,
    width: float,
    depth: float,
    material: str,
    *,
    fringe: bool = False,
    labelled: Labelled = Labelled.BOTH,
) -> None:
    """A carpet lying on the floor, its texture spread once over it."""
    with b.at(x, y, turn=turn), b.item("carpet", "floormat", labelled) as name:
        body = rounded_box((width, depth, 0.012), 0.005, (0, 0, 0.001))
        b.add(f"{name}_pile", (body.fitted_uvs(0, 1), material))
        if fringe:
            rng = b.rng
            threads = []
            for s in (-1, 1):
                for yy in np.linspace(-depth / 2 + 0.01, depth / 2 - 0.01, round(depth / 0.022)):
                    e = s * width / 2
                    threads.append(
                        tube(
                            [
                                (e, yy, 0.007),
                                (e + s * 0.035, yy + rng.normal(0, 0.004), 0.005),
                                (e + s * 0.07, yy + rng.normal(0, 0.008), 0.003),
                            ],
                            0.002,
                            4,
                            caps=False,
                        )
                    )
            b.add(f"{name}_fringe", (join(*threads), "linen_white"))


def round_rug(
    b: Builder, x: float, y: float, radius: float, material: str, *, labelled: Labelled = Labelled.BOTH
) -> None:
    with b.at(x, y), b.item("carpet_round", "floormat", labelled) as name:
        body = lathe(
            [(radius, 0.001), (radius + 0.004, 0.006), (radius, 0.013), (0.5 * radius, 0.013), (0, 0.013)], 72
        )
        b.add(f"{name}_pile", (body.fitted_uvs(0, 1), material))
