"""Pictures of the flat: what a camera sees, and how bright."""

from __future__ import annotations

import numpy as np

from viewer.jobs.job import Progress
from viewer.model.camera import Camera
from viewer.sample.baking import LitFlat, gathered
from viewer.sample.edges import soften_edges
from viewer.sample.frames import Picture, blocks, pixel_angle, rays_through
from viewer.sample.lighting import AMBIENT, room_of, sky, spread_draws
from viewer.sample.looks import (
    SHARP,
    Finish,
    Look,
    bumped,
    looked_at,
    reflected,
    scattered_about,
    seen_in_mirror,
    shine,
)
from viewer.sample.rays import LIFT, NO_FACE, Floats, Hits, Ints, joined
from viewer.sample.smoothing import enlarged, smoothed

# A Bayer pattern: neighbours in a tile get far-apart samples.
_TILE = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])
_TILE_SAMPLES = _TILE.size


def take_picture(
    flat: LitFlat, camera: Camera, *, rays: int = 8, progress: Progress | None = None
) -> Picture:
    """The flat through a camera whose pose is in metres; `rays` per four pixels follow the bounced light."""
    progress = progress or Progress.silent()
    width, height = camera.lens.width, camera.lens.height
    shape = (height, width)
    pixel = pixel_angle(camera)
    finish = Finish.of(flat)
    y, x = np.indices(shape).reshape(2, -1).astype(np.float64)
    shots = [_shot(flat, camera, x[part], y[part], pixel) for part in blocks(x.size, progress)]
    hits = joined([shot[0] for shot in shots])
    directions = np.concatenate([shot[1] for shot in shots])
    look = joined([shot[2] for shot in shots])
    bumps = np.concatenate([shot[3] for shot in shots])
    seen, missed = np.flatnonzero(hits.is_hit), np.flatnonzero(~hits.is_hit)

    position, normal = spread_out(shape, seen, look.position), spread_out(shape, seen, look.normal)
    distance = np.where(hits.is_hit, hits.distance, np.nan).astype(np.float32).reshape(shape)
    reach = 0.008 + 0.004 * np.nan_to_num(distance, nan=1.0)
    soft = _soft_light(flat, finish, look, seen, directions, position, normal, reach, rays, progress)
    soft = soft.reshape(-1, 6)[seen]
    light, residual = np.empty((len(seen), 3), np.float32), np.empty((len(seen), 3), np.float32)
    for part in blocks(len(seen), progress):
        some = look.part(part)
        light[part] = soft[part, :3] + flat.lighting.sun(some.position, some.normal)
        residual[part] = shine(flat, finish, some, directions[seen[part]], soft[part, 3:])

    diffuse = finish.has_diffuse(look.material)[:, None]
    full_residual = spread_out(shape, seen, residual, 0)
    full_residual.reshape(-1, 3)[missed] = sky(directions[missed])
    picture = Picture(
        hits.face.reshape(shape),
        distance,
        position,
        normal,
        spread_out(shape, seen, bumps),
        spread_out(shape, seen, look.uv),
        spread_out(shape, seen, np.where(diffuse, look.texture, 0), 0),
        spread_out(shape, seen, light * diffuse, 0),
        full_residual,
    )
    soften_edges(flat, finish, camera, picture, pixel, progress)
    return picture


def _shot(
    flat: LitFlat, camera: Camera, x: Floats, y: Floats, pixel: float
) -> tuple[Hits, Floats, Look, Floats]:
    """What some pixels see: hits and directions of all, looks and bumped normals of those that hit."""
    directions = rays_through(camera, x, y)
    origin = camera.position.astype(np.float32)
    hits = flat.target.first_hits(np.broadcast_to(origin, directions.shape), directions)
    look = looked_at(flat, hits, np.flatnonzero(hits.is_hit), origin, directions, pixel)
    return hits, directions, look, bumped(flat, look)


def spread_out(shape: tuple[int, int], seen: Ints, values: Floats, fill: float = np.nan) -> Floats:
    """Values of the pixels that were seen, as an image."""
    image = np.full((shape[0] * shape[1], values.shape[1]), fill, np.float32)
    image[seen] = values
    return image.reshape(*shape, values.shape[1])


def _soft_light(
    flat: LitFlat,
    finish: Finish,
    look: Look,
    seen: Ints,
    directions: Floats,
    position: Floats,
    normal: Floats,
    reach: Floats,
    rays: int,
    progress: Progress,
) -> Floats:
    """(H, W, 6) light without the sun, and what is reflected by surfaces that are not quite smooth.

    Worked out at every other pixel, each with other samples than its neighbours, then smoothed and enlarged.
    """
    shape = position.shape[:2]
    coarse_position, coarse_normal = position[::2, ::2], normal[::2, ::2]
    coarse_shape = coarse_position.shape[:2]
    there = np.flatnonzero(np.isfinite(coarse_position[..., 0]).ravel())
    material = np.full(shape[0] * shape[1], NO_FACE, np.int64)
    material[seen] = look.material
    places, facing = coarse_position.reshape(-1, 3), coarse_normal.reshape(-1, 3)
    stuff = material.reshape(shape)[::2, ::2].ravel()
    view = directions.reshape(*shape, 3)[::2, ::2].reshape(-1, 3)
    noisy = np.zeros((places.shape[0], 9), np.float32)
    for part in blocks(len(there), progress):
        rows = there[part]
        noisy[rows] = _sampled_light(
            flat, finish, places[rows], facing[rows], stuff[rows], view[rows], rows, coarse_shape[1], rays
        )
    near = reach[::2, ::2]
    smooth = smoothed(noisy.reshape(*coarse_shape, 9), coarse_position, coarse_normal, near, (1, 2))
    progress.check()
    smooth[..., 3:6] += smoothed(smooth[..., :3], coarse_position, coarse_normal, near, (4,))
    return enlarged(smooth[..., 3:], coarse_position, coarse_normal, position, normal, reach)


def _sampled_light(
    flat: LitFlat,
    finish: Finish,
    p: Floats,
    n: Floats,
    material: Ints,
    view: Floats,
    pixel: Ints,
    width: int,
    rays: int,
) -> Floats:
    """(N, 9) bounced light, direct light, and what is mirrored at points, from a few samples each."""
    rows, columns = pixel // width, pixel % width
    tile = _TILE[rows % 4, columns % 4]
    rooms = room_of(p + np.float32(0.02) * n)
    light = AMBIENT + flat.lighting.windows(p, n, rooms, spread_draws(tile))
    light += flat.lighting.lamps(p, n, rooms, spread_draws(tile + _TILE_SAMPLES), 2)
    # Bounced light varies slowly: every tile turns the samples its own way, and a wider filter evens it out.
    shift = spread_draws(rows // 4 * 521 + columns // 4)
    bounced = gathered(flat.pieces_target, flat.outgoing, p, n, rooms, tile, rays, _TILE_SAMPLES, shift)
    shiny = np.flatnonzero((finish.gloss[material] > 0) & (finish.roughness[material] >= SHARP))
    mirrored = np.zeros((len(p), 3), np.float32)
    if len(shiny):
        way = reflected(view[shiny], n[shiny])
        way = scattered_about(way, n[shiny], finish.roughness[material[shiny]], spread_draws(tile[shiny] + 5))
        mirrored[shiny] = seen_in_mirror(flat, finish, p[shiny] + n[shiny] * np.float32(LIFT), way)
    return np.concatenate([bounced, light, mirrored], axis=1)
