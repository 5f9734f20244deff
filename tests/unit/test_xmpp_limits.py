"""How much one sender may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.rendering import ChatMessage
from bot.xmpp.limits import Echoes, RateLimit, Verdict

ANSWER, NOTICE, SILENCE = Verdict.ANSWER, Verdict.NOTICE, Verdict.SILENCE


def test_one_notice_then_silence_then_answers_again() -> None:
    limit = RateLimit(4, 60)
    assert [limit.judge("a", 0) for _ in range(7)] == [ANSWER] * 4 + [NOTICE] + [SILENCE] * 2
    assert limit.judge("a", 29) is SILENCE
    assert limit.judge("a", 31) is ANSWER


def test_each_sender_has_a_limit_of_their_own() -> None:
    limit = RateLimit(1, 60)
    assert [limit.judge(sender, 0) for sender in ("a", "b", "a")] == [ANSWER, ANSWER, NOTICE]


def test_a_wider_limit_counts_by_itself() -> None:
    limit = RateLimit(1, 60)
    wide = limit.widened(3)
    assert limit.judge("a", 0) is ANSWER
    assert [wide.judge("a", 0) for _ in range(4)] == [ANSWER] * 3 + [NOTICE]


def test_those_heard_last_are_kept() -> None:
    limit = RateLimit(1, 60, senders=100)
    limit.judge("loud", 0)
    for number in range(1_000):
        limit.judge(f"user{number}", 0)
        limit.judge("loud", 0)
    assert len(limit) == 100
    assert limit.judge("loud", 0) is SILENCE


def test_the_notice_comes_once_however_small_the_limit() -> None:
    limit = RateLimit(1, 60)
    said = [limit.judge("a", second) for second in range(60)]
    assert said == [ANSWER, NOTICE] + [SILENCE] * 58
    assert limit.judge("a", 61) is ANSWER


@given(st.lists(st.floats(0, 30), max_size=300), st.integers(1, 20), st.integers(1, 120))
def test_never_more_answers_than_the_limit_allows(pauses: list[float], messages: int, seconds: int) -> None:
    limit = RateLimit(messages, seconds)
    now, answers, words = 0.0, 0, 0
    for pause in pauses:
        now += pause
        verdict = limit.judge("a", now)
        answers += verdict is ANSWER
        words += verdict is not SILENCE
    assert answers <= messages + now * messages / seconds + 1e-6
    assert words <= 2 * answers  # one notice at most between answers


@given(st.integers(1, 20), st.integers(1, 120))
def test_who_waits_long_enough_is_answered(messages: int, seconds: int) -> None:
    limit = RateLimit(messages, seconds)
    for _ in range(messages + 5):
        limit.judge("a", 0)
    assert limit.judge("a", seconds + 0.001) is ANSWER


def test_our_own_words_are_known_by_sender_and_only_the_last_ones() -> None:
    echoes = Echoes(senders=2)
    echoes.said("a", ChatMessage("one\n"))
    assert echoes.is_echo("a", "one")
    assert not echoes.is_echo("b", "one")
    echoes.said("a", ChatMessage("two"))
    assert not echoes.is_echo("a", "one")
    for sender in ("b", "c"):
        echoes.said(sender, ChatMessage("x"))
    assert not echoes.is_echo("a", "two")


def test_a_notice_is_never_followed_by_another_one() -> None:
    """With one message at a time, half a token ended the silence, and the next message got a second notice."""
    limit = RateLimit(1, 3)
    assert [limit.judge("a", at) for at in (0.0, 0.0, 2.0, 2.0)] == [
        Verdict.ANSWER,
        Verdict.NOTICE,
        Verdict.SILENCE,
        Verdict.SILENCE,
    ]
    assert limit.judge("a", 3.0) is Verdict.ANSWER
