"""``privacy-bot store``: looks after what the bot remembers; what needs the server is asked of the running bot."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot import control, keys
from bot.config import Settings
from bot.store import StoreError, back_up, problems, status

_ASK_AGAIN, _PATIENCE = 0.3, 600.0
"""Seconds between two looks whether the bot is back with another key, and until that is given up."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is typed after ``privacy-bot store``.

    Attributes:
        step: status, check, backup, purge or rotate-key.
        file: where the backup goes.
        yes: do not ask.
        dry_run: only count.
        output: where to write.
        answers: where answers are read.
    """

    step: str
    file: Path | None = None
    yes: bool = False
    dry_run: bool = False
    output: TextIO = field(default_factory=lambda: sys.stdout)
    answers: TextIO = field(default_factory=lambda: sys.stdin)

    def say(self, text: str) -> None:
        """Write a line."""
        print(text, file=self.output)

    def is_wanted(self, question: str) -> bool:
        """Ask, unless it was said before; raises `ControlError` where nobody can answer."""
        if self.yes:
            return True
        if not self.answers.isatty():
            raise control.ControlError("nobody can be asked here whether that is wanted; say it with --yes")
        print(f"{question} [y/N] ", end="", file=self.output, flush=True)
        return self.answers.readline().strip().casefold() in ("y", "yes")


async def run(settings: Settings, order: Order) -> int:
    """Do a step and return the status: 0 done, 1 not good or not wanted.

    Raises `StoreError`, `ControlError` and `BadSecret`.
    """
    return await _STEPS[order.step](settings, order)


async def _status(settings: Settings, order: Order) -> int:
    found = await status(settings.store, keys.pseudonym_key(settings, is_made=False))
    newer = "" if found.schema == found.newest else f" of {found.newest}; the bot brings it up to date when it starts"
    order.say(f"{found.place}: {found.engine}, {found.bytes} bytes, schema {found.schema}{newer}")
    width = max(map(len, found.rows))
    for name, count in found.rows.items():
        order.say(f"{name:{width}}  {count}")
    return 0


async def _check(settings: Settings, order: Order) -> int:
    key = keys.pseudonym_key(settings, is_made=False)
    try:
        found = await problems(settings.store, key)
    except StoreError as error:
        found = (str(error),)
    for problem in found:
        order.say(problem)
    if not found:
        order.say("good: it can be read, it belongs to the key, and every seal opens")
    return 1 if found else 0


async def _backup(settings: Settings, order: Order) -> int:
    assert order.file is not None  # noqa: S101 -- the command line wants it
    await back_up(settings.store, order.file)
    order.say(f"{order.file}: written. It is of use only with the key, which is not in it: keep a copy of that apart")
    return 0


async def _purge(settings: Settings, order: Order) -> int:
    if not await _is_gone_shown(settings, order):
        return 0
    if order.dry_run:
        order.say("nothing was done")
        return 0
    if not order.is_wanted("Forget them?"):
        order.say("nothing was done")
        return 1
    await _asked(settings, {"step": "purge", "really": True})
    order.say("forgotten")
    return 0


async def _is_gone_shown(settings: Settings, order: Order) -> bool:
    """Show whom the bot remembers although they are gone; return whether there are any."""
    found = await _asked(settings, {"step": "purge"})
    order.say(f"accounts on the server: {found['accounts']}")
    order.say("of accounts that are not there, the bot remembers:")
    for name, words in _WORDS.items():
        order.say(f"  {words}: {found[name]}")
    return any(found[name] for name in _WORDS)


_WORDS = {
    "languages": "languages that they chose",
    "acquaintances": "what they were told of the policy",
    "missed": "announcements that did not reach them",
    "claims": "with something under way for them",
}


async def _rotate(settings: Settings, order: Order) -> int:
    await _is_gone_shown(settings, order)
    order.say(
        "With another key, the first two are forgotten; so are languages chosen by people of other servers.\n"
        "Proofs of what was done for accounts that are gone stay, and are nobody's then.  The bot is away meanwhile."
    )
    if not order.is_wanted("Change the key?"):
        order.say("nothing was done")
        return 1
    await _asked(settings, {"step": "rotate-key"})
    done = await _outcome(settings)
    if "error" in done:
        raise control.ControlError(done["error"])
    order.say(
        f"changed.  Forgotten: {done['languages']} languages, {done['acquaintances']} acquaintances; "
        f"nobody's now: {done['records']} records.\n"
        f"Keep a copy of {settings.key_file} in a safe place.  Other machines that stand by need it too, and a restart."
    )
    return 0


async def _outcome(settings: Settings) -> Mapping[str, Any]:
    """Return what became of the change, as soon as the bot is back; raises `ControlError`."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        await asyncio.sleep(_ASK_AGAIN)
        try:
            known = await control.ask(settings.control, {"do": "store", "step": "rekeyed"}, lambda _done, _total: None)
        except control.ControlError:
            if time.monotonic() > deadline:
                raise
        else:
            if known["outcome"] is not None:
                outcome: Mapping[str, Any] = known["outcome"]
                return outcome


async def _asked(settings: Settings, request: Mapping[str, Any]) -> Mapping[str, Any]:
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("accounts", total=None)
        return await control.ask(
            settings.control,
            {"do": "store", **request},
            lambda done, total: bar.update(task, completed=done, total=total),
        )


_STEPS: Mapping[str, Callable[[Settings, Order], Awaitable[int]]] = {
    "status": _status,
    "check": _check,
    "backup": _backup,
    "purge": _purge,
    "rotate-key": _rotate,
}
