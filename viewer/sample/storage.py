"""Shelves, cupboards, and the books in them."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import lathe, rod, smooth_path, tube
from viewer.sample.shapes import Shape, box, join, rounded_box
from viewer.sample.tables import legs_at_corners

BOOK_COLORS = (
    (0.62, 0.16, 0.13),
    (0.13, 0.25, 0.38),
    (0.16, 0.33, 0.25),
    (0.80, 0.66, 0.40),
    (0.88, 0.84, 0.76),
    (0.30, 0.18, 0.13),
    (0.16, 0.16, 0.18),
    (0.78, 0.42, 0.16),
    (0.36, 0.46, 0.56),
    (0.52, 0.26, 0.34),
    (0.47, 0.52, 0.33),
    (0.70, 0.70, 0.68),
)


BOUND_IN = ("book_red", "book_blue", "book_green", "book_ochre", "book_black", "book_cream")
"""Materials of the books in rows that are one object, whose parts cannot be tinted one by one."""


def book(thickness: float, depth: float, height: float) -> tuple[Shape, Shape]:
    """Cover and pages of a closed book standing on its lower edge, its spine at -y, centred in x."""
    board = 0.0025
    # The texture of a cover runs once over the height of the spine.
    cover = [box((board, depth, height), (s * (thickness - board) / 2, 0, 0)) for s in (-1, 1)]
    spine = box((thickness - 0.0004, 0.004, height), (0, -depth / 2 + 0.001, 0))
    binding = join(*cover, spine)
    v = binding.positions[:, 2] / height
    u = (binding.positions[:, 0] / thickness + 0.5) * 0.2 + (binding.positions[:, 1] / depth + 0.5) * 0.8
    pages = box((thickness - 2 * board, depth - 0.008, height - 0.008), (0, 0.0, 0.004))
    return binding.with_uvs(np.column_stack([u, v])), pages


def book_row(
    b: Builder,
    length: float,
    *,
    depth: float = 0.26,
    ceiling: float = 0.3,
    fill: float = 0.85,
    labelled: Labelled = Labelled.BOTH,
    name: str = "book",
    merged: bool = False,
) -> None:
    """Books along x from the origin, spines at -y; the last one may lean. `merged`: all are one object."""
    rng = b.rng
    x, k = 0.0, 0
    pieces: list[tuple[Shape, str]] = []
    with b.item(f"{name}s", "books", labelled):
        while True:
            thickness = float(rng.uniform(0.014, 0.048))
            height = float(min(rng.normal(0.225, 0.03), ceiling - 0.02))
            deep = float(min(rng.uniform(0.15, 0.21), depth))
            if x + thickness > length * fill:
                break
            cover, pages = book(thickness, deep, height)
            lean = float(rng.uniform(6, 12)) if x + thickness + 0.12 > length * fill and fill < 0.97 else 0.0
            place = x + thickness / 2 + 0.0008 + (0.03 if lean else 0.0)
            front = -depth / 2 + deep / 2 + float(rng.uniform(0.0, 0.012))
            color = BOOK_COLORS[int(rng.integers(len(BOOK_COLORS)))]
            stuff = (
                BOUND_IN[int(rng.integers(len(BOUND_IN)))]
                if merged
                else ("book_cloth", "book_cloth_b")[k % 2]
            )
            if lean:
                # Turned about its lower left edge, so that it rests on the shelf.
                half = thickness / 2
                cover, pages = (s.moved(half).turned("y", -lean).moved(-half) for s in (cover, pages))
            both = [(cover.moved(place, front), stuff), (pages.moved(place, front), "page_edges")]
            if merged:
                pieces += both
            else:
                b.add(name, *both, tint=b.vary(color, 0.15))
            x, k = x + thickness + 0.0016, k + 1
        if merged:
            b.add(f"{name}_set", *pieces)


def book_stack(
    b: Builder, x: float, y: float, z: float, count: int = 4, *, name: str = "book_lying"
) -> float:
    """Books lying on each other; the height of the stack."""
    rng = b.rng
    top = 0.0
    with b.at(x, y, z), b.item("book_stack", "books", Labelled.BOTH):
        for k in range(count):
            thickness = float(rng.uniform(0.016, 0.035))
            cover, pages = book(
                thickness, float(rng.uniform(0.15, 0.18)), float(rng.uniform(0.22, 0.26)) - 0.012 * k
            )
            turn = float(rng.uniform(-14, 14))
            lying = [
                s.moved(0, 0, -0.115).turned("y", 90).turned("z", turn).moved(0, 0, top + thickness / 2)
                for s in (cover, pages)
            ]
            color = BOOK_COLORS[int(rng.integers(len(BOOK_COLORS)))]
            b.add(name, (lying[0], "book_cloth_b"), (lying[1], "page_edges"), tint=b.vary(color, 0.15))
            top += thickness + 0.0006
    return top


def shelf_unit(
    b: Builder,
    x: float,
    y: float,
    turn: float,
    width: float,
    height: float,
    *,
    shelves: int,
    depth: float = 0.3,
    wood: str = "oak",
    columns: int = 1,
    name: str = "bookcase",
    labelled: Labelled = Labelled.BOTH,
) -> list[tuple[float, float, float]]:
    """An open bookcase with its back at y = 0, the room at -y.

    The left front... bottom end of each compartment: x, z and length, from the lowest row up.
    """
    board = 0.022
    with b.at(x, y, turn=turn), b.item(name, "bookshelf", labelled) as unit, b.at(0, -depth / 2):
        walls = [
            box((board, depth, height), (-width / 2 + board / 2 + k * (width - board) / columns, 0, 0))
            for k in range(columns + 1)
        ]
        b.add(f"{unit}_sides", (join(*walls), wood))
        b.add(f"{unit}_back", (box((width - 0.01, 0.008, height - 0.05), (0, depth / 2 - 0.005, 0.04)), wood))
        rise = (height - 0.08 - board) / shelves
        places = []
        each = (width - board) / columns - board
        for row in range(shelves + 1):
            z = 0.06 + row * rise
            for k in range(columns):
                left = -width / 2 + board + k * (width - board) / columns
                b.add(
                    f"{unit}_shelf", (box((each, depth - 0.012, board), (left + each / 2, -0.004, z)), wood)
                )
                if row < shelves:
                    places.append((left, z + board, each))
        b.add(f"{unit}_plinth", (box((width - 2 * board, 0.018, 0.06), (0, -depth / 2 + 0.04, 0)), wood))
    return places


def media_unit(b: Builder, x: float, y: float, turn: float, width: float = 2.0) -> None:
    """A low sideboard for a television, its back at y = 0."""
    with b.at(x, y, turn=turn), b.item("tv_unit", "cabinet") as name, b.at(0, -0.23):
        b.add(f"{name}_body", (rounded_box((width, 0.42, 0.36), 0.006, (0, 0, 0.14)), "walnut"))
        count = 4
        each = (width - 0.04) / count
        for k in range(count):
            middle = -width / 2 + 0.02 + each * (k + 0.5)
            slats = [
                box((0.014, 0.016, 0.31), (middle + s, -0.218, 0.165))
                for s in np.linspace(-each / 2 + 0.016, each / 2 - 0.016, 18)
            ]
            b.add(
                f"{name}_door",
                (join(box((each - 0.006, 0.012, 0.32), (middle, -0.21, 0.16)), *slats), "walnut"),
            )
        b.add(f"{name}_legs", (legs_at_corners(width - 0.3, 0.3, 0.142, 0.02, 0.02), "black_metal"))


def sideboard(
    b: Builder, x: float, y: float, turn: float, width: float = 1.2, *, labelled: Labelled = Labelled.BOTH
) -> None:
    """A chest with drawers, its back at y = 0."""
    with b.at(x, y, turn=turn), b.item("dresser", "dresser", labelled) as name, b.at(0, -0.25):
        depth, height = 0.44, 0.78
        b.add(f"{name}_carcass", (rounded_box((width, depth, height - 0.12), 0.006, (0, 0, 0.12)), "oak"))
        b.add(
            f"{name}_top", (rounded_box((width + 0.03, depth + 0.03, 0.025), 0.008, (0, 0, height), 2), "oak")
        )
        columns, rows = 2, 3
        w, h = (width - 0.03) / columns, (height - 0.15) / rows
        for column in range(columns):
            for row in range(rows):
                middle = -width / 2 + 0.015 + w * (column + 0.5)
                z = 0.135 + h * row
                b.add(
                    f"{name}_drawer",
                    (
                        rounded_box((w - 0.008, 0.02, h - 0.008), 0.005, (middle, -depth / 2 - 0.008, z)),
                        "oak",
                    ),
                )
                knob = lathe(
                    [(0, 0), (0.007, 0), (0.006, 0.012), (0.014, 0.02), (0.012, 0.028), (0, 0.03)], 16
                ).turned("x", 90)
                knobs = [knob.moved(middle + s * w * 0.25, -depth / 2 - 0.018, z + h * 0.55) for s in (-1, 1)]
                b.add(f"{name}_knob", (join(*knobs), "black_metal"))
        b.add(f"{name}_legs", (legs_at_corners(width - 0.12, depth - 0.1, 0.122, 0.022, 0.02), "oak"))


def wardrobe(
    b: Builder,
    x: float,
    y: float,
    turn: float,
    width: float,
    *,
    height: float = 2.2,
    depth: float = 0.6,
    doors: int = 4,
    name: str = "wardrobe",
    front: str = "lacquer_white",
    labelled: Labelled = Labelled.BOTH,
) -> None:
    """A wardrobe with hinged doors, its back at y = 0."""
    with b.at(x, y, turn=turn), b.item(name, "cabinet", labelled) as unit, b.at(0, -depth / 2 - 0.01):
        b.add(f"{unit}_body", (box((width, depth, height), (0, 0, 0)), front))
        each = (width - 0.02) / doors
        for k in range(doors):
            middle = -width / 2 + 0.01 + each * (k + 0.5)
            leaf = rounded_box((each - 0.005, 0.02, height - 0.1), 0.003, (middle, -depth / 2 - 0.01, 0.08))
            trim = [
                rounded_box(
                    (0.07, 0.012, height - 0.1),
                    0.003,
                    (middle + s * (each / 2 - 0.0375), -depth / 2 - 0.021, 0.08),
                )
                for s in (-1, 1)
            ]
            trim += [
                rounded_box((each - 0.145, 0.012, 0.07), 0.003, (middle, -depth / 2 - 0.021, z))
                for z in (0.08, 1.0, height - 0.09)
            ]
            b.add(f"{unit}_door", (join(leaf, *trim), front))
            side = 1 if k % 2 == 0 else -1
            pull = tube(
                smooth_path(
                    [
                        (0, 0, 0),
                        (0, -0.03, 0.005),
                        (0, -0.034, 0.03),
                        (0, -0.034, 0.13),
                        (0, -0.03, 0.155),
                        (0, 0, 0.16),
                    ]
                ),
                0.006,
            )
            b.add(
                f"{unit}_handle",
                (pull.moved(middle + side * (each / 2 - 0.037), -depth / 2 - 0.026, 1.0), "brass"),
            )
        b.add(
            f"{unit}_cornice",
            (rounded_box((width + 0.03, depth + 0.03, 0.04), 0.01, (0, -0.01, height)), front),
        )


def wall_shelf(
    b: Builder,
    x: float,
    y: float,
    z: float,
    turn: float,
    width: float,
    *,
    depth: float = 0.22,
    wood: str = "oak",
) -> None:
    """A board on two brackets; the wall is at y = 0."""
    with b.at(x, y, z, turn), b.item("wall_shelf", "shelves"):
        b.add("shelf_board", (rounded_box((width, depth, 0.026), 0.004, (0, -depth / 2 - 0.001, 0)), wood))
        for s in (-1, 1):
            at = s * (width / 2 - 0.12)
            arm = [
                rod((at, -0.008, -0.16), (at, -0.008, 0), 0.006),
                rod((at, 0, -0.007), (at, -depth + 0.03, -0.007), 0.006),
            ]
            arm.append(rod((at, -0.008, -0.14), (at, -depth + 0.06, -0.01), 0.005))
            b.add("shelf_bracket", (join(*arm), "black_metal"))


def basket(
    b: Builder,
    x: float,
    y: float,
    z: float,
    *,
    radius: float = 0.17,
    height: float = 0.3,
    labelled: Labelled = Labelled.CLASS,
) -> None:
    """A woven basket."""
    profile = [
        (0, 0),
        (radius * 0.86, 0),
        (radius * 0.95, height * 0.3),
        (radius, height * 0.65),
        (radius * 0.94, height),
    ]
    profile += [(radius * 0.9, height), (radius * 0.93, height * 0.6), (radius * 0.82, 0.02), (0, 0.02)]
    with b.at(x, y, z), b.item("basket", "box", labelled):
        b.add("basket_wicker", (lathe(profile, 28), "wicker"))
        grips = [
            tube(
                smooth_path(
                    [
                        (s * radius * 0.94, -0.05, height - 0.01),
                        (s * radius * 1.02, -0.03, height + 0.04),
                        (s * radius * 1.02, 0.03, height + 0.04),
                        (s * radius * 0.94, 0.05, height - 0.01),
                    ]
                ),
                0.008,
            )
            for s in (-1, 1)
        ]
        b.add("basket_handles", (join(*grips), "leather_brown"))


def carton(
    b: Builder,
    x: float,
    y: float,
    z: float,
    size: tuple[float, float, float],
    turn: float = 0,
    material: str = "cardboard",
) -> None:
    """A lidded storage box."""
    with b.at(x, y, z, turn), b.item("storage_box", "box", Labelled.CLASS):
        lid = rounded_box((size[0] + 0.012, size[1] + 0.012, 0.05), 0.004, (0, 0, size[2] - 0.045))
        b.add("Box128", (box(size), material), (lid, material))
