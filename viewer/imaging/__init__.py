"""From a frame's raw arrays to pictures and plain words."""
