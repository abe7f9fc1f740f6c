"""Everything that is known of one pixel, in lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.builders import OBJECT_NAMES, load, save, write_camera_table, write_scene
from viewer.app.frame_cache import FrameCache
from viewer.app.open_scene import open_scene, recognise
from viewer.app.pane_pictures import imaging_context
from viewer.app.pixel_report import FrameImages, PixelReport, pixel_report, read_frame
from viewer.app.session import Session
from viewer.errors import Cancelled
from viewer.imaging.pose_check import WORDS
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId
from viewer.model.label_table import LabelClass, LabelTable

FRAME = FrameId("cam_00", 3)
X, Y = 4, 2
FOLDER = "images/scene_cam_00_geometry_hdf5"


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    write_camera_table(tmp_path / "metadata_camera_parameters.csv")
    return write_scene(tmp_path)


def opened(scene: Path) -> Session:
    reader, (match,) = recognise(scene, (), Progress.silent())
    table = LabelTable((LabelClass(2, "floor", (1, 2, 3)), LabelClass(5, "chair", (4, 5, 6))))
    session = Session()
    session.replace_scene(open_scene(reader, match, table, Progress.silent()))
    return session


def read(session: Session, cache: FrameCache | None = None) -> FrameImages:
    lens = session.trajectory("cam_00").lens
    return read_frame(session.images.source, cache or FrameCache(8), FRAME, lens, Progress.silent())


def report(session: Session, x: int = X, y: int = Y) -> PixelReport:
    return pixel_report(session, imaging_context(session, FRAME), read(session), x, y)


def test_a_pixel_is_told_from_its_node_to_its_class(scene: Path) -> None:
    nodes = load(scene / FOLDER / "frame.0003.render_entity_id.hdf5")
    y, x = np.argwhere(nodes == 5)[0].tolist()
    found = report(opened(scene), x, y)
    assert found.value("Node") == f"5  {OBJECT_NAMES[1]}@node"
    assert found.value("Object") == f"1  {OBJECT_NAMES[1]}"
    assert found.value("Instance") == "1"
    assert found.value("Class") == "5 chair"


def test_pixels_without_an_object_say_so(scene: Path) -> None:
    nodes = load(scene / FOLDER / "frame.0003.render_entity_id.hdf5")
    for node, title, words in ((-1, "Node", "-1, nothing was hit"), (1, "Object", "none")):
        y, x = np.argwhere(nodes == node)[0].tolist()
        assert report(opened(scene), x, y).value(title) == words


def test_the_place_is_told_in_metres_and_units_with_both_kinds_of_depth(scene: Path) -> None:
    (scene / FOLDER / "frame.0003.position.hdf5").unlink()
    session = opened(scene)
    found = report(session)
    distance = float(load(scene / FOLDER / "frame.0003.depth_meters.hdf5")[Y, X])
    assert found.value("Distance") == f"{distance:.3f} m"
    camera = session.frame_camera(FRAME)
    ray = camera.cast_rays(np.array([[X, Y]]))[0]
    forward = camera.world_from_cam[:3, 2]
    assert found.value("Planar depth") == f"{distance * float(ray @ forward):.3f} m"
    metres = [float(part) for part in found.value("Position, m").split(", ")]
    units = [float(part) for part in found.value("Asset units").split(", ")]
    np.testing.assert_allclose(metres, np.array(units) * session.scene.metres_per_unit, atol=1e-3)
    assert found.value("Known from") == "depth_meters"


def test_every_image_of_the_frame_has_its_value(scene: Path) -> None:
    found = report(opened(scene))
    titles = {title for section in found.sections for title, _ in section.lines}
    assert {"Color", "Residual (non-diffuse)", "Normals, world axes", "Texture coordinates"} <= titles
    assert {"Class (file)", "Preview: Color, tone mapped", "Preview: Class (geometry)"} <= titles
    color = load(scene / "images/scene_cam_00_final_hdf5/frame.0003.color.hdf5")[Y, X]
    assert found.value("Color") == "  ".join(
        f"{name} {value:.3g}" for name, value in zip("RGB", color.astype(float), strict=True)
    )


def test_broken_images_are_told_in_their_lines_and_those_of_another_size_at_the_same_place(
    scene: Path,
) -> None:
    (scene / FOLDER / "frame.0003.tex_coord.hdf5").write_bytes(b"broken")
    large = np.zeros((12, 16, 3), np.float16)
    large[2 * Y : 2 * Y + 2, 2 * X : 2 * X + 2] = (0.25, 0.5, 0.75)
    save(scene / FOLDER / "frame.0003.normal_bump_cam.hdf5", large)
    found = report(opened(scene))
    assert "frame.0003.tex_coord.hdf5" in found.value("Texture coordinates")
    assert "x +0.250  y +0.500  z +0.750" in found.value("Normals with bumps, camera axes")


def test_what_the_pose_check_found_is_told_as_well(scene: Path) -> None:
    session = opened(scene)
    images, context = read(session), imaging_context(session, FRAME)
    codes = np.zeros(images.images["render_entity_id"].size[::-1], np.uint8)
    told = []
    for code in np.unique(list(WORDS)):
        codes[Y, X] = code
        found = pixel_report(session, replace(context, pose_check=codes), images, X, Y)
        told.append(found.value("Pose check"))
    assert told == [WORDS[code] for code in np.unique(list(WORDS))]


def test_the_report_can_be_pasted_into_a_table(scene: Path) -> None:
    found = report(opened(scene))
    lines = found.text().splitlines()
    assert lines[0] == f"cam_00 0003   {X}, {Y}"
    pairs = [line.split("\t") for line in lines if "\t" in line]
    assert all(len(pair) == 2 for pair in pairs)
    assert [list(line) for section in found.sections for line in section.lines] == pairs


def test_what_is_decoded_already_is_not_read_again_and_reading_can_be_stopped(scene: Path) -> None:
    session = opened(scene)
    cache = FrameCache(8)
    known = session.images.source.read(FRAME, "color")
    cache.put(FRAME, "color", known)
    assert read(session, cache).images["color"] is known
    progress = Progress.silent()
    progress.cancel()
    with pytest.raises(Cancelled):
        read_frame(session.images.source, cache, FRAME, None, progress)
