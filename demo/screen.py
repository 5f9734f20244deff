"""The conversation at a terminal: bubbles, a sign of life while waiting, line editing."""

import re
from collections.abc import Callable, Sequence

from rich import box
from rich.align import Align
from rich.cells import cell_len
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from demo.conversation import Answer
from demo.prompt import Interrupted, Prompt

PROMPT = "> "
WIDEST = 88
PERSON, BOT = "green", "cyan"
CHOICE = re.compile(r"^(\d+\.) (.+)$", re.MULTILINE)
HINT = "Ask in your own words and language. A number takes a choice. Ctrl-D leaves."
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


def chat(
    ask: Callable[[str], Answer],
    unasked: Callable[[float], Answer | None],
    greeting: Answer | None,
    console: Console,
    server: str,
    policy: str,
) -> None:
    """Talk until the end of the input (Ctrl-D) or Ctrl-C; what comes unasked is shown when it comes."""
    console.print(header(server, policy))
    if greeting is not None:
        _tell(greeting, console)
    said = Answer("")
    with Prompt(PROMPT, unasked) as prompt:
        while (typed := _line(prompt, console)) is not None:
            if not typed.strip():
                continue
            console.print(person(typed.strip(), said.choices, console.width))
            with console.status(Text("typing …", style="dim"), spinner="dots", spinner_style=BOT):
                said = ask(typed.strip())
            console.print(answer(said, console.width))


def _line(prompt: Prompt, console: Console) -> str | None:
    """Return the next line, None at the end; what comes meanwhile is shown above it."""
    typed = ""
    while True:
        for told in prompt.came():
            _tell(told, console)
        try:
            line = prompt.read(typed)
        except Interrupted as interrupted:
            typed = interrupted.typed
            _erase(console, rows(typed, console.width) - 1)
        except (EOFError, KeyboardInterrupt):
            console.print()
            return None
        else:
            _erase(console, rows(line, console.width))
            return line


def _tell(told: Answer, console: Console) -> None:
    """Show what came unasked; a link alone stays in one piece, so that it can be copied."""
    if told.is_link:
        console.print(Text(told.text.strip(), style=BOT), soft_wrap=True)
    else:
        console.print(answer(told, console.width))


def _erase(console: Console, rows_above: int) -> None:
    """Let bubbles take the place of what was typed: cursor up, erase below (ECMA-48 CUU, ED)."""
    up = f"\x1b[{rows_above}A" if rows_above else ""
    console.file.write(f"\r{up}\x1b[J")
