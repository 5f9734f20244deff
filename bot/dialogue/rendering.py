"""Replies and questions put into a language: as lines of chat, or as a form.  No XML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.dialogue.command import CONFIRM, DECLINED, Asking, Call, Command, S
from bot.dialogue.confirmation import LASTS
from bot.dialogue.parameter import Kind, Parameter
from bot.dialogue.reply import Choice, Fact, Heading, Items, Lead, Paragraph, Reply, Table
from bot.i18n import Phrase, Translator, _, n_, p_

FieldType = Literal["list-single", "fixed", "text-multi", "text-single"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message that stands alone in every client, and the same choices as quick responses."""

    body: str
    responses: tuple[tuple[str, str], ...] = ()
    """(line to send, label) of each choice: both unique (XEP-0439 §3)."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a data form (XEP-0004)."""

    name: str
    type: FieldType
    label: str
    values: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table in a form (XEP-0004 §3.4): the labels of its columns, and its rows of as many cells."""

    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A data form, to be filled in or with a result.  There is room for one table in it."""

    title: str
    fields: tuple[FormField, ...] = ()
    table: FormTable | None = None


def chat_reply(reply: Reply, tr: Translator) -> ChatMessage:
    """Return *reply* as chat: the answer first, then context, then what can be asked next."""
    said = _said(reply, tr)
    choices = _distinct(reply.choices, tr)
    if not choices:
        return ChatMessage(said)
    offer = tr(_("You can go on with (a number is enough):"))
    return ChatMessage("\n".join([said, "", offer, *_numbered(choices)]), choices)


def chat_notice(reply: Reply, tr: Translator) -> ChatMessage:
    """Return *reply* as a message that answers nothing.

    It comes in between, so it offers no numbers: a number belongs to what was asked last.
    """
    said = _said(reply, tr)
    choices = _distinct(reply.choices, tr)
    if not choices:
        return ChatMessage(said)
    offered = [f"• {label}" if label.casefold() == line else f"• {label}: {line}" for line, label in choices]
    return ChatMessage("\n".join([said, "", tr(_("You can write:")), *offered]), choices)


def _said(reply: Reply, tr: Translator) -> str:
    """Return the blocks of *reply* as chat."""
    parts: list[str] = []
    for block in reply.blocks:
        match block:
            case Lead(text):
                parts += [tr(text), ""]
            case Paragraph(text):
                parts.append(tr(text))
            case Heading(text):
                parts.append(f"\n{tr(text).upper()}")
            case Items(items):
                parts.extend(f"• {tr(item)}" for item in items)
            case Fact(label, value):
                parts.append(f"{tr(label)}: {tr(value)}")
            case Table():
                parts += [*(_line_of_chat(block, row, tr) for row in block.rows), ""]
    if not any(isinstance(block, Lead) for block in reply.blocks):
        parts.insert(0, tr(reply.title))
    return "\n".join(parts).strip()


def chat_question(call: Call[S], parameter: Parameter, tr: Translator) -> ChatMessage:
    """Return the question for a parameter that is missing, with its options."""
    if parameter.kind is not Kind.CHOICE:
        return ChatMessage(tr(parameter.prompt))
    so_far = call.line()
    choices = _distinct((Choice(o.label, f"{so_far} {o.value}") for o in parameter.options), tr)
    # not inside of an f-string: texts there are not found for the catalogues
    offer = tr(_("A number is enough:"))
    return ChatMessage("\n".join([tr(parameter.prompt), offer, *_numbered(choices)]), choices)


def chat_confirmation(asking: Asking, line: str, code: str, tr: Translator) -> ChatMessage:
    """Return what *line* would do, and how to say that it is wanted: by the code, as no slip could.

    A number is not enough here; a button that says so in words is.
    """
    parts = [_said(asking.reply, tr), ""] if asking.reply is not None else []
    parts += [tr(asking.question), tr(_how_to_confirm(code))]
    responses = (
        (f"{line} {DECLINED}", tr(p_("choice", "No"))),
        (f"{line} {code}", tr(p_("choice", "Yes, do it"))),
    )
    return ChatMessage("\n".join(parts), responses)


def _how_to_confirm(code: str) -> Phrase:
    return n_(
        "To confirm, write within %(n)s minute: %(code)s. Write “no”, or nothing, and nothing happens.",
        "To confirm, write within %(n)s minutes: %(code)s. Write “no”, or nothing, and nothing happens.",
        LASTS,
    ).having(code=code)


def form_question(command: Command[S], parameters: Iterable[Parameter], tr: Translator) -> Form:
    """Return one form that asks for *parameters* of a command."""
    return Form(tr(command.title), tuple(_asked(parameter, tr) for parameter in parameters))


_FIELDS: dict[Kind, FieldType] = {Kind.CHOICE: "list-single", Kind.TEXT: "text-multi"}
"""All others are a word."""


def _asked(parameter: Parameter, tr: Translator) -> FormField:
    return FormField(
        parameter.name,
        _FIELDS.get(parameter.kind, "text-single"),
        tr(parameter.prompt),
        (parameter.default,) if parameter.default is not None else (),
        tuple((option.value, tr(option.label)) for option in parameter.options),
        required=parameter.default is None,
    )


def form_confirmation(
    command: Command[S], chosen: Iterable[Parameter], asking: Asking, code: str, tr: Translator
) -> Form:
    """Return the form that shows what would be done, with what was filled in before, and asks for the code."""
    shown = _said(asking.reply, tr) if asking.reply is not None else ""
    question = FormField("question", "fixed", "", tuple(filter(None, (shown, tr(asking.question)))))
    confirm = FormField(CONFIRM, "text-single", tr(_how_to_confirm(code)), required=True)
    return Form(tr(command.title), (question, *(_asked(parameter, tr) for parameter in chosen), confirm))


def form_reply(reply: Reply, tr: Translator) -> Form:
    """Return *reply* as the result of a form: one field to read for each block."""
    fields: list[FormField] = []
    table: FormTable | None = None
    heading = ""
    for index, block in enumerate(reply.blocks):
        name = f"block{index}"
        match block:
            case Lead(text) | Paragraph(text):
                fields.append(FormField(name, "text-multi", heading, (tr(text),)))
            case Heading(text):
                heading = tr(text)
                continue
            case Items(items):
                fields.append(FormField(name, "text-multi", heading, tuple(tr(item) for item in items)))
            case Fact(label, value):
                fields.append(FormField(name, "text-multi", tr(label), (tr(value),)))
            case Table() if table is None:
                table = _table(block, tr)
            case Table():
                lines = tuple(_line_of_chat(block, row, tr) for row in block.rows)
                fields.append(FormField(name, "text-multi", heading, lines))
        heading = ""
    return Form(tr(reply.title), tuple(fields), table)


def _line_of_chat(table: Table, row: tuple[Phrase | None, ...], tr: Translator) -> str:
    """Return a row where there is no room for a table: the thing, then what is said of it in short."""
    cells = [tr(cell) for column, cell in zip(table.columns, row, strict=True) if column.brief and cell is not None]
    return f"• {cells[0]}: {', '.join(cells[1:])}" if len(cells) > 1 else f"• {cells[0]}"


def _table(table: Table, tr: Translator) -> FormTable:
    """Return *table* with all its columns, except those in which no row says anything."""
    said = [index for index in range(len(table.columns)) if any(row[index] is not None for row in table.rows)]
    return FormTable(
        tuple(tr(table.columns[index].label) for index in said),
        tuple(tuple("" if (cell := row[index]) is None else tr(cell) for index in said) for row in table.rows),
    )


def _distinct(choices: Iterable[Choice], tr: Translator) -> tuple[tuple[str, str], ...]:
    """Return (line, label) of each choice; one that repeats a line or a label is left out."""
    lines: set[str] = set()
    labels: set[str] = set()
    kept = []
    for choice in choices:
        label = tr(choice.label)
        if choice.line not in lines and label not in labels:
            kept.append((choice.line, label))
            lines.add(choice.line)
            labels.add(label)
    return tuple(kept)


def _numbered(choices: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{number}. {label}" for number, (_line, label) in enumerate(choices, 1)]
