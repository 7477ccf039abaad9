"""Everything of a region in one stack: the same resources by the same names, in an order that AWS can create."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.cloudformation.large import many_services
from tests.engines.samples import REGION, sample_architecture

from groundplan.design.order import with_order
from groundplan.engines.cloudformation import Options, Rendering, Stack, StackOutput, render
from groundplan.engines.cloudformation.pieces import pieces_of
from groundplan.engines.cloudformation.regions import by_region
from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.monitoring import Topic
from groundplan.resources.network import InternetGateway, Route
from groundplan.resources.values import Ref

SAMPLE = sample_architecture()
SAMPLE = SAMPLE.with_resources(with_order(SAMPLE))
RENDERING = render(SAMPLE, Options(stacks="region"))


def resources(stack: Stack) -> Mapping[str, Mapping[str, object]]:
    found = stack.template["Resources"]
    assert isinstance(found, Mapping)
    return found


def home(rendering: Rendering) -> Stack:
    return next(stack for stack in rendering.stacks if stack.name == "Sample-production")


def test_logical_ids_and_types_are_those_of_the_stacks_by_concern() -> None:
    def places(rendering: Rendering) -> dict[object, list[tuple[str, str]]]:
        return {ref: [(one.logical_id, one.type) for one in several] for ref, several in rendering.locations.items()}

    assert places(RENDERING) == places(render(SAMPLE))
    assert RENDERING.unsupported == ()


def test_what_a_resource_says_of_itself_is_the_same() -> None:
    """Only what comes from other stacks may differ, and what is waited for."""
    by_concern = {name: item for stack in render(SAMPLE).stacks for name, item in resources(stack).items()}
    for stack in RENDERING.stacks:
        for name, item in resources(stack).items():
            for part in ("Type", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy"):
                assert item.get(part) == by_concern[name].get(part), name
            assert set(properties(item)) == set(properties(by_concern[name])), name


def properties(item: Mapping[str, object]) -> Mapping[str, object]:
    found = item["Properties"]
    assert isinstance(found, Mapping)
    return found


def test_one_region_is_one_stack_without_parameters_but_inputs() -> None:
    at_home = SAMPLE.with_resources(replace(resource, region=None) for resource in SAMPLE)
    (stack,) = render(at_home, Options(stacks="region")).stacks
    assert (stack.name, stack.concern, stack.region, stack.depends_on) == ("Sample-production", None, REGION, ())
    assert not any(isinstance(source, StackOutput) for source in stack.parameters.values())
    assert stack.template["Description"] == f"Sample production: everything in {REGION}"


def test_stacks_need_only_stacks_before_them() -> None:
    seen: set[str] = set()
    for stack in RENDERING.stacks:
        assert set(stack.depends_on) <= seen
        assert {source.stack for source in stack.parameters.values() if isinstance(source, StackOutput)} <= seen
        seen.add(stack.name)
    assert {stack.region for stack in RENDERING.stacks} == {resource.region or REGION for resource in SAMPLE}


def test_most_of_the_home_region_is_in_one_stack() -> None:
    sizes = {stack.name: len(resources(stack)) for stack in RENDERING.stacks}
    assert max(sizes, key=lambda name: sizes[name]) == "Sample-production"


def test_what_nothing_refers_to_is_waited_for() -> None:
    ordered = SAMPLE.with_resources(with_order(SAMPLE))
    gateway = SAMPLE.of(InternetGateway)[0]
    routes = {route.ref for route in SAMPLE.of(Route)}
    for balancer in ordered.of(LoadBalancer):
        assert (gateway.ref in balancer.depends_on) == (balancer.scheme == "internet-facing")
    assert routes
    for service in ordered.of(EcsService):
        assert routes <= set(service.depends_on)
    place = RENDERING.locations[SAMPLE.of(LoadBalancer)[0].ref][0]
    assert "InternetGatewayAttachment" in str(resources(home(RENDERING))[place.logical_id]["DependsOn"])


def test_a_region_that_is_too_large_becomes_several() -> None:
    rendering = render(many_services(100), Options(stacks="region"))
    names = [stack.name for stack in rendering.stacks]
    assert len(names) == len(set(names)) > 1
    assert all(len(resources(stack)) <= 500 and len(stack.body.encode()) <= 1_000_000 for stack in rendering.stacks)
    assert rendering.unsupported == ()


HOME, ABROAD = "eu-central-1", "us-east-1"


def topics(*specification: tuple[str, str | None, tuple[str, ...]]) -> Architecture:
    """Topics that need each other: name, region, names of those that have to exist first."""
    return Architecture(
        project="regions",
        title="Regions",
        environment="test",
        region=HOME,
        resources=tuple(
            Topic(
                name=name, concern="monitoring", region=region, topic_name=name, display_name=name,
                depends_on=tuple(Ref(Topic, first) for first in needs),
            )
            for name, region, needs in specification
        ),
    )  # fmt: skip


def groups(architecture: Architecture) -> list[tuple[str, list[str]]]:
    pieces, _ = pieces_of(architecture)
    return [(region, [piece.resource.name for piece in group]) for _, region, group in by_region(pieces, HOME)]


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [
        (topics(("a", None, ()), ("b", None, ("a",))), [(HOME, ["a", "b"])]),
        (topics(("a", ABROAD, ()), ("b", None, ("a",))), [(HOME, ["b"]), (ABROAD, ["a"])]),
        (topics(("a", None, ()), ("b", ABROAD, ("a",))), [(ABROAD, ["b"]), (HOME, ["a"])]),
        (
            # zone at home, certificate abroad, distribution at home; and something that nobody needs
            topics(("zone", None, ()), ("acm", ABROAD, ("zone",)), ("cdn", None, ("acm",)), ("x", None, ())),
            [(HOME, ["cdn", "x"]), (ABROAD, ["acm"]), (HOME, ["zone"])],
        ),
        (
            # what is needed by nobody abroad joins what is needed there
            topics(("used", ABROAD, ()), ("cdn", None, ("used",)), ("unused", ABROAD, ())),
            [(HOME, ["cdn"]), (ABROAD, ["unused", "used"])],
        ),
    ],
    ids=["one region", "home needs abroad", "abroad needs home", "a circle", "two of a region"],
)  # fmt: skip
def test_as_few_groups_as_need_each_other_in_one_direction(
    architecture: Architecture, expected: list[tuple[str, list[str]]]
) -> None:
    assert groups(architecture) == expected


@given(st.lists(st.tuples(st.sampled_from([None, ABROAD, "ap-south-1"]), st.sets(st.integers(0, 11))), max_size=12))
def test_groups_never_need_each_other_in_a_circle(drawn: list[tuple[str | None, set[int]]]) -> None:
    names = [f"t{number:02}" for number in range(len(drawn))]
    architecture = topics(
        *(
            (names[at], region, tuple(names[first] for first in sorted(firsts) if first < at))
            for at, (region, firsts) in enumerate(drawn)
        )
    )
    stacks = render(architecture, Options(stacks="region")).stacks
    assert sum(len(resources(stack)) for stack in stacks) == len(drawn)
    assert all(
        {architecture.region if one.region is None else one.region for one in architecture} >= {stack.region}
        for stack in stacks
    )
