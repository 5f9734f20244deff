"""The connection on a real socket: kept up, ended properly, with one clear line for every loss."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest

from bot.xmpp.connection import Connection, Patience
from tests.support.server import SECRET, FakeServer, fake_server
from tests.support.wire import BOT

QUICK = Patience(shortest=0.02, longest=0.05, handshake=0.5, silence=0.2, answer=0.2)
PATIENT = Patience(shortest=0.02, longest=0.05)


@asynccontextmanager
async def running(port: int, secret: str = SECRET, patience: Patience = PATIENT) -> AsyncIterator[Connection]:
    connection = Connection(BOT, secret, "127.0.0.1", port, patience)
    task = asyncio.create_task(connection.run())
    try:
        yield connection
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with fake_server() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "privacy-bot")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "privacy-bot"]


async def is_true(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- nothing in the program tells tests
            await asyncio.sleep(0.01)


async def until(caplog: pytest.LogCaptureFixture, text: str) -> str:
    await is_true(lambda: any(text in line for line in lines(caplog)))
    return next(line for line in lines(caplog) if text in line)


async def test_stanzas_go_both_ways_as_they_are(server: FakeServer) -> None:
    async with running(server.port) as connection:
        connection.handle({"message": connection.send_element})
        await server.connected()
        server.send("<message to='a@b'><body>ü &amp; 🔒</body></message>")
        assert "<body>ü &amp; 🔒</body>" in await server.received("</message>")


async def test_what_comes_together_with_the_handshake_is_answered_too() -> None:
    async with fake_server(welcome="<handshake/><message id='at-once'/>") as server:
        connection = Connection(BOT, SECRET, "127.0.0.1", server.port)
        connection.handle({"message": connection.send_element})
        task = asyncio.create_task(connection.run())
        assert "at-once" in await server.received("<message")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_stream_is_closed_properly(server: FakeServer) -> None:
    async with running(server.port):
        await server.connected()
    assert "</stream:stream>" in await server.received("</stream:stream>")


async def test_what_is_said_at_once_arrives_whole_and_in_order_up_to_the_end(server: FakeServer) -> None:
    async with running(server.port) as connection:
        await server.connected()
        await is_true(lambda: connection.is_open)
        for number in range(500):
            connection.send(f"<message id='{number}'/>")
        with pytest.raises(UnicodeEncodeError):
            connection.send("<message id='\ud800'/>")  # nothing that was said before or after is lost with it
        connection.send("<message id='last'/>")
    said = await server.received("</stream:stream>")
    assert re.findall(r"<message id='(\w+)'/>", said) == [*map(str, range(500)), "last"]


async def test_it_comes_back_after_the_server_has_gone(server: FakeServer, caplog: pytest.LogCaptureFixture) -> None:
    heard: asyncio.Queue[Element] = asyncio.Queue()
    async with running(server.port) as connection:
        connection.handle({"message": heard.put_nowait})
        for _time in range(3):
            await server.connected()
            server.end()
        await server.connected()
        server.send("<message/>")
        await heard.get()
    assert "the connection was closed; next attempt in" in await until(caplog, "was closed")


async def test_without_a_connection_stanzas_are_lost_and_nothing_breaks(server: FakeServer) -> None:
    connection = Connection(BOT, "secret", "127.0.0.1", server.port)
    connection.send("<message/>")
    assert connection.default_language is None


async def test_a_wrong_secret_says_which_setting_to_look_at(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(server.port, "hush-hush"):
        line = await until(caplog, "next attempt")
    assert "refuses the secret; compare 'secret_file'" in line
    assert "hush" not in caplog.text


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("conflict", "only one bot may run"),
        ("host-unknown", "compare 'component'"),
        ("system-shutdown", "shuts down"),
        ("policy-violation", "closed the stream (policy-violation)"),
    ],
)
async def test_every_stream_error_is_one_line(
    server: FakeServer, caplog: pytest.LogCaptureFixture, condition: str, said: str
) -> None:
    async with running(server.port, patience=Patience(shortest=30)):
        await server.connected()
        server.end(condition)
        line = await until(caplog, "next attempt")
    assert said in line
    assert len(lines(caplog)) == 2  # connected, and lost
    assert all(record.exc_info is None for record in caplog.records)


async def test_nobody_listening_is_said_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    async with running(port):
        await is_true(lambda: len(lines(caplog)) >= 3)
    assert all("nobody listens there" in line for line in lines(caplog))


async def test_an_unknown_host_says_which_setting_to_look_at(caplog: pytest.LogCaptureFixture) -> None:
    connection = Connection(BOT, "secret", "no-such-host.invalid", 5347)
    task = asyncio.create_task(connection.run())
    assert "check 'server: host'" in await until(caplog, "next attempt")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_is_no_xmpp_server_is_left_after_a_while(caplog: pytest.LogCaptureFixture) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    mute_server = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with mute_server, running(mute_server.sockets[0].getsockname()[1], patience=QUICK):
        assert "does not answer as an XMPP server does" in await until(caplog, "next attempt")


async def test_a_server_that_answers_with_garbage_is_left(caplog: pytest.LogCaptureFixture) -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b">")
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    web_server = await asyncio.start_server(web, "127.0.0.1", 0)
    async with web_server, running(web_server.sockets[0].getsockname()[1], patience=QUICK):
        assert "next attempt" in await until(caplog, "next attempt")


async def test_a_server_that_hangs_is_noticed(server: FakeServer, caplog: pytest.LogCaptureFixture) -> None:
    async with running(server.port, patience=QUICK):
        await server.connected()
        asked = await server.received("urn:xmpp:ping")
        assert f"to='{BOT}'" in asked
        assert "has stopped answering" in await until(caplog, "next attempt")
        await server.connected()


async def test_a_server_that_answers_is_not_left(server: FakeServer, caplog: pytest.LogCaptureFixture) -> None:
    patience = replace(QUICK, answer=1)  # so long the test has for its answer
    async with running(server.port, patience=patience):
        await server.connected()
        for _time in range(3):
            await server.received("urn:xmpp:ping")
            server.send(f"<iq type='result' id='watch' from='{BOT}' to='{BOT}'/>")
    assert "stopped answering" not in caplog.text


async def test_a_handler_that_fails_does_not_end_the_stream(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    heard: asyncio.Queue[str | None] = asyncio.Queue()

    def handler(stanza: Element) -> None:
        heard.put_nowait(stanza.get("id"))
        if stanza.get("id") == "1":
            raise RuntimeError("private words")

    connection = Connection(BOT, "secret", "127.0.0.1", server.port)
    connection.handle({"message": handler})
    task = asyncio.create_task(connection.run())
    await server.connected()
    server.send("<message id='1'/><message id='2'/>")
    assert [await heard.get(), await heard.get()] == ["1", "2"]
    assert re.search("incident [0-9a-f]+: RuntimeError at", caplog.text)
    assert "private words" not in caplog.text
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_language_of_the_server_is_known() -> None:
    async with fake_server(language="de") as server, running(server.port) as connection:
        await server.connected()
        await is_true(lambda: connection.default_language == "de")


async def test_lost_connections_leave_nothing_behind(server: FakeServer) -> None:
    async with running(server.port):
        await server.connected()
        await asyncio.sleep(0.05)
        before = len(asyncio.all_tasks())
        for _time in range(20):
            server.end()
            await server.connected()
        await asyncio.sleep(0.05)
        gc.collect()
        assert len(asyncio.all_tasks()) <= before + 1
