"""Things to sit on."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.cloth import cushion, draped, pillow
from viewer.sample.curves import cylinder, lathe, ring_path, rod, smooth_path, tube
from viewer.sample.shapes import Floats, Point, Shape, join, rounded_box, smooth_normals


def throw_pillow(
    b: Builder, at: Point, turn: float, material: str, *, size: float = 0.45, lean: float = 68
) -> None:
    """A pillow leaning back against something at +y."""
    shape = (
        pillow(size, size, 0.17, b.rng).turned("x", lean).moved(0, 0, size * 0.5 * np.sin(np.radians(lean)))
    )
    with b.at(at[0], at[1], at[2], turn), b.item("throw_pillow", "pillow"):
        b.add("Arch41_043_pillow", (shape, material), tint=b.vary((1, 1, 1)))


def sofa(
    b: Builder,
    x: float,
    y: float,
    turn: float,
    *,
    width: float = 2.25,
    seats: int = 3,
    fabric: str = "fabric_grey",
    pillows: tuple[str, ...] = ("fabric_mustard", "fabric_cream", "fabric_rust"),
    labelled: Labelled = Labelled.BOTH,
) -> None:
    """A sofa with loose cushions; its back is at +y."""
    depth, arm = 0.95, 0.2
    inner = width - 2 * arm
    with b.at(x, y, turn=turn):
        with b.item("sofa", "sofa", labelled) as name:
            base = rounded_box((width - 0.06, depth - 0.06, 0.2), 0.03, (0, 0, 0.12), 2)
            back = rounded_box((inner + 0.02, 0.2, 0.52), 0.06, (0, depth / 2 - 0.13, 0.28), 3, (8, 1, 3))
            b.add(f"{name}_base", (join(base, back), fabric))
            for side in (-1, 1):
                block = cushion(
                    (arm, depth - 0.02, 0.5), (side * (width - arm) / 2, 0, 0.12), b.rng, 0.02, 0.06
                )
                b.add(f"{name}_arm", (block, fabric))
            each = inner / seats
            for k in range(seats):
                middle = -inner / 2 + each * (k + 0.5)
                seat = cushion(
                    (each - 0.012, depth - 0.26, 0.17), (middle, -0.11, 0.32), b.rng, 0.035, 0.05, 0.05
                )
                b.add(f"{name}_seat_cushion", (seat, fabric))
                rest = cushion((each - 0.02, 0.2, 0.46), (0, 0, 0), b.rng, 0.045, 0.06, 0.05)
                b.add(f"{name}_back_cushion", (rest.turned("x", -12).moved(middle, 0.22, 0.49), fabric))
            feet = [
                rod(
                    (sx * (width / 2 - 0.1), sy * (depth / 2 - 0.1), 0.13),
                    (sx * (width / 2 - 0.08), sy * (depth / 2 - 0.08), 0),
                    0.025,
                    0.016,
                )
                for sx in (-1, 1)
                for sy in (-1, 1)
            ]
            b.add(f"{name}_feet", (join(*feet), "oak"))
        for k, material in enumerate(pillows):
            side = -1 if k % 2 == 0 else 1
            away = inner / 2 - 0.24 - 0.3 * (k // 2)
            throw_pillow(
                b,
                (side * away, 0.02 + 0.03 * k, 0.50),
                -side * (14 + 6 * k),
                material,
                size=0.46 - 0.03 * (k // 2),
            )


def armchair(b: Builder, x: float, y: float, turn: float, *, fabric: str = "fabric_teal") -> None:
    """A lounge chair with a wooden frame; its back is at +y."""
    with b.at(x, y, turn=turn), b.item("armchair", "chair"):
        seat = cushion((0.6, 0.62, 0.15), (0, 0, 0), b.rng, 0.035, 0.05).turned("x", 6).moved(0, -0.02, 0.28)
        b.add("Arch41_021_obj_03", (seat, fabric))
        rest = cushion((0.6, 0.15, 0.56), (0, 0, 0), b.rng, 0.035, 0.05).turned("x", -22).moved(0, 0.27, 0.37)
        b.add("Arch41_021_obj_04", (rest, fabric))
        for side in (-1, 1):
            s = side * 0.345
            front = rod((s, -0.3, 0), (s, -0.26, 0.55), 0.017, 0.02)
            rear = rod((s, 0.42, 0), (s, 0.2, 0.55), 0.017, 0.02)
            arm = tube(
                smooth_path([(s, -0.36, 0.56), (s, -0.1, 0.585), (s, 0.15, 0.575), (s, 0.36, 0.53)]),
                0.022,
                10,
            )
            rail = rod((s, -0.28, 0.27), (s, 0.33, 0.22), 0.016)
            b.add("Arch41_021_obj_01", (join(front, rear, arm, rail), "walnut"))
        bars = [
            rod((-0.345, y0, z0), (0.345, y0, z0), 0.014)
            for y0, z0 in ((-0.27, 0.26), (0.3, 0.22), (0.42, 0.72), (0.33, 0.5))
        ]
        uprights = [rod((s * 0.25, 0.24, 0.24), (s * 0.25, 0.47, 0.84), 0.014) for s in (-1, 1)]
        b.add("Arch41_021_obj_02", (join(*bars, *uprights), "walnut"))


def dining_chair(b: Builder, x: float, y: float, turn: float, *, labelled: Labelled = Labelled.BOTH) -> None:
    """A wooden chair with a woven seat and a bent back; the back is at +y."""
    with b.at(x, y, turn=turn), b.item("chair_dining", "chair", labelled) as name:
        legs = []
        for side in (-1, 1):
            legs.append(
                tube(
                    [(side * 0.19, -0.19, 0.44), (side * 0.2, -0.205, 0.22), (side * 0.21, -0.22, 0)],
                    [0.019, 0.018, 0.012],
                    12,
                )
            )
            curve = [
                (side * 0.21, 0.25, 0),
                (side * 0.18, 0.2, 0.25),
                (side * 0.175, 0.19, 0.45),
                (side * 0.19, 0.23, 0.68),
            ]
            legs.append(tube(smooth_path(curve), list(np.linspace(0.012, 0.016, 13)), 12))
        b.add(f"{name}_legs", (join(*legs), "oak"))
        rails = [
            rod((-0.185, -0.195, 0.405), (0.185, -0.195, 0.405), 0.014),
            rod((-0.175, 0.19, 0.405), (0.175, 0.19, 0.405), 0.014),
            rod((-0.19, -0.2, 0.25), (-0.18, 0.2, 0.28), 0.011),
            rod((0.19, -0.2, 0.25), (0.18, 0.2, 0.28), 0.011),
        ]
        b.add(f"{name}_frame", (join(*rails), "oak"))
        seat = cushion((0.45, 0.44, 0.045), (0, -0.01, 0.415), b.rng, -0.008, 0.02, 0.05)
        b.add(f"{name}_seat", (seat, "wicker"))
        bow = [
            (-0.27, -0.02, 0.665),
            (-0.26, 0.1, 0.68),
            (-0.17, 0.22, 0.71),
            (0, 0.265, 0.725),
            (0.17, 0.22, 0.71),
            (0.26, 0.1, 0.68),
            (0.27, -0.02, 0.665),
        ]
        b.add(f"{name}_back", (tube(smooth_path(bow), 0.017, 12), "oak"))
        slats = [
            tube(
                smooth_path([(s * 0.03, 0.19, 0.41), (s * 0.05, 0.215, 0.56), (s * 0.11, 0.25, 0.715)]),
                0.011,
                10,
            )
            for s in (-1, 1)
        ]
        b.add(f"{name}_splat", (join(*slats), "oak"))


def bar_stool(b: Builder, x: float, y: float, turn: float, *, labelled: Labelled = Labelled.BOTH) -> None:
    """A counter stool, seat 66 cm high."""
    with b.at(x, y, turn=turn), b.item("bar_stool", "chair", labelled):
        seat = lathe(
            [
                (0, 0.635),
                (0.14, 0.635),
                (0.17, 0.645),
                (0.178, 0.66),
                (0.17, 0.672),
                (0.1, 0.668),
                (0, 0.665),
            ],
            36,
        )
        legs = [
            rod((sx * 0.1, sy * 0.1, 0.64), (sx * 0.19, sy * 0.19, 0), 0.015, 0.012)
            for sx in (-1, 1)
            for sy in (-1, 1)
        ]
        b.add("Stool_02_seat", (seat, "oak"))
        b.add("Stool_02_legs", (join(*legs), "black_metal"))
        b.add("Stool_02_ring", (tube(ring_path(0.225, (0, 0, 0.22), 36), 0.008, closed=True), "black_metal"))


def office_chair(b: Builder, x: float, y: float, turn: float) -> None:
    """A swivel chair; its back is at +y."""
    with b.at(x, y, turn=turn), b.item("office_chair", "chair") as name:
        for k in range(5):
            angle = np.radians(72 * k + 18)
            c, s = float(np.cos(angle)), float(np.sin(angle))
            arm = tube(
                [(0.03 * c, 0.03 * s, 0.11), (0.16 * c, 0.16 * s, 0.095), (0.3 * c, 0.3 * s, 0.075)],
                [0.026, 0.02, 0.014],
                10,
            )
            b.add(f"{name}_base", (arm, "black_metal"))
            wheel = join(
                *(
                    cylinder(0.028, 0.018, bevel=0.006).turned("x", 90).moved(0, d, 0.028)
                    for d in (-0.004, 0.022)
                )
            )
            fork = rod((0, 0, 0.03), (0, 0, 0.075), 0.008)
            b.add(
                f"{name}_castor",
                (join(wheel, fork).turned("z", 40 + 72 * k).moved(0.3 * c, 0.3 * s), "plastic_black"),
            )
        lift = lathe([(0, 0.06), (0.032, 0.06), (0.032, 0.26), (0.018, 0.265), (0.018, 0.42), (0, 0.42)])
        b.add(f"{name}_lift", (lift, "black_metal"))
        seat = cushion((0.5, 0.48, 0.08), (0, 0, 0.43), b.rng, 0.02, 0.035)
        b.add(f"{name}_seat", (seat, "fabric_navy"))
        rest = cushion((0.46, 0.07, 0.52), (0, 0, 0), b.rng, 0.02, 0.03).turned("x", -9).moved(0, 0.235, 0.6)
        b.add(f"{name}_backrest", (rest, "fabric_navy"))
        spine = tube(smooth_path([(0, 0.0, 0.41), (0, 0.2, 0.41), (0, 0.31, 0.5), (0, 0.3, 0.75)]), 0.022, 10)
        b.add(f"{name}_spine", (spine, "plastic_black"))
        for side in (-1, 1):
            post = tube(
                smooth_path([(side * 0.2, 0.03, 0.43), (side * 0.29, 0.03, 0.46), (side * 0.29, 0.03, 0.64)]),
                0.012,
            )
            pad = rounded_box((0.07, 0.24, 0.03), 0.013, (side * 0.29, 0.0, 0.635), 2)
            b.add(f"{name}_armrest", (join(post, pad), "plastic_black"))


def pouffe(b: Builder, x: float, y: float, *, material: str = "fabric_mustard", radius: float = 0.27) -> None:
    """A round knitted seat on the floor."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, 15)
    profile = np.stack([np.cos(angle) ** 0.55 * radius, 0.19 + np.sin(angle) * 0.19], axis=1)
    profile[[0, -1], 0] = 0
    with b.at(x, y), b.item("pouffe", "otherfurniture", Labelled.CLASS):
        b.add("Pouf_knit_A", (lathe(profile, 40), material))


def beanbag(b: Builder, x: float, y: float, turn: float, material: str) -> None:
    """A sagging bag to sit on."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, 21)
    profile = np.stack([np.cos(angle) ** 0.5 * 0.43, 0.2 + np.sin(angle) * 0.2], axis=1)
    profile[[0, -1], 0] = 0
    body = lathe(profile, 40)
    p = body.positions.copy()
    high = np.clip(p[:, 2] / 0.4, 0, 1)
    # Raised at the back, sunk where one sits, wider at the floor.
    p[:, 2] += 0.24 * high**1.5 * np.exp(-(((p[:, 1] - 0.26) / 0.2) ** 2) - (p[:, 0] / 0.34) ** 2)
    p[:, 2] -= 0.09 * high * np.exp(-((p[:, 0] / 0.24) ** 2 + ((p[:, 1] + 0.08) / 0.22) ** 2))
    p[:, :2] *= (1.06 - 0.16 * high)[:, None]
    sagged = _resmoothed(body, p)
    with b.at(x, y, turn=turn), b.item("beanbag", "chair", Labelled.NOTHING):
        b.add("beanbag_obj_01", (sagged, material))


def _resmoothed(shape: Shape, positions: Floats) -> Shape:
    return Shape(positions, smooth_normals(positions, shape.faces), shape.uvs, shape.faces)


def throw_blanket(b: Builder, at: Point, turn: float, material: str) -> None:
    """A blanket thrown over an arm or a corner: a narrow cover that hangs on two sides."""
    with b.at(at[0], at[1], at[2], turn), b.item("throw", "otherprop", Labelled.NOTHING):
        cloth = draped(0.2, 0.5, (0.3, 0.26, 0.0, 0.0), b.rng, thickness=0.012, ripple=0.006, edge=0.05)
        b.add("Throw_knit", (cloth, material))
