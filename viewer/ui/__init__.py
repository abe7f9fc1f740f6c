"""The window: PySide6 widgets that draw state and report gestures."""
