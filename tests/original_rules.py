"""The labelling rules of the original tool as they are written down, one object at a time.

It shares nothing with the program but the rays, so that the two can be held against each other.
"""

from __future__ import annotations

import numpy as np

from viewer.geometry.ray_scene import RayScene
from viewer.model.camera import Camera


class PlainModel:
    """The tool's rules as they are written down, one object at a time."""

    def __init__(self, rays: RayScene, window: tuple[int, int]) -> None:
        self.rays, self.window = rays, window
        count = rays.object_count
        self.si, self.sii = [-1] * count, [-1] * count
        self.state = {
            "si": self.si, "sii": self.sii, "semantic_id": 1, "semantic_instance_id": 1,
            "n_instance_descs": 1, "can_undo": False, "can_redo": False, "erase": False, "unique": False,
            "only_null_si": True, "only_valid_si": False, "only_null_sii": True, "only_valid_sii": False,
        }  # fmt: skip
        self.layer, self.tool, self.prefer = "si", "rectangle", "object"
        self.previous = (self.si[:], self.sii[:])
        self.saved: tuple[list[int], list[int]] | None = None

    def do(self, action: str, camera: Camera) -> None:
        name, *words = action.split()
        state = self.state
        match name, words:
            case "layer", [layer]:
                self.layer = layer
            case "tool", [tool]:
                self.tool = tool
            case "prefer", [prefer]:
                self.prefer = prefer
            case "select_si", [value]:
                state["semantic_id"] = int(value)
            case "select_sii", [value]:
                state["semantic_instance_id"] = int(value)
            case (("erase" | "unique"), [value]):
                state["erase"] = state["unique"] = False
                state[name] = value == "1"
            case "only", [which, value]:
                opposite = which.replace("null", "v").replace("valid", "null").replace("v_", "valid_")
                state[f"only_{which}"], state[f"only_{opposite}"] = value == "1", False
            case "new_sii", _:
                self.create()
            case "space", _:
                if self.layer == "sii":
                    self.create()
            case "undo", _:
                if state["can_undo"]:
                    self.swap()
                    state["can_undo"], state["can_redo"] = False, True
            case "redo", _:
                if state["can_redo"]:
                    self.swap()
                    state["can_undo"], state["can_redo"] = True, False
            case "save", _:
                self.saved = (self.si[:], self.sii[:])
            case "load_segmentation", _:
                if self.saved is not None:
                    self.previous = (self.si[:], self.sii[:])
                    self.si[:], self.sii[:] = self.saved
                    state["n_instance_descs"] = state["semantic_instance_id"] = max(1, *self.sii)
                    state["can_undo"], state["can_redo"] = True, False
            case "drag", _:
                self.drag([int(word) for word in words], camera)

    def create(self) -> int:
        self.state["n_instance_descs"] += 1
        self.state["semantic_instance_id"] = self.state["n_instance_descs"]
        return self.state["n_instance_descs"]

    def swap(self) -> None:
        now = (self.si[:], self.sii[:])
        self.si[:], self.sii[:] = self.previous
        self.previous = now

    def drag(self, numbers: list[int], camera: Camera) -> None:
        positions = list(zip(numbers[::2], numbers[1::2], strict=True))
        inside = [0 <= x < self.window[0] and 0 <= y < self.window[1] for x, y in positions]
        path = [p for k, p in enumerate(positions) if inside[k] and (k == 0 or inside[k - 1])]
        if not path:
            return
        state = self.state
        if self.tool == "eyedropper":
            seen = self.seen([path[-1]], camera)
            column = self.si if self.layer == "si" else self.sii
            for k in seen:
                if column[k] != -1:
                    state["semantic_id" if self.layer == "si" else "semantic_instance_id"] = column[k]
            return
        (x0, y0), (x1, y1) = path[0], path[-1]
        if self.tool == "rectangle":
            columns, rows = range(min(x0, x1), max(x0, x1) + 1), range(min(y0, y1), max(y0, y1) + 1)
            pixels = [(x, y) for x in columns for y in rows]
        else:
            count = int(4 * ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 + 1)
            dx, dy = (x1 - x0) / max(count - 1, 1), (y1 - y0) / max(count - 1, 1)
            pixels = [(int(x0 + k * dx), int(y0 + k * dy)) for k in range(count - 1)] + [(x1, y1)]
        selected: set[int] = set()
        for k in self.seen(pixels, camera):
            if (state["only_null_sii"] and self.sii[k] != -1) or (
                state["only_valid_sii"] and self.sii[k] == -1
            ):
                continue
            if (state["only_null_si"] and self.si[k] != -1) or (state["only_valid_si"] and self.si[k] == -1):
                continue
            column = {"object": None, "si": self.si, "sii": self.sii}[self.prefer]
            if column is None or column[k] == -1:
                selected.add(k)
            else:
                selected |= {j for j in range(len(column)) if column[j] == column[k]}
        self.previous = (self.si[:], self.sii[:])
        state["can_undo"], state["can_redo"] = True, False
        column = self.si if self.layer == "si" else self.sii
        for k in sorted(selected):
            if state["erase"]:
                column[k] = -1
            elif self.layer == "si":
                column[k] = state["semantic_id"]
            else:
                column[k] = self.create() if state["unique"] else state["semantic_instance_id"]

    def seen(self, pixels: list[tuple[int, int]], camera: Camera) -> list[int]:
        hits = self.rays.object_hits(camera, np.array(pixels))
        return sorted({int(k) for k in hits} - {-1})
