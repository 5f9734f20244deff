"""Categories that are lists: a table each, or the raw data where nobody knows what they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.export.pages.columns import COLUMNS, FACTS, MOMENTS
from bot.export.pages.site import NAMES, Site
from bot.export.pages.text import element, shown
from bot.export.spool import Spool
from bot.export.zipping import Zip
from bot.i18n import _, n_
from bot.policy.observed import Holding
from bot.policy.terms import Category

Record = dict[str, Any]


def write_list(site: Site, archive: Zip, spool: Spool, category: str, held: Holding | None) -> Iterator[int]:
    """Write the page of a category; yields how many records were dealt with."""
    count = spool.count(category)
    with archive.entry(f"{NAMES[category]}.html") as entry:
        entry.write(site.head(site.title(category), n_("%(n)s entry", "%(n)s entries", count) if count else ""))
        entry.write(_facts(site, category, held))
        if not count:
            entry.write(element("p", site.say(_("There is no list of these."))))
        columns = COLUMNS.get(category)
        if columns is not None and count:
            entry.write(site.table_start([title for title, _cell in columns]))
        for page in spool.records(category):
            for record in page:
                if columns is None:
                    entry.write(_raw(record))
                else:
                    cells = [cell(site, record) for _title, cell in columns]
                    entry.write(site.row(cells, [title for title, _cell in columns]))
            yield len(page)
        entry.write(("</tbody></table>" if columns is not None and count else "") + site.foot())


def _facts(site: Site, category: str, held: Holding | None) -> str:
    if held is None:
        return ""
    told = dict(held.facts)
    if category == Category.LAST_ACTIVITY and held.newest:
        told.setdefault("newest", held.newest.timestamp())
    lines = [
        (site.say(FACTS[key]), site.moment(value) if key in MOMENTS else shown(value))
        for key, value in told.items()
        if key in FACTS and value
    ]
    if not lines:
        return ""
    return (
        '<div class="card"><dl>' + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in lines) + "</dl></div>"
    )


def _raw(record: Record) -> str:
    name = record.get("name") or record.get("id") or ""
    data = record["data"] if isinstance(record.get("data"), str) else json.dumps(record, ensure_ascii=False, indent=1)
    heading = f"<h2>{shown(name)}</h2>" if name else ""
    return f'<section class="card">{heading}<pre>{shown(data)}</pre></section>'
