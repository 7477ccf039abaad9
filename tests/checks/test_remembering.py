"""A rule is run again only where it would be told something else, and what is remembered is what it would find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.checks.test_mutations import MUTATIONS, architecture_of, spoken_of

from groundplan.access import access_of
from groundplan.checks import Fix, Rule, Violation, run
from groundplan.checks.remembering import RUNS, Remembered
from groundplan.checks.rule import References
from groundplan.resources import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Role, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

Ask = Callable[[Architecture], Iterator[str]]


class Asking(Rule):
    """Says whatever a function asks of the architecture, and counts how often it does."""

    id = "GP-VAL-000"
    title = "Asked"
    severity = "info"
    why = "It is a test."
    fix = Fix(blueprint="-", terraform="-", cloudformation="-")
    source = "https://docs.aws.amazon.com/"
    references = References(pillar="Security")

    def __init__(self, ask: Ask) -> None:
        self.ask, self.times = ask, 0

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        self.times += 1
        yield from (Violation("all", text) for text in self.ask(architecture))


def found(rule: Asking, architecture: Architecture, remembered: Remembered) -> list[str]:
    def run_it(rule: Rule, architecture: Architecture) -> list[str]:
        return [violation.message for violation in rule.check(architecture)]

    return list(remembered.findings(rule, architecture, run_it))  # type: ignore[arg-type]  # findings are only passed on


@pytest.fixture
def now() -> Architecture:
    return architecture_of("duskspendr")


@pytest.mark.parametrize("system", ["duskspendr", "spendsense"])
def test_the_same_is_found_whatever_was_remembered_before(system: str) -> None:
    """Every fault that can be planted, after the system without it and after other faults."""
    architecture, spoken = architecture_of(system), spoken_of(system)
    remembered = Remembered()
    assert run(architecture, remembered=remembered) == run(architecture)
    for mutation in MUTATIONS:
        planted = mutation.plant(architecture, spoken.get(mutation.rule, frozenset()))
        if planted is not None:
            assert run(planted, remembered=remembered).findings == run(planted).findings, mutation.rule
    assert run(architecture, remembered=remembered) == run(architecture)


def databases(architecture: Architecture) -> Iterator[str]:
    yield from (item.instance_class for item in architecture.of(DatabaseInstance))


def everything(architecture: Architecture) -> Iterator[str]:
    yield from (str(item) for item in architecture)


def one_of_them(architecture: Architecture) -> Iterator[str]:
    yield architecture[architecture.of(DatabaseInstance)[0].ref].instance_class


def tags(architecture: Architecture) -> Iterator[str]:
    yield from architecture.tags


@pytest.mark.parametrize(("ask", "again"), [(databases, True), (one_of_them, True), (everything, True), (tags, False)])
def test_a_rule_is_run_again_where_an_answer_differs(ask: Ask, again: bool, now: Architecture) -> None:
    rule, remembered = Asking(ask), Remembered()
    first = found(rule, now, remembered)
    assert found(rule, now, remembered) == first
    assert rule.times == 1
    other = now.changed(now.of(DatabaseInstance)[0], instance_class="db.r6g.16xlarge")
    assert found(rule, other, remembered) == list(ask(other))
    assert rule.times == (2 if again else 1)
    assert found(rule, now, remembered) == first


def test_fields_count_as_well_as_resources(now: Architecture) -> None:
    rule, remembered = Asking(tags), Remembered()
    found(rule, now, remembered)
    assert found(rule, replace(now, tags={**now.tags, "More": "x"}), remembered)[-1] == "More"
    assert rule.times == 2


def test_what_follows_from_an_answer_is_asked_only_after_it(now: Architecture) -> None:
    """The last database is asked for by its reference: where it is gone, so is the question."""

    def by_reference(architecture: Architecture) -> Iterator[str]:
        for item in architecture.of(DatabaseInstance):
            yield architecture[item.ref].identifier

    more = now.of(DatabaseInstance)[0]

    two = now.with_resources((*now.resources, replace(more, name="another", identifier="another")))
    rule, remembered = Asking(by_reference), Remembered()
    assert "another" in found(rule, two, remembered)
    assert "another" not in found(rule, now, remembered)
    assert rule.times == 2


def test_a_question_without_an_answer_is_not_remembered(now: Architecture) -> None:
    def missing(architecture: Architecture) -> Iterator[str]:
        try:
            yield architecture[Ref(Bucket, "nowhere")].bucket_name
        except KeyError:
            yield "there is none"

    rule, remembered = Asking(missing), Remembered()
    assert found(rule, now, remembered) == found(rule, now, remembered) == ["there is none"]
    assert rule.times == 2


def test_only_so_many_runs_are_remembered(now: Architecture) -> None:
    rule, remembered = Asking(databases), Remembered()
    database = now.of(DatabaseInstance)[0]
    many = [now.changed(database, instance_class=f"db.r6g.{number}xlarge") for number in range(RUNS + 2)]
    for _ in range(2):
        for architecture in many:
            assert found(rule, architecture, remembered) == list(databases(architecture))
    assert rule.times == len(many) + 2


def test_a_rule_of_the_users_own_is_run_each_time(now: Architecture) -> None:
    """It may ask the clock or the network, which nobody notes."""
    rule, remembered = Asking(databases), Remembered()  # stands in a module that is not Groundplan's
    for _ in range(3):
        run(now, rules=(rule,), remembered=remembered)
    assert rule.times == 3


def test_rights_are_the_same_where_policies_and_arns_are(now: Architecture) -> None:
    rights = access_of(now)
    assert rights == access_of(now.changed(now.of(DatabaseInstance)[0], instance_class="db.r6g.16xlarge"))
    role = next(role for role in now.of(Role) if role.inline_policies)
    fewer = PolicyDocument(role.inline_policies[0].document.statements[1:])
    policies = (type(role.inline_policies[0])("other", fewer), *role.inline_policies[1:])
    secret = now.of(Secret)[0]
    others = [
        now.changed(role, inline_policies=policies),
        now.changed(secret, secret_name="another/name"),
        now.changed(secret, region="eu-west-1"),
        now.with_resources((*now, replace(secret, name="more", secret_name="more"))),
        replace(now, region="eu-west-1"),
    ]
    assert [access_of(other) == rights for other in others] == [False] * len(others)
    assert rights != "rights"
