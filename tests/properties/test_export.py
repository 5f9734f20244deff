"""Whatever strangers write: it is shown, linked, named and put into XML without harm."""

from __future__ import annotations

import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import XML

from hypothesis import given
from hypothesis import strategies as st

from bot.export.names import Names
from bot.export.pages.text import linked, shown
from bot.export.stanza import attribute, parsed, parsed_together, rooted, split

TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="<>&\"'/= ahrefscript:jv!-[]\u202e\n"),
    st.from_regex(r"(https?://[^ ]{0,20} ?){1,3}"),
)
NAMES = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="./\\ .con:prn1\u202eé́", max_size=20),
    st.sampled_from(["CON", "nul.txt", "..", "", "a" * 300 + ".jpg", "x." + "y" * 50, "Ä.png", "ä.PNG"]),
)
FRAGMENTS = st.lists(
    st.sampled_from(["<a>", "</a>", "<a/>", "<b xmlns='u'>", "</b>", "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "x"]),
    max_size=6,
).map("".join)


class Tags(HTMLParser):
    """Collects tags and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXTS)
def test_shown_texts_hold_no_markup(text: str) -> None:
    found = Tags()
    found.feed(f'<p title="{shown(text)}">{shown(text)}</p>')
    assert [tag for tag, _attrs in found.tags] == ["p"]
    assert [key for key, _value in found.tags[0][1]] == ["title"]


@given(TEXTS)
def test_links_lead_to_the_web_only_and_nothing_is_lost(text: str) -> None:
    found = Tags()
    found.feed(linked(text))
    plain = Tags()
    plain.feed(shown(text))
    assert found.text == plain.text
    for tag, attrs in found.tags:
        assert tag == "a"
        assert [key for key, _value in attrs] == ["href", "rel"]
        assert (attrs[0][1] or "").lower().startswith(("http://", "https://"))


@given(st.lists(NAMES, max_size=8))
def test_names_of_files_are_safe_and_differ(wanted: list[str]) -> None:
    names = Names()
    given_names = [names.name(each) for each in wanted]
    assert len({name.casefold() for name in given_names}) == len(wanted)
    for name in given_names:
        assert 0 < len(name.encode()) <= 100
        assert Path(name).name == name
        assert not set(name) & set('/\\:*?"<>|\0\n\u202e')
        assert name.strip(". ") == name
        assert name.partition(".")[0].upper() not in ("CON", "PRN", "AUX", "NUL", "COM1", "LPT1")
        assert zipfile.ZipInfo(f"files/{name}").filename == f"files/{name}"


@given(st.lists(FRAGMENTS, max_size=5))
def test_parsing_together_is_parsing_each(texts: list[str]) -> None:
    together = [None if each is None else each.tag for each in parsed_together(texts)]
    assert together == [None if each is None else each.tag for each in map(parsed, texts)]


@given(FRAGMENTS)
def test_what_was_checked_can_stand_in_a_document(text: str) -> None:
    element = parsed(text)
    if element is not None:
        document = XML(f"<x xmlns='urn:around'>{rooted(text, 'urn:stream')}</x>")
        assert [split(each.tag)[1] for each in document.iter()][1:] == [split(each.tag)[1] for each in element.iter()]
        assert document[0].tag == (element.tag if element.tag[0] == "{" else f"{{urn:stream}}{element.tag}")


@given(st.text())
def test_every_text_can_be_an_attribute(text: str) -> None:
    XML(f"<x a={attribute(text)}/>".encode("utf-8", "replace"))
