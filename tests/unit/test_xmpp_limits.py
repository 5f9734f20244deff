"""The rate limit: one notice, silence, recovery, bounded memory."""

from __future__ import annotations

from bot.dialogue.rendering import ChatMessage
from bot.xmpp.limits import Echoes, RateLimit, Verdict


def test_a_burst_is_answered_then_noticed_once_then_silence_until_half_full() -> None:
    limit = RateLimit(4, 60)
    assert [limit.judge("a", 0.0) for _ in range(6)] == [Verdict.ANSWER] * 4 + [
        Verdict.NOTICE,
        Verdict.SILENCE,
    ]
    assert limit.judge("a", 20.0) is Verdict.SILENCE
    assert limit.judge("a", 40.0) is Verdict.ANSWER
    assert limit.judge("b", 0.0) is Verdict.ANSWER


def test_a_steady_pace_below_the_limit_is_always_answered() -> None:
    limit = RateLimit(20, 60)
    assert all(limit.judge("a", second * 3.0) is Verdict.ANSWER for second in range(1_000))


def test_a_flood_of_senders_does_not_fill_the_memory() -> None:
    limit, echoes = RateLimit(20, 60, senders=100), Echoes(senders=100)
    for number in range(10_000):
        limit.judge(f"user{number}", 0.0)
        echoes.said(f"user{number}", ChatMessage("hello"))
    assert len(limit) == 100
    assert echoes.is_echo("user9999", " hello ")
    assert not echoes.is_echo("user1", "hello")
