#!/bin/sh
# Makes the virtual environment DIR with PYTHON and everything in requirements.lock, quietly unless it fails.
set -eu
python=$1
directory=$2

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Python and its module venv …" >&2
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv; } >&2
    else
        echo "Python 3.11 or its module venv is missing. On Debian, as root: apt-get install python3-venv" >&2
        exit 1
    fi
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 or newer is needed; '$python' is not. Set PYTHON=…" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Preparing the Python environment in $directory (once) …" >&2
# --no-deps: the lock file names everything.  A pip that resolves it once more takes the newest release for an
# extra ("coverage[toml]") and then refuses it because the lock file has another; "pip check" sees that none is missing.
{
    "$python" -m venv "$directory" &&
        "$directory/bin/pip" install --disable-pip-version-check --no-deps --require-hashes -r requirements.lock &&
        "$directory/bin/pip" install --disable-pip-version-check --no-deps --no-build-isolation -e . &&
        "$directory/bin/pip" check
} >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    echo "The Python environment could not be prepared; the last lines above say why." >&2
    exit 1
}
touch "$directory/.ready"
