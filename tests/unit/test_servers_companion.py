"""The client of the companion protocol: what is no answer is told apart from what is one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from bot.policy.observed import Newcomer
from bot.servers import Unsupported
from bot.servers.companion import Companion, read_event


@dataclass
class Module:
    """Answers everything with the same text, and keeps what was asked."""

    text: str
    asked: list[tuple[str, object, bool]] = field(default_factory=list)

    async def __call__(self, operation: str, arguments: str, *, changes: bool = False) -> str:
        self.asked.append((operation, json.loads(arguments), changes))
        return self.text


def companion(text: str) -> Companion:
    return Companion("example.org", Module(text))


async def test_an_erasure_is_marked_as_a_change_and_nothing_else_is() -> None:
    module = Module('{"erased": 2, "holdings": []}')
    await Companion("example.org", module).erase("romeo", "uploads")
    module.text = '{"account": "romeo", "items": [], "accounts": []}'
    for ask in (
        Companion("example.org", module).inventory("romeo"),
        Companion("example.org", module).records("romeo", "archive"),
        Companion("example.org", module).accounts(),
    ):
        await ask
    assert [changes for _operation, _arguments, changes in module.asked] == [True, False, False, False]


async def test_an_account_is_named_as_it_is() -> None:
    module = Module('{"account": "x"}')
    await Companion("example.org", module).inventory('d\\27artagnan "ö" \'', ["uploads"])
    assert module.asked == [
        ("inventory", {"account": 'd\\27artagnan "ö" \'', "categories": ["uploads"]}, False),
    ]


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"account": 7}', '{"holdings": 3, "account": "romeo"}'])
async def test_what_is_no_answer_of_the_protocol_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(Unsupported, match="install the module that comes with this bot"):
        await companion(text).inventory("romeo")


async def test_another_version_of_the_protocol_is_refused_with_the_remedy() -> None:
    hello = '{"protocol": 2, "module": "9.0.0", "server": "prosody", "version": "14"}'
    with pytest.raises(Unsupported, match=r"module 9\.0\.0 .* privacy-bot server-module prosody"):
        await companion(hello).hello()


async def test_what_a_newer_module_says_more_is_ignored() -> None:
    found = await companion(
        '{"account": "romeo", "mood": 1, "holdings": [{"category": "telepathy", "count": 1, "glow": true}]}'
    ).inventory("romeo")
    assert found.holdings[0].category == "telepathy"


@pytest.mark.parametrize("time", ["1e300", "-1e300", '"soon"', "null"])
async def test_impossible_times_are_no_times(time: str) -> None:
    text = '{"account": "romeo", "holdings": [{"category": "archive", "count": 1, "oldest": %s}]}'
    found = await companion(text % time).inventory("romeo")
    assert found.holdings[0].oldest is None


@pytest.mark.parametrize("text", ['{"EVENT": "login"}', '{"event": "login", "account": "romeo"', "[]", ""])
def test_events_that_are_none_are_ignored(text: str) -> None:
    assert read_event('{"event": "login", "account": "romeo"}') is not None
    assert read_event(text) is None


@pytest.mark.parametrize("time", ["1e300", '"soon"', "null"])
async def test_a_newcomer_without_a_time_is_no_answer(time: str) -> None:
    text = '{"newcomers": [{"account": "romeo", "time": %s}]}'
    with pytest.raises(Unsupported):
        await companion(text % time).newcomers()


async def test_newcomers_are_named_with_the_time_that_was_told() -> None:
    module = Module('{"newcomers": [{"account": "romeo", "time": 1700000000, "language": "de"}], "next": "7"}')
    page = await Companion("example.org", module).newcomers(limit=1)
    module.text = '{"forgotten": 1}'
    told = read_event('{"event": "login", "account": "juliet", "first": true, "time": 1700000001}')
    assert told is not None
    assert told.time is not None
    juliet = Newcomer(account=told.account, time=told.time)
    assert (await Companion("example.org", module).welcomed([*page.newcomers, juliet])).forgotten == 1
    entries = [{"account": "romeo", "time": 1_700_000_000}, {"account": "juliet", "time": 1_700_000_001}]
    assert module.asked == [("newcomers", {"limit": 1}, False), ("welcomed", {"accounts": entries}, True)]
