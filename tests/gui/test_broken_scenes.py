"""Scenes with one thing broken at a time: told in a sentence, and all the rest works."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.builders import FRAMES, load, save, write_scene, write_text
from tests.gui.test_stories import PATIENCE_MS, settle
from viewer.app.session import ColorBy
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
Break = Callable[[Path], object]
MESH = "_detail/mesh"
CAMERA = "_detail/cam_00"
HDF5_FILES = (
    f"{MESH}/mesh_vertices.hdf5",
    f"{MESH}/mesh_faces_vi.hdf5",
    f"{MESH}/mesh_faces_oi.hdf5",
    f"{MESH}/mesh_faces_gi.hdf5",
    f"{MESH}/mesh_faces_mi.hdf5",
    f"{MESH}/mesh_normals.hdf5",
    f"{MESH}/mesh_faces_vni.hdf5",
    f"{MESH}/mesh_objects_si.hdf5",
    f"{MESH}/mesh_objects_sii.hdf5",
    f"{MESH}/metadata_semantic_colors.hdf5",
    f"{MESH}/metadata_semantic_instance_colors.hdf5",
    f"{MESH}/metadata_semantic_instance_bounding_box_object_aligned_2d_positions.hdf5",
    f"{MESH}/metadata_semantic_instance_bounding_box_object_aligned_2d_orientations.hdf5",
    f"{CAMERA}/camera_keyframe_frame_indices.hdf5",
    f"{CAMERA}/camera_keyframe_positions.hdf5",
    f"{CAMERA}/camera_keyframe_orientations.hdf5",
    f"{CAMERA}/camera_keyframe_look_at_positions.hdf5",
)
CSV_FILES = (
    "_detail/metadata_scene.csv",
    "_detail/metadata_nodes.csv",
    "_detail/metadata_node_strings.csv",
    "_detail/metadata_cameras.csv",
    f"{MESH}/metadata_objects.csv",
    f"{MESH}/metadata_groups.csv",
    f"{MESH}/metadata_materials.csv",
)
IMAGE_FILES = (
    "images/scene_cam_00_final_hdf5/frame.0000.color.hdf5",
    "images/scene_cam_00_geometry_hdf5/frame.0000.depth_meters.hdf5",
    "images/scene_cam_00_geometry_hdf5/frame.0000.render_entity_id.hdf5",
    "images/scene_cam_00_geometry_hdf5/frame.0000.position.hdf5",
    "images/scene_cam_00_final_preview/frame.0000.tonemap.jpg",
)
OCTOMAP_FILES = ("_detail/octomap/octomap.bt", "_detail/octomap/octomap_free_space_min.hdf5")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).bytes(3000))


def other_shape(path: Path) -> None:
    save(path, np.zeros((2, 3, 5, 1)))


def no_rows(path: Path) -> None:
    save(path, load(path)[:0])


def text_array(path: Path) -> None:
    save(path, np.array([b"one", b"two"]))


def complex_array(path: Path) -> None:
    save(path, load(path).astype(np.complex128))


def other_name(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["something"] = 1


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def ragged(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + '1,2,3,4,5,6,7,8,9,10,11,12\n"open\n', "utf-8")


def not_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00\x80" * 50)


def with_(name: str, change: Callable[[np.ndarray], object]) -> Break:
    """Breaks the values of one array."""

    def breaking(scene: Path) -> None:
        values = load(scene / name).copy()
        changed = change(values)
        save(scene / name, values if changed is None else changed)

    return breaking


def set_to(value: object, *where: object) -> Callable[[np.ndarray], object]:
    return lambda values: values.__setitem__(where or ..., value)


def without(*names: str) -> Break:
    def breaking(scene: Path) -> None:
        for name in names:
            for path in scene.glob(name):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    return breaking


def text(name: str, content: str) -> Break:
    return lambda scene: write_text(scene / name, content)


UNITS = "parameter_name,parameter_value\nmeters_per_asset_unit,{}\n"
SPECIAL: dict[str, Break] = {
    "all vertices NaN": with_(HDF5_FILES[0], set_to(np.nan)),
    "one vertex NaN": with_(HDF5_FILES[0], set_to(np.nan, 0)),
    "vertices infinite": with_(HDF5_FILES[0], set_to(np.inf, 3)),
    "vertices huge": with_(HDF5_FILES[0], lambda v: v * 1e300),
    "vertices far away": with_(HDF5_FILES[0], lambda v: v + 1e12),
    "all vertices the same": with_(HDF5_FILES[0], set_to(1.0)),
    "vertex ids out of range": with_(HDF5_FILES[1], set_to(10**6, 0)),
    "vertex ids negative": with_(HDF5_FILES[1], set_to(-5, 0)),
    "vertex ids beyond 32 bits": with_(HDF5_FILES[1], set_to(2**40, 0)),
    "object ids out of range": with_(HDF5_FILES[2], set_to(10**6, 0)),
    "object ids negative": with_(HDF5_FILES[2], set_to(-7, 0)),
    "fewer owners than faces": with_(HDF5_FILES[2], lambda v: v[:-4]),
    "labels of other length": with_(f"{MESH}/mesh_objects_si.hdf5", lambda v: np.concatenate([v, v])),
    "class ids unknown": with_(f"{MESH}/mesh_objects_si.hdf5", set_to(4711)),
    "class ids negative": with_(f"{MESH}/mesh_objects_si.hdf5", set_to(-8)),
    "instance ids enormous": with_(f"{MESH}/mesh_objects_sii.hdf5", set_to(2**50)),
    "labels as fractions": with_(f"{MESH}/mesh_objects_si.hdf5", lambda v: v + 0.5),
    "positions NaN": with_(f"{CAMERA}/camera_keyframe_positions.hdf5", set_to(np.nan)),
    "one orientation NaN": with_(f"{CAMERA}/camera_keyframe_orientations.hdf5", set_to(np.nan, 1)),
    "orientations zero": with_(f"{CAMERA}/camera_keyframe_orientations.hdf5", set_to(0.0)),
    "one orientation fewer": with_(f"{CAMERA}/camera_keyframe_orientations.hdf5", lambda v: v[1:]),
    "frame ids twice": with_(f"{CAMERA}/camera_keyframe_frame_indices.hdf5", set_to(3)),
    "frame ids negative": with_(f"{CAMERA}/camera_keyframe_frame_indices.hdf5", lambda v: v - 100),
    "no frames": lambda scene: [no_rows(path) for path in (scene / CAMERA).glob("camera_keyframe_*.hdf5")],
    "no frames at all": lambda scene: [
        no_rows(path)
        for camera in FRAMES
        for path in (scene / "_detail" / camera).glob("camera_keyframe_*.hdf5")
    ],
    "scale negative": text("_detail/metadata_scene.csv", UNITS.format(-0.01)),
    "scale zero": text("_detail/metadata_scene.csv", UNITS.format(0)),
    "scale no number": text("_detail/metadata_scene.csv", UNITS.format("nan")),
    "scale enormous": text("_detail/metadata_scene.csv", UNITS.format("1e30")),
    "octree that never ends": lambda scene: (scene / OCTOMAP_FILES[0]).write_bytes(
        b"# Octomap OcTree binary file\nid OcTree\nsize 4\nres 0.05\ndata\n" + b"\xff" * 4000
    ),
    "octree without size": lambda scene: (scene / OCTOMAP_FILES[0]).write_bytes(
        b"# Octomap OcTree binary file\nid OcTree\nsize -1\nres 0\ndata\n\x00\x00"
    ),
    "no object list": without(f"{MESH}/metadata_objects.csv"),
    "no nodes": without("_detail/metadata_nodes.csv"),
    "no object list and no nodes": without(f"{MESH}/metadata_objects.csv", "_detail/metadata_nodes.csv"),
    "no objects": without(MESH, "_detail/metadata_nodes.csv"),
    "no images": without("images"),
    "no cameras": without("_detail/cam_*", "_detail/metadata_cameras.csv"),
    "only images": without("_detail"),
    "only cameras": without("images", MESH, "_detail/octomap", "_detail/metadata_nodes.csv"),
    "only labels": without("images", "_detail/cam_*", "_detail/octomap", f"{MESH}/mesh_[vfn]*"),
    "no images but their folders": without("images/*/*"),
    "colour image of another size": lambda scene: save(
        scene / IMAGE_FILES[0], np.zeros((3, 2, 3), np.float16)
    ),
    "colour image NaN": with_(IMAGE_FILES[0], set_to(np.nan)),
    "distance image NaN": with_(IMAGE_FILES[1], set_to(np.nan)),
    "distance image negative": with_(IMAGE_FILES[1], set_to(-1)),
    "positions in the images NaN": with_(IMAGE_FILES[3], set_to(np.nan)),
    "entities unknown": with_(IMAGE_FILES[2], set_to(30_000)),
    "boxes NaN": with_(HDF5_FILES[11], set_to(np.nan)),
    "a camera nobody lists": without("_detail/metadata_cameras.csv"),
}


def _files(*, every_way: bool) -> dict[str, Break]:
    """Every file broken in every way, or every file in one way and every way with some file."""
    hdf5 = (truncated, emptied, garbage, other_shape, no_rows, text_array, complex_array, other_name)
    ways: dict[tuple[str, ...], tuple[Callable[[Path], None], ...]] = {
        HDF5_FILES: (*hdf5, a_folder, nowhere),
        CSV_FILES: (truncated, emptied, garbage, ragged, not_text, a_folder, nowhere),
        IMAGE_FILES: (truncated, emptied, garbage, other_shape, text_array, a_folder),
        OCTOMAP_FILES: (truncated, emptied, garbage, a_folder),
    }
    return {
        f"{name.rsplit('/', 1)[-1]} {way.__name__}": (lambda scene, name=name, way=way: way(scene / name))
        for names, broken in ways.items()
        for number, name in enumerate(names)
        for way in (broken if every_way else (broken[number % len(broken)],))
    }


BRIEFLY_MS = 30
"""How long the window stays quiet between two of three hundred scenes; what comes later is heard, too."""


def use(qtbot: QtBot, window: MainWindow) -> None:
    """What anybody would do first."""
    session = window.session
    for color_by in ColorBy:
        session.set_color_by(color_by)
    for command in ("toggle_boxes", "toggle_octomap", "toggle_cameras", "toggle_points", "fit", "top_view"):
        window.actions_table[command].trigger()
    for camera in session.camera_names:
        for frame in session.frames_of(camera)[:2]:
            window.frames_panel.next_frame()
            assert frame is not None
        window.frames_panel.next_camera()
    window.actions_table["look_through"].trigger()
    session.select(np.arange(session.object_count))
    window.actions_table["focus"].trigger()
    settle(qtbot, window, BRIEFLY_MS)
    if session.labelling is not None and session.object_count:
        session.labelling.assign([0], 9)
        window.painting.undo()
    if window.scene_view.native.isVisible():
        window.scene_view.pick(*(side // 2 for side in window.scene_view.size))
        window.scene_view.screenshot(60, 40)
    settle(qtbot, window, BRIEFLY_MS)


def check_nothing_failed(window: MainWindow, caplog: pytest.LogCaptureFixture) -> None:
    bad = [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
    assert not bad, bad[0].getMessage() + (bad[0].exc_text or "")
    for banner in window.banners.shown:
        assert not banner.message.startswith("Something went wrong in the program"), banner.text


def open_and_use(qtbot: QtBot, window: MainWindow, scene: Path, caplog: pytest.LogCaptureFixture) -> None:
    window.opening.open_path(scene)
    qtbot.waitUntil(
        lambda: window.runner.is_idle and (window.session.scene is not None or bool(window.banners.shown)),
        timeout=PATIENCE_MS,
    )
    assert window.session.scene is not None, window.banners.shown[0].text
    use(qtbot, window)
    check_nothing_failed(window, caplog)
    for gap in window.session.scene.gaps:
        assert gap.why
        assert "Traceback" not in gap.why


def open_each(
    qtbot: QtBot,
    window: MainWindow,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    cases: dict[str, Break],
) -> None:
    """All in one window, one after the other: what one scene leaves behind must not harm the next."""
    window.scene_view.set_reduced_motion(True)
    window.resize(800, 600)  # three hundred scenes: painting takes most of the time
    for number, (name, breaking) in enumerate(cases.items()):
        scene = write_scene(folder / str(number))
        breaking(scene)
        window.opening.close_scene()
        window.banners.clear()
        try:
            open_and_use(qtbot, window, scene, caplog)
        except BaseException as error:
            error.add_note(f"broken: {name}")
            raise
    settle(qtbot, window)
    check_nothing_failed(window, caplog)


GROUPS = 8


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_scene_with_something_odd_opens_and_can_be_used(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, caplog: pytest.LogCaptureFixture, group: int
) -> None:
    open_each(qtbot, window, tmp_path, caplog, dict(list(SPECIAL.items())[group::GROUPS]))


@pytest.mark.parametrize("group", range(GROUPS // 2))
def test_a_scene_with_a_broken_file_opens_and_can_be_used(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, caplog: pytest.LogCaptureFixture, group: int
) -> None:
    cases = list(_files(every_way=False).items())[group :: GROUPS // 2]
    open_each(qtbot, window, tmp_path, caplog, dict(cases))


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_a_scene_with_a_file_broken_in_any_way_opens_and_can_be_used(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, caplog: pytest.LogCaptureFixture, group: int
) -> None:
    cases = list(_files(every_way=True).items())[group::GROUPS]
    open_each(qtbot, window, tmp_path, caplog, dict(cases))
