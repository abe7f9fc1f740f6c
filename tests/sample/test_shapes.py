from __future__ import annotations

import numpy as np
import pytest

from viewer.sample.cloth import cushion, draped, hanging_cloth, pillow
from viewer.sample.curves import ball, cylinder, lathe, loft, ring_path, rod, smooth_path, tube
from viewer.sample.kitchen_units import bar_handle
from viewer.sample.plants import leaf
from viewer.sample.shapes import Shape, box, extrude, join, quad, rounded_box


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def volume(shape: Shape) -> float:
    a, b, c = (shape.positions[shape.faces[:, k]] for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


SOLIDS = {
    "box": (lambda: box((1, 2, 3), (5, 5, 5)), 6.0),
    "mirrored box": (lambda: box((1, 2, 3)).scaled(-1, 1, 1), 6.0),
    "extruded square": (lambda: extrude([(0, 0), (1, 0), (1, 1), (0, 1)], 2), 2.0),
    "rounded box": (lambda: rounded_box((1, 2, 3), 0.01, segments=3), 6.0),
    "cylinder": (lambda: cylinder(1, 2, segments=200), 2 * np.pi),
    "ball": (lambda: ball(1, (1, 2, 3), 80), 4 / 3 * np.pi),
    "rod": (lambda: rod((0, 0, 0), (1, 1, 1), 0.1, segments=100), np.pi * 0.01 * np.sqrt(3)),
    "ring": (lambda: tube(ring_path(1, steps=200), 0.1, 100, closed=True), 2 * np.pi**2 * 0.01),
    "loft": (lambda: loft([(0, 0, 0, 2, 0), (0, 1, 1, 2, 0), (1, 1, 1, 2, 0), (1, 0, 0, 2, 0)], 200), np.pi),
}


@pytest.mark.parametrize("name", SOLIDS)
def test_solids_enclose_their_volume_with_the_outside_out(name):
    make, expected = SOLIDS[name]

    assert volume(make()) == pytest.approx(expected, rel=0.01)


CLOSED = {
    "cushion": lambda: cushion((0.8, 0.7, 0.2), (0, 0, 0), rng()),
    "pillow": lambda: pillow(0.5, 0.4, 0.15, rng()),
    "cover": lambda: draped(1.6, 2.0, (0.3, 0.3, 0.3, 0.0), rng()),
    "towel": lambda: hanging_cloth(0.4, 0.5, 0.4, rng()),
    "bent tube": lambda: tube(smooth_path([(0, 0, 0), (0, 0, 1), (1, 0, 1)]), 0.05),
    "handle": lambda: bar_handle(0.2, upright=True),
}


@pytest.mark.parametrize("name", CLOSED)
def test_closed_skins_have_their_outside_out(name):
    assert volume(CLOSED[name]()) > 0


EVERYTHING = {
    **{name: make for name, (make, _) in SOLIDS.items()},
    **CLOSED,
    "vase": lambda: lathe([(0, 0), (0.1, 0), (0.12, 0.2), (0.1, 0.2), (0.08, 0.02), (0, 0.02)]),
    "leaf": lambda: leaf(0.2, 0.1),
    "patch": lambda: quad([(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0)], cell=0.3),
    "pair": lambda: join(box((1, 1, 1)), ball(0.5).turned("x", 30).moved(2)),
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_normals_have_length_one_and_point_to_the_side_the_faces_show(name):
    shape = EVERYTHING[name]()

    np.testing.assert_allclose(np.linalg.norm(shape.normals, axis=1), 1, atol=1e-6)
    a, b, c = (shape.positions[shape.faces[:, k]] for k in range(3))
    sides = np.cross(b - a, c - a)
    agreement = np.einsum("ij,ij->i", sides, shape.normals[shape.faces].mean(axis=1)) > 0
    area = np.linalg.norm(sides, axis=1)
    assert area[agreement].sum() > 0.99 * area.sum()


def test_a_rounded_box_fills_its_extent():
    shape = rounded_box((1, 2, 3), 0.2, at=(1, 1, 1), segments=2, cells=(3, 1, 2))

    np.testing.assert_allclose(shape.positions.min(axis=0), [0.5, 0, 1])
    np.testing.assert_allclose(shape.positions.max(axis=0), [1.5, 2, 4])
