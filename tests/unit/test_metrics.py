"""Metrics: what happens is counted, what is shown names nobody, and nothing listens unless it is wanted."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.commands.build import services
from bot.commands.desk import Desk
from bot.config import MetricsSettings
from bot.dialogue.understanding import Understander, Understanding
from bot.measures import Measures, Unanswered
from bot.metrics.endpoint import NotListening, prepared
from bot.metrics.health import Health
from bot.metrics.prometheus import PrometheusMeasures
from bot.policy.model import Policy
from bot.policy.vocabulary import Topic
from bot.servers import Refused, Unreachable, Unsupported
from bot.servers.companion import Companion
from bot.store import Store, StoreError, open_store
from bot.xmpp import incidents
from bot.xmpp.limits import RateLimit
from bot.xmpp.workers import Job, Workers
from demo.servers.process import reserved_ports
from tests.conftest import NOW
from tests.support.metrics import counted, fetched, read
from tests.support.rights import House
from tests.support.wire import ALICE, BOT, Recorded, wired


@pytest.fixture
def desk(desk: Desk, measures: PrometheusMeasures) -> Desk:
    desk.services = replace(desk.services, measures=measures)
    return desk


@pytest.fixture
def house(
    policy_of: Callable[[str], Policy], understanding: Understander, store: Store, measures: PrometheusMeasures
) -> House:
    return House(policy_of("mail-and-chat"), understanding, store, measures=measures)


async def ask(desk: Desk, text: str, who: str = "alice@example.org") -> None:
    await desk.chat(text, sender=f"{who}/phone", conversation=who, language="en", now=NOW)


async def test_answers_are_counted_by_command_and_topic(desk: Desk, measures: PrometheusMeasures) -> None:
    for text in ("how long do you keep my photos?", "who can see my photos?", "why?", "help", "rights"):
        await ask(desk, text)
    command = desk.services.registry.get("topics")
    assert command is not None
    given = {"topic": "backups", "aspect": "how_long"}
    await desk.form(command, given, sender=ALICE, language="en", now=NOW)
    assert counted(measures) == {
        'answered_total{command="topics",topic="uploads"}': 2,
        'answered_total{command="why",topic="uploads"}': 1,
        'answered_total{command="help",topic=""}': 1,
        'answered_total{command="rights",topic="rights"}': 1,
        'answered_total{command="topics",topic="backups"}': 1,
    }


async def test_what_gets_no_answer_is_counted_by_reason(
    desk: Desk, measures: PrometheusMeasures, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("what is the capital of France?", "desk", "topics children"):
        await ask(desk, text)
    doubtful = Understanding("en", True, (Topic.UPLOADS, Topic.LOGS), None, False)  # noqa: FBT003 -- in their order
    monkeypatch.setattr(desk, "understander", SimpleNamespace(read=lambda *_given: doubtful))
    await ask(desk, "something doubtful")
    assert counted(measures) == {
        'unanswered_total{reason="not_understood",topic=""}': 1,
        'unanswered_total{reason="not_allowed",topic=""}': 1,
        'unanswered_total{reason="policy_silent",topic="children"}': 1,
        'unanswered_total{reason="unsure",topic=""}': 1,
    }


async def test_to_be_asked_back_or_to_greet_counts_as_neither(desk: Desk, measures: PrometheusMeasures) -> None:
    for text in ("hello", "language", "thanks"):
        await ask(desk, text)
    assert counted(measures) == {}


async def test_stanzas_that_are_turned_away_are_counted(desk: Desk, measures: PrometheusMeasures) -> None:
    async with wired(desk, Recorded(), RateLimit(2, 60)) as wire:
        await wire.ask("x" * 3_000)
        await wire.ask("hidden", "<x xmlns='jabber:x:encrypted'>AAAA</x>")
        for _attempt in range(3):
            await wire.ask("help")
        for _attempt in range(11):
            await wire.get("<ping xmlns='urn:xmpp:ping'/>")
        for _attempt in range(2):
            await wire.send(f"<presence from='{ALICE}' to='{BOT}' type='probe'/>")
    assert counted(measures) == {
        'unanswered_total{reason="too_long",topic=""}': 1,
        'unanswered_total{reason="encrypted",topic=""}': 1,
        'rate_limited_total{stanza="message"}': 3,
        'rate_limited_total{stanza="iq"}': 1,
        'rate_limited_total{stanza="presence"}': 2,
    }


async def test_what_is_dropped_in_a_flood_is_counted(measures: PrometheusMeasures) -> None:
    async def nothing() -> None:
        """Is never done."""

    workers = Workers(measures)
    for _number in range(2_003):
        workers.add(Job(nothing, lambda _incident: None))
    assert counted(measures) == {'unanswered_total{reason="overloaded",topic=""}': 3}


async def test_incidents_are_counted_as_long_as_somebody_counts(measures: PrometheusMeasures) -> None:
    with incidents.told_to(measures.failed):
        incidents.record(ValueError())
        incidents.record(StoreError("full"))
    incidents.record(ValueError())
    assert counted(measures) == {"incidents_total": 2}


async def test_erasures_and_requests_are_counted_when_they_are_over(house: House, measures: PrometheusMeasures) -> None:
    await house.confirmed("romeo", "delete uploads")
    await house.confirmed("romeo", "erase account")
    await house.ask("romeo", "keep my account")
    await house.confirmed("juliet", "erase account")
    await house.work(timedelta(days=4))
    await house.ask("romeo", "request complaint Too slow.")
    rights = {name: value for name, value in counted(measures).items() if "answered" not in name}
    assert rights == {
        'erasures_total{outcome="done",what="uploads"}': 1,
        'erasures_total{outcome="cancelled",what="account"}': 1,
        'erasures_total{outcome="done",what="account"}': 1,
        'tickets_opened_total{kind="complaint"}': 1,
    }


async def test_an_erasure_that_is_given_up_is_counted_once(house: House, measures: PrometheusMeasures) -> None:
    code = await house.code("romeo", "delete uploads")

    async def refuse(*_arguments: object) -> None:
        raise Unreachable("down")

    house.server.erase = refuse  # type: ignore[method-assign, assignment]
    await house.ask("romeo", code)
    house.messenger.down = True
    for _attempt in range(16):
        await house.work(timedelta(hours=6))
    assert counted(measures)['erasures_total{outcome="failed",what="uploads"}'] == 1


async def test_requests_to_the_module_are_timed_and_their_failures_counted(measures: PrometheusMeasures) -> None:
    said: list[str | Exception] = [
        '{"protocol": 1, "module": "1.1.0", "server": "prosody", "version": "13"}',
        '{"account": "romeo"}',
        "nonsense",
        Refused("not you"),
        '{"protocol": 2, "module": "9.0.0", "server": "prosody", "version": "14"}',
    ]

    async def module(operation: str, arguments: str, *, changes: bool = False) -> str:
        assert operation
        assert arguments
        assert not changes
        answer = said.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    companion = Companion("example.org", module, measures)
    await companion.hello()
    assert counted(measures)["module_present"] == 1
    await companion.inventory("romeo")
    with pytest.raises(Unsupported):
        await companion.inventory("romeo")
    with pytest.raises(Refused):
        await companion.settings()
    with pytest.raises(Unsupported):
        await companion.hello()
    seen = counted(measures)
    assert "module_present" not in seen
    assert {name: value for name, value in seen.items() if "count" in name or "errors" in name} == {
        'backend_request_seconds_count{operation="hello"}': 2,
        'backend_request_seconds_count{operation="inventory"}': 2,
        'backend_request_seconds_count{operation="settings"}': 1,
        'backend_errors_total{error="Unsupported"}': 1,
        'backend_errors_total{error="Refused"}': 1,
    }
    assert 0 < seen['backend_request_seconds_sum{operation="hello"}'] < 5


async def test_failures_of_the_database_are_counted(measures: PrometheusMeasures) -> None:
    async with open_store("sqlite+aiosqlite://", b"k" * 32, measures) as store:
        await store.respond()
        async with store._database.transaction() as connection:
            await connection.exec_driver_sql("DROP TABLE privacy_bot_meta")
        with pytest.raises(StoreError):
            await store.respond()
    assert counted(measures) == {"store_errors_total": 1}


def test_the_connection_is_shown_and_reconnections_counted(measures: PrometheusMeasures) -> None:
    measures.disconnected()
    measures.connected()
    measures.module(is_there=True)
    assert counted(measures) == {"connected": 1, "module_present": 1}
    measures.disconnected()
    assert counted(measures) == {}
    measures.connected()
    assert counted(measures) == {"connected": 1, "reconnects_total": 1}


def test_welcomes_and_the_announcement_of_now_are_shown(measures: PrometheusMeasures) -> None:
    measures.welcomed("told")
    measures.announcement("running", 10, 2, 1, 87, 25.5)
    measures.announcement("paused", 20, 2, 1, 77, 0)
    assert counted(measures) == {
        'welcomes_total{outcome="told"}': 1,
        'announcement_state{state="paused"}': 1,
        'announcement_accounts{state="told"}': 20,
        'announcement_accounts{state="skipped"}': 2,
        'announcement_accounts{state="failed"}': 1,
        'announcement_accounts{state="pending"}': 77,
    }


async def test_whatever_people_write_the_series_stay_few_and_name_nobody(
    policy_of: Callable[[str], Policy], understanding: Understander, measures: PrometheusMeasures
) -> None:
    made = services(policy_of("searx-chat"))
    front = Desk(replace(made, measures=measures), understanding)
    commands = [command.spoken for command in made.registry]
    for number in range(300):
        topic = list(Topic)[number % len(Topic)]
        texts = (f"zanzibar{number} {topic}", f"topics {topic}", f"why {topic}", commands[number % len(commands)])
        for text in texts:
            await ask(front, text, f"person{number}@zanzibar.example")
    seen = counted(measures)
    assert sum(seen.values()) > 900
    assert len(seen) < 3 * len(Topic) + len(commands) + len(Unanswered)
    assert not any(word in name for name in seen for word in ("zanzibar", "person", "@"))


def test_even_labels_of_no_vocabulary_do_not_grow_without_bound(measures: PrometheusMeasures) -> None:
    for number in range(2_000):
        measures.welcomed(f"outcome {number}")
    seen = counted(measures)
    assert len(seen) <= 401
    assert seen['welcomes_total{outcome="other"}'] >= 1_599
    assert sum(seen.values()) == 2_000


SettingsMaker = Callable[..., MetricsSettings]


@pytest.fixture
def settings() -> Iterator[SettingsMaker]:
    """Makes settings, each with a port of its own."""
    with ExitStack() as reserved:

        def made(**given: object) -> MetricsSettings:
            [port] = reserved.enter_context(reserved_ports(1))
            return MetricsSettings.model_validate({"port": port, **given})

        yield made


async def nothing_wrong() -> None:
    """A database that answers."""


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0; charset=utf-8"])
async def test_the_numbers_are_fetched_over_http_until_it_ends(settings: SettingsMaker, accept: str) -> None:
    chosen = settings()
    with prepared(chosen) as (measures, serving):
        async with serving(Health(lambda: True, nothing_wrong)):
            measures.answered("topics", Topic.UPLOADS)
            status, text = await fetched(chosen.port, "/metrics", accept)
            assert status == 200
            assert read(text)['privacy_bot_answered_total{command="topics",topic="uploads"}'] == 1
            assert read(text)["process_resident_memory_bytes"] > 1_000_000
            assert text.endswith("# EOF\n") == bool(accept)
            assert (await fetched(chosen.port, "/"))[0] == 404
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", chosen.port))


async def test_two_in_one_process_count_apart(settings: SettingsMaker) -> None:
    with prepared(settings()) as (one, _serving), prepared(settings()) as (another, _other):
        one.failed()
        assert isinstance(one, PrometheusMeasures)
        assert isinstance(another, PrometheusMeasures)
        assert (counted(one), counted(another)) == ({"incidents_total": 1}, {})


async def test_health_says_what_is_wrong_and_the_log_says_why_once(
    settings: SettingsMaker, caplog: pytest.LogCaptureFixture
) -> None:
    problem: Exception | None = None
    connected = True

    async def respond() -> None:
        if problem is not None:
            raise problem

    chosen = settings()
    with prepared(chosen) as (_measures, serving):
        async with serving(Health(lambda: connected, respond)):
            assert await fetched(chosen.port, "/health") == (200, '{"status": "ok"}')
            connected = False
            status, text = await fetched(chosen.port, "/health")
            assert (status, text) == (
                503,
                '{"status": "failing", "problems": ["not connected to the XMPP server"]}',
            )
            connected, problem = True, StoreError("state.db: the disk is full")
            for _attempt in range(3):
                status, text = await fetched(chosen.port, "/health")
                assert status == 503
                assert "the database does not answer" in text
                assert "state.db" not in text
            problem = None
            assert (await fetched(chosen.port, "/health"))[0] == 200
    assert [record.getMessage() for record in caplog.records] == ["health: state.db: the disk is full"]


async def test_a_database_that_hangs_is_not_waited_for() -> None:
    health = Health(lambda: True, asyncio.Event().wait, patience=0.01)  # type: ignore[arg-type]
    assert len(await health.problems()) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_port_in_use_is_named_with_the_setting(settings: SettingsMaker, host: str) -> None:
    chosen = settings(host=host)
    with (
        prepared(chosen),
        pytest.raises(
            NotListening, match=rf"port {chosen.port} of {host}: Address already in use; set 'metrics: port'"
        ),
        prepared(chosen),
    ):
        pass


def test_off_it_counts_nothing() -> None:
    with prepared(None) as (measures, _serving):
        assert type(measures) is Measures
