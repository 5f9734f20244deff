"""The reference of the policy format is complete, current, and its examples are valid."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from bot.policy import organisation, retention, services, terms
from bot.policy.model import Policy
from bot.policy.reference import reference
from bot.policy.reference_texts import EXAMPLES, HOW_LONG
from tests.support.policies import LEAST, ROSTER, policy_from

TEXT = reference()
DOCUMENT = Path(__file__).parents[2] / "docs" / "policy-format.md"
NEEDED = "services: [{id: rooms, kind: group_chat}, {id: website, kind: website}]\n"


def test_the_shipped_document_is_current() -> None:
    assert DOCUMENT.read_text("utf-8") == TEXT, "run: make docs"


def test_every_key_of_the_policy_is_described() -> None:
    missing = [key for key in Policy.model_fields if f"## `{key}`" not in TEXT and f"| `{key}` |" not in TEXT]
    assert missing == []


def test_every_key_says_what_it_means() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", TEXT, re.MULTILINE)
    assert len(rows) > 150
    assert [row for row in rows if not row[1].strip() or not row[2].strip(" .")] == []


VOCABULARIES = {
    one: None
    for module in (terms, retention, organisation, services)
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, StrEnum) and one is not StrEnum
}


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_word_of_the_closed_vocabularies_is_listed(vocabulary: type[StrEnum]) -> None:
    assert [word for word in vocabulary if not re.search(rf"[` ]{word}[`}}]", TEXT)] == []


def test_every_link_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", TEXT)) <= headings


@pytest.mark.parametrize("key", EXAMPLES)
def test_every_example_is_valid(key: str) -> None:
    example = EXAMPLES[key] + "\n"
    if key == "top":
        assert policy_from(example + LEAST.splitlines()[3] + "\n" + ROSTER).version == "2"
        return
    rest = "".join(line + "\n" for line in LEAST.splitlines() if not (key == "controller" and line.startswith(key)))
    needed = "" if key == "services" else NEEDED
    assert getattr(policy_from(rest + needed + example + ("" if key == "data" else ROSTER)), key)


def test_every_form_of_how_long_is_valid() -> None:
    forms = [
        form
        for row in re.findall(r"^\| (.*?) \| (.*?) \|", HOW_LONG, re.MULTILINE)
        for form in re.findall(r"`(.+?)`", " ".join(row))
    ]
    assert len(forms) > 20
    for form in forms:
        written = form.replace("…", "x")
        policy = policy_from(LEAST + f"data: [{{category: roster, retention: {written}}}]\n")
        assert policy.data[0].retention
