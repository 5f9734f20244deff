"""Letters that come back: of whom, why, and nobody else's word for it."""

from __future__ import annotations

import pytest

from bot.dialogue.understanding import Understander
from bot.store import Store
from bot.xmpp.limits import RateLimit
from tests.support.announcements import Town
from tests.support.rights import HOST
from tests.support.wire import BOT, Recorded, wired

ROMEO = f"romeo@{HOST}"


def error(id_: str, condition: str, sender: str = ROMEO) -> str:
    return (
        f"<message type='error' from='{sender}' to='privacy@{BOT}' id='{id_}'><body>The server moves.</body>"
        f"<error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )


@pytest.mark.parametrize("resource", ["", "/phone"])
async def test_what_comes_back_is_counted_once_and_answered_never(
    understanding: Understander, store: Store, resource: str
) -> None:
    town = await Town.of(understanding, store, ("romeo", "julia", "boss"))
    await town.ask("boss", "announce news The server moves.")
    await town.begin()
    letter = next(one.id for one in town.post.sent if one.to == ROMEO)
    async with wired(town.desk, Recorded(), RateLimit(100, 60)) as wire:
        for xml in (
            error(letter, "service-unavailable", f"julia@{HOST}"),
            error(letter, "service-unavailable", f"{HOST}"),
            error("told-1-000000000000000000000000", "service-unavailable"),
            error("", "service-unavailable"),
        ):
            assert await wire.send(xml) == []
        known = await town.announcer.status()
        assert known is not None
        assert known.announcement.counts.failed == {}
        for _time in range(2):
            assert await wire.send(error(letter, "resource-constraint", f"{ROMEO}{resource}")) == []
        known = await town.announcer.status()
        assert known is not None
        assert known.announcement.counts.failed == {"resource-constraint": 1}
