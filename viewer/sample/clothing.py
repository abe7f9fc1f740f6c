"""Clothes, towels and bags, and what they hang from."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.cloth import hanging_cloth, waves
from viewer.sample.curves import ball, cylinder, lathe, loft, smooth_path, tube
from viewer.sample.shapes import join, rounded_box, surface


def coat(
    b: Builder,
    x: float,
    y: float,
    z: float,
    turn: float,
    material: str,
    *,
    length: float = 0.95,
    width: float = 0.42,
) -> None:
    """A coat hanging from a hook at z; the wall is at y = 0."""
    rng = b.rng
    t = np.linspace(0, 1, 22)[:, None]
    angle = np.linspace(0, 2 * np.pi, 49)[None, :]
    shoulder = np.clip(t / 0.16, 0, 1) ** 0.6
    half = (0.05 + (width / 2 - 0.05) * shoulder) * (1 + 0.18 * t)
    deep = 0.03 + 0.055 * shoulder
    fold = (
        1
        + 0.16 * t * np.sin(angle * 9 + 3 * waves(t, angle * 0.05, rng, 3, 0.5))
        + 0.05 * waves(t, angle * 0.2, rng, 4, 0.3)
    )
    px = half * np.cos(angle) * fold
    py = deep * np.sin(angle) * fold
    pz = -t * length + 0.03 * (1 - shoulder) + 0 * angle
    py = np.minimum(py - 0.1, -0.004)
    body = surface(np.stack(np.broadcast_arrays(px, py, pz), axis=2)[::-1].transpose(1, 0, 2))
    sleeves = []
    for s in (-1, 1):
        path = smooth_path(
            [
                (s * 0.13, -0.1, -0.09),
                (s * 0.22, -0.1, -0.17),
                (s * 0.255, -0.105, -0.4),
                (s * 0.25, -0.11, -0.68),
            ],
            8,
        )
        sleeves.append(tube(path, list(np.linspace(0.06, 0.048, len(path))), 16))
    collar = tube(
        smooth_path([(-0.06, -0.1, -0.015), (0, -0.055, 0.02), (0.06, -0.1, -0.015), (0.03, -0.15, -0.08)]),
        0.018,
        8,
    )
    with (
        b.at(x, y, z, turn),
        b.item("coat", "clothes", Labelled.BOTH if material != "coat_wool" else Labelled.CLASS),
    ):
        b.add("Coat_body", (body, material))
        for sleeve in sleeves:
            b.add("Coat_sleeve", (sleeve, material))
        b.add("Coat_collar", (collar, material))
        buttons = [
            cylinder(0.011, 0.006, segments=14)
            .turned("x", 90)
            .moved(0.03, -0.175 - 0.01 * k, -0.22 - 0.15 * k)
            for k in range(4)
        ]
        b.add("Coat_buttons", (join(*buttons), "plastic_black"))


def hook_rail(
    b: Builder, x: float, y: float, z: float, turn: float, hooks: int = 5, spacing: float = 0.2
) -> None:
    """A board with coat hooks; the wall is at y = 0."""
    width = spacing * hooks
    with b.at(x, y, z, turn), b.item("coat_hooks", "otherstructure", Labelled.NOTHING):
        b.add("hook_board", (rounded_box((width, 0.022, 0.11), 0.005, (0, -0.012, -0.055)), "oak"))
        for k in range(hooks):
            at = -width / 2 + spacing * (k + 0.5)
            bent = smooth_path(
                [(at, -0.022, -0.02), (at, -0.06, -0.035), (at, -0.085, -0.02), (at, -0.085, 0.01)], 6
            )
            upper = smooth_path([(at, -0.022, 0.02), (at, -0.07, 0.04), (at, -0.1, 0.075)], 6)
            b.add(
                "hook_obj",
                (
                    join(
                        tube(bent, 0.005),
                        tube(upper, 0.005),
                        ball(0.009, (at, -0.1, 0.075), 12),
                        ball(0.008, (at, -0.085, 0.01), 12),
                    ),
                    "brass",
                ),
            )


def towel_on_rail(
    b: Builder,
    x: float,
    y: float,
    z: float,
    turn: float,
    material: str,
    *,
    width: float = 0.4,
    front: float = 0.42,
    back: float = 0.34,
) -> None:
    """A towel over a rail at height z."""
    with b.at(x, y, z, turn), b.item("towel", "towel"):
        b.add("Towel_hanging", (hanging_cloth(width, front, back, b.rng), material))


def folded_towels(b: Builder, x: float, y: float, z: float, turn: float, materials: tuple[str, ...]) -> None:
    with b.at(x, y, z, turn):
        for k, material in enumerate(materials):
            with b.item("towel_folded", "towel", Labelled.BOTH if k == 0 else Labelled.NOTHING):
                roll = [
                    rounded_box((0.34, 0.24, 0.026), 0.012, (0, 0, 0.052 * k + 0.0255 * j), 2, (6, 4, 1))
                    for j in range(2)
                ]
                b.add("Towel_folded", (join(*roll), material))


def handbag(b: Builder, x: float, y: float, z: float, turn: float, material: str = "leather_brown") -> None:
    with b.at(x, y, z, turn), b.item("bag", "bag"):
        b.add(
            "bag_body",
            (
                loft(
                    [
                        (0, 0.0, 0.0, 4, 0),
                        (0, 0.15, 0.06, 4, 0),
                        (0.03, 0.165, 0.07, 4, 0),
                        (0.2, 0.155, 0.05, 3.5, 0),
                        (0.25, 0.14, 0.02, 3, 0),
                        (0.25, 0, 0, 3, 0),
                    ]
                ),
                material,
            ),
        )
        strap = smooth_path(
            [(-0.09, 0, 0.235), (-0.08, 0, 0.36), (0, 0, 0.42), (0.08, 0, 0.36), (0.09, 0, 0.235)]
        )
        b.add("bag_strap", (tube(strap, 0.007), material))
        b.add("bag_clasp", (rounded_box((0.03, 0.01, 0.02), 0.003, (0, -0.058, 0.17)), "brass"))


def umbrella(b: Builder, x: float, y: float) -> None:
    """A stand with a closed umbrella."""
    with b.at(x, y), b.item("umbrella_stand", "otherprop", Labelled.NOTHING):
        b.add(
            "stand_body",
            (
                lathe(
                    [(0, 0), (0.11, 0), (0.12, 0.02), (0.11, 0.45), (0.106, 0.45), (0.112, 0.02), (0, 0.015)],
                    32,
                ),
                "black_metal",
            ),
        )
        canopy = lathe([(0.004, 0.06), (0.03, 0.5), (0.035, 0.62), (0.012, 0.66)], 14).turned("x", 6)
        b.add("umbrella_canopy", (canopy.moved(0.02, 0.0, 0.0), "fabric_rust"))
        crook = smooth_path([(0, 0, 0.02), (0, 0, 0.8), (0.02, 0, 0.86), (0.06, 0, 0.86), (0.075, 0, 0.8)])
        b.add("umbrella_handle", (tube(crook, 0.007).turned("x", 6).moved(0.02), "walnut"))


def shoes(b: Builder, x: float, y: float, z: float, turn: float, material: str) -> None:
    """A pair of shoes, toes at -y."""
    with b.at(x, y, z, turn), b.item("shoes", "otherprop", Labelled.NOTHING):
        for side in (-1, 1):
            sole = rounded_box((0.09, 0.27, 0.025), 0.012, segments=2)
            upper = ball(1, segments=12).scaled(0.042, 0.13, 0.05).moved(0, -0.005, 0.052)
            ankle = lathe([(0.033, 0.03), (0.036, 0.08), (0.034, 0.1), (0.028, 0.1), (0.028, 0.06)], 14)
            ankle = ankle.scaled(1, 1.35, 1).moved(0, 0.07)
            b.add(
                "Shoe_obj",
                (join(upper, ankle).moved(side * 0.055), material),
                (sole.moved(side * 0.055), "rubber"),
            )
