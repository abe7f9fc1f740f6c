"""The flat as the renderer sees it: triangles with materials, and looking up their texture colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.sample.builder import Triangles
from viewer.sample.materials import Material
from viewer.sample.rays import Floats, Hits, Ints

LONGEST_EDGE = 0.28  # m, of the pieces that light is stored for
_PER_SQUARE = np.float32(1 / 255**2)
SMALLEST_SPLIT = 0.008  # square metres; narrower pieces stay whole


@dataclass(frozen=True, slots=True, eq=False)
class RayMesh:
    """Triangles with everything needed to shade a hit."""

    positions: Floats  # (N, 3) m
    normals: Floats  # (N, 3)
    uvs: Floats  # (N, 2)
    faces: Ints  # (F, 3)
    object_of_face: Ints  # (F,)
    material_of_face: Ints  # (F,)

    @classmethod
    def of(cls, triangles: Triangles) -> RayMesh:
        return cls(
            triangles.positions.astype(np.float32),
            triangles.normals.astype(np.float32),
            triangles.uvs.astype(np.float32),
            triangles.faces,
            triangles.object_of_face,
            triangles.material_of_face,
        )

    def only(self, keep: NDArray[np.bool_]) -> RayMesh:
        """The mesh with only some of its faces."""
        return RayMesh(
            self.positions,
            self.normals,
            self.uvs,
            self.faces[keep],
            self.object_of_face[keep],
            self.material_of_face[keep],
        )

    def face_geometry(self) -> tuple[Floats, Floats, Floats]:
        """Centre, unit normal and area of every face."""
        a, b, c = (self.positions[self.faces[:, k]] for k in range(3))
        cross = np.cross(b - a, c - a)
        double = np.sqrt(np.einsum("ij,ij->i", cross, cross))
        return (a + b + c) / 3, cross / np.maximum(double, 1e-20)[:, None], double / 2

    def at(self, hits: Hits, attribute: Floats) -> Floats:
        """A vertex attribute (N, K) at every hit; rubbish where nothing was hit."""
        corners = np.take(self.faces, np.maximum(hits.face, 0), axis=0)
        u, v = hits.u[:, None], hits.v[:, None]
        first = np.take(attribute, corners[:, 0], axis=0) * (1 - u - v)
        first += np.take(attribute, corners[:, 1], axis=0) * u
        first += np.take(attribute, corners[:, 2], axis=0) * v
        return np.asarray(first)


def split_to_patches(mesh: RayMesh) -> RayMesh:
    """The same surface in small pieces, each large face halved across its longest edge again and again."""
    done: list[tuple[Ints, Ints]] = []
    faces, source = mesh.faces, np.arange(len(mesh.faces))
    count = len(mesh.positions)
    everything = [mesh.positions, mesh.normals, mesh.uvs]
    while len(faces):
        corners = everything[0][faces]
        ways = corners[:, [1, 2, 0]] - corners
        edges = np.einsum("ijk,ijk->ij", ways, ways)
        side = edges.argmax(axis=1)
        normal = np.cross(ways[:, 0], ways[:, 1])
        large = edges.max(axis=1) > LONGEST_EDGE**2
        large &= np.einsum("ij,ij->i", normal, normal) > (2 * SMALLEST_SPLIT) ** 2
        done.append((faces[~large], source[~large]))
        faces, source, side = faces[large], source[large], side[large]
        if not len(faces):
            break
        row = np.arange(len(faces))
        a, b, c = faces[row, side], faces[row, (side + 1) % 3], faces[row, (side + 2) % 3]
        for k, values in enumerate(everything):
            everything[k] = np.concatenate([values, (values[a] + values[b]) / 2])
        middle = count + row
        count += len(faces)
        faces = np.concatenate([np.stack([a, middle, c], axis=1), np.stack([middle, b, c], axis=1)])
        source = np.concatenate([source, source])
    all_faces = np.concatenate([f for f, _ in done])
    origin = np.concatenate([s for _, s in done])
    return RayMesh(
        everything[0],
        everything[1],
        everything[2],
        all_faces,
        mesh.object_of_face[origin],
        mesh.material_of_face[origin],
    )


class TextureAtlas:
    """All textures with their smaller copies, for looking up many places at once.

    Images hold the square root of linear colour, close enough to what screens show.
    """

    def __init__(self, materials: tuple[Material, ...]) -> None:
        texels: list[NDArray[np.uint8]] = []
        starts, widths, heights, levels, means = [], [], [], [], []
        offset = 0
        most = max(_level_count(m.texture.image) for m in materials)
        for material in materials:
            image = np.ascontiguousarray(material.texture.image, np.float32) ** 2
            rows = []
            means.append(image.mean(axis=(0, 1)))
            for _ in range(_level_count(image)):
                rows.append((offset, image.shape[1], image.shape[0]))
                texels.append(_encoded(image).reshape(-1, 3))
                offset += image.shape[0] * image.shape[1]
                image = _halved(image)
            levels.append(len(rows))
            rows += [rows[-1]] * (most - len(rows))
            starts.append([r[0] for r in rows])
            widths.append([r[1] for r in rows])
            heights.append([r[2] for r in rows])
        self._texels = np.concatenate(texels)
        self._start, self._width, self._height = (np.array(t, np.int64) for t in (starts, widths, heights))
        self._levels = np.array(levels, np.int64)
        sizes = np.array([m.texture.size for m in materials], np.float32)
        self._per_metre = 1 / sizes
        self._texel = sizes.max(axis=1) / np.array([max(m.texture.image.shape[:2]) for m in materials])
        self.mean = np.stack(means).astype(np.float32)
        """(M, 3) mean linear colour of every material."""

    def lookup(self, material: Ints, uvs: Floats, footprint: Floats, *, blend: bool = True) -> Floats:
        """Linear colour (N, 3) at texture places (N, 2); `footprint` is the width seen by a pixel, metres.

        `blend` mixes the four texels around each place; otherwise the nearest is taken.
        """
        ratio = np.maximum(footprint / self._texel[material].astype(np.float32), 1e-6)
        level = np.clip(np.rint(np.log2(ratio)), 0, self._levels[material] - 1).astype(np.int64)
        start = self._start[material, level]
        width, height = self._width[material, level], self._height[material, level]
        scale = self._per_metre[material]
        if not blend:
            x = np.floor(uvs[:, 0] * scale[:, 0] * width).astype(np.int64) % width
            y = np.floor(uvs[:, 1] * scale[:, 1] * height).astype(np.int64) % height
            return self._colors(start + y * width + x) * _PER_SQUARE
        x = uvs[:, 0] * scale[:, 0] * width - np.float32(0.5)
        y = uvs[:, 1] * scale[:, 1] * height - np.float32(0.5)
        x0, y0 = np.floor(x), np.floor(y)
        fx, fy = (x - x0).astype(np.float32)[:, None], (y - y0).astype(np.float32)[:, None]
        left, low = x0.astype(np.int64) % width, y0.astype(np.int64) % height
        right, high = (left + 1) % width, (low + 1) % height
        low_row, high_row = start + low * width, start + high * width
        bottom, top = self._colors(low_row + left), self._colors(high_row + left)
        bottom += (self._colors(low_row + right) - bottom) * fx
        top += (self._colors(high_row + right) - top) * fx
        bottom += (top - bottom) * fy
        return bottom * _PER_SQUARE

    def _colors(self, texels: Ints) -> Floats:
        """Linear colours times 255 squared."""
        root = np.take(self._texels, texels, axis=0).astype(np.float32)
        return root * root


def _level_count(image: NDArray[np.float32]) -> int:
    return int(np.log2(min(image.shape[:2]))) + 1


def _halved(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each two by two texels as one; sides of one texel stay."""
    for axis in (0, 1):
        if image.shape[axis] > 1:
            even = image.shape[axis] // 2 * 2
            first = image[:even:2] if axis == 0 else image[:, :even:2]
            second = image[1:even:2] if axis == 0 else image[:, 1:even:2]
            image = (first + second) * np.float32(0.5)
    return image


def _encoded(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Eight bits per channel with finer steps in the dark, as image files have it."""
    return np.asarray(np.rint(np.sqrt(np.clip(image, 0, 1)) * 255), np.uint8)
