"""Dock contents, one panel per file."""
