"""``privacy-bot announce``: asks the running bot, shows what it says, and how far it is."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bot import control
from bot.announcement_file import read_announcement

if TYPE_CHECKING:
    from rich.progress import Progress

_LOOK = 0.5
"""Seconds between two looks at how far it is."""

_OVER = ("done", "cancelled", "paused")


_STEPS = {
    "preview": "show what everybody would be told, in every language",
    "count": "count whom it would reach, by language, and send nothing",
    "test": "send it to the administrators only",
    "start": "tell everybody, after a confirmation",
    "schedule": "tell everybody later",
    "status": "show how far it is, and what became of it",
    "pause": "stop before the next batch",
    "resume": "go on with it",
    "cancel": "take back what is not over",
}

_OF_SUBJECT = ("preview", "count", "test", "start", "schedule")
"""Steps that can be given something to announce."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is typed after ``privacy-bot announce``.

    Attributes:
        step: preview, count, test, start, schedule, status, pause, resume or cancel.
        file: what to announce; without it, what is drafted or under way, or the new policy.
        at: when to begin, `2030-12-31 09:00` in UTC; only of schedule.
        language: of what is said here.
        anyway: also what need not be told, or should have been told before.
        yes: begin without being asked.
        follow: show how far it is until it is over.
        as_json: write JSON.
    """

    step: str
    file: Path | None = None
    at: str | None = None
    language: str | None = None
    anyway: bool = False
    yes: bool = False
    follow: bool = False
    as_json: bool = False


def add_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], run: Callable[[argparse.Namespace], int]
) -> None:
    """Add ``announce`` with its steps to the command line; *run* is what does them."""
    announce = commands.add_parser(
        "announce", help="tell everybody of a new policy, of news, or of a breach of security"
    ).add_subparsers(required=True, metavar="COMMAND", dest="step")
    for step, help_ in _STEPS.items():
        parser = announce.add_parser(step, help=help_)
        if step in _OF_SUBJECT:
            about = "YAML with the texts; without it, what is drafted, or the new version of the policy"
            parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help=about)
            about = "also what need not be told, or should have been told before"
            parser.add_argument("--anyway", action="store_true", help=about)
        if step == "schedule":
            parser.add_argument("--at", required=True, metavar="TIME", help="in UTC: '2030-12-31 09:00'")
        if step in ("start", "schedule"):
            parser.add_argument("--yes", action="store_true", help="do not ask whether that is wanted")
        if step in ("start", "status", "resume"):
            parser.add_argument("--follow", action="store_true", help="show how far it is, until it is over")
        about = "the configuration of the running bot"
        parser.add_argument("--config", type=Path, required=True, metavar="FILE", help=about)
        parser.add_argument("--lang", dest="language", metavar="CODE", help="language of what is said, such as de")
        parser.add_argument("--json", dest="as_json", action="store_true", help="write JSON")
        parser.set_defaults(run=run)


def order_of(arguments: argparse.Namespace) -> Order:
    """Return what was typed."""
    given = {field.name: getattr(arguments, field.name) for field in fields(Order) if hasattr(arguments, field.name)}
    return Order(**given)


async def ask(socket: Path, order: Order, *, output: TextIO = sys.stdout, answers: TextIO = sys.stdin) -> int:
    """Do a step and return the status: 0 done, 1 not wanted after all; raises `ControlError` and `BadFile`."""
    request: dict[str, Any] = {"do": "announce", "language": order.language, "anyway": order.anyway}
    if order.file is not None:
        known = await control.ask(socket, {"do": "announce", "step": "languages"}, _unseen)
        about, texts = read_announcement(order.file, known["first"], tuple(known["offered"]))
        request |= {"about": about.value, "texts": texts}
    if order.at is not None:
        request["starts_at"] = _time(order.at)
    step = "start" if order.step == "schedule" else order.step
    if step == "start":
        shown = await control.ask(socket, {**request, "step": "preview"}, _unseen)
        request["number"] = shown["announcement"]["number"]
        if not order.yes and not _is_wanted(shown["text"], output, answers):
            print("nothing was done", file=output)
            return 1
    result = await _asked(socket, {**request, "step": step})
    if order.follow:
        result = await _followed(socket, request)
    print(json.dumps(result["announcement"], indent=2) if order.as_json else result["text"], file=output)
    return 0


def _time(text: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).isoformat()
    except ValueError:
        raise control.ControlError(f"'{text}' is no time; write it in UTC, such as '2030-12-31 09:00'") from None


def _is_wanted(shown: str, output: TextIO, answers: TextIO) -> bool:
    """Show what would be said and ask; where nobody can answer, it has to be said before."""
    print(shown, file=output)
    if not answers.isatty():
        raise control.ControlError("nobody can be asked here whether that is wanted; say it with --yes")
    print("\nTell everybody? [y/N] ", end="", file=output, flush=True)
    return answers.readline().strip().casefold() in ("y", "yes")


def _unseen(_done: int, _total: int | None) -> None:
    """Show no progress."""


async def _asked(socket: Path, request: Mapping[str, Any]) -> Mapping[str, Any]:
    with _bar() as bar:
        task = bar.add_task("accounts", total=None)
        return await control.ask(socket, request, lambda done, total: bar.update(task, completed=done, total=total))


async def _followed(socket: Path, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Show how far it is until it is over or paused; Ctrl-C only ends the showing."""
    with _bar() as bar:
        task = bar.add_task("told", total=None)
        while True:
            known = await control.ask(socket, {**request, "step": "status"}, _unseen)
            one = known["announcement"]
            bar.update(task, description=one["stage"], completed=one["done"], total=one["total"])
            if one["stage"] in _OVER:
                return known
            await asyncio.sleep(_LOOK)


def _bar() -> Progress:
    from rich.console import Console  # noqa: PLC0415 -- nothing else needs a terminal's colours
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    errors = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)
