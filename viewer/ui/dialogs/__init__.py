"""Windows beside the main window, one per file."""
