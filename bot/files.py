"""Finds what is shipped with the program, and reads YAML so that every mistake has a place.

The YAML is read as YAML 1.2 means it, with one simplification: a scalar is a text unless it
is ``true``, ``false``, ``null`` or empty.  So ``no:`` is the language Norwegian and not False,
``12:30`` is not 750, ``1.10`` keeps its nought, and the typed models decide what a text means.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from bot.prepared import prepare, prepared

Place = tuple[str | int, ...]
"""Where something stands in a document: keys and indexes from the top."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a file, at a place that an editor can jump to (both counted from 1)."""

    file: str
    line: int
    column: int
    text: str = field(compare=True)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class BadFile(Exception):  # noqa: N818 -- named after what is wrong
    """A file that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Document:
    """The contents of a YAML file, where each part of it stands, and the text as it was written."""

    file: str
    data: Any
    marks: dict[Place, tuple[int, int]]
    text: str

    def problem(self, place: Place, text: str) -> Problem:
        """Return *text* as a problem at *place*, or at the nearest part of it that is written down."""
        known: Place = ()
        for part in place:  # models insert names of their own, which the file does not have
            if (*known, part) in self.marks:
                known = (*known, part)
        line, column = self.marks.get(known, (1, 1))
        return Problem(self.file, line, column, text)


def directory(name: str) -> Path:
    """Return the directory of shipped files called *name*, installed or in a checkout."""
    installed = Path(str(resources.files("bot"))) / name
    return installed if installed.is_dir() else Path(__file__).resolve().parent.parent / name


def data_of(path: Path) -> Any:
    """Return what a YAML file holds; raises `BadFile` as `read` does.

    What was prepared of it (`prepare_data`) is read at once.  Otherwise, where PyYAML was built with libyaml,
    this takes a tenth of the time of `read`.  The places that libyaml tells are not always those of the text,
    so whatever is wrong is looked for again by `read`.
    """
    with contextlib.suppress(OSError, ValueError):
        return json.loads(prepared(path, path.read_bytes(), ".json").read_bytes())
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None:
        try:
            builder = _Builder(str(path))
            node = yaml.compose(path.read_bytes().decode("utf-8-sig"), fast)
            data = builder.build(node, ()) if node is not None else None
        except (OSError, ValueError, OverflowError, RecursionError, yaml.YAMLError):
            return read(path).data
        if not builder.problems:
            return data
    return read(path).data


def prepare_data(directory: Path) -> None:
    """Prepare every YAML file in *directory* for `data_of`; raises `BadFile` as that does."""
    for path in sorted(directory.glob("*.yaml")):
        prepare(path, ".json", partial(_as_json, path))


def _as_json(path: Path, _source: bytes) -> bytes:
    return json.dumps(read(path).data, ensure_ascii=False).encode()


def read(path: Path) -> Document:
    """Read a YAML file; raises `BadFile` when it cannot be read or is not YAML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise BadFile([Problem(str(path), 1, 1, f"cannot be read: {reason}")]) from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        text_ = "this is not UTF-8; save the file in the encoding UTF-8"
        raise BadFile([Problem(str(path), line, column, text_)]) from error
    return parse(text, str(path))


def parse(text: str, file: str) -> Document:
    """Parse YAML; raises `BadFile` with the syntax error, or with all doubled keys at once."""
    control = _CONTROL.search(text)
    if control:
        before = text[: control.start()]
        place = (before.count("\n") + 1, control.start() - (before.rfind("\n") + 1) + 1)
        raise BadFile([Problem(file, *place, f"{_CONTROL_TEXT}; remove it")])
    try:
        node = yaml.compose(text, yaml.SafeLoader)
        builder = _Builder(file)
        data = builder.build(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise BadFile([Problem(file, *place, f"this is not YAML: {_syntax(error)}")]) from error
    except RecursionError as error:
        raise BadFile([Problem(file, 1, 1, "too many brackets or dashes inside each other")]) from error
    except (ValueError, OverflowError) as error:  # an escape such as "\\UFFFFFFFF"
        raise BadFile([Problem(file, 1, 1, f"this is not YAML: {_NO_CHARACTER}")]) from error
    if builder.problems:
        raise BadFile(sorted(builder.problems))
    return Document(file, data, builder.marks, text)


_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What neither YAML nor a stanza (XML 1.0 §2.2) may hold, and the byte order mark inside a text."""
_CONTROL_TEXT = "a control character stands here"
_NO_CHARACTER = "a \\u or \\U in double quotes names no character; write the character itself"

_PLAIN_WORDS = {
    "\\t": "a tab stands where spaces are needed; indent with spaces",
    "mapping values are not allowed": "a ': ' too many in this line; put the text in quotes",
    "cannot start any token": "a text cannot begin with this character; put it in quotes",
    "found unexpected end of stream": "a quote that was opened before is never closed; close it",
    "another document": "a second document begins here; a file holds one, so remove the '---'",
    "found undefined alias": "a text cannot begin with '*'; put it in quotes",
    "expected ',' or": "a bracket is not closed, or a comma is missing before this place",
    "expected <block end>": "this does not stand under the line above; indent it like its neighbours",
    "could not find expected ':'": "a key without ': ' stands before this place; add the ': '",
    "unknown escape character": "this backslash means nothing in double quotes; use single quotes",
}


def _syntax(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "cannot be understood"
    plain = next((words for known, words in _PLAIN_WORDS.items() if known in problem), None)
    if plain:
        return plain
    return f"{problem} ({error.context})" if error.context else problem


class _Builder:
    """Turns nodes into plain data, and keeps the place of every part."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.marks: dict[Place, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._open: set[int] = set()

    def build(self, node: yaml.Node, place: Place) -> Any:
        self.marks.setdefault(place, _mark(node))
        if isinstance(node, yaml.ScalarNode):
            if _CONTROL.search(node.value):  # written as an escape: "\0"
                self._complain(node, f"{_CONTROL_TEXT}, written with a backslash; remove it")
            return _scalar(node)
        if id(node) in self._open:
            self._complain(node, "an alias may not contain itself")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(child, (*place, i)) for i, child in enumerate(node.value)]
            return dict(self._pairs(node, place))
        finally:
            self._open.discard(id(node))

    def _pairs(self, node: yaml.Node, place: Place) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._complain(key, "a key must be a single word")
                continue
            name = key.value
            if name in seen:
                self._complain(key, f"the key '{name}' is given twice (first in line {seen[name]}); keep one")
                continue
            seen[name] = key.start_mark.line + 1
            here = (*place, name)
            self.marks[here] = _mark(key)
            yield name, self.build(value, here)

    def _complain(self, node: yaml.Node, text: str) -> None:
        self.problems.append(Problem(self.file, *_mark(node), text))


def _mark(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: yaml.ScalarNode) -> str | bool | None:
    text: str = node.value
    if not node.style:  # plain: not quoted, not a block (libyaml says "" for that)
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
    return text
