"""All pages of a copy, one category after the other."""

from __future__ import annotations

from collections.abc import Iterator

from bot.export.manifest import Manifest
from bot.export.pages.index import has_page, index
from bot.export.pages.lists import write_list
from bot.export.pages.messages import MessagePages
from bot.export.pages.personal import write_client_data, write_profile
from bot.export.pages.site import Site
from bot.export.spool import Spool
from bot.export.zipping import Zip
from bot.policy.observed import Inventory
from bot.policy.terms import Category

_MESSAGES = (Category.ARCHIVE, Category.OFFLINE_MESSAGES, Category.ROOM_ARCHIVE)


def write_pages(site: Site, archive: Zip, spool: Spool, manifest: Manifest, inventory: Inventory) -> Iterator[int]:
    """Write the pages; yields how many records were dealt with."""
    for part in manifest.parts:
        category = part.category
        if not has_page(part):
            continue
        if category in _MESSAGES:
            yield from MessagePages(site, archive, category).write(spool)
        elif category == Category.PROFILE:
            yield from write_profile(site, archive, spool)
        elif category == Category.CLIENT_DATA:
            yield from write_client_data(site, archive, spool)
        else:
            yield from write_list(site, archive, spool, category, inventory.holding(category))
    with archive.entry("index.html") as entry:
        for piece in index(site, manifest):
            entry.write(piece)
