"""Times another viewer on a scene, as `hypersim-viewer bench` times this one: one JSON line.

    python tests/benchmarks/peer.py polyscope SCENE

Run by the Python that has the peer installed; needs numpy and h5py besides. The clock starts with the
process; every picture is forced to be complete before the clock is read. Flat colors, one per object.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import runpy
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

PICTURES = 8
RELABELS = 3
FOV_DEGREES = 60.0
Times = dict[str, Any]


def since_start() -> float:
    """Age of this process, seconds."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def read(scene: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices (V, 3) float32, faces (F, 3) int32, objects (F,) int32."""
    found = []
    for name, kind in (("vertices", np.float32), ("faces_vi", np.int32), ("faces_oi", np.int32)):
        with h5py.File(scene / "_detail" / "mesh" / f"mesh_{name}.hdf5", "r") as file:
            values = np.empty(file["dataset"].shape, kind)
            file["dataset"].read_direct(values)
            found.append(values)
    return found[0], found[1], found[2].reshape(-1)


def places(vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eyes (60, 3) on a circle inside the scene, and its middle (3,): the path that `bench` takes."""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    middle = low + (high - low) * (0.5, 0.5, 0.35)
    turns = np.linspace(0, 2 * np.pi, 60, endpoint=False) + 0.4
    circle = np.stack([np.cos(turns), np.sin(turns), np.ones(60)], axis=1)
    return middle + 0.34 * (high - low) * circle, middle


def timed(call: Callable[[int], None], count: int) -> float:
    """Median milliseconds of `call(k)`."""
    seconds = []
    for k in range(count):
        started = time.perf_counter()
        call(k)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds) * 1e3


def polyscope(scene: Path, size: tuple[int, int]) -> Times:
    import polyscope as ps

    vertices, faces, objects = read(scene)
    colors = palette(objects)[objects] / 255.0
    eyes, middle = places(vertices)
    ps.set_verbosity(0)
    ps.set_use_prefs_file(False)
    ps.set_autocenter_structures(False)
    ps.set_autoscale_structures(False)
    ps.set_window_size(*size)
    ps.set_max_fps(-1)
    if hasattr(ps, "set_enable_vsync"):
        ps.set_enable_vsync(False)
    ps.init()
    ps.set_up_dir("z_up")
    ps.set_ground_plane_mode("none")
    ps.set_SSAA_factor(1)
    mesh = ps.register_surface_mesh("scene", vertices, faces, smooth_shade=False)
    mesh.add_color_quantity("object", colors, defined_on="faces", enabled=True)

    def picture(k: int) -> None:
        ps.look_at(tuple(eyes[k]), tuple(middle))
        ps.frame_tick()

    def relabel(k: int) -> None:
        colors[objects == 100 + k] = 1.0
        mesh.add_color_quantity("object", colors, defined_on="faces", enabled=True)
        ps.frame_tick()

    picture(0)
    first = since_start()
    return {
        "version": ps.__version__ if hasattr(ps, "__version__") else "",
        "first_frame_s": first,
        "orbit_ms": timed(picture, PICTURES),
        "relabel_ms": timed(relabel, RELABELS),
    }


def pyvista(scene: Path, size: tuple[int, int]) -> Times:
    import pyvista as pv

    vertices, faces, objects = read(scene)
    colors = palette(objects)
    eyes, middle = places(vertices)
    mesh = pv.PolyData.from_regular_faces(vertices, faces)
    mesh.cell_data["color"] = colors[objects]
    plotter = pv.Plotter(window_size=list(size), off_screen=False)
    plotter.add_mesh(mesh, scalars="color", rgb=True, show_scalar_bar=False)

    def look(k: int) -> None:
        camera = plotter.camera
        camera.position, camera.focal_point, camera.up = tuple(eyes[k]), tuple(middle), (0, 0, 1)
        camera.view_angle = FOV_DEGREES
        camera.clipping_range = (1, 3000)

    def draw() -> None:
        plotter.render_window.Render()
        plotter.render_window.WaitForCompletion()

    def picture(k: int) -> None:
        look(k)
        draw()

    def relabel(k: int) -> None:
        mesh.cell_data["color"][objects == 100 + k] = 255
        mesh.cell_data["color"] = mesh.cell_data["color"]
        draw()

    look(0)
    plotter.camera_set = True
    plotter.show(interactive=False, auto_close=False)
    plotter.render_window.WaitForCompletion()
    first = since_start()
    return {
        "version": pv.__version__,
        "first_frame_s": first,
        "orbit_ms": timed(picture, PICTURES),
        "relabel_ms": timed(relabel, RELABELS),
    }


def open3d(scene: Path, size: tuple[int, int]) -> Times:
    import open3d as o3d

    vertices, faces, objects = read(scene)
    eyes, middle = places(vertices)
    colors = palette(objects) / 255.0
    # it colors vertices only; every object owns its own here
    owner = np.zeros(len(vertices), np.int32)
    owner[faces.reshape(-1)] = np.repeat(objects, 3)
    mesh = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(vertices.astype(np.float64)), o3d.utility.Vector3iVector(faces)
    )
    own = colors[owner]
    mesh.vertex_colors = o3d.utility.Vector3dVector(own)
    mesh.compute_triangle_normals()
    window = o3d.visualization.Visualizer()
    window.create_window(width=size[0], height=size[1])
    window.add_geometry(mesh)

    def picture(k: int) -> None:
        control = window.get_view_control()
        parameters = control.convert_to_pinhole_camera_parameters()
        ahead = (middle - eyes[k]) / np.linalg.norm(middle - eyes[k])
        right = np.cross(ahead, (0, 0, 1.0))
        right /= np.linalg.norm(right)
        pose = np.eye(4)
        pose[:3, :3] = [right, np.cross(ahead, right), ahead]
        pose[:3, 3] = -pose[:3, :3] @ eyes[k]
        parameters.extrinsic = pose
        control.convert_from_pinhole_camera_parameters(parameters, allow_arbitrary=True)
        window.poll_events()
        window.update_renderer()

    def relabel(k: int) -> None:
        own[owner == 100 + k] = 1.0
        mesh.vertex_colors = o3d.utility.Vector3dVector(own)
        window.update_geometry(mesh)
        window.poll_events()
        window.update_renderer()

    picture(0)
    first = since_start()
    return {
        "version": o3d.__version__,
        "first_frame_s": first,
        "orbit_ms": timed(picture, PICTURES),
        "relabel_ms": timed(relabel, RELABELS),
    }


def original(scene: Path, size: tuple[int, int], tools: Path | None) -> Times:
    """The dataset's own `visualize_mesh.py` as it is, but for the stop-watch at its end."""
    os.environ.setdefault("ETS_TOOLKIT", "qt")
    os.environ.setdefault("QT_API", "pyside6")
    from mayavi import __version__, mlab
    from tvtk.api import tvtk

    if tools is None:
        raise SystemExit("--tools names the folder of visualize_mesh.py")
    figure = mlab.figure(size=size)
    found: Times = {"version": __version__}

    def stop_watch() -> None:
        asked_at = since_start()
        eyes, middle = places(read(scene)[0])
        not_its_own = since_start() - asked_at
        window = tvtk.to_vtk(figure.scene.render_window)
        camera = tvtk.to_vtk(figure.scene.camera)

        def picture(k: int) -> None:
            camera.SetPosition(*eyes[k])
            camera.SetFocalPoint(*middle)
            camera.SetViewUp(0, 0, 1)
            camera.SetViewAngle(FOV_DEGREES)
            camera.SetClippingRange(1, 3000)
            window.Render()
            window.WaitForCompletion()

        picture(0)
        found["first_frame_s"] = since_start() - not_its_own
        found["orbit_ms"] = timed(picture, PICTURES)

    mlab.show = stop_watch
    sys.argv = ["visualize_mesh", "--mesh_dir", str(scene / "_detail" / "mesh"), "--mesh_opacity", "1.0"]
    with contextlib.redirect_stdout(sys.stderr):
        runpy.run_path(str(tools / "visualize_mesh.py"), run_name="__main__")
    return found


def instanced_mesh(scene: Path, size: tuple[int, int]) -> Times:
    """vispy's own InstancedMesh on the occupied voxels of an octomap."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    import vispy
    from PySide6.QtWidgets import QApplication, QMainWindow

    from viewer.formats.hypersim.octomap_files import read_tree

    vispy.use("pyside6", "gl+")
    import vispy.scene
    from vispy.gloo import gl

    octomap = read_tree(scene / "_detail" / "octomap" / "octomap.bt")
    octomap = octomap.only(octomap.occupied)
    centres, sizes = octomap.centres.astype(np.float32), octomap.sizes.astype(np.float32)
    eyes, middle = places(centres)
    shades = np.clip((centres - centres.min(axis=0)) / np.ptp(centres, axis=0), 0, 1) * 0.8 + 0.15
    corners = np.array([[k & 1, k >> 1 & 1, k >> 2] for k in range(8)], np.float32) - 0.5
    sides = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))
    faces = np.array([[a, b, c] for a, b, c, d in sides] + [[a, c, d] for a, b, c, d in sides], np.uint32)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    window = QMainWindow()
    canvas = vispy.scene.SceneCanvas(app="pyside6", size=size, keys=None)
    view = canvas.central_widget.add_view(border_width=0)
    view.camera = vispy.scene.cameras.TurntableCamera(fov=FOV_DEGREES, center=tuple(middle))
    vispy.scene.visuals.InstancedMesh(
        vertices=corners,
        faces=faces,
        instance_positions=centres,
        instance_transforms=np.eye(3, dtype=np.float32)[None] * sizes[:, None, None],
        instance_colors=np.c_[shades, np.ones(len(centres))].astype(np.float32),
        parent=view.scene,
    )
    window.setCentralWidget(canvas.native)
    window.resize(*size)
    window.show()
    application.processEvents()

    drawn: list[bool] = []

    def finish(_event: object) -> None:
        gl.glFinish()
        drawn.append(True)

    canvas.events.draw.connect(finish, position="last")

    def picture(k: int) -> None:
        away = eyes[k] - middle
        distance = float(np.linalg.norm(away))
        view.camera.distance = distance
        view.camera.azimuth = float(np.degrees(np.arctan2(away[0], -away[1])))
        view.camera.elevation = float(np.degrees(np.arcsin(away[2] / distance)))
        drawn.clear()
        canvas.update()
        while not drawn:
            application.processEvents()

    picture(0)
    first = since_start()
    pixels = canvas.render()
    if pixels[..., :3].std() < 5:
        raise SystemExit("InstancedMesh drew nothing")
    return {"version": vispy.__version__, "first_frame_s": first, "orbit_ms": timed(picture, PICTURES)}


def palette(objects: np.ndarray) -> np.ndarray:
    """(O, 3) a color for every object."""
    return np.random.default_rng(0).integers(60, 255, (int(objects.max()) + 1, 3)).astype(np.uint8)


PEERS: dict[str, Callable[[Path, tuple[int, int]], Times]] = {
    "polyscope": polyscope,
    "pyvista": pyvista,
    "open3d": open3d,
    "instancedmesh": instanced_mesh,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("peer", choices=[*PEERS, "original"])
    parser.add_argument("scene", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=800)
    parser.add_argument("--tools", type=Path, help="folder of the original visualize_mesh.py")
    arguments = parser.parse_args()
    size = (arguments.width, arguments.height)
    if arguments.peer == "original":
        found = original(arguments.scene, size, arguments.tools)
    else:
        found = PEERS[arguments.peer](arguments.scene, size)
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"peer": arguments.peer, **found}), flush=True)
    os._exit(0)  # some of them never end by themselves


if __name__ == "__main__":
    main()
