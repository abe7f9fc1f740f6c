"""Electronics, and what lies on a desk."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import ball, cylinder, lathe, rod, smooth_path, tube
from viewer.sample.shapes import box, join, quad, rounded_box


def television(b: Builder, x: float, y: float, z: float, turn: float, width: float = 1.25) -> None:
    """A flat television on two feet; the viewer is at -y."""
    height = width * 0.57
    with b.at(x, y, z, turn), b.item("television", "television"):
        b.add("TV_case", (rounded_box((width, 0.035, height), 0.008, (0, 0.005, 0.07), 2), "plastic_black"))
        screen = quad(
            [
                (-width / 2 + 0.012, -0.0135, 0.085),
                (width / 2 - 0.012, -0.0135, 0.085),
                (width / 2 - 0.012, -0.0135, 0.058 + height),
                (-width / 2 + 0.012, -0.0135, 0.058 + height),
            ]
        )
        b.add("TV_screen", (screen, "screen"))
        feet = [
            tube(
                smooth_path(
                    [
                        (s * width * 0.36, -0.11, 0.006),
                        (s * width * 0.36, 0, 0.03),
                        (s * width * 0.36, 0, 0.09),
                    ]
                ),
                0.007,
            )
            for s in (-1, 1)
        ]
        feet += [
            tube(
                smooth_path(
                    [
                        (s * width * 0.36, 0.11, 0.006),
                        (s * width * 0.36, 0.01, 0.03),
                        (s * width * 0.36, 0.005, 0.09),
                    ]
                ),
                0.007,
            )
            for s in (-1, 1)
        ]
        b.add("TV_feet", (join(*feet), "black_metal"))
        b.add("TV_led", (ball(0.003, (width / 2 - 0.05, -0.014, 0.076), 8), "plastic_red"))
    with b.at(x, y, z, turn), b.item("tv_cables", "otherprop", Labelled.NOTHING):
        for k in range(2):
            path = smooth_path(
                [
                    (0.1 * k, 0.025, 0.3),
                    (0.1 * k + 0.05, 0.07, 0.12),
                    (0.12 * k, 0.09, 0.01),
                    (0.2 + 0.1 * k, 0.09, 0.005),
                    (0.45, 0.09, 0.005),
                ]
            )
            b.add("TV_cable", (tube(path, 0.003, 6), "plastic_black"))


def soundbar(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    with b.at(x, y, z, turn), b.item("soundbar", "otherprop", Labelled.CLASS):
        b.add("Soundbar_body", (rounded_box((0.8, 0.09, 0.06), 0.02, segments=3), "fabric_charcoal"))
        dots = [cylinder(0.004, 0.001, segments=8).moved(0.34 + 0.016 * k, 0, 0.0598) for k in range(3)]
        b.add("Soundbar_buttons", (join(*dots), "plastic_white"))


def remote(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    with b.at(x, y, z, turn), b.item("remote", "otherprop", Labelled.NOTHING):
        b.add("remote_body", (rounded_box((0.045, 0.17, 0.016), 0.007, segments=2), "plastic_black"))
        keys = [
            cylinder(0.0035, 0.0025, (0.012 * (i - 1), -0.06 + 0.016 * j, 0.0155), 8)
            for i in range(3)
            for j in range(7)
        ]
        b.add("remote_buttons", (join(*keys), "rubber"))


def monitor(b: Builder, x: float, y: float, z: float, turn: float, width: float = 0.61) -> None:
    height = width * 0.58
    with b.at(x, y, z, turn), b.item("monitor", "television", Labelled.CLASS):
        b.add("monitor_case", (rounded_box((width, 0.03, height), 0.008, (0, 0, 0.13), 2), "plastic_black"))
        b.add(
            "monitor_screen",
            (
                quad(
                    [
                        (-width / 2 + 0.01, -0.0155, 0.14),
                        (width / 2 - 0.01, -0.0155, 0.14),
                        (width / 2 - 0.01, -0.0155, 0.12 + height),
                        (-width / 2 + 0.01, -0.0155, 0.12 + height),
                    ]
                ).fitted_uvs(0, 2),
                "screen_on",
            ),
        )
        stand = [
            rounded_box((0.24, 0.18, 0.012), 0.005, (0, 0.03, 0), 2),
            rounded_box((0.05, 0.025, 0.3), 0.006, (0, 0.035, 0.01)),
        ]
        b.add("monitor_stand", (join(*stand), "steel"))


def keyboard(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    with b.at(x, y, z, turn), b.item("keyboard", "otherprop", Labelled.NOTHING):
        b.add("keyboard_base", (rounded_box((0.43, 0.125, 0.012), 0.004, segments=2), "plastic_white"))
        keys = [
            box(
                (0.0165, 0.0165, 0.006),
                (-0.2 + 0.019 * i + 0.004 * (j % 2), -0.047 + 0.019 * j, 0.012),
            )
            for j in range(1, 6)
            for i in range(21)
        ]
        keys.append(rounded_box((0.11, 0.0165, 0.006), 0.003, (-0.03, -0.047, 0.012)))
        b.add("keyboard_keys", (join(*keys), "plastic_white"))
        mouse = ball(1, segments=20).scaled(0.03, 0.052, 0.034).moved(0.3, 0, 0.002)
        b.add("mouse_obj", (mouse, "plastic_black"))
        cable = smooth_path([(0.3, 0.05, 0.012), (0.31, 0.12, 0.004), (0.24, 0.2, 0.003), (0.3, 0.27, 0.003)])
        b.add("mouse_cable", (tube(cable, 0.0018, 5), "plastic_black"))


def laptop(b: Builder, x: float, y: float, z: float, turn: float) -> None:
    """An open laptop; the user is at -y."""
    with b.at(x, y, z, turn), b.item("laptop", "otherprop", Labelled.BOTH):
        b.add("laptop_base", (rounded_box((0.33, 0.23, 0.016), 0.006, segments=2), "steel"))
        keys = [
            box((0.015, 0.015, 0.001), (-0.13 + 0.0187 * i, 0.0 + 0.0187 * j, 0.016))
            for i in range(15)
            for j in range(5)
        ]
        b.add("laptop_keys", (join(*keys), "plastic_black"))
        lid = rounded_box((0.33, 0.008, 0.22), 0.004).turned("x", -18).moved(0, 0.115, 0.012)
        b.add("laptop_lid", (lid, "steel"))
        screen = quad(
            [
                (-0.155, -0.0045, 0.012),
                (0.155, -0.0045, 0.012),
                (0.155, -0.0045, 0.208),
                (-0.155, -0.0045, 0.208),
            ]
        ).fitted_uvs(0, 2)
        b.add("laptop_screen", (screen.turned("x", -18).moved(0, 0.115, 0.012), "screen_on"))


def pen_cup(b: Builder, x: float, y: float, z: float) -> None:
    rng = b.rng
    with b.at(x, y, z), b.item("pen_cup", "otherprop", Labelled.NOTHING):
        b.add(
            "pencup_obj",
            (
                lathe([(0, 0), (0.036, 0), (0.038, 0.1), (0.035, 0.1), (0.033, 0.004), (0, 0.004)], 22),
                "leather_brown",
            ),
        )
        for k in range(7):
            a = rng.uniform(0, 6.28)
            low, high = (
                (-0.014 * np.cos(a), -0.014 * np.sin(a), 0.006),
                (0.03 * np.cos(a), 0.03 * np.sin(a), 0.15 + rng.uniform(0, 0.04)),
            )
            b.add(
                "pencil_obj",
                (
                    rod(low, high, 0.0036, segments=6),
                    ("plastic_yellow", "plastic_red", "plastic_blue", "plastic_green")[k % 4],
                ),
            )


def stack_of_magazines(b: Builder, x: float, y: float, z: float) -> None:
    rng = b.rng
    with b.at(x, y, z), b.item("magazines", "paper", Labelled.CLASS):
        for k in range(4):
            sheet = (
                rounded_box((0.21, 0.28, 0.006), 0.002)
                .turned("z", float(rng.uniform(-12, 12)))
                .moved(0, 0, 0.0065 * k + 0.0005)
            )
            b.add(
                "magazine_obj",
                (sheet, "book_cloth_b"),
                tint=b.vary((0.8, 0.75, 0.7) if k % 2 else (0.3, 0.42, 0.5), 0.2),
            )
