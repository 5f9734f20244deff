"""The audit on the command line: asked of the running bot, shown as a table, with a status for cron."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bot import control


async def ask(socket: Path, request: Mapping[str, Any], *, as_json: bool, output: TextIO = sys.stdout) -> int:
    """Have the running bot audit, show the outcome, and return the status; raises `ControlError`."""
    console = Console(file=output, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    errors = Console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("accounts", total=None)
        result = await control.ask(
            socket, {"do": "audit", **request}, lambda done, total: bar.update(task, completed=done, total=total)
        )
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2), file=output)
    else:
        show(result, console)
    return int(result["status"])


_STYLES = {"drift": "bold red", "unknown": "yellow", "agrees": "green"}


def show(result: Mapping[str, Any], console: Console) -> None:
    """Show an audit as a table, the worst first; as lines where there is no terminal."""
    if not console.is_terminal:
        for one in result["findings"]:
            parts = [
                one["verdict"].upper(),
                one["check"],
                one["subject"],
                one["declared"],
                one["observed"],
                one["where"],
                one["remedy"],
            ]
            console.print(" | ".join(part for part in parts if part), soft_wrap=True, markup=False)
        console.print(result["summary"], soft_wrap=True, markup=False)
        return
    table = Table(*result["labels"], show_lines=True)
    for one in result["findings"]:
        word, severity = one["words"]
        style = _STYLES[one["verdict"]]
        said = f"[{style}]{word}[/]" + (f"\n{severity}" if severity else "")
        seen = _plain(one["observed"]) + (f"\n[dim]{_plain(one['where'])}[/]" if one["where"] else "")
        table.add_row(said, _plain(one["subject"]), _plain(one["declared"]), seen, _plain(one["remedy"] or ""))
    console.print(table)
    console.print(result["summary"], markup=False)


def _plain(text: str) -> str:
    """Return *text* so that brackets in it are no markup."""
    return text.replace("[", r"\[")
