"""What the materials say about the places that rays hit."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from viewer.sample.baking import LitFlat
from viewer.sample.lighting import sky
from viewer.sample.rays import LIFT, Floats, Hits, Ints, dot, tangents, unit

SHARP = 0.03
"""Surfaces smoother than this mirror sharply; the others scatter, which is smoothed like the light."""
PANE_PASSES = 0.92


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the materials say about a list of hits, none of which is a miss."""

    face: Ints
    material: Ints
    position: Floats
    normal: Floats
    uv: Floats
    texture: Floats  # (N, 3) linear colour
    footprint: Floats  # m

    def part(self, rows: slice) -> Look:
        return Look(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Finish:
    """Properties of all materials, as columns."""

    gloss: Floats
    roughness: Floats
    is_metal: NDArray[np.bool_]
    is_clear: NDArray[np.bool_]
    glow: Floats

    @classmethod
    def of(cls, flat: LitFlat) -> Finish:
        materials = flat.materials
        return cls(
            np.array([m.gloss for m in materials], np.float32),
            np.array([m.roughness for m in materials], np.float32),
            np.array([m.is_metal for m in materials]),
            np.array([m.is_clear for m in materials]),
            np.array([m.glow for m in materials], np.float32),
        )

    def has_diffuse(self, material: Ints) -> NDArray[np.bool_]:
        return np.asarray(~self.is_metal[material] & ~self.is_clear[material])


def looked_at(
    flat: LitFlat,
    hits: Hits,
    seen: Ints,
    origin: Floats,
    directions: Floats,
    pixel: float,
    *,
    blend: bool = True,
) -> Look:
    mesh = flat.mesh
    some = Hits(hits.face[seen], hits.u[seen], hits.v[seen], hits.distance[seen])
    towards = directions[seen]
    normal = unit(mesh.at(some, mesh.normals))
    facing = dot(normal, towards)
    normal = np.where((facing > 0)[:, None], -normal, normal)
    uv = mesh.at(some, mesh.uvs)
    material = mesh.material_of_face[some.face]
    footprint = some.distance * np.float32(pixel) / np.sqrt(np.maximum(np.abs(facing), 0.05))
    texture = flat.atlas.lookup(material, uv, footprint, blend=blend)
    texture *= flat.tints[mesh.object_of_face[some.face]]
    position = origin + some.distance[:, None] * towards
    return Look(some.face, material, position, normal, uv, texture, footprint)


def reflected(directions: Floats, normals: Floats) -> Floats:
    return np.asarray(directions - 2 * dot(directions, normals)[:, None] * normals)


def scattered_about(way: Floats, normals: Floats, roughness: Floats, draws: Floats) -> Floats:
    """Directions turned a little at random, kept above the surface."""
    first, second = tangents(unit(way))
    radius = roughness * np.sqrt(draws[:, 0])
    angle = np.float32(2 * np.pi) * draws[:, 1]
    turned = way + (radius * np.cos(angle))[:, None] * first + (radius * np.sin(angle))[:, None] * second
    below = np.minimum(dot(turned, normals) - 0.01, 0)
    return unit(turned - 2 * below[:, None] * normals)


def seen_in_mirror(flat: LitFlat, finish: Finish, start: Floats, way: Floats) -> Floats:
    """Radiance that comes along rays, from the light stored on the surfaces."""
    mesh = flat.pieces
    hits = flat.pieces_target.first_hits(start, way)
    radiance = np.empty((len(start), 3), np.float32)
    missed = np.flatnonzero(~hits.is_hit)
    radiance[missed] = sky(way[missed])
    met = np.flatnonzero(hits.is_hit)
    some = Hits(hits.face[met], hits.u[met], hits.v[met], hits.distance[met])
    material = mesh.material_of_face[some.face]
    color = flat.atlas.lookup(material, mesh.at(some, mesh.uvs), 0.002 + 0.001 * some.distance)
    glow = finish.glow[material] * color
    color *= flat.tints[mesh.object_of_face[some.face]]
    radiance[met] = color * mesh.at(some, flat.piece_light) + glow
    return radiance


def shine(flat: LitFlat, finish: Finish, look: Look, view: Floats, scattered: Floats) -> Floats:
    """(N, 3) radiance that is not diffuse: what glows, what is mirrored, what is seen through panes."""
    material = look.material
    residual = finish.glow[material] * look.texture
    gloss = finish.gloss[material]
    grazing = np.clip(1 + dot(view, look.normal), 0, 1) ** 5
    metal = finish.is_metal[material]
    # Rough surfaces lose most of the brightening at grazing angles.
    edge = np.where(metal, 0.0, grazing * np.clip(1 - 5 * finish.roughness[material], 0.15, 1))
    strength = (gloss + (1 - gloss) * edge).astype(np.float32)
    mirrored = scattered.copy()
    sharp = np.flatnonzero((gloss > 0) & (finish.roughness[material] < SHARP))
    if len(sharp):
        n = look.normal[sharp]
        start = look.position[sharp] + n * LIFT
        mirrored[sharp] = seen_in_mirror(flat, finish, start, reflected(view[sharp], n))
    tint = np.where(metal[:, None], look.texture, 1.0)
    residual += np.where(gloss > 0, strength, 0)[:, None] * tint * mirrored
    clear = np.flatnonzero(finish.is_clear[material])
    if len(clear):
        start = look.position[clear] + view[clear] * LIFT
        behind = seen_in_mirror(flat, finish, start, view[clear])
        residual[clear] += np.float32(PANE_PASSES) * (1 - strength[clear, None]) * behind
    return np.asarray(residual, np.float32)


def bumped(flat: LitFlat, look: Look) -> Floats:
    """Normals tilted by the relief of the textures."""
    bumped = look.normal.copy()
    mesh = flat.mesh
    for number in np.unique(look.material):
        texture = flat.materials[number].texture
        if texture.height is None:
            continue
        rows = np.flatnonzero(look.material == number)
        relief = texture.height
        step = (texture.size[0] / relief.shape[1], texture.size[1] / relief.shape[0])
        u, v = look.uv[rows, 0] / step[0], look.uv[rows, 1] / step[1]
        x, y = u.astype(np.int64) % relief.shape[1], v.astype(np.int64) % relief.shape[0]
        right, up = (x + 1) % relief.shape[1], (y + 1) % relief.shape[0]
        fade = np.clip(1.5 * max(step) / look.footprint[rows], 0, 1)
        slope_u = np.clip((relief[y, right] - relief[y, x]) / step[0], -0.6, 0.6) * fade
        slope_v = np.clip((relief[up, x] - relief[y, x]) / step[1], -0.6, 0.6) * fade
        corners = mesh.faces[look.face[rows]]
        a, b, c = (mesh.positions[corners[:, k]] for k in range(3))
        ua, ub, uc = (mesh.uvs[corners[:, k]] for k in range(3))
        e, f, g, h = b - a, c - a, ub - ua, uc - ua
        area = g[:, 0] * h[:, 1] - g[:, 1] * h[:, 0]
        inverse = np.where(np.abs(area) > 1e-12, 1 / np.where(area == 0, 1, area), 0)[:, None]
        along_u = unit((e * h[:, 1:] - f * g[:, 1:]) * inverse)
        along_v = unit((f * g[:, :1] - e * h[:, :1]) * inverse)
        tilt = slope_u[:, None] * along_u + slope_v[:, None] * along_v
        bumped[rows] = unit(look.normal[rows] - tilt)
    return bumped
