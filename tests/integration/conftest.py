"""Real servers, each started once for the whole run."""

from collections.abc import Iterator

import pytest

from demo.servers import Installation, MissingServer, Server, find, running
from demo.servers.find import Kind
from tests.support.versions import VERSIONS


@pytest.fixture(scope="session", params=VERSIONS, ids="-".join)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server; the tests that use it run once for every version.

    A missing one is a failure that says what to run: nothing is skipped.
    """
    kind, version = request.param
    with running(installed(kind, version), tmp_path_factory.mktemp(kind)) as server:
        yield server


@pytest.fixture(params=["prosody", "ejabberd"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """A kind of server of which there is one, whatever its version."""
    wanted: Kind = request.param
    return installed(wanted, "").kind


def installed(kind: Kind, version: str) -> Installation:
    """The server of that kind and version; the test fails without it."""
    try:
        return find(kind, version)
    except MissingServer as missing:
        pytest.fail(str(missing))
