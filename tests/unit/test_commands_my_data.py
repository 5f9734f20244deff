"""Who is shown what: accounts their own data, strangers and administrators what is theirs to see."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.commands.build import services
from bot.commands.desk import Desk
from bot.commands.events import greet, happened
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy
from bot.policy.observed import Event
from bot.servers import NoSuchAccount, Refused, ServerError, Unreachable, Unsupported
from bot.servers.companion import Companion
from bot.store import Store

HOST = "chat.example"
ROMEO = f"romeo@{HOST}"


@dataclass
class Module:
    """A companion module that answers from a table, or fails."""

    failure: ServerError | None = None
    asked: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    async def __call__(self, operation: str, arguments: str, *, changes: bool = False) -> str:
        assert not changes
        self.asked.append((operation, json.loads(arguments)))
        if self.failure is not None:
            raise self.failure
        if operation == "hello":
            hello = {"protocol": 1, "module": "1.0.0", "server": "prosody", "version": "13", "node": "privacy"}
            return json.dumps({**hello, "operations": ["settings", "inventory", "erase"]})
        uploads = {"category": "uploads", "count": 1, "items": [{"name": "beach.jpg"}]}
        return json.dumps({"account": "romeo", "holdings": [uploads, {"category": "other", "name": "odd", "count": 1}]})


class Person:
    """Somebody who writes to the desk."""

    def __init__(self, front: Desk, module: Module, now: datetime) -> None:
        self.front, self.module, self._now = front, module, now

    async def ask(self, text: str, sender: str | None = ROMEO, later: timedelta = timedelta()) -> str:
        """Return the words of the answer."""
        conversation, now = f"{sender}\0", self._now + later
        spoken = await self.front.chat(text, sender=sender, conversation=conversation, language="en", now=now)
        return spoken.message.body

    async def code(self, sender: str = ROMEO) -> str:
        """Return the line that confirms to be forgotten."""
        spoken = await self.front.chat(
            "forget me", sender=sender, conversation=f"{sender}\0", language="en", now=self._now
        )
        return spoken.message.responses[-1][0]


@pytest.fixture
def person(store: Store, policy_of: Callable[[str], Policy], understanding: Understander, now: datetime) -> Person:
    """Romeo, at a desk with a server behind it; the boss is an administrator."""
    module = Module()
    admins = frozenset({f"boss@{HOST}"})
    front = Desk(services(policy_of("searx-chat"), store, Companion(HOST, module), admins), understanding)
    return Person(front, module, now)


@pytest.mark.parametrize(
    "text",
    ["my data", "show me everything you have stored of me", "/my-data", "my data uploads", "my data: my photos!"],
)
async def test_the_account_is_the_one_that_writes(person: Person, text: str) -> None:
    assert "1 file" in await person.ask(text)
    assert [arguments["account"] for _operation, arguments in person.module.asked] == ["romeo"]


@pytest.mark.parametrize(
    "sender",
    [
        "romeo@elsewhere.example",
        f"romeo@{HOST}.evil.example",
        f"romeo@sub.{HOST}",
        HOST,
        f"@{HOST}",
        None,
    ],
)
async def test_who_has_no_account_here_is_told_what_can_be_here(person: Person, sender: str | None) -> None:
    said = await person.ask("my data", sender)
    assert "in the archives of those users" in said
    assert "privacy@chat.example" in said
    assert person.module.asked == []


async def test_stores_that_nobody_knows_have_a_page(person: Person) -> None:
    assert "“odd”" in await person.ask("my data other")


@pytest.mark.parametrize("error", [Unreachable, Refused, Unsupported, NoSuchAccount])
async def test_a_server_that_cannot_be_asked_costs_only_the_live_figures(
    person: Person, error: type[ServerError]
) -> None:
    person.module.failure = error("the inner reason")
    for text in ("my data", "my data uploads", "my data bot_records"):
        said = await person.ask(text)
        assert "I cannot look into your account just now" in said
        assert "the inner reason" not in said
    assert "7 days" in await person.ask("how long do you keep photos?")


async def test_what_the_bot_may_do_is_what_the_module_can(person: Person) -> None:
    said = await person.ask("my data bot_records")
    assert "erase data that the owner of the account asks me to erase" in said
    assert "read the data themselves" not in said


async def test_forgetting_needs_a_code_that_works_once(person: Person) -> None:
    await person.ask("language de")
    line = await person.code()
    assert "vergessen" in await person.ask(line)
    assert await person.front.services.store.language(ROMEO) is None  # type: ignore[union-attr]
    await person.ask("language de")
    assert "Soll ich vergessen" in await person.ask(line)
    assert await person.front.services.store.language(ROMEO) == "de"  # type: ignore[union-attr]


async def test_a_code_is_worth_nothing_for_somebody_else_or_later(person: Person) -> None:
    line = await person.code()
    assert "Shall I forget" in await person.ask(line, f"juliet@{HOST}")
    assert "Shall I forget" in await person.ask(line, later=timedelta(minutes=11))
    assert "Shall I forget" in await person.ask("forget me please")
    assert "nothing that I kept" in await person.ask(line)


async def test_saying_no_does_nothing(person: Person) -> None:
    await person.ask("language en")
    assert "nothing was done" in await person.ask("forget me no")
    assert await person.front.services.store.language(ROMEO) == "en"  # type: ignore[union-attr]


async def test_a_form_asks_for_the_confirmation_too(person: Person, now: datetime) -> None:
    command = person.front.services.registry.get("forget-me")
    assert command is not None
    asked = await person.front.form(command, None, sender=ROMEO, language="en", now=now)
    assert not asked.is_result
    (found,) = re.findall(r": ([a-z]{6})\.", asked.form.fields[-1].label)
    yes = str(found)
    done = await person.front.form(command, {"confirm": yes}, sender=ROMEO, language="en", now=now)
    assert done.is_result
    again = await person.front.form(command, {"confirm": yes}, sender=ROMEO, language="en", now=now)
    assert not again.is_result


async def test_whoever_has_no_account_any_more_is_forgotten(person: Person, now: datetime) -> None:
    store = person.front.services.store
    assert store is not None
    for name in ("romeo", "juliet"):
        await store.choose_language(f"{name}@{HOST}", "de", now)
    await happened(Event(event="removed", account="romeo"), person.front.services)
    await happened(Event(event="login", account="juliet"), person.front.services)
    assert await store.kept(ROMEO) is None
    assert await store.kept(f"juliet@{HOST}") is not None


async def test_the_log_names_the_module_or_what_is_missing(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await greet(person.front.services)
    assert "companion module 1.0.0 on prosody 13; people meet the bot as privacy@chat.example" in caplog.text
    person.module.failure = Unreachable("install it")
    await greet(person.front.services)
    assert "no live data: install it" in caplog.text
