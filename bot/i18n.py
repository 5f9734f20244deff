"""Texts that are put into a language where they are shown, not where they are made.

A `Phrase` is a text, a `Message` (a msgid with values) or a value that each language writes in
its own way: a duration, a day, a list, a number, the operator's own wording.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from typing import Literal, TypeAlias

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from bot.files import directory
from bot.gettext_files import translations


class Unit(StrEnum):
    """Units in which operators state periods."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Address(StrEnum):
    """How people are addressed, where a language has two ways: du and Sie, tú and usted, ты and вы."""

    FAMILIAR = "familiar"
    FORMAL = "formal"


@dataclass(frozen=True, slots=True)
class Duration:
    """A period as the operator states it: 365 days stay 365 days and do not become a year."""

    count: int
    unit: Unit

    _PATTERN = re.compile(r"(\d{1,9})\s*(minute|hour|day|week|month|year)s?\Z")
    _LONGEST = 1000 * 365.25  # days

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ``7 days``; raises `ValueError` with what is allowed."""
        found = cls._PATTERN.match(text.strip().casefold())
        if found is None or int(found[1]) == 0:
            raise ValueError(
                f"'{text}' is not a period; write a number and minutes, hours, days, weeks, months or years"
            )
        period = cls(int(found[1]), Unit(found[2]))
        if period.days() > cls._LONGEST:  # a calendar ends with the year 9999
            raise ValueError(f"'{text}' is longer than 1000 years; write 'unlimited' where that is meant")
        return period

    def days(self) -> float:
        """Return the length in days; a month counts 30.4 and a year 365.25 days."""
        lengths = {Unit.MINUTE: 1 / 1440, Unit.HOUR: 1 / 24, Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30.4375}
        return self.count * lengths.get(self.unit, 365.25)

    def after(self, day: date) -> date:
        """Return the first day on which the whole period since *day* is over."""
        if self.unit in (Unit.MONTH, Unit.YEAR):
            months = self.count * (12 if self.unit is Unit.YEAR else 1) + day.year * 12 + day.month - 1
            year, month = divmod(months, 12)
            return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
        whole, rest = divmod(self.days(), 1)
        return day + timedelta(days=int(whole) + (1 if rest else 0))


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day."""

    day: date


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time; shown in UTC, since nobody tells us the time zone of a reader."""

    time: datetime


@dataclass(frozen=True, slots=True)
class Size:
    """A size in bytes, shown in the unit that suits it."""

    bytes: int


@dataclass(frozen=True, slots=True)
class Number:
    """A count."""

    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """Several things, joined as the language joins them."""

    items: tuple[Phrase, ...]
    style: Literal["standard", "or"] = "standard"


@dataclass(frozen=True, slots=True)
class Localized:
    """The operator's own wording, by language; the first one stands in for missing ones.

    A *name* is shown as it is in every language.  Any other text says openly when it is shown
    in a language that was not asked for.
    """

    versions: Mapping[str, str]
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class LanguageName:
    """A language, by its code."""

    code: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country, by its ISO 3166 code."""

    code: str


@dataclass(frozen=True, slots=True)
class Message:
    """A text in English, to be translated where it is shown."""

    msgid: str
    context: str | None = None
    plural: str | None = None
    n: int = 0
    values: Mapping[str, Phrase] = field(default_factory=dict)

    def __call__(self, **values: Phrase) -> Message:
        """Return the message with its placeholders filled."""
        return Message(self.msgid, self.context, self.plural, self.n, values)

    def having(self, **values: Phrase) -> Message:
        """Return the message with more of its placeholders filled, beside the number it depends on."""
        return self(**self.values, **values)


Phrase: TypeAlias = (
    str | Message | Duration | Day | Moment | Size | Number | Listing | Localized | LanguageName | Country
)


def _(msgid: str) -> Message:
    """Mark *msgid* for extraction."""
    return Message(msgid)


def p_(context: str, msgid: str) -> Message:
    """Mark *msgid* for extraction; the context tells apart what English writes alike."""
    return Message(msgid, context)


def n_(singular: str, plural: str, n: int) -> Message:
    """Mark a text that depends on the number *n* for extraction; ``%(n)s`` is filled in."""
    return Message(singular, None, plural, n, {"n": Number(n)})


class Translator:
    """Writes phrases in one language."""

    def __init__(self, language: str, catalogue: NullTranslations | None = None) -> None:
        self.language = language
        self._catalogue = catalogue if catalogue is not None else catalogue_of(language)
        self._locale = _locale(language)

    def __call__(self, phrase: Phrase) -> str:
        """Return *phrase* in this language."""
        match phrase:
            case str():
                return phrase
            case Message():
                return self._message(phrase)
            case Duration(count, unit):
                return self._duration(count, f"duration-{unit}")
            case Day(day):
                return format_date(day, "long", locale=self._locale)
            case Moment(time):
                return self._moment(time.astimezone(UTC))
            case Size(count):
                return self._size(count)
            case Number(count):
                return format_decimal(count, locale=self._locale)
            case Listing(items, style):
                return format_list([self(item) for item in items], style=style, locale=self._locale)
            case Localized():
                return self._localized(phrase)
            case LanguageName(code):
                return _locale(code).get_display_name(self._locale) or code
            case Country(code):
                return str(self._locale.territories.get(code, code))

    def _message(self, message: Message) -> str:
        catalogue, context = self._catalogue, message.context
        if message.plural is not None:
            text = catalogue.ngettext(message.msgid, message.plural, message.n)
        elif context is not None:
            text = catalogue.pgettext(context, message.msgid)
        else:
            text = catalogue.gettext(message.msgid)
        return text % {name: self(value) for name, value in message.values.items()} if message.values else text

    def _duration(self, count: int, unit: str) -> str:
        # babel has no long form where the CLDR writes it like the short one: Italian "giorni", Dutch "uur"
        long = format_unit(count, unit, locale=self._locale)
        return format_unit(count, unit, "short", locale=self._locale) if unit in long else long

    def _moment(self, time: datetime) -> str:
        day, clock = format_date(time, "long", locale=self._locale), format_time(time, "short", locale=self._locale)
        return self(_("%(day)s, %(time)s (UTC)")(day=day, time=clock))

    def _size(self, count: int) -> str:
        step = next(step for step in range(len(_SIZES) + 1) if count < 999.5 * 1000**step or step == len(_SIZES))
        if step == 0:
            return self(n_("%(n)s byte", "%(n)s bytes", count))
        number = count / 1000**step
        shown = format_decimal(round(number, 1 if number < _FEW else 0), locale=self._locale)
        return self(_SIZES[step - 1](number=shown))

    def _localized(self, text: Localized) -> str:
        chosen = negotiate([self.language], tuple(text.versions))
        wording = text.versions[chosen]
        if text.is_name or chosen.partition("-")[0] == self.language.partition("-")[0]:
            return wording
        note = _("%(text)s (the operator states this in %(language)s)")
        return self(note(text=wording, language=LanguageName(chosen)))


_SIZES = (_("%(number)s kB"), _("%(number)s MB"), _("%(number)s GB"), _("%(number)s TB"))
_FEW = 10
"""Of fewer than so many units, a tenth of one is worth telling."""


def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue, in the order of their codes."""
    return tuple(name for name in _catalogues() if "@" not in name)


def variants(language: str) -> tuple[Address, ...]:
    """Return the ways to address people in *language* for which texts of their own are there."""
    return tuple(address for address in Address if f"{language}@{address}" in _catalogues())


def _catalogues() -> list[str]:
    return sorted(path.parent.parent.name for path in directory("locales").glob("*/LC_MESSAGES/bot.po"))


@lru_cache(maxsize=64)
def catalogue_of(language: str, address: Address | None = None) -> NullTranslations:
    """Return the catalogue of *language*; one without texts (English shows) when there is none.

    One with an *address* has those texts that differ then; the others are the usual ones, and so are all
    in a language where that is the usual way, or where there is only one.
    """
    if address is not None:
        differing = _read(f"{language}@{address}", language)
        usual = catalogue_of(language)
        if differing is None:
            return usual
        differing.add_fallback(usual)
        return differing
    return _read(language, language) or NullTranslations()


def _read(name: str, language: str) -> GNUTranslations | None:
    path = directory("locales") / name / "LC_MESSAGES" / "bot.po"
    return translations(path, language) if path.is_file() else None


@lru_cache(maxsize=64)
def translator(language: str, address: Address | None = None) -> Translator:
    """Return the translator of *language*, made once; *address* is how people are addressed, None for as usual."""
    return Translator(language, catalogue_of(language, address))


def reload() -> None:
    """Forget the catalogues, so that changed files are read again."""
    translator.cache_clear()
    catalogue_of.cache_clear()


def negotiate(wanted: Iterable[str | None], offered: Sequence[str]) -> str:
    """Return the first of the *wanted* languages that is *offered*, else the first one offered.

    Tags are compared as BCP 47 does, with CLDR's parents: ``de-AT`` finds ``de``, ``zh_TW`` finds
    ``zh-Hant``.  Unknown and malformed tags are passed over.
    """
    by_tag = {_tag(code): code for code in reversed(offered)}
    for tag in wanted:
        for candidate in _chain(tag or ""):
            if candidate in by_tag:
                return by_tag[candidate]
    return offered[0]


def _tag(code: str) -> str:
    return code.replace("_", "-").casefold()


@lru_cache(maxsize=512)
def _chain(code: str) -> tuple[str, ...]:
    """Return the tags that serve a reader of *code*, best first."""
    tag = _tag(code)
    chain = [tag]
    likely = _likely(tag)
    if likely:
        language, script, region = likely
        chain += [f"{language}-{script}-{region}", f"{language}-{script}", f"{language}-{region}"]
    parent = get_global("parent_exceptions").get(_canonical(tag))
    if parent and parent != "root":
        chain.append(parent)
    while "-" in tag:
        tag = tag.rpartition("-")[0]
        chain.append(tag)
    return tuple(dict.fromkeys(map(_tag, chain)))


def _likely(tag: str) -> tuple[str, str, str] | None:
    """Return language, script and region of *tag*, the missing ones as CLDR supposes them (UTS #35 §4.3)."""
    language, *rest = _canonical(tag).split("_")
    script = next((part for part in rest if len(part) == _SCRIPT), None)
    region = next((part for part in rest if len(part) in _REGION), None)
    table = get_global("likely_subtags")
    for parts in ((language, script, region), (language, region), (language, script), (language,)):
        found = table.get("_".join(filter(None, parts)))
        if found:
            _language, likely_script, likely_region = found.split("_")
            return language, script or likely_script, region or likely_region
    return None


_SCRIPT = 4
_REGION = (2, 3)


def _canonical(tag: str) -> str:
    """Return *tag* as CLDR writes it: ``zh_TW``, ``zh_Hant``."""
    language, *rest = tag.split("-")
    parts = [part.title() if len(part) == _SCRIPT else part.upper() for part in rest]
    return "_".join([language, *parts])


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")
