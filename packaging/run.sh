#!/usr/bin/env bash
# Set up what is needed and start the viewer. Without arguments it opens the sample scene:
# in a window, or, where there is no display, in the same window on a virtual one, of which it writes a PNG.
# Arguments are those of hypersim-viewer: packaging/run.sh /data/ai_001_001
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
. packaging/common.sh

python=$(find_python)
opens_window=yes
commands=$("$python" -c 'from viewer.cli import COMMANDS; print(*(command.name for command in COMMANDS))')
case " -h --help --version $commands " in *" ${1:-none} "*) opens_window=no ;; esac
virtual_display=no
[ "$opens_window" = no ] || has_display || virtual_display=yes

if [ "$virtual_display" = yes ]; then
  ensure_system_libraries "$python" --virtual-display
else
  ensure_system_libraries "$python"
fi
ensure_environment "$python" run

cd "$called_from"
[ $# -gt 0 ] || set -- --sample
if [ "$virtual_display" = no ]; then
  exec "$root/.venv/bin/hypersim-viewer" "$@"
fi

picture=
for word in "$@"; do case "$word" in --screenshot | --screenshot=*) picture=given ;; esac; done
if [ -z "$picture" ]; then
  mkdir -p "$root/build"
  picture=$root/build/window.png
  set -- "$@" --screenshot "$picture"
fi
say "there is no display: opening the window on a virtual one and writing a picture of it"
if [ -z "${XDG_RUNTIME_DIR:-}" ]; then
  XDG_RUNTIME_DIR=$(mktemp -d)
  export XDG_RUNTIME_DIR
  trap 'rm -rf "$XDG_RUNTIME_DIR"' EXIT
fi
QT_QPA_PLATFORM=xcb xvfb-run -a -s "-screen 0 1600x1000x24" "$root/.venv/bin/hypersim-viewer" "$@"
