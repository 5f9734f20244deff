"""A copy takes as much memory for a million messages as for ten thousand."""

from __future__ import annotations

import pytest

from tests.support.apart import apart, peak


@pytest.mark.timeout(600)
def test_memory_does_not_grow_with_the_archive() -> None:
    sizes = (10_000, 1_000_000)
    few, many = (apart("huge", messages) for messages in sizes)
    assert (few["records"], many["records"]) == sizes
    assert many["bytes"] > 50 * few["bytes"]
    assert many["peak"] < 1.1 * few["peak"], (few, many)


def test_the_memory_of_these_tests_is_not_counted() -> None:
    filled = bytearray(b"x" * 400_000_000)
    assert peak() > len(filled) / 2**20
    assert apart("huge", 1)["peak"] < len(filled) / 2**20
