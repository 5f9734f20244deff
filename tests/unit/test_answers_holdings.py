"""What people are told about what the server holds for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.answers.holding import detail
from bot.answers.holdings import ORDER, summary
from bot.dialogue.rendering import chat_reply, form_reply
from bot.i18n import translator
from bot.policy.model import Policy
from bot.policy.observed import Inventory
from bot.policy.terms import Category

NOW = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
DAY = timedelta(days=1).total_seconds()


def ago(days: float) -> float:
    return NOW.timestamp() - days * DAY


def inventory(*holdings: dict[str, Any], **more: Any) -> Inventory:
    return Inventory.model_validate({"account": "romeo", "holdings": holdings, **more})


@pytest.fixture
def policy(policy_of: Callable[[str], Policy]) -> Policy:
    """The policy of a server that keeps files for 7 days and archives for 365."""
    return policy_of("searx-chat")


def told(policy: Policy, found: Inventory, language: str = "en") -> str:
    return chat_reply(summary(policy, found, "chat.example", NOW), translator(language)).body


def shown(policy: Policy, found: Inventory, category: str, language: str = "en") -> str:
    return chat_reply(detail(policy, found, category, "chat.example", NOW), translator(language)).body


PHOTO = {"name": "beach.jpg", "type": "image/jpeg", "bytes": 120_000, "time": ago(3), "expires": ago(-4)}
FILES = {
    "category": "uploads",
    "count": 1,
    "bytes": 120_000,
    "oldest": ago(3),
    "newest": ago(3),
    "retention": 7 * DAY,
    "items": [PHOTO],
}


def test_what_there_is_and_when_the_oldest_photo_goes(policy: Policy) -> None:
    assert "• Uploaded files: 1 file (120 kB), your oldest photo goes on November 25, 2026" in told(
        policy, inventory(FILES)
    )
    german = told(policy, inventory(FILES), "de")
    assert "• Hochgeladene Dateien: 1 Datei (120 kB), dein ältestes Foto verschwindet am 25. November 2026" in german


def test_where_the_server_has_no_limit_the_policy_tells_the_day(policy: Policy) -> None:
    said = told(policy, inventory({"category": "archive", "count": 5, "oldest": ago(100), "retention": None}))
    assert "5 messages, by the policy, the oldest goes by August 13, 2027" in said


def test_what_is_never_removed_gets_no_day(policy: Policy) -> None:
    said = told(policy, inventory({"category": "archive", "count": 5, "oldest": ago(100), "retention": "unlimited"}))
    assert "• Message archive: 5 messages, the oldest from August 13, 2026" in said


def test_unknown_stores_are_named(policy: Policy) -> None:
    said = told(policy, inventory({"category": "other", "name": "weird_store", "count": 3}))
    assert "• Unknown store “weird_store”: 3 entries" in said


def test_a_category_of_a_newer_module_is_shown_by_its_name(policy: Policy) -> None:
    assert "“telepathy”: 2 entries" in told(policy, inventory({"category": "telepathy", "count": 2}))


def test_what_could_not_be_looked_up_is_named_and_the_rest_is_there(policy: Policy) -> None:
    said = told(policy, inventory(FILES, failed=[{"category": "archive", "reason": "error"}]))
    assert "I could not look this up just now: Message archive." in said
    assert "1 file" in said


def test_what_is_older_than_promised_is_said_with_whom_to_tell(policy: Policy) -> None:
    late = {**FILES, "oldest": ago(30), "retention": "unlimited"}
    said = told(policy, inventory(late))
    assert "older than the policy promises (7 days): Uploaded files" in said
    assert "privacy@chat.example" in said


def test_a_day_late_is_no_broken_promise(policy: Policy) -> None:
    assert "older than" not in told(policy, inventory({**FILES, "oldest": ago(8)}))


def test_what_the_policy_does_not_mention_is_said(policy: Policy) -> None:
    said = told(policy, inventory({"category": "blocklist", "count": 1}))
    assert "The policy does not mention: Block list." in said


def test_connections_need_no_mention(policy: Policy) -> None:
    said = told(policy, inventory({"category": "sessions", "count": 1, "memory": True}))
    assert "1 device, only in memory" in said
    assert "does not mention" not in said


def test_a_bounded_count_says_so(policy: Policy) -> None:
    said = told(policy, inventory({"category": "room_archive", "count": 12, "partial": True}))
    assert "at least 12 messages of yours" in said


def test_the_summary_of_everything_fits_a_phone(policy: Policy) -> None:
    everything = inventory(*({"category": category, "count": 3, "oldest": ago(3)} for category in ORDER))
    said = told(policy, everything)
    assert len(said.splitlines()) <= 35
    assert max(map(len, said.splitlines())) <= 160


def test_a_form_has_the_whole_table(policy: Policy) -> None:
    form = form_reply(summary(policy, inventory(FILES), "chat.example", NOW), translator("en"))
    assert form.table is not None
    row = dict(zip(form.table.labels, form.table.rows[0], strict=True))
    assert row["What"] == "Uploaded files"
    assert row["Oldest"] == "November 18, 2026"
    assert row["The policy says"] == "for 7 days"
    assert row["Visible to"] == "everybody who has the link"


def test_files_one_by_one_with_their_end(policy: Policy) -> None:
    said = shown(policy, inventory(FILES), "uploads")
    assert "• beach.jpg: 120 kB, goes on November 25, 2026" in said
    assert "Everybody who has the link can open" in said


def test_more_than_shown_is_counted(policy: Policy) -> None:
    assert "… and 41 more." in shown(policy, inventory({**FILES, "count": 42}), "uploads")


def test_devices_with_address_and_since_when(policy: Policy) -> None:
    device = {"resource": "phone", "ip": "192.0.2.7", "since": ago(0.5), "secure": True}
    held = inventory({"category": "sessions", "count": 1, "memory": True, "items": [device]})
    assert "• phone: 192.0.2.7, November 20, 2026, 10:15\u202fPM (UTC), encrypted" in shown(policy, held, "sessions")


def test_rooms_with_the_role(policy: Policy) -> None:
    room = {"room": "garden@conference.chat.example", "affiliation": "owner", "nick": None, "present": True}
    held = inventory({"category": "room_memberships", "count": 1, "items": [room]})
    assert "• garden@conference.chat.example: owner, you are in it" in shown(policy, held, "room_memberships")
    assert "gehört dir, du bist darin" in shown(policy, held, "room_memberships", "de")


def test_nodes_with_their_access(policy: Policy) -> None:
    nodes = [
        {"kind": "pep", "node": "urn:xmpp:bookmarks:1", "items": 3, "bytes": 900, "access": "whitelist"},
        {"kind": "pep", "node": "mystery", "items": 1, "access": "open"},
    ]
    said = shown(policy, inventory({"category": "client_data", "count": 2, "items": nodes}), "client_data")
    assert "• Bookmarks of group chats (urn:xmpp:bookmarks:1): 3 entries, you" in said
    assert "• mystery: 1 entry, everybody" in said


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (inventory(absent=["access_tokens"]), "has no place for this at all: Access tokens"),
        (inventory(failed=[{"category": "access_tokens", "reason": "timeout"}]), "could not look this up"),
        (inventory({"category": "access_tokens", "count": 0}), "Nothing is held of: Access tokens"),
    ],
)
def test_nothing_failed_and_impossible_are_told_apart(policy: Policy, found: Inventory, words: str) -> None:
    assert words in shown(policy, found, "access_tokens")


def test_an_account_tells_since_when_and_what_was_given_at_registration(policy: Policy) -> None:
    bare = inventory({"category": "account", "count": 1, "facts": {"created": ago(100)}})
    assert "• Account: since August 13, 2026" in told(policy, bare)
    given = [{"name": "email", "value": "romeo@elsewhere.example"}]
    held = inventory({"category": "account", "count": 1, "facts": {"given": 1}, "items": given})
    assert "• Account: exists, with 1 detail that you gave at registration" in told(policy, held)
    assert "1. Account" in told(policy, held), "the details are offered"
    assert "• email: romeo@elsewhere.example" in shown(policy, held, "account")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("category", [*Category, "other"])
def test_odd_values_never_break_an_answer(policy: Policy, category: str, language: str) -> None:
    odd: dict[str, object] = {
        "name": "<b>\u202e'\"&\n• Password: in plain text",
        "jid": 7,
        "room": None,
        "node": "",
        "resource": ["x"],
        "bytes": "many",
        "time": 1e300,
        "expires": {},
        "affiliation": "emperor",
        "count": None,
        "items": float("inf"),
        "value": ["x"],
    }
    facts = {"created": "yesterday", "given": True, "format": 7}
    held = inventory({"category": category, "name": "%(host)s %s", "count": 1, "items": [odd, {}], "facts": facts})
    assert told(policy, held, language)
    assert shown(policy, held, category, language)
    assert "\n• Password" not in shown(policy, held, category, language)


def test_personal_answers_are_marked(policy: Policy) -> None:
    assert summary(policy, inventory(FILES), "chat.example", NOW).personal
    assert detail(policy, inventory(FILES), "uploads", "chat.example", NOW).personal
