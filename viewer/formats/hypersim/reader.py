"""The reader of Hypersim scenes."""

from __future__ import annotations

from pathlib import Path

from viewer.errors import FormatError
from viewer.formats.hypersim import layout
from viewer.formats.hypersim.camera_table import find_camera_table
from viewer.formats.hypersim.findings import Findings
from viewer.formats.hypersim.recognise import enclosing_scene, scenes_under
from viewer.formats.hypersim.scene_mesh import add_mesh, find_mesh
from viewer.formats.hypersim.scene_objects import (
    add_boxes,
    add_labels,
    add_node_strings,
    add_node_table,
    add_object_table,
    find_nodes,
    find_object_names,
)
from viewer.formats.hypersim.scene_surroundings import add_log, add_notes, add_octomap, metres_per_unit
from viewer.formats.hypersim.scene_views import add_cameras, add_images, find_lens
from viewer.formats.listing import check_open, exists, is_file
from viewer.formats.reader import SceneMatch
from viewer.jobs.job import Progress
from viewer.model.scene import Scene


class HypersimReader:
    """Reads scenes in the layout of the Hypersim dataset, complete or in parts."""

    key = "hypersim"
    title = "Hypersim"

    def recognise(self, path: Path) -> tuple[SceneMatch, ...]:
        """The scenes at or under a path, by name; folders with one name are one scene in several places.

        Raises FormatError when a folder may not be listed.
        """
        place = path.absolute()
        if is_file(place):
            place = place.parent
        scene = enclosing_scene(place)
        folders = scenes_under(place) if scene is None else (scene,)
        by_name: dict[str, list[Path]] = {}
        for folder in folders:
            by_name.setdefault(folder.name, []).append(folder)
        root = place if scene is None else scene
        return tuple(
            SceneMatch(name, tuple(places), self.key, (root,)) for name, places in sorted(by_name.items())
        )

    def read(self, match: SceneMatch, progress: Progress) -> Scene:
        """Every part of a scene that can be read; the others are gaps. Raises Cancelled."""
        return _read(Findings(match, progress))

    def survey(self, match: SceneMatch, progress: Progress) -> Scene:
        """A scene without its mesh and octree, whose sizes stand in their place. Raises Cancelled."""
        return _read(Findings(match, progress, is_survey=True))


def _read(seen: Findings) -> Scene:
    match = seen.match
    for root in match.roots:
        if not exists(root):
            seen.absent("Overlay folder", root, "this folder or camera table does not exist")
    for folder in match.folders:
        for place in (layout.detail_folder(folder), layout.mesh_folder(folder), layout.images_folder(folder)):
            try:
                check_open(place)
            except FormatError as error:
                seen.broken("Folder", error)
    # Objects are counted before anything that refers to them is checked.
    names = find_object_names(seen)
    nodes = find_nodes(seen, names)
    raw = find_mesh(seen)
    table = add_object_table(seen, names, nodes, raw)
    object_count = None if table is None else len(table)
    add_node_table(seen, nodes, object_count)
    add_node_strings(seen)
    add_mesh(seen, raw, object_count)
    add_labels(seen, object_count)
    add_boxes(seen)
    frames = add_images(seen)
    camera_table = find_camera_table((*match.folders, *match.roots), match.name)
    add_cameras(seen, find_lens(seen, camera_table, frames), frames)
    add_octomap(seen)
    add_notes(seen)
    add_log(seen)
    scale = metres_per_unit(seen, camera_table)
    return Scene(
        match.name,
        match.folders[0],
        scale,
        parts=seen.parts,
        gaps=tuple(seen.gaps),
        sources=seen.sources,
        label_folder=_label_folder(match),
    )


def _label_folder(match: SceneMatch) -> Path:
    """The mesh folder that holds labels, else a mesh, else an object list; else that of the best folder."""
    folders = [layout.mesh_folder(scene) for scene in match.folders]
    signs = (
        (layout.OBJECT_CLASSES, layout.OBJECT_INSTANCES),
        (layout.VERTICES, layout.FACES_VERTICES),
        (layout.OBJECTS_TABLE,),
    )
    for names in signs:
        for folder in folders:
            if any(is_file(folder / name) for name in names):
                return folder
    return folders[0]
