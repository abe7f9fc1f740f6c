"""Furnishing of the rooms one lives in: living room, dining area, kitchen, hall."""

from __future__ import annotations

from viewer.sample import (
    clothing,
    crockery,
    decor,
    devices,
    kitchen_things,
    kitchen_units,
    lamps,
    plants,
    seating,
    storage,
    tables,
)
from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import rod
from viewer.sample.shapes import box, join, rounded_box
from viewer.sample.shell import CEILING

NOTHING = Labelled.NOTHING


def living_room(b: Builder) -> None:
    decor.rug(b, -4.38, -1.5, 0, 2.9, 2.0, "carpet_persian", fringe=True)
    seating.sofa(b, -4.55, -2.78, 180)
    seating.throw_blanket(b, (-3.525, -2.75, 0.635), 180, "knit_throw")
    seating.armchair(b, -2.78, -1.25, -78)
    seating.pouffe(b, -5.45, -1.35)
    tables.coffee_table(b, -4.55, -1.35)
    height = storage.book_stack(b, -4.72, -1.27, 0.42, 3)
    crockery.candle(b, -4.72, -1.27, 0.42 + height, height=0.08)
    crockery.vase(b, -4.38, -1.5, 0.42, height=0.2, material="ceramic_terracotta", belly=0.07)
    crockery.cup(b, -4.33, -1.18, 0.42, 30, material="stoneware")
    devices.remote(b, -4.6, -1.62, 0.42, 25)
    devices.stack_of_magazines(b, -4.55, -1.35, 0.165)

    storage.media_unit(b, -4.75, 0.72, 0)
    devices.television(b, -4.75, 0.5, 0.501, 0)
    devices.soundbar(b, -4.75, 0.35, 0.501, 0)
    crockery.vase(b, -5.6, 0.48, 0.501, height=0.3, material="ceramic_blue")
    plants.trailing_plant(b, -3.93, 0.45, 0.501, fall=0.42, vines=7)
    plants.rubber_tree(b, -5.55, -0.28)

    tables.side_table(b, -3.12, -2.95, height=0.52)
    lamps.table_lamp(b, -3.12, -2.95, 0.52)
    lamps.floor_lamp(b, -5.62, -3.6)
    lamps.chandelier_ring(b, -4.55, -1.5, 2.2, CEILING)
    decor.picture(b, -6, -3.42, 1.62, 90, 0.62, 0.82, "art_botanical", mat=0.06)
    plants.snake_plant(b, -5.72, -2.82, size=1.05)

    storage.sideboard(b, -1.95, 0.72, 0, 1.15)
    decor.picture(b, -1.95, 0.72, 1.62, 0, 1.0, 0.72, "art_hills")
    plants.branch_vase(b, -2.28, 0.46, 0.805)
    crockery.bowl(b, -1.85, 0.44, 0.805, radius=0.13, material="ceramic_terracotta")
    lamps.table_lamp(b, -1.55, 0.5, 0.805, base="ceramic_white", size=0.9)

    places = storage.shelf_unit(b, 0.4, -1.0, -90, 0.9, 2.05, shelves=6)
    with b.at(0.4, -1.0, turn=-90), b.at(0, -0.15):
        filled_shelves(b, places, wholes=(2, 3))


def filled_shelves(b: Builder, places: list[tuple[float, float, float]], wholes: tuple[int, ...]) -> None:
    """Books and things on the shelves; in the rows of `wholes` every book is an object of its own."""
    for row, (x, z, length) in enumerate(places):
        with b.at(x, 0, z + 0.0005):
            if row % 6 == 1:
                storage.book_row(b, length * 0.5, fill=0.98, merged=row not in wholes, name="Books_row")
                crockery.vase(
                    b,
                    length * 0.72,
                    0,
                    0,
                    height=0.2,
                    material=("stoneware", "ceramic_blue")[row % 2],
                    belly=0.06,
                )
            elif row % 6 == 5:
                storage.carton(b, length * 0.27, 0.01, 0, (0.3, 0.22, 0.18), material="wicker")
                crockery.jar(b, length * 0.66, 0, 0, radius=0.05, height=0.14, material="ceramic_terracotta")
                crockery.jar(b, length * 0.84, 0.02, 0, radius=0.04, height=0.1, material="stoneware")
            else:
                fill = (0.97, 0.86, 0.74, 0.92, 0.8)[row % 5]
                merged = row not in wholes
                storage.book_row(
                    b,
                    length,
                    fill=fill,
                    merged=merged,
                    name="Books_row" if merged else "book",
                    labelled=Labelled.BOTH if row % 3 else NOTHING,
                )


def dining_area(b: Builder) -> None:
    x, y = -1.3, -2.25
    tables.dining_table(b, x, y, 90)
    chairs = [
        (x - 0.66, y + 0.45, 90),
        (x - 0.66, y - 0.45, 90),
        (x + 0.66, y + 0.45, -90),
        (x + 0.7, y - 0.45, -84),
        (x, y + 1.16, 0),
        (x + 0.03, y - 1.18, 180),
    ]
    for number, (cx, cy, turn) in enumerate(chairs):
        seating.dining_chair(b, cx, cy, turn, labelled=NOTHING if number in (2, 5) else Labelled.BOTH)
    for dy in (-0.6, 0.0, 0.6):
        lamps.pendant(b, x, y + dy, 1.62, CEILING, radius=0.16, watts=1.1)
    for sx, turn in ((-1, -90), (1, 90)):
        for dy in (-0.45, 0.45):
            crockery.dining_setting(b, x + sx * 0.3, y + dy, 0.7505, turn)
    crockery.bowl(b, x, y + 0.02, 0.7505, radius=0.15, fruit=True)
    crockery.candle(b, x + 0.02, y + 0.32, 0.7505, height=0.18, radius=0.025)
    crockery.candle(b, x - 0.03, y - 0.3, 0.7505, height=0.13, radius=0.03)
    crockery.bottle(b, x + 0.08, y - 0.36, 0.7505)
    plants.palm(b, -0.14, -3.66)
    _bar(b)


def _bar(b: Builder) -> None:
    """The half wall with a counter between dining area and kitchen, and its stools."""
    with b.item("bar", "counter"):
        b.add("bar_panel", (box((0.1, 0.95, 0.9), (0.46, -2.82, 0)), "lacquer_sage"))
        b.add("bar_top", (rounded_box((0.42, 0.99, 0.04), 0.006, (0.36, -2.81, 0.9), 2), "oak"))
    for y in (-3.06, -2.58):
        seating.bar_stool(b, 0.12, y, 0)
    crockery.cup(b, 0.3, -2.62, 0.94, 200, tint=(0.5, 0.6, 0.55))
    with b.at(0.38, -3.08, 0.94, 15):
        plants.herb_pot(b, 0, 0, 0, material="ceramic_white")


def kitchen(b: Builder) -> None:
    with b.at(3.5, -4.2, turn=180):  # the run under the window; x grows towards the west
        kitchen_units.base_unit(b, 0.3, 0.6, kind="none")
        kitchen_units.base_unit(b, 0.9, 0.6, kind="door", group="dishwasher", labelled=Labelled.CLASS)
        kitchen_units.base_unit(b, 1.5, 0.6, kind="doors")
        kitchen_units.base_unit(b, 2.1, 0.6)
        kitchen_units.base_unit(b, 2.69, 0.58)
        kitchen_units.worktop(
            b,
            [
                (0.0, 1.24, -0.62, 0),
                (1.24, 1.76, -0.62, -0.52),
                (1.24, 1.76, -0.1, 0),
                (1.76, 2.98, -0.62, 0),
            ],
        )
        kitchen_units.sink(b, 1.5, -0.31, 0.5, 0.4)
        kitchen_units.wall_unit(b, 0.56, 0.42, doors=1)
        kitchen_units.wall_unit(b, 2.62, 0.68, doors=2)
        _splashback(b, [(0.0, 0.8, 0.9, 1.45), (0.8, 2.2, 0.9, 1.05), (2.2, 2.98, 0.9, 1.45)])
        kitchen_things.dish_rack(b, 2.12, -0.3, kitchen_units.WORKTOP)
        kitchen_things.utensils(b, 0.62, -0.16, kitchen_units.WORKTOP)
        kitchen_things.cutting_board(b, 0.42, -0.01, kitchen_units.WORKTOP, 0)
        kitchen_things.bread(b, 0.95, -0.36, kitchen_units.WORKTOP)
        crockery.bottle(
            b,
            1.1,
            -0.1,
            kitchen_units.WORKTOP,
            height=0.24,
            radius=0.03,
            name="dish_soap",
            material="plastic_green",
        )
        for n, x in enumerate((2.5, 2.6, 2.7, 2.8)):
            crockery.jar(
                b, x, -0.12, kitchen_units.WORKTOP, height=0.1 + 0.02 * (n % 3), tint=b.vary((1, 1, 1), 0.15)
            )
        for x in (1.2, 1.38, 1.72):
            plants.herb_pot(b, x, 0.06, 1.0755)
        clothing.towel_on_rail(b, 1.98, -0.652, 0.81, 0, "towel_sage", width=0.3, front=0.3, back=0.2)
    with b.at(3.5, -3.6, turn=-90):  # the run with the oven; x grows towards the hall's wall
        # Local x runs to -y of the world, so places are negative.
        kitchen_units.base_unit(b, -0.3, 0.6)
        kitchen_units.oven(b, -0.9)
        kitchen_units.base_unit(b, -1.5, 0.6)
        kitchen_units.base_unit(b, -1.91, 0.22, kind="door")
        kitchen_units.worktop(b, [(-2.02, -0.02, -0.62, 0)])
        kitchen_units.wall_unit(b, -0.3, 0.6, doors=2, labelled=NOTHING)
        kitchen_units.hood(b, -0.9, CEILING)
        kitchen_units.wall_unit(b, -1.5, 0.6, doors=2)
        kitchen_units.fridge(b, -2.37)
        _splashback(b, [(-2.03, -0.0, 0.9, 1.45), (-1.2, -0.6, 1.45, 1.62)])
        kitchen_things.pot_on_hob(b, -1.04, -0.43)
        kitchen_things.pot_on_hob(b, -0.76, -0.19, radius=0.085, height=0.09, material="steel")
        kitchen_things.kettle(b, -1.42, -0.22, kitchen_units.WORKTOP, 200)
        kitchen_things.toaster(b, -1.78, -0.25, kitchen_units.WORKTOP, 90)
        kitchen_things.knife_block(b, -0.42, -0.16, kitchen_units.WORKTOP, 0)
        crockery.jar(
            b, -0.22, -0.14, kitchen_units.WORKTOP, radius=0.05, height=0.17, material="ceramic_white"
        )
        clothing.towel_on_rail(b, -0.86, -0.65, 0.655, 0, "towel_rust", width=0.26, front=0.34, back=0.22)
    storage.wall_shelf(b, 0.52, -1.2, 1.45, 90, 0.52)
    with b.at(0.52, -1.2, 1.4765, 90):
        crockery.plate(b, -0.13, -0.12, 0, count=5, radius=0.1)
        crockery.cup(b, 0.03, -0.1, 0, 140, tint=(0.75, 0.5, 0.4))
        crockery.cup(b, 0.15, -0.11, 0, 30, tint=(0.5, 0.6, 0.65))
    storage.wall_shelf(b, 0.52, -1.2, 1.8, 90, 0.52)
    with b.at(0.52, -1.2, 1.8265, 90):
        crockery.bowl(b, -0.12, -0.11, 0, radius=0.09)
        plants.trailing_plant(b, 0.04, -0.11, 0, vines=5, fall=0.3)
    lamps.downlights(b, [(x, y) for x in (1.3, 2.5) for y in (-3.4, -2.5, -1.6)], CEILING)
    decor.wall_clock(b, 2.6, -0.9, 2.0, 0)
    decor.rug(b, 2.05, -2.95, 0, 1.5, 0.6, "carpet_rings", labelled=Labelled.CLASS)
    storage.basket(b, 0.8, -1.12, 0, radius=0.15, height=0.36)


def _splashback(b: Builder, panels: list[tuple[float, float, float, float]]) -> None:
    """Tiled panels x0, x1, z0, z1 in front of the wall at y = 0."""
    for x0, x1, z0, z1 in panels:
        with b.item("splashback", "wall", Labelled.CLASS):
            b.add(
                "wall_tile_obj", (box((x1 - x0, 0.008, z1 - z0), ((x0 + x1) / 2, -0.004, z0)), "tile_metro")
            )


def hall(b: Builder) -> None:
    decor.rug(b, 3.1, -0.03, 0, 3.4, 0.85, "carpet_runner", fringe=True)
    tables.console(b, 3.0, -0.78, 180)
    decor.round_mirror(b, 3.0, -0.78, 1.52, 180)
    with b.at(3.0, -0.78, 0.8305, 180):
        lamps.table_lamp(b, 0.36, -0.19, 0, base="ceramic_blue", size=0.95)
        crockery.bowl(b, -0.1, -0.2, 0, radius=0.09)
        crockery.vase(b, -0.38, -0.18, 0, height=0.24, material="stoneware", belly=0.07)
        with b.item("keys", "otherprop", NOTHING):
            b.add(
                "keys_obj",
                (
                    join(
                        rounded_box((0.06, 0.02, 0.003), 0.001, (0.1, -0.26, 0)),
                        rounded_box((0.02, 0.055, 0.003), 0.001, (0.14, -0.25, 0.003)),
                    ),
                    "brass",
                ),
            )
    clothing.hook_rail(b, 4.35, 0.72, 1.72, 0)
    for n, (dx, material, length) in enumerate(
        ((-0.4, "coat_navy", 0.98), (-0.2, "coat_wool", 1.05), (0.2, "coat_yellow", 0.85))
    ):
        with b.at(4.35 + dx, 0.64 - 0.004 * n, 1.765):
            clothing.coat(b, 0, 0, 0, 0, material, length=length, width=0.34)
    _bench(b, 4.35, 0.72)
    clothing.handbag(b, 4.62, 0.5, 0.455, 8)
    clothing.shoes(b, 4.0, 0.52, 0.17, 0, "leather_brown")
    clothing.shoes(b, 4.33, 0.52, 0.17, 0, "coat_navy")
    clothing.shoes(b, 4.66, 0.52, 0.17, 0, "towel_white")
    clothing.shoes(b, 5.25, 0.45, 0.0, 12, "rubber")
    clothing.umbrella(b, 5.72, 0.48)
    for n, (x, art) in enumerate(((0.95, "art_arches"), (1.42, "art_botanical_b"), (1.89, "art_dusk"))):
        decor.picture(
            b,
            x,
            0.72,
            1.6,
            0,
            0.38,
            0.52,
            art,
            frame="black_metal",
            mat=0.035,
            labelled=NOTHING if n == 1 else Labelled.BOTH,
        )
    lamps.ceiling_disc(b, 1.7, -0.03, CEILING)
    lamps.ceiling_disc(b, 4.5, -0.03, CEILING)
    plants.snake_plant(b, 0.76, -0.6, size=0.75, potted="ceramic_white")
    decor.rug(b, 5.62, 0.0, 90, 0.75, 0.48, "bath_mat", labelled=NOTHING)


def _bench(b: Builder, x: float, y: float) -> None:
    """A bench with a shelf for shoes; the wall is at y."""
    with b.at(x, y - 0.2), b.item("bench", "otherfurniture"):
        b.add("bench_seat", (rounded_box((1.1, 0.36, 0.035), 0.008, (0, 0, 0.42), 2), "oak"))
        ends = [rounded_box((0.03, 0.34, 0.42), 0.005, (s * 0.52, 0, 0)) for s in (-1, 1)]
        b.add("bench_ends", (join(*ends), "oak"))
        slats = [rod((-0.51, dy, 0.15), (0.51, dy, 0.15), 0.009) for dy in (-0.12, -0.06, 0.0, 0.06, 0.12)]
        b.add("bench_slats", (join(*slats), "black_metal"))
