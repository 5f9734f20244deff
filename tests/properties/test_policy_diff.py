"""Nothing in a policy changes in silence, and the order of its statements says nothing."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.i18n import translator
from bot.policy.changes import Severity, diff, rules_data, rules_people
from bot.policy.changes.cases import EXCEPTION
from bot.policy.changes.sections import SECTIONS
from bot.policy.changes.singles import SINGLES
from bot.policy.data import Control, Erasing, Exception_, Form
from bot.policy.model import Policy, read_policy
from bot.policy.organisation import Controller
from bot.policy.wording.changes import sentence
from tests.support.mutations import is_valid, mutations
from tests.support.policies import REAL, SHIPPED

POLICIES = [read_policy(path) for path in (REAL, *sorted(SHIPPED.glob("*.yaml")))]
MUTATIONS = [(policy, place, other) for policy in POLICIES for place, other in mutations(policy)]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.version)
def test_nothing_changed_is_no_change(policy: Policy) -> None:
    assert len(diff(policy, policy.model_copy(deep=True))) == 0
    assert diff(policy, policy).severity is None


def test_every_section_shows_up() -> None:
    """Many of them, the invalid ones too: what differs is found before it is judged or put into words."""
    seen = set()
    for policy, place, other in MUTATIONS[::17]:
        changes = diff(policy, other)
        assert len(changes) >= 1, place
        seen.add(place[0])
    assert seen >= {"data", "recipients", "never", "rights", "backups", "controller", "analytics", "encryption"}


@settings(max_examples=150)
@given(st.sampled_from(MUTATIONS))
def test_a_changed_fact_is_told_in_both_languages(mutation: tuple[Policy, tuple[str, ...], Policy]) -> None:
    policy, place, other = mutation
    assume(is_valid(other))
    changes = diff(policy, other)
    assert len(changes) >= 1
    assert {one.section for one in changes} == {place[0]}
    for change in changes:
        for language in ("en", "de"):
            said = translator(language)(sentence(changes, change))
            assert said.strip()
            assert "%(" not in said
            assert "another detail" not in said
            assert "eine weitere Einzelheit" not in said


@settings(max_examples=60)
@given(st.sampled_from(MUTATIONS), st.randoms())
def test_the_order_of_statements_says_nothing(
    mutation: tuple[Policy, tuple[str, ...], Policy],
    random: Random,
) -> None:
    policy, _place, other = mutation
    shuffled = {}
    for name in SECTIONS:
        statements = list(getattr(other, name))
        random.shuffle(statements)
        shuffled[name] = tuple(statements)
    told, mixed = (diff(policy, one) for one in (other, other.model_copy(update=shuffled)))
    assert sorted(map(repr, told.all)) == sorted(map(repr, mixed.all))


def test_every_field_of_the_model_has_a_rule() -> None:
    """What is added to the model needs a decision about how much its change matters."""
    assert set(SECTIONS) | set(SINGLES) == set(Policy.model_fields)
    for name, rules in {
        **{name: section.rules for name, section in SECTIONS.items()},
        **{name: single.rules for name, single in SINGLES.items() if single.rules},
    }.items():
        [model] = _models(Policy.model_fields[name].annotation)
        assert set(rules) == set(model.model_fields), name


def test_every_field_of_the_parts_has_a_rule() -> None:
    for rules, model in (
        (rules_data.CONTROL, Control),
        (rules_data.FORM, Form),
        (rules_data.ERASING, Erasing),
        (EXCEPTION, Exception_),
        (rules_people.CONTACT, Controller),
    ):
        assert set(rules) == set(model.model_fields), model


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for one in getattr(annotation, "__args__", ()) for found in _models(one)]


@given(st.sampled_from(MUTATIONS))
def test_there_and_back_again_both_show(mutation: tuple[Policy, tuple[str, ...], Policy]) -> None:
    policy, _place, other = mutation
    back = diff(other, policy)
    assert len(back) >= 1
    assert all(isinstance(one.severity, Severity) for one in back)
