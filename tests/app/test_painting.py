"""What a gesture hits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.labelling_builders import a_gesture, a_labelling, a_room, cubes
from viewer.app.original_camera import OriginalCamera
from viewer.app.painting import IdPicker, ImagePicker, RayPicker, visible_mask
from viewer.geometry.ray_scene import RayScene
from viewer.model.clip_box import ClipBox
from viewer.model.stroke import PixelBox, PixelList, lasso_pixels

WINDOW = (120, 90)
IMAGE = np.array([[0, 0, 2], [5, -1, 2]], np.int32)


def room_picker(**options: object) -> RayPicker:
    camera = OriginalCamera.at((260, 220, 150), (90, 70, 20), *WINDOW).camera
    return RayPicker(RayScene(a_room()), camera, **options)


def test_an_image_answers_for_its_pixels() -> None:
    assert ImagePicker(IMAGE).objects_hit(PixelBox(0, 0, 1, 1)).tolist() == [0, 5]


def test_an_image_has_no_object_beside_it_or_where_there_is_none() -> None:
    picker = ImagePicker(IMAGE)
    assert [picker.object_at(2, 1), picker.object_at(1, 1), picker.object_at(9, 9)] == [2, -1, -1]


def test_hidden_objects_are_not_hit_in_images() -> None:
    assert ImagePicker(IMAGE, visible_mask(6, [0])).objects_hit(PixelBox(0, 0, 2, 1)).tolist() == [2, 5]


def test_the_id_pass_of_the_view_serves_as_an_image() -> None:
    @dataclass
    class Buffer:
        object_ids: NDArray[np.int32]

    assert IdPicker(Buffer(IMAGE)).objects_hit(PixelBox(0, 0, 2, 1)).tolist() == [0, 2, 5]


def test_a_box_and_the_list_of_its_pixels_hit_the_same() -> None:
    picker, box = room_picker(), PixelBox(10, 5, 90, 70)
    assert picker.objects_hit(box).tolist() == picker.objects_hit(PixelList(box.pixels)).tolist()


def test_a_ray_hits_what_is_seen_at_its_pixel() -> None:
    picker = room_picker()
    seen = picker.object_at(60, 45)
    assert picker.objects_hit(PixelBox(60, 45, 60, 45)).tolist() == [seen]


def test_hidden_and_clipped_objects_are_never_hit() -> None:
    everything = PixelBox(0, 0, 119, 89)
    seen = room_picker().objects_hit(everything)
    hidden = seen[1::2]
    below = room_picker(
        visible=visible_mask(40, hidden), clip=ClipBox(np.array([-9.0, -9, -9]), np.array([999.0, 999, 10]))
    )
    hit = below.objects_hit(everything)
    assert len(hit)
    assert not np.isin(hit, hidden).any()
    low = np.array([a_room().vertices[8 * k : 8 * k + 8, 2].min() for k in range(40)])
    assert (low[hit] <= 10).all()


def test_selecting_through_finds_more_than_is_seen() -> None:
    picker = room_picker()
    pixels = lasso_pixels([(40, 30), (80, 30), (80, 60), (40, 60)])
    seen, through = picker.objects_hit(pixels), picker.objects_through(pixels)
    assert np.isin(seen, through).all()
    assert len(through) > len(seen)


def test_select_through_labels_what_is_behind() -> None:
    camera = OriginalCamera.at((-6, 0.5, 0.6), (4, 0.5, 0.4), 9, 9).camera
    picker = RayPicker(RayScene(cubes(3)), camera)
    labelling = a_labelling(3)
    labelling.stroke(a_gesture((4, 4)), picker)
    assert labelling.labels.semantic.tolist() == [1, -1, -1]
    labelling.set_brush(select_through=True)
    labelling.stroke(a_gesture((4, 4)), picker)
    assert labelling.labels.semantic.tolist() == [1, 1, 1]


def test_nothing_hidden_needs_no_mask() -> None:
    assert visible_mask(3, []) is None
