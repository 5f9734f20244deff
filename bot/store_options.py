"""What can be typed after ``privacy-bot store``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

_STEPS = {
    "status": "show what is in it: counts, schema, size",
    "check": "look whether it is as it should be: status 0 good, 1 something is wrong",
    "backup": "write a copy into a new file, while the bot runs or not",
    "purge": "forget accounts that are gone from the server, after a confirmation; asks the running bot",
    "rotate-key": "change the key of the pseudonyms, after a confirmation; asks the running bot",
}


def add_to(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], run: Callable[[argparse.Namespace], int]
) -> None:
    """Add the command, which *run* does."""
    store = commands.add_parser("store", help="look after what the bot remembers").add_subparsers(
        required=True, metavar="COMMAND", dest="step"
    )
    for step, help_ in _STEPS.items():
        parser = store.add_parser(step, help=help_)
        if step == "backup":
            parser.add_argument("file", type=Path, metavar="FILE", help="the file to write")
        if step in ("purge", "rotate-key"):
            parser.add_argument("--yes", action="store_true", help="do not ask whether that is wanted")
        if step == "purge":
            parser.add_argument("--dry-run", action="store_true", help="only count them")
        parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the configuration of the bot")
        parser.set_defaults(run=run)
