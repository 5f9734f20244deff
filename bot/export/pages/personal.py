"""The profile, and what apps store: bookmarks, notes, settings, keys."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from bot.export.pages.site import NAMES, Site, type_of
from bot.export.pages.text import shown
from bot.export.pep import is_of_pep, node_parts
from bot.export.spool import Spool
from bot.export.stanza import parsed, split
from bot.export.zipping import Zip
from bot.i18n import Message, _, p_
from bot.policy.terms import Category
from bot.policy.wording.holdings import access
from bot.policy.wording.holdings import node as node_title
from bot.policy.wording.holdings import part as part_title

Record = dict[str, Any]

_LARGEST_PICTURE = 1_000_000
"""Bytes of a picture that is put into the page itself."""

_FIELDS: dict[str, Message] = {
    "fn": p_("vcard", "Name"),
    "family": p_("vcard", "Family name"),
    "surname": p_("vcard", "Family name"),
    "given": p_("vcard", "Given name"),
    "nickname": p_("vcard", "Nickname"),
    "nick": p_("vcard", "Nickname"),
    "bday": p_("vcard", "Birthday"),
    "userid": p_("vcard", "E-mail"),
    "email": p_("vcard", "E-mail"),
    "number": p_("vcard", "Telephone"),
    "tel": p_("vcard", "Telephone"),
    "url": p_("vcard", "Website"),
    "title": p_("vcard", "Title"),
    "role": p_("vcard", "Occupation"),
    "org": p_("vcard", "Organisation"),
    "orgname": p_("vcard", "Organisation"),
    "note": p_("vcard", "About me"),
    "desc": p_("vcard", "About me"),
    "street": p_("vcard", "Street"),
    "locality": p_("vcard", "Town"),
    "pcode": p_("vcard", "Postal code"),
    "code": p_("vcard", "Postal code"),
    "ctry": p_("vcard", "Country"),
    "country": p_("vcard", "Country"),
}
_ACCESS_MODEL = "{jabber:x:data}x/{jabber:x:data}field[@var='pubsub#access_model']/{jabber:x:data}value"
_BOOKMARK = "urn:xmpp:bookmarks:1"


def write_profile(site: Site, archive: Zip, spool: Spool) -> Iterator[int]:
    """Write the page of the profile; yields how many records were dealt with."""
    with archive.entry(f"{NAMES[Category.PROFILE]}.html") as entry:
        entry.write(site.head(site.title(Category.PROFILE)))
        for page in spool.records(Category.PROFILE):
            for record in page:
                for element in _elements(record):
                    entry.write(_profile_part(site, record, element))
            yield len(page)
        entry.write(site.foot())


def write_client_data(site: Site, archive: Zip, spool: Spool) -> Iterator[int]:
    """Write the page of bookmarks and app data; yields how many records were dealt with."""
    with archive.entry(f"{NAMES[Category.CLIENT_DATA]}.html") as entry:
        entry.write(site.head(site.title(Category.CLIENT_DATA)))
        current = None
        for page in spool.records(Category.CLIENT_DATA):
            for record in page:
                name = str(record.get("node") or "")
                if name != current:
                    entry.write(f"<h2>{site.say(node_title(name))}</h2>")
                    current = name
                entry.write(_app_data(site, record))
            yield len(page)
        entry.write(site.foot())


def _elements(record: Record) -> list[Element]:
    """Return what is in a record of the profile, without configurations."""
    if is_of_pep(record):
        return [part.payload for part in node_parts(record) or () if part.payload is not None]
    element = parsed(record.get("xml"))
    return [element] if element is not None else []


def _profile_part(site: Site, record: Record, element: Element) -> str:
    heading = f"<h2>{site.say(part_title(str(record.get('part') or '')))}</h2>"
    picture = _picture(site, element)
    lines = "".join(
        f"<dt>{site.say(_FIELDS[name])}</dt><dd><bdi>{shown(text)}</bdi></dd>" for name, text in _texts(element)
    )
    if not picture and not lines:
        return ""
    return f'{heading}<div class="card">{picture}{f"<dl>{lines}</dl>" if lines else ""}</div>'


def _texts(element: Element) -> Iterator[tuple[str, str]]:
    """Return what is written in a vCard of either form, or in a nickname."""
    seen = set()
    for each in element.iter():
        name = split(each.tag)[1].lower()
        text = "".join(each.itertext()).strip() if name in _FIELDS else ""
        if text and (name, text) not in seen and not (len(each) and len(each[0])):
            seen.add((name, text))
            yield name, text


def _picture(site: Site, element: Element) -> str:
    """Return the picture in a vCard or avatar (XEP-0084) as a data: URI, if it is one and small."""
    namespace, name = split(element.tag)
    encoded = element.text if (namespace, name) == ("urn:xmpp:avatar:data", "data") else None
    encoded = encoded or element.findtext("{vcard-temp}PHOTO/{vcard-temp}BINVAL") or ""
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    kind = type_of(data[:16])
    if not kind.startswith("image/") or len(data) > _LARGEST_PICTURE:
        return ""
    source = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    label = site.say(_("Your picture"))
    return f'<img class="avatar" src="{source}" alt="{label}">'


def _app_data(site: Site, record: Record) -> str:
    xml = shown(record.get("xml") or "")
    if is_of_pep(record):
        for part in node_parts(record) or ():
            payload = part.payload
            model = part.element.findtext(_ACCESS_MODEL) or ""
            if model:
                seen = site.say(_("Visible to: %(who)s")(who=access(model)))
                return f'<p class="quiet">{seen}</p>'
            if payload is not None and payload.tag == f"{{{_BOOKMARK}}}conference":
                address, name = shown(part.element.get("id", "")), shown(payload.get("name", ""))
                shown_name = f"<strong><bdi>{name}</bdi></strong><br>" if name else ""
                return f'<div class="card">{shown_name}<bdi>{address}</bdi>{_source(site, xml)}</div>'
    return f'<div class="card">{_source(site, xml)}</div>'


def _source(site: Site, xml: str) -> str:
    label = site.say(_("As stored"))
    return f"<details><summary>{label}</summary><pre>{xml}</pre></details>"
