"""Every command of the window in one table: menus, toolbar, shortcut list and tool tips come from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from viewer.app.class_keys import DIGITS


@dataclass(frozen=True, slots=True)
class Command:
    """One command: where it stands, what it is called, which keys start it and what it does.

    `handler` is a dotted name below the main window. A key without Ctrl acts only while the 3D view or an
    image has the focus, so that typing in a text field never starts a command.
    """

    key: str
    menu: str  # "File", or "View/Color by" for a submenu
    title: str
    handler: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    is_checkable: bool = False
    group: str = ""  # checkable commands of one group exclude each other
    on_toolbar: bool = False
    starts_section: bool = False
    repeats: bool = False  # again and again while its key is held
    needs: str = ""  # "", "scene", "labels", "frame", "mesh", "camera", "undo", "redo", "selection"


# fmt: off
COMMANDS: Final[tuple[Command, ...]] = (
    # File
    Command("open", "File", "&Open Scene or Dataset…", "opening.ask_folder", ("Ctrl+O",), "open",
            "Open a scene folder, its mesh folder, or a folder of scenes", on_toolbar=True),
    Command("open_sample", "File", "Open &Sample Scene", "opening.open_sample", (), "sample",
            "A furnished flat made by this program, to try everything on"),
    Command("add_root", "File", "&Lay Another Folder over the Scene…", "opening.ask_overlay", (), "",
            "Add a folder that holds other parts of the same scenes: images, labels or meshes"),
    Command("reload", "File", "&Reload Scene", "opening.reload", ("F5",), "", "", needs="scene"),
    Command("inventory", "File", "&Inventory…", "side_windows.inventory", (), "",
            "What is there and what is missing", needs="scene"),
    Command("save", "File", "&Save Labels", "saving.save", ("Ctrl+S",), "save",
            "Write the four label files", on_toolbar=True, starts_section=True, needs="labels"),
    Command("save_as", "File", "Save Labels &As…", "saving.save_as", ("Ctrl+Shift+S",), "",
            "Write the four label files to another folder", needs="labels"),
    Command("load_labels", "File", "&Load Labels…", "saving.load", (), "",
            "Replace the labels by those saved in another folder; can be undone", needs="labels"),
    Command("label_table", "File", "Use Label &Table…", "saving.load_label_table", (), "",
            "Class ids, names and colors from a CSV file", needs="labels"),
    Command("screenshot", "File", "Screens&hot of the 3D View…", "viewing.save_screenshot", ("Ctrl+P",),
            "camera", needs="scene", starts_section=True),
    Command("record", "File", "&Record Session…", "recording.toggle",
            tip="Record strokes and label changes into a file that can be replayed", is_checkable=True,
            needs="labels"),
    Command("settings", "File", "Se&ttings…", "side_windows.settings", ("Ctrl+,",), "settings",
            starts_section=True),
    Command("close_scene", "File", "&Close Scene", "opening.close_scene", ("Ctrl+W",), "", needs="scene",
            starts_section=True),
    Command("quit", "File", "&Quit", "close", ("Ctrl+Q",), ""),
    # Edit
    Command("undo", "Edit", "&Undo", "painting.undo", ("Ctrl+Z",), "undo", on_toolbar=True, repeats=True,
            needs="undo"),
    Command("redo", "Edit", "&Redo", "painting.redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", on_toolbar=True,
            repeats=True, needs="redo"),
    Command("find_object", "Edit", "&Find Object…", "viewing.find_object", ("Ctrl+F",), "search",
            starts_section=True, needs="scene"),
    Command("select_none", "Edit", "Select &Nothing", "viewing.escape", ("Esc",), "", needs="scene"),
    Command("copy_pose", "Edit", "&Copy Camera Pose", "viewing.copy_pose", ("Ctrl+Shift+C",), "",
            "The current frame's pose and lens, as the pose inspector writes them", needs="camera"),
    # View
    Command("fit", "View", "&Fit Everything", "scene_view.frame_all", ("Home",), "fit", on_toolbar=True,
            needs="scene"),
    Command("focus", "View", "F&rame Selection", "viewing.focus_selection", ("Z",), "", needs="selection"),
    Command("top_view", "View", "&Top View", "scene_view.top_view", ("7",), "top-view", on_toolbar=True,
            needs="scene"),
    Command("bookmark", "View", "&Bookmark This View", "bookmarks.add", ("Ctrl+B",), "", needs="scene"),
    Command("view_back", "View", "Previous &View", "bookmarks.back", ("Backspace",), "",
            "Back to where the view was before it jumped", needs="scene"),
    Command("hide", "View", "&Hide Selection", "viewing.hide_selection", ("H",), "hide", needs="selection",
            starts_section=True),
    Command("isolate", "View", "&Isolate Selection", "viewing.isolate_selection", ("I",), "isolate",
            needs="selection"),
    Command("xray", "View", "&X-Ray of the Selection", "viewing.toggle_xray", ("X",), "xray",
            "Draw everything but the selection faint, and let strokes and clicks pass through it",
            is_checkable=True, on_toolbar=True, needs="scene"),
    Command("show_all", "View", "Show A&ll", "viewing.show_all", ("Shift+H",), "show-all", needs="scene"),
    Command("cut_ceiling", "View", "&Cut the Ceiling", "clipping.toggle", ("C",), "clip",
            "Show only what lies below a height; sliders below the view change it", is_checkable=True,
            on_toolbar=True, needs="scene"),
    Command("clip_selection", "View", "Clip Box around the &Selection", "clipping.around_selection",
            ("Shift+C",), "", "Show only what lies in the box around the selected objects",
            needs="selection"),
    Command("wireframe", "View", "&Wireframe", "viewing.toggle_wireframe", ("Shift+W",), "wireframe",
            is_checkable=True, needs="scene"),
    Command("toggle_boxes", "View", "Bo&xes", "viewing.toggle_boxes", ("B",), "boxes", is_checkable=True,
            on_toolbar=True, needs="scene"),
    Command("toggle_octomap", "View", "&Octomap", "viewing.toggle_octomap", ("T",), "octomap",
            is_checkable=True, needs="scene"),
    Command("toggle_cameras", "View", "Camera F&rusta", "viewing.toggle_cameras", ("V",), "camera",
            is_checkable=True, on_toolbar=True, needs="scene"),
    Command("toggle_points", "View", "&Points", "viewing.toggle_points", ("J",), "points",
            is_checkable=True, needs="scene"),
    Command("color_class", "View/&Color By", "&Class", "viewing.color_by_class", ("Ctrl+1",),
            is_checkable=True, group="color", starts_section=True),
    Command("color_instance", "View/&Color By", "&Instance", "viewing.color_by_instance", ("Ctrl+2",),
            is_checkable=True, group="color"),
    Command("color_object", "View/&Color By", "&Object", "viewing.color_by_object", ("Ctrl+3",),
            is_checkable=True, group="color"),
    Command("color_photo", "View/&Color By", "&Photo", "viewing.color_by_photo", ("Ctrl+4",),
            is_checkable=True, group="color"),
    Command("color_normal", "View/&Color By", "&Normal", "viewing.color_by_normal", ("Ctrl+5",),
            is_checkable=True, group="color"),
    Command("color_residual", "View/&Color By", "&Residual of Points", "point_choice.color_by_residual",
            ("Ctrl+6",), "", "How far the images of positions and of distances are apart",
            is_checkable=True, group="color"),
    Command("theme_system", "View/&Theme", "Follow the &System", "use_theme_system", is_checkable=True,
            group="theme"),
    Command("theme_dark", "View/&Theme", "&Dark", "use_theme_dark", is_checkable=True, group="theme"),
    Command("theme_light", "View/&Theme", "&Light", "use_theme_light", is_checkable=True, group="theme"),
    Command("full_screen", "View", "F&ull Screen", "toggle_full_screen", ("F11",), is_checkable=True),
    # Camera
    Command("look_through", "Camera", "&Look Through the Frame's Camera", "looking.toggle", ("Return",),
            "look-through", "See the scene exactly as the current frame's camera does, the image over it",
            is_checkable=True, on_toolbar=True, needs="camera"),
    Command("overlay", "Camera", "Show or Hide the &Image over the Scene", "looking.toggle_overlay", ("O",),
            needs="camera"),
    Command("lens_table", "Camera/L&ens", "Camera &Table", "lens_choice.use_table", (), "",
            "The scene's own lens, as the camera table has it", is_checkable=True, group="lens",
            needs="camera"),
    Command("lens_measured", "Camera/L&ens", "&Measured in the Images", "lens_choice.use_measured", (), "",
            "The lens that the images of positions show", is_checkable=True, group="lens", needs="camera"),
    Command("lens_pinhole", "Camera/L&ens", "Plain 60° &Pinhole", "lens_choice.use_pinhole", (), "",
            "Wrong for scenes with a shifted or tilted lens", is_checkable=True, group="lens",
            needs="camera"),
    Command("next_frame", "Camera", "&Next Frame", "frames_panel.next_frame", ("Right",), "next",
            repeats=True, needs="frame", starts_section=True),
    Command("previous_frame", "Camera", "&Previous Frame", "frames_panel.previous_frame", ("Left",), "prev",
            repeats=True, needs="frame"),
    Command("first_frame", "Camera", "F&irst Frame", "frames_panel.first_frame", ("Ctrl+Left",), "first",
            needs="frame"),
    Command("last_frame", "Camera", "L&ast Frame", "frames_panel.last_frame", ("Ctrl+Right",), "last",
            needs="frame"),
    Command("next_camera", "Camera", "Next &Trajectory", "frames_panel.next_camera", ("Down",),
            needs="frame"),
    Command("previous_camera", "Camera", "Previous Trajectory", "frames_panel.previous_camera", ("Up",),
            needs="frame"),
    Command("play", "Camera", "Pla&y", "frames_panel.toggle_play", ("K",), "play", needs="frame"),
    Command("nearest_frame", "Camera", "N&earest Frame", "seeing.go_to_nearest", ("Shift+O",), "camera",
            "The frame whose camera stands and looks most like the 3D view", needs="camera",
            starts_section=True),
    Command("best_frame", "Camera", "&Best Frame for the Selection", "seeing.go_to_best", ("Shift+Z",),
            "focus", "The frame that shows most pixels of the selection", needs="selection"),
    Command("pin_frame", "Camera", "&Keep This Frame in a Pane", "images_panel.pin_current", (), "pin",
            "Pin the current frame to a pane of its own, beside those that follow", needs="frame"),
    Command("pose_inspector", "Camera", "Pose &Inspector", "viewing.inspect_pose", (), "measure",
            "Position, axes and lens of the frame's camera, and both for other programs with a proof",
            needs="scene", starts_section=True),
    Command("export_poses", "Camera", "E&xport Trajectories…", "pose_export.ask", (), "export",
            "Write all poses for other programs: JSON, COLMAP, NumPy, OpenCV or Blender", needs="scene"),
    # Label
    Command("tool_pen", "Label", "&Pen", "painting.use_pen", ("1",), "pen", is_checkable=True, group="tool",
            on_toolbar=True, needs="labels"),
    Command("tool_line", "Label", "&Line", "painting.use_line", ("2",), "line", is_checkable=True,
            group="tool", on_toolbar=True, needs="labels"),
    Command("tool_rectangle", "Label", "&Rectangle", "painting.use_rectangle", ("3",), "rectangle",
            is_checkable=True, group="tool", on_toolbar=True, needs="labels"),
    Command("tool_eyedropper", "Label", "E&yedropper", "painting.use_eyedropper", ("4",), "eyedropper",
            is_checkable=True, group="tool", on_toolbar=True, needs="labels"),
    Command("tool_lasso", "Label", "L&asso", "painting.use_lasso", ("5",), "lasso", is_checkable=True,
            group="tool", on_toolbar=True, needs="labels"),
    Command("sticky_paint", "Label", "Paint without &Shift", "painting.toggle_sticky", ("Q",), "",
            "Left drag paints instead of orbiting until switched off", is_checkable=True, needs="labels"),
    Command("erase", "Label", "&Erase", "painting.toggle_erase", ("E",), "erase", is_checkable=True,
            on_toolbar=True, needs="labels", starts_section=True),
    Command("unique", "Label", "&Unique Instance per Object", "painting.toggle_unique", ("U",), "unique",
            is_checkable=True, needs="labels"),
    Command("new_instance", "Label", "&New Instance", "painting.new_instance", ("Space",), "new-instance",
            needs="labels"),
    Command("switch_layer", "Label", "Switch Class / Instance La&yer", "painting.switch_layer", ("Y",), "",
            needs="labels"),
    *(
        Command(f"class_key_{digit}", "Label/Cl&ass by Key", f"Class of Shift+&{digit}",
                f"class_keys.use_{digit}", (f"Shift+{digit}",), "",
                "Paint with the class that has this key; right-click a class in the list to give it one",
                needs="labels")
        for digit in DIGITS
    ),
    Command("label_selection", "Label", "Label the Se&lection", "label_commands.label_selection", ("L",),
            "brush", "Give the selected objects the current class or instance, without a stroke",
            needs="selection", starts_section=True),
    Command("erase_selection", "Label", "Erase the Selection's La&bel", "label_commands.erase_selection",
            ("Del",), "", "Take the label of the current layer from the selected objects", needs="selection"),
    Command("group_selection", "Label/&Instances", "Put the Selection into a &New Instance",
            "label_commands.group_selection", ("Ctrl+G",), "new-instance",
            "One new instance for all selected objects", needs="selection"),
    Command("split_selection", "Label/&Instances", "Give &Each Selected Object Its Own",
            "label_commands.split_selection", ("Ctrl+Shift+G",), "unique",
            "Split: a new instance for each selected object", needs="selection"),
    Command("merge_instances", "Label/&Instances", "&Merge the Selection's Instances",
            "label_commands.merge_instances", ("Ctrl+M",), "",
            "All objects of the instances that are selected get the smallest of their ids",
            needs="selection"),
    Command("rename_instance", "Label/&Instances", "&Rename…", "label_commands.rename_instance", ("F2",), "",
            "Name the selected instance, or the one that is painted with", needs="labels"),
    Command("recolor_instance", "Label/&Instances", "&Color…", "label_commands.recolor_instance", (), "color",
            "Choose the color of the selected instance, or of the one that is painted with", needs="labels"),
    Command("lock_selection", "Label/Loc&ks", "&Lock or Unlock the Selection",
            "label_commands.toggle_selection_lock", ("Ctrl+L",), "lock", "No stroke changes what is locked",
            needs="selection"),
    Command("lock_class", "Label/Loc&ks", "Lock or Unlock the Current &Class",
            "label_commands.toggle_class_lock", (), "", "No stroke changes the objects of a locked class",
            needs="labels"),
    Command("unlock_all", "Label/Loc&ks", "&Unlock Everything", "label_commands.unlock_all", needs="labels"),
    Command("next_unlabelled", "Label", "Ne&xt Unlabelled Object", "debt.next", ("N",), "next",
            "Select the biggest object without a label in this layer, and fly to it", needs="labels",
            starts_section=True),
    Command("previous_unlabelled", "Label", "Pre&vious Unlabelled Object", "debt.previous", ("Shift+N",),
            "prev", "Back to the unlabelled object before this one", needs="labels"),
    Command("restore_version", "Label", "Restore &Kept Version…", "kept_versions.offer", (), "history",
            "Bring back the labels as they were before one of the last saves; can be undone",
            needs="labels", starts_section=True),
    Command("export_label_images", "Label", "Export Label &Images…", "label_export.ask", (), "export",
            "Write the class and the instance of every pixel as the dataset has them, and previews",
            needs="labels"),
    # Help
    Command("labelling_help", "Help", "&Labelling Guide", "side_windows.labelling_guide", ("F1",)),
    Command("shortcuts", "Help", "&Keyboard Shortcuts", "side_windows.shortcuts", ("Ctrl+/", "?")),
    Command("about", "Help", "&About Hypersim Viewer", "side_windows.about", (), starts_section=True),
)
# fmt: on
