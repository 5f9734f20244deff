"""How long it takes to understand a question, beside rapidfuzz looking through as many phrases as the bot knows.

Both read the same questions one after the other, in one run: those of the blind sets, each language in turn.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence

from rapidfuzz import process
from rich.console import Console
from rich.table import Table

from benchmarks.program import ROOT
from bot import files
from bot.commands.build import understander

GOAL = 300.0
"""Microseconds, in the median."""


def questions() -> list[str]:
    """Return the questions of all blind sets."""
    data = ROOT / "tests" / "data"
    paths = (data / "blind_questions.jsonl", *sorted((data / "blind").glob("*.jsonl")))
    return [json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()]


def entries() -> list[str]:
    """Return all phrases of all languages."""
    found: list[str] = []
    for path in sorted((files.directory("data") / "phrases").glob("*.yaml")):
        for words in files.data_of(path)["concepts"].values():
            found += words
    return found


def median(do: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return the median of the microseconds that *do* takes for one of *texts*."""
    times = []
    for text in texts:
        began = time.perf_counter()
        do(text)
        times.append((time.perf_counter() - began) * 1_000_000)
    return statistics.median(times)


def run(*, quick: bool) -> None:
    """Measure and show."""
    texts, known, reader = questions()[:: 20 if quick else 4], entries(), understander()
    for text in texts:
        reader.read(text)  # words are stemmed when they come first
    ours = median(reader.read, texts)
    theirs = median(lambda text: process.extractOne(text, known), texts)
    table = Table(title=f"Understanding {len(texts):,} questions, with {len(known):,} phrases")
    for column in ("by", "median (µs)", "÷ rapidfuzz"):
        table.add_column(column, justify="left" if column == "by" else "right")
    table.add_row("rapidfuzz, best match", f"{theirs:,.0f}", "1.00")
    table.add_row("the bot", f"{ours:,.0f}", f"{ours / theirs:.4f}")
    Console().print(table)
    print(f"goal: median <= {GOAL:.0f} µs: {'reached' if ours <= GOAL else 'MISSED'}")
