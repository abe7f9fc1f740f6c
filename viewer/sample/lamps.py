"""Lamps: what they look like, and the light they give."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import ball, cylinder, lathe, ring_path, rod, smooth_path, tube
from viewer.sample.shapes import Shape, join, rounded_box

WARM = (1.0, 0.72, 0.44)
NEUTRAL = (1.0, 0.86, 0.68)


def shade(bottom: float, top: float, height: float) -> Shape:
    """An open conical lamp shade standing at z = 0, a little thick."""
    t = 0.003
    profile = [(bottom - t, 0), (bottom, 0), (top, height), (top - t, height), (bottom - t, 0)]
    return lathe(profile, 28)


def floor_lamp(b: Builder, x: float, y: float, *, watts: float = 3.2) -> None:
    """A tripod lamp, 1.6 m high."""
    with b.at(x, y), b.item("floor_lamp", "lamp"):
        legs = []
        for k in range(3):
            c, s = np.cos(2.1 * k + 0.4), np.sin(2.1 * k + 0.4)
            legs.append(rod((0.27 * c, 0.27 * s, 0), (0.02 * c, 0.02 * s, 1.25), 0.012, 0.014))
        b.add("floorlamp_legs", (join(*legs), "oak"))
        b.add("floorlamp_hub", (cylinder(0.035, 0.05, (0, 0, 1.21), bevel=0.01), "black_metal"))
        b.add("floorlamp_shade", (shade(0.25, 0.18, 0.3).moved(0, 0, 1.3), "lamp_shade"))
        b.add("floorlamp_bulb", (ball(0.04, (0, 0, 1.43)), "bulb"))
        cable = smooth_path(
            [(0.02, 0, 1.2), (0.1, 0.05, 0.6), (0.16, 0.1, 0.12), (0.22, 0.2, 0.008), (0.3, 0.4, 0.006)]
        )
        b.add("floorlamp_cable", (tube(cable, 0.003, 5), "plastic_black"))
        b.lamp((0, 0, 1.45), 0.29, watts, WARM)


def table_lamp(
    b: Builder,
    x: float,
    y: float,
    z: float,
    *,
    base: str = "ceramic_terracotta",
    watts: float = 0.8,
    size: float = 1.0,
) -> None:
    """A lamp with a turned base."""
    s = size
    with b.at(x, y, z), b.item("table_lamp", "lamp"):
        foot = [
            (0, 0),
            (0.07, 0),
            (0.075, 0.008),
            (0.06, 0.03),
            (0.085, 0.08),
            (0.095, 0.13),
            (0.075, 0.18),
            (0.03, 0.215),
            (0.02, 0.24),
            (0, 0.24),
        ]
        b.add("tablelamp_base", (lathe(np.array(foot) * s, 26), base))
        b.add("tablelamp_neck", (cylinder(0.008 * s, 0.06 * s, (0, 0, 0.235 * s)), "brass"))
        b.add("tablelamp_shade", (shade(0.155 * s, 0.11 * s, 0.19 * s).moved(0, 0, 0.25 * s), "lamp_shade"))
        b.add("tablelamp_bulb", (ball(0.028 * s, (0, 0, 0.32 * s)), "bulb"))
        b.lamp((0, 0, 0.345 * s), 0.185 * s, watts, WARM)


def pendant(
    b: Builder,
    x: float,
    y: float,
    bottom: float,
    ceiling: float,
    *,
    radius: float = 0.2,
    metal: str = "black_metal",
    watts: float = 2.0,
) -> None:
    """A metal dome on a cord; open below."""
    with b.at(x, y), b.item("pendant_lamp", "lamp"):
        angle = np.linspace(0, np.pi / 2, 9)
        outside = np.stack([radius * np.cos(angle), bottom + radius * 0.85 * np.sin(angle)], axis=1)
        inside = (outside - (0, bottom)) * 0.975 + (0, bottom)
        profile = np.vstack([outside, inside[::-1], outside[:1]])
        profile[8:10, 0] = 0.0
        b.add("pendant_dome", (lathe(profile, 30), metal))
        b.add(
            "pendant_cap",
            (cylinder(0.03, 0.07, (0, 0, bottom + radius * 0.85 - 0.005), bevel=0.008), "brass"),
        )
        b.add(
            "pendant_cord",
            (
                rod((0, 0, bottom + radius * 0.85 + 0.06), (0, 0, ceiling - 0.02), 0.003, segments=6),
                "plastic_black",
            ),
        )
        b.add(
            "pendant_rose",
            (
                lathe(
                    [(0, ceiling - 0.03), (0.045, ceiling - 0.03), (0.05, ceiling - 0.001), (0, ceiling)], 28
                ),
                "black_metal",
            ),
        )
        b.add("pendant_bulb", (ball(0.045, (0, 0, bottom + 0.06)), "bulb"))
        b.lamp((0, 0, bottom + 0.055), 0.06, watts, WARM)


def paper_lantern(
    b: Builder,
    x: float,
    y: float,
    centre: float,
    ceiling: float,
    *,
    radius: float = 0.24,
    watts: float = 3.0,
    color: tuple[float, float, float] = NEUTRAL,
) -> None:
    """A ribbed paper globe on a cord."""
    with b.at(x, y), b.item("ceiling_lamp", "lamp"):
        t = np.linspace(-np.pi / 2 + 0.25, np.pi / 2 - 0.25, 29)
        ripple = 1 - 0.02 * np.abs(np.sin(np.linspace(0, 7 * np.pi, 29)))
        profile = np.stack([radius * np.cos(t) * ripple, centre + 0.9 * radius * np.sin(t)], axis=1)
        b.add("lantern_paper", (lathe(profile, 28), "lamp_paper"))
        b.add(
            "lantern_cord",
            (rod((0, 0, centre + 0.8 * radius), (0, 0, ceiling), 0.0025, segments=6), "plastic_white"),
        )
        b.lamp((0, 0, centre), radius * 1.02, watts, color)


def ceiling_disc(
    b: Builder, x: float, y: float, ceiling: float, *, radius: float = 0.17, watts: float = 2.4
) -> None:
    """A flat round fitting under the ceiling."""
    with b.at(x, y), b.item("ceiling_light", "lamp"):
        b.add(
            "spot_ring",
            (
                lathe(
                    [
                        (radius, ceiling - 0.055),
                        (radius + 0.012, ceiling - 0.05),
                        (radius + 0.012, ceiling - 0.001),
                        (0, ceiling - 0.001),
                    ],
                    40,
                ),
                "brass",
            ),
        )
        diffuser = [
            (0, ceiling - 0.075),
            (radius * 0.6, ceiling - 0.071),
            (radius * 0.95, ceiling - 0.06),
            (radius, ceiling - 0.05),
        ]
        b.add("VRayLight_disc", (lathe(diffuser, 28), "lamp_paper"))
        b.lamp((0, 0, ceiling - 0.2), radius * 0.6, watts, NEUTRAL)


def downlights(b: Builder, places: list[tuple[float, float]], ceiling: float, *, watts: float = 0.9) -> None:
    """Small recessed spots."""
    for x, y in places:
        with b.at(x, y), b.item("downlight", "lamp", Labelled.CLASS):
            ring = lathe(
                [(0.034, ceiling - 0.004), (0.048, ceiling - 0.004), (0.05, ceiling), (0.034, ceiling)], 28
            )
            lens = lathe([(0, ceiling - 0.003), (0.034, ceiling - 0.003)], 24)
            b.add("downlight_obj", (ring, "steel"), (lens, "bulb"))
            b.lamp((0, 0, ceiling - 0.12), 0.05, watts, NEUTRAL)


def wall_light(b: Builder, x: float, y: float, z: float, turn: float, *, watts: float = 0.8) -> None:
    """A glass globe on a bracket; the wall is at y = 0."""
    with b.at(x, y, z, turn), b.item("wall_lamp", "lamp"):
        arm = tube(smooth_path([(0, 0, 0), (0, -0.06, 0), (0, -0.09, 0.02), (0, -0.09, 0.05)]), 0.008)
        plate = cylinder(0.04, 0.015, bevel=0.004).turned("x", 90)
        b.add("sconce_arm", (join(arm, plate), "brass"))
        b.add("sconce_globe", (ball(0.055, (0, -0.09, 0.1)), "lamp_paper"))
        b.lamp((0, -0.09, 0.1), 0.06, watts, WARM)


def desk_lamp(b: Builder, x: float, y: float, z: float, turn: float, *, watts: float = 0.9) -> None:
    """A jointed lamp; its head reaches out to -y."""
    with b.at(x, y, z, turn), b.item("desk_lamp", "lamp"):
        b.add("desklamp_foot", (cylinder(0.085, 0.022, bevel=0.008, segments=32), "black_metal"))
        arms = [rod((0, 0, 0.02), (0, 0.14, 0.3), 0.006), rod((0, 0.14, 0.3), (0, -0.1, 0.48), 0.006)]
        b.add(
            "desklamp_arm",
            (join(*arms, ball(0.014, (0, 0.14, 0.3)), ball(0.012, (0, -0.1, 0.48))), "black_metal"),
        )
        spring = np.linspace(0, 1, 72)[:, None]
        coil = np.concatenate(
            [
                0.006 * np.cos(spring * 60),
                0.03 + 0.06 * spring,
                0.07 + 0.16 * spring + 0.006 * np.sin(spring * 60),
            ],
            axis=1,
        )
        b.add("desklamp_spring", (tube(coil, 0.0012, 5), "steel"))
        head = lathe(
            [
                (0.062, 0),
                (0.064, 0.004),
                (0.03, 0.075),
                (0.022, 0.1),
                (0, 0.1),
                (0, 0.097),
                (0.02, 0.097),
                (0.027, 0.072),
                (0.06, 0.004),
                (0.062, 0),
            ],
            32,
        )
        b.add("desklamp_head", (head.turned("x", 25).moved(0, -0.15, 0.4), "black_metal"))
        b.add("desklamp_bulb", (ball(0.022, (0, -0.145, 0.42)), "bulb"))
        b.lamp((0, -0.147, 0.415), 0.03, watts, WARM)


def string_lights(b: Builder, points: list[tuple[float, float, float]]) -> None:
    """A thin wire with tiny bulbs along it."""
    path = smooth_path(points, 10)
    with b.item("string_lights", "lamp", Labelled.NOTHING):
        b.add("fairy_wire", (tube(path, 0.0015, 5), "plastic_black"))
        bulbs = [ball(0.009, tuple(p - (0, 0, 0.012)), 8) for p in path[3::6]]
        b.add("fairy_bulbs", (join(*bulbs), "bulb"))


def chandelier_ring(
    b: Builder, x: float, y: float, z: float, ceiling: float, *, radius: float = 0.38, watts: float = 3.0
) -> None:
    """A glowing ring on three thin wires."""
    with b.at(x, y), b.item("ring_lamp", "lamp"):
        b.add("ring_body", (tube(ring_path(radius, (0, 0, z), 64), 0.012, 8, closed=True), "brass"))
        b.add("ring_glow", (tube(ring_path(radius, (0, 0, z - 0.013), 64), 0.008, 8, closed=True), "bulb"))
        wires = [
            rod((radius * np.cos(a), radius * np.sin(a), z), (0, 0, ceiling - 0.03), 0.0015, segments=5)
            for a in (0.3, 2.4, 4.5)
        ]
        b.add("ring_wires", (join(*wires), "black_metal"))
        b.add("ring_rose", (rounded_box((0.1, 0.1, 0.03), 0.01, (0, 0, ceiling - 0.03)), "black_metal"))
        for a in (0.0, 2.1, 4.2):
            b.lamp((radius * 0.7 * np.cos(a), radius * 0.7 * np.sin(a), z - 0.06), 0.05, watts / 3, NEUTRAL)
