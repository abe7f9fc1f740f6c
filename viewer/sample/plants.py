"""Pot plants."""

from __future__ import annotations

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.curves import lathe, smooth_path, tube
from viewer.sample.shapes import Floats, Shape, grid_faces, join, smooth_normals

GOLDEN_DEGREES = 137.5


def leaf(
    length: float,
    width: float,
    droop: float = 0.25,
    fold: float = 0.25,
    rows: int = 8,
    tip: float = 1.6,
    columns: int = 3,
) -> Shape:
    """A leaf from the origin along +x, its face up, bending down towards its tip."""
    t = np.linspace(0, 1, rows + 1)
    outline = np.sin(np.pi * t ** (1 / tip)) ** 0.8 * width / 2
    side = np.linspace(-1, 1, columns)
    x = t[:, None] * length * np.ones(columns)
    y = outline[:, None] * side
    z = -droop * length * t[:, None] ** 2 + fold * np.abs(y)
    points = np.stack([x, y, z], axis=2)
    positions = points.reshape(-1, 3)
    faces = grid_faces(rows + 1, columns)
    uvs = np.stack(np.broadcast_arrays(t[:, None], (side[None, :] + 1) / 2), axis=2).reshape(-1, 2)
    return Shape(positions, smooth_normals(positions, faces), uvs.copy(), faces)


def scattered(shape: Shape, frames: Floats, places: Floats, sizes: Floats) -> Shape:
    """Copies of a shape, each turned by a frame (N, 3, 3), scaled and moved."""
    count, n = len(frames), len(shape.positions)
    positions = np.einsum("kij,nj->kni", frames, shape.positions) * sizes[:, None, None] + places[:, None]
    normals = np.einsum("kij,nj->kni", frames, shape.normals)
    faces = shape.faces[None] + (np.arange(count) * n)[:, None, None]
    return Shape(
        positions.reshape(-1, 3), normals.reshape(-1, 3), np.tile(shape.uvs, (count, 1)), faces.reshape(-1, 3)
    )


def _frames(azimuth: Floats, rise: Floats, roll: Floats) -> Floats:
    """Frames whose x axis points to an azimuth and rises by an angle, rolled about it; radians."""
    ca, sa, cr, sr = np.cos(azimuth), np.sin(azimuth), np.cos(rise), np.sin(rise)
    x = np.stack([cr * ca, cr * sa, sr], axis=1)
    y = np.stack([-sa, ca, np.zeros_like(sa)], axis=1)
    z = np.cross(x, y)
    c, s = np.cos(roll)[:, None], np.sin(roll)[:, None]
    return np.stack([x, c * y + s * z, c * z - s * y], axis=2)


def pot(b: Builder, radius: float, height: float, material: str) -> None:
    """A tapered pot with soil."""
    r = radius
    profile = [
        (0, 0),
        (0.72 * r, 0),
        (0.75 * r, 0.01),
        (0.96 * r, 0.85 * height),
        (r, 0.87 * height),
        (1.02 * r, height),
    ]
    profile += [(0.95 * r, height), (0.92 * r, 0.86 * height), (0, 0.86 * height)]
    b.add("plant_pot", (lathe(profile, 26), material))
    b.add(
        "plant_soil",
        (
            lathe([(0, 0.885 * height), (0.5 * r, 0.892 * height), (0.93 * r, 0.87 * height)][::-1], 28),
            "soil",
        ),
    )


def rubber_tree(b: Builder, x: float, y: float, *, height: float = 1.75, leaves: int = 110) -> None:
    """A tree of the living room: trunks with large leaves."""
    rng = b.rng
    with b.at(x, y), b.item("plant_ficus", "otherprop", Labelled.BOTH):
        pot(b, 0.19, 0.34, "ceramic_white")
        places, azimuths, rises, trunks = [], [], [], []
        for k in range(4):
            a = 1.57 * k + rng.uniform(0, 0.8)
            top = height * rng.uniform(0.75, 1.0)
            knots = np.array(
                [
                    (0.04 * np.cos(a), 0.04 * np.sin(a), 0.29),
                    (0.1 * np.cos(a), 0.1 * np.sin(a), 0.3 + 0.4 * (top - 0.3)),
                    (0.22 * np.cos(a), 0.22 * np.sin(a), top),
                ]
            )
            path = smooth_path(knots, 12)
            trunks.append(tube(path, list(np.linspace(0.013, 0.005, len(path))), 8))
            each = leaves // 4
            t = np.linspace(0.3, 1.0, each)
            index = np.minimum((t * (len(path) - 1)).astype(int), len(path) - 1)
            places.append(path[index])
            azimuths.append(np.radians(GOLDEN_DEGREES) * np.arange(each) + a)
            rises.append(0.15 + 0.75 * t + rng.normal(0, 0.12, each))
        b.add("ficus_trunk", (join(*trunks), "bark"))
        where, az, rise = np.concatenate(places), np.concatenate(azimuths), np.concatenate(rises)
        roll, size = rng.normal(0, 0.2, len(az)), rng.uniform(0.7, 1.1, len(az))
        frames = _frames(az, rise, roll)
        stalk = where + frames[:, :, 0] * 0.05
        b.add("ficus_leaves", (scattered(leaf(0.21, 0.105, 0.3), frames, stalk, size), "leaf_dark"))
        stems = [tube([p, q], 0.003, 4, caps=False) for p, q in zip(where, stalk, strict=True)]
        b.add("ficus_stalks", (join(*stems), "leaf_light"))


def monstera(
    b: Builder,
    x: float,
    y: float,
    z: float = 0.0,
    *,
    size: float = 1.0,
    count: int = 13,
    potted: str = "wicker",
) -> None:
    """Broad leaves on long arching stalks."""
    rng = b.rng
    with b.at(x, y, z), b.item("plant_monstera", "otherprop", Labelled.BOTH):
        pot(b, 0.16 * size, 0.26 * size, potted)
        stalks, places = [], []
        az = np.radians(GOLDEN_DEGREES) * np.arange(count)
        reach = rng.uniform(0.16, 0.42, count) * size
        high = rng.uniform(0.45, 0.85, count) * size
        for k in range(count):
            c, s = np.cos(az[k]), np.sin(az[k])
            end = np.array([reach[k] * c, reach[k] * s, high[k]])
            path = smooth_path(
                [(0.02 * c, 0.02 * s, 0.2 * size), (0.4 * end[0], 0.4 * end[1], 0.65 * end[2]), tuple(end)], 7
            )
            stalks.append(tube(path, 0.005 * size, 6, caps=False))
            places.append(end)
        frames = _frames(az, rng.uniform(-0.35, 0.25, count), rng.normal(0, 0.25, count))
        b.add("monstera_stems", (join(*stalks), "leaf_light"))
        blade = leaf(0.27, 0.24, 0.35, 0.16, 10, 2.4, 5)
        b.add(
            "monstera_leaves",
            (scattered(blade, frames, np.array(places), rng.uniform(0.75, 1.15, count) * size), "leaf_dark"),
        )


def snake_plant(
    b: Builder,
    x: float,
    y: float,
    z: float = 0.0,
    *,
    size: float = 1.0,
    blades: int = 15,
    potted: str = "ceramic_terracotta",
) -> None:
    """Upright blades."""
    rng = b.rng
    with b.at(x, y, z), b.item("plant_sansevieria", "otherprop", Labelled.CLASS):
        pot(b, 0.13 * size, 0.2 * size, potted)
        blade = leaf(0.62 * size, 0.06 * size, 0.03, 0.5, 12, 1.25)
        az = np.radians(GOLDEN_DEGREES) * np.arange(blades)
        ring = 0.075 * size * np.sqrt(np.arange(blades) / blades)
        places = np.stack([ring * np.cos(az), ring * np.sin(az), np.full(blades, 0.16 * size)], axis=1)
        frames = _frames(az, rng.uniform(1.25, 1.5, blades), rng.uniform(-0.8, 0.8, blades))
        b.add(
            "sansevieria_blades",
            (scattered(blade, frames, places, rng.uniform(0.65, 1.1, blades)), "leaf_striped"),
        )


def trailing_plant(
    b: Builder, x: float, y: float, z: float, *, vines: int = 9, fall: float = 0.7, wall_side: float = 1.0
) -> None:
    """Vines that hang from a shelf towards -y; nothing goes behind the pot."""
    rng = b.rng
    with b.at(x, y, z), b.item("plant_pothos", "otherprop", Labelled.NOTHING):
        pot(b, 0.085, 0.13, "ceramic_white")
        stems, places, azimuths = [], [], []
        for k in range(vines):
            a = -np.pi / 2 + (k / (vines - 1) - 0.5) * 2.6 * wall_side
            c, s = np.cos(a), np.sin(a)
            drop = fall * rng.uniform(0.4, 1.0)
            path = smooth_path(
                [
                    (0.03 * c, 0.03 * s, 0.11),
                    (0.1 * c, 0.1 * s, 0.17),
                    (0.155 * c, 0.155 * s, 0.06),
                    (0.17 * c + rng.normal(0, 0.02), 0.17 * s, -0.45 * drop),
                    (0.17 * c + rng.normal(0, 0.03), 0.17 * s, -drop),
                ],
                8,
            )
            stems.append(tube(path, 0.0018, 5, caps=False))
            picked = path[4::2]
            places.append(picked)
            azimuths.append(a + rng.normal(0, 0.9, len(picked)))
        b.add("pothos_vines", (join(*stems), "leaf_light"))
        where, az = np.concatenate(places), np.concatenate(azimuths)
        frames = _frames(az, rng.uniform(-1.0, -0.2, len(az)), rng.normal(0, 0.3, len(az)))
        b.add(
            "pothos_leaves",
            (
                scattered(
                    leaf(0.065, 0.05, 0.25, 0.2, 5, 2.2), frames, where, rng.uniform(0.7, 1.2, len(az))
                ),
                "leaf_light",
            ),
        )


def herb_pot(b: Builder, x: float, y: float, z: float, *, material: str = "ceramic_terracotta") -> None:
    """A small bushy pot of herbs."""
    rng = b.rng
    count = 70
    with b.at(x, y, z), b.item("herbs", "otherprop", Labelled.NOTHING):
        pot(b, 0.05, 0.09, material)
        direction = rng.normal(0, 1, (count, 3))
        direction[:, 2] = np.abs(direction[:, 2]) + 0.3
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        places = np.array([0, 0, 0.085]) + direction * rng.uniform(0.03, 0.1, (count, 1))
        az = np.arctan2(direction[:, 1], direction[:, 0])
        frames = _frames(az, rng.uniform(-0.3, 0.8, count), rng.normal(0, 0.4, count))
        stems = [tube([(0, 0, 0.075), p], 0.001, 4, caps=False) for p in places[::4]]
        b.add(
            "herb_leaves",
            (
                scattered(leaf(0.036, 0.022, 0.2, 0.2, 4), frames, places, rng.uniform(0.6, 1.2, count)),
                "leaf_light",
            ),
        )
        b.add("herb_stems", (join(*stems), "leaf_light"))


def palm(b: Builder, x: float, y: float, *, height: float = 1.5, fronds: int = 11) -> None:
    """Arching fronds of narrow leaflets."""
    rng = b.rng
    with b.at(x, y), b.item("plant_areca", "otherprop", Labelled.NOTHING):
        pot(b, 0.17, 0.3, "wicker")
        ribs, frames, places, sizes = [], [], [], []
        for k in range(fronds):
            a = np.radians(GOLDEN_DEGREES) * k
            c, s = float(np.cos(a)), float(np.sin(a))
            r, h = rng.uniform(0.22, 0.42), height * rng.uniform(0.75, 1.0)
            path = smooth_path(
                [
                    (0.03 * c, 0.03 * s, 0.25),
                    (0.12 * r * c * 2, 0.12 * r * s * 2, 0.6 * h),
                    (0.65 * r * c, 0.65 * r * s, 0.95 * h),
                    (1.15 * r * c, 1.15 * r * s, 0.88 * h),
                ],
                12,
            )
            ribs.append(tube(path, list(np.linspace(0.006, 0.002, len(path))), 6, caps=False))
            t = np.linspace(0.42, 0.99, 17)
            spots = path[(t * (len(path) - 1)).astype(int)]
            for side in (-1, 1):
                places.append(spots)
                frames.append(_frames(np.full(17, a + side * 0.9), np.full(17, 0.1), rng.normal(0, 0.2, 17)))
                sizes.append(1.1 - 0.6 * np.abs(t - 0.65) / 0.35)
        b.add("areca_ribs", (join(*ribs), "leaf_light"))
        leaflet = leaf(0.24, 0.026, 0.35, 0.3, 5)
        b.add(
            "areca_leaflets",
            (
                scattered(
                    leaflet,
                    np.concatenate(frames),
                    np.concatenate(places),
                    np.clip(np.concatenate(sizes), 0.35, 1.1),
                ),
                "leaf_dark",
            ),
        )


def branch_vase(b: Builder, x: float, y: float, z: float, *, material: str = "ceramic_blue") -> None:
    """A vase with a few leafy twigs."""
    rng = b.rng
    with b.at(x, y, z), b.item("vase", "otherprop"):
        outside = smooth_path(
            [
                (0.05, 0, 0),
                (0.09, 0, 0.08),
                (0.1, 0, 0.15),
                (0.055, 0, 0.25),
                (0.035, 0, 0.3),
                (0.045, 0, 0.33),
            ],
            6,
        )[:, [0, 2]]
        profile = np.vstack([[(0, 0)], outside, outside[::-1][:8] - (0.004, 0.0)])
        b.add("vase_body", (lathe(profile, 28), material))
        twigs, places, az = [], [], []
        for k in range(6):
            a = 1.05 * k + rng.uniform(0, 0.6)
            end = np.array([0.2 * np.cos(a), 0.2 * np.sin(a), 0.62 + rng.uniform(-0.08, 0.12)])
            path = smooth_path([(0, 0, 0.2), (0.03 * np.cos(a), 0.03 * np.sin(a), 0.36), tuple(end)], 8)
            twigs.append(tube(path, 0.0022, 5, caps=False))
            places.append(path[9:])
            az.append(a + np.where(np.arange(len(path[9:])) % 2, 1.1, -1.1))
        b.add("vase_twigs", (join(*twigs), "bark"))
        where, angles = np.concatenate(places), np.concatenate(az)
        frames = _frames(angles, rng.uniform(0.1, 0.6, len(angles)), rng.normal(0, 0.3, len(angles)))
        b.add(
            "vase_leaves",
            (
                scattered(leaf(0.075, 0.034, 0.2, 0.2, 5), frames, where, rng.uniform(0.8, 1.2, len(angles))),
                "leaf_light",
            ),
        )
