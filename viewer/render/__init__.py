"""The 3D view: vispy and OpenGL. Knows nothing of Qt, files or the application's rules."""
