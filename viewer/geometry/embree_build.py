"""Building embree's tree without stopping every other thread of Python.

embreex keeps the interpreter's lock while it copies a mesh and while embree builds: seconds at millions of
triangles, in which no window can answer. embree itself needs no lock, so its own functions are called here
through ctypes, which lets go of it. embreex keeps the scene's handle to itself: in its object it stands
before `is_committed`, which is public and is found by what is written to it. Where anything is unlike that,
embreex builds as always.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import Any

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

_MAPS = Path("/proc/self/maps")
_SIGNS = (0x5AFEC0DE, 0x0DDBA11)
_TRIANGLES = 0  # RTC_GEOMETRY_TYPE_TRIANGLE
_INDICES, _PLACES = (0, 0x5003), (1, 0x9003)  # RTC_BUFFER_TYPE and RTC_FORMAT of UINT3, of FLOAT3
_BYTES = 12


def build_scene(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> EmbreeScene:
    """A scene of one mesh, vertices (V, 3) and faces (F, 3), ready for rays; other threads run on."""
    scene = EmbreeScene()
    library, handle = _library(), _handle(scene)
    if library is None or handle is None or not _add_mesh(library, handle, vertices, faces):
        TriangleMesh(scene, vertices, faces)
        # the first ray makes embree build; that belongs here, not into the first stroke
        scene.run(vertices[:1], np.array([[0, 0, 1]], np.float32))
        return scene
    _function(library, "rtcCommitScene", None, ctypes.c_void_p)(handle)
    scene.is_committed = 1
    return scene


def _function(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Any:
    found = getattr(library, name)
    found.restype, found.argtypes = result, arguments
    return found


def _add_mesh(
    library: ctypes.CDLL, scene: int, vertices: NDArray[np.float32], faces: NDArray[np.int32]
) -> bool:
    """Attach a copy of the mesh, as embreex does; False when embree has no room for it."""
    pointer, number, size = ctypes.c_void_p, ctypes.c_uint, ctypes.c_size_t
    device = _function(library, "rtcGetSceneDevice", pointer, pointer)(scene)
    geometry = _function(library, "rtcNewGeometry", pointer, pointer, ctypes.c_int)(device, _TRIANGLES)
    new_buffer = _function(
        library, "rtcSetNewGeometryBuffer", pointer, pointer, ctypes.c_int, number, ctypes.c_int, size, size
    )
    is_whole = True
    for (kind, form), values in (
        (_INDICES, np.ascontiguousarray(faces, np.int32)),
        (_PLACES, np.ascontiguousarray(vertices, np.float32)),
    ):
        room = new_buffer(geometry, kind, 0, form, _BYTES, len(values))
        is_whole = is_whole and bool(room)
        if is_whole:
            ctypes.memmove(room, values.ctypes.data, values.nbytes)
    if is_whole:
        _function(library, "rtcCommitGeometry", None, pointer)(geometry)
        _function(library, "rtcAttachGeometry", number, pointer, pointer)(scene, geometry)
    _function(library, "rtcReleaseGeometry", None, pointer)(geometry)
    _function(library, "rtcReleaseDevice", None, pointer)(device)
    return is_whole


def _library() -> ctypes.CDLL | None:
    """The embree that embreex has loaded."""
    if sys.platform != "linux":
        return None
    try:
        mapped = {line.split()[-1] for line in _MAPS.read_text().splitlines() if "libembree4" in line}
    except OSError:
        return None
    if len(mapped) != 1:
        return None
    try:
        library = ctypes.CDLL(mapped.pop())
    except OSError:
        return None
    wanted = ("rtcGetSceneDevice", "rtcNewGeometry", "rtcSetNewGeometryBuffer", "rtcCommitScene")
    return library if all(hasattr(library, name) for name in wanted) else None


def _handle(scene: EmbreeScene) -> int | None:
    """The address that embree knows a scene by."""
    size = type(scene).__basicsize__
    before = scene.is_committed
    places: list[set[int]] = []
    try:
        for sign in _SIGNS:
            scene.is_committed = sign
            raw = ctypes.string_at(id(scene), size)
            places.append(
                {
                    at
                    for at in range(16, size - 3, 4)
                    if int.from_bytes(raw[at : at + 4], sys.byteorder) == sign
                }
            )
    finally:
        scene.is_committed = before
    found = set.intersection(*places)
    if len(found) != 1:
        return None
    at = found.pop()
    pointer = ctypes.sizeof(ctypes.c_void_p)
    if at % pointer or at < 16 + pointer:
        return None
    handle = int.from_bytes(raw[at - pointer : at], sys.byteorder)
    return handle if handle and handle % 16 == 0 else None
