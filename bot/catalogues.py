"""Checks the catalogues before they are used, so that a broken one never silences the bot."""

from __future__ import annotations

from collections.abc import Iterable

from bot import files, i18n
from bot.files import BadFile, Problem
from bot.gettext_files import BadCatalogue
from bot.i18n import Address


def check_catalogues(only: Iterable[str] | None = None) -> None:
    """Raise `BadFile` with the mistakes of all catalogues, or of those of the languages in *only*."""
    checked = [(one, address) for one in only or i18n.languages() for address in (None, *i18n.variants(one))]
    problems = [problem for one in checked if (problem := _problem(*one)) is not None]
    if problems:
        raise BadFile(problems)


def _problem(language: str, address: Address | None) -> Problem | None:
    name = language if address is None else f"{language}@{address}"
    path = files.directory("locales") / name / "LC_MESSAGES" / "bot.po"
    try:
        i18n.catalogue_of.__wrapped__(language, address)  # as it will be read, but not from the cache
    except BadCatalogue as error:
        return Problem(str(path), error.line, 1, f"this is no catalogue: {error}")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Problem(str(path), line, 1, "this is not UTF-8; save the file in the encoding UTF-8")
    except OSError as error:
        return Problem(str(path), 1, 1, f"cannot be read: {error.strerror}")
    except (LookupError, ValueError) as error:  # the header: encoding, rule of the plural
        return Problem(str(path), 1, 1, f"the header of the catalogue is wrong: {error}")
    return None
