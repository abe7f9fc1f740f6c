"""A frame's camera in the words of other programs, each with a proof made from the very text.

Every format has a writer and a reader of its own text: what is proved is what was copied, digit by digit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.app.pose_text import (
    assigned_values,
    comment,
    flat_matrix_text,
    matrix_text,
    number_text,
    quaternion,
    rotation_of,
    vector_text,
)
from viewer.app.shot import (
    WORTH_TELLING_PX,
    Pixels,
    Points,
    Shot,
    largest_difference,
    lost_without_skew,
    must_not_mirror,
    seen_points,
    skew_notes,
    skew_warp,
    tilt_notes,
    without_skew,
)
from viewer.model.camera import GL_FROM_CAM
from viewer.model.factored_camera import FactoredCamera, apply_projection, factor

NEAR_M, FAR_M = 0.05, 1000.0
"""Clip planes of the OpenGL projection; the dataset has none worth keeping."""
SENSOR_MM: Final = 36.0
EXACT_PX: Final = 1e-6
GOOD_PX: Final = 0.01
_UNKNOWN_M = 3.0


@dataclass(frozen=True, slots=True)
class PoseFormat:
    """A way to write a pose down: `write` makes the text, `project` uses nothing but the text."""

    key: str
    title: str
    write: Callable[[Shot], str]
    project: Callable[[str, Points], Pixels]
    notes: Callable[[Shot], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Proof:
    """How far the copied numbers put points from the pixels they were seen in."""

    pixel: tuple[float, float]
    distance_m: float
    is_measured: bool  # the distance is the image's own, not a guess
    error_px: float  # of the point that the pixel shows
    worst_px: float  # of points all over the image, near and far

    @property
    def is_exact(self) -> bool:
        return self.worst_px <= EXACT_PX

    @property
    def is_good(self) -> bool:
        """True when no image could show the difference; a measured lens may have a trace of skew."""
        return self.worst_px <= GOOD_PX

    @property
    def words(self) -> str:
        x, y = self.pixel
        what = "" if self.is_measured else "a point "
        at = f"Pixel ({x:g}, {y:g}), {what}{self.distance_m:.2f} m away: {self.error_px:.3f} px off"
        return f"{at}; at most {self.worst_px:.3f} px over the whole image"


def prove(
    pose_format: PoseFormat,
    text: str,
    shot: Shot,
    pixel: tuple[float, float],
    distance_m: float | None = None,
) -> Proof:
    """Project with a text's own numbers what a pixel shows at a distance, and points all over the image.

    Where no distance is known, the point is a few metres along the pixel's ray.
    Raises FormatError when the text holds no camera.
    """
    away = _UNKNOWN_M if distance_m is None else distance_m
    pixels, points = seen_points(shot, (*pixel, away))
    error = np.linalg.norm(pose_format.project(text, points) - pixels, axis=1)
    error = np.where(np.isfinite(error), error, np.inf)
    return Proof(pixel, away, distance_m is not None, float(error[0]), float(error.max()))


# OpenGL


def _write_opengl(shot: Shot) -> str:
    lens, per_metre = shot.camera.lens, 1 / shot.metres_per_unit
    projection = lens.clip_from_cam(NEAR_M * per_metre, FAR_M * per_metre) @ np.linalg.inv(GL_FROM_CAM)
    return (
        comment(
            f"OpenGL, {shot.name}: clip = projection @ view @ (x, y, z, 1), asset units",
            "eye: x right, y up, z backwards; rows as written (OpenGL stores columns: transpose)",
            f"near {NEAR_M:g} m and far {FAR_M:g} m are chosen, not the dataset's",
            "x_px = (ndc_x + 1) * width / 2 - 0.5; y_px = (1 - ndc_y) * height / 2 - 0.5",
        )
        + f"image_size = [{lens.width}, {lens.height}]\n"
        + f"view = {matrix_text(GL_FROM_CAM @ shot.camera.cam_from_world)}\n"
        + f"projection = {matrix_text(projection)}\n"
    )


def _project_opengl(text: str, points: Points) -> Pixels:
    values = assigned_values(text)
    width, height = values["image_size"]
    clip = np.column_stack([points, np.ones(len(points))]) @ (values["projection"] @ values["view"]).T
    ahead = clip[:, 3:]
    with np.errstate(divide="ignore", invalid="ignore"):
        ndc = np.where(ahead > 0, clip[:, :2] / ahead, np.nan)
    return np.column_stack([(ndc[:, 0] + 1) * width / 2 - 0.5, (1 - ndc[:, 1]) * height / 2 - 0.5])


def _opengl_notes(shot: Shot) -> tuple[str, ...]:
    del shot
    return ()


# OpenCV


def _write_opencv(shot: Shot) -> str:
    camera = factor(shot.camera)
    return (
        comment(
            f"OpenCV, {shot.name}: s * (x, y, 1) = K @ (R @ p_world + t), asset units",
            "camera: x right, y down, z forward; (0, 0) is the centre of the top-left pixel; no distortion",
        )
        + f"image_size = [{camera.width}, {camera.height}]\n"
        + f"K = {matrix_text(camera.intrinsics)}\n"
        + f"R = {matrix_text(camera.rotation)}\n"
        + f"t = {vector_text(camera.translation)}\n"
    )


def _project_opencv(text: str, points: Points) -> Pixels:
    values = assigned_values(text)
    return apply_projection(values["K"] @ np.column_stack([values["R"], values["t"]]), points)


def _opencv_notes(shot: Shot) -> tuple[str, ...]:
    camera = factor(shot.camera)
    notes = tilt_notes(shot)
    straight = np.array(camera.intrinsics)
    straight[0, 1] = 0.0
    lost = largest_difference(camera, straight)
    if lost >= WORTH_TELLING_PX:
        notes += (
            f"cv2.projectPoints leaves the skew K[0][1] out: up to {lost:.3f} px. Multiply by K yourself.",
        )
    return notes


# COLMAP


def _write_colmap(shot: Shot) -> str:
    camera = factor(shot.camera)
    held = without_skew(camera)
    must_not_mirror(held, "COLMAP")
    text = comment(
        f"COLMAP, {shot.name}: cameras.txt, CAMERA_ID MODEL WIDTH HEIGHT fx fy cx cy",
        "(0.5, 0.5) is the centre of the top-left pixel",
    )
    text += f"1 PINHOLE {camera.width} {camera.height} {colmap_parameters(held)}\n"
    text += comment("images.txt: IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME, then a line of points")
    text += f"1 {colmap_pose(camera)} 1 {shot.file_name}\n\n"
    if lost_without_skew(camera) >= WORTH_TELLING_PX:
        text += comment(
            "exact with images warped by pixel_of_pinhole ~ warp @ pixel, pixel centres at whole numbers",
            f"warp = {flat_matrix_text(skew_warp(camera))}",
        )
    return text


def colmap_parameters(intrinsics: NDArray[np.float64]) -> str:
    """fx fy cx cy in COLMAP's pixels, which begin at the corner of the image."""
    k = intrinsics
    return " ".join(map(number_text, (k[0, 0], k[1, 1], k[0, 2] + 0.5, k[1, 2] + 0.5)))


def colmap_pose(camera: FactoredCamera) -> str:
    """QW QX QY QZ TX TY TZ."""
    return " ".join(map(number_text, (*quaternion(camera.rotation), *camera.translation)))


def _project_colmap(text: str, points: Points) -> Pixels:
    camera_line, image_line = (
        line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")
    )
    fx, fy, cx, cy = map(float, camera_line[4:8])
    qw, qx, qy, qz, *translation = map(float, image_line[1:8])
    rotation = rotation_of((qw, qx, qy, qz))
    intrinsics = np.array([[fx, 0, cx - 0.5], [0, fy, cy - 0.5], [0, 0, 1]])
    return apply_projection(intrinsics @ np.column_stack([rotation, translation]), points)


def _colmap_notes(shot: Shot) -> tuple[str, ...]:
    return tilt_notes(shot) + skew_notes(shot, "COLMAP", "The text ends with the warp that makes it exact.")


# Blender


def _write_blender(shot: Shot) -> str:
    camera = factor(shot.camera)
    settings = blender_settings(camera)
    name = f"{shot.frame.camera}_{shot.frame.frame:04d}"
    return (
        comment(f"Blender, {shot.name}: paste into the Python console; asset units")
        + "import bpy, mathutils\n"
        + blender_camera_lines(name, settings)
        + f"thing.matrix_world = mathutils.Matrix({matrix_text(blender_matrix(camera))})\n"
        + "bpy.context.scene.camera = thing\n"
    )


def blender_settings(camera: FactoredCamera) -> dict[str, float]:
    """Lens, shift and pixel aspect, by Blender's names. Raises FormatError for a mirrored camera."""
    k = without_skew(camera)
    must_not_mirror(k, "Blender")
    aspect = k[0, 0] / k[1, 1]  # of a pixel, height to width
    return {
        "lens": k[0, 0] / camera.width * SENSOR_MM,
        "shift_x": 0.5 - (k[0, 2] + 0.5) / camera.width,
        "shift_y": ((k[1, 2] + 0.5) - camera.height / 2) * aspect / camera.width,
        "pixel_aspect_x": max(1 / aspect, 1.0),
        "pixel_aspect_y": max(aspect, 1.0),
        "resolution_x": camera.width,
        "resolution_y": camera.height,
    }


def blender_camera_lines(name: str, settings: dict[str, float]) -> str:
    """Python for Blender that makes the camera `thing` and sets up its lens and picture."""
    lines = [
        f"lens = bpy.data.cameras.new({name!r})",
        f"thing = bpy.data.objects.new({name!r}, lens)",
        "bpy.context.collection.objects.link(thing)",
        "render = bpy.context.scene.render",
        "lens.sensor_fit = 'HORIZONTAL'",
        f"lens.sensor_width = {number_text(SENSOR_MM)}",
        *(f"lens.{key} = {number_text(settings[key])}" for key in ("lens", "shift_x", "shift_y")),
        *(
            f"render.{key} = {number_text(value)}"
            for key, value in settings.items()
            if key[:3] in ("pix", "res")
        ),
    ]
    return "\n".join(lines) + "\n"


def blender_matrix(camera: FactoredCamera) -> NDArray[np.float64]:
    """(4, 4) world from Blender's camera: x right, y up, z backwards."""
    matrix = np.eye(4)
    matrix[:3, :3] = camera.rotation.T @ GL_FROM_CAM[:3, :3]
    matrix[:3, 3] = camera.center
    return matrix


def _project_blender(text: str, points: Points) -> Pixels:
    """As Blender does with a sensor fitted to the width: shifts are in widths, aspect is of the pixels."""
    return _through_blender(assigned_values(text), points)


def _through_blender(values: Mapping[str, NDArray[np.floating]], points: Points) -> Pixels:
    width, height = values["render.resolution_x"], values["render.resolution_y"]
    aspect = values["render.pixel_aspect_y"] / values["render.pixel_aspect_x"]
    local = np.linalg.inv(values["thing.matrix_world"])
    eye = points @ local[:3, :3].T + local[:3, 3]
    focal = values["lens.lens"] / values["lens.sensor_width"] * width
    ahead = -eye[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        across = np.where(ahead > 0, focal * eye[:, 0] / ahead, np.nan) - values["lens.shift_x"] * width
        up = np.where(ahead > 0, focal * eye[:, 1] / ahead, np.nan) - values["lens.shift_y"] * width
    return np.column_stack([width / 2 + across - 0.5, height / 2 - up / aspect - 0.5])


def _blender_notes(shot: Shot) -> tuple[str, ...]:
    notes = tilt_notes(shot) + skew_notes(shot, "Blender", "")
    if not factor(shot.camera).intrinsics[0, 0] > 0:
        return notes
    exact = assigned_values(_write_blender(shot))
    single = {name: array.astype(np.float32).astype(np.float64) for name, array in exact.items()}
    _, points = seen_points(shot)
    lost = np.linalg.norm(_through_blender(single, points) - _through_blender(exact, points), axis=1).max()
    return (*notes, f"Blender keeps single precision: that alone is up to {lost:.4f} px.")


# NumPy


def _write_numpy(shot: Shot) -> str:
    lens = shot.camera.lens
    return (
        comment(
            f"{shot.name}: x right, y down, z forward; asset units of {shot.metres_per_unit:.6g} m",
            "ray_world = world_from_cam[:3, :3] @ ray_from_pixel @ (x, y, 1)",
            "(x, y, 1) ~ inv(ray_from_pixel) @ (inv(world_from_cam) @ (p_world, 1))[:3]",
        )
        + "import numpy as np\n"
        + f"image_size = np.array([{lens.width}, {lens.height}])\n"
        + f"world_from_cam = np.array({matrix_text(shot.camera.world_from_cam)})\n"
        + f"ray_from_pixel = np.array({matrix_text(lens.ray_from_pixel)})\n"
    )


def _project_numpy(text: str, points: Points) -> Pixels:
    values = assigned_values(text)
    cam_from_world = np.linalg.inv(values["world_from_cam"])[:3]
    return apply_projection(np.linalg.inv(values["ray_from_pixel"]) @ cam_from_world, points)


def _numpy_notes(shot: Shot) -> tuple[str, ...]:
    del shot
    return ()


POSE_FORMATS: Final[tuple[PoseFormat, ...]] = (
    PoseFormat("numpy", "NumPy", _write_numpy, _project_numpy, _numpy_notes),
    PoseFormat("opengl", "OpenGL", _write_opengl, _project_opengl, _opengl_notes),
    PoseFormat("opencv", "OpenCV", _write_opencv, _project_opencv, _opencv_notes),
    PoseFormat("colmap", "COLMAP", _write_colmap, _project_colmap, _colmap_notes),
    PoseFormat("blender", "Blender", _write_blender, _project_blender, _blender_notes),
)


def find_format(key: str) -> PoseFormat | None:
    return next((known for known in POSE_FORMATS if known.key == key), None)
