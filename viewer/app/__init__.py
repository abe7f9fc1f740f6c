"""Use cases: what a menu entry means, without the menu."""
