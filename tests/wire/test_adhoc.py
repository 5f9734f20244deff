"""Ad-hoc commands: forms, sessions that belong to one JID, errors as XEP-0050 names them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

import pytest

from bot.commands.catalogue import COMMANDS
from bot.xmpp import namespaces as ns
from bot.xmpp.adhoc import Problem, Sessions
from tests.support.wire import ALICE, Wire

COMMAND = f"{{{ns.COMMANDS}}}command"
FIELD = f"{{{ns.DATA_FORM}}}field"
VALUE = f"{{{ns.DATA_FORM}}}value"
MALLORY = "mallory@example.net/x"


def execute(node: str, **attributes: str) -> str:
    given = " ".join(f"{name}='{value}'" for name, value in attributes.items())
    return f"<command xmlns='{ns.COMMANDS}' node='{node}' {given}/>"


def submit(node: str, sid: str, values: dict[str, str], action: str = "complete") -> str:
    fields = "".join(f"<field var='{name}'><value>{value}</value></field>" for name, value in values.items())
    return (
        f"<command xmlns='{ns.COMMANDS}' node='{node}' sessionid='{sid}' action='{action}'>"
        f"<x xmlns='{ns.DATA_FORM}' type='submit'>{fields}</x></command>"
    )


def command(iq: Element) -> Element:
    found = iq.find(COMMAND)
    assert found is not None, iq.attrib
    return found


def shown(iq: Element) -> str:
    return "\n".join(value.text or "" for value in iq.iter(VALUE))


def condition(iq: Element) -> set[str]:
    assert iq.get("type") == "error"
    return {element.tag.rpartition("}")[2] for element in iq.iter()}


async def opened(wire: Wire, node: str = "topics", sender: str = ALICE) -> str:
    answer = await wire.get(execute(node), "set", sender, "xml:lang='en'")
    assert command(answer).get("status") == "executing"
    sid = command(answer).get("sessionid")
    assert sid
    return sid


async def test_a_form_is_filled_in_and_answered(wire: Wire) -> None:
    answer = await wire.get(execute("topics"), "set", attributes="xml:lang='en'")
    actions = command(answer).find(f"{{{ns.COMMANDS}}}actions")
    assert actions is not None
    assert actions.get("execute") == "complete"
    labels = {option.get("label") for option in answer.iter(f"{{{ns.DATA_FORM}}}option")}
    assert "Uploaded files and photos" in labels
    sid = command(answer).get("sessionid") or ""
    done = await wire.get(
        submit("topics", sid, {"topic": "uploads", "aspect": "how_long"}), "set", attributes="xml:lang='en'"
    )
    assert command(done).get("status") == "completed"
    assert "We keep the files you upload (photos, videos, voice messages …) for 7 days." in shown(done)
    note = command(done).find(f"{{{ns.COMMANDS}}}note")
    assert note is not None
    assert "7 days" in (note.text or "")


async def test_a_command_without_parameters_answers_at_once(wire: Wire) -> None:
    answer = await wire.get(execute("contact", action="execute"), "set", attributes="xml:lang='de'")
    assert command(answer).get("status") == "completed"
    assert "Verantwortlich" in shown(answer)
    assert answer.get(ns.XML_LANG) == "de"


@pytest.mark.parametrize("node", [one.name for one in COMMANDS])
async def test_every_command_has_a_form_or_a_result(wire: Wire, node: str) -> None:
    answer = await wire.get(execute(node), "set")
    assert answer.get("type") == "result"
    assert command(answer).find(f"{{{ns.DATA_FORM}}}x") is not None


async def test_nobody_goes_on_with_the_session_of_another(wire: Wire) -> None:
    sid = await opened(wire)
    for stranger in (MALLORY, "alice@example.org/tablet"):
        answer = await wire.get(submit("topics", sid, {"topic": "uploads"}), "set", stranger)
        assert {"bad-request", "bad-sessionid"} <= condition(answer)
    answer = await wire.get(submit("topics", sid, {"topic": "uploads"}), "set")
    assert command(answer).get("status") == "completed"


async def test_a_session_ends_with_its_result(wire: Wire) -> None:
    sid = await opened(wire)
    await wire.get(submit("topics", sid, {"topic": "uploads"}), "set")
    answer = await wire.get(submit("topics", sid, {"topic": "uploads"}), "set")
    assert "bad-sessionid" in condition(answer)


async def test_a_session_belongs_to_its_command(wire: Wire) -> None:
    sid = await opened(wire, "topics")
    assert "bad-sessionid" in condition(await wire.get(submit("language", sid, {"language": "en"}), "set"))


async def test_cancel(wire: Wire) -> None:
    sid = await opened(wire)
    answer = await wire.get(execute("topics", sessionid=sid, action="cancel"), "set")
    assert command(answer).get("status") == "canceled"
    assert answer.get(ns.XML_LANG)
    assert "bad-sessionid" in condition(await wire.get(submit("topics", sid, {"topic": "uploads"}), "set"))


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (execute("nonsense"), {"item-not-found"}),
        (execute("topics", action="destroy"), {"bad-request", "malformed-action"}),
        (execute("topics", action="next"), {"bad-request", "bad-action"}),
        (execute("topics", action="prev"), {"bad-request", "bad-action"}),
        (execute("topics", action="cancel"), {"bad-request", "bad-sessionid"}),
        (execute("topics", sessionid="made-up"), {"bad-request", "bad-sessionid"}),
    ],
)
async def test_errors(wire: Wire, payload: str, expected: set[str]) -> None:
    assert expected <= condition(await wire.get(payload, "set"))


async def test_two_values_are_none_of_the_choices(wire: Wire) -> None:
    both = "<field var='topic'><value>uploads</value><value>archive</value></field>"
    form = f"<x xmlns='jabber:x:data' type='submit'>{both}</x>"
    answer = await wire.get(f"<command xmlns='{ns.COMMANDS}' node='topics' action='execute'>{form}</command>", "set")
    assert answer[0].get("status") == "executing"


@pytest.mark.parametrize(
    "form",
    [
        "type='form'>",
        ">",
        "type='submit'><field><value>uploads</value></field>",
        "type='submit'><field var='a'><value>1</value></field><field var='a'/>",
    ],
)
async def test_malformed_forms(wire: Wire, form: str) -> None:
    sid = await opened(wire)
    x = f"<x xmlns='{ns.DATA_FORM}' {form}</x>"
    payload = f"<command xmlns='{ns.COMMANDS}' node='topics' sessionid='{sid}'>{x}</command>"
    assert {"bad-request", "bad-payload"} <= condition(await wire.get(payload, "set"))
    answer = await wire.get(submit("topics", sid, {"topic": "uploads"}), "set")
    assert command(answer).get("status") == "completed"  # the session was not lost with it


async def test_a_missing_or_unknown_value_brings_the_form_again(wire: Wire) -> None:
    sid = await opened(wire)
    for values in ({}, {"topic": "everything"}, {"topic": "uploads", "aspect": "🤷"}):
        answer = await wire.get(submit("topics", sid, values), "set", attributes="xml:lang='en'")
        assert command(answer).get("status") == "executing"
        assert command(answer).get("sessionid") == sid
        note = command(answer).find(f"{{{ns.COMMANDS}}}note")
        assert note is not None
        assert note.get("type") == "warn"


async def test_a_choice_of_language_is_remembered_across_surfaces(wire: Wire) -> None:
    sid = await opened(wire, "language")
    await wire.get(submit("language", sid, {"language": "en"}), "set")
    [answer] = await wire.ask("wie lange speichert ihr bilder?")
    assert answer.get(ns.XML_LANG) == "en"


def test_sessions_expire_and_are_limited() -> None:
    sessions = Sessions(timedelta(minutes=10), per_account=2, at_most=5)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    first = sessions.open("a@b/1", COMMANDS[0], now)
    sessions.open("a@b/2", COMMANDS[0], now)
    third = sessions.open("a@b/3", COMMANDS[0], now)
    node = COMMANDS[0].name
    assert _detail(sessions.problem(first, "a@b/1", node, now)) == "bad-sessionid"
    assert sessions.problem(third, "a@b/3", node, now) is None
    late = now + timedelta(minutes=11)
    assert _detail(sessions.problem(third, "a@b/3", node, late)) == "session-expired"
    assert _detail(sessions.problem(third, "a@b/3", node, now)) == "bad-sessionid"
    for number in range(100):
        sessions.open(f"user{number}@b/1", COMMANDS[0], now)
    assert len(sessions) <= 5


def _detail(problem: Problem | None) -> str:
    assert problem is not None
    return problem.detail
