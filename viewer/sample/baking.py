"""Light stored on the surfaces of the flat, so that pictures can ask what reflects where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.jobs.job import Progress
from viewer.sample.builder import Lamp, Triangles
from viewer.sample.lighting import AMBIENT, OUTSIDE, Lighting, bounce_directions, room_of, sky, spread_draws
from viewer.sample.materials import Material
from viewer.sample.rays import LIFT, Floats, Ints, RayTarget
from viewer.sample.surfaces import RayMesh, TextureAtlas, split_to_patches

PATCH = 0.22  # m, faces of one object closer than this share their light
BOUNCES = 2
ROWS_AT_ONCE = 1 << 17


@dataclass(frozen=True, slots=True, eq=False)
class LitFlat:
    """The flat with its light: what the camera needs to make pictures."""

    mesh: RayMesh
    target: RayTarget
    """The very triangles of the scene."""
    pieces: RayMesh
    """The same surface in small pieces, without panes: what casts shadows and is seen in mirrors."""
    pieces_target: RayTarget
    piece_light: Floats
    """(N, 3) irradiance / pi at the vertices of `pieces`."""
    outgoing: Floats
    """(F, 3) radiance that leaves each face of `pieces`, without what glows."""
    lighting: Lighting
    atlas: TextureAtlas
    tints: Floats  # (O, 3) of objects
    materials: tuple[Material, ...]


def light_up(
    triangles: Triangles,
    tints: Floats,
    lamps: list[Lamp],
    materials: tuple[Material, ...],
    rays_per_patch: int,
    progress: Progress,
) -> LitFlat:
    """Build the ray scenes and follow the light through two bounces."""
    mesh = RayMesh.of(triangles)
    progress.step(0, 10, "Preparing the light")
    atlas = TextureAtlas(materials)
    target = RayTarget(mesh.positions, mesh.faces)
    progress.step(1, 10, "Preparing the light")
    clear = np.array([m.is_clear for m in materials])
    pieces = split_to_patches(mesh.only(~clear[mesh.material_of_face]))
    pieces_target = RayTarget(pieces.positions, pieces.faces)
    lighting = Lighting(lamps, pieces_target)
    progress.step(2, 10, "Preparing the light")

    albedo = atlas.mean[pieces.material_of_face] * tints[pieces.object_of_face]
    centres, normals, areas = pieces.face_geometry()
    sample, patch_of_face = _patches(pieces, centres, normals, areas)
    centre, normal = centres[sample], normals[sample]
    # A sheet has light on the side that faces the room; stored normals tell which side that is.
    shading = pieces.normals[pieces.faces[sample, 0]]
    normal = np.where((normal * shading).sum(axis=1, keepdims=True) < 0, -normal, normal)
    rooms = room_of(centre + 0.02 * normal)
    count = len(sample)
    direct = np.empty((count, 3), np.float32)
    for first in range(0, count, ROWS_AT_ONCE):
        part = slice(first, min(first + ROWS_AT_ONCE, count))
        draws = spread_draws(np.arange(part.start, part.stop))
        p, n, r = centre[part], normal[part], rooms[part]
        direct[part] = lighting.sun(p, n) + lighting.lamps(p, n, r, draws, 3)
        for k in range(3):
            direct[part] += lighting.windows(p, n, r, (draws + np.float32(k / 3)) % 1) / 3
        progress.step(3, 10, "Preparing the light")
    received = direct + AMBIENT
    for bounce in range(BOUNCES):
        outgoing = albedo * received[patch_of_face]
        bounced = np.empty_like(direct)
        for first in range(0, count, ROWS_AT_ONCE):
            part = slice(first, min(first + ROWS_AT_ONCE, count))
            numbers = np.arange(part.start, part.stop) * rays_per_patch
            bounced[part] = gathered(
                pieces_target, outgoing, centre[part], normal[part], rooms[part], numbers, rays_per_patch, 1
            )
            progress.step(4 + 3 * bounce, 10, "Following the light")
        received = direct + bounced + AMBIENT
    outgoing = (albedo * received[patch_of_face]).astype(np.float32)
    vertex_light = _at_vertices(pieces, received[patch_of_face], areas)
    return LitFlat(
        mesh, target, pieces, pieces_target, vertex_light, outgoing, lighting, atlas, tints, materials
    )


def gathered(
    blockers: RayTarget,
    outgoing: Floats,
    points: Floats,
    normals: Floats,
    rooms: Ints,
    numbers: Ints,
    rays: int,
    stride: int,
    shift: Floats | None = None,
) -> Floats:
    """(N, 3) light that other surfaces send to points, from a few rays each.

    Ray k of a point uses sample number `numbers + k * stride`, moved by `shift` (N, 2). Rays that leave
    through a window bring nothing indoors, for the light of windows is computed apart.
    """
    total = np.zeros((len(points), 3), np.float32)
    start = points + normals * LIFT
    outside = np.flatnonzero(rooms == OUTSIDE)
    for k in range(rays):
        draws = spread_draws(numbers + k * stride)
        directions = bounce_directions(normals, draws if shift is None else (draws + shift) % 1)
        face = blockers.first_faces(start, directions)
        met = np.flatnonzero(face >= 0)
        total[met] += outgoing[face[met]]
        open_sky = outside[face[outside] < 0]
        if len(open_sky):
            total[open_sky] += sky(directions[open_sky]) * np.float32(0.25)
    return total / np.float32(rays)


def _patches(mesh: RayMesh, centres: Floats, normals: Floats, areas: Floats) -> tuple[Ints, Ints]:
    """Faces that stand for their neighbours, and which of them (by position) stands for every face.

    Faces of one object share a patch when they lie in one cell of a grid and face about the same way.
    """
    cell = np.floor(centres / PATCH).astype(np.int64) + 128
    way = np.abs(normals).argmax(axis=1)
    way = 2 * way + (normals[np.arange(len(normals)), way] > 0)
    key = mesh.object_of_face
    for part, size in ((cell[:, 0], 256), (cell[:, 1], 256), (cell[:, 2], 256), (way, 6)):
        key = key * size + part
    order = np.lexsort((-areas, key))
    sorted_key = key[order]
    is_first = np.concatenate([[True], sorted_key[1:] != sorted_key[:-1]])
    patch = np.empty(len(key), np.int64)
    patch[order] = np.cumsum(is_first) - 1
    return order[is_first], patch


def _at_vertices(mesh: RayMesh, light_of_face: Floats, areas: Floats) -> Floats:
    """The mean light of the faces around each place, weighted by area; split where the normal breaks."""
    rounded = np.concatenate([np.round(mesh.positions * 1000), np.round(mesh.normals * 4)], axis=1).astype(
        np.int64
    )
    key = np.zeros(len(rounded), np.int64)
    for column in rounded.T:
        key = key * 1_000_003 + column
    _, place = np.unique(key, return_inverse=True)
    place = place.reshape(-1)
    total = np.zeros((int(place.max()) + 1, 4))
    weighted = np.concatenate([light_of_face * areas[:, None], areas[:, None]], axis=1)
    for corner in range(3):
        spot = place[mesh.faces[:, corner]]
        for channel in range(4):
            total[:, channel] += np.bincount(spot, weighted[:, channel], minlength=len(total))
    mean = total[:, :3] / np.maximum(total[:, 3:], 1e-12)
    return np.asarray(mean[place], np.float32)
