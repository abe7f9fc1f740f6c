# Shared by run.sh and test.sh: find Python, see to the system's libraries, make the virtual environment.
# Sourced, with the project's root as the working directory. Safe to repeat: what is there is left alone.

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

has_display() { [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; }

# The first Python of at least 3.11; $PYTHON wins when it is set.
find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  die "Python 3.11 or newer is needed and was not found" \
    "(Debian 12, Ubuntu 24.04 and later: apt-get install python3 python3-venv; or set PYTHON=/path/to/python)"
}

# Run as root: directly, or through sudo when it asks for no password.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  else
    return 77
  fi
}

# Install Debian packages; tell the user the command when we may not.
install_packages() {
  local why=$1
  shift
  command -v apt-get >/dev/null || die "$why: please install what these Debian packages hold: $*"
  export DEBIAN_FRONTEND=noninteractive
  local code=0
  as_root true || code=$?
  [ "$code" = 0 ] || die "$why; run: sudo apt-get install --no-install-recommends $*"
  say "$why; installing: $*"
  local log
  log=$(mktemp)
  if ! as_root apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; then
    # The package lists may be empty or old.
    as_root apt-get update -qq >"$log" 2>&1 || say "warning: apt-get update failed; trying to install all the same"
    if ! as_root apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1; then
      cat "$log" >&2
      rm -f "$log"
      die "apt-get could not install: $*"
    fi
  fi
  rm -f "$log"
}

# See to the libraries that pip cannot bring. With "virtual-display", to Xvfb as well.
ensure_system_libraries() { # python, options for the check
  local python=$1 missing
  shift
  missing=$("$python" -m viewer.app.system_libraries "$@") || die "the check for system libraries failed"
  # shellcheck disable=SC2086 # one word per package
  [ -z "$missing" ] || install_packages "some system libraries are missing" $missing
}

# .venv with exactly what the lock says, and the project itself. Instant when nothing has changed.
ensure_environment() { # python, "run" or "dev"
  local python=$1 level=$2 lock stamp wanted
  lock=packaging/requirements.lock
  [ "$level" = run ] || lock=packaging/requirements-dev.lock
  stamp=.venv/.installed-$level
  wanted=$(cat packaging/requirements.lock packaging/requirements-dev.lock pyproject.toml | sha256sum | cut -c1-64)
  wanted="$wanted $PWD"
  if [ -x .venv/bin/python ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] &&
    .venv/bin/python -c 'import viewer' 2>/dev/null; then
    return
  fi
  if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    ensure_venv_module "$python"
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
  fi
  say "installing what ${lock#packaging/} lists (some minutes the first time)"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  # What tests need holds all that running needs.
  printf '%s\n' "$wanted" >.venv/.installed-run
  [ "$level" = run ] || printf '%s\n' "$wanted" >"$stamp"
}

# Debian's python3 comes without the part that puts pip into a virtual environment.
ensure_venv_module() {
  local python=$1 version
  "$python" -c 'import ensurepip, venv' 2>/dev/null && return
  version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  install_packages "$python cannot make virtual environments" "$version"
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    die "$python still cannot make virtual environments; is it the system's own? Try PYTHON=/usr/bin/python3"
}
