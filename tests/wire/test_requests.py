"""Requests of ours: each gets its own answer, from the host alone, or an error that says what to do."""

from __future__ import annotations

import asyncio
from xml.etree.ElementTree import Element, fromstring

import pytest

from bot.servers import NoSuchAccount, Refused, ServerError, Unreachable, Unsupported
from bot.servers.companion import NAMESPACE
from bot.xmpp import namespaces as ns
from bot.xmpp.requests import Requests
from tests.support.wire import BOT, HOST, Recorded


class Open(Recorded):
    """A recorded connection that is open."""

    @property
    def is_open(self) -> bool:
        return True


def answer(request: Element, content: str, *, type_: str = "result", from_: str = HOST) -> Element:
    xml = f"<iq xmlns='{ns.COMPONENT}' type='{type_}' id='{request.get('id')}' from='{from_}' to='{BOT}'>{content}</iq>"
    return fromstring(xml)  # noqa: S314


def result(text: str) -> str:
    return f"<result xmlns='{NAMESPACE}'>{text}</result>"


async def asked(requests: Requests, connection: Recorded) -> tuple[asyncio.Task[str], Element]:
    task = asyncio.create_task(requests.ask("hello", "{}"))
    await asyncio.sleep(0)
    return task, connection.sent[-1]


async def test_each_request_gets_its_own_answer() -> None:
    connection = Open()
    requests = Requests(connection, BOT, HOST)
    first, one = await asked(requests, connection)
    second, two = await asked(requests, connection)
    requests.on_answer(answer(two, result("two")))
    requests.on_answer(answer(one, result("one")))
    assert (await first, await second) == ("one", "two")


async def test_nobody_else_can_answer() -> None:
    connection = Open()
    requests = Requests(connection, BOT, HOST)
    task, request = await asked(requests, connection)
    for impostor in (f"romeo@{HOST}/x", "example.com", "", f"{HOST}/x"):
        requests.on_answer(answer(request, result("forged"), from_=impostor))
    requests.on_answer(answer(request, result("true")))
    assert await task == "true"


@pytest.mark.parametrize(
    ("condition", "error", "words"),
    [
        ("item-not-found", NoSuchAccount, "no such account"),
        ("feature-not-implemented", Unsupported, "cannot do this"),
        ("forbidden", Refused, "compare the component's domain"),
        ("service-unavailable", Unreachable, "privacy-bot server-module"),
        ("resource-constraint", Unreachable, "its log says why"),
    ],
)
async def test_errors_say_what_to_do(condition: str, error: type[ServerError], words: str) -> None:
    connection = Open()
    requests = Requests(connection, BOT, HOST)
    task, request = await asked(requests, connection)
    content = f"<error type='cancel'><{condition} xmlns='{ns.STANZAS}'/></error>"
    requests.on_answer(answer(request, content, type_="error"))
    with pytest.raises(error, match=words):
        await task


async def test_silence_ends_in_time_and_is_forgotten() -> None:
    connection = Open()
    requests = Requests(connection, BOT, HOST, seconds=0.01)
    task, request = await asked(requests, connection)
    with pytest.raises(Unreachable, match="did not answer"):
        await task
    requests.on_answer(answer(request, result("too late")))


async def test_a_lost_connection_ends_what_is_under_way_at_once() -> None:
    connection = Open()
    requests = Requests(connection, BOT, HOST)
    task, _request = await asked(requests, connection)
    requests.on_disconnect()
    with pytest.raises(Unreachable, match="was lost"):
        await task


async def test_the_bot_stops_even_when_the_connection_is_lost_at_that_moment() -> None:
    connection = Open()
    requests = Requests(connection, BOT, HOST)
    task, _request = await asked(requests, connection)
    requests.on_disconnect()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_without_a_connection_nothing_waits() -> None:
    with pytest.raises(Unreachable, match="no connection"):
        await Requests(Recorded(), BOT, HOST).ask("hello", "{}")
