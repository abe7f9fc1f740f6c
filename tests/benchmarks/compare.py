"""This program beside other viewers on the same scenes, in turn, and whether it keeps its bars.

    python tests/benchmarks/compare.py --peers PYTHON --sample SCENE --markdown FILE
    python tests/benchmarks/compare.py --mayavi PYTHON --tools FOLDER --sizes 5M

`--peers` is a Python that has polyscope, pyvista and open3d; whatever cannot be imported there is left out.
`--mayavi` is one that has mayavi, and `--tools` the folder `code/python/tools` of the dataset's repository,
whose `visualize_mesh.py` it runs as it is.
Rounds go through all contenders in turn, so that a busy machine slows them alike; the table holds medians.
Scenes are made below the temporary folder and kept for the next time.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from big_octomap import write_big_octomap
from big_scene import SIZES, write_big_scene

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WINDOW = (1828, 1264)
"""So large that the 3D view has the 1280x800 pixels of the peers' windows."""
PEER_VIEW = (1280, 800)
LIMIT_S = 240
ORIGINAL_RECTANGLE = {"1M": (1.06, 0.46), "5M": (2.82, 0.55)}
"""Seconds of the original tool for a stroke over 1440x985 pixels, and of its rays alone."""
ORIGINAL_RAYS = 1440 * 985
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
Values = dict[str, Any]
Found = dict[tuple[str, str], list[Values]]
"""What every contender measured in every round, by size of the scene and contender."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    ours: float | None
    bar: float | None
    unit: str
    against: str

    @property
    def verdict(self) -> str:
        if self.ours is None or self.bar is None:
            return "not measured"
        return "pass" if self.ours <= self.bar else "fail"


@contextmanager
def display() -> Iterator[None]:
    """A virtual screen large enough for the window."""
    read_end, write_end = os.pipe()
    screen = f"{WINDOW[0] + 12}x{WINDOW[1] + 16}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", screen, "-nolisten", "tcp"],
        pass_fds=(write_end,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        os.environ["DISPLAY"] = f":{answer.readline().strip()}"
    try:
        yield
    finally:
        server.terminate()
        server.wait()


def measured(command: list[str]) -> Values | None:
    """The JSON that a command prints last; None when it fails."""
    # what is installed is compiled; a checkout is not, where Python may not keep what it compiles
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"    over {LIMIT_S} s: {' '.join(command[-3:])}", flush=True)
        return None
    text = done.stdout
    start = text.find("{")
    if start < 0:
        print(f"    nothing came of {' '.join(command[-3:])}: {done.stderr.strip()[-300:]}", flush=True)
        return None
    found: Values = json.loads(text[start : text.rfind("}") + 1])
    return found


def contenders(arguments: argparse.Namespace, scene: Path) -> dict[str, list[str]]:
    """Name → command line."""
    found = {"ours": bench(scene)}
    for name in ("polyscope", "pyvista", "open3d"):
        if arguments.peers is None or (arguments.only and name not in arguments.only.split(",")):
            continue
        has = subprocess.run([arguments.peers, "-c", f"import {name}"], capture_output=True, check=False)
        if has.returncode == 0:
            found[name] = peer(arguments.peers, name, scene)
    if arguments.mayavi is not None and arguments.tools is not None:
        found["original"] = [*peer(arguments.mayavi, "original", scene), "--tools", str(arguments.tools)]
    return found


def peer(python: str, name: str, scene: Path) -> list[str]:
    """The command line that times another viewer."""
    width, height = map(str, PEER_VIEW)
    return [python, str(HERE / "peer.py"), name, str(scene), "--width", width, "--height", height]


def bench(scene: Path) -> list[str]:
    """The command line that times this program."""
    window = f"{WINDOW[0]}x{WINDOW[1]}"
    return [sys.executable, "-m", "viewer", "bench", str(scene), "--json", "--window-size", window]


def run(arguments: argparse.Namespace) -> Found:
    """All rounds of all sizes, every second one in the opposite order: each leaves its heat to the next."""
    found: Found = {}
    for size in arguments.sizes.split(","):
        triangles, objects = SIZES[size]
        scene = write_big_scene(arguments.folder / size, triangles, objects)
        commands = contenders(arguments, scene)
        if size == "14M":
            commands = {"ours": commands["ours"]}
        for number in range(1 if size == "14M" else arguments.rounds):
            for name, command in list(commands.items())[:: -1 if number % 2 else 1]:
                # the slowest one tells nothing new in a second round
                if name == "original" and (size != "5M" or number > 0):
                    continue
                print(f"{size} round {number + 1}: {name}", flush=True)
                values = measured(command)
                if values is not None:
                    found.setdefault((size, name), []).append(values)
    octomap = write_big_octomap(arguments.folder / "octomap")
    for number in range(arguments.rounds):
        print(f"octomap round {number + 1}", flush=True)
        for name, command in (
            ("ours", bench(octomap)),
            ("InstancedMesh", peer(sys.executable, "instancedmesh", octomap)),
        ):
            values = measured(command)
            if values is not None:
                found.setdefault(("octomap", name), []).append(values)
    if arguments.sample is not None:
        for number in range(arguments.rounds):
            print(f"images round {number + 1}", flush=True)
            values = measured(bench(arguments.sample))
            if values is not None:
                found.setdefault(("sample", "ours"), []).append(values)
        fused = measured([sys.executable, str(HERE / "fusion.py"), str(arguments.sample)])
        if fused is not None:
            found["sample", "fusion"] = [fused]
    return found


def middle(found: Found, size: str, name: str, key: str) -> float | None:
    """The median of a value over the rounds."""
    values = [row[key] for row in found.get((size, name), []) if row.get(key) is not None]
    return statistics.median(values) if values else None


def rows(found: Found) -> list[Row]:
    """The table."""
    table: list[Row] = []

    def add(what: str, ours: float | None, bar: float | None, unit: str, against: str) -> None:
        table.append(Row(what, ours, bar, unit, against))

    def ratio(size: str, key: str, share: float, viewer: str, what: str, unit: str) -> None:
        theirs = middle(found, size, viewer, key)
        bar = None if theirs is None else share * theirs
        told = viewer if theirs is None else f"{share:g} x {viewer} ({number(theirs)} {unit})"
        add(f"{what}, {size}", middle(found, size, "ours", key), bar, unit, told)

    for size, share in (("1M", 1.0), ("5M", 0.7)):
        ratio(size, "first_frame_s", share, "polyscope", "start to the first whole picture", "s")
    ratio("5M", "first_frame_s", 0.1, "original", "start to the first whole picture", "s")
    for size in ("1M", "5M"):
        ratio(size, "orbit_ms", 0.5, "polyscope", "moving, per picture", "ms")
    for size in ("1M", "5M"):
        theirs = middle(found, size, "polyscope", "orbit_ms")
        add(
            f"  with every triangle and pixel, {size}",
            middle(found, size, "ours", "orbit_full_ms"),
            None if theirs is None else 0.5 * theirs,
            "ms",
            "0.5 x polyscope",
        )
    add("moving on weak graphics, 5M", middle(found, "5M", "ours", "orbit_ms"), 100.0, "ms", "10 a second")
    add("rest to the full picture, 5M", middle(found, "5M", "ours", "rest_to_full_s"), 0.5, "s", "")
    for size, share in (("1M", 0.35), ("5M", 0.2)):
        ratio(size, "relabel_ms", share, "polyscope", "new label to picture", "ms")
    for size in ("1M", "5M", "14M"):
        add(f"click, processor time, {size}", middle(found, size, "ours", "click_cpu_ms"), 5.0, "ms", "")
    for size, share in (("1M", 0.5), ("5M", 0.25)):
        _rectangle(found, size, share, add)
    for size in ("1M", "5M"):
        picture = middle(found, size, "ours", "orbit_full_ms")
        add(
            f"pointer at rest to name, {size}",
            middle(found, size, "ours", "hover_ms"),
            picture,
            "ms",
            "1 picture",
        )
    decode = middle(found, "sample", "ours", "step_decode_ms")
    add("step to a decoded frame", middle(found, "sample", "ours", "step_prefetched_ms"), 50.0, "ms", "")
    add(
        "step to any frame",
        middle(found, "sample", "ours", "step_cold_ms"),
        None if decode is None else 1.3 * decode,
        "ms",
        "1.3 x decoding",
    )
    for size, share in (("1M", 1.0), ("5M", 0.6)):
        ratio(size, "peak_mb", share, "pyvista", "peak memory", "MB")
        theirs = middle(found, size, "pyvista", "peak_mb")
        bar = None if theirs is None else share * theirs
        add(f"  looking only, {size}", middle(found, size, "ours", "peak_looking_mb"), bar, "MB", "")
    add("peak memory, 14M", middle(found, "14M", "ours", "peak_mb"), 8192.0, "MB", "")
    for step in ("open", "orbit", "stroke", "save"):
        gaps = [values["longest_gaps"][step] for values in found.get(("14M", "ours"), [])]
        longest = max((gap["ms"] for gap in gaps), default=None)
        add(f"longest time without an answer, 14M: {step}", longest, 100.0, "ms", "")
    ratio("octomap", "orbit_ms", 0.6, "InstancedMesh", "moving, per picture", "ms")
    theirs = middle(found, "octomap", "InstancedMesh", "orbit_ms")
    add(
        "  with every voxel and pixel, octomap",
        middle(found, "octomap", "ours", "orbit_full_ms"),
        None if theirs is None else 0.6 * theirs,
        "ms",
        "0.6 x InstancedMesh",
    )
    add("100 frames to points", middle(found, "sample", "fusion", "fused_s"), 60.0, "s", "")
    add("first points", middle(found, "sample", "fusion", "first_points_s"), 2.0, "s", "")
    return table


def _rectangle(
    found: Found, size: str, share: float, add: Callable[[str, float | None, float | None, str, str], None]
) -> None:
    """The original tool's time, scaled by the number of rays and by what rays take on this machine."""
    rays, alone = middle(found, size, "ours", "rectangle_rays"), middle(found, size, "ours", "rays_alone_s")
    bar = None
    if rays and alone:
        whole, casting = ORIGINAL_RECTANGLE[size]
        slower = (alone / rays) / (casting / ORIGINAL_RAYS)
        bar = share * whole * rays / ORIGINAL_RAYS * max(slower, 1.0)
    against = f"{share:g} x the original tool"
    add(f"rectangle over the view, {size}", middle(found, size, "ours", "rectangle_s"), bar, "s", against)


def number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def to_markdown(found: Found, table: list[Row]) -> str:
    """The table, and what it was measured on."""
    ours = next((values[0] for (_, name), values in found.items() if name == "ours"), {})
    lines = [
        f"Measured on {datetime.date.today().isoformat()}: {ours.get('system', platform.platform())}, "
        f"{ours.get('cores', os.cpu_count())} cores, OpenGL {ours.get('graphics', '')}; window "
        f"{WINDOW[0]}x{WINDOW[1]} with a 3D view of {'x'.join(map(str, ours.get('view_px', ())))} pixels, "
        f"peers {PEER_VIEW[0]}x{PEER_VIEW[1]}.",
        "",
        "| what | measured | bar | against | |",
        "| --- | ---: | ---: | --- | --- |",
    ]
    for row in table:
        lines.append(
            f"| {row.what.strip()} | {number(row.ours)} {row.unit} | {number(row.bar)} {row.unit} "
            f"| {row.against} | {row.verdict} |"
        )
    lines += ["", "| scene | viewer | first picture s | moving ms | new label ms | peak MB |"]
    lines.append("| --- | --- | ---: | ---: | ---: | ---: |")
    for size, name in found:
        if size == "sample":
            continue
        values = [
            middle(found, size, name, key) for key in ("first_frame_s", "orbit_ms", "relabel_ms", "peak_mb")
        ]
        lines.append(f"| {size} | {name} | " + " | ".join(map(number, values)) + " |")
    gaps = [
        (size, step, gap)
        for (size, name), all_values in found.items()
        if name == "ours"
        for step, gap in all_values[-1]["longest_gaps"].items()
        if gap["ms"] > 100
    ]
    if gaps:
        lines += ["", "Times without an answer above 100 ms:", ""]
        lines += [
            f"- {size}, {step}: {gap['ms']:.0f} ms, of them {gap['cpu_ms']:.0f} computing; "
            + (gap["where"] or "in Qt")
            for size, step, gap in gaps
        ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peers", help="Python with polyscope, pyvista and open3d")
    parser.add_argument("--mayavi", help="Python with mayavi and a Qt")
    parser.add_argument("--tools", type=Path, help="folder of the original visualize_mesh.py")
    parser.add_argument("--only", default="", help="of the peers, only these, separated by commas")
    parser.add_argument("--sizes", default="1M,5M,14M")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--sample", type=Path, help="a scene with images, such as `hypersim-viewer sample` makes"
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "hypersim-viewer-benchmarks"
    )
    parser.add_argument("--json", type=Path, help="write everything measured into this file")
    parser.add_argument("--markdown", type=Path, help="put the table into this file, between its two marks")
    arguments = parser.parse_args()
    if shutil.which("Xvfb") is None:
        raise SystemExit("Xvfb is needed, so that every viewer gets the same screen")
    with display():
        found = run(arguments)
    table = rows(found)
    text = to_markdown(found, table)
    print(text)
    if arguments.json is not None:
        kept = [{"size": size, "viewer": name, "rounds": values} for (size, name), values in found.items()]
        arguments.json.write_text(json.dumps(kept, indent=2))
    if arguments.markdown is not None:
        page = arguments.markdown.read_text()
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        arguments.markdown.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
    return 1 if any(row.verdict == "fail" for row in table) else 0


if __name__ == "__main__":
    sys.exit(main())
