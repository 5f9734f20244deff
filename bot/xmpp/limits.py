"""How much one sender may ask, and what stops two programs from answering each other for ever."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum

from bot.dialogue.rendering import ChatMessage


class Verdict(Enum):
    """What to do with a message."""

    ANSWER = "answer"
    NOTICE = "notice"
    SILENCE = "silence"


class _Bucket:
    __slots__ = ("filled_at", "noticed", "tokens")

    def __init__(self, tokens: float, now: float) -> None:
        self.tokens, self.filled_at, self.noticed = tokens, now, False


class RateLimit:
    """A token bucket for each sender: *messages* at once, refilled over *seconds*.

    The first message over the limit gets one notice; then there is silence until the bucket is
    half full again.  The buckets of the *senders* heard last are kept.
    """

    def __init__(self, messages: int, seconds: float, senders: int = 10_000) -> None:
        self._messages, self._seconds, self._senders = messages, seconds, senders
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def widened(self, factor: int) -> RateLimit:
        """Return a limit of its own that lets *factor* times as many through in the same time."""
        return RateLimit(self._messages * factor, self._seconds, self._senders)

    def judge(self, sender: str, now: float) -> Verdict:
        """Count a message of *sender* at *now* (seconds of a clock that never goes back)."""
        bucket = self._buckets.get(sender)
        if bucket is None:
            bucket = self._buckets[sender] = _Bucket(self._messages, now)
            if len(self._buckets) > self._senders:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(sender)
        refill = (now - bucket.filled_at) * self._messages / self._seconds
        bucket.tokens = min(self._messages, bucket.tokens + refill)
        bucket.filled_at = now
        if bucket.noticed and bucket.tokens < max(1.0, self._messages / 2):
            return Verdict.SILENCE
        bucket.noticed = False
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Verdict.ANSWER
        bucket.noticed = True
        return Verdict.NOTICE


class Echoes:
    """Recognises our own words when they come back: another program repeats what it hears."""

    def __init__(self, senders: int = 10_000) -> None:
        self._senders = senders
        self._said: OrderedDict[str, int] = OrderedDict()

    def said(self, sender: str, message: ChatMessage) -> None:
        """Note what was said to *sender*, as a number that cannot be read."""
        self._said[sender] = hash(message.body.strip())
        self._said.move_to_end(sender)
        if len(self._said) > self._senders:
            self._said.popitem(last=False)

    def is_echo(self, sender: str, text: str) -> bool:
        """Return whether *text* is what was just said to *sender*."""
        return self._said.get(sender) == hash(text.strip())
