"""Furnishing of the private rooms: bathroom, bedroom, study, children's room."""

from __future__ import annotations

from viewer.sample import (
    bath,
    beds,
    clothing,
    crockery,
    decor,
    devices,
    lamps,
    plants,
    seating,
    storage,
    tables,
    toys,
)
from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import rod
from viewer.sample.living_rooms import filled_shelves
from viewer.sample.shell import CEILING

NOTHING = Labelled.NOTHING


def bathroom(b: Builder) -> None:
    bath.bathtub(b, 4.48, -3.815, 180)
    bath.shower_curtain(b, 4.48, -3.375, 180, 1.7)
    bath.duck(b, 4.9, -3.475, 0.58, 60)
    bath.toilet(b, 6.0, -2.75, -90)
    bath.paper_holder(b, 6.0, -2.3, 0.72, -90)
    bath.vanity(b, 3.62, -2.35, 90)
    decor.round_mirror(b, 3.62, -2.35, 1.62, 90)
    for y in (-2.92, -1.78):
        lamps.wall_light(b, 3.62, y, 1.62, 90)
    bath.toiletries(b, 3.78, -2.68, 0.806)
    plants.herb_pot(b, 3.78, -1.98, 0.806, material="ceramic_white")
    bath.towel_radiator(b, 6.0, -1.5, -90)
    clothing.towel_on_rail(b, 5.94, -1.5, 1.7, -90, "towel_rust", front=0.55, back=0.45)
    clothing.towel_on_rail(b, 5.94, -1.5, 1.1, -90, "towel_white", width=0.36, front=0.4, back=0.3)
    storage.wall_shelf(b, 6.0, -2.75, 1.35, -90, 0.62)
    with b.at(6.0, -2.75, 1.3765, -90):
        clothing.folded_towels(b, -0.11, -0.13, 0, 0, ("towel_sage", "towel_white", "towel_rust"))
        plants.trailing_plant(b, 0.2, -0.11, 0, vines=5, fall=0.28)
    storage.basket(b, 5.66, -3.84, 0, radius=0.24, height=0.55)
    bath.bin_with_lid(b, 5.78, -2.2)
    bath.scales(b, 5.6, -1.22)
    bath.shelf_bottles(b, 5.02, -4.12, 0.5805, 3)
    decor.rug(b, 4.5, -3.08, 0, 0.85, 0.55, "bath_mat")
    with b.at(3.62, -1.4, turn=90):
        with b.item("towel_ring", "otherprop", NOTHING):
            b.add(
                "towelbar_obj",
                (rod((-0.2, -0.06, 1.2), (0.2, -0.06, 1.2), 0.008), "chrome"),
                (rod((-0.19, 0, 1.2), (-0.19, -0.06, 1.2), 0.007), "chrome"),
                (rod((0.19, 0, 1.2), (0.19, -0.06, 1.2), 0.007), "chrome"),
            )
        clothing.towel_on_rail(b, 0, -0.06, 1.195, 0, "towel_sage", width=0.3, front=0.36, back=0.3)
    lamps.ceiling_disc(b, 4.85, -2.5, CEILING)


def bedroom(b: Builder) -> None:
    decor.rug(b, 4.05, 2.45, 0, 2.7, 2.3, "carpet_wool")
    beds.double_bed(b, 6.0, 2.45, -90)
    for y, cups in ((1.3, 1), (3.6, 0)):
        tables.nightstand(b, 5.79, y, -90, labelled=Labelled.BOTH if cups else NOTHING)
        lamps.table_lamp(b, 5.84, y, 0.5, base="ceramic_white" if cups else "ceramic_terracotta", size=0.95)
        if cups:
            crockery.cup(b, 5.68, y + 0.14, 0.5, 220, material="stoneware")
        else:
            storage.book_stack(b, 5.72, y - 0.1, 0.5, 2)
    storage.wardrobe(b, 1.9, 2.98, 90, 2.2)
    for y, size in ((2.4, (0.5, 0.4, 0.24)), (3.1, (0.45, 0.4, 0.2))):
        storage.carton(b, 2.2, y, 2.2405, size, 90)
    storage.sideboard(b, 4.3, 0.84, 180, 1.2, labelled=NOTHING)
    decor.round_mirror(b, 4.3, 0.84, 1.5, 180)
    with b.at(4.3, 0.84, 0.8055, 180):
        plants.branch_vase(b, 0.4, -0.24, 0, material="stoneware")
        crockery.candle(b, -0.1, -0.22, 0, height=0.1)
        crockery.bowl(b, -0.35, -0.24, 0, radius=0.1, material="ceramic_blue")
    decor.picture(b, 6.0, 2.05, 1.75, -90, 0.62, 0.46, "art_dusk", frame="oak", mat=0.04)
    decor.picture(b, 6.0, 2.85, 1.75, -90, 0.62, 0.46, "art_brush", frame="oak", mat=0.04)
    plants.monstera(b, 3.0, 3.5, count=11, size=0.78)
    seating.pouffe(b, 3.1, 1.35, material="fabric_cream", radius=0.24)
    lamps.paper_lantern(b, 3.9, 2.45, 2.25, CEILING)
    clothing.shoes(b, 4.7, 1.25, 0.0135, 80, "fabric_cream")


def study(b: Builder) -> None:
    tables.desk(b, -0.2, 3.8, 0)
    seating.office_chair(b, -0.3, 3.02, 165)
    top = 0.738
    devices.monitor(b, -0.4, 3.98, top, 6)
    devices.keyboard(b, -0.4, 3.62, top, 3)
    devices.laptop(b, 0.3, 3.78, top, -22)
    lamps.desk_lamp(b, -0.86, 3.86, top, -25)
    devices.pen_cup(b, -0.02, 4.0, top)
    crockery.cup(b, -0.72, 3.62, top, 40, tint=(0.35, 0.5, 0.5))
    for n, y in enumerate((1.75, 2.8)):
        places = storage.shelf_unit(b, -2.2, y, 90, 1.02, 2.15, shelves=6, name="shelf_study")
        with b.at(-2.2, y, turn=90), b.at(0, -0.15):
            filled_shelves(b, places, wholes=(3,) if n else (2,))
    seating.sofa(
        b,
        1.26,
        2.25,
        -90,
        width=1.75,
        seats=2,
        fabric="fabric_navy",
        pillows=("fabric_cream", "fabric_mustard"),
    )
    for n, (y, z, art) in enumerate(((1.85, 1.62, "art_blocks"), (2.65, 1.62, "art_arches"))):
        decor.picture(
            b,
            1.78,
            y,
            z,
            -90,
            0.52,
            0.66,
            art,
            frame="oak",
            mat=0.04,
            labelled=NOTHING if n else Labelled.BOTH,
        )
    decor.round_rug(b, -0.25, 2.05, 1.05, "carpet_rings")
    toys.guitar(b, -1.88, 3.78, 40)
    lamps.floor_lamp(b, 1.4, 3.55, watts=2.4)
    plants.snake_plant(b, 1.45, 1.1, size=1.1, potted="ceramic_white")
    storage.basket(b, -1.12, 3.85, 0, radius=0.15, height=0.32, labelled=NOTHING)
    decor.wall_clock(b, 0.8, 0.84, 1.95, 180)
    lamps.paper_lantern(b, -0.2, 2.3, 2.3, CEILING, radius=0.22)
    decor.picture(b, 0.55, 0.84, 1.35, 180, 0.9, 0.6, "art_hills", labelled=NOTHING)


def kids_room(b: Builder) -> None:
    beds.single_bed(b, -2.86, 4.17, 0)
    toys.teddy(b, -2.72, 3.42, 0.52, -15)
    tables.nightstand(b, -3.75, 3.96, 0, labelled=NOTHING)
    lamps.table_lamp(b, -3.78, 4.0, 0.5, base="plastic_yellow", size=0.85, watts=0.45)
    storage.wardrobe(
        b, -5.15, 0.84, 180, 1.5, doors=3, height=1.95, depth=0.55, name="closet", labelled=NOTHING
    )
    for x, size, material in (
        (-5.5, (0.42, 0.36, 0.22), "cardboard"),
        (-4.9, (0.46, 0.36, 0.26), "fabric_teal"),
    ):
        storage.carton(b, x, 1.13, 1.9905, size, material=material)
    tables.desk(b, -5.62, 2.4, 90, 1.25, 0.62)
    seating.dining_chair(b, -5.02, 2.55, -82, labelled=NOTHING)
    lamps.desk_lamp(b, -5.78, 2.85, 0.738, 60, watts=0.7)
    storage.book_stack(b, -5.6, 2.02, 0.738, 3, name="schoolbook")
    devices.pen_cup(b, -5.8, 2.3, 0.738)
    places = storage.shelf_unit(
        b,
        -5.1,
        4.2,
        0,
        1.3,
        0.92,
        shelves=2,
        columns=3,
        depth=0.34,
        wood="pine",
        name="toy_shelf",
        labelled=NOTHING,
    )
    with b.at(-5.1, 4.2), b.at(0, -0.17):
        for n, (x, z, length) in enumerate(places):
            with b.at(x, 0, z + 0.0005):
                if n in (0, 2, 4):
                    storage.carton(
                        b,
                        length / 2,
                        0,
                        0,
                        (length - 0.06, 0.26, 0.22),
                        material=("fabric_mustard", "fabric_teal", "wicker")[n // 2],
                    )
                elif n == 1:
                    storage.book_row(b, length, name="picture_book", labelled=NOTHING)
                elif n == 3:
                    toys.toy_car(b, length / 2, 0, 0, 20, "plastic_blue")
                else:
                    storage.book_row(b, length * 0.6, fill=0.98, name="picture_book", labelled=NOTHING)
        toys.football(b, 0.4, 0, 0.9225, 0.09, "plastic_blue")
        toys.teddy(b, -0.42, 0.02, 0.9225, 10)
    decor.rug(b, -4.15, 2.5, 0, 1.9, 1.5, "carpet_dots", labelled=NOTHING)
    seating.beanbag(b, -4.15, 3.4, -12, "fabric_rust")
    toys.toy_blocks(b, -4.25, 2.35, 0.0135)
    toys.toy_car(b, -3.75, 2.15, 0.0135, 30)
    toys.football(b, -3.45, 1.6, 0.0)
    toys.bunting(b, (-5.85, 4.12, 2.3), (-2.4, 4.12, 2.3))
    decor.picture(b, -2.32, 3.0, 1.5, -90, 0.6, 0.8, "art_poster", frame="pine")
    decor.picture(b, -2.32, 2.1, 1.55, -90, 0.42, 0.42, "art_blocks", frame="pine", labelled=NOTHING)
    lamps.paper_lantern(b, -4.15, 2.5, 2.2, CEILING, radius=0.26)
    lamps.string_lights(
        b,
        [
            (-2.36, 4.1, 1.9),
            (-2.36, 3.6, 1.78),
            (-2.36, 3.0, 2.0),
            (-2.36, 2.4, 1.95),
            (-2.36, 1.9, 2.1),
            (-2.36, 1.3, 2.0),
        ],
    )
