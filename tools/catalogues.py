#!/usr/bin/env python3
"""Brings the translation catalogues up to date, or checks that they are.

``update`` extracts every msgid of the program into ``locales/bot.pot`` and merges it into each
language; English fills itself.  ``check`` fails when something is missing, unused or broken.
A variant such as ``de@formal`` holds only what differs when people are addressed in another way.
"""

from __future__ import annotations

import copy
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"
KEYWORDS = {"_": None, "p_": ((1, "c"), 2), "n_": (1, 2)}
VARIANT = "@"
USUAL_ADDRESS = {
    "de@formal": r"du|dich|dir|dein\w*|euch|euer|eure\w*",
    "es@formal": r"tú|tu|tus|ti|te|contigo|tuy[oa]s?",
    "fr@familiar": r"vous|votre|vos|vôtres?",
    "it@formal": r"tu|te|ti|tuo|tua|tuoi|tue",
    "nl@formal": r"je|jij|jou|jouw|jullie",
    "ru@familiar": r"вас|вам|вами|ваш\w*",  # not "вы": those who run the server are several
}
"""Words by which a language addresses people as usual: none of them is left in a variant."""
TYPED = ("command", "answer")
"""Contexts of what people type."""
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|%")


def extracted() -> Catalog:
    """Return every msgid that the program uses."""
    template = Catalog(project="xmpp-privacy-bot", charset="utf-8")
    found = extract_from_dir(ROOT / "bot", method_map=[("**.py", "python")], keywords=KEYWORDS, strip_comment_tags=True)
    for filename, _line, message, comments, context in found:
        template.add(message, None, [(f"bot/{filename}", 0)], auto_comments=comments, context=context)
    return template


def written(catalogue: Catalog) -> str:
    """Return *catalogue* as text: no line numbers and no dates, so that it changes only with the texts."""
    file = io.BytesIO()
    write_po(
        file,
        catalogue,
        omit_header=True,
        sort_output=True,
        include_lineno=False,
        width=100,
        ignore_obsolete=True,
    )
    plural = catalogue.plural_forms if catalogue.locale else "nplurals=INTEGER; plural=EXPRESSION;"
    header = [
        'msgid ""',
        'msgstr ""',
        f'"Language: {catalogue.locale or ""}\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {plural}\\n"',
    ]
    return "\n".join(header) + "\n\n" + file.getvalue().decode().lstrip("\n")


def languages() -> Iterator[tuple[str, Path]]:
    """Return each language, and each variant of one, with its catalogue file."""
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/bot.po")):
        yield path.parent.parent.name, path


def usual(path: Path, name: str) -> Catalog:
    """Return the catalogue that a variant differs from."""
    language = name.partition(VARIANT)[0]
    return read(path.parents[2] / language / "LC_MESSAGES" / "bot.po", language)


def read(path: Path, language: str) -> Catalog:
    """Read a catalogue; raises when it is malformed."""
    with path.open("rb") as file:
        return read_po(file, locale=language.partition(VARIANT)[0], abort_invalid=True)


def merged(path: Path, language: str, template: Catalog) -> Catalog:
    """Return the catalogue of *language* with exactly the msgids of *template*; of a variant, those that it has."""
    catalogue = read(path, language)
    differing = [(message.id, message.context) for message in catalogue if message.id]
    catalogue.update(copy.deepcopy(template), no_fuzzy_matching=True)  # it takes the messages over as they are
    if VARIANT in language:
        for message in [message for message in catalogue if message.id]:
            if (message.id, message.context) not in differing:
                catalogue.delete(message.id, message.context)
    if language == "en":
        for message in catalogue:
            if message.id:
                message.string = message.id
    return catalogue


def update() -> int:
    """Write the template and every catalogue."""
    template = extracted()
    (LOCALES / "bot.pot").write_text(written(template), encoding="utf-8")
    for language, path in languages():
        path.write_text(written(merged(path, language, template)), encoding="utf-8")
        missing = sum(1 for _problem in problems(language, path))
        print(f"{path.relative_to(ROOT)}: {missing} to do")
    return 0


def check() -> int:
    """Report what is missing, unused or broken; the exit status says whether anything is."""
    template = extracted()
    found = []
    if (LOCALES / "bot.pot").read_text(encoding="utf-8") != written(template):
        found.append("locales/bot.pot is not current: run make catalogues")
    for language, path in languages():
        if path.read_text(encoding="utf-8") != written(merged(path, language, template)):
            found.append(f"{path.relative_to(ROOT)} is not current: run make catalogues")
        found += problems(language, path)
    for line in found:
        print(line)
    return 1 if found else 0


def problems(language: str, path: Path) -> Iterator[str]:
    """Return what is untranslated, and translations whose placeholders differ from the msgid's."""
    for message in read(path, language):
        if message.id:
            problem = _problem(message)
            if problem:
                yield f"{path.relative_to(ROOT)}: {problem}: {message.id!r}"
    if VARIANT in language:
        for message_id, problem in _misaddressed(language, path):
            yield f"{path.relative_to(ROOT)}: {problem}: {message_id!r}"


def _misaddressed(name: str, path: Path) -> Iterator[tuple[object, str]]:
    """Return what a variant holds although it does not differ, and where it lacks something."""
    words = re.compile(rf"\b(?:{USUAL_ADDRESS[name]})\b", re.IGNORECASE)
    differing = read(path, name)
    for message in usual(path, name):
        if message.id and message.context not in TYPED:
            own = differing.get(message.id, message.context)
            if own is not None and own.string == message.string:
                yield message.id, "as in the usual catalogue"
            elif any(words.search(PLACEHOLDER.sub("", text)) for text in _texts((own or message).string)):
                yield message.id, "addresses people as usual"


def _problem(message: Message) -> str | None:
    originals, translations = _texts(message.id), _texts(message.string)
    if not all(translations):
        return "not translated"
    if message.fuzzy:
        return "marked as fuzzy"
    wanted = {name for original in originals for name in PLACEHOLDER.findall(original)}
    if any(set(PLACEHOLDER.findall(one)) - wanted for one in translations):
        return "a placeholder that the msgid does not have"
    if len(originals) == 1 and set(PLACEHOLDER.findall(translations[0])) != wanted:
        return "a placeholder is missing"
    return None


def _texts(value: object) -> tuple[str, ...]:
    """Return the texts of a message: several where there are plural forms."""
    return tuple(str(one or "") for one in (value if isinstance(value, tuple | list) else (value,)))


if __name__ == "__main__":
    sys.exit({"update": update, "check": check}[sys.argv[1]]())
