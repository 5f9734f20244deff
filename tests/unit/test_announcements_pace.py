"""How fast letters go out: as fast as the server confirms, and never faster than the operator allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.announcements.pace import Pace

MOST = 50


def settled(each: float, limit: float | None = None) -> Pace:
    """A pace that has learned how many seconds the server needs for each letter."""
    pace, now = Pace(limit), 0.0
    for _batch in range(60):
        letters = pace.size
        now += letters * each
        pace.confirmed(letters, letters * each, now)
    return pace


@pytest.mark.parametrize(("each", "letters"), [(0.000_1, MOST), (0.000_5, MOST), (0.002, 20), (0.01, 4), (0.5, 1)])
def test_a_batch_is_as_large_as_keeps_nobody_waiting(each: float, letters: int) -> None:
    assert abs(settled(each).size - letters) <= 1


def test_it_tells_how_many_are_told_in_a_second() -> None:
    assert Pace(None).per_second is None
    assert settled(0.002).per_second == pytest.approx(500, rel=0.01)


def test_after_a_slow_moment_it_gets_faster_again() -> None:
    pace = settled(0.001)
    for _batch in range(8):
        pace.confirmed(pace.size, 5.0, 10.0)
    assert pace.size == 1
    for _batch in range(20):
        pace.confirmed(pace.size, 0.0, 20.0)
    assert pace.size == MOST


@given(limit=st.integers(1, 1000), seconds=st.floats(0, 10), each=st.floats(0, 1))
def test_the_operator_s_limit_is_kept(limit: int, seconds: float, each: float) -> None:
    pace, now, sent = Pace(limit), 100.0, 0
    while now < 100 + seconds and sent < 3000:
        letters = pace.size
        now += pace.take(letters, now)
        sent += letters
        pace.confirmed(letters, letters * each, now)
        assert sent <= limit * (now - 100) + max(1, limit * 0.2) + 1e-6


@given(st.lists(st.tuples(st.integers(1, MOST), st.floats(0, 1000)), max_size=30))
def test_it_never_stops_and_never_floods(answers: list[tuple[int, float]]) -> None:
    pace = Pace(None)
    for letters, seconds in answers:
        pace.confirmed(letters, seconds, seconds)
        assert 1 <= pace.size <= MOST
        assert pace.take(letters, 0.0) == 0
