"""The camera half of the 3D view: where it looks from, and everything that moves it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.model.camera import Camera, Cameras
from viewer.model.scene import Scene
from viewer.model.vertices import Bounds
from viewer.render.finishing import Finishing
from viewer.render.look_through import LookThrough, middle_direction
from viewer.render.movement import MovementBudget
from viewer.render.navigator import Navigator
from viewer.render.orbit_camera import OrbitCamera, Pose, ViewState
from viewer.render.picture import Picture
from viewer.render.timers import make_timer, restart
from viewer.render.view_signals import ViewSignals

SETTLE_SECONDS = 0.12
"""How long after the last movement a picture of full quality is drawn."""
EARLY_SETTLE_SECONDS = 0.03
"""Likewise where full pictures take long, and after the last quick one."""
REACH_SECONDS = 0.05
"""How long after a full picture it is asked how far away what one looks at is: first things first."""
TICK_SECONDS = 1 / 60
LEAST_FIT_TILT = math.radians(30)


class ViewCamera(ViewSignals):
    """The free camera and the one looked through. `SceneView` gives it a canvas and a picture."""

    finishing: Finishing
    _picture: Picture
    _scene: Scene | None

    def __init__(self, up: ArrayLike) -> None:
        self.camera = OrbitCamera(up)
        self.navigator = Navigator(self.camera, self._world_under)
        self._look: LookThrough | None = None
        self._bounds: Bounds = (np.zeros(3), np.ones(3))
        self._has_own_view = False
        self._is_plain = True
        self._has_moved = False
        self._ticked_at = 0.0
        self._settle_timer = make_timer(SETTLE_SECONDS, self._settle, once=True)
        self._motion_timer = make_timer(TICK_SECONDS, self._tick)
        self._reach_timer = make_timer(REACH_SECONDS, self._notice_reach, once=True)
        self._flat_timer = make_timer(0.0, self.redraw_flat, once=True)
        self._ready_timer = make_timer(REACH_SECONDS, self._make_ready, once=True)
        self._wants_reach = False

    @property
    def native(self) -> Any:
        """The widget."""
        raise NotImplementedError

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in physical pixels."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Ask for a picture; many requests make one."""
        raise NotImplementedError

    def redraw_flat(self) -> None:
        """Ask for a picture whose scene is as it was; only what lies flat over it is new."""
        raise NotImplementedError

    def _world_under(self, x: int, y: int) -> NDArray[np.float64] | None:
        raise NotImplementedError

    def current_camera(self) -> Camera:
        """The view as a camera of the model, at the size of the frame buffer: its rays are the picture's."""
        if self._look is not None:
            return self._look.window_camera(*self.size)
        return self.camera.camera(*self.size)

    @property
    def is_full_picture(self) -> bool:
        """True when the window shows everything as well as it can be shown."""
        return not self._is_plain and self._picture.shows_full(self.current_camera())

    @property
    def is_behind(self) -> bool:
        """True while the window shows where the view was before it moved."""
        return self._picture.is_quick_under_way

    @property
    def movement(self) -> MovementBudget:
        """What the view does to keep its pace while it moves."""
        return self._picture.budget

    def get_view(self) -> ViewState:
        """Where the view looks from and to, to come back to."""
        twin = self.camera.copy()
        if self._look is not None:
            twin.eye = self._look.camera.position.copy()
            twin.look(middle_direction(self._look.camera))
        return twin.view()

    def set_view(self, view: ViewState) -> None:
        """Go to a view at once."""
        self.navigator.stop()
        self.leave_look_through()
        self.camera.set_view(view)
        self.camera_moved()

    def frame_all(self) -> None:
        """Show the whole scene from the present side, at least a little from above: rooms are open there."""
        width, height = self.size
        self.camera.reach = float(np.linalg.norm(self._bounds[1] - self._bounds[0]))
        twin = self.camera.copy()
        twin.elevation = min(twin.elevation, -LEAST_FIT_TILT)
        self._glide(lambda: twin.frame(*self._bounds, width / height))

    def top_view(self) -> None:
        """Look straight down on the whole scene."""
        width, height = self.size
        self._glide(lambda: self.camera.above(*self._bounds, width / height))

    def focus_on(self, point: ArrayLike, radius_units: float | None = None) -> None:
        """Put a point into the middle: as near as shows that radius whole, or half-way nearer."""
        target = np.asarray(point, np.float64)
        if radius_units is None:
            away = float(np.linalg.norm(target - self.current_camera().position))
            distance = max(away / 2, self.navigator.units(0.3))
        else:
            distance = max(radius_units / math.sin(self.camera.fov_y / 2) * 1.15, self.navigator.units(0.15))
        self.camera.reach = distance
        self._glide(lambda: self.camera.focus(target, distance))

    def fly_to(self, camera: Camera) -> None:
        """Go to where a camera of the scene stands, looking along the middle of its image."""
        twin = self.camera.copy()
        twin.eye = camera.position.copy()
        twin.look(middle_direction(camera))
        self._glide(lambda: twin.pose)

    def set_reduced_motion(self, reduced: bool) -> None:
        """Jump instead of gliding."""
        self.navigator.reduced_motion = reduced

    def look_through(
        self, camera: Camera | None, image_rgb: NDArray[np.uint8] | None = None, opacity: float = 0.5
    ) -> None:
        """Show exactly what a camera of the scene shows, its image (H, W, 3) over it; None ends it."""
        if camera is None:
            self.leave_look_through(tell=False)
            return
        self.navigator.stop()
        is_same = self._look is not None and self._look.camera is camera
        self._look = LookThrough(camera, opacity)
        self._picture.set_image(image_rgb)
        if is_same:
            self.redraw()
        else:
            self.camera_moved()

    @property
    def is_looking_through(self) -> bool:
        return self._look is not None

    def leave_look_through(self, tell: bool = True) -> None:
        """Back to the free camera, which starts where the other stood."""
        look = self._look
        if look is None:
            return
        self._look = None
        self._picture.set_image(None)
        self.camera.eye = look.camera.position.copy()
        self.camera.look(middle_direction(look.camera))
        self.camera_moved()
        if tell:
            self.look_through_left.emit()

    def _start_view(self) -> None:
        """Inside the scene where its first camera stands, or before it all."""
        self.navigator.stop()
        self.navigator.forget_wheel()
        cameras = None if self._scene is None else self._scene.part(Cameras)
        first = next((t for t in cameras.trajectories if len(t)), None) if cameras is not None else None
        if first is None:
            width, height = self.size
            self.camera.azimuth, self.camera.elevation = math.radians(-135), math.radians(-35)
            self.camera.pose = self.camera.frame(*self._bounds, width / height)
        else:
            camera = first.camera_at(0)
            self.camera.eye = camera.position.copy()
            self.camera.look(middle_direction(camera))
        self.camera_moved()
        self._has_own_view = first is not None

    def _glide(self, target: Callable[[], Pose]) -> None:
        self.leave_look_through()
        self.navigator.glide_to(target())
        if self.navigator.is_moving:
            self.start_motion()
        else:
            self.camera_moved()

    def camera_moved(self) -> None:
        """Redraw, plainly at first where pictures take long; the full one follows when all is still."""
        self.navigator.size = self.size
        self._has_own_view = True
        self.finishing.before_change()
        self._picture.moved()
        self._is_plain = self._picture.budget.is_plain
        self._has_moved = True
        self.look_again()
        self.redraw()
        self.view_changed.emit()

    def start_motion(self) -> None:
        """Keep moving until the navigator is still."""
        if not self._motion_timer.running:
            self._ticked_at = time.perf_counter()
            self._motion_timer.start()

    def _tick(self) -> None:
        if hasattr(self.native, "hasFocus") and not self.native.hasFocus():
            self.navigator.release_all()
        now = time.perf_counter()
        # a slow picture must not make the next step a leap
        self.navigator.tick(min(now - self._ticked_at, 0.25))
        self._ticked_at = now
        self.navigator.forget_wheel()
        self.camera_moved()
        if not self.navigator.is_moving:
            self._motion_timer.stop()

    def stop_timers(self) -> None:
        """Nothing of the camera's happens by itself any more."""
        for timer in (
            self._settle_timer,
            self._motion_timer,
            self._reach_timer,
            self._flat_timer,
            self._ready_timer,
        ):
            timer.stop()

    def look_again(self) -> None:
        """Begin with the full picture soon, and see how far away what one looks at is."""
        # a picture that comes in slices can be called off at any time
        self._settle_timer.interval = (
            EARLY_SETTLE_SECONDS if self._picture.budget.is_quick else SETTLE_SECONDS
        )
        restart(self._settle_timer)

    def _drew(self) -> None:
        """A picture was drawn."""
        self.finishing.go_on()
        if self._has_moved and self._picture.budget.is_quick and not self._picture.is_quick_under_way:
            # it may have taken longer than the wait: only now the next movement could come
            self._has_moved = False
            self.look_again()
        self._picture_shown()

    def _settle(self) -> None:
        if self._picture.is_quick_under_way:
            restart(self._settle_timer)  # first things first
            return
        was_plain, self._is_plain = self._is_plain, False
        if was_plain and self._picture.budget.is_quick:
            # it is shown when it is whole, and not before
            self.finishing.begin()
        elif was_plain:
            self.redraw()
        elif self._picture.is_complete and not self.is_full_picture:
            self.redraw_flat()
        self._wants_reach = True
        self._picture_shown()

    def _picture_shown(self) -> None:
        """What was to wait for the picture that is shown now may come."""
        if self._wants_reach and self.is_full_picture:
            self._wants_reach = False
            restart(self._reach_timer)

    def _notice_reach(self) -> None:
        """How far away what one looks at is."""
        if not self.is_full_picture:  # it moves again, and will come to rest
            return
        width, height = self.size
        middle = self._world_under(width // 2, height // 2)
        if middle is not None:
            camera = self.current_camera()
            self.camera.reach = float((middle - camera.position) @ camera.world_from_cam[:3, 2])
            restart(self._flat_timer)  # in a turn of its own
        restart(self._ready_timer)

    def _make_ready(self) -> None:
        if self.is_full_picture:
            self._picture.make_ready_to_move(self.current_camera())
