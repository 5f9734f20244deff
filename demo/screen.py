"""The conversation at a terminal: bubbles, a sign of life while waiting, line editing."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress

from rich import box
from rich.align import Align
from rich.cells import cell_len
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from demo.conversation import Answer

with suppress(ImportError):
    import readline  # noqa: F401 - input() gets line editing and history by it

PROMPT = "> "
WIDEST = 88
PERSON, BOT = "green", "cyan"
CHOICE = re.compile(r"^(\d+\.) (.+)$", re.MULTILINE)
HINT = "Ask in your own words, in English or German. A number takes a choice. Ctrl-D leaves."
EXAMPLES = "For example: what do you store?  ·  wie lange speichert ihr bilder?"


def header(server: str, policy: str) -> Panel:
    """Which server and policy this is, and how to leave."""
    title = Text.assemble(("privacy bot", f"bold {BOT}"), f" on {server}")
    lines = Text("\n").join([Text(f"Policy: {policy}"), Text(HINT), Text(EXAMPLES, style="dim")])
    return Panel(lines, title=title, title_align="left", box=box.ROUNDED, border_style="dim", padding=(0, 1))


def person(text: str, choices: Sequence[str], width: int) -> Align:
    """The person's bubble, at the right; a number is shown with the choice it takes."""
    if text.isdecimal() and 1 <= int(text) <= len(choices):
        text = f"{text}. {choices[int(text) - 1]}"
    return Align.right(_bubble(Text(text), "you", PERSON, width))


def answer(said: Answer, width: int) -> Panel:
    """The bot's bubble; the numbers of the choices stand out."""
    text = Text(said.text.strip())
    for line in CHOICE.finditer(text.plain):
        if line[2] in said.choices:
            text.stylize(f"bold {BOT}", line.start(1), line.end(1))
    return _bubble(text, "privacy", BOT, width)


def _bubble(text: Text, who: str, colour: str, width: int) -> Panel:
    widest = max(cell_len(line) for line in (*text.plain.split("\n"), f"{who}  "))
    return Panel(
        text,
        title=Text(who, style=f"bold {colour}"),
        title_align="left",
        box=box.ROUNDED,
        border_style=colour,
        padding=(0, 1),
        width=min(widest + 4, WIDEST, width - 6),
    )


def rows(typed: str, width: int) -> int:
    """How many lines of the terminal the prompt and what was typed behind it took."""
    return (cell_len(PROMPT) + cell_len(typed)) // width + 1


def chat(ask: Callable[[str], Answer], console: Console, server: str, policy: str) -> None:
    """Talk until the end of the input (Ctrl-D) or Ctrl-C."""
    console.print(header(server, policy))
    said = Answer("")
    while True:
        try:
            typed = input(PROMPT)
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        # What was typed gives way to a bubble: cursor up, erase below (ECMA-48 CUU, ED).
        console.file.write(f"\x1b[{rows(typed, console.width)}A\x1b[J")
        if not typed.strip():
            continue
        console.print(person(typed.strip(), said.choices, console.width))
        with console.status(Text("typing …", style="dim"), spinner="dots", spinner_style=BOT):
            said = ask(typed.strip())
        console.print(answer(said, console.width))
