"""Doors, windows with their curtains, and other fittings of walls."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.cloth import curtain
from viewer.sample.curves import ball, cylinder, ring_path, rod, smooth_path, tube
from viewer.sample.shapes import Shape, box, join, rounded_box
from viewer.sample.shell import DOOR_HEIGHT, INNER_WALL


def door_frame(b: Builder, width: float, depth: float = INNER_WALL) -> None:
    """Jambs, head and architraves around an opening of a width; the opening is centred at y = 0."""
    trim, reach = 0.07, depth / 2 + 0.012
    pieces = []
    for side in (-1, 1):
        pieces.append(box((0.03, depth + 0.004, DOOR_HEIGHT)).moved(side * (width / 2 - 0.015)))
        for face in (-1, 1):
            stile = box((trim, 0.016, DOOR_HEIGHT + 0.04))
            pieces.append(stile.moved(side * (width / 2 + trim / 2 - 0.02), face * reach))
    head = box((width, depth + 0.004, 0.03))
    pieces.append(head.moved(0, 0, DOOR_HEIGHT - 0.03))
    for face in (-1, 1):
        rail = box((width + 2 * trim - 0.04, 0.016, trim))
        pieces.append(rail.moved(0, face * reach, DOOR_HEIGHT - 0.03))
    b.add("door_frame_obj", (join(*pieces), "lacquer_white"))


def _lever(side: float) -> Shape:
    """A door handle on the face at y = side * 0.02, pointing to -x."""
    reach = side * 0.05
    lever = tube(
        smooth_path([(0, side * 0.02, 0), (0, reach, 0), (-0.02, reach, 0), (-0.11, reach, 0)]), 0.008
    )
    rose = cylinder(0.025, 0.006).turned("x", -90 if side > 0 else 90).moved(0, side * 0.02, 0)
    return join(lever, rose)


def door(
    b: Builder, x: float, y: float, turn: float, *, width: float = 0.85, open_by: float = 0.0, name: str
) -> None:
    """A panelled door in its frame; hinged at -x, swinging to +y by `open_by` degrees."""
    with b.at(x, y, turn=turn), b.item(name, "door"):
        door_frame(b, width)
        leaf = width - 0.066
        with b.at(-leaf / 2, 0.02 if open_by else 0.0, 0.006, open_by), b.at(leaf / 2, 0):
            slab = rounded_box((leaf, 0.038, DOOR_HEIGHT - 0.045), 0.003)
            panels = []
            for low, height in ((0.18, 0.62), (0.92, 0.92)):
                for face in (-1, 1):
                    frame = rounded_box((leaf - 0.24, 0.012, height), 0.006)
                    panels.append(frame.moved(0, face * 0.019, low))
            b.add(f"{name}_leaf", (join(slab, *panels), "lacquer_white"))
            for side in (-1.0, 1.0):
                b.add(f"{name}_handle", (_lever(side).moved(leaf / 2 - 0.06, 0, 1.03), "steel"))
            plate = join(*(box((0.004, 0.03, 0.09)).moved(-leaf / 2, 0, z) for z in (0.25, 1.0, 1.75)))
            b.add(f"{name}_hinges", (plate, "steel"))


def window(
    b: Builder,
    x: float,
    y: float,
    turn: float,
    opening: tuple[float, float, float],
    *,
    name: str,
    sashes: int = 2,
    glazed: tuple[bool, ...] = (True, True),
    glass: str = "glass",
    labelled: Labelled = Labelled.BOTH,
) -> None:
    """A window in an outer wall: width, sill and head of the opening; the room is at -y, outside at +y.

    A sash that is not glazed stands open: nothing is there.
    """
    width, sill, head = opening
    height, bar = head - sill, 0.055
    with b.at(x, y, turn=turn), b.item(name, "window", labelled):
        set_back = 0.12
        outer = [
            rounded_box((bar, 0.07, height), 0.004).moved(s * (width - bar) / 2, set_back, sill)
            for s in (-1, 1)
        ]
        outer += [
            rounded_box((width - 2 * bar, 0.07, bar), 0.004).moved(0, set_back, z) for z in (sill, head - bar)
        ]
        b.add(f"{name}_frame", (join(*outer), "lacquer_white"))
        inner = (width - 2 * bar) / sashes
        for k in range(sashes):
            middle = -width / 2 + bar + inner * (k + 0.5)
            if not glazed[k % len(glazed)]:
                continue
            tall = height - 2 * bar
            stile = [
                rounded_box((0.045, 0.05, tall), 0.004).moved(
                    middle + s * (inner / 2 - 0.024), set_back - 0.01, sill + bar
                )
                for s in (-1, 1)
            ]
            stile += [
                rounded_box((inner - 0.09, 0.05, 0.045), 0.004).moved(middle, set_back - 0.01, z)
                for z in (sill + bar, head - bar - 0.045)
            ]
            b.add(f"{name}_sash_{k + 1}", (join(*stile), "lacquer_white"))
            pane = box((inner - 0.09, 0.008, tall - 0.09), (middle, set_back, sill + bar + 0.045))
            b.add(f"{name}_glass_{k + 1}", (pane, glass))
            grip = tube(smooth_path([(0, 0, 0), (0, -0.035, 0), (0, -0.04, -0.03), (0, -0.04, -0.1)]), 0.008)
            toward = 1 if k < sashes / 2 else -1
            handle = join(grip, rounded_box((0.025, 0.012, 0.06), 0.004).moved(0, 0, -0.03))
            b.add(
                f"{name}_handle",
                (
                    handle.moved(
                        middle + toward * (inner / 2 - 0.024),
                        set_back - 0.037,
                        sill + min(0.5 * height, 1.05),
                    ),
                    "steel",
                ),
            )
        if sill > 0.3:
            board = rounded_box((width + 0.06, 0.17, 0.025), 0.008).moved(0, 0.02, sill - 0.0245)
            b.add(f"{name}_sill", (board, "stone_sill"))


def curtains(
    b: Builder,
    x: float,
    y: float,
    turn: float,
    width: float,
    *,
    name: str,
    material: str = "linen_curtain",
    top: float = 2.45,
    bottom: float = 0.02,
    part: float = 0.27,
    sides: tuple[int, ...] = (-1, 1),
    labelled: Labelled = Labelled.BOTH,
) -> None:
    """A rod with rings and a drawn-back curtain on each side; the wall is at y = 0, the room at -y."""
    off = -0.155  # clear of sill and radiator
    with b.at(x, y, turn=turn):
        with b.item(f"{name}_rail", "otherprop", Labelled.NOTHING):
            reach = width / 2 + 0.12
            pieces = [rod((-reach, off, top + 0.03), (reach, off, top + 0.03), 0.011)]
            pieces += [ball(0.022, (s * reach, off, top + 0.03)) for s in (-1, 1)]
            pieces += [
                rod((s * (reach - 0.05), 0, top + 0.03), (s * (reach - 0.05), off, top + 0.03), 0.007)
                for s in (-1, 1)
            ]
            b.add(f"{name}_rod", (join(*pieces), "black_metal"))
        for side in sides:
            with b.item(name, "curtain", labelled):
                span = width * part
                cloth = curtain(span, top - bottom, b.rng).moved(-span / 2, 0, bottom)
                centre = side * (width / 2 + 0.08 - span / 2)
                b.add(f"{name}_cloth", (cloth.moved(centre, off), material))
                rings = [
                    tube(ring_path(0.017, steps=12), 0.002, 5, closed=True)
                    .turned("y", 90)
                    .moved(centre + s * span, off, top + 0.02)
                    for s in np.linspace(-0.47, 0.47, 7)
                ]
                b.add(f"{name}_rings", (join(*rings), "black_metal"))


def light_switch(
    b: Builder, x: float, y: float, turn: float, z: float = 1.1, *, sockets: bool = False
) -> None:
    """A switch, or a wall socket; the wall is at y = 0, the room at -y."""
    with b.at(x, y, z, turn), b.item("wall_fitting", "otherprop", Labelled.NOTHING):
        plate = rounded_box((0.08, 0.01, 0.08), 0.004).moved(0, -0.005)
        if sockets:
            well = cylinder(0.02, 0.004).turned("x", 90).moved(0, -0.01, 0.04)
            b.add("socket_obj", (join(plate, well), "plastic_white"))
        else:
            key = rounded_box((0.05, 0.008, 0.05), 0.003).turned("x", 4).moved(0, -0.012, 0.015)
            b.add("light_switch_obj", (join(plate, key), "plastic_white"))


def radiator(b: Builder, x: float, y: float, turn: float, width: float, height: float = 0.55) -> None:
    """A panel radiator with its valve and pipe; the wall is at y = 0, the room at -y."""
    with b.at(x, y, turn=turn), b.item("radiator", "otherfurniture", Labelled.BOTH):
        count = round(width / 0.06)
        ribs = [
            rounded_box((0.05, 0.05, height), 0.018).moved((k + 0.5) * width / count - width / 2, -0.08, 0.12)
            for k in range(count)
        ]
        ribs += [rounded_box((width, 0.03, 0.04), 0.01).moved(0, -0.08, z) for z in (0.16, height + 0.03)]
        b.add("heater_obj_14", (join(*ribs), "lacquer_white"))
        pipe = tube(smooth_path([(0, 0, 0.0), (0, 0, 0.12), (0.02, 0, 0.16), (0.06, 0, 0.16)]), 0.008)
        valve = cylinder(0.02, 0.06, bevel=0.006).turned("y", 90).moved(-0.03, 0, 0.16)
        b.add("heater_valve_obj", (join(pipe, valve).moved(-width / 2 - 0.06, -0.08), "plastic_white"))
