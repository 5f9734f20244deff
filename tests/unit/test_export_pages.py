"""The pages for people: in their language, readable without a network, and never what a stranger wrote runs."""

from __future__ import annotations

import ast
import base64
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot.export import Order
from bot.export.pages import messages
from bot.export.pages.site import POLICY, type_of
from bot.export.pages.text import link, linked, shown
from bot.i18n import languages
from bot.policy.observed import Inventory
from bot.policy.terms import Category
from tests.support.backend import MemoryServer
from tests.support.exports import HOSTILE, PHOTO, START, Copy, copy_of, fetch, item, message, romeo

VOID = {"meta", "img", "br", "link"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "footer", "section"),
    *("h1", "h2", "h3", "p", "a", "ul", "ol", "li", "dl", "dt", "dd", "div", "span", "bdi", "br", "strong", "code"),
    *("table", "thead", "tbody", "tr", "th", "td", "time", "img", "pre", "details", "summary"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "rel", "src", "alt", "loading"),
    *("scope", "datetime", "data-label", "aria-label"),
}


class Checker(HTMLParser):
    """Reads a page strictly: what is in it, and whether everything is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str, attribute: str) -> list[str]:
        return [found.get(attribute) or "" for name, found in self.tags if name == tag and attribute in found]


async def copy_in(language: str) -> Copy:
    return await copy_of(romeo(), Order(include_files=True, fetch=fetch()), language=language)


@pytest.mark.parametrize("language", languages())
async def test_pages_are_html_and_hold_only_what_is_harmless(language: str) -> None:
    copy = await copy_in(language)
    members = set(copy.zip.namelist())
    for name, page in copy.pages().items():
        found = Checker(page)
        assert {tag for tag, _attributes in found.tags} <= ALLOWED, name
        assert {key for _tag, attributes in found.tags for key in attributes} <= ATTRIBUTES, name
        assert [attributes["lang"] for tag, attributes in found.tags if tag == "html"] == [language]
        assert POLICY in found.of("meta", "content")
        assert len([tag for tag, _attributes in found.tags if tag == "h1"]) == 1
        for target in (*found.of("a", "href"), *found.of("img", "src")):
            assert target.startswith(("https://", "data:image/", "#")) or target in members, (name, target)
        assert "%(" not in page
        assert all("alt" in attributes for tag, attributes in found.tags if tag == "img")
        assert all("scope" in attributes for tag, attributes in found.tags if tag == "th")


async def test_hostile_messages_are_shown_as_they_are() -> None:
    page = (await copy_in("en")).text("messages-0001.html")
    text = Checker(page).text
    for body in HOSTILE:
        visible = re.sub("[\u202a-\u202e\u2066-\u2069]", lambda found: f"⟨U+{ord(found[0]):04X}⟩", body)
        assert visible in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)
    assert "Damaged:" in text
    assert "Encrypted; only your devices can read it" in text
    assert "OMEMO" not in text
    assert "Confirmed that a message arrived" in text


async def test_pages_are_in_the_language_of_the_person() -> None:
    german = await copy_in("de")
    text = Checker(german.text("index.html")).text
    for words in ("Deine Daten", "Was darin ist", "Was nicht darin ist", "So nimmst du sie mit", "Nachrichtenarchiv"):
        assert words in text
    assert "What" not in text
    assert "13. November 2025" in german.text("messages-0001.html")


async def test_every_category_with_records_has_a_page_that_the_first_page_links_to() -> None:
    copy = await copy_in("en")
    linked_to = set(Checker(copy.text("index.html")).of("a", "href"))
    assert {name for name in linked_to if not name.startswith("#")} <= set(copy.zip.namelist())
    for page, words in {
        "contacts.html": ("Juliet", "juliet@example.org", "Verona", "asks to see your presence"),
        "profile.html": ("Romeo Montague", "Romy"),
        "app-data.html": ("At the lake", "lake@conference.example.org", "his own", "Visible to: you"),
        "blocked.html": ("tybalt@example.org",),
        "memberships.html": ("lake@conference.memory.example", "owner"),
        "files.html": ("../../etc/passwd", "613 bytes"),
        "account.html": ("romeo@mail.example",),
        "sessions.html": ("198.51.100.7", "phone", "yes"),
        "push.html": ("push.example.org",),
        "tokens.html": ("phone",),
        "ip-addresses.html": ("lastlog2",),
        "presence.html": ("away",),
        "bot.html": ("privacy_bot",),
        "rooms-0001.html": ("Nobody here?",),
        "waiting-0001.html": ("Are you there?",),
    }.items():
        text = Checker(copy.text(page)).text
        assert all(word in text for word in words), page
        assert page.replace("-0001", "") in linked_to


async def test_long_archives_have_several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "PAGE", 10)
    held = [message(number, f"number {number}", peer=f"p{number % 2}@example.org") for number in range(30)]
    copy = await copy_of(MemoryServer({"romeo": {Category.ARCHIVE: held}}))
    pages = [name for name in copy.zip.namelist() if re.fullmatch(r"messages-\d+\.html", name)]
    assert pages == ["messages-0001.html", "messages-0002.html", "messages-0003.html"]
    for index, name in enumerate(pages):
        page = copy.text(name)
        assert re.findall(r"number (\d+)<", page) == sorted(
            (str(number) for number in range(index * 10, index * 10 + 10)), key=lambda text: (int(text) % 2, int(text))
        )
        assert ('rel="prev"' in page, 'rel="next"' in page) == (index > 0, index < 2)
    assert [target for target in Checker(copy.text("messages.html")).of("a", "href") if "-0" in target] == pages


async def test_what_clients_put_into_messages() -> None:
    payloads = {
        "<reactions xmlns='urn:xmpp:reactions:0'><reaction>❤</reaction></reactions>": "Reacted: ❤",
        "<subject>New</subject>": "Subject: New",
        "<subject>New</subject><body>text</body>": "New",
        "<x xmlns='jabber:x:oob'><url>https://example.org/x</url></x>": "https://example.org/x",
        "<x xmlns='jabber:x:oob'><url>javascript:x</url></x>": "javascript:x",
        "<composing xmlns='http://jabber.org/protocol/chatstates'/>": "Was writing",
        "<nothing xmlns='urn:known:to:nobody'/>": "A message without a text",
    }
    held = [
        {"id": str(number), "time": START, "xml": f"<message>{payload}</message>"}
        for number, payload in enumerate(payloads)
    ]
    del held[0]["time"]
    page = (await copy_of(MemoryServer({"romeo": {Category.ARCHIVE: held}}))).text("messages-0001.html")
    found = Checker(page)
    assert all(words in found.text for words in payloads.values())
    assert "Without a date" in found.text
    assert not [target for target in found.of("a", "href") if target.startswith("javascript")]


@pytest.mark.parametrize(
    ("content", "is_shown"),
    [
        (PHOTO, True),
        (b"\xff\xd8\xff" + bytes(20), True),
        (b"GIF89a" + bytes(20), True),
        (b"RIFF\0\0\0\0WEBP" + bytes(20), True),
        (b"<svg onload='alert(1)'/>", False),
        (b"<html>", False),
        (PHOTO + bytes(1_000_001), False),
    ],
)
@pytest.mark.parametrize("form", ["avatar", "vcard"])
async def test_only_small_pictures_are_put_into_the_profile(content: bytes, is_shown: bool, form: str) -> None:  # noqa: FBT001
    encoded = base64.encodebytes(content).decode()
    xml = {
        "avatar": item("urn:xmpp:avatar:data", "1", f"<data xmlns='urn:xmpp:avatar:data'>{encoded}</data>"),
        "vcard": f"<vCard xmlns='vcard-temp'><PHOTO><BINVAL>{encoded}</BINVAL></PHOTO></vCard>",
    }[form]
    copy = await copy_of(MemoryServer({"romeo": {Category.PROFILE: [{"part": form, "xml": xml}]}}))
    sources = Checker(copy.text("profile.html")).of("img", "src")
    assert bool(sources) is is_shown
    assert all(re.fullmatch(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+", source) for source in sources)


async def test_what_is_no_base64_is_no_picture() -> None:
    xml = item("urn:xmpp:avatar:data", "1", "<data xmlns='urn:xmpp:avatar:data'>'&gt; onerror=</data>")
    copy = await copy_of(MemoryServer({"romeo": {Category.PROFILE: [{"part": "avatar", "xml": xml}]}}))
    assert "<img" not in copy.text("profile.html")


async def test_facts_and_unknown_stores() -> None:
    class Telling(MemoryServer):
        async def inventory(self, *_args: Any, **_named: Any) -> Inventory:
            holdings = [
                {"category": "account", "count": 1, "facts": {"created": START, "enabled": True}},
                {"category": "last_activity", "count": 1, "newest": START},
                {"category": "other", "name": "odd", "count": 1},
                {"category": "other", "name": "even", "count": 2},
            ]
            return Inventory.model_validate({"account": "romeo", "holdings": holdings})

    server = Telling({"romeo": {}})
    server.accounts_held["romeo"]["other"] = [{"id": "1", "name": "odd", "data": HOSTILE[0]}, {"strange": [1]}]
    original = server.records

    async def records(account: str, category: str, *rest: Any) -> Any:
        if category == "other":
            return (await original(account, "account", *rest)).model_copy(
                update={"items": tuple(server.accounts_held["romeo"]["other"])}
            )
        return await original(account, category, *rest)

    server.records = records  # type: ignore[method-assign, assignment]
    copy = await copy_of(server)
    assert "Account made" in Checker(copy.text("account.html")).text
    assert "Last time" in Checker(copy.text("last-login.html")).text
    text = Checker(copy.text("other.html")).text
    assert HOSTILE[0] in text
    assert "strange" in text
    parts = {part.category: part for part in copy.manifest.parts}
    assert (parts["other"].counted, parts["other"].records) == (3, 2)
    assert '"created"' in copy.text("data.json")


def test_links() -> None:
    assert linked("a https://x.example/y?z=1&w=2, b") == (
        'a <a href="https://x.example/y?z=1&amp;w=2" rel="noopener noreferrer">https://x.example/y?z=1&amp;w=2</a>, b'
    )
    assert "href" not in linked("javascript://x aesgcm://x/y#abc xmpp:a@b data:text/html,x file:///etc")
    assert "href" not in link("data:text/html,<script>")
    assert link("https://x.example", "here").endswith(">here</a>")
    assert shown("\x00\x9b\u202e'") == "⟨U+0000⟩⟨U+009B⟩⟨U+202E⟩&#x27;"


def test_types_by_their_beginnings() -> None:
    assert type_of(b"....ftypisom") == "video/mp4"
    assert type_of(b"%PDF-1.7") == "application/pdf"
    assert type_of(b"<!DOCTYPE html>") == ""


def test_no_text_to_translate_is_inside_an_f_string() -> None:
    """Babel does not find it there."""
    for path in sorted(Path("bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                called = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
                assert not [name for name in called if isinstance(name, ast.Name) and name.id in ("_", "p_", "n_")], (
                    path
                )
