"""Texts are put into a language where they are shown."""

from collections.abc import Sequence
from datetime import date

import pytest

from bot.i18n import (
    Address,
    Country,
    Day,
    Duration,
    LanguageName,
    Listing,
    Localized,
    Message,
    Number,
    Phrase,
    Unit,
    languages,
    negotiate,
    reload,
    translator,
    variants,
)

EN, DE = translator("en"), translator("de")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("7 days", Duration(7, Unit.DAY)),
        ("1 day", Duration(1, Unit.DAY)),
        (" 72HOURS ", Duration(72, Unit.HOUR)),
        ("18 months", Duration(18, Unit.MONTH)),
        ("90 minute", Duration(90, Unit.MINUTE)),
        ("4 weeks", Duration(4, Unit.WEEK)),
        ("1000 years", Duration(1000, Unit.YEAR)),
    ],
)
def test_a_period_is_kept_as_it_is_written(text: str, period: Duration) -> None:
    assert Duration.parse(text) == period


@pytest.mark.parametrize(
    "text",
    ["", "7", "days", "0 days", "-1 days", "1.5 hours", "7 days and more", "7 d", "9" * 5000 + " days"],
)
def test_what_is_no_period_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="write a number and minutes, hours, days, weeks, months or years"):
        Duration.parse(text)


def test_a_period_that_no_calendar_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 1000 years; write 'unlimited'"):
        Duration.parse("1001 years")


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru"])
def test_a_period_has_words_in_every_language(language: str, unit: Unit) -> None:
    for count in (1, 2, 365):
        said = translator(language)(Duration(count, unit))
        assert said.startswith(str(count))
        assert "duration" not in said


def test_a_period_is_written_out() -> None:
    assert translator("it")(Duration(7, Unit.DAY)) == "7 giorni"
    assert translator("it")(Duration(2, Unit.WEEK)) == "2 settimane"


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("7 days", date(2026, 12, 28), date(2027, 1, 4)),
        ("2 weeks", date(2026, 1, 1), date(2026, 1, 15)),
        ("1 month", date(2026, 1, 31), date(2026, 2, 28)),
        ("1 month", date(2028, 1, 31), date(2028, 2, 29)),
        ("1 month", date(2026, 12, 15), date(2027, 1, 15)),
        ("12 months", date(2026, 11, 30), date(2027, 11, 30)),
        ("1 year", date(2028, 2, 29), date(2029, 2, 28)),
        ("2 years", date(2026, 3, 1), date(2028, 3, 1)),
        ("1 minute", date(2026, 1, 1), date(2026, 1, 2)),
        ("24 hours", date(2026, 1, 1), date(2026, 1, 2)),
        ("25 hours", date(2026, 1, 1), date(2026, 1, 3)),
        ("1000 years", date(2026, 1, 1), date(3026, 1, 1)),
    ],
)
def test_the_day_on_which_a_period_is_over(text: str, begin: date, end: date) -> None:
    assert Duration.parse(text).after(begin) == end


def test_periods_can_be_compared_by_length() -> None:
    written = ["1 year", "90 minutes", "31 days", "4 weeks", "1 month", "3 hours"]
    ordered = sorted(written, key=lambda text: Duration.parse(text).days())
    assert ordered == ["90 minutes", "3 hours", "4 weeks", "1 month", "31 days", "1 year"]


@pytest.mark.parametrize(
    ("phrase", "english", "german"),
    [
        ("as it is", "as it is", "as it is"),
        (Duration(1, Unit.DAY), "1 day", "1 Tag"),
        (Duration(365, Unit.DAY), "365 days", "365 Tage"),
        (Duration(2, Unit.YEAR), "2 years", "2 Jahre"),
        (Day(date(2018, 5, 25)), "May 25, 2018", "25. Mai 2018"),
        (Number(12345), "12,345", "12.345"),
        (Country("DE"), "Germany", "Deutschland"),
        (Country("XX"), "XX", "XX"),
        (LanguageName("de"), "German", "Deutsch"),
        (Listing(()), "", ""),
        (Listing(("a",)), "a", "a"),
        (Listing(("a", "b")), "a and b", "a und b"),
        (Listing(("a", "b", "c")), "a, b, and c", "a, b und c"),
        (Listing(("a", "b"), "or"), "a or b", "a oder b"),
        (Listing((Duration(1, Unit.DAY), Country("FR"))), "1 day and France", "1 Tag und Frankreich"),
        (Message("%(what)s: 100%%")(what=Number(1000)), "1,000: 100%", "1.000: 100%"),
    ],
)
def test_each_language_writes_a_value_in_its_own_way(phrase: Phrase, english: str, german: str) -> None:
    assert (EN(phrase), DE(phrase)) == (english, german)


def test_the_operators_wording_is_shown_in_the_language_of_the_reader() -> None:
    text = Localized({"en": "Ask us.", "de": "Frag uns."})
    assert (EN(text), DE(text)) == ("Ask us.", "Frag uns.")


def test_wording_in_another_language_says_so() -> None:
    text = Localized({"en": "Ask us."})
    assert EN(text) == "Ask us."
    assert DE(text).startswith("Ask us. (")
    assert "Englisch" in DE(text)


def test_the_first_language_stands_in_for_missing_ones() -> None:
    assert EN(Localized({"fr": "Bonjour.", "de": "Hallo."})).startswith("Bonjour. (")


def test_a_name_is_shown_without_an_excuse() -> None:
    assert DE(Localized({"en": "Main server"}, is_name=True)) == "Main server"


def test_a_variant_of_a_language_is_no_other_language() -> None:
    assert translator("de-AT")(Localized({"de": "Frag uns."})) == "Frag uns."


def test_a_language_without_a_catalogue_shows_english() -> None:
    assert translator("tlh")(Message("Unknown to all")) == "Unknown to all"


def test_catalogues_are_read_again_after_a_reload() -> None:
    before = translator("de")
    assert translator("de") is before
    reload()
    assert translator("de") is not before


def test_people_are_addressed_as_the_operator_wants() -> None:
    formal = translator("de", Address.FORMAL)
    assert formal(Message("Your rights")) == "Ihre Rechte"
    assert DE(Message("Your rights")) == "Deine Rechte"
    assert formal(Message("Cookies", "topic")) == "Cookies"


def test_where_a_language_knows_one_way_it_stays() -> None:
    for address in Address:
        assert translator("en", address)(Message("Your rights")) == EN(Message("Your rights", "choice"))
    assert translator("de", Address.FAMILIAR)(Message("Your rights")) == "Deine Rechte"


def test_ways_to_address_people_are_no_languages() -> None:
    assert Address.FORMAL in variants("de")
    assert variants("en") == ()
    assert not [code for code in languages() if "@" in code]


def test_english_and_german_are_shipped() -> None:
    assert {"de", "en"} <= set(languages())


OFFERED = ("en", "de", "pt-BR", "zh-Hant", "zh-Hans", "sr-Latn", "nb")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["de"], "de"),
        (["de-AT"], "de"),
        (["de_CH"], "de"),
        (["DE"], "de"),
        (["fr", "de"], "de"),
        (["pt-br"], "pt-BR"),
        (["zh-TW"], "zh-Hant"),
        (["zh_HK"], "zh-Hant"),
        (["zh"], "zh-Hans"),
        (["zh-CN"], "zh-Hans"),
        (["sr-Latn-RS"], "sr-Latn"),
        (["en-GB-oxendict"], "en"),
        ([None, "", "de"], "de"),
        (["!!", "x" * 300, "de"], "de"),
        (["fr"], "en"),
        ([], "en"),
        (["sr"], "en"),
        (["pt"], "pt-BR"),
    ],
)
def test_the_language_is_negotiated_as_readers_expect(wanted: Sequence[str | None], found: str) -> None:
    assert negotiate(wanted, OFFERED) == found


def test_the_order_of_wishes_counts_more_than_the_order_of_the_offer() -> None:
    assert negotiate(["de", "en"], ("en", "de")) == "de"
