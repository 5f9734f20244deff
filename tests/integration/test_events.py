"""What the companion modules tell unasked: registrations, logins, removals."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import XML

import pytest

from bot.policy.observed import Event
from bot.policy.terms import Category
from demo.servers import Extra, find, running
from demo.servers.find import Kind
from tests.support.client import PASSWORD, client
from tests.support.companion import Line, connected
from tests.support.versions import named, with_storage

Installed = tuple[Kind, str, bool]


@pytest.fixture(params=with_storage(), ids=named)
def installed(request: pytest.FixtureRequest) -> Installed:
    """A server that there is: kind, version, and whether it stores by SQL."""
    found: Installed = request.param
    return found


async def told(line: Line, number: int) -> list[Event]:
    """Return that many events, and nothing that came after them."""
    events = [await line.events.get() for _ in range(number)]
    await line.companion.hello()  # what was told before the answer has come with it
    assert line.events.empty()
    return events


async def test_an_account_from_its_registration_to_its_end(installed: Installed, tmp_path: Path) -> None:
    kind, version, sql = installed
    with running(find(kind, version), tmp_path, extra=Extra(sql=sql)) as server:
        async with connected(server) as line:
            async with client(server, "romeo", lang="de", resource="boat") as romeo:
                registered, first = await told(line, 2)
                assert (registered.event, registered.account) == ("registered", "romeo")
                assert (first.event, first.account, first.resource) == ("login", "romeo", "boat")
                assert (first.language, first.first) == ("de", True)
                async with client(server, "romeo", lang="en", resource="phone"):
                    [second] = await told(line, 1)
                    assert (second.event, second.resource, second.first) == ("login", "phone", False)
                romeo.chat.xmpp.send_presence(ppriority=1)
                await told(line, 0)
            async with client(server, "romeo", lang="de"):
                [again] = await told(line, 1)
                assert (again.event, again.first) == ("login", False)
            await line.companion.erase("romeo", Category.ACCOUNT)
            [removed] = await told(line, 1)
            assert (removed.event, removed.account) == ("removed", "romeo")
            async with client(server, "romeo", lang="de"):
                _registered, new = await told(line, 2)
                assert (new.event, new.first) == ("login", True), "the name is new again"


async def test_accounts_that_were_used_before_the_installation_are_known(installed: Installed, tmp_path: Path) -> None:
    kind, version, sql = installed
    with running(find(kind, version), tmp_path, extra=Extra(sql=sql, companion=False)) as before:
        before.add_account("new", PASSWORD)
        async with client(before, "old") as old:
            stored = "<query xmlns='jabber:iq:private'><x xmlns='a:b'>c</x></query>"
            await old.iq(XML(stored), to=old.jid.bare, kind="set")
    with running(find(kind, version), tmp_path, extra=Extra(sql=sql)) as server:
        async with connected(server) as line, client(server, "old"), client(server, "new"):
            events = await told(line, 2)
            assert {event.account: event.first for event in events} == {"old": False, "new": True}
