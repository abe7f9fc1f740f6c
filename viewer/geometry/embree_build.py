"""Building embree's tree lean, exact, and without stopping every other thread of Python.

embreex keeps the interpreter's lock while it copies a mesh and while embree builds: seconds at millions of
triangles, in which no window can answer. embree itself needs no lock, so its own functions are called here
through ctypes, which lets go of it. They also allow what embreex has no words for: a tree that points into
the mesh's own arrays instead of copying every corner. At 4.8 million triangles it takes 180 MB at most, not
540, and each ray meets the same face. embreex keeps the scene's handle to itself: in its object it stands
before `is_committed`, which is public and is found by what is written to it. Where anything is unlike that,
embreex builds as always.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viewer.jobs.cores import core_count
from viewer.jobs.precedence import step_back

if TYPE_CHECKING:
    from embreex.rtcore_scene import EmbreeScene

_MAPS = Path("/proc/self/maps")
_SIGNS = (0x5AFEC0DE, 0x0DDBA11)
_TREE = b"tri_accel=bvh8.triangle4i"
"""embree's usual tree, but with indices in its leaves. Its compact scenes differ where surfaces coincide."""
_TRIANGLES = 0  # RTC_GEOMETRY_TYPE_TRIANGLE
_INDICES, _PLACES = (0, 0x5003), (1, 0x9003)  # RTC_BUFFER_TYPE and RTC_FORMAT of UINT3, of FLOAT3
_BYTES = 12
_POINTER, _NUMBER, _SIZE = ctypes.c_void_p, ctypes.c_uint, ctypes.c_size_t


class TriangleTree:
    """A mesh ready for rays, faces (F, 3) of `shareable` vertices; for any number of threads.

    Not in embree's robust mode, which embreex would take by itself: the original annotation tool does
    without, and where surfaces coincide it decides which one is hit.
    """

    def __init__(self, vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> None:
        # imported when needed: who only looks at a scene never does
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene

        # kept, for embree reads them as long as rays are cast
        self.vertices = vertices
        self.faces = np.ascontiguousarray(faces, np.int32)
        self._scene = EmbreeScene(robust=False)
        if not _build(self._scene, self.vertices, self.faces):
            TriangleMesh(self._scene, self.vertices, self.faces)
            # the first ray makes embree build; that belongs here, not into the first stroke
            self.run(self.vertices[:1], np.array([[0, 0, 1]], np.float32))

    def run(self, origins: NDArray[np.float32], directions: NDArray[np.float32], **options: Any) -> Any:
        """(N,) the first face along each ray, -1 for none; with `output=1` embreex's dictionary of all."""
        return self._scene.run(origins, directions, **options)


def _build(scene: EmbreeScene, vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> bool:
    """Give a scene a tree over the arrays themselves; False when that is not possible here."""
    library, place = _library(), _handle_place(scene)
    device = None if library is None else _device(library)
    if library is None or place is None or device is None:
        return False
    built = _function(library, "rtcNewScene", _POINTER, _POINTER)(device)
    geometry = _function(library, "rtcNewGeometry", _POINTER, _POINTER, ctypes.c_int)(device, _TRIANGLES)
    share = _function(
        library, "rtcSetSharedGeometryBuffer", None,
        _POINTER, ctypes.c_int, _NUMBER, ctypes.c_int, _POINTER, _SIZE, _SIZE, _SIZE,
    )  # fmt: skip
    for (kind, form), values in ((_INDICES, faces), (_PLACES, vertices)):
        share(geometry, kind, 0, form, values.ctypes.data, 0, _BYTES, len(values))
    _function(library, "rtcCommitGeometry", None, _POINTER)(geometry)
    _function(library, "rtcAttachGeometry", _NUMBER, _POINTER, _POINTER)(built, geometry)
    _function(library, "rtcReleaseGeometry", None, _POINTER)(geometry)
    commit = _function(library, "rtcCommitScene", None, _POINTER)
    error = _function(library, "rtcGetDeviceError", ctypes.c_int, _POINTER)
    errors = [error(device)]

    def build() -> None:
        commit(built)
        errors.append(error(device))  # each thread hears of its own only

    _yielding(build)
    release = _function(library, "rtcReleaseScene", None, _POINTER)
    if any(errors):
        release(built)
        return False
    release(place.value)
    place.value = built  # released by embreex with its object
    scene.is_committed = 1
    return True


def _yielding(work: Callable[[], None]) -> None:
    """Do work in a thread of its own that lets all else have the processor first."""

    def run() -> None:
        step_back()
        work()

    thread = threading.Thread(target=run, name="ray tree", daemon=True)
    thread.start()
    thread.join()


def _function(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Any:
    found = getattr(library, name)
    found.restype, found.argtypes = result, arguments
    return found


@lru_cache(maxsize=1)
def _device(library: ctypes.CDLL) -> int | None:
    """What all trees are built with; it lives as long as the program."""
    # a core is left to the window: this is built while a stroke is drawn
    threads = max(1, core_count() - 1)
    settings = _TREE + b",threads=%d" % threads
    device = _function(library, "rtcNewDevice", _POINTER, ctypes.c_char_p)(settings)
    return device or None


@lru_cache(maxsize=1)
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
    wanted = ("rtcNewDevice", "rtcNewScene", "rtcSetSharedGeometryBuffer", "rtcCommitScene")
    return library if all(hasattr(library, name) for name in wanted) else None


def _handle_place(scene: EmbreeScene) -> ctypes.c_void_p | None:
    """Where a scene's object keeps the address that embree knows it by."""
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
    place = ctypes.c_void_p.from_address(id(scene) + at - pointer)
    return place if place.value and place.value % 16 == 0 else None
