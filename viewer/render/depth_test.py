"""What is in front: depths are how near a place is, near / w, so the largest wins.

Such depths are linear in the picture, so OpenGL may make them itself, once a triangle and not at every
pixel, and leave out early what is hidden. Only it would squeeze them from -1 ... 1 into 0 ... 1, where all
but the nearest metre loses its digits; OpenGL 4.5 can be told not to.
"""

from __future__ import annotations

from viewer.render.gl import GL

IN_FRONT, BEHIND = GL.GL_GREATER, GL.GL_LESS
_CLIP_CONTROL = (4, 5)


def can_fix_depth() -> bool:
    """True when the current context can take depths as vertices have them (`FIXED_DEPTH` in shaders)."""
    found = (*GL.integers(GL.GL_MAJOR_VERSION, 1), *GL.integers(GL.GL_MINOR_VERSION, 1))
    return found >= _CLIP_CONTROL


def fix_depth() -> None:
    """Have it do so from now on. Shaders that write depths themselves do not mind."""
    if can_fix_depth():
        GL.glClipControl(GL.GL_LOWER_LEFT, GL.GL_ZERO_TO_ONE)
