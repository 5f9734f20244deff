"""Whatever a client calls its language, it is answered in one that is offered."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import Duration, Unit, negotiate

TAGS = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[a-zA-Z]{2,8}([-_][a-zA-Z0-9]{1,8}){0,4}", fullmatch=True),
    st.sampled_from(["de", "de-AT", "zh_TW", "i-klingon", "x-private", "-", "_", "en-", "sr-Latn-RS"]),
)
OFFERS = st.lists(st.sampled_from(["en", "de", "fr", "pt-BR", "zh-Hant", "nb"]), min_size=1, unique=True)


@given(st.lists(st.none() | TAGS, max_size=5), OFFERS)
def test_negotiation_ends_in_a_language_that_is_offered(wanted: list[str | None], offered: list[str]) -> None:
    assert negotiate(wanted, offered) in offered


@given(st.lists(TAGS, max_size=3), OFFERS, st.data())
def test_an_exact_match_that_comes_first_wins(rest: list[str], offered: list[str], data: st.DataObject) -> None:
    exact = data.draw(st.sampled_from(offered))
    assert negotiate([exact, *rest], offered) == exact
    assert negotiate([exact.upper().replace("-", "_"), *rest], offered) == exact


@given(
    st.integers(1, 300),
    st.sampled_from(Unit),
    st.dates(date(1970, 1, 1), date(2200, 1, 1)),
)
def test_a_period_is_over_after_it_began_and_reads_back(count: int, unit: Unit, day: date) -> None:
    period = Duration(count, unit)
    assert period.after(day) > day
    assert Duration.parse(f"{count} {unit}s") == period
    assert abs((period.after(day) - day).days - period.days()) < 5  # leap years and short months


@given(st.text(max_size=30))
def test_no_text_makes_a_period_raise_anything_else(text: str) -> None:
    try:
        period = Duration.parse(text)
    except ValueError:
        return
    assert period.after(date(2026, 1, 1)) > date(2026, 1, 1)
