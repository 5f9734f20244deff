"""Putting sentences together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bot.i18n import Listing, Phrase, _

Say: TypeAlias = Callable[[bool, Listing], Phrase]
"""Makes a sentence of a list; the flag says whether it is what came, else it is what went."""


def joined(sentences: tuple[Phrase, ...]) -> Phrase:
    """Return sentences one after the other."""
    first, *rest = sentences
    for one in rest:
        first = _("%(first)s %(second)s")(first=first, second=one)
    return first


def came_and_went(before: tuple[Phrase, ...], after: tuple[Phrase, ...], say: Say) -> Phrase | None:
    """Return what is new and what is gone of a list; None when it is only listed otherwise."""
    come = tuple(one for one in after if one not in before)
    gone = tuple(one for one in before if one not in after)
    sentences = tuple(say(is_new, Listing(items)) for is_new, items in ((True, come), (False, gone)) if items)
    return joined(sentences) if sentences else None
