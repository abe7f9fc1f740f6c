"""The rays of a mesh, prepared when somebody first needs them."""

from __future__ import annotations

import threading

from viewer.app.memory import give_back_now
from viewer.geometry.ray_scene import RayScene
from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh

PATIENCE_SECONDS = 0.05
"""How often one who waits for another's work looks whether the wish was called off."""


class RaySource:
    """One `RayScene` for all who need it, from any thread; who only looks at a mesh never pays for it."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._rays: RayScene | None = None
        self._preparing = threading.Lock()

    @property
    def ready(self) -> RayScene | None:
        """The rays; None while nobody has asked for them, and while they are being prepared."""
        return self._rays

    def get(self, progress: Progress) -> RayScene:
        """The rays, prepared now if need be; for worker threads. Raises Cancelled while it waits."""
        while not self._preparing.acquire(timeout=PATIENCE_SECONDS):
            progress.check()
        try:
            if self._rays is None:
                progress.step(0, 0, "Preparing the mesh for picking")
                give_back_now()  # nothing else takes as much memory
                self._rays = RayScene(self._mesh)
                give_back_now()  # what building needed, before strokes need some of their own
            return self._rays
        finally:
            self._preparing.release()
