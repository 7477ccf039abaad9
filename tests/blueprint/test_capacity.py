"""What tasks run on: strategies that ECS takes, of capacity that exists, in zones that have both."""

from __future__ import annotations

import pytest
from tests.blueprint.conftest import Problems

BASE = """\
project: shop
region: eu-west-1
network: {zones: [a, b]}
"""
INSTANCES = "capacity: {machines: {instance: t3.small}, spare: {instance: t3.small, spot: true}}\n"


def service(capacity: str, more: str = "") -> str:
    return f"services: {{web: {{image: {{repository: web}}, capacity: {capacity}{more}}}}}\n"


@pytest.mark.parametrize(
    "capacity",
    [
        "fargate",
        "fargate-spot",
        "machines",
        "{machines: 1, spare: 3}",
        "{fargate: {base: 2, weight: 1}, fargate-spot: 1000}",
        "{fargate: 0, fargate-spot: 1}",
    ],
)
def test_what_is_fine(capacity: str, problems: Problems) -> None:
    assert problems(BASE + INSTANCES + service(capacity)) == []


def test_jobs_are_looked_at_too(problems: Problems) -> None:
    job = "jobs: {night: {image: {repository: night}, schedule: rate(1 hour), capacity: machine}}\n"
    (problem,) = problems(BASE + INSTANCES + job)
    assert problem.endswith('jobs.night.capacity: there is no capacity "machine"; did you mean "machines"?')


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        ("fargate-spt", 'there is no capacity "fargate-spt"; did you mean "fargate-spot"?'),
        ("{}", "nothing would run anywhere; write fargate, fargate-spot or a name under capacity:"),
        (
            "{fargate: 1, machines: 1}",
            "ECS does not mix Fargate with EC2 instances in one strategy; keep either fargate or machines",
        ),
        (
            "{machines: {base: 1}, spare: {base: 2}}",
            "only one kind of capacity may have a base; machines and spare have one each",
        ),
        ("{machines: 0, spare: 0}", "all weights are 0, so that nothing could be started; give one of them more"),
        ("{machines: {base: 3, weight: 0}}", "all weights are 0"),
    ],
)
def test_strategies_that_ecs_refuses(capacity: str, said: str, problems: Problems) -> None:
    (problem,) = problems(BASE + INSTANCES + service(capacity))
    assert "services.web.capacity: " in problem
    assert said in problem


def test_twenty_kinds_of_capacity_are_the_most(problems: Problems) -> None:
    names = [f"c{number}" for number in range(21)]
    instances = f"capacity: {{{', '.join(f'{name}: {{instance: t3.small}}' for name in names)}}}\n"
    shares = [f"{name}: 1" for name in names]
    assert problems(BASE + instances + service(f"{{{', '.join(shares[:20])}}}")) == []
    (problem,) = problems(BASE + instances + service(f"{{{', '.join(shares)}}}"))
    assert problem.endswith("ECS takes 20 kinds of capacity in one strategy, and these are 21")


def test_tasks_and_instances_need_a_zone_in_common(problems: Problems) -> None:
    capacity = "capacity: {machines: {instance: t3.small, zones: [b]}}\n"
    assert problems(BASE + capacity + service("machines", ", zones: [a, b]")) == []
    (problem,) = problems(BASE + capacity + service("machines", ", zones: [a]"))
    assert problem.endswith(
        "services.web.zones: the instances of machines are in b, and the tasks may run in a only; "
        "give them a zone in common"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("volume: 29 GB", "machines.volume: the ECS-optimized image needs 30 GB, and this is 29 GB"),
        ("target: 0%", "machines.target: the target is a whole share of 1% to 100%, and is 0%"),
        ("target: 99.5%", "machines.target: the target is a whole share of 1% to 100%, and is 99.5%"),
        ("zones: [c]", "machines.zones: the network has no zone c; it has a, b"),
        ("min: 4", "min (4) must not be above max (3)"),
        ("instance: small", "machines.instance"),
    ],
)
def test_capacity_that_could_not_be(written: str, said: str, problems: Problems) -> None:
    instance = "" if written.startswith("instance") else "instance: t3.small, "
    (problem,) = problems(f"{BASE}capacity: {{machines: {{{instance}{written}}}}}\n")
    assert said in problem


def test_capacity_without_a_size_is_refused(problems: Problems) -> None:
    (problem,) = problems(f"{BASE}capacity: {{machines: {{min: 1}}}}\n")
    assert "capacity.machines" in problem
    assert "instance" in problem


def test_instances_are_not_called_like_fargate(problems: Problems) -> None:
    found = problems(f"{BASE}capacity: {{fargate-spot: {{instance: t3.small}}}}\n")
    assert found[0].endswith(
        "capacity.fargate-spot: fargate-spot is what AWS runs by itself; give the instances another name"
    )


def test_a_database_stands_in_a_zone_only_without_a_standby(problems: Problems) -> None:
    database = "databases: {main: {engine: postgres 16, class: db.t4g.micro, "
    assert problems(f"{BASE}{database}standby: false, zone: b}}}}\n") == []
    (problem,) = problems(f"{BASE}{database}zone: b}}}}\n")
    assert problem.endswith(
        "databases.main.zone: RDS chooses the zones of an instance with a standby; "
        "leave the zone out, or standby: false"
    )
    (problem,) = problems(f"{BASE}{database}standby: false, zone: c}}}}\n")
    assert problem.endswith("databases.main.zone: the network has no zone c; it has a, b")
