"""Plays: conversations as readable text, performed in-process and through real servers.

policy: searx-chat                  the policy that is in force
Alice (en): how long?               somebody says something, with an xml:lang or without
  + for 7 days                      the answer contains this
  - backups                         and not this
  = en                              the language of the answer
  ? Who can see it?                 a quick response with this label is offered
Alice taps: Who can see it?         sends the value of that quick response
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

_LINE = re.compile(r"(?P<who>\w+)(?: \((?P<language>[\w-]+)\))?(?P<taps> taps)?: (?P<text>.+)")


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer as a client sees it: body, language, (value, label) of the quick responses."""

    body: str
    language: str
    responses: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Turn:
    """One thing said, and what must be true of the answer."""

    number: int
    who: str
    language: str | None
    text: str
    taps: bool
    expectations: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Play:
    """A conversation."""

    policy: str
    turns: list[Turn]


Say = Callable[[str, str, str | None], Awaitable[Spoken]]
"""Says something for a person: (who, text, language) → the answer."""


def read_play(path: Path) -> Play:
    """Read a play; a line that is not understood fails at once."""
    play = Play("", [])
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("policy: "):
            play.policy = line.removeprefix("policy: ").strip()
        elif line.startswith("  "):
            kind, _space, text = line.strip().partition(" ")
            assert kind in {"+", "-", "=", "?"}, f"{path.name}:{number}: {line!r}"
            play.turns[-1].expectations.append((kind, text))
        else:
            found = _LINE.fullmatch(line)
            assert found, f"{path.name}:{number}: {line!r}"
            play.turns.append(Turn(number, found["who"], found["language"], found["text"], bool(found["taps"])))
    assert play.policy, f"{path.name}: no policy"
    assert all(turn.expectations for turn in play.turns), f"{path.name}: something is said and nothing expected"
    return play


async def perform(play: Play, say: Say) -> None:
    """Perform *play*; fails at the first answer that is not as expected."""
    offered: dict[str, dict[str, str]] = {}
    for turn in play.turns:
        text = offered[turn.who][turn.text] if turn.taps else turn.text
        spoken = await say(turn.who, text, turn.language)
        offered[turn.who] = {label: value for value, label in spoken.responses}
        for kind, expected in turn.expectations:
            assert _holds(kind, expected, spoken), f"line {turn.number}: {kind} {expected}\n{spoken.body}"


def _holds(kind: str, expected: str, spoken: Spoken) -> bool:
    match kind:
        case "+":
            return expected in spoken.body
        case "-":
            return expected not in spoken.body
        case "=":
            return spoken.language == expected
        case _:
            return expected in {label for _value, label in spoken.responses}
