#!/usr/bin/env bash
# Set up what is needed and run every check: format, lint, types, tests. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/common.sh

python=$(find_python)
ensure_system_libraries "$python" --virtual-display
ensure_environment "$python" dev

.venv/bin/ruff format --check .
.venv/bin/ruff check .
.venv/bin/mypy
# The tests start a virtual display by themselves where there is none. Each process takes up to 2 GB.
exec .venv/bin/python -m pytest -q -n auto --maxprocesses 4 --dist worksteal "$@"
