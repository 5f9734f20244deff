#!/usr/bin/env python3
"""Unpacks newer Prosody and ejabberd from Debian's backports into .cache/servers, for the tests.

Nothing is installed: packages are fetched with apt from the mirror that this machine is configured
with, but with lists and settings of our own, so the machine's sources stay as they are.  Libraries
that Debian itself has in a fitting version are used from there.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache"
CODENAME = "bookworm"
BACKPORTS = f"{CODENAME}-backports"
WANTED = (("prosody", "13.0"), ("ejabberd", "24.12"))
"""Server and the first numbers of its version."""

DEB822_FIELDS = ("Types", "Uris", "Suites", "Components")
ONE_LINE_OPTIONS = {"arch": "Architectures", "lang": "Languages"}
"""Where the name in sources.list(5)'s one-line style is not that of the other style."""


class FetchError(RuntimeError):
    """The packages cannot be had; the text says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of apt's sources: where, which suites and components, and options such as ``Signed-By``."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()

    def stanza(self, suites: Sequence[str]) -> str:
        """The entry in deb822 style for other suites of the same mirror."""
        fields = [("Types", "deb"), ("URIs", " ".join(self.uris)), ("Suites", " ".join(suites))]
        fields += [("Components", "main"), *self.options]
        return "".join(f"{name}: {value}\n" for name, value in fields)


def read_one_line(text: str) -> Iterator[Source]:
    """The entries of a ``.list`` file: ``deb [option=value] uri suite component…``."""
    for line in text.splitlines():
        found = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)([^#]*)", line)
        if found is not None:
            pairs = (option.partition("=") for option in (found[1] or "").split())
            options = tuple((ONE_LINE_OPTIONS.get(name, name.title()), value) for name, _, value in pairs)
            yield Source((found[2],), (found[3],), tuple(found[4].split()), options)


def read_deb822(text: str) -> Iterator[Source]:
    """The entries of a ``.sources`` file, those that are switched off left out."""
    without_comments = re.sub(r"^#.*\n?", "", text, flags=re.MULTILINE)
    for stanza in re.split(r"\n\s*\n", without_comments):
        # A value goes on in lines that begin with a space: a key can be written into Signed-By.
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, flags=re.MULTILINE))
        named = {name.title(): value.strip() for name, value in fields.items()}
        types, uris, suites, components = (tuple(named.pop(name, "").split()) for name in DEB822_FIELDS)
        if "deb" in types and named.pop("Enabled", "yes").lower() not in {"no", "false", "0"}:
            yield Source(uris, suites, components, tuple(named.items()))


def configured(etc: Path = Path("/etc/apt")) -> Iterator[Source]:
    """What this machine is configured with."""
    for file in (etc / "sources.list", *sorted(etc.glob("sources.list.d/*"))):
        if file.is_file() and file.suffix in {".list", ".sources"}:
            read = read_deb822 if file.suffix == ".sources" else read_one_line
            yield from read(file.read_text())


def candidates(sources: Iterable[Source]) -> list[str]:
    """The configured mirrors that may have release and backports, in deb822 style, likeliest first.

    A third party's repository can look like a mirror; only trying it tells.
    """
    mirrors = [
        source
        for source in sources
        if "main" in source.components and {CODENAME, BACKPORTS}.intersection(source.suites)
    ]
    mirrors.sort(key=lambda source: BACKPORTS not in source.suites)
    return list(dict.fromkeys(source.stanza((CODENAME, BACKPORTS)) for source in mirrors))


@dataclass(frozen=True, slots=True)
class Apt:
    """apt with its sources, lists and downloads below one directory."""

    directory: Path

    def prepare(self, mirrors: Sequence[str]) -> None:
        """Fetch the lists of the first mirror that has them.

        Raises:
            FetchError: none has.
        """
        for needed in ("parts", "state/lists/partial", "cache/archives/partial", "packages"):
            (self.directory / needed).mkdir(parents=True)
        problem = FetchError(f"no mirror of Debian {CODENAME} is configured in /etc/apt")
        for mirror in mirrors:
            (self.directory / "parts/mirror.sources").write_text(mirror)
            try:
                self.run("update")
            except FetchError as error:
                problem = error
            else:
                return
        raise problem

    def run(self, *arguments: str) -> str:
        """What ``apt-get`` prints.

        Raises:
            FetchError: it failed.
        """
        options = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": str(self.directory / "parts"),
            "Dir::State": str(self.directory / "state"),
            "Dir::Cache": str(self.directory / "cache"),
            "Acquire::Languages": "none",
            "APT::Update::Error-Mode": "any",
            "APT::Default-Release": BACKPORTS,
            "APT::Install-Recommends": "false",
        }
        if os.geteuid() == 0:
            options["APT::Sandbox::User"] = "root"  # the user _apt may not enter this directory
        settings = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        return run("apt-get", "-q", *settings, *arguments, cwd=self.directory / "packages")

    def newer(self, package: str) -> dict[str, str]:
        """The packages, with versions, that backports has and that installing ``package`` would need."""
        plan = self.run("--simulate", "install", package)
        lines = re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+) ([^\[]*)", plan, flags=re.MULTILINE)
        return {name: version for name, version, origin in lines if "backports" in origin}


def run(*command: str, cwd: Path) -> str:
    """What the command prints.

    Raises:
        FetchError: it is missing or failed; the text ends with its last lines.
    """
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise FetchError(f"{command[0]} is not there; this works on Debian only") from None
    if done.returncode != 0:
        last = "\n".join(f"{done.stdout}{done.stderr}".strip().splitlines()[-10:])
        raise FetchError(f"{shlex.join((command[0], *command[-2:]))} failed:\n{last}")
    return done.stdout


def upstream(version: str) -> str:
    """A package's version without epoch and revision: ``13.0.1-1~bpo12+1`` is 13.0.1."""
    return version.rpartition(":")[2].partition("-")[0]


def unpack(apt: Apt, server: str, series: str) -> None:
    """Fetch one server and put it where demo.servers finds it.

    Raises:
        FetchError: it cannot be had, or not in that version.
    """
    packages = apt.newer(server)
    version = upstream(packages.get(server, ""))
    if not f"{version}.".startswith(f"{series}."):
        raise FetchError(f"{BACKPORTS} has {server} {version or 'not at all'}, not {series}")
    apt.run("download", *(f"{name}={exact}" for name, exact in packages.items()))
    tree = apt.directory / server
    for package in packages:
        for file in (apt.directory / "packages").glob(f"{package}_*.deb"):
            run("dpkg", "--extract", str(file), str(tree), cwd=apt.directory)
    tree.rename(CACHE / "servers" / f"{server}-{version}")
    print(f"Unpacked {server} {version} into .cache/servers.", file=sys.stderr)


def main() -> int:
    """Unpack what is missing; status 1 with the reason on stderr when it cannot be had."""
    servers = CACHE / "servers"
    missing = [(name, series) for name, series in WANTED if not any(servers.glob(f"{name}-{series}*"))]
    if not missing:
        return 0
    servers.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="unpack-", dir=CACHE) as directory:
            apt = Apt(Path(directory))
            apt.prepare(candidates(configured()))
            for name, series in missing:
                unpack(apt, name, series)
    except FetchError as error:
        wanted = " and ".join(f"{name} {series}" for name, series in missing)
        print(f"{wanted} could not be fetched for the tests: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
