"""Tables, desks, and what stands against the wall at table height."""

from __future__ import annotations

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import cylinder, lathe, rod, smooth_path, tube
from viewer.sample.shapes import Shape, box, join, rounded_box


def legs_at_corners(width: float, depth: float, height: float, radius: float, splay: float = 0.0) -> Shape:
    """Four tapered round legs under the corners of a rectangle."""
    half_w, half_d = width / 2, depth / 2
    return join(
        *(
            rod(
                (sx * half_w, sy * half_d, height),
                (sx * (half_w + splay), sy * (half_d + splay), 0),
                radius,
                0.62 * radius,
                14,
            )
            for sx in (-1, 1)
            for sy in (-1, 1)
        )
    )


def dining_table(
    b: Builder, x: float, y: float, turn: float, length: float = 1.9, width: float = 0.95
) -> None:
    """A solid table, 75 cm high, its length along x."""
    with b.at(x, y, turn=turn), b.item("table_dining", "table"):
        b.add("table_dining_top", (rounded_box((length, width, 0.035), 0.012, (0, 0, 0.715), 3), "oak"))
        apron = [box((length - 0.34, 0.022, 0.08), (0, s * (width / 2 - 0.11), 0.635)) for s in (-1, 1)]
        apron += [box((0.022, width - 0.22, 0.08), (s * (length / 2 - 0.17), 0, 0.635)) for s in (-1, 1)]
        b.add("table_dining_apron", (join(*apron), "oak"))
        b.add("table_dining_legs", (legs_at_corners(length - 0.34, width - 0.24, 0.715, 0.034, 0.05), "oak"))


def coffee_table(b: Builder, x: float, y: float) -> None:
    """A round table with a lower shelf."""
    with b.at(x, y), b.item("coffee_table", "table"):
        top = lathe(
            [
                (0, 0.385),
                (0.41, 0.385),
                (0.432, 0.392),
                (0.44, 0.402),
                (0.436, 0.413),
                (0.42, 0.42),
                (0, 0.42),
            ],
            56,
        )
        b.add("CoffeeTable_top_A", (top, "walnut"))
        shelf = lathe([(0, 0.15), (0.29, 0.15), (0.3, 0.157), (0.29, 0.165), (0, 0.165)], 32)
        b.add("CoffeeTable_shelf_A", (shelf, "walnut"))
        ends = [(1, 0), (-0.5, 0.866), (-0.5, -0.866)]
        legs = [rod((0.3 * c, 0.3 * s, 0.39), (0.36 * c, 0.36 * s, 0), 0.02, 0.013, 14) for c, s in ends]
        b.add("CoffeeTable_legs", (join(*legs), "black_metal"))


def side_table(b: Builder, x: float, y: float, *, height: float = 0.5, radius: float = 0.21) -> None:
    with b.at(x, y), b.item("side_table", "table"):
        top = lathe(
            [
                (0, height - 0.02),
                (radius, height - 0.02),
                (radius + 0.006, height - 0.01),
                (radius, height),
                (0, height),
            ],
            40,
        )
        foot = lathe(
            [
                (0, 0),
                (0.14, 0),
                (0.145, 0.006),
                (0.13, 0.014),
                (0.02, 0.022),
                (0.013, 0.05),
                (0.013, height - 0.02),
            ],
            36,
        )
        b.add("Cylinder0231", (join(top, foot), "brass"))


def console(b: Builder, x: float, y: float, turn: float, width: float = 1.1) -> None:
    """A narrow table against a wall at y = 0, with two drawers."""
    with b.at(x, y, turn=turn), b.item("console_table", "table"):
        depth = 0.32
        with b.at(0, -depth / 2 - 0.02):
            b.add("console_top", (rounded_box((width, depth, 0.03), 0.008, (0, 0, 0.8), 2), "walnut"))
            b.add("console_body", (box((width - 0.06, depth - 0.04, 0.14), (0, 0, 0.66)), "walnut"))
            for s in (-1, 1):
                front = rounded_box(
                    (width / 2 - 0.05, 0.016, 0.12), 0.004, (s * (width / 4 - 0.01), -depth / 2 + 0.016, 0.67)
                )
                b.add("console_drawer", (front, "walnut"))
                knob = lathe(
                    [(0, 0), (0.006, 0), (0.005, 0.012), (0.012, 0.018), (0.011, 0.026), (0, 0.028)], 16
                )
                b.add(
                    "console_knob",
                    (knob.turned("x", 90).moved(s * (width / 4 - 0.01), -depth / 2 + 0.01, 0.73), "brass"),
                )
            b.add("console_legs", (legs_at_corners(width - 0.1, depth - 0.08, 0.66, 0.02, 0.01), "walnut"))


def desk(b: Builder, x: float, y: float, turn: float, width: float = 1.6, depth: float = 0.75) -> None:
    """A writing desk with a drawer unit; the user sits at -y."""
    with b.at(x, y, turn=turn), b.item("desk", "desk"):
        b.add("Desk_03_top", (rounded_box((width, depth, 0.028), 0.006, (0, 0, 0.71), 2), "oak"))
        for side in (-1, 1):
            s = side * (width / 2 - 0.06)
            frame = [
                rod((s, -depth / 2 + 0.06, 0.71), (s, -depth / 2 + 0.06, 0), 0.018),
                rod((s, depth / 2 - 0.06, 0.71), (s, depth / 2 - 0.06, 0), 0.018),
            ]
            frame.append(rod((s, -depth / 2 + 0.06, 0.05), (s, depth / 2 - 0.06, 0.05), 0.012))
            b.add("Desk_03_leg", (join(*frame), "black_metal"))
        b.add(
            "Desk_03_beam",
            (
                rod(
                    (-width / 2 + 0.06, depth / 2 - 0.06, 0.62),
                    (width / 2 - 0.06, depth / 2 - 0.06, 0.62),
                    0.016,
                ),
                "black_metal",
            ),
        )
        with b.at(width / 2 - 0.3, 0.02):
            b.add(
                "Desk_03_drawers",
                (rounded_box((0.38, depth - 0.16, 0.52), 0.006, (0, 0, 0.12)), "lacquer_white"),
            )
            for k in range(3):
                z = 0.135 + 0.166 * k
                b.add(
                    "Desk_03_front",
                    (rounded_box((0.37, 0.018, 0.158), 0.004, (0, -depth / 2 + 0.075, z)), "lacquer_white"),
                )
                pull = tube(
                    smooth_path([(-0.05, 0, 0), (-0.05, -0.02, 0), (0.05, -0.02, 0), (0.05, 0, 0)]), 0.004
                )
                b.add("Desk_03_handle", (pull.moved(0, -depth / 2 + 0.066, z + 0.1), "black_metal"))
            wheels = [
                cylinder(0.02, 0.02, segments=14).turned("x", 90).moved(sx * 0.15, sy * 0.22, 0.02)
                for sx in (-1, 1)
                for sy in (-1, 1)
            ]
            struts = [
                rod((sx * 0.15, sy * 0.22 - 0.01, 0.02), (sx * 0.15, sy * 0.22 - 0.01, 0.125), 0.008)
                for sx in (-1, 1)
                for sy in (-1, 1)
            ]
            b.add("Desk_03_castors", (join(*wheels, *struts), "plastic_black"))


def nightstand(b: Builder, x: float, y: float, turn: float, *, labelled: Labelled = Labelled.BOTH) -> None:
    """A bedside table with one drawer and one shelf; its back is at +y."""
    with b.at(x, y, turn=turn), b.item("nightstand", "nightstand", labelled) as name:
        w, d, h = 0.46, 0.4, 0.5
        body = [
            box((w, d, 0.022), (0, 0, h - 0.022)),
            box((w - 0.044, d, 0.018), (0, 0, 0.28)),
            box((w - 0.044, d, 0.018), (0, 0, 0.13)),
        ]
        body += [box((0.022, d, h - 0.152), (s * (w - 0.022) / 2, 0, 0.13)) for s in (-1, 1)]
        body.append(box((w - 0.044, 0.01, h - 0.16), (0, d / 2 - 0.006, 0.14)))
        b.add(f"{name}_body", (join(*body), "walnut"))
        b.add(
            f"{name}_drawer",
            (rounded_box((w - 0.052, 0.018, 0.17), 0.004, (0, -d / 2 + 0.006, 0.303)), "walnut"),
        )
        knob = lathe(
            [(0, 0), (0.007, 0), (0.006, 0.012), (0.013, 0.02), (0.011, 0.028), (0, 0.03)], 18
        ).turned("x", 90)
        b.add(f"{name}_knob", (knob.moved(0, -d / 2 - 0.002, 0.388), "brass"))
        b.add(f"{name}_legs", (legs_at_corners(w - 0.08, d - 0.08, 0.135, 0.016, 0.02), "walnut"))
