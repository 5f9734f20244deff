"""An announcement takes as much memory for a hundred thousand accounts as for a thousand."""

from __future__ import annotations

import pytest

from tests.support.apart import apart


@pytest.mark.timeout(600)
def test_memory_does_not_grow_with_the_accounts() -> None:
    sizes = (1_000, 100_000)
    few, many = (apart("multitude", accounts) for accounts in sizes)
    assert (few["told"], many["told"]) == sizes
    assert [found["letters"] - found["told"] for found in (few, many)] == [1, 1], "the report to the administrator"
    assert many["peak"] < 1.1 * few["peak"], (few, many)
