"""OpenGL's own calls: errors are told, arrays are checked, and only the functions in the table are there."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from viewer.errors import GpuError
from viewer.render.gl import _FUNCTIONS, GL, GLError, OpenGL
from viewer.render.targets import DRIVER_ERRORS, R32F, RGBA8, Targets, driver_problem, flush

pytestmark = pytest.mark.gl
NO_SUCH = 0xFFFF


@pytest.fixture
def context(stage: Any) -> Iterator[Any]:
    """vispy's context, current and without errors."""
    stage.view._picture.make_current()
    yield stage.view._canvas.context
    assert GL.glGetError() == 0


def test_every_function_of_the_table_is_in_the_library(context: Any) -> None:
    own = OpenGL()
    assert all(callable(getattr(own, name)) for name in _FUNCTIONS)
    with pytest.raises(AttributeError, match="glBegin"):
        _ = own.glBegin


def test_an_error_is_raised_by_the_call_that_makes_it_and_told_in_a_sentence(context: Any) -> None:
    with pytest.raises(DRIVER_ERRORS, match=r"invalid enumerant \(glEnable\)") as found:
        GL.glEnable(NO_SUCH)
    assert isinstance(found.value, GLError)
    told = driver_problem(found.value)
    assert isinstance(told, GpuError)
    assert "cannot draw the 3D view: invalid enumerant" in told.message
    GL.glEnable(GL.GL_DEPTH_TEST)  # it is told once only


def test_errors_of_vispys_own_calls_are_raised_when_its_queue_has_run(context: Any) -> None:
    context.glir.command("FUNC", "glEnable", NO_SUCH)
    with pytest.raises(GLError, match="invalid enumerant"):
        flush(context)


def test_arrays_go_to_the_graphics_card_and_come_back(context: Any) -> None:
    target = Targets(context, (RGBA8,))
    target.resize(5, 3)
    target.bind()
    GL.glClearColor(1.0, 0.0, 0.0, 1.0)
    GL.glClear(GL.GL_COLOR_BUFFER_BIT)
    assert (target.read_bytes(0) == (255, 0, 0, 255)).all()
    with pytest.raises(ctypes.ArgumentError, match="contiguous"):
        GL.glReadPixels(0, 0, 2, 2, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, np.zeros((4, 4, 4), np.uint8)[::2])
    target.release()


def test_floats_are_read_into_the_same_memory_until_the_size_is_another(context: Any) -> None:
    target = Targets(context, (RGBA8, R32F))
    target.resize(5, 3)
    target.bind()
    GL.glClearColor(0.5, 0.0, 0.0, 1.0)
    GL.glClear(GL.GL_COLOR_BUFFER_BIT)
    first = target.read_floats_again(1)
    assert first.shape == (3, 5)
    assert (first == 0.5).all()
    first[:] = np.inf
    again = target.read_floats_again(1)
    assert np.shares_memory(first, again)
    assert (again == 0.5).all()
    assert np.array_equal(again, target.read_floats(1)[::-1])
    target.resize(4, 6)
    assert target.read_floats_again(1).shape == (6, 4)
    target.release()


def test_the_driver_tells_its_limits_and_its_name(context: Any) -> None:
    assert GL.integers(GL.GL_MAX_TEXTURE_SIZE, 1)[0] >= 1024
    assert len(GL.integers(GL.GL_MAX_VIEWPORT_DIMS, 2)) == 2
    assert (GL.text(GL.GL_VERSION) or "")[0].isdigit()
