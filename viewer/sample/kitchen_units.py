"""Kitchen cupboards and what stands on them."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import cylinder, lathe, loft, ring_path, rod, smooth_path, tube
from viewer.sample.shapes import Shape, box, join, rounded_box

DEPTH = 0.6  # m, worktops
WORKTOP = 0.9  # m above the floor, upper side
FRONT = "lacquer_sage"


def bar_handle(width: float, *, upright: bool = False) -> Shape:
    """A bar on two posts, centred at the origin, standing out to -y."""
    half = width / 2
    parts = [rod((-half, -0.03, 0), (half, -0.03, 0), 0.005)]
    parts += [
        rod((s * (half - 0.02), 0, 0), (s * (half - 0.02), -0.03, 0), 0.004, segments=8) for s in (-1, 1)
    ]
    shape = join(*parts)
    return shape.turned("y", 90) if upright else shape


def front(
    b: Builder,
    name: str,
    x: float,
    z: float,
    width: float,
    height: float,
    *,
    handle: str = "top",
    material: str = FRONT,
) -> None:
    """A cupboard front at the face y = -DEPTH and its handle: `top`, `bottom`, `left`, `right` or `none`."""
    y = -DEPTH + 0.01
    b.add(
        f"{name}_front",
        (rounded_box((width - 0.004, 0.02, height - 0.004), 0.003, (x, y, z + 0.002)), material),
    )
    face = y - 0.01
    if handle in ("top", "bottom"):
        at = z + height - 0.05 if handle == "top" else z + 0.05
        b.add(f"{name}_handle", (bar_handle(min(0.2, width - 0.1)).moved(x, face, at), "brass"))
    elif handle in ("left", "right"):
        side = -1 if handle == "left" else 1
        b.add(
            f"{name}_handle",
            (
                bar_handle(0.2, upright=True).moved(x + side * (width / 2 - 0.05), face, z + height / 2),
                "brass",
            ),
        )


def base_unit(
    b: Builder,
    x: float,
    width: float,
    *,
    kind: str = "drawers",
    group: str = "kitchen_base",
    labelled: Labelled = Labelled.BOTH,
) -> None:
    """A floor cupboard centred at x, its back at y = 0, the cook at -y."""
    low, high = 0.1, WORKTOP - 0.04
    with b.item(group, "cabinet", labelled) as name:
        b.add(
            f"{name}_carcass",
            (box((width - 0.001, DEPTH - 0.03, high - low), (x, -DEPTH / 2 + 0.014, low)), "lacquer_white"),
            shares_vertices_in="kitchen_row",
        )
        b.add(f"{name}_plinth", (box((width, 0.016, low), (x, -DEPTH + 0.07, 0)), "black_metal"))
        if kind == "drawers":
            for z, height in ((low, 0.32), (low + 0.32, 0.26), (low + 0.58, high - low - 0.58)):
                front(b, name, x, z, width, height)
        elif kind == "doors":
            for s in (-1, 1):
                front(
                    b,
                    name,
                    x + s * width / 4,
                    low,
                    width / 2,
                    high - low,
                    handle="right" if s < 0 else "left",
                )
        elif kind == "door":
            front(b, name, x, low, width, high - low, handle="right")


def oven(b: Builder, x: float, width: float = 0.6) -> None:
    """An oven under a hob."""
    y = -DEPTH
    with b.item("oven", "otherfurniture"):
        b.add(
            "oven_body",
            (box((width - 0.002, DEPTH - 0.02, 0.74), (x, -DEPTH / 2 + 0.01, 0.12)), "black_metal"),
        )
        b.add("oven_door", (rounded_box((width - 0.01, 0.03, 0.5), 0.006, (x, y - 0.006, 0.2), 2), "steel"))
        b.add("oven_window", (rounded_box((width - 0.14, 0.008, 0.3), 0.003, (x, y - 0.022, 0.28)), "screen"))
        b.add("oven_handle", (bar_handle(0.46).moved(x, y - 0.02, 0.655), "steel"))
        b.add("oven_panel", (rounded_box((width - 0.01, 0.025, 0.13), 0.004, (x, y - 0.004, 0.715)), "steel"))
        for k in range(5):
            knob = lathe([(0.02, 0), (0.019, 0.018), (0.014, 0.022), (0, 0.022)], 24).turned("x", 90)
            b.add("oven_knob", (knob.moved(x + (k - 2) * 0.1, y - 0.016, 0.78), "black_metal"))
        b.add(
            "oven_drawer", (rounded_box((width - 0.01, 0.02, 0.085), 0.003, (x, y + 0.002, 0.105)), "steel")
        )
    with b.item("hob", "otherfurniture", Labelled.CLASS):
        b.add(
            "hob_glass", (rounded_box((0.58, 0.5, 0.008), 0.003, (x, -0.31, WORKTOP + 0.0005), 2), "screen")
        )
        for k, (dx, dy, r) in enumerate(
            ((-0.14, -0.12, 0.09), (0.14, -0.12, 0.07), (-0.14, 0.12, 0.07), (0.14, 0.12, 0.1))
        ):
            b.add(
                "hob_ring",
                (
                    tube(ring_path(r, (x + dx, -0.31 + dy, WORKTOP + 0.0085), 40), 0.0012, 5, closed=True),
                    "steel",
                ),
            )
            _ = k


def worktop(b: Builder, pieces: list[tuple[float, float, float, float]]) -> None:
    """A counter as rectangles x0, x1, y0, y1 that leave out the sink."""
    slabs = [
        rounded_box((x1 - x0, y1 - y0, 0.04), 0.003, ((x0 + x1) / 2, (y0 + y1) / 2, WORKTOP - 0.04))
        for x0, x1, y0, y1 in pieces
    ]
    with b.item("worktop", "counter"):
        b.add("worktop_stone", (join(*slabs), "stone_counter"))


def sink(b: Builder, x: float, y: float, width: float = 0.5, depth: float = 0.4) -> None:
    """A steel basin let into the counter, with its tap behind (+y)."""
    with b.at(x, y, WORKTOP):
        with b.item("sink", "sink"):
            w, d = width / 2, depth / 2
            skin = [
                (0.0, w + 0.012, d + 0.012, 9.0, 0),
                (0.002, w + 0.01, d + 0.01, 9.0, 0),
                (0.002, w - 0.004, d - 0.004, 9.0, 0),
                (-0.01, w - 0.008, d - 0.008, 9.0, 0),
            ]
            skin += [
                (-0.14, w - 0.015, d - 0.015, 9.0, 0),
                (-0.165, w - 0.03, d - 0.03, 7.0, 0),
                (-0.17, w - 0.08, d - 0.08, 5.0, 0),
                (-0.172, 0.0, 0.0, 4.0, 0),
            ]
            b.add("sink_basin", (loft(skin, 64), "steel"))
            b.add(
                "sink_drain",
                (lathe([(0, 0.004), (0.03, 0.004), (0.042, 0.0)][::-1], 22).moved(0, 0, -0.1715), "chrome"),
            )
        with b.item("tap", "otherprop", Labelled.CLASS), b.at(0, depth / 2 + 0.05):
            spout = smooth_path(
                [
                    (0, 0, 0.0),
                    (0, 0, 0.22),
                    (0, -0.03, 0.31),
                    (0, -0.1, 0.345),
                    (0, -0.17, 0.31),
                    (0, -0.185, 0.24),
                ],
                8,
            )
            b.add("tap_spout", (join(tube(spout, 0.012, 14), cylinder(0.026, 0.05, bevel=0.006)), "chrome"))
            b.add("tap_lever", (rod((0.024, 0, 0.035), (0.09, 0, 0.07), 0.006), "chrome"))


def wall_unit(
    b: Builder,
    x: float,
    width: float,
    *,
    bottom: float = 1.45,
    height: float = 0.72,
    depth: float = 0.34,
    doors: int = 1,
    labelled: Labelled = Labelled.BOTH,
) -> None:
    """A hanging cupboard, its back at y = 0."""
    with b.item("kitchen_wall", "cabinet", labelled) as name:
        b.add(
            f"{name}_carcass",
            (box((width - 0.001, depth - 0.02, height), (x, -depth / 2 + 0.009, bottom)), "lacquer_white"),
            shares_vertices_in="kitchen_row",
        )
        each = width / doors
        for k in range(doors):
            middle = x - width / 2 + each * (k + 0.5)
            b.add(
                f"{name}_front",
                (
                    rounded_box(
                        (each - 0.004, 0.02, height - 0.004), 0.003, (middle, -depth + 0.0, bottom + 0.002)
                    ),
                    FRONT,
                ),
            )
            side = 1 if k % 2 == 0 else -1
            b.add(
                f"{name}_handle",
                (
                    bar_handle(0.16, upright=True).moved(
                        middle + side * (each / 2 - 0.045), -depth - 0.01, bottom + 0.13
                    ),
                    "brass",
                ),
            )


def hood(b: Builder, x: float, ceiling: float, *, bottom: float = 1.6) -> None:
    """A chimney hood over a hob."""
    with b.item("hood", "otherfurniture"):
        flare = (
            lathe([(0.0, 0.0), (0.42, 0.0), (0.42, 0.05), (0.19, 0.26), (0.0, 0.26)], 4)
            .turned("z", 45)
            .scaled(1, 0.84, 1)
        )
        b.add("hood_canopy", (_flat_shaded(flare).moved(x, -0.26, bottom), "steel"))
        b.add(
            "hood_chimney", (box((0.26, 0.24, ceiling - bottom - 0.25), (x, -0.13, bottom + 0.25)), "steel")
        )
        filters = [
            rounded_box((0.24, 0.34, 0.006), 0.002, (x + s * 0.13, -0.26, bottom - 0.004)) for s in (-1, 1)
        ]
        b.add("hood_filter", (join(*filters), "chrome"))
        buttons = [
            cylinder(0.006, 0.004, segments=10).turned("x", 90).moved(x + 0.03 * k, -0.508, bottom + 0.025)
            for k in range(-2, 3)
        ]
        b.add("hood_buttons", (join(*buttons), "black_metal"))


def _flat_shaded(shape: Shape) -> Shape:
    """The same triangles, each with its own flat normal."""
    corners = shape.positions[shape.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    faces = np.arange(len(corners) * 3).reshape(-1, 3)
    return Shape(
        corners.reshape(-1, 3), np.repeat(normals, 3, axis=0), shape.uvs[shape.faces].reshape(-1, 2), faces
    )


def fridge(b: Builder, x: float, *, width: float = 0.62, height: float = 1.95) -> None:
    """A tall refrigerator, its back at y = 0."""
    with b.item("fridge", "refrigerator"):
        depth = 0.62
        b.add(
            "fridge_body",
            (rounded_box((width, depth, height - 0.04), 0.012, (x, -depth / 2 - 0.01, 0.04), 2), "steel"),
        )
        for z, tall, kind in ((0.06, 0.62, "lower"), (0.69, height - 0.71, "upper")):
            b.add(
                f"fridge_door_{kind}",
                (rounded_box((width, 0.045, tall), 0.012, (x, -depth - 0.034, z), 2), "steel"),
            )
            at = z + (tall - 0.24 if kind == "lower" else 0.28)
            b.add(
                f"fridge_handle_{kind}",
                (
                    bar_handle(0.4, upright=True)
                    .scaled(1.3, 1.3, 1)
                    .moved(x - width / 2 + 0.06, -depth - 0.055, at),
                    "chrome",
                ),
            )
        feet = [
            cylinder(0.02, 0.045, (x + sx * (width / 2 - 0.05), -depth / 2 + sy * 0.25, 0))
            for sx in (-1, 1)
            for sy in (-1, 1)
        ]
        b.add("fridge_feet", (join(*feet), "plastic_black"))
        for k in range(4):
            note = rounded_box(
                (0.07, 0.002, 0.07),
                0.0008,
                (x + 0.05 + 0.09 * (k % 2), -depth - 0.0582, 1.2 + 0.1 * (k // 2)),
            )
            b.add(
                "fridge_magnet",
                (note.turned("y", 0), ("plastic_yellow", "plastic_red", "paper", "plastic_blue")[k]),
            )
