"""Mistakes in a file: each with its place, in plain words, with the remedy, and only once."""

import pytest

from bot import files
from bot.validation import did_you_mean
from tests.support.policies import LEAST, ROSTER, complaints

D = LEAST + "data:\n"
"""Entries of `data` that are put behind it begin in line 6."""


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        # The whole file.
        ("", "1:1", "keys and values are needed here, not nothing; allowed: abuse,"),
        ("- a\n- b\n", "1:1", "keys and values are needed here, not a list"),
        ("hello\n", "1:1", "not 'hello'"),
        (LEAST, "1:1", "the key 'data' is missing here"),
        # Lists.
        (LEAST + "data: []\n", "5:1", "at least 1 entry is needed here"),
        (LEAST + "data: roster\n", "5:1", "a list is needed here, not 'roster'; begin each entry with '- '"),
        (LEAST + "data: {category: roster}\n", "5:1", "a list is needed here, not keys and values"),
        (
            LEAST + "data: [roster]\n",
            "5:8",
            "keys and values are needed here, not 'roster'; allowed: applies",
        ),
        (
            D + "- {category: roster, when: failed_login}\n",
            "6:22",
            "a list is needed here, not 'failed_login'",
        ),
        # Words.
        (D + "- {category: roster, stored: perhaps}\n", "6:22", "allowed: yes, no, conditional"),
        (D + "- {category: roster, stored: true}\n", "6:22", "true is not known here; allowed: yes, no"),
        (D + "- {category: rooster}\n", "6:3", "did you mean 'roster'?"),
        (D + "- {category: [roster]}\n", "6:4", "a category is a single word"),
        (D + "- {category: roster, retntion: 7 days}\n", "6:22", "did you mean 'retention'?"),
        (D + "- {category: roster, form: {knd: hash}}\n", "6:29", "unknown key 'knd'; did you mean 'kind'?"),
        (D + "- {category: roster, form: hashed}\n", "6:22", "did you mean 'hash'?"),
        (D + "- {category: roster, when: [failed-login]}\n", "6:29", "did you mean 'failed_login'?"),
        (D + "- {category: logs, level: verbose}\n", "6:20", "allowed: error, warning, info, debug"),
        (D + "- {category: roster, personal: maybe}\n", "6:22", "'maybe' is neither true nor false"),
        (D + "- {category: roster, control: {default: true, who: user}}\n", "6:32", "allowed: on, off"),
        (LEAST + ROSTER + "advice: [{topic: omemo, text: x}]\n", "6:11", "'omemo' is not known here"),
        # How long.
        (
            D + "- {category: roster, retention: 3 fortnights}\n",
            "6:22",
            "minutes, hours, days, weeks, months",
        ),
        (D + "- {category: roster, retention: forever}\n", "6:22", "wiped every 72 hours, unlimited"),
        (D + "- {category: roster, retention: }\n", "6:22", "a limit is needed here"),
        (D + "- {category: roster, retention: until deliverd}\n", "6:22", "did you mean 'delivered'?"),
        (D + "- {category: roster, retention: {perod: 7 days}}\n", "6:22", "did you mean 'period'?"),
        (D + "- {category: roster, retention: {}}\n", "6:22", "no limit is named here"),
        (D + "- {category: roster, retention: {last: 0}}\n", "6:34", "'0' is out of range"),
        (D + "- {category: roster, retention: last many}\n", "6:22", "'many' is not a whole number"),
        (
            D + "- {category: roster, retention: {first_of: [7 days]}}\n",
            "6:34",
            "at least 2 entries are needed",
        ),
        (
            D + "- {category: roster, retention: {period: 7 days, until: logout}}\n",
            "6:22",
            "period and until stand side by side; join them with first_of",
        ),
        (
            D + "- {category: roster, retention: {first_of: [7 days, {last_of: [1 day, last 2]}]}}\n",
            "6:53",
            "cannot stand inside each other",
        ),
        (D + "- {category: roster, retention: 99999 years}\n", "6:22", "longer than 1000 years"),
        # Texts.
        (
            D + "- {category: roster, text: {fr: salut}}\n",
            "6:29",
            "in 'fr', but the policy is offered in en, de",
        ),
        (D + "- {category: roster, text: ''}\n", "6:22", "not an empty one"),
        (D + "- {category: roster, text: {}}\n", "6:22", "at least 1 entry is needed here"),
        (D + "- {category: roster, text: {en: }}\n", "6:29", "a text is needed here, not nothing"),
        (D + "- {category: roster, text: [a]}\n", "6:22", "once for each language: {en: …, de: …}"),
        (
            D + "- {category: roster, text: 'for {{DAYS}} days'}\n",
            "6:22",
            "the placeholder '{{DAYS}}' is still",
        ),
        (LEAST + f"introduction: {'x' * 4001}\n" + ROSTER, "5:1", "at most 4000 characters fit"),
        # One-line values.
        (LEAST.replace("2026-01-01", "1.1.2026") + ROSTER, "2:1", "'1.1.2026' is not a date; write it like"),
        (LEAST.replace("2026-01-01", "2026-02-30") + ROSTER, "2:1", "'2026-02-30' is not a date"),
        (LEAST.replace("2026-01-01", "20260101") + ROSTER, "2:1", "'20260101' is not a date"),
        (LEAST.replace("2026-01-01", "") + ROSTER, "2:1", "nothing is not a date"),
        (LEAST.replace('"1"', "") + ROSTER, "1:1", "a text is needed here, not nothing"),
        (LEAST.replace("en, de", "") + ROSTER, "3:1", "at least 1 entry is needed here"),
        (
            LEAST.replace("en, de", "en, english") + ROSTER,
            "3:17",
            "'english' is no language; write codes such",
        ),
        (LEAST.replace("en, de", "en, de, en") + ROSTER, "3:1", "en: listed twice; keep one"),
        (LEAST.replace("kim@example.org", "kim") + ROSTER, "4:32", "write it like name@example.org"),
        (LEAST + "url: example.org\n" + ROSTER, "5:1", "begin it with https://"),
        (LEAST + "hosting: [{country: Germany}]\n" + ROSTER, "5:12", "two capital letters, such as DE"),
        (LEAST + "hosting: [{country: UK}]\n" + ROSTER, "5:12", "'UK' is no country code"),
        (
            LEAST + "services: [{id: Chat, kind: chat}]\n" + ROSTER,
            "5:13",
            "'Chat' is no short name; use small",
        ),
        (LEAST + "children: {minimum_age: 120}\n" + ROSTER, "5:12", "less than or equal to 99"),
        # What must agree.
        (LEAST.replace(", email: kim@example.org", "") + ROSTER, "4:1", "give email, jid, url, phone or"),
        (LEAST + "published: 2027-01-01\n" + ROSTER, "1:1", "the earlier day comes first"),
        (
            D + "- {category: roster, valid_from: 2026-02-02, valid_until: 2026-02-01}\n",
            "6:3",
            "valid_from 2026-02-02 is after valid_until 2026-02-01; the earlier day comes first",
        ),
        (
            LEAST + "history: [{version: '0', effective: 2027-01-01}]\n" + ROSTER,
            "5:26",
            "in force from 2027-01-01, the policy itself from 2026-01-01",
        ),
        (
            LEAST + "authorities: {reports: [{until: 2020-01-01, requests: 1, answered: 2}]}\n" + ROSTER,
            "5:25",
            "answered 2 is more than requests 1",
        ),
        (D + "- {category: roster, service: chat}\n", "6:3", "not listed under 'services'; add it there"),
        (
            LEAST + "services: [{id: chat, kind: chat}]\ndata:\n- {category: roster, service: chta}\n",
            "7:3",
            "did you mean 'chat'?",
        ),
        (LEAST + "categories: [{id: roster, name: R}]\n" + ROSTER, "5:14", "is a shipped category"),
        (D + "- {category: roster, stored: no, retention: 7 days}\n", "6:3", "contradict each other"),
        (D + "- {category: roster, stored: conditional}\n", "6:3", "needs 'when', 'control' or a 'text'"),
        (D + "- {category: roster, fields: [time], fields_not_stored: [time]}\n", "6:3", "keep one of them"),
        (D + "- {category: roster, retention: until other}\n", "6:22", "needs a 'text' that names the event"),
        (D + "- {category: roster, when: [other]}\n", "6:29", "needs a 'text' that says when"),
        (LEAST + "never: [other]\n" + ROSTER, "5:9", "needs a 'text' that says what is never done"),
        (LEAST + "children: {}\n" + ROSTER, "5:1", "give a 'minimum_age' or a 'text'"),
        # The same twice.
        (D + "- {category: roster}\n- {category: roster}\n", "7:3", "as in the entry in line 6; keep one"),
        (LEAST + "never:\n- sale\n- {practice: sale}\n" + ROSTER, "7:3", "as in the entry in line 6"),
        (
            LEAST + "services:\n- {id: chat, kind: chat}\n- {id: chat, kind: email}\n" + ROSTER,
            "7:3",
            "the same id as in the entry in line 6",
        ),
    ],
)
def test_one_mistake_is_one_message_with_its_place(text: str, place: str, said: str) -> None:
    [message] = complaints(text)
    assert message.startswith(f"policy.yaml:{place}: ")
    assert said in message


def test_several_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    found = complaints(
        """\
version: "1"
effective: soon
languages: [en]
controler: {name: Kim, email: kim@example.org}
data:
  - {category: archive, retention: 7 dyas}
  - {category: uploads, text: {de: kurz}}
  - {category: archive, service: null}
"""
    )
    assert [message.split(": ")[0] for message in found] == [
        "policy.yaml:2:1",
        "policy.yaml:4:1",
        "policy.yaml:6:25",
        "policy.yaml:7:32",
        "policy.yaml:8:5",
    ]
    assert "did you mean 'controller'?" in found[1]


def test_a_mistake_inside_a_list_is_not_also_a_list_that_is_too_short() -> None:
    found = complaints(D + "- {category: roster, retention: {first_of: [3 dayz, until deliverd]}}\n")
    assert [message.split(": ")[0] for message in found] == ["policy.yaml:6:45", "policy.yaml:6:53"]


def test_no_message_shows_the_inside_of_the_program() -> None:
    every = complaints(D + "- {category: {a: [b]}, stored: [x], retention: [[1]], control: {who: {}}, form: [1]}\n")
    assert not [message for message in every if "tuple" in message or "{'" in message or "['" in message]


@pytest.mark.parametrize(("word", "suggestion"), [("acess", "; did you mean 'access'? "), ("xyz", "; allowed")])
def test_a_suggestion_is_made_only_when_something_is_near(word: str, suggestion: str) -> None:
    assert did_you_mean(word, ["access", "erasure"]).startswith(suggestion)


def test_the_message_names_the_file_as_it_was_given() -> None:
    with pytest.raises(files.BadFile, match=r"\Aother\.yaml:2:1: "):
        files.parse("a: 1\na: 2\n", "other.yaml")
