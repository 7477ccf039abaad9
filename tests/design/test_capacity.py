"""EC2 capacity beside Fargate: what instances are, who runs on them, and where."""

from __future__ import annotations

import pytest
from tests.design.blueprints import addresses, designed, refused, rules_of

from groundplan.resources.compute import AutoScalingGroup, LaunchTemplate
from groundplan.resources.containers import (
    CapacityProviderShare,
    ClusterCapacityProviders,
    EcsCapacityProvider,
    EcsService,
    TaskDefinition,
)
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.network import SecurityGroupRule, Subnet
from groundplan.resources.schedules import Schedule
from groundplan.resources.security import Role
from groundplan.resources.values import Ref, dynamic_values

START = "project: shop\nregion: eu-west-1\nnetwork: {zones: [a, b]}\n"
MACHINES = "capacity: {machines: {instance: t3.small}}\n"
IMAGE = "image: {repository: web, tag: '1'}"
PROVIDER = Ref(EcsCapacityProvider, "machines")


def web(written: str) -> str:
    return f"services: {{web: {{{IMAGE}, {written}}}}}\n"


def test_instances_are_as_closed_as_can_be() -> None:
    found = designed(START + MACHINES + web("capacity: machines"))
    template = found[Ref(LaunchTemplate, "machines")]
    assert template.http_tokens == "required"
    assert template.http_put_response_hop_limit == 1
    assert template.volume_encrypted
    assert template.volume_size == 30
    assert template.image_id.startswith("resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended")
    assert rules_of(found, "machines") == {("egress", 443, "0.0.0.0/0")}
    assert not [rule for rule in found.of(SecurityGroupRule) if rule.from_port == 22]
    policies = [str(arn) for arn in found[Ref(Role, "machines_instance")].managed_policy_arns]
    assert any("AmazonSSMManagedInstanceCore" in policy for policy in policies)
    assert found[Ref(Role, "machines_instance")].inline_policies == ()


def test_the_agent_is_told_its_cluster_and_keeps_tasks_from_the_instance() -> None:
    found = designed(START + MACHINES + web("capacity: machines"))
    script = found[Ref(LaunchTemplate, "machines")].user_data
    assert [getattr(value, "name", None) for value in dynamic_values(script)] == ["id"]
    assert "ECS_AWSVPC_BLOCK_IMDS=true" in str(script)
    assert "ECS_RESERVED_MEMORY=100" in str(script)


def test_ecs_scales_the_group_and_spares_what_runs() -> None:
    capacity = "capacity: {machines: {instance: t4g.small, min: 0, max: 9, target: 80%, zones: [b], spot: true}}\n"
    found = designed(START + capacity)
    group, provider = found[Ref(AutoScalingGroup, "machines")], found[PROVIDER]
    assert (group.min_size, group.max_size, group.spot) == (0, 9, True)
    assert group.subnets == (Ref(Subnet, "private", "b"),)
    assert group.new_instances_protected_from_scale_in
    assert group.tags["AmazonECSManaged"] == "true"
    assert provider.managed_termination_protection
    assert provider.target_capacity == 80
    assert "arm64" in found[Ref(LaunchTemplate, "machines")].image_id


def test_capacity_that_nobody_uses_joins_the_cluster_beside_fargate() -> None:
    found = designed(START + MACHINES)
    (providers,) = found.of(ClusterCapacityProviders)
    assert providers.capacity_providers == ("FARGATE", "FARGATE_SPOT", PROVIDER)
    assert providers.default_strategy == (CapacityProviderShare(capacity_provider="FARGATE", weight=1),)


def test_nothing_that_runs_makes_no_cluster() -> None:
    assert not {address for address in addresses(designed(START)) if address.startswith("ecs_")}


def test_fargate_alone_is_a_launch_type() -> None:
    service = designed(START + web("port: 80"))[Ref(EcsService, "web")]
    assert (service.launch_type, service.capacity_providers) == ("FARGATE", ())


def test_a_mix_is_a_strategy_and_its_providers_come_first() -> None:
    service = designed(START + web("capacity: {fargate: {base: 1, weight: 1}, fargate-spot: 3}"))[
        Ref(EcsService, "web")
    ]
    assert service.launch_type is None
    assert service.capacity_providers == (
        CapacityProviderShare(capacity_provider="FARGATE", weight=1, base=1),
        CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=3),
    )
    assert Ref(ClusterCapacityProviders, "main") in service.depends_on


def test_tasks_on_instances_have_sizes_of_their_own() -> None:
    found = designed(START + MACHINES + web("capacity: machines, size: {cpu: 300, memory: 1896}"))
    task = found[Ref(TaskDefinition, "web")]
    assert task.requires_compatibilities == ("EC2",)
    assert (task.cpu, task.memory) == (300, 1896)
    assert found[Ref(EcsService, "web")].capacity_providers[0].capacity_provider == PROVIDER
    assert designed(START + web("port: 80"))[Ref(TaskDefinition, "web")].requires_compatibilities == ("FARGATE",)


def test_jobs_run_on_instances_too() -> None:
    job = f"jobs: {{night: {{{IMAGE}, schedule: rate(1 day), capacity: machines, zones: [b]}}}}\n"
    schedule = designed(START + MACHINES + job)[Ref(Schedule, "night")]
    assert schedule.capacity_providers == (CapacityProviderShare(capacity_provider=PROVIDER, weight=1),)
    assert schedule.subnets == (Ref(Subnet, "private", "b"),)
    assert Ref(ClusterCapacityProviders, "main") in schedule.depends_on


@pytest.mark.parametrize(
    ("capacity", "written", "zones"),
    [
        (MACHINES, "zones: [b]", "b"),
        (MACHINES, "zones: [b, a]", "ab"),
        (MACHINES, "port: 80", "ab"),
        ("capacity: {machines: {instance: t3.small, zones: [a]}}\n", "capacity: machines", "a"),
        ("capacity: {machines: {instance: t3.small, zones: [a]}}\n", "capacity: fargate", "ab"),
    ],
)
def test_tasks_run_where_they_may_and_where_instances_are(capacity: str, written: str, zones: str) -> None:
    service = designed(START + capacity + web(written))[Ref(EcsService, "web")]
    assert [subnet.key for subnet in service.subnets] == list(zones)


def test_a_database_stands_where_it_is_told() -> None:
    database = "databases: {main: {engine: postgres 16, class: db.t4g.micro, standby: false, zone: b}}\n"
    assert designed(START + database)[Ref(DatabaseInstance, "main")].availability_zone == "eu-west-1b"
    elsewhere = database.replace(", zone: b", "")
    assert designed(START + elsewhere)[Ref(DatabaseInstance, "main")].availability_zone is None


@pytest.mark.parametrize(
    ("blueprint", "said"),
    [
        (
            MACHINES + web("capacity: machines, size: {cpu: 2049, memory: 512}"),
            "services.web.size.cpu: t3.small of the capacity machines has 2048 CPU units, and a task asks 2049",
        ),
        (
            MACHINES + web("capacity: machines, size: {cpu: 127, memory: 512}"),
            "services.web.size.cpu: a task has 128 CPU units at least, and this one 127",
        ),
        (
            MACHINES + web("capacity: machines, size: {cpu: 256, memory: 1897}"),
            "services.web.size.memory: t3.small of the capacity machines has about 1896 MiB for tasks beside its "
            "system, and a task asks 1897",
        ),
        (
            MACHINES + web("capacity: machines, architecture: arm64"),
            "services.web.architecture: t3.small of the capacity machines has an x86_64 processor, which does not run "
            "arm64 images; write architecture: x86_64, or another instance",
        ),
        (
            "capacity: {machines: {instance: t3.smal}}\n",
            'capacity.machines.instance: EC2 has no instance type "t3.smal"; sizes of this family: t3.nano, t3.micro',
        ),
        (
            "capacity: {machines: {instance: db.t3}}\n",
            'capacity.machines.instance: EC2 has no instance type "db.t3"',
        ),
    ],
)
def test_what_no_instance_could_run(blueprint: str, said: str) -> None:
    (problem,) = refused(START + blueprint)
    assert said in problem


def test_without_nat_instances_reach_nothing() -> None:
    (problem,) = refused(START.replace("[a, b]", "[a, b], nat: none") + MACHINES)
    assert "capacity.machines: EC2 capacity needs network.nat: tasks on instances get no public address" in problem


def test_names_have_to_be_legal_for_ecs() -> None:
    (problem,) = refused(START.replace("shop", "ecs-shop") + MACHINES)
    assert 'starts with "ecs", which AWS keeps for itself' in problem
