"""How long: the short forms, and when something is gone for certain."""

import pytest
from pydantic import TypeAdapter

from bot.i18n import Duration, Unit
from bot.policy.retention import (
    Bound,
    Event,
    FirstOf,
    Kept,
    Last,
    LastOf,
    Limit,
    Period,
    Retentions,
    Until,
    Wiped,
    longest,
)

LIMIT: TypeAdapter[Limit] = TypeAdapter(Limit)
RETENTIONS: TypeAdapter[Retentions] = TypeAdapter(Retentions)
WEEK = Duration(7, Unit.DAY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("7 days", Period(period=WEEK)),
        ("7days", Period(period=WEEK)),
        ("1 hour", Period(period=Duration(1, Unit.HOUR))),
        ("At Most  7 days", Period(period=WEEK, bound=Bound.AT_MOST)),
        ("at least 7 days", Period(period=WEEK, bound=Bound.AT_LEAST)),
        ("about 1 month", Period(period=Duration(1, Unit.MONTH), bound=Bound.ABOUT)),
        ("until next_login", Until(until=Event.NEXT_LOGIN)),
        ("until next login", Until(until=Event.NEXT_LOGIN)),
        ("last 20", Last(last=20)),
        ("wiped every 7 days", Wiped(wiped_every=WEEK)),
        ("unlimited", Kept(kept="unlimited")),
        ("not kept", Kept(kept="not_kept")),
        ("not_stated", Kept(kept="not_stated")),
        ({"period": "7 days", "bound": "at_most"}, Period(period=WEEK, bound=Bound.AT_MOST)),
        (
            {"first_of": ["until delivered", "7 days"]},
            FirstOf(first_of=(Until(until=Event.DELIVERED), Period(period=WEEK))),
        ),
        ({"last_of": ["last 20", "7 days"]}, LastOf(last_of=(Last(last=20), Period(period=WEEK)))),
    ],
)
def test_a_limit_can_be_written_short_or_long(written: object, meant: Limit) -> None:
    assert LIMIT.validate_python(written) == meant


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("7 days", WEEK),
        ("at most 7 days", WEEK),
        ("wiped every 7 days", WEEK),
        ("at least 7 days", None),
        ("about 7 days", None),
        ("until delivered", None),
        ("last 20", None),
        ("unlimited", None),
        ("not stated", None),
        ({"first_of": ["until delivered", "at most 7 days"]}, WEEK),
        ({"first_of": ["2 weeks", "7 days"]}, WEEK),
        ({"first_of": ["until delivered", "last 20"]}, None),
        ({"last_of": ["1 hour", "7 days"]}, WEEK),
        ({"last_of": ["until delivered", "7 days"]}, None),
    ],
)
def test_what_is_gone_for_certain_after_a_period(written: object, period: Duration | None) -> None:
    assert longest(LIMIT.validate_python(written)) == period


def test_a_retention_may_stand_alone_or_in_a_list() -> None:
    alone = RETENTIONS.validate_python("7 days")
    assert alone == RETENTIONS.validate_python(["7 days"]) == RETENTIONS.validate_python({"limit": "7 days"})
    assert alone[0].longest() == WEEK


def test_a_reason_and_days_can_stand_beside_the_long_form_of_a_limit() -> None:
    [found] = RETENTIONS.validate_python({"period": "7 days", "reason": "Small disks.", "valid_from": "2026-01-01"})
    assert found.limit == Period(period=WEEK)
    assert found.reason is not None
    assert found.valid_from is not None
