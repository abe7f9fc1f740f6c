"""A 3D view in a real window, of a size given in pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from viewer.model.mesh import Mesh, split_at_objects
from viewer.model.scene import Scene

if TYPE_CHECKING:
    from viewer.render.orbit_camera import ViewState

SIZE = (360, 270)


class Stage:
    """A view in a window, and what a test does with it."""

    def __init__(self, view: Any, window: Any, application: Any) -> None:
        self.view = view
        self.window = window
        self._application = application
        self.view.navigator.reduced_motion = True
        # How long pictures take here says nothing: what a test sees must not depend on the machine.
        self.view._picture.budget.is_allowed = False

    def settle(self) -> None:
        """Draw until all is sent and drawn in full quality."""
        import time

        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            self._application.processEvents()
            view = self.view
            is_still = not view.is_uploading and not view._is_plain and not view._motion_timer.running
            picture = view._picture
            if is_still and picture.is_complete and picture.has_surfaces(view.current_camera()):
                break
            time.sleep(0.005)
        else:
            pytest.fail("the view did not come to rest within 20 s")
        self.view.native.repaint()
        self._application.processEvents()

    def wait(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        import time

        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"nothing happened within {seconds} s")
            self._application.processEvents()
            time.sleep(0.005)

    def pause(self, seconds: float) -> None:
        """Let the window work for so long."""
        import time

        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > until)

    def show(self, scene: Scene, mesh: Mesh | None) -> None:
        self.view.set_scene(scene, None if mesh is None else split_at_objects(mesh))
        self.settle()

    def full_and_coarse(self, mesh: Mesh, state: ViewState) -> list[NDArray[Any]]:
        """The window's pixels, then ids and depths of the mesh in its coarsest forms, of one view of it."""
        from tests.render.scenes import scene_of
        from viewer.geometry.mesh_detail import mesh_detail
        from viewer.jobs.job import Progress
        from viewer.render.renderer import Renderer

        gpu, view = split_at_objects(mesh), self.view
        view.set_scene(scene_of(mesh), gpu)
        view.set_view(state)
        full = self.pixels()
        view.set_mesh_detail(mesh_detail(gpu, Progress.silent()))
        self.settle()
        frame = view._state.frame(view._canvas.context, view.current_camera())
        frame.most_faces = 1
        renderer = Renderer(view._canvas.context)
        renderer.draw_surfaces(frame, view._state.layers.values())
        coarse = renderer.read_ids(frame, (), 0)
        renderer.release()
        return [full, coarse.object_ids, coarse.depths]

    def pixels(self) -> NDArray[np.uint8]:
        """What is in the window once it is whole, (H, W, 3)."""
        self.settle()
        return self.shown()

    def shown(self) -> NDArray[np.uint8]:
        """What is in the window just now, (H, W, 3)."""
        image = self.view.native.grabFramebuffer()
        image = image.convertToFormat(image.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


@pytest.fixture
def is_painting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Tells whether the window is being painted."""
    from viewer.render.picture import Picture

    depth = 0
    draw = Picture.draw

    def painted(*args: Any, **options: Any) -> float:
        nonlocal depth
        depth += 1
        try:
            return draw(*args, **options)
        finally:
            depth -= 1

    monkeypatch.setattr(Picture, "draw", painted)
    return lambda: depth > 0


@pytest.fixture
def stage(qapp: Any) -> Iterator[Stage]:
    """An empty view of `SIZE`, shown."""
    from PySide6.QtWidgets import QMainWindow

    from viewer.render.scene_view import SceneView
    from viewer.ui.start import use_gloo

    use_gloo()
    view = SceneView()
    view.show_axes = view.show_scale_bar = False
    window = QMainWindow()
    window.setCentralWidget(view.native)
    window.resize(*SIZE)
    window.show()
    found = Stage(view, window, qapp)
    found.wait(lambda: view._picture.is_ready and view.size == SIZE)
    yield found
    view.close()
    window.close()
    window.deleteLater()
    qapp.processEvents()
