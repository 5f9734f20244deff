"""A vCard of the newer form (XEP-0292) as one of the older (XEP-0054), which every importer knows."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

VCARD4 = "urn:ietf:params:xml:ns:vcard-4.0"

_NAME = {"surname": "FAMILY", "given": "GIVEN", "additional": "MIDDLE", "prefix": "PREFIX", "suffix": "SUFFIX"}
_ADDRESS = {
    "pobox": "POBOX",
    "ext": "EXTADD",
    "street": "STREET",
    "locality": "LOCALITY",
    "region": "REGION",
    "code": "PCODE",
    "country": "CTRY",
}
_TEXTS = {
    "fn": ("FN", "text"),
    "nickname": ("NICKNAME", "text"),
    "bday": ("BDAY", "date"),
    "url": ("URL", "uri"),
    "title": ("TITLE", "text"),
    "role": ("ROLE", "text"),
    "note": ("DESC", "text"),
}


def vcard_temp(vcard4: Element) -> str:
    """Return the vCard as text; "" when nothing of it can be told in the older form."""
    inside = "".join(_properties(vcard4))
    return f"<vCard xmlns='vcard-temp'>{inside}</vCard>" if inside else ""


def _properties(vcard4: Element) -> Iterator[str]:
    for each in vcard4:
        name = each.tag.removeprefix(f"{{{VCARD4}}}")
        if name in _TEXTS:
            older, kind = _TEXTS[name]
            yield _element(older, _value(each, kind))
        elif name == "n":
            yield _group("N", _NAME, each)
        elif name == "adr":
            yield _group("ADR", _ADDRESS, each)
        elif name == "email":
            yield _wrapped("EMAIL", _element("USERID", _value(each, "text")))
        elif name == "tel":
            number = _value(each, "text") or _value(each, "uri").removeprefix("tel:")
            yield _wrapped("TEL", _element("NUMBER", number))
        elif name == "org":
            yield _wrapped("ORG", _element("ORGNAME", _value(each, "text")))


def _value(each: Element, kind: str) -> str:
    return (each.findtext(f"{{{VCARD4}}}{kind}") or "").strip()


def _group(older: str, names: dict[str, str], each: Element) -> str:
    return _wrapped(older, "".join(_element(names[name], _value(each, name)) for name in names))


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _wrapped(name: str, inside: str) -> str:
    return f"<{name}>{inside}</{name}>" if inside else ""
