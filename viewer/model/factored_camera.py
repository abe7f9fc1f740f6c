"""Any projective camera as what other programs know: an upper-triangular matrix and a rotation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera, Lens

_ROUNDING = 1e-10
"""Entries below this share of the focal length are what rounding left of zeros."""


@dataclass(frozen=True, slots=True, eq=False)
class FactoredCamera:
    """pixel ~ intrinsics @ (rotation @ p_world + translation): the same camera, exactly.

    A tilted lens is a pinhole whose axis points elsewhere: its tilt is in the rotation, and so is what may be
    wrong with a pose that is no rotation, as far as one is in it; the rest is in the intrinsics.
    """

    width: int  # px
    height: int  # px
    intrinsics: NDArray[np.float64]  # (3, 3) upper triangular, last entry 1; pixel centres are whole numbers
    rotation: NDArray[np.float64]  # (3, 3) of determinant 1; x right, y down, z forward
    translation: NDArray[np.float64]  # (3,) world units

    @property
    def center(self) -> NDArray[np.float64]:
        """(3,) world units."""
        return np.asarray(-self.rotation.T @ self.translation)

    @property
    def skew(self) -> float:
        """Pixels to the right per focal length downwards; 0 for nearly every lens."""
        return float(self.intrinsics[0, 1])

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Pixels (N, 2) of world points (N, 3); NaN behind the camera."""
        matrix = self.intrinsics @ np.column_stack([self.rotation, self.translation])
        return apply_projection(matrix, points)


def apply_projection(matrix: NDArray[np.float64], points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Pixels (N, 2) of points (N, 3) by a matrix (3, 4); NaN where its last row says behind."""
    homogeneous = points @ matrix[:, :3].T + matrix[:, 3]
    ahead = homogeneous[:, 2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(ahead > 0, homogeneous[:, :2] / ahead, np.nan)


def factor(camera: Camera) -> FactoredCamera:
    """The camera as intrinsics, rotation and translation. Exact, whatever its lens and pose."""
    pixel_from_world = camera.lens.pixel_from_ray @ camera.cam_from_world[:3, :3]
    intrinsics, rotation = _triangular_and_rotation(pixel_from_world)
    return FactoredCamera(
        camera.lens.width, camera.lens.height, intrinsics, rotation, -rotation @ camera.position
    )


def lens_tilt(lens: Lens) -> NDArray[np.float64]:
    """(3, 3) rotation from the camera's axes to those of the pinhole that the lens is; I without a tilt."""
    return _triangular_and_rotation(lens.pixel_from_ray)[1]


def lens_intrinsics(lens: Lens) -> NDArray[np.float64]:
    """(3, 3) upper triangular: the pinhole that the lens is, once its tilt is taken out."""
    return _triangular_and_rotation(lens.pixel_from_ray)[0]


def _triangular_and_rotation(
    matrix: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`matrix` = positive number * triangular * rotation; what is ahead stays ahead."""
    # the QR factors of the matrix read backwards: scipy.linalg.rq takes a third of a second to import
    rows, columns = np.linalg.qr(matrix[::-1].T)
    triangular, rotation = columns.T[::-1, ::-1], rows.T[::-1]
    signs = np.where(np.diag(triangular) < 0, -1.0, 1.0)
    triangular, rotation = triangular * signs, rotation * signs[:, None]
    if np.linalg.det(rotation) < 0:  # a mirror image: no rotation holds it, the intrinsics do
        triangular[:, 0] *= -1
        rotation[0] *= -1
    triangular = triangular / triangular[2, 2]
    small = np.abs(triangular) < _ROUNDING * abs(triangular[0, 0])
    triangular[small] = 0.0
    return np.asarray(triangular), np.asarray(rotation)
