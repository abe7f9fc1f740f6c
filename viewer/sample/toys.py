"""Toys, and a guitar."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import ball, cylinder, loft, rod, smooth_path, tube
from viewer.sample.shapes import Floats, Point, Shape, join, rounded_box, smooth_normals


def teddy(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    with b.at(x, y, z, turn), b.item("teddy", "otherprop", Labelled.NOTHING):
        parts = [
            ball(1, segments=22).scaled(0.1, 0.085, 0.12).moved(0, 0, 0.12),
            ball(0.082, (0, -0.01, 0.29), 22),
            ball(1, segments=14).scaled(0.036, 0.04, 0.03).moved(0, -0.08, 0.275),
        ]
        parts += [ball(1, segments=14).scaled(0.034, 0.016, 0.034).moved(s * 0.068, 0, 0.36) for s in (-1, 1)]
        parts += [
            ball(1, segments=16).scaled(0.04, 0.04, 0.09).turned("x", -40).moved(s * 0.11, -0.05, 0.16)
            for s in (-1, 1)
        ]
        parts += [
            ball(1, segments=16).scaled(0.045, 0.1, 0.045).moved(s * 0.07, -0.11, 0.045) for s in (-1, 1)
        ]
        b.add("teddy_fur", (join(*parts), "teddy_fur"))
        b.add(
            "teddy_face",
            (
                join(
                    *(ball(0.009, (s * 0.03, -0.083, 0.31), 10) for s in (-1, 1)),
                    ball(0.013, (0, -0.118, 0.285), 10),
                ),
                "plastic_black",
            ),
        )


def toy_blocks(b: Builder, x: float, y: float, z: float) -> None:
    rng = b.rng
    colors = ("plastic_red", "plastic_yellow", "plastic_blue", "plastic_green")
    spots = [
        (0, 0, 0),
        (0.07, 0.02, 0),
        (0.03, 0.01, 0.05),
        (-0.11, 0.1, 0),
        (0.2, -0.06, 0),
        (0.12, 0.16, 0),
        (-0.05, -0.14, 0),
    ]
    for k, (bx, by, bz) in enumerate(spots):
        with (
            b.at(x + bx, y + by, z + bz, float(rng.uniform(0, 90))),
            b.item("toy_block", "otherprop", Labelled.NOTHING),
        ):
            b.add("toyblock_obj", (rounded_box((0.05, 0.05, 0.05), 0.005), colors[k % 4]))


def toy_car(b: Builder, x: float, y: float, z: float, turn: float, color: str = "plastic_red") -> None:
    with b.at(x, y, z, turn), b.item("toy_car", "otherprop", Labelled.NOTHING):
        body = [
            rounded_box((0.22, 0.1, 0.05), 0.018, (0, 0, 0.022), 3),
            rounded_box((0.11, 0.088, 0.05), 0.02, (-0.015, 0, 0.065), 3),
        ]
        b.add("toycar_body", (join(*body), color))
        for sx in (-1, 1):
            wheels = [
                cylinder(0.024, 0.02, segments=20, bevel=0.005)
                .turned("x", 90)
                .moved(sx * 0.07, sy * 0.045 + 0.01, 0.024)
                for sy in (-1, 1)
            ]
            b.add("toycar_wheel", (join(*wheels), "rubber"))


def football(
    b: Builder, x: float, y: float, z: float, radius: float = 0.11, material: str = "toy_ball"
) -> None:
    with b.at(x, y, z), b.item("ball", "otherprop", Labelled.NOTHING):
        b.add("ball_obj", (ball(radius, (0, 0, radius), 32), material))


def bunting(b: Builder, start: Point, end: Point, flags: int = 11) -> None:
    """Triangular flags on a string between two points."""
    a, e = np.asarray(start, float), np.asarray(end, float)
    t = np.linspace(0, 1, 60)[:, None]
    line = a + (e - a) * t - np.array([0, 0, 0.22]) * (4 * t * (1 - t))
    along = (e - a) / np.linalg.norm(e - a)
    with b.item("bunting", "otherprop", Labelled.NOTHING):
        b.add("bunting_string", (tube(line, 0.002, 5), "rubber"))
        for k in range(flags):
            centre = line[round((k + 0.7) / (flags + 0.4) * 59)]
            tip = centre - (0, 0, 0.19)
            corners = np.stack([centre - 0.07 * along, centre + 0.07 * along, tip])
            b.add(
                "bunting_flag",
                (_triangle(corners), ("fabric_mustard", "fabric_teal", "fabric_rust", "fabric_cream")[k % 4]),
            )


def _triangle(corners: Floats) -> Shape:
    faces = np.array([[0, 2, 1]])
    uvs = np.array([(0.0, 0.2), (0.14, 0.2), (0.07, 0.0)])
    return Shape(corners, smooth_normals(corners, faces), uvs, faces)


def guitar(b: Builder, x: float, y: float, turn: float) -> None:
    """A guitar on a stand, leaning back to +y."""
    outline = [
        (0.0, 0.0),
        (0.0, 0.135),
        (0.03, 0.175),
        (0.12, 0.19),
        (0.2, 0.16),
        (0.26, 0.125),
        (0.33, 0.13),
        (0.4, 0.14),
        (0.45, 0.12),
        (0.48, 0.06),
    ]
    line = smooth_path([(w, 0, z) for z, w in outline], 6)
    sections = [(float(p[2]), max(float(p[0]), 0.001), 0.045, 6.0, 0.0) for p in line]
    body = loft([(0.0, 0.0, 0.0, 4.0, 0.0), *sections, (0.485, 0.0, 0.0, 4.0, 0.0)], 48)
    neck = rounded_box((0.052, 0.022, 0.5), 0.008, (0, -0.04, 0.42), 2)
    head = rounded_box((0.07, 0.018, 0.16), 0.006, (0, -0.03, 0.91), 2)
    hole = cylinder(0.047, 0.002, segments=36).turned("x", 90).moved(0, -0.0455, 0.3)
    strings = [
        rod((0.006 * (k - 2.5), -0.058, 0.13), (0.006 * (k - 2.5), -0.056, 0.93), 0.0007, segments=4)
        for k in range(6)
    ]
    bridge = rounded_box((0.12, 0.012, 0.025), 0.004, (0, -0.05, 0.12))
    pegs = [
        rod((s * 0.035, -0.03, 0.94 + 0.045 * k), (s * 0.055, -0.03, 0.94 + 0.045 * k), 0.005, segments=8)
        for s in (-1, 1)
        for k in range(3)
    ]
    with b.at(x, y, 0.08, turn), b.item("guitar", "otherprop", Labelled.NOTHING):
        b.add("guitar_body", (body.turned("x", -12), "wood_honey"))
        b.add("guitar_neck", (join(neck, head).turned("x", -12), "walnut"))
        b.add(
            "guitar_hole",
            (join(hole, bridge).turned("x", -12), "plastic_black"),
        )
        b.add("guitar_strings", (join(*strings, *pegs).turned("x", -12), "steel"))
        stand = [rod((s * 0.14, -0.1, -0.08), (0, 0.1, 0.25), 0.008) for s in (-1, 1)]
        stand += [
            rod((0, 0.25, -0.08), (0, 0.1, 0.25), 0.008),
            tube(
                smooth_path(
                    [(-0.12, -0.1, -0.01), (-0.11, 0.02, -0.015), (0.11, 0.02, -0.015), (0.12, -0.1, -0.01)]
                ),
                0.008,
            ),
        ]
        b.add("guitar_stand", (join(*stand), "black_metal"))
