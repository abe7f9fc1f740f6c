"""One lens for the whole scene: what is used changes everywhere at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.builders import write_camera_table, write_scene
from tests.labelling_builders import a_table
from viewer.app.open_scene import open_scene, recognise
from viewer.app.session import Session
from viewer.jobs.job import Progress
from viewer.model.camera import LensSource, pinhole_lens


def a_session(root: Path) -> Session:
    scene = write_scene(root)
    write_camera_table(root / "metadata_camera_parameters.csv", shift=0.1)
    reader, matches = recognise(scene, (), Progress.silent())
    session = Session()
    session.replace_scene(open_scene(reader, matches[0], a_table(), Progress.silent()))
    return session


def test_using_another_lens_gives_it_to_every_camera_and_says_so_once(tmp_path: Path) -> None:
    session = a_session(tmp_path)
    heard = []
    session.lens_changed.connect(lambda: heard.append(session.lens))
    other = pinhole_lens(8, 6, np.radians(70))
    session.use_lens(other)
    session.use_lens(other)
    assert heard == [other]
    assert session.cameras is not None
    assert all(trajectory.lens is other for trajectory in session.cameras.trajectories)
    camera = session.frame_camera()
    assert camera is not None
    assert camera.lens is other


def test_a_scene_without_poses_has_no_lens_to_change(tmp_path: Path) -> None:
    session = Session()
    session.use_lens(pinhole_lens(8, 6, np.radians(70)))
    assert session.lens is None


def test_the_lens_of_the_table_is_known_and_best_from_the_start(tmp_path: Path) -> None:
    session = a_session(tmp_path)
    assert session.lens is not None
    assert session.lens.source is LensSource.TABLE
    assert session.lenses.best is session.lens
    assert session.lenses.get(LensSource.MEASURED) is None
    assert session.lenses.get(LensSource.PINHOLE) is not None
