#!/bin/sh
# Runs the tests of the companion modules against the newest servers that Debian has, in a chroot:
# ejabberd and Prosody from trixie-backports.  As root, on Debian, with debootstrap.
#
#   tools/matrix.sh [arguments for pytest]
#
# The chroot stays in .cache/matrix for the next time; nothing of the machine itself is changed.
set -eu
cd "$(dirname "$0")/.."
suite=trixie
root=$PWD/.cache/matrix/$suite
checkout=/checkout
packages="ejabberd erlang-p1-sqlite3 lua-dbi-sqlite3 lua5.4 postgresql prosody prosody-modules python3-venv"

if [ "${MATRIX_INSIDE:-}" != yes ]; then
    [ "$(id -u)" -eq 0 ] || { echo "A chroot needs root." >&2; exit 1; }
    command -v debootstrap >/dev/null || { echo "Missing: debootstrap. As root, run: apt-get install debootstrap" >&2; exit 1; }
    # In a mount namespace of its own, so that no mount stays behind whatever happens.
    exec unshare --mount --propagation private env MATRIX_INSIDE=yes "$0" "$@"
fi

authorities=/etc/ssl/certs/ca-certificates.crt
inside() {
    chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${trust:+"PIP_CERT=$trust"} "$@"
}

if [ ! -e "$root/.made" ]; then
    # The machine's own mirror of Debian; debootstrap knows one where there is none.
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' 2>/dev/null | grep -v security | head -n 1)
    rm -rf --one-file-system "$root"
    mkdir -p "$root"
    echo "Building a chroot of Debian $suite (once) …" >&2
    debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"} >"$root.log" 2>&1 || {
        tail -n 5 "$root.log" >&2
        exit 1
    }
    sed "s/$suite/$suite-backports/" "$root/etc/apt/sources.list" >"$root/etc/apt/sources.list.d/backports.list"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no service starts
    chmod 755 "$root/usr/sbin/policy-rc.d"
    touch "$root/.made"
fi

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

if [ "$(cat "$root/.installed" 2>/dev/null)" != "$packages" ]; then
    {
        inside apt-get update &&
            # shellcheck disable=SC2086 -- a list
            inside apt-get install -y --no-install-recommends -t "$suite-backports" $packages
    } >>"$root.log" 2>&1 || {
        tail -n 5 "$root.log" >&2
        exit 1
    }
    echo "$packages" >"$root/.installed"
fi
trust=
if [ -f "$authorities" ]; then # whom this machine trusts, for pip
    trust=/etc/machine-authorities.crt
    cp "$authorities" "$root$trust"
fi

# What is tested is the working tree as it is, without what it ignores.
rm -rf "${root:?}$checkout"
mkdir -p "$root$checkout"
git ls-files --cached --others --exclude-standard -z | tar --create --null --files-from - | tar --extract -C "$root$checkout"
inside sh -c "cd $checkout && cmp -s requirements.lock /venv/.lock ||
    { rm -rf /venv && tools/make_venv.sh python3 /venv && cp requirements.lock /venv/.lock; }"

# The servers by their own names and versions, as the tests want them: "prosody-13.0.6 ejabberd-26.07".
servers=$(inside dpkg-query --show --showformat='${Package}-${source:Upstream-Version} ' prosody ejabberd)
echo "Testing with $servers…" >&2
inside env "PRIVACY_BOT_SERVERS=$servers" sh -c "cd $checkout && exec /venv/bin/python -m pytest \"\$@\"" sh \
    tests/contract tests/integration "$@"
