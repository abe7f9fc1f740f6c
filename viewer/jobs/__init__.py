"""Work off the main thread. Knows nothing of Qt or OpenGL."""
