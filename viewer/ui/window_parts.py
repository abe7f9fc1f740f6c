"""The parts of the window that its first picture does not need, and who makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.ui.late import Late

if TYPE_CHECKING:
    from viewer.ui.autosave import Autosave
    from viewer.ui.bookmarks import Bookmarks
    from viewer.ui.boxes import Boxes
    from viewer.ui.checking import Checking
    from viewer.ui.class_keys import ClassKeys
    from viewer.ui.clip_bar import ClipBar
    from viewer.ui.clipping import Clipping
    from viewer.ui.comparing import Comparing
    from viewer.ui.debt import Debt
    from viewer.ui.decimating import Decimating
    from viewer.ui.empty_view import EmptyView
    from viewer.ui.filming import Filming
    from viewer.ui.kept_versions import KeptVersions
    from viewer.ui.label_commands import LabelCommands
    from viewer.ui.label_export import LabelExport
    from viewer.ui.look_bar import LookBar
    from viewer.ui.moving import Moving
    from viewer.ui.octomaps import Octomaps
    from viewer.ui.point_choice import PointChoice
    from viewer.ui.pose_export import PoseExport
    from viewer.ui.probing import Probing
    from viewer.ui.recent_menu import RecentMenu
    from viewer.ui.recording import Recording
    from viewer.ui.residual_bar import ResidualBar
    from viewer.ui.screenshots import Screenshots
    from viewer.ui.seeing import Seeing
    from viewer.ui.stroke_hint import StrokeHint
    from viewer.ui.welcome import Welcome


class LateParts:
    """Attributes of the main window; `Filling` asks for them in this order."""

    class_keys: Late[ClassKeys] = Late("class_keys:class_keys_of")
    comparing: Late[Comparing] = Late("comparing:Comparing")
    boxes: Late[Boxes] = Late("boxes:Boxes")
    octomaps: Late[Octomaps] = Late("octomaps:Octomaps")
    seeing: Late[Seeing] = Late("seeing:Seeing")
    autosave: Late[Autosave] = Late("autosave:Autosave")
    debt: Late[Debt] = Late("debt:Debt")
    checking: Late[Checking] = Late("checking:Checking")
    probing: Late[Probing] = Late("probing:Probing")
    decimating: Late[Decimating] = Late("decimating:Decimating")
    stroke_hint: Late[StrokeHint] = Late("stroke_hint:StrokeHint")
    moving: Late[Moving] = Late("moving:Moving")
    clipping: Late[Clipping] = Late("clipping:Clipping")
    point_choice: Late[PointChoice] = Late("point_choice:PointChoice")
    recording: Late[Recording] = Late("recording:Recording")
    label_commands: Late[LabelCommands] = Late("label_commands:LabelCommands")
    kept_versions: Late[KeptVersions] = Late("kept_versions:KeptVersions")
    label_export: Late[LabelExport] = Late("label_export:LabelExport")
    pose_export: Late[PoseExport] = Late("pose_export:PoseExport")
    screenshots: Late[Screenshots] = Late("screenshots:Screenshots")
    filming: Late[Filming] = Late("filming:Filming")
    bookmarks: Late[Bookmarks] = Late("bookmarks:Bookmarks")
    look_bar: Late[LookBar] = Late("look_bar:look_bar_of")
    residual_bar: Late[ResidualBar] = Late("residual_bar:residual_bar_of")
    clip_bar: Late[ClipBar] = Late("clip_bar:clip_bar_of")
    empty_view: Late[EmptyView] = Late("empty_view:empty_view_of")
    welcome: Late[Welcome] = Late("welcome:welcome_of")
    recent_menu: Late[RecentMenu] = Late("recent_menu:RecentMenu")

    def is_made(self, name: str) -> bool:
        """True when somebody has asked for a late part before."""
        return name in vars(self)
