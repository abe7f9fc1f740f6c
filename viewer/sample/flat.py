"""The sample flat: seven rooms and a balcony, walls first."""

from __future__ import annotations

from viewer.jobs.job import Progress
from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import rod
from viewer.sample.living_rooms import dining_area, hall, kitchen, living_room
from viewer.sample.openings import curtains, door, light_switch, radiator, window
from viewer.sample.private_rooms import bathroom, bedroom, kids_room, study
from viewer.sample.shapes import box, join, rounded_box
from viewer.sample.shell import Opening, floors_and_ceilings, inner_wall, outer_wall, skirting

WHITE, SAGE, CLAY, BLUE, GREY, TILED = (
    "plaster_white",
    "plaster_sage",
    "plaster_clay",
    "plaster_blue",
    "plaster_grey",
    "tile_bath_wall",
)
PASSAGE = 2.25  # m, head of openings without a door


def build_flat(*, only_dining_area: bool = False, progress: Progress | None = None) -> Builder:
    """Everything in the flat, furnished; the same every time. `only_dining_area` leaves the rest empty."""
    b = Builder() if progress is None else Builder(check=progress.check)
    _outer_walls(b)
    _inner_walls(b)
    floors_and_ceilings(b)
    _skirting_boards(b)
    _doors(b)
    _windows(b)
    _switches(b)
    _balcony(b)
    dining_area(b)
    if only_dining_area:
        return b
    living_room(b)
    kitchen(b)
    hall(b)
    bathroom(b)
    bedroom(b)
    study(b)
    kids_room(b)
    return b


def _outer_walls(b: Builder) -> None:
    south = (
        Opening(0.9, 1.5, 1.55, 2.15),
        Opening(3.3, 4.7, 1.05, 2.2),
        Opening(6.4, 7.9, 0.85, 2.25),
        Opening(8.8, 11.2, 0.0, 2.3),
    )
    outer_wall(b, "wall_00", (6, -4.2), (-6, -4.2), south, ((2.44, TILED), (5.54, WHITE), (99, WHITE)))
    west = (Opening(1.6, 3.3, 0.85, 2.25), Opening(5.8, 7.3, 0.9, 2.2))
    outer_wall(b, "wall_01", (-6, -4.2), (-6, 4.2), west, ((4.98, WHITE), (99, BLUE)))
    north = (Opening(4.8, 6.8, 0.85, 2.2), Opening(9.1, 10.9, 0.75, 2.2))
    outer_wall(b, "wall_02", (-6, 4.2), (6, 4.2), north, ((3.74, BLUE), (7.84, GREY), (99, WHITE)))
    east = (Opening(3.77, 4.62),)
    outer_wall(b, "wall_03", (6, 4.2), (6, -4.2), east, ((3.42, CLAY), (5.04, WHITE), (99, TILED)))


def _inner_walls(b: Builder) -> None:
    inner_wall(b, "wall_04", (0.52, -4.2), (0.52, -0.84), (Opening(0.9, 2.7, 0, PASSAGE),), (WHITE, WHITE))
    inner_wall(b, "wall_05", (0.52, -0.84), (0.52, 0.72), (Opening(0.34, 1.34, 0, PASSAGE),), (WHITE, WHITE))
    inner_wall(b, "wall_06", (3.62, -4.2), (3.62, -0.84), (), (TILED, WHITE))
    inner_wall(b, "wall_07", (0.52, -0.9), (3.56, -0.9), (Opening(0.68, 1.53),), (WHITE, WHITE))
    inner_wall(b, "wall_08", (3.56, -0.9), (6, -0.9), (Opening(0.64, 1.49),), (TILED, WHITE))
    inner_wall(b, "wall_09", (-6, 0.72), (-2.26, 0.72), (Opening(2.475, 3.325),), (SAGE, BLUE))
    inner_wall(b, "wall_10", (-2.26, 0.72), (1.84, 0.72), (Opening(1.035, 1.885),), (WHITE, GREY))
    inner_wall(b, "wall_11", (1.84, 0.72), (6, 0.72), (Opening(0.585, 1.435),), (WHITE, WHITE))
    inner_wall(b, "wall_12", (1.9, 0.84), (1.9, 4.2), (), (WHITE, GREY))
    inner_wall(b, "wall_13", (-2.2, 0.84), (-2.2, 4.2), (), (GREY, BLUE))


def _skirting_boards(b: Builder) -> None:
    runs = {
        "hall": [((6, -0.78), (5.12, -0.78)), ((4.13, -0.78), (2.12, -0.78)), ((1.13, -0.78), (0.52, -0.78))],
        "bedroom": [
            ((1.9, 0.84), (1.9, 4.2)),
            ((1.9, 4.2), (6, 4.2)),
            ((6, 4.2), (6, 0.84)),
            ((6, 0.84), (3.35, 0.84)),
        ],
        "study": [((-2.2, 0.84), (-2.2, 4.2)), ((-2.2, 4.2), (1.78, 4.2)), ((1.78, 4.2), (1.78, 0.84))],
        "kids": [((-6, 0.84), (-6, 4.2)), ((-6, 4.2), (-2.32, 4.2)), ((-2.32, 4.2), (-2.32, 0.84))],
    }
    runs["living"] = [((0.4, -4.2), (-2.72, -4.2)), ((-5.28, -4.2), (-6, -4.2)), ((-6, -4.2), (-6, 0.72))]
    runs["living"] += [((-6, 0.72), (-3.6, 0.72)), ((-2.6, 0.72), (-1.3, 0.72)), ((-0.3, 0.72), (0.4, 0.72))]
    runs["living"] += [((0.4, -0.5), (0.4, -1.5)), ((0.4, -3.3), (0.4, -4.2))]
    runs["hall"] += [((0.52, 0.72), (2.35, 0.72)), ((3.35, 0.72), (6, 0.72))]
    runs["study"] += [((1.78, 0.84), (-0.3, 0.84)), ((-1.3, 0.84), (-2.2, 0.84))]
    runs["kids"] += [((-2.32, 0.84), (-2.6, 0.84)), ((-3.6, 0.84), (-6, 0.84))]
    for room, lines in runs.items():
        for start, end in lines:
            skirting(b, room, start, end)


def _doors(b: Builder) -> None:
    door(b, -3.1, 0.78, 0, open_by=82, name="door_kids")
    door(b, -0.8, 0.78, 0, open_by=88, name="door_study")
    door(b, 2.85, 0.78, 0, open_by=86, name="door_bedroom")
    door(b, 1.625, -0.84, 180, name="door_kitchen")
    door(b, 4.625, -0.84, 180, open_by=84, name="door_bath")
    door(b, 6.06, 0.005, -90, name="door_entrance")


def _windows(b: Builder) -> None:
    window(b, -4.0, -4.2, 180, (2.4, 0.0, 2.3), name="window_balcony", glazed=(True, False))
    window(b, -1.15, -4.2, 180, (1.5, 0.85, 2.25), name="window_dining")
    window(b, -6.0, -1.75, 90, (1.7, 0.85, 2.25), name="window_west", glazed=(False, True))
    window(b, 2.0, -4.2, 180, (1.4, 1.05, 2.2), name="window_kitchen", labelled=Labelled.CLASS)
    window(b, 4.8, -4.2, 180, (0.6, 1.55, 2.15), name="window_bath", sashes=1, glass="glass_frosted")
    window(
        b,
        -6.0,
        2.35,
        90,
        (1.5, 0.9, 2.2),
        name="window_kids",
        glazed=(True, False),
        labelled=Labelled.NOTHING,
    )
    window(b, -0.2, 4.2, 0, (2.0, 0.85, 2.2), name="window_study")
    window(b, 4.0, 4.2, 0, (1.8, 0.75, 2.2), name="window_bedroom")
    curtains(b, -4.0, -4.2, 180, 2.6, name="curtain_balcony", part=0.3)
    curtains(b, -1.15, -4.2, 180, 1.5, name="curtain_dining", part=0.33, bottom=0.62)
    curtains(b, -6.0, -1.75, 90, 1.7, name="curtain_west", part=0.3)
    curtains(b, -0.2, 4.2, 0, 2.0, name="curtain_study", part=0.26, bottom=0.74, labelled=Labelled.CLASS)
    curtains(b, 4.0, 4.2, 0, 1.9, name="curtain_bedroom", material="curtain_rust", part=0.33)
    curtains(
        b,
        -6.0,
        2.35,
        90,
        1.5,
        name="curtain_kids",
        material="curtain_blue",
        part=0.3,
        bottom=0.7,
        labelled=Labelled.NOTHING,
    )
    radiator(b, -1.15, -4.2, 180, 1.1)
    radiator(b, -6.0, -1.75, 90, 1.2)
    radiator(b, 4.0, 4.2, 0, 1.2)


def _switches(b: Builder) -> None:
    for x, y, turn in (
        (-2.5, 0.72, 0),
        (-0.2, 0.72, 0),
        (0.4, -0.62, -90),
        (2.2, 0.72, 0),
        (5.2, -0.78, 180),
    ):
        light_switch(b, x, y, turn)
    for x, y, turn in (
        (3.45, 0.84, 180),
        (-0.2, 0.84, 180),
        (-2.5, 0.84, 180),
        (5.2, -0.9, 0),
        (0.52, -1.35, 90),
    ):
        light_switch(b, x, y, turn)
    for x, y, turn in ((-3.65, 0.72, 0), (-2.45, 0.72, 0), (0.9, 4.2, 0), (1.3, 4.2, 0), (6.0, 0.95, -90)):
        light_switch(b, x, y, turn, 0.28, sockets=True)
    for x, y, turn in ((3.5, -2.2, -90), (3.5, -1.9, -90), (1.0, -4.2, 180)):
        light_switch(b, x, y, turn, 1.12, sockets=True)


def _balcony(b: Builder) -> None:
    x0, x1, y0, y1 = -5.5, -2.5, -5.75, -4.5
    with b.item("balcony", "otherstructure", Labelled.NOTHING):
        b.add(
            "balcony_slab", (box((x1 - x0, y1 - y0, 0.14), ((x0 + x1) / 2, (y0 + y1) / 2, -0.16)), "concrete")
        )
        posts = [
            rod((x, y, -0.02), (x, y, 1.0), 0.016) for x in (x0 + 0.03, -4.0, x1 - 0.03) for y in (y0 + 0.03,)
        ]
        posts += [rod((x, y1, -0.02), (x, y1, 1.0), 0.016) for x in (x0 + 0.03, x1 - 0.03)]
        b.add("railing_posts", (join(*posts), "black_metal"))
        rails = [rounded_box((x1 - x0, 0.045, 0.03), 0.008, ((x0 + x1) / 2, y0 + 0.03, 1.0))]
        rails += [
            rounded_box((0.045, y1 - y0, 0.03), 0.008, (x, (y0 + y1) / 2, 1.0))
            for x in (x0 + 0.03, x1 - 0.03)
        ]
        b.add("railing_handrail", (join(*rails), "oak"))
        count = 27
        bars = [
            rod(
                (x0 + 0.03 + (x1 - x0 - 0.06) * k / count, y0 + 0.03, 0.04),
                (x0 + 0.03 + (x1 - x0 - 0.06) * k / count, y0 + 0.03, 1.0),
                0.005,
                segments=6,
            )
            for k in range(1, count)
        ]
        for x in (x0 + 0.03, x1 - 0.03):
            bars += [
                rod((x, y0 + 0.03 + 0.11 * k, 0.04), (x, y0 + 0.03 + 0.11 * k, 1.0), 0.005, segments=6)
                for k in range(1, 11)
            ]
        bars.append(rod((x0 + 0.03, y0 + 0.03, 0.04), (x1 - 0.03, y0 + 0.03, 0.04), 0.008))
        b.add("railing_bars", (join(*bars), "black_metal"))
