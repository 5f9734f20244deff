#!/usr/bin/env python3
"""Writes what the documentation takes from the program: tables of the README, the format, the picture.

``python tools/generated.py`` writes; with ``check`` it only says what is not current.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema
from rich.console import Console

from bot.commands.build import services, understander
from bot.commands.catalogue import COMMANDS
from bot.commands.desk import Desk
from bot.config import Settings
from bot.dialogue.command import Access
from bot.i18n import languages, translator
from bot.metrics.prometheus import PrometheusMeasures
from bot.policy import observed
from bot.policy.model import read_policy
from bot.policy.observed import (
    AccountsPage,
    Erased,
    Event,
    Hello,
    Identity,
    Inventory,
    NewcomersPage,
    RecordsPage,
    Slot,
    Welcomed,
)
from bot.policy.reference import reference
from bot.server_modules import MODULES
from bot.servers.companion import Companion
from demo import screen
from demo.conversation import Answer

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WIDTH = 96

CONVERSATION = ("how long do you keep my photos?", "1", "my data", "kann der admin meine nachrichten lesen?")

HELD = """{"account": "you", "holdings": [
    {"category": "archive", "count": 1284, "oldest": 1763900000, "newest": 1795250000, "retention": 31536000},
    {"category": "uploads", "count": 3, "bytes": 4210000, "oldest": 1794900000, "retention": 604800,
        "items": [
            {"name": "lake.jpg", "type": "image/jpeg", "bytes": 2310000, "time": 1794900000, "expires": 1795504800},
            {"name": "boat.jpg", "type": "image/jpeg", "bytes": 1890000, "time": 1795000000, "expires": 1795604800},
            {"name": "list.txt", "type": "text/plain", "bytes": 10000, "time": 1795100000, "expires": 1795704800}]},
    {"category": "offline_messages", "count": 0}, {"category": "roster", "count": 12},
    {"category": "account", "count": 1, "facts": {"created": 1720000000}},
    {"category": "password", "count": 1, "facts": {"format": "scram-sha-1"}},
    {"category": "sessions", "count": 2, "memory": true}, {"category": "ip_addresses", "count": 0}
], "failed": [], "absent": []}"""
"""What the server of the picture holds for the person in it, in the words of the companion protocol."""


async def _held(operation: str, arguments: str, *, changes: bool = False) -> str:
    assert operation == "inventory" and arguments and not changes  # noqa: S101, PT018 -- nobody erases in a picture
    return HELD


def commands() -> str:
    """Return the commands as a table, with their words in every language."""
    rows = ["| command | what it does | words |", "|---|---|---|"]
    for command in COMMANDS:
        words = dict.fromkeys(translator(code)(word) for code in languages() for word in command.words)
        usage = " ".join([command.spoken, *(f"[{parameter.name}]" for parameter in command.parameters)])
        who = "" if command.access is Access.EVERYBODY else " For administrators."
        rows.append(f"| `{usage}` | {translator('en')(command.summary)}{who} | {', '.join(words)} |")
    return "\n".join(rows)


def configuration() -> str:
    """Return the settings as a table."""
    rows = ["| key | meaning | default |", "|---|---|---|"]
    rows += [f"| `{key}` | {meaning} | {default} |" for key, meaning, default in _settings(Settings, "")]
    return "\n".join(rows)


def _settings(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        inner = [part for part in (field.annotation, *get_args(field.annotation)) if _is_model(part)]
        if inner:
            yield from _settings(inner[0], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field.description or "", _default(field)


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value == frozenset():
        return "nobody"
    if hasattr(value, "count") and hasattr(value, "unit"):
        return f"`{value.count} {value.unit}{'s' if value.count != 1 else ''}`"
    return "" if value is None else f"`{value}`"


def metrics() -> str:
    """Return what the bot counts as a table."""
    rows = ["| metric | type | meaning |", "|---|---|---|"]
    for metric in PrometheusMeasures().registry.collect():
        if metric.name.startswith("privacy_bot"):
            suffix = {"counter": "_total", "info": "_info"}.get(metric.type, "")
            rows.append(f"| `{metric.name}{suffix}` | {metric.type} | {metric.documentation} |")
    return "\n".join(rows)


async def _spoken() -> list[tuple[str, Answer]]:
    policy = read_policy(ROOT / "data" / "policies" / "searx-chat.yaml")
    front = Desk(services(policy, server=Companion("chat.example", _held)), understander())
    spoken = []
    for line in CONVERSATION:
        said = await front.chat(
            line, sender="you@chat.example", conversation="picture", language=None, hint="en", now=NOW
        )
        labels = tuple(label for _value, label in said.message.responses)
        spoken.append((line, Answer(said.message.body, labels)))
    return spoken


def picture() -> str:
    """Return a conversation as it looks in the demo, as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    before: tuple[str, ...] = ()
    for line, answer in asyncio.run(_spoken()):
        console.print(screen.person(line, before, WIDTH))
        console.print(screen.answer(answer, WIDTH))
        before = tuple(answer.choices)
    svg = console.export_svg(title="make demo", unique_id="conversation")
    # fonts from other people's servers have no place in a picture about privacy
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def steps(text: str) -> str:
    """Return steps as the command line prints them, as Markdown: what is indented is to be typed."""
    example = {"component": "privacy.example.org", "host": "example.org"}
    parts = re.split(r"^((?: {4}.*\n|\n(?= {4}))+)", text, flags=re.MULTILINE)
    for number in range(1, len(parts), 2):
        typed = textwrap.indent(f"```\n{textwrap.dedent(parts[number]).strip()}\n```\n", "   ")
        parts[number] = typed if re.match(r"\d", text) else textwrap.dedent(typed)
    return "".join(parts).format(**example).strip()


def installation() -> Mapping[str, Callable[[], str]]:
    """Return what makes the parts of the page about the modules for the servers, by their names."""
    parts: dict[str, Callable[[], str]] = {}
    for kind, module in MODULES.items():
        whole = (module.write + "\n" + module.configure).replace("{directory}", module.directory)
        parts[f"{kind} install"] = partial(steps, whole)
        parts[f"{kind} upgrade"] = partial(steps, module.upgrade)
    return parts


ANSWERS = (
    *(Hello, observed.Settings, AccountsPage, Inventory, RecordsPage, NewcomersPage, Welcomed),
    *(Erased, Identity, Slot, Event),
)


def schema() -> str:
    """Return the JSON schema of what a companion module says: of the types that the bot reads it with."""
    models: list[tuple[type[BaseModel], Literal["validation", "serialization"]]]
    models = [(model, "validation") for model in ANSWERS]
    _refs, found = models_json_schema(models, title="What a companion module says", ref_template="#/$defs/{model}")
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **found}, indent=2) + "\n"


def filled(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with its generated parts made anew."""
    for name, make in parts.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        head, _begin, rest = text.partition(begin)
        _old, _end, tail = rest.partition(end)
        text = f"{head}{begin}\n{make()}\n{end}{tail}"
    return text


def wanted() -> dict[Path, str]:
    """Return every generated file with its contents."""
    front, install, counted = (
        ROOT / "README.md",
        ROOT / "docs" / "install-server-module.md",
        ROOT / "docs" / "metrics.md",
    )
    parts = {"commands": commands, "configuration": configuration, **installation()}
    return {
        front: filled(front.read_text(encoding="utf-8"), parts),
        install: filled(install.read_text(encoding="utf-8"), installation()),
        counted: filled(counted.read_text(encoding="utf-8"), {"metrics": metrics}),
        ROOT / "docs" / "policy-format.md": reference(),
        ROOT / "docs" / "companion-protocol.schema.json": schema(),
        ROOT / "docs" / "conversation.svg": picture(),
    }


def main() -> int:
    """Write the files, or with ``check`` name those that are not current."""
    stale = [
        (path, text)
        for path, text in wanted().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        if sys.argv[1:] == ["check"]:
            print(f"{path.relative_to(ROOT)} is not current: run make docs")
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and sys.argv[1:] == ["check"] else 0


if __name__ == "__main__":
    sys.exit(main())
