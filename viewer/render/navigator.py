"""How pointer, wheel and keys move the free camera. Everything a hand feels is in metres and pixels.

No OpenGL: whoever owns the picture tells what lies under the pointer, and runs `tick` while `is_moving`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.render.orbit_camera import OrbitCamera, Pose

Vector = NDArray[np.float64]

TURN_PER_WIDTH = np.pi
"""A drag across the window turns by half a circle."""
LEAST_STEP_METRES = 0.05
REACH_METRES = 2.5
FLY_METRES_PER_SECOND = 1.5
SPEED_FACTOR = 1.25
SPEED_LIMITS = (0.05, 60.0)
SPRINT = 3.0
EASE_SECONDS = 0.09
"""Time constant with which flying starts and stops."""
GLIDE_SECONDS = 0.25
FLY_KEYS: dict[str, tuple[int, int, int]] = {
    "W": (0, 0, 1),
    "S": (0, 0, -1),
    "A": (-1, 0, 0),
    "D": (1, 0, 0),
    "R": (0, 1, 0),
    "F": (0, -1, 0),
}
"""Right, up, ahead."""


@dataclass(slots=True)
class _Glide:
    start: Pose
    end: Pose
    elapsed: float = 0.0


class Navigator:
    """Turns gestures into movements of a camera."""

    def __init__(self, camera: OrbitCamera, world_under: Callable[[int, int], Vector | None]) -> None:
        self.camera = camera
        self.metres_per_unit = 1.0
        self.size = (1, 1)
        self.speed = FLY_METRES_PER_SECOND
        self.reduced_motion = False
        self._world_under = world_under
        self._held: set[str] = set()
        self._sprinting = False
        self._velocity = np.zeros(3)
        self._glide: _Glide | None = None
        self._grabbed = np.zeros(3)
        self._last = (0, 0)
        self._wheel_point: Vector | None = None
        self._wheel_at = (-1, -1)

    def units(self, metres: float) -> float:
        return metres / self.metres_per_unit

    def ray(self, x: float, y: float) -> Vector:
        """Unit direction through a pixel."""
        camera = self.camera.camera(*self.size)
        return np.asarray(camera.cast_rays(np.array([[x, y]], np.float64))[0])

    def point_under(self, x: int, y: int) -> Vector:
        """What lies under a pixel or, over the background, a point as far as the camera's interest."""
        found = self._world_under(x, y)
        if found is not None:
            self.camera.reach = max(
                float((found - self.camera.eye) @ self.camera.forward), self.units(LEAST_STEP_METRES)
            )
            return found
        ray = self.ray(x, y)
        return np.asarray(self.camera.eye + ray * (self.camera.reach / float(ray @ self.camera.forward)))

    # dragging

    def grab(self, x: int, y: int) -> None:
        """A drag begins: remember what was under the pointer."""
        self.stop()
        self._grabbed = self.point_under(x, y)
        self._last = (x, y)

    def orbit_to(self, x: int, y: int) -> None:
        dx, dy = x - self._last[0], y - self._last[1]
        self._last = (x, y)
        per_pixel = TURN_PER_WIDTH / max(self.size)
        self.camera.orbit(self._grabbed, -dx * per_pixel, -dy * per_pixel)

    def pan_to(self, x: int, y: int) -> None:
        self._last = (x, y)
        self.camera.pan(self._grabbed, self.ray(x, y))

    # wheel

    def dolly(self, x: int, y: int, notches: float) -> None:
        """Move towards what is under the pointer (notches > 0) or away from it."""
        self.stop()
        ray = self.ray(x, y)
        eye = self.camera.eye
        ahead = 0.0 if self._wheel_point is None else float((self._wheel_point - eye) @ ray)
        if (x, y) != self._wheel_at or ahead <= self.units(LEAST_STEP_METRES):
            self._wheel_point, self._wheel_at = self.point_under(x, y), (x, y)
            ahead = float((self._wheel_point - eye) @ ray)
        self.camera.dolly(ray, ahead, notches, self.units(LEAST_STEP_METRES))

    def forget_wheel(self) -> None:
        """The pointer moved or the scene changed: look afresh what the wheel goes towards."""
        self._wheel_point = None

    # flying

    def press_key(self, name: str, *, shift: bool) -> bool:
        """Start flying, or change the speed; True when the key meant something."""
        self._sprinting = shift
        if name in FLY_KEYS:
            self._held.add(name)
            self._glide = None
            return True
        if name in ("-", "="):
            factor = SPEED_FACTOR if name == "=" else 1 / SPEED_FACTOR
            self.speed = float(np.clip(self.speed * factor, *SPEED_LIMITS))
            return True
        return False

    def release_key(self, name: str, *, shift: bool) -> bool:
        self._sprinting = shift
        self._held.discard(name)
        return name in FLY_KEYS

    def release_all(self) -> None:
        """The view lost the keyboard: no key is held any more."""
        self._held.clear()

    def glide_to(self, pose: Pose) -> None:
        """Move to a pose in a quarter of a second, or at once where motion is unwelcome."""
        self._velocity[:] = 0
        if self.reduced_motion:
            self.camera.pose = pose
            self._glide = None
        else:
            self._glide = _Glide(self.camera.pose, pose)

    def stop(self) -> None:
        """End a glide where it is."""
        self._glide = None

    @property
    def is_moving(self) -> bool:
        return bool(self._held) or self._glide is not None or bool(np.any(self._velocity))

    def tick(self, seconds: float) -> None:
        """Advance flying and gliding."""
        if self._glide is not None:
            self._advance_glide(self._glide, seconds)
        wish = np.sum([FLY_KEYS[name] for name in self._held], axis=0) if self._held else np.zeros(3)
        length = float(np.linalg.norm(wish))
        if length > 0:
            wish = wish / length * self.speed * (SPRINT if self._sprinting else 1.0)
        ease = float(np.exp(-seconds / EASE_SECONDS))
        # the path an eased velocity covers, exactly, so that distance does not depend on the frame rate
        travel = wish * seconds + (self._velocity - wish) * EASE_SECONDS * (1 - ease)
        self._velocity = wish + (self._velocity - wish) * ease
        if length == 0 and np.abs(self._velocity).max() < 0.01 * self.speed:
            self._velocity = np.zeros(3)
        right, up, ahead = (self.units(float(v)) for v in travel)
        self.camera.fly(right, up, ahead)

    def _advance_glide(self, glide: _Glide, seconds: float) -> None:
        glide.elapsed += seconds
        share = min(glide.elapsed / GLIDE_SECONDS, 1.0)
        self.camera.pose = glide.start.towards(glide.end, share * share * (3 - 2 * share))
        if share >= 1:
            self.camera.pose = glide.end
            self._glide = None
