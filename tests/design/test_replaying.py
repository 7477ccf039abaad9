"""A step is run again only where it would be told something else, and what it adds is then the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest

from groundplan.blueprint.loading import LoadedEnvironment, Source, load, source_of
from groundplan.blueprint.tree import Plain
from groundplan.blueprint.yaml import read_yaml
from groundplan.design import design
from groundplan.design.asking import Asked
from groundplan.design.causes import documents_of
from groundplan.design.draft import Draft
from groundplan.design.keeping import Kept
from groundplan.errors import InputError, Problem
from groundplan.redesign.settings import Settings, over
from groundplan.resources import Architecture
from groundplan.resources.messaging import Queue
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref
from groundplan.savings.candidates import candidates
from groundplan.units import Percentage

EXAMPLES = Path(__file__).parents[2] / "examples"
SYSTEMS = {"duskspendr": [], "personal-timeline": [], "solemate": [], "spendsense": ["owner_id=jane"], "spontime": []}
BLUEPRINT = """\
project: shop
region: eu-central-1
queues:
  orders: {}
buckets:
  files: {}
"""
CHANGED: dict[str, Plain] = {"queues.orders.keep": "2 days"}


def _because(architecture: Architecture) -> list[object]:
    """The causes of every statement: equality leaves them aside."""
    return [
        (resource.address, [statement.because for statement in document.statements])
        for resource in architecture
        for document in documents_of(resource)
    ]


def _parts(value: object) -> Iterator[object]:
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from _parts(getattr(value, item.name))
    elif isinstance(value, tuple | list | set | frozenset):
        for entry in value:
            yield from _parts(entry)
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _parts(pair)


def _designed(source: Source, name: str, kept: Kept | None) -> Architecture | tuple[Problem, ...]:
    try:
        return design(source.environment(name), kept)
    except InputError as error:
        return tuple(error.problems)


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_change_that_savings_try_gives_the_same_design(system: str) -> None:
    source = load(EXAMPLES / system / "groundplan.yaml").with_settings(SYSTEMS[system])
    for name in source.environments:
        kept, now = Kept(), source.environment(name)
        changes = () if now.is_shared else candidates(now, {}, Percentage.parse("70%"))
        for settings in ({}, *(change.settings for change in changes), {}):
            changed = over(source, name, settings)
            alone, beside = _designed(changed, name, None), _designed(changed, name, kept)
            assert beside == alone
            if isinstance(alone, Architecture) and isinstance(beside, Architecture):
                assert _because(beside) == _because(alone)
        stood_for = [value for value in _parts(beside) if type(value).__module__ == "groundplan.design.asking"]
        assert not stood_for, "what a stand-in stands for is asked for, and the stand-in itself stays in the step"


@cache
def _source() -> Source:
    return source_of(read_yaml(BLUEPRINT, Path("groundplan.yaml")), Path("groundplan.yaml"), BLUEPRINT)


def _loaded(changes: Settings | None = None) -> LoadedEnvironment:
    return over(_source(), "production", changes or {}).environment()


def _draft(kept: Kept | None = None, changes: Settings | None = None) -> Draft:
    return Draft(_loaded(changes), kept=kept)


def _counted(step: Callable[[Draft], None]) -> tuple[Callable[[Draft], None], list[str]]:
    """A step, and a note for each time that it is run."""
    runs: list[str] = []

    def counted(draft: Draft) -> None:
        runs.append(draft.blueprint.project)
        step(draft)

    return counted, runs


def _add_queue(draft: Draft) -> None:
    for name, spec in draft.blueprint.queues.items():
        draft.add(Queue(name=name, concern="messaging", queue_name=f"{draft.blueprint.project}-{name}-{spec.keep}"))
        draft.output(f"{name}_queue", "A queue", Ref(Queue, name).attribute("id"))


def test_a_step_is_run_once_for_all_that_tell_it_the_same() -> None:
    kept = Kept()
    step, runs = _counted(_add_queue)
    drafts = [_draft(kept), _draft(kept, {"buckets.more": {}}), _draft(kept)]
    for draft in drafts:
        draft.take(step)
    assert runs == ["shop"], "buckets are nothing to it"
    for draft in drafts:
        assert [item.name for item in draft.resources] == ["orders"]
        assert draft.refs == {Ref(Queue, "orders")}
        assert [item.name for item in draft.outputs] == ["orders_queue"]
    drafts[0].resources.clear()
    assert drafts[1].resources, "what a draft has is its own"


@pytest.mark.parametrize(
    "changes",
    [CHANGED, {"queues.more": {}}, {"project": "store"}, {"queues.orders.keep": "2 days", "project": "store"}],
)
def test_a_step_is_run_again_where_it_would_be_told_something_else(changes: Settings) -> None:
    kept = Kept()
    step, runs = _counted(_add_queue)
    for these in ({}, changes):
        draft, alone = _draft(kept, these), _draft(None, these)
        draft.take(step)
        _add_queue(alone)
        assert draft.resources == alone.resources
        assert draft.outputs == alone.outputs
    assert len(runs) == 2


def test_a_step_is_told_of_what_others_added() -> None:
    kept = Kept()
    step, runs = _counted(
        lambda draft: draft.output("queues", ", ".join(item.queue_name for item in draft.of(Queue)), "")
    )
    told = []
    for name, bucket in (("a", "x"), ("a", "y"), ("b", "y")):
        draft = _draft(kept)
        draft.add(Queue(name="q", concern="messaging", queue_name=name))
        draft.add(Bucket(name=bucket, concern="storage", bucket_name=bucket))
        draft.take(step)
        told.append(draft.outputs[-1].description)
    assert told == ["a", "a", "b"]
    assert len(runs) == 2, "a bucket is nothing to it"


@pytest.mark.parametrize(
    "ask",
    [
        lambda draft: Ref(Bucket, "x") in draft.refs,
        lambda draft: draft.has(Ref(Bucket, "x")),
        lambda draft: [item.name for item in draft.resources],
        lambda draft: draft.refs_of(Bucket),
        lambda draft: [item.name for item in draft.outputs],
    ],
)
def test_whatever_it_asks_of_a_draft_is_noted(ask: Callable[[Draft], object]) -> None:
    kept = Kept()
    step, runs = _counted(lambda draft: draft.output("found", repr(ask(draft)), ""))
    for bucket in ("x", "y", "x"):
        draft, alone = _draft(kept), _draft()
        for one in (draft, alone):
            one.add(Bucket(name=bucket, concern="storage", bucket_name=bucket))
            one.output(f"of_{bucket}", "", "")
        draft.take(step)
        alone.output("found", repr(ask(alone)), "")
        assert draft.outputs == alone.outputs
    assert len(runs) == 2


def test_two_steps_that_add_the_same_are_told_as_ever() -> None:
    """What is there already is reported once more where the first step was not run."""
    kept = Kept()
    for _ in range(2):
        draft = _draft(kept)
        draft.take(_add_queue)
        draft.take(lambda other: _add_queue(other))
        assert ["twice" in problem.message for problem in draft.problems] == [True]


def test_a_step_that_changes_what_others_added_is_always_run() -> None:
    kept = Kept()

    def rename(draft: Draft) -> None:
        draft.resources[0] = Queue(name="q", concern="messaging", queue_name="renamed")

    step, runs = _counted(rename)
    for _ in range(2):
        draft = _draft(kept)
        draft.add(Queue(name="q", concern="messaging", queue_name="first"))
        draft.take(step)
        assert [item.queue_name for item in draft.of(Queue)] == ["renamed"]
    assert len(runs) == 2


def test_a_step_that_finds_something_wrong_says_so_each_time() -> None:
    kept = Kept()
    step, runs = _counted(lambda draft: draft.problem("queues.orders", "is wrong"))
    for _ in range(2):
        draft = _draft(kept)
        draft.take(step)
        with pytest.raises(InputError, match="is wrong"):
            draft.check()
    assert len(runs) == 2


def _asked() -> tuple[Asked, LoadedEnvironment]:
    asked = Asked(_loaded())
    return asked, asked.stand_in  # type: ignore[return-value]  # that is what it stands for


def test_a_stand_in_answers_as_what_it_stands_for() -> None:
    asked, stand_in = _asked()
    real = _loaded().blueprint
    assert isinstance(stand_in, LoadedEnvironment)
    queues = stand_in.blueprint.queues
    assert stand_in.blueprint.region == real.region
    assert list(queues) == ["orders"]
    assert len(queues) == 1
    assert "absent" not in queues
    assert queues.get("absent") is None
    with pytest.raises(KeyError):
        queues["absent"]
    assert queues["orders"] == real.queues["orders"]
    assert str(queues["orders"]) == str(real.queues["orders"])
    assert repr(queues["orders"]) == repr(real.queues["orders"])
    assert stand_in.position("queues.orders") == _loaded().position("queues.orders")
    assert not hasattr(stand_in, "absent")
    with pytest.raises(TypeError, match="unhashable"):
        hash(stand_in)
    with pytest.raises(TypeError, match="stays"):
        stand_in.__class__ = LoadedEnvironment
    assert asked.would_be_said_by(_loaded())


@pytest.mark.parametrize(
    ("ask", "same"),
    [
        (lambda found: found.blueprint.region, True),
        (lambda found: found.blueprint.queues["orders"].keep, False),
        (lambda found: found.blueprint.queues["orders"].visibility, True),
        (lambda found: list(found.blueprint.queues), True),
        (lambda found: found.blueprint.queues["orders"] == 1, False),
        (lambda found: str(found.blueprint.queues["orders"]), False),
        (lambda found: "absent" in found.blueprint.queues, True),
        (lambda found: found.position("queues.orders"), True),
        (lambda found: found.position("queues.orders.keep"), False),
        (lambda found: None, True),
    ],
)
def test_another_says_the_same_of_what_was_asked(ask: Callable[[LoadedEnvironment], object], same: bool) -> None:
    asked, stand_in = _asked()
    ask(stand_in)
    assert asked.would_be_said_by(_loaded(CHANGED)) is same
    assert asked.would_be_said_by(_loaded())
    assert not asked.would_be_said_by(None)


def test_what_has_no_such_entry_does_not_say_the_same() -> None:
    asked = Asked(_loaded({"queues.more": {}}))
    assert asked.stand_in.blueprint.queues["more"].keep  # type: ignore[union-attr]
    assert not asked.would_be_said_by(_loaded())
