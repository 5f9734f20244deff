"""``data.json``: everything as the server gave it, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.export.manifest import FORMAT, VERSION
from bot.export.spool import Spool
from bot.export.zipping import Entry
from bot.policy.observed import Holding, Inventory


def write_json(
    entry: Entry, spool: Spool, categories: Sequence[str], inventory: Inventory, account: str, now: datetime
) -> Iterator[int]:
    """Write the records of *categories*, and what the inventory says of them; yields how many, page by page.

    The pages of the spool are JSON in ASCII already, so they are passed on as they are.
    """
    name, _at, host = account.partition("@")
    head = {"format": FORMAT, "version": VERSION, "account": name, "host": host, "created": now.isoformat()}
    entry.write(json.dumps(head)[:-1] + ', "categories": {')
    for index, category in enumerate(categories):
        start = "" if index == 0 else ","
        held = [_told(one) for one in inventory.holdings if one.category == category]
        entry.write(
            f'{start}\n{json.dumps(category)}: {{"count": {spool.count(category)}, "held": {json.dumps(held)}, '
        )
        entry.write('"records": [')
        count, size, done = spool.count(category), spool.size(category), 0
        for page in spool.pages(category):
            entry.write((b",\n" if done else b"\n") + page[1:-1])
            before, done = done, done + len(page)
            yield count * done // size - count * before // size  # about as many as there were on the page
        entry.write("]}")
    entry.write("\n}}\n")


def _told(holding: Holding) -> dict[str, Any]:
    return holding.model_dump(mode="json", exclude={"category", "items"}, exclude_defaults=True)
