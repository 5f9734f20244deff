"""Whatever stands in a file, the reader answers with a policy or with problems that have places."""

import copy
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import files
from bot.files import BadFile, Problem
from bot.policy.model import Policy, policy_of
from tests.support.policies import REAL, SHIPPED

SOURCES = [(SHIPPED / "searx-chat.yaml").read_text("utf-8"), REAL.read_text("utf-8")]
TREES = [files.parse(text, "valid.yaml").data for text in SOURCES]
ALPHABET = st.sampled_from("ab:-? \n\t[]{}&*!|>'\"%@`#,\\0~<=") | st.characters()
SCALARS = (
    st.none()
    | st.booleans()
    | st.text(max_size=20)
    | st.sampled_from(["7 days", "until other", "last 20", "yes", "2026-01-01", "roster", "en", "0", "-1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


def read(text: str) -> Policy | list[Problem]:
    """Return the policy in *text*, or what is wrong with it; anything else that is raised is a bug."""
    try:
        return policy_of(files.parse(text, "p.yaml"))
    except BadFile as error:
        return error.problems


def check(text: str) -> None:
    """Assert that *text* is a policy, or that every problem in it has a place and words."""
    found = read(text)
    if isinstance(found, Policy):
        return
    last = len(text.splitlines()) + 1
    assert found == sorted(found)
    assert found
    for problem in found:
        assert 1 <= problem.line <= last
        assert problem.column >= 1
        assert problem.text


@given(st.text(ALPHABET, max_size=200))
def test_no_text_makes_the_reader_raise_anything_but_bad_file(text: str) -> None:
    check(text)


@given(VALUES)
def test_no_document_makes_the_model_raise_anything_but_bad_file(value: object) -> None:
    check(yaml.safe_dump(value, allow_unicode=True))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(SOURCES), st.integers(0, 20000), st.integers(0, 30), st.text(ALPHABET, max_size=5))
def test_a_valid_policy_with_a_scratch_is_read_or_refused(source: str, at: int, cut: int, put: str) -> None:
    at %= len(source)
    check(source[:at] + put + source[at + cut :])


def places(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, part in pairs for place in ((*here, key), *places(part, (*here, key)))]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(TREES), st.data())
def test_a_valid_policy_with_one_value_exchanged_is_read_or_refused(tree: Any, data: st.DataObject) -> None:
    changed = copy.deepcopy(tree)
    *way, last = data.draw(st.sampled_from(places(changed)))
    parent = changed
    for step in way:
        parent = parent[step]
    parent[last] = data.draw(VALUES)
    check(yaml.safe_dump(changed, allow_unicode=True, sort_keys=False))


def test_the_unchanged_policies_pass_the_same_check() -> None:
    assert [type(read(source)) for source in SOURCES] == [Policy] * len(SOURCES)
