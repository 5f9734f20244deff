"""The memory of an announcement to ever more accounts, on a server that makes them up (tests.support.multitude)."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from tests.support.apart import apart

GOAL = 1.1


def run(*, quick: bool) -> None:
    """Measure and show."""
    sizes = (1_000, 20_000) if quick else (1_000, 100_000, 1_000_000)
    found = {size: float(apart("multitude", size)["peak"]) for size in sizes}
    table = Table(title="Memory of an announcement")
    for column in ("accounts", "peak (MB)", "÷ fewest"):
        table.add_column(column, justify="right")
    base = found[min(sizes)]
    for size, memory in found.items():
        table.add_row(f"{size:,}", f"{memory:.0f}", f"{memory / base:.2f}")
    Console().print(table)
    ratio = max(found.values()) / base
    print(f"goal: memory <= {GOAL} of that of the fewest: {'reached' if ratio <= GOAL else 'MISSED'}")
