"""Concerns that are too large for one stack."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from tests.engines.cloudformation.large import many_services
from tests.engines.samples import within_templates

from groundplan.engines.cloudformation import Rendering, Stack, StackOutput, render
from groundplan.engines.cloudformation.split import owner_of
from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService, TaskDefinition
from groundplan.resources.monitoring import Dashboard, Topic
from groundplan.resources.security import Role
from groundplan.resources.values import JsonDocument, Ref


@cache
def large(count: int) -> tuple[Architecture, Rendering]:
    architecture = many_services(count)
    return architecture, render(architecture)


def _count(stack: Stack, section: str) -> int:
    found = stack.template.get(section, {})
    assert isinstance(found, dict)
    return len(found)


@pytest.mark.parametrize("services", [100, 300])
def test_every_stack_is_within_what_aws_takes(services: int) -> None:
    architecture, rendering = large(services)
    assert rendering.unsupported == ()
    assert set(rendering.locations) == {resource.ref for resource in within_templates(architecture)}
    for stack in rendering.stacks:
        assert _count(stack, "Resources") <= 500
        assert _count(stack, "Parameters") <= 200
        assert _count(stack, "Outputs") <= 200
        assert len(stack.body.encode()) <= 1_000_000
        assert len(stack.name) <= 128


@pytest.mark.parametrize("services", [100, 300])
def test_stacks_need_only_stacks_before_them(services: int) -> None:
    _, rendering = large(services)
    seen: dict[str, Stack] = {}
    for stack in rendering.stacks:
        assert set(stack.depends_on) <= set(seen)
        for source in stack.parameters.values():
            if isinstance(source, StackOutput):
                assert source.output in str(seen[source.stack].template["Outputs"])
        seen[stack.name] = stack
    assert len(seen) == len(rendering.stacks)


def test_what_belongs_to_a_service_stays_together() -> None:
    _, rendering = large(100)
    place = {ref: places[0].stack for ref, places in rendering.locations.items()}
    for number in range(100):
        name = f"service{number:03}"
        own = {place[Ref(EcsService, name)], place[Ref(TaskDefinition, name)], place[Ref(Role, f"{name}-execution")]}
        assert len(own) == 1


def test_the_numbers_begin_with_the_second_stack() -> None:
    _, rendering = large(100)
    names = [stack.name for stack in rendering.stacks if stack.concern == "services"]
    assert names[0] == "Sample-production-services"
    assert names[1:] == [f"Sample-production-services-{number}" for number in range(2, len(names) + 1)]


def test_another_service_moves_nothing() -> None:
    before = render(many_services(110))
    after = render(many_services(111))
    assert [stack.name for stack in after.stacks] == [stack.name for stack in before.stacks]
    assert all(after.locations[ref] == places for ref, places in before.locations.items())


def test_long_text_splits_as_well() -> None:
    topic = Topic(name="alerts", concern="monitoring", topic_name="alerts", display_name="Alerts")
    text = "x" * 100_000
    boards = [
        Dashboard(
            name=f"board{number}",
            concern="monitoring",
            dashboard_name=f"board{number}",
            body=JsonDocument({"widgets": [{"type": "text", "properties": {"markdown": text}}]}),
        )
        for number in range(20)
    ]
    architecture = Architecture(
        project="big", title="Big", environment="test", region="eu-west-1", resources=(topic, *boards)
    )
    rendering = render(architecture)
    assert len(rendering.stacks) > 2
    assert all(len(stack.body.encode()) <= 900_000 for stack in rendering.stacks)
    assert set(rendering.locations) == {resource.ref for resource in within_templates(architecture)}


@pytest.mark.parametrize(
    ("name", "owner"),
    [("api", "api"), ("api_task", "api"), ("api-v2_task", "api-v2"), ("apis", "apis"), ("main", "main"), ("", "")],
)
def test_a_resource_belongs_to_the_service_with_the_longest_name_that_it_is_called_after(name: str, owner: str) -> None:
    assert owner_of(name, {"api", "api-v2", "web"}) == owner


def test_one_service_that_is_too_large_is_a_clear_error() -> None:
    first = Topic(name="api", concern="monitoring", topic_name="api", display_name="First")
    chain = [first]
    for number in range(500):
        last = chain[-1].ref
        chain.append(replace(first, name=f"api-{number}", topic_name=f"api-{number}", depends_on=(last,)))
    architecture = Architecture(
        project="big", title="Big", environment="test", region="eu-west-1", resources=tuple(chain)
    )
    with pytest.raises(ValueError, match="the resources of 'api-499' alone are too many for one CloudFormation stack"):
        render(architecture)
