"""The words of a message: which body, which part of it."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.xmpp import namespaces as ns
from bot.xmpp.bodies import read_body

QUOTE = "> 🔒 how long?\n"


def message(*bodies: tuple[str | None, str], language: str | None = None) -> Element:
    stanza = Element(f"{{{ns.COMPONENT}}}message")
    if language is not None:
        stanza.set(ns.XML_LANG, language)
    for code, text in bodies:
        body = SubElement(stanza, f"{{{ns.COMPONENT}}}body")
        body.text = text
        if code is not None:
            body.set(ns.XML_LANG, code)
    return stanza


def fall_back(stanza: Element, start: object, end: object, about: str = ns.REPLY) -> Element:
    fallback = SubElement(stanza, f"{{{ns.FALLBACK}}}fallback", {"for": about})
    given = {"start": start, "end": end}
    offsets = {name: str(value) for name, value in given.items() if value is not None}
    SubElement(fallback, f"{{{ns.FALLBACK}}}body", offsets)
    return stanza


@pytest.mark.parametrize(
    ("stanza", "expected"),
    [
        (message((None, "hallo")), (None, "hallo")),
        (message((None, "hallo"), language="de"), ("de", "hallo")),
        (message(("de", "hallo"), language="en"), ("de", "hallo")),
        (message(("fr", "salut"), (None, "hello"), language="en"), ("en", "hello")),
        (message(("fr", "salut"), ("en", "hello"), ("de", "hallo")), ("en", "hello")),
        (message(("fr", "salut"), ("de", "hallo"), language="it"), ("de", "hallo")),
        (message(("fr", "salut"), ("es", "hola"), language="it"), ("fr", "salut")),
        (message(), (None, "")),
    ],
)
def test_one_body_is_chosen(stanza: Element, expected: tuple[str | None, str]) -> None:
    assert read_body(stanza, ("en", "de")) == expected


def test_the_quote_of_a_reply_is_cut_by_characters_not_by_bytes() -> None:
    stanza = fall_back(message((None, QUOTE + "why?")), 0, len(QUOTE))
    assert read_body(stanza)[1] == "why?"


def test_a_start_or_end_that_is_missing_is_that_of_the_body() -> None:
    assert read_body(fall_back(message((None, "why? (quoted)")), 4, None))[1] == "why?"
    assert read_body(fall_back(message((None, "quoted: why?")), None, 8))[1] == "why?"


def test_overlapping_ranges_are_cut_once() -> None:
    stanza = fall_back(fall_back(message((None, "0123456789why?")), 0, 8), 5, 10)
    assert read_body(stanza)[1] == "why?"


@pytest.mark.parametrize(
    ("start", "end"),
    [("-5", "x"), ("99999999999999", "3"), (3, 2), (0, 10_000), ("", ""), ("٣", "٤"), (None, None), (0, 4)],
)
def test_ranges_that_cannot_be_cut_nothing(start: object, end: object) -> None:
    assert read_body(fall_back(message((None, "why?")), start, end))[1] == "why?"


def test_the_fallback_of_something_unknown_is_the_message() -> None:
    assert read_body(fall_back(message((None, "why?")), 0, 3, "urn:example:new"))[1] == "why?"


def test_quoted_lines_are_dropped_unless_there_is_nothing_else() -> None:
    assert read_body(message((None, "> how long?\n> really\n\nwhy?")))[1] == "why?"
    assert read_body(message((None, "> how long?")))[1] == "> how long?"


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\U000e0041", "\x7f", "\u0085"])
def test_what_nobody_sees_is_not_read(hidden: str) -> None:
    assert read_body(message((None, f"{hidden}how{hidden} long?")))[1] == "how long?"


@given(
    st.text(),
    st.lists(st.tuples(st.one_of(st.none(), st.text(), st.integers()), st.one_of(st.none(), st.integers()))),
)
def test_no_fallback_makes_it_fail_or_adds_anything(text: str, ranges: list[tuple[object, object]]) -> None:
    stanza = message((None, text))
    for start, end in ranges:
        fall_back(stanza, start, end)
    _language, own = read_body(stanza)
    assert len(own) <= len(text)
    assert set(own) <= set(text)
