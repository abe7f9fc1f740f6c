"""The lens a scene gets: the table's, else a measured one that is sure, else the plain pinhole, and told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.builders import FRAMES_WITH_IMAGES, SCENE, load, save, write_camera_table, write_scene
from tests.lens_builders import tilted_lens, write_room_scene
from viewer.app.inventory import inventory, to_text
from viewer.app.lenses import known_lenses, measure_lens, read_table_lens, with_chosen_lens
from viewer.app.scene_lenses import SceneLenses, measurable_frames
from viewer.errors import ViewerError
from viewer.formats.hypersim.layout import CAMERA_PARAMETERS_TABLE
from viewer.formats.hypersim.scene_views import LENS_GAP
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras, Lens, LensSource, max_pixel_difference, plain_lens
from viewer.model.frames import FrameId
from viewer.model.scene import Scene
from viewer.sample.detail_files import write_camera_parameters

LENS = tilted_lens()
SILENT = Progress.silent()


def read(folder: Path) -> Scene:
    reader, matches = find_scenes(folder)
    return reader.read(matches[0], SILENT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scene whose lens is tilted, without a camera table."""
    return write_room_scene(tmp_path, LENS)


def used(scene: Scene) -> Lens:
    cameras = scene.part(Cameras)
    assert cameras is not None
    lens = cameras.trajectories[0].lens
    assert all(trajectory.lens is lens for trajectory in cameras.trajectories)
    return lens


def test_without_a_table_the_lens_is_measured(folder: Path) -> None:
    lens = used(with_chosen_lens(read(folder), None, SILENT))
    assert lens.source is LensSource.MEASURED
    apart = max_pixel_difference(LENS, lens)
    assert apart is not None
    assert apart < 0.5


def test_a_table_comes_before_the_measurement(folder: Path) -> None:
    write_camera_parameters(folder / CAMERA_PARAMETERS_TABLE, SCENE, LENS)
    assert used(with_chosen_lens(read(folder), None, SILENT)).source is LensSource.TABLE


@pytest.mark.parametrize(
    ("name", "source"),
    [("table", LensSource.TABLE), ("measured", LensSource.MEASURED), ("pinhole", LensSource.PINHOLE)],
)
def test_any_source_can_be_asked_for(folder: Path, name: str, source: LensSource) -> None:
    write_camera_parameters(folder / CAMERA_PARAMETERS_TABLE, SCENE, LENS)
    assert used(with_chosen_lens(read(folder), name, SILENT)).source is source


def test_a_source_that_says_nothing_is_refused_with_the_others_named(folder: Path) -> None:
    with pytest.raises(ViewerError) as told:
        with_chosen_lens(read(folder), "table", SILENT)
    assert "No camera table with this scene was found." in told.value.message
    assert told.value.hint == "the others are measured, pinhole"


def test_images_without_sense_leave_the_plain_pinhole_and_the_reason(tmp_path: Path) -> None:
    lenses = known_lenses(read(write_scene(tmp_path)), SILENT)
    assert lenses.best is lenses.pinhole
    assert lenses.describe(LensSource.MEASURED) == (
        "Expected at least 200 pixels with positions in a frame with a pose, found 48."
    )


def test_without_position_images_there_is_nothing_to_measure(folder: Path) -> None:
    for image in folder.glob("images/*/*.position.hdf5"):
        image.unlink()
    scene = read(folder)
    assert measurable_frames(scene) == ()
    with pytest.raises(ViewerError, match="No frame has both a pose and a position image"):
        measure_lens(scene, SILENT)
    assert used(with_chosen_lens(scene, None, SILENT)).source is LensSource.PINHOLE
    assert SceneLenses.of(scene).describe(LensSource.MEASURED).startswith("No frame has both a pose and")


def test_a_measured_lens_is_kept_until_an_image_changes(folder: Path, tmp_path: Path) -> None:
    kept, scene = tmp_path / "kept", read(folder)
    first = measure_lens(scene, SILENT, folder=kept)
    files = list(kept.iterdir())
    assert len(files) == 1

    steps: list[str] = []
    again = measure_lens(scene, Progress(lambda step: steps.append(step.text)), folder=kept)
    assert steps == ["Lens measured before"]
    assert np.array_equal(again.lens.ray_from_pixel, first.lens.ray_from_pixel)
    assert again.lens.source is LensSource.MEASURED
    assert (again.median_px, again.p95_px, again.pixel_count, again.frames, again.doubts) == (
        first.median_px,
        first.p95_px,
        first.pixel_count,
        first.frames,
        first.doubts,
    )

    image = next(folder.glob("images/*/*.position.hdf5"))
    save(image, np.vstack([load(image)[1:], load(image)[:1]]), compression="gzip")
    assert measure_lens(read(folder), SILENT, folder=kept).median_px != first.median_px
    assert len(list(kept.iterdir())) == 2


def test_a_damaged_cache_is_measured_again(folder: Path, tmp_path: Path) -> None:
    kept, scene = tmp_path / "kept", read(folder)
    first = measure_lens(scene, SILENT, folder=kept)
    file = next(kept.iterdir())
    file.write_bytes(file.read_bytes()[:-40])
    assert measure_lens(scene, SILENT, folder=kept).median_px == first.median_px


def test_a_table_that_contradicts_the_images_is_a_finding(folder: Path) -> None:
    moved = np.array([[1.0, 0, 3], [0, 1, 0], [0, 0, 1]])
    wrong = Lens(LENS.width, LENS.height, LENS.ray_from_pixel @ moved)
    write_camera_parameters(folder / CAMERA_PARAMETERS_TABLE, SCENE, wrong)
    lenses = known_lenses(read(folder), SILENT)
    assert lenses.disagreement_px == pytest.approx(3.0, abs=0.3)
    assert lenses.finding.startswith("The lens of the camera table and that of the images are up to ")
    assert lenses.finding in to_text(inventory(folder))


def test_a_table_that_agrees_is_no_finding(folder: Path) -> None:
    write_camera_parameters(folder / CAMERA_PARAMETERS_TABLE, SCENE, LENS)
    lenses = known_lenses(read(folder), SILENT)
    assert lenses.disagreement_px is not None
    assert lenses.disagreement_px < 0.5
    assert lenses.finding == ""


def test_info_tells_what_every_source_says_and_which_is_in_use(folder: Path) -> None:
    found = inventory(folder).scenes[0]
    assert [(entry.source, entry.is_used) for entry in found.lens_sources] == [
        ("camera table", False),
        ("the scene's images", True),
        ("plain 60° pinhole", False),
    ]
    assert "2 frames are within" in found.lens_sources[1].detail
    assert found.lens is not None
    assert found.lens.source == "the scene's images"


def test_a_frame_without_a_usable_pose_is_not_measured_with(folder: Path) -> None:
    path = folder / "_detail/cam_00/camera_keyframe_orientations.hdf5"
    rotations = load(path)
    rotations[0] = np.nan
    save(path, rotations)
    assert measurable_frames(read(folder)) == (FrameId("cam_00", 3),)


def test_a_frame_whose_rotation_is_of_another_view_is_named(folder: Path) -> None:
    path = folder / "_detail/cam_00/camera_keyframe_orientations.hdf5"
    rotations = load(path)
    rotations[0] = rotations[1]
    save(path, rotations)
    fit = measure_lens(read(folder), SILENT)
    assert len(fit.disagreeing) == 1
    assert not fit.is_sure


def test_images_of_another_size_than_the_table_says_get_its_lens_scaled(folder: Path) -> None:
    write_camera_parameters(folder / CAMERA_PARAMETERS_TABLE, SCENE, LENS.resized(1024, 768))
    lens = used(read(folder))
    assert (lens.width, lens.height, lens.source) == (128, 96, LensSource.TABLE)
    assert max_pixel_difference(LENS, lens) == pytest.approx(0, abs=1e-9)
    assert "Scaled from 1024 x 768 px" in SceneLenses.of(read(folder)).describe(LensSource.TABLE)


def test_images_of_another_shape_than_the_table_says_are_measured_and_one_sentence_says_so(
    folder: Path,
) -> None:
    write_camera_table(folder / CAMERA_PARAMETERS_TABLE)
    text = (folder / CAMERA_PARAMETERS_TABLE).read_text().replace(",8.0,", ",6.0,")
    (folder / CAMERA_PARAMETERS_TABLE).write_text(text)
    scene = read(folder)
    assert used(with_chosen_lens(scene, None, SILENT)).source is LensSource.MEASURED
    gap = next(gap for gap in scene.gaps if gap.what == LENS_GAP)
    assert SceneLenses.of(scene).describe(LensSource.TABLE) == f"{gap.why}."
    assert gap.is_broken
    assert gap.why.endswith(
        "expected images of 6 x 6 px as the table says, found 128 x 96 px: its lens does not fit them"
    )


def test_a_table_named_by_hand_is_read_for_the_scene(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    write_camera_parameters(table, SCENE, LENS)
    lens = read_table_lens(read(folder), table, SILENT)
    assert max_pixel_difference(LENS, lens) == pytest.approx(0, abs=1e-6)
    other = write_camera_table(tmp_path / "other.csv", ("ai_900_009",))
    with pytest.raises(ViewerError, match=f"the table has no row for {SCENE}"):
        read_table_lens(read(folder), other, SILENT)


def test_position_images_of_another_size_are_refused(folder: Path) -> None:
    for frame in FRAMES_WITH_IMAGES["cam_00"]:
        image = folder / f"images/scene_cam_00_geometry_hdf5/frame.{frame:04d}.position.hdf5"
        save(image, load(image)[::2, ::2])
    with pytest.raises(ViewerError, match="images of 128 x 96 px, found 64 x 48 px"):
        measure_lens(read(folder), SILENT)


@pytest.mark.parametrize("name", ["ai_902_001", "ai_903_001"])
def test_real_geometry_is_measured_to_a_fifth_of_a_pixel(shared: Path, name: str, tmp_path: Path) -> None:
    fit = measure_lens(read(shared / "scenes" / name), SILENT, folder=tmp_path)
    lens = plain_lens(1024, 768)  # these scenes were rendered with it
    worst = max_pixel_difference(lens, fit.lens)
    print(f"{name}: up to {worst:.3f} px off, {fit.pixel_count} pixels of {len(fit.frames)} frames")
    assert worst is not None
    assert worst <= 0.2
    assert fit.is_sure
