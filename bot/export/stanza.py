"""XML that came from strangers: checked, read, and put into documents of our own.

A record may hold anything.  RFC 6120 §11.1 forbids document types, and with them entities; an element
that stands at the beginning of a text rules them out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.sax.saxutils import escape, quoteattr

DEEPEST = 100
"""Elements inside each other; what is deeper breaks programs that read it, and means nothing."""

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"

_ATTRIBUTE = r"""\s+([^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')"""
_START = re.compile(rf"<([^\s/>]+)((?:{_ATTRIBUTE})*)\s*/?>")
_NAMES = re.compile(_ATTRIBUTE)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 §2.2 does not know, halves of characters too."""


def parsed(xml: object) -> Element | None:
    """Return the element that *xml* is; None when it is none, or more than one."""
    if not isinstance(xml, str) or xml[:1] != "<" or xml[1:2] in ("", "!", "?"):
        return None
    parser = XMLParser()  # noqa: S314 -- without a document type there are no entities
    try:
        parser.feed(xml)
        return parser.close()
    except (ParseError, ValueError):  # a text that is no Unicode is a ValueError
        return None


def parsed_together(texts: Sequence[object]) -> list[Element | None]:
    """Return what `parsed` says of each of *texts*; much faster where all of them are good.

    They are parsed as one document, each in an element whose name nobody can guess.  If there are as many
    of these as texts, then no text reached beyond its own.
    """
    name = f"x{secrets.token_hex(8)}"
    if all(isinstance(text, str) and text[:1] == "<" and text[1:2] not in ("", "!", "?") for text in texts):
        document = parsed(f"<{name}><{name}>" + f"</{name}><{name}>".join(map(str, texts)) + f"</{name}></{name}>")
        if document is not None and len(document) == len(texts) and all(_is_one(each, name) for each in document):
            return [each[0] for each in document]
    return [parsed(text) for text in texts]


def _is_one(wrapper: Element, name: str) -> bool:
    child = wrapper[0] if len(wrapper) == 1 else None
    return child is not None and wrapper.tag == name and not (wrapper.text or (child.tail or "").strip())


def split(tag: str) -> tuple[str, str]:
    """Return namespace and name."""
    namespace, brace, name = tag.rpartition("}")
    return (namespace[1:], name) if brace else ("", tag)


def rooted(xml: str, namespace: str) -> str:
    """Return an element that was checked so that it means the same wherever it is put.

    If it says no default namespace, it gets *namespace*: that of the stream which it was taken from.
    """
    if xml.startswith("<message xmlns="):  # most records begin so
        return xml
    start = _START.match(xml)
    if start is None or "xmlns" in _NAMES.findall(start[2]):
        return xml
    default = "" if ":" in start[1] else namespace
    return f"<{start[1]} xmlns={quoteattr(default)}{xml[start.end(1) :]}"


def attribute(text: object) -> str:
    """Return *text* as the value of an attribute, in quotes."""
    return quoteattr(_ILLEGAL.sub("\ufffd", str(text)))


def is_shallow(element: Element, deepest: int = DEEPEST) -> bool:
    """Return whether *element* is not nested too deep to be looked at by recursion."""
    level = [element]
    for _depth in range(deepest):
        level = [child for parent in level for child in parent]
        if not level:
            return True
    return False


def serialised(element: Element, inherited: str = "", fallback: str = "") -> str:
    """Return a shallow *element* as text, with default namespaces instead of prefixes.

    Importers look at the attribute `xmlns` of an element alone.  Elements without a namespace get the
    *fallback*.
    """
    return "".join(_pieces(element, inherited, fallback))


def _pieces(element: Element, inherited: str, fallback: str) -> Iterator[str]:
    namespace, name = split(element.tag)
    namespace = namespace or fallback
    yield f"<{name}"
    if namespace != inherited:
        yield f" xmlns={quoteattr(namespace)}"
    for number, (key, value) in enumerate(element.items()):
        key_namespace, key_name = split(key)
        if key_namespace == XML_NAMESPACE:
            yield f" xml:{key_name}={quoteattr(value)}"
        elif key_namespace:
            yield f" xmlns:a{number}={quoteattr(key_namespace)} a{number}:{key_name}={quoteattr(value)}"
        else:
            yield f" {key_name}={quoteattr(value)}"
    if element.text or len(element):
        yield f">{escape(element.text or '')}"
        for child in element:
            yield from _pieces(child, namespace, fallback)
            yield escape(child.tail or "")
        yield f"</{name}>"
    else:
        yield "/>"
