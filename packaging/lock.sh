#!/usr/bin/env bash
# Resolve the dependencies of pyproject.toml anew into the two lock files. Needs uv on the PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

resolve() { # what to write, then more options
  local out=$1
  shift
  # setuptools is locked as well, so that installing the project itself fetches nothing more.
  printf 'setuptools>=77\n' | uv pip compile pyproject.toml - --universal --fork-strategy fewest \
    --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --quiet --upgrade --output-file "$out" "$@"
}

resolve packaging/requirements.lock
resolve packaging/requirements-dev.lock --extra dev --constraint packaging/requirements.lock
