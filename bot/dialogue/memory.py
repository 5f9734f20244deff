"""What a conversation was about a moment ago: in memory only, for minutes, for so many people.

It makes "why?" and "2" understood.  Nothing of it is ever written down, and no message text is
in it: only which fact was shown, and which lines were offered; and of those who are asked for several
texts one after the other (administrators who announce a breach), the ones before the last.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dialogue.reply import Question


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last answer of a conversation: its question, the lines offered in order, its language.

    *confirming* is the line that would be confirmed, with its code as the last word; *awaiting* is
    the beginning of a line that the next message completes in free words.
    """

    question: Question | None = None
    lines: tuple[str, ...] = ()
    language: str | None = None
    confirming: str = ""
    awaiting: str = ""


class Memory:
    """The last answer of each conversation: of a sender's bare JID, and a thread after a NUL character."""

    def __init__(self, keep: timedelta = timedelta(minutes=15), at_most: int = 10_000) -> None:
        self._keep, self._at_most = keep, at_most
        self._entries: OrderedDict[str, tuple[datetime, Remembered]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def recall(self, conversation: str, now: datetime) -> Remembered:
        """Return what was last said in *conversation*; nothing when it is too long ago."""
        entry = self._entries.get(conversation)
        if entry is None or now - entry[0] > self._keep:
            return Remembered()
        return entry[1]

    def remember(self, conversation: str, what: Remembered, now: datetime) -> None:
        """Keep *what* was said; the oldest conversations give way to new ones."""
        self._entries.pop(conversation, None)
        self._entries[conversation] = (now, what)
        while self._entries and (
            len(self._entries) > self._at_most or now - next(iter(self._entries.values()))[0] > self._keep
        ):
            self._entries.popitem(last=False)

    def forget_account(self, account: str) -> None:
        """Forget all conversations with *account*, a bare JID."""
        for conversation in [one for one in self._entries if one.partition("\0")[0] == account]:
            del self._entries[conversation]
