"""Hypersim Viewer: look at indoor-scene datasets and label their meshes and points."""

__version__ = "0.1.0"
