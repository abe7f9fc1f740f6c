"""Smoothing the colours of pixels on edges, where one ray per pixel shows steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.jobs.job import Progress
from viewer.model.camera import Camera
from viewer.sample.baking import LitFlat
from viewer.sample.frames import Picture, blocks, rays_through
from viewer.sample.lighting import sky
from viewer.sample.looks import Finish, Look, looked_at
from viewer.sample.rays import NO_FACE, Floats, Ints, dot

_SUBPIXELS = ((-0.33, -0.17), (0.17, -0.33), (0.16, 0.33))


def soften_edges(
    flat: LitFlat, finish: Finish, camera: Camera, picture: Picture, pixel: float, progress: Progress
) -> None:
    """Replace the colours of pixels on edges by the mean of three finer ones, in place."""
    rows, columns = np.nonzero(_on_edge(flat, picture))
    owner = np.where(picture.face >= 0, flat.mesh.object_of_face[picture.face], NO_FACE)
    mixed = [
        _mixed(flat, finish, camera, picture, owner, rows[part], columns[part], pixel)
        for part in blocks(len(rows), progress)
    ]
    picture.reflectance[rows, columns] = np.concatenate([m[0] for m in mixed])
    picture.illumination[rows, columns] = np.concatenate([m[1] for m in mixed])
    picture.residual[rows, columns] = np.concatenate([m[2] for m in mixed])


def _mixed(
    flat: LitFlat,
    finish: Finish,
    camera: Camera,
    picture: Picture,
    owner: Ints,
    rows: Ints,
    columns: Ints,
    pixel: float,
) -> tuple[Floats, Floats, Floats]:
    """Reflectance, light and the rest of pixels, from a few rays each, lit like the pixels nearby."""
    reflectance = np.zeros((len(rows), 3), np.float32)
    product, light, residual = (np.zeros_like(reflectance) for _ in range(3))
    origin = camera.position.astype(np.float32)
    for dx, dy in _SUBPIXELS:
        directions = rays_through(camera, columns + dx, rows + dy)
        hits = flat.target.first_hits(np.broadcast_to(origin, directions.shape), directions)
        seen = np.flatnonzero(hits.is_hit)
        look = looked_at(flat, hits, seen, origin, directions, pixel, blend=False)
        near = _nearest_alike(flat, picture, owner, rows[seen], columns[seen], look)
        own = np.where(finish.has_diffuse(look.material)[:, None], look.texture, 0)
        own_light = picture.illumination.reshape(-1, 3)[near]
        reflectance[seen] += own
        light[seen] += own_light
        product[seen] += own * own_light
        residual[seen] += picture.residual.reshape(-1, 3)[near]
        missed = np.flatnonzero(~hits.is_hit)
        residual[missed] += sky(directions[missed])
    count = np.float32(len(_SUBPIXELS))
    # The light that makes the product right: colours mix, not light.
    mean = np.where(reflectance > 1e-6, product / np.maximum(reflectance, 1e-6), light / count)
    return reflectance / count, mean, residual / count


def _on_edge(flat: LitFlat, picture: Picture) -> NDArray[np.bool_]:
    face = picture.face
    owner = np.where(face >= 0, flat.mesh.object_of_face[face], NO_FACE)
    stuff = np.where(face >= 0, flat.mesh.material_of_face[face], NO_FACE)
    edge = np.zeros(face.shape, np.bool_)
    for axis in (0, 1):
        a, b = (slice(None, -1), slice(None)), (slice(1, None), slice(None))
        if axis == 1:
            a, b = (a[1], a[0]), (b[1], b[0])
        differs = (owner[a] != owner[b]) | (stuff[a] != stuff[b])
        bent = np.einsum("ijk,ijk->ij", picture.normal[a], picture.normal[b]) < 0.8
        edge[a] |= differs | bent
        edge[b] |= differs | bent
    return edge


def _nearest_alike(
    flat: LitFlat, picture: Picture, owner: Ints, rows: Ints, columns: Ints, look: Look
) -> Ints:
    """For every finer hit, the pixel around it (flat index) whose surface is most like it."""
    height, width = picture.face.shape
    thing = flat.mesh.object_of_face[look.face]
    best = np.full(len(rows), -np.inf, np.float32)
    chosen = rows * width + columns
    flat_position, flat_normal = picture.position.reshape(-1, 3), picture.normal.reshape(-1, 3)
    flat_owner = owner.ravel()
    for dy, dx in ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)):
        there = np.clip(rows + dy, 0, height - 1) * width + np.clip(columns + dx, 0, width - 1)
        apart = flat_position[there] - look.position
        score = dot(flat_normal[there], look.normal) - 20 * np.sqrt(dot(apart, apart)) / (
            0.2 + 1000 * look.footprint
        )
        score = np.nan_to_num(score, nan=-1e3) + np.where(flat_owner[there] == thing, 2, 0)
        better = score > best
        best[better] = score[better]
        chosen[better] = there[better]
    return np.asarray(chosen)
