#!/bin/sh
# Installs what a bare Debian lacks for the demo or the tests:
#
#   tools/install_debian.sh demo prosody|ejabberd
#   tools/install_debian.sh tests
#
# Silent when everything is there.  Services that come with new packages are neither started now nor
# at boot: demo and tests start servers of their own.  Only root can install; others are told how.
set -eu

case "$*" in
    "demo prosody") wanted="prosody" ;;
    "demo ejabberd") wanted="ejabberd" ;;
    "tests") wanted="prosody prosody-modules lua-dbi-sqlite3 ejabberd erlang-p1-sqlite3 postgresql" ;;
    *)
        echo "usage: $0 demo prosody | demo ejabberd | tests" >&2
        exit 2
        ;;
esac

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian: install $wanted as your system does." >&2
    exit 1
fi
missing=
for package in $wanted; do
    is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "Missing:$missing. As root, run: $0 $*" >&2
    exit 1
fi

services=
for service in prosody ejabberd epmd postgresql; do
    [ -e "/lib/systemd/system/$service.service" ] || services="$services $service"
done

epmd_ran=
if command -v epmd >/dev/null && epmd -names >/dev/null 2>&1; then
    epmd_ran=yes
fi

policy=/usr/sbin/policy-rc.d # invoke-rc.d asks it before it starts anything
work=$(mktemp -d)
clusters=/etc/postgresql-common/createcluster.conf # says whether a new PostgreSQL gets a database at once
finish() {
    rm -f "$policy"
    [ ! -e "$work/createcluster.conf" ] || cp "$work/createcluster.conf" "$clusters"
    [ ! -e "$work/policy-rc.d" ] || mv "$work/policy-rc.d" "$policy"
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
[ ! -e "$policy" ] || mv "$policy" "$work/policy-rc.d"
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

echo "Installing$missing (once) …" >&2
export DEBIAN_FRONTEND=noninteractive
install() {
    apt-get install -y --no-install-recommends "$@"
}
prepare() {
    case "$missing" in
        *" postgresql"*)
            install postgresql-common &&
                cp "$clusters" "$work/createcluster.conf" &&
                echo "create_main_cluster = false" >>"$clusters"
            ;;
    esac
}
{
    # shellcheck disable=SC2086 # a list of names
    apt-get update && prepare && install $missing
} >"$work/log" 2>&1 </dev/null || {
    tail -n 20 "$work/log" >&2
    echo "The packages could not be installed; the last lines above say why." >&2
    exit 1
}

for service in $services; do
    for unit in "$service.service" "$service.socket"; do
        [ ! -e "/lib/systemd/system/$unit" ] || systemctl disable "$unit" >/dev/null 2>&1 || true
    done
    [ ! -e "/etc/init.d/$service" ] || update-rc.d "$service" disable >/dev/null 2>&1 || true
done
# ejabberd's installation starts Erlang's port mapper by itself.
[ -n "$epmd_ran" ] || epmd -kill >/dev/null 2>&1 || true
