"""The component on a wire of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.commands.desk import Desk
from bot.xmpp.limits import RateLimit
from tests.support.wire import Recorded, Wire, wired


@pytest.fixture
async def wire(desk: Desk) -> AsyncIterator[Wire]:
    """A component that answers as much as it is asked."""
    async with wired(desk, Recorded(), RateLimit(1_000, 60)) as one:
        yield one
