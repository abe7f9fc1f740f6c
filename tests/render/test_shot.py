"""What a camera of the scene sees, as pixels to compare its image with."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.conftest import Stage
from tests.render.scenes import boxes_mesh, cameras_in_room, pose, room, scene_of, tilt_shift_lens
from viewer.errors import GpuError
from viewer.geometry.ray_scene import RayScene
from viewer.model.camera import Camera
from viewer.render.layers.mesh import MeshStyle
from viewer.render.scene_view import SceneView

pytestmark = pytest.mark.gl


def test_a_shot_agrees_with_rays_in_objects_and_distances(stage: Stage) -> None:
    mesh = room()
    stage.show(scene_of(mesh, cameras_in_room()), mesh)
    stage.view.set_selection([3])
    camera = Camera(tilt_shift_lens(), pose((-2.0, -1.2, 1.5), (2.0, 1.0, 0.4)))
    shot = stage.view.shot(camera)

    rays = RayScene(mesh)
    pixels = np.stack(np.meshgrid(np.arange(320), np.arange(240)), axis=-1)[::9, ::9].reshape(-1, 2)
    cast = rays.object_hits(camera, pixels)
    drawn = shot.ids.object_ids[pixels[:, 1], pixels[:, 0]]
    assert (cast == drawn).mean() > 0.99
    distances = shot.distances()
    directions = camera.cast_rays(pixels)
    for k in np.flatnonzero(cast == drawn)[::40]:
        point = rays.first_point(camera.position, directions[k])
        measured = distances[pixels[k, 1], pixels[k, 0]]
        if point is None:
            assert np.isnan(measured)
        else:
            assert measured == pytest.approx(np.linalg.norm(point - camera.position), rel=1e-3)


def test_a_shot_shows_neither_marks_nor_frusta_and_leaves_the_window_alone(stage: Stage) -> None:
    mesh = boxes_mesh([((-3, 0, -3), (3, 1, 3))])
    stage.show(scene_of(mesh, cameras_in_room()), mesh)
    stage.view.set_layer_style("mesh", MeshStyle(shading="none"))
    stage.view.set_object_colors(np.array([[10, 200, 30]], np.uint8))
    stage.view.set_selection([0])
    before = stage.pixels()
    shot = stage.view.shot(Camera(tilt_shift_lens(), pose((0, -1.0, 0), (0, 0, 0))))
    assert shot.rgb.shape == (240, 320, 3)
    assert (shot.rgb == (10, 200, 30)).all()
    np.testing.assert_array_equal(stage.pixels(), before)


def test_a_view_that_was_never_shown_says_so(qapp: object) -> None:
    view = SceneView()
    with pytest.raises(GpuError, match="has not been shown yet"):
        view.shot(Camera(tilt_shift_lens(), pose((0, -1.0, 0), (0, 0, 0))))
    view.close()
