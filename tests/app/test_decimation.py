"""What decimating leaves of a scene, and that the session forgets it with the scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.render.scenes import room
from viewer.app.decimation import DecimationSettings, choose_faces, decimate, shown_mesh
from viewer.app.session import OpenedScene, Session
from viewer.errors import ViewerError
from viewer.geometry.decimation import kept_faces
from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh, split_at_objects
from viewer.model.scene import ObjectTable, Scene

QUIET = Progress.silent()
EYE = np.array([1.0, 2.0, 1.5])


def an_opened_scene(mesh: Mesh) -> OpenedScene:
    names = tuple(f"object {k}" for k in range(mesh.object_count))
    scene = Scene("a room", Path("a room"), parts={Mesh: mesh, ObjectTable: ObjectTable(names)})
    return OpenedScene(scene, None, split_at_objects(mesh))


def test_the_defaults_are_those_of_the_original_tool() -> None:
    rule = DecimationSettings().rule
    assert (rule.most_faces, rule.most_vertices) == (1_500_000, 15_000_000)
    assert (rule.area_half_life, rule.distance_half_life) == (1.0, None)
    assert DecimationSettings(distant_first=True).rule.distance_half_life == 50.0
    assert DecimationSettings(small_first=False).rule.area_half_life is None


def test_what_is_left_is_counted_before_anything_is_made() -> None:
    mesh = room(objects=40)
    settings = DecimationSettings(most_faces=len(mesh.faces) // 8)
    found = choose_faces(mesh, settings, EYE, QUIET)
    made = decimate(mesh, found, QUIET)
    assert np.array_equal(found.keep, kept_faces(mesh, settings.rule, EYE, QUIET))
    assert found.face_count == len(made.mesh.faces) == len(mesh.faces) // 8
    assert found.vertex_count == len(made.mesh.vertices)
    assert not found.removes_nothing
    gone = np.setdiff1d(mesh.owners.dense(), made.mesh.owners.dense())
    assert np.array_equal(found.lost_objects, gone)
    assert len(gone)
    assert made.gpu_mesh.object_count == mesh.object_count
    assert choose_faces(mesh, DecimationSettings(), EYE, QUIET).removes_nothing


def test_limits_that_cannot_be_kept_are_told() -> None:
    mesh = room(objects=40)
    settings = DecimationSettings(most_faces=100, area_half_life=0.001)
    with pytest.raises(ViewerError, match="would have to go"):
        choose_faces(mesh, settings, EYE, QUIET)


def test_the_scene_keeps_its_mesh_and_another_scene_is_whole() -> None:
    mesh = room(objects=40)
    session, opened = Session(), an_opened_scene(mesh)
    session.replace_scene(opened)
    session.select([3])
    session.set_hidden([5])
    told: list[bool] = []
    session.mesh_changed.connect(lambda: told.append(session.decimated is not None))
    small = decimate(mesh, choose_faces(mesh, DecimationSettings(most_faces=200), EYE, QUIET), QUIET)
    session.set_decimated(small)
    session.set_decimated(small)
    assert shown_mesh(session) is small.gpu_mesh
    assert session.scene is not None
    assert session.scene.part(Mesh) is mesh
    assert (session.selection.tolist(), session.hidden.tolist()) == ([3], [5])
    session.set_decimated(None)
    assert told == [True, False]
    assert shown_mesh(session) is opened.gpu_mesh
    session.set_decimated(small)
    session.replace_scene(an_opened_scene(mesh))
    assert session.decimated is None
