"""What an answer says: the exact fact first, only what is stated, honest silence, sources, dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.answers.answer import Answers, answer, reply
from bot.answers.document import OTHER, document
from bot.answers.source import why
from bot.dialogue.rendering import chat_reply
from bot.dialogue.reply import Question
from bot.files import parse
from bot.i18n import translator
from bot.policy.model import Policy, policy_of
from bot.policy.vocabulary import Aspect, Topic

DAY = date(2026, 11, 20)
HEAD = "version: '1'\neffective: 2026-01-01\nlanguages: [en, de]\ncontroller: {name: Jo, email: jo@example.org}\n"


def made(statements: str) -> Policy:
    return policy_of(parse(HEAD + statements, "policy.yaml"))


def said(policy: Policy, topic: Topic, aspect: Aspect = Aspect.WHAT, language: str = "en") -> str:
    return chat_reply(reply(policy, Question(topic, aspect), DAY), translator(language)).body


@pytest.mark.parametrize(
    ("retention", "expected"),
    [
        ("7 days", "We keep your message archive for 7 days."),
        ("365 days", "We keep your message archive for 365 days."),
        ("at most 31 days", "We keep your message archive for at most 31 days."),
        ("at least 1 month", "We keep your message archive for at least 1 month."),
        ("about 2 weeks", "We keep your message archive for about 2 weeks."),
        ("until delivered", "We keep your message archive until delivery."),
        ("last 20", "We keep your message archive (only the last 20 of them)."),
        ("last 1", "We keep your message archive (only the last one of them)."),
        ("wiped every 72 hours", "until the next wipe (there is one every 72 hours)"),
        ("wiped every 1 day", "there is one every day"),
        ("unlimited", "We keep your message archive without a time limit."),
        ("not kept", "We do not keep your message archive."),
        ("not stated", "The policy does not say how long we keep your message archive."),
        (
            "{first_of: [until delivered, at most 31 days]}",
            "until delivery or for at most 31 days (whichever comes first)",
        ),
    ],
)
def test_every_kind_of_retention_has_a_sentence(retention: str, expected: str) -> None:
    policy = made(f"data:\n  - {{category: archive, retention: {retention}}}\n")
    assert expected in said(policy, Topic.ARCHIVE, Aspect.HOW_LONG)


def test_german_sentences_are_german() -> None:
    policy = made(
        "data:\n  - {category: archive, retention: at most 31 days, when: [client_uses_it], stored: conditional}\n"
    )
    lead = said(policy, Topic.ARCHIVE, language="de").splitlines()[0]
    assert (
        lead == "Wir speichern dein Nachrichtenarchiv höchstens 31 Tage lang, wenn deine App das unterstützt und nutzt."
    )


def test_the_fact_comes_first_and_exceptions_follow() -> None:
    policy = made(
        "data:\n  - {category: ip_addresses, stored: no, exceptions: [{when: failed_login, retention: 1 hour}]}\n"
    )
    lines = said(policy, Topic.IP_ADDRESSES, Aspect.HOW_LONG).splitlines()
    assert lines[0] == "We do not store your IP address."
    assert "Exception: when a login fails, it is stored for 1 hour." in lines


def test_silence_is_told_with_whom_to_ask() -> None:
    policy = made("data:\n  - {category: uploads, retention: 7 days}\n")
    for topic, aspect in (
        (Topic.CHILDREN, Aspect.WHAT),
        (Topic.UPLOADS, Aspect.WHO),
        (Topic.ROSTER, Aspect.HOW_LONG),
    ):
        text = said(policy, topic, aspect)
        assert text.startswith("The policy ")
        assert "jo@example.org" in text
        assert not answer(policy, Question(topic, aspect), DAY).is_stated


def test_nothing_leads_into_silence() -> None:
    """What is offered next has an answer, and its source only where there is one."""
    policy = made("data:\n  - {category: uploads, retention: 7 days}\n")
    for topic in Topic:
        offered = [choice.line for choice in reply(policy, Question(topic), DAY).choices]
        for line in offered:
            name, *words = line.split()
            if name == "topics" and words:
                question = Question(Topic(words[0]), Aspect(words[1]) if len(words) > 1 else Aspect.WHAT)
                assert answer(policy, question, DAY).is_stated, line


@pytest.mark.parametrize(
    ("retention", "gone"),
    [
        ("7 days", "November 27, 2026"),
        ("at most 1 month", "December 20, 2026"),
        ("36 hours", "November 22, 2026"),
    ],
)
def test_gone_from_backups_by_a_date(retention: str, gone: str) -> None:
    policy = made(
        f"data:\n  - {{category: uploads, retention: 7 days}}\nbackups:\n  - {{every: 1 day, retention: {retention}}}\n"
    )
    sentence = f"What you delete today (November 20, 2026) is gone from the backups by {gone}."
    for topic, aspect in (
        (Topic.UPLOADS, Aspect.ERASE),
        (Topic.UPLOADS, Aspect.HOW_LONG),
        (Topic.BACKUPS, Aspect.HOW_LONG),
        (Topic.ACCOUNT_DELETION, Aspect.WHAT),
    ):
        assert sentence in said(policy, topic, aspect)


@pytest.mark.parametrize("retention", ["not stated", "unlimited", "about 7 days"])
def test_no_date_where_none_can_be_computed(retention: str) -> None:
    policy = made(f"data:\n  - {{category: uploads}}\nbackups:\n  - {{retention: {retention}}}\n")
    assert "is gone from the backups by" not in said(policy, Topic.BACKUPS)
    assert "It can live on in the backups for a while" in said(policy, Topic.UPLOADS, Aspect.ERASE)


def test_only_what_is_in_force_is_said() -> None:
    policy = made(
        "data:\n"
        "  - {category: uploads, retention: 30 days, valid_until: 2026-10-31}\n"
        "  - {category: uploads, retention: 7 days, valid_from: 2026-11-01}\n"
    )
    text = said(policy, Topic.UPLOADS, Aspect.HOW_LONG)
    assert "for 7 days" in text
    assert "30 days" not in text


def test_a_change_to_come_is_told_with_its_date() -> None:
    policy = made(
        "data:\n  - category: uploads\n    retention:\n"
        "      - {limit: 30 days, valid_until: 2026-12-31}\n      - {limit: 7 days, valid_from: 2027-01-01}\n"
    )
    text = said(policy, Topic.UPLOADS, Aspect.HOW_LONG)
    assert text.startswith("We keep the files you upload (photos, videos, voice messages …) for 30 days.")
    assert "From January 1, 2027 on: for 7 days." in text


def test_operators_words_in_another_language_say_so() -> None:
    policy = made("data:\n  - {category: uploads, text: {de: Nur Bilder.}}\n")
    assert "Nur Bilder. (the operator states this in German)" in said(policy, Topic.UPLOADS)
    assert said(policy, Topic.UPLOADS, language="de").splitlines()[2] == "Nur Bilder."


def test_why_names_clause_version_and_date() -> None:
    policy = made(
        "url: https://example.org/privacy\n"
        "data:\n  - category: uploads\n    retention: 7 days\n    purposes: [share_files]\n"
        "    source: {document: Terms, section: '4.2', version: '2025', url: 'https://example.org/terms'}\n"
    )
    text = chat_reply(why(policy, Question(Topic.UPLOADS, Aspect.HOW_LONG), DAY), translator("en")).body
    for expected in (
        "Terms, 4.2 (version 2025): https://example.org/terms",
        "passing on files",
        "Policy version: 1",
        "January 1, 2026",
    ):
        assert expected in text


def test_why_tells_policy_program_and_law_apart() -> None:
    policy = made("data:\n  - {category: uploads}\n")

    def lead(topic: Topic) -> str:
        return chat_reply(why(policy, Question(topic), DAY), translator("en")).body.splitlines()[0]

    assert "names no section" in lead(Topic.UPLOADS)
    assert "this program works" in lead(Topic.BOT)
    assert "the law" in lead(Topic.RIGHTS)
    assert "silent" in lead(Topic.CHILDREN)


def test_zero_requests_are_a_count() -> None:
    policy = made(
        "data:\n  - {category: uploads}\n"
        "authorities: {reports: [{since: 2025-01-01, until: 2025-12-31, requests: 0}]}\n"
    )
    assert "authorities sent us 0 requests" in said(policy, Topic.AUTHORITIES)


def test_the_document_says_everything_once(policy_of: Callable[[str], Policy]) -> None:
    for name in ("searx-chat", "mail-and-chat"):
        policy, tr = policy_of(name), translator("en")
        sections = document(policy, DAY)
        lines = [tr(line) for section in sections for line in section.lines]
        assert len(set(lines)) == len(lines)
        for topic in Topic:
            told = answer(policy, Question(topic), DAY)
            if told.is_stated:
                assert tr(told.clauses[0].text) in lines


def test_the_operators_own_categories_are_in_the_document() -> None:
    policy = made(
        "categories:\n  - {id: donations, name: Donations}\ndata:\n  - {category: donations, retention: 10 years}\n"
    )
    [other] = [section for section in document(policy, DAY) if section.id == OTHER]
    assert translator("en")(other.lines[0]) == "We store Donations for 10 years."


def test_answers_follow_the_calendar() -> None:
    """What is kept for the day is made anew on the next one."""
    policy = made("data:\n  - {category: uploads}\nbackups:\n  - {retention: 7 days}\n")
    answers, tr = Answers(policy), translator("en")
    today = answers.reply(Question(Topic.BACKUPS), DAY)
    assert answers.reply(Question(Topic.BACKUPS), DAY) is today
    tomorrow = answers.reply(Question(Topic.BACKUPS), date(2026, 11, 21))
    assert "November 28, 2026" in chat_reply(tomorrow, tr).body
