"""Learns what words and concepts speak for which label: questions in, ``data/learned/*.tsv`` out (``make learn``).

A linear model over what `bot.dialogue.understanding` finds in a text: concepts, pairs of concepts, stems and pairs of
neighbouring stems.  What is learned about concepts is the same in every language.  After a change of many phrases it
is worth learning again; after new questions, `tools/generated.py` asks for it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.commands.build import understander  # noqa: E402 -- only findable now
from bot.dialogue.understanding.learned import ALWAYS, LABELS, MOST, UNIT, names_of, of_words  # noqa: E402
from bot.dialogue.understanding.understander import CONCEPTS  # noqa: E402
from bot.dialogue.understanding.words import split  # noqa: E402

QUESTIONS = ROOT / "tests" / "data"
LEARNED = ROOT / "data" / "learned"
_RARE = 2
"""Times that a feature must occur."""
_SINGLE, _PAIR = 0.25, 0.125
"""What a feature counts, and what a pair of concepts, of which there are many in a long text: the rarer, the more."""
_LOOSE = 0.5
"""How freely weights may grow (the C of scikit-learn)."""
_SMALL = 2
"""Weights, in units, that are left out."""


class Feature(NamedTuple):
    """Something in a text: whose it is, a language's or everybody's, and what."""

    table: str
    name: str


def sources() -> list[Path]:
    """Return the files of questions that are learned from; those in ``kept`` never are."""
    return [
        QUESTIONS / "blind_questions.jsonl",
        *sorted(QUESTIONS.glob("blind/*.jsonl")),
        *sorted(QUESTIONS.glob("asked/*.jsonl")),
    ]


def digest() -> str:
    """Return what tells these questions from others."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources())).hexdigest()[:16]


def _questions() -> Iterator[tuple[str, str, str]]:
    for path in sources():
        for line in path.read_text("utf-8").splitlines():
            question = json.loads(line)
            yield question["lang"], question["text"], question["labels"][0]


def _features(questions: Iterable[tuple[str, str, str]]) -> Iterator[tuple[frozenset[Feature], str]]:
    readers = understander().readers
    for language, text, label in questions:
        reading = readers[language].read(split(text))
        of_concepts = (Feature(CONCEPTS, name) for name in names_of(reading.found) if name != ALWAYS)
        yield frozenset((*of_concepts, *(Feature(language, name) for name in of_words(reading.stems)))), label


def _learn(examples: Sequence[tuple[frozenset[Feature], str]]) -> Iterator[tuple[Feature, Mapping[str, int]]]:
    import numpy as np  # noqa: PLC0415 -- only this tool needs them
    from scipy.sparse import csr_matrix  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    times = Counter(feature for found, _label in examples for feature in found)
    columns = {feature: at for at, feature in enumerate(sorted(one for one, count in times.items() if count >= _RARE))}
    worths = np.array([_worth(feature) * log(len(examples) / (1 + times[feature])) for feature in columns])
    rows = [sorted(columns[feature] for feature in found if feature in columns) for found, _label in examples]
    places = [at for row in rows for at in row]
    table = csr_matrix((worths[places], places, np.cumsum([0, *map(len, rows)])), shape=(len(rows), len(columns)))
    model = LogisticRegression(C=_LOOSE, max_iter=200).fit(table, [label for _found, label in examples])
    yield Feature(CONCEPTS, ALWAYS), _weights(model.classes_, model.intercept_)
    for feature, at in columns.items():
        yield feature, _weights(model.classes_, model.coef_[:, at] * worths[at])


def _worth(feature: Feature) -> float:
    return _PAIR if feature.table == CONCEPTS and " " in feature.name else _SINGLE


def _weights(labels: Sequence[str], values: Any) -> Mapping[str, int]:
    units = {
        label: max(-MOST, min(MOST, round(float(value) * UNIT))) for label, value in zip(labels, values, strict=True)
    }
    return {label: units[label] for label in sorted(units) if abs(units[label]) >= _SMALL}


def main() -> None:
    """Learn, and write what was learned."""
    unknown = {label for _language, _text, label in _questions()} - {label.value for label in LABELS}
    if unknown:
        sys.exit(f"these labels are none: {', '.join(sorted(unknown))}")
    lines: dict[str, list[str]] = defaultdict(list)
    for feature, weights in _learn(list(_features(_questions()))):
        if weights:
            told = " ".join(f"{label} {weight}" for label, weight in weights.items())
            lines[feature.table].append(f"{feature.name}\t{told}\n")
    LEARNED.mkdir(exist_ok=True)
    for name, of_table in lines.items():
        note = f"# Learned by tools/learn.py from questions {digest()}: what speaks for what. Do not edit.\n"
        (LEARNED / f"{name}.tsv").write_text(note + "".join(sorted(of_table)), "utf-8")
        print(f"{name}: {len(of_table)} features")


if __name__ == "__main__":
    main()
