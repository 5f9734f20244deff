"""account.xml: well-formed whatever the records hold, and as importers want it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import XML, Element

import pytest

from bot.export.stanza import is_shallow, parsed, parsed_together, rooted, serialised
from bot.export.vcard import vcard_temp
from bot.policy.terms import Category
from tests.support.backend import MemoryServer
from tests.support.exports import (
    HOSTILE,
    PUBSUB,
    START,
    configuration,
    copy_of,
    everything,
    item,
    message,
    romeo,
)

NS = {
    "p": "urn:xmpp:pie:0",
    "m": "urn:xmpp:pie:0#mam",
    "mam": "urn:xmpp:mam:2",
    "f": "urn:xmpp:forward:0",
    "d": "urn:xmpp:delay",
    "c": "jabber:client",
    "r": "jabber:iq:roster",
    "v": "vcard-temp",
    "priv": "jabber:iq:private",
    "list": "jabber:iq:privacy",
    "ps": PUBSUB,
    "own": f"{PUBSUB}#owner",
}


async def user_of(held: Mapping[Any, Any]) -> tuple[Element, dict[str, int]]:
    copy = await copy_of(MemoryServer({"romeo": {str(category): records for category, records in held.items()}}))
    user = XML(copy.text("account.xml")).find("p:host/p:user", NS)
    assert user is not None
    return user, {part.category: part.damaged for part in copy.manifest.parts if part.damaged}


def archive(*xml: str) -> dict[str, list[dict[str, Any]]]:
    return {Category.ARCHIVE: [{"id": str(number), "time": START, "xml": one} for number, one in enumerate(xml)]}


async def test_everything_is_where_importers_look() -> None:
    copy = await copy_of(romeo())
    document = XML(copy.text("account.xml"))
    host = document.find("p:host", NS)
    assert host is not None
    assert host.get("jid") == "memory.example"
    [user] = host
    assert user.attrib == {"name": "romeo"}
    assert [child.tag.partition("}")[2] for child in user] == [
        *("offline-messages", "vCard", "query", "query", "presence", "query", "pubsub", "pubsub", "archive")
    ]
    assert user.findtext("p:offline-messages/c:message/c:body", "", NS) == "Are you there?"
    assert user.findtext("v:vCard/v:FN", "", NS) == "Romeo Montague"
    assert [each.get("value") for each in user.iterfind("list:query/list:list/list:item", NS)] == ["tybalt@example.org"]
    contacts = [(each.get("jid"), each.get("name")) for each in user.iterfind("r:query/r:item", NS)]
    assert contacts == [("juliet@example.org", "Juliet"), ("x@example.org", HOSTILE[1])]
    assert [each.get("from") for each in user.iterfind("c:presence", NS)] == ["new@example.org"]
    assert user.find("priv:query/{storage:rosternotes}n", NS) is not None
    nodes = ["http://jabber.org/protocol/nick", "urn:xmpp:bookmarks:1"]
    assert [each.get("node") for each in user.iterfind("own:pubsub/own:configure", NS)] == nodes
    assert [each.get("node") for each in user.iterfind("ps:pubsub/ps:items", NS)] == nodes
    assert len(user.findall("ps:pubsub/ps:items/ps:item", NS)) == 3
    results = user.findall("m:archive/mam:result", NS)
    assert len(results) == len(everything()[Category.ARCHIVE]) - 1
    assert results[0].find("f:forwarded/d:delay[@stamp='2025-11-13T02:23:20Z']", NS) is not None
    bodies = [each.findtext("f:forwarded/c:message/c:body", "", NS) for each in results]
    assert bodies[3] == HOSTILE[0]


async def test_no_password_goes_out() -> None:
    text = (await copy_of(romeo())).text("account.xml")
    assert "password" not in text
    assert "scram" not in text


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "text",
        "<message>",
        "<message/><message/>",
        "</forwarded></result><result><forwarded><message/>",
        "<?xml version='1.0'?><message/>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><message>&a;</message>",
        "<message>&a;</message>",
        "<x:message/>",
        "<message a='1' a='2'/>",
        "<message>\x00</message>",
        "<message>\ud800</message>",
        "<message>\ufffe</message>",
        "<message><!-- no end",
        "<message><![CDATA[ no end",
        "<iq xmlns='jabber:client'/>",
        None,
        5,
        {"no": "text"},
    ],
)
async def test_damaged_records_stay_out_and_are_counted(xml: Any) -> None:
    good = message(1, "good")
    held = {Category.ARCHIVE: [good, {"id": "x", "time": START, "xml": xml}, good]}
    user, damaged = await user_of(held)
    assert len(user.findall("m:archive/mam:result", NS)) == 2
    assert damaged == {"archive": 1}


async def test_two_damaged_records_do_not_make_a_good_one() -> None:
    user, damaged = await user_of(archive("<message><!--", "--></message>", "<message/><message/>", "<message/>"))
    assert len(user.findall("m:archive/mam:result", NS)) == 1
    assert damaged == {"archive": 3}


@pytest.mark.parametrize("time", [None, "x", float("inf"), float("nan"), 1e30, True])
async def test_messages_without_a_time_stay_out(time: Any) -> None:
    user, damaged = await user_of({Category.ARCHIVE: [message(1, "x") | {"time": time}]})
    assert user.find("m:archive", NS) is None
    assert damaged == {"archive": 1}


@pytest.mark.parametrize(
    "xml",
    [
        "<message><body>x</body></message>",
        "<message xmlns='jabber:client'><body>x</body></message>",
        "<message a=' xmlns= ' b='>'><body>x</body></message>",
        '<message\n from="a"\txmlns = "jabber:client"><body>x</body></message>',
        "<c:message xmlns:c='jabber:client'><c:body>x</c:body></c:message>",
        "<message/>",
    ],
)
async def test_messages_get_the_namespace_of_the_stream(xml: str) -> None:
    user, damaged = await user_of(archive(xml))
    found = user.find("m:archive/mam:result/f:forwarded/c:message", NS)
    assert found is not None
    assert len(found) == 0 or found.findtext("c:body", "", NS) == "x"
    assert not damaged


async def test_children_of_prefixed_elements_inherit_nothing() -> None:
    inside = rooted("<p:x xmlns:p='urn:p'><y/></p:x>", "urn:stream")
    element = XML(f"<outer xmlns='urn:outer'>{inside}</outer>")
    assert [each.tag for each in element.iter()] == ["{urn:outer}outer", "{urn:p}x", "y"]


async def test_nodes_of_which_the_server_tells_only_items() -> None:
    nick = "http://jabber.org/protocol/nick"
    held = {
        Category.PROFILE: [
            {"part": "nickname", "id": "current", "xml": f"<nick xmlns='{nick}'>Romy</nick>"},
            {"part": "vcard4", "xml": "<item id='c'><vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/></item>"},
        ],
        Category.CLIENT_DATA: [{"kind": "pep", "node": "n", "xml": item("n", "1", "<x xmlns='urn:x'/>")}],
    }
    user, damaged = await user_of(held)
    nodes = [nick, "urn:xmpp:vcard4", "n"]
    assert [each.get("node") for each in user.iterfind("own:pubsub/own:configure", NS)] == nodes
    assert [each.get("node") for each in user.iterfind("ps:pubsub/ps:items", NS)] == nodes
    assert user.findtext(f"ps:pubsub/ps:items/ps:item[@id='current']/{{{nick}}}nick", "", NS) == "Romy"
    assert not damaged


async def test_a_node_without_items_is_named_among_the_items_too() -> None:
    """Prosody's importer stops at a node that has only a configuration, and the rest is lost."""
    user, _damaged = await user_of({Category.CLIENT_DATA: [{"kind": "pep", "node": "n", "xml": configuration("n")}]})
    assert user.find("own:pubsub/own:configure[@node='n']/{jabber:x:data}x", NS) is not None
    items = user.find("ps:pubsub/ps:items[@node='n']", NS)
    assert items is not None
    assert len(items) == 0


async def test_damaged_pep_contacts_and_private_data() -> None:
    deep = "<a xmlns='u'>" * 200 + "</a>" * 200
    held = {
        Category.CLIENT_DATA: [
            {"kind": "pep", "node": "n", "xml": "<pubsub"},
            {"kind": "pep", "node": "n", "xml": deep},
            {"kind": "private", "xml": "<no-namespace/>"},
        ],
        Category.ROSTER: [{"xml": "<item/>"}, {"xml": "<item xmlns='urn:other' jid='a@b'/>"}],
        Category.PROFILE: [{"part": "vcard", "xml": "<vCard"}],
        Category.BLOCKLIST: [{"jid": 5, "xml": "<item/>"}],
    }
    user, damaged = await user_of(held)
    assert len(user) == 0
    assert damaged == {"client_data": 3, "roster": 2, "profile": 1, "blocklist": 1}


async def test_a_newer_vcard_is_given_in_the_older_form_too() -> None:
    vcard4 = (
        "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>R &amp; M</text></fn><n><surname>M</surname></n>"
        "<email><text>r@m</text></email><tel><uri>tel:+1</uri></tel><adr><locality>Verona</locality></adr>"
        "<org><text>O</text></org><bday><date>2000-01-01</date></bday><x/></vcard>"
    )
    held = {Category.PROFILE: [{"part": "vcard4", "xml": item("urn:xmpp:vcard4", "current", vcard4)}]}
    user, _damaged = await user_of(held)
    found = {
        "FN": "R & M",
        "N/v:FAMILY": "M",
        "EMAIL/v:USERID": "r@m",
        "TEL/v:NUMBER": "+1",
        "ADR/v:LOCALITY": "Verona",
        "ORG/v:ORGNAME": "O",
        "BDAY": "2000-01-01",
    }
    assert {path: user.findtext(f"v:vCard/v:{path}", "", NS) for path in found} == found
    assert vcard_temp(Element("none")) == ""


async def test_hostile_names_of_accounts_hosts_and_ids() -> None:
    server = MemoryServer({"ro'meo": archive("<message/>")}, host="<&\"'\x01\ud800")
    server._held = lambda account: server.accounts_held[account]  # type: ignore[method-assign]
    server.accounts_held["ro'meo"][Category.ARCHIVE][0]["id"] = "]]>\"'<\x00\udfff"
    document = XML((await copy_of(server, account="ro'meo")).text("account.xml"))
    host = document.find("p:host", NS)
    assert host is not None
    assert host.get("jid") == "<&\"'\ufffd\ufffd"


def test_serialising_keeps_the_meaning() -> None:
    text = "<a xmlns='u' xml:lang='de' p:q='&lt;&quot;' xmlns:p='v'>t&amp;<b xmlns=''>x</b><p:c/>tail</a>"
    element = XML(text)
    again = XML(serialised(element))
    assert [(each.tag, each.attrib, each.text, each.tail) for each in again.iter()] == [
        (each.tag, each.attrib, each.text, each.tail) for each in element.iter()
    ]


def test_deep_elements() -> None:
    element = parsed("<a>" * 50_000 + "</a>" * 50_000)
    assert element is not None
    assert not is_shallow(element)


def test_parsing_together_is_parsing_each() -> None:
    texts = ["<a/>", " <b/>", "<a/>x", "<c/> ", "<a></b>", "<!-- --><a/>"]
    found = [None if each is None else each.tag for each in parsed_together(texts)]
    assert found == [None if each is None else each.tag for each in map(parsed, texts)]
    assert parsed_together([]) == []
