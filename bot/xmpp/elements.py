"""Small helpers for stanzas as ElementTree elements."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from bot.dialogue.rendering import Form, FormTable
from bot.xmpp import namespaces as ns
from bot.xmpp.outgoing import clean


def child(parent: Element, namespace: str, tag: str, text: str | None = None, /, **attributes: str | None) -> Element:
    """Add an element to *parent*; attributes that are None are left out."""
    given = {key.rstrip("_"): clean(value) for key, value in attributes.items() if value is not None}
    element = SubElement(parent, f"{{{namespace}}}{tag}", given)
    if text is not None:
        element.text = clean(text)
    return element


def result(iq: Element, language: str | None = None) -> Element:
    """Return the empty result of an IQ (RFC 6120 §8.2.3)."""
    return _answer(iq, "result", language)


def error(iq: Element, type_: str, condition: str, detail: tuple[str, str] | None = None) -> Element:
    """Return an error in answer to an IQ (RFC 6120 §8.3); *detail* is (namespace, element)."""
    stanza = _answer(iq, "error", None)
    problem = child(stanza, ns.COMPONENT, "error", type_=type_)
    child(problem, ns.STANZAS, condition)
    if detail is not None:
        child(problem, *detail)
    return stanza


def condition(stanza: Element) -> str:
    """Return the defined condition of an error stanza (RFC 6120 §8.3.3)."""
    problem = stanza.find(f"{{{ns.COMPONENT}}}error")
    conditions = [] if problem is None else [one.tag.rpartition("}")[2] for one in problem if ns.STANZAS in one.tag]
    return conditions[0] if conditions else "undefined-condition"


def _answer(iq: Element, type_: str, language: str | None) -> Element:
    attributes = {"type": type_, "from": iq.get("to", ""), "to": iq.get("from", ""), "id": iq.get("id", "")}
    if language is not None:
        attributes[ns.XML_LANG] = language
    return Element(f"{{{ns.COMPONENT}}}iq", attributes)


def add_form(parent: Element, form: Form, type_: str) -> None:
    """Add a data form (XEP-0004) to *parent*: `form` to fill in, `result` to read."""
    x = child(parent, ns.DATA_FORM, "x", type_=type_)
    child(x, ns.DATA_FORM, "title", form.title)
    for field in form.fields:
        shown = child(x, ns.DATA_FORM, "field", type_=field.type, var=field.name, label=field.label or None)
        if field.required:
            child(shown, ns.DATA_FORM, "required")
        for value in field.values:
            child(shown, ns.DATA_FORM, "value", value)
        for value, label in field.options:
            child(child(shown, ns.DATA_FORM, "option", label=label), ns.DATA_FORM, "value", value)
    if form.table is not None:
        _add_table(x, form.table)


def _add_table(x: Element, table: FormTable) -> None:
    """Add a table (XEP-0004 §3.4): the columns once, then an item for each row."""
    columns = [(f"column{index}", label) for index, label in enumerate(table.labels)]
    head = child(x, ns.DATA_FORM, "reported")
    for name, label in columns:
        child(head, ns.DATA_FORM, "field", var=name, label=label, type_="text-single")
    for row in table.rows:
        item = child(x, ns.DATA_FORM, "item")
        for (name, _label), cell in zip(columns, row, strict=True):
            child(child(item, ns.DATA_FORM, "field", var=name), ns.DATA_FORM, "value", cell)


def add_hidden_form(parent: Element, form_type: str, fields: Mapping[str, list[str]]) -> None:
    """Add extended information (XEP-0128) to a disco#info result."""
    x = child(parent, ns.DATA_FORM, "x", type_="result")
    child(child(x, ns.DATA_FORM, "field", var="FORM_TYPE", type_="hidden"), ns.DATA_FORM, "value", form_type)
    for name, values in fields.items():
        shown = child(x, ns.DATA_FORM, "field", var=name, type_="list-multi")
        for value in values:
            child(shown, ns.DATA_FORM, "value", value)


def submitted(x: Element | None) -> dict[str, str] | None:
    """Return the values of a submitted form; None when it is no well-formed form.

    Several values of a field are the lines of one text (XEP-0004 §3.3, text-multi).  A field without
    a name is malformed here.
    """
    if x is None:
        return {}
    if x.get("type") != "submit":
        return None
    values: dict[str, str] = {}
    for field in x.findall(f"{{{ns.DATA_FORM}}}field"):
        name = field.get("var")
        found = field.findall(f"{{{ns.DATA_FORM}}}value")
        if not name or name in values:
            return None
        if found and name != "FORM_TYPE":
            values[name] = "\n".join(value.text or "" for value in found)
    return values
