"""Several containers in a task: what ECS refuses, and neighbours of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.checks.planting import Bad, Good, change, change_container, identify

from groundplan.resources.containers import ContainerDependency, FirelensConfiguration, TaskDefinition
from groundplan.resources.monitoring import Alarm, LogGroup
from groundplan.resources.scaling import ScalingPolicy
from groundplan.resources.values import Ref

TASK = "task_definition.reports"
LOGS = Ref(LogGroup, "reports")

BAD = (
    Bad(
        "GP-VAL-080",
        change_container("reports", depends_on=(ContainerDependency("migration", "SUCCESS"),)),
        TASK,
        ("waits for migration, which the task does not have",),
    ),
    Bad(
        "GP-VAL-080",
        change_container("reports", depends_on=(ContainerDependency("migrations", "HEALTHY"),)),
        TASK,
        ("migrations to be healthy", "no health_check"),
    ),
    Bad(
        "GP-VAL-080",
        change_container("reports", depends_on=(ContainerDependency("log-router", "COMPLETE"),)),
        TASK,
        ("the end of log-router, which is essential",),
    ),
    Bad(
        "GP-VAL-080",
        change_container("reports", depends_on=(ContainerDependency("reports", "START"),)),
        TASK,
        ("in a circle",),
    ),
    Bad("GP-VAL-081", change_container("api", log_group=None), "task_definition.api", ("api to a log router",)),
    Bad(
        "GP-VAL-081",
        change_container("reports", firelens=FirelensConfiguration(), log_group=LOGS),
        TASK,
        ("2 log routers (reports and log-router)",),
    ),
    Bad(
        "GP-VAL-081",
        change_container("worker", firelens=FirelensConfiguration(), log_group=None),
        "task_definition.worker",
        ("sends its own logs to it",),
    ),
    Bad("GP-VAL-082", change_container("reports", cpu=513), TASK, ("has cpu 512, and its containers reserve 513",)),
    Bad(
        "GP-VAL-082",
        change_container("reports", memory=1025, memory_reservation=1000),
        TASK,
        ("has memory 1024, and its containers reserve 1064",),
    ),
    Bad("GP-VAL-082", change_container("reports", memory_reservation=512), TASK, ("less than memory 512 is right",)),
    Bad(
        "GP-VAL-032",
        change(ScalingPolicy, "api-backlog", metric=None),
        "scaling_policy.api-backlog",
        ("a predefined metric and metric math, or neither",),
    ),
    Bad("GP-OPS-003", change(Alarm, "api-scale-out", scales=()), "alarm.api-scale-out", ("has no actions",)),
)

GOOD = (
    Good("GP-VAL-080", change_container("reports", depends_on=(ContainerDependency("migrations", "COMPLETE"),))),
    Good("GP-VAL-081", change_container("reports", log_group=LOGS)),
    Good("GP-VAL-082", change(TaskDefinition, "reports", cpu=256, memory=512)),
    Good("GP-VAL-032", change(ScalingPolicy, "api-backlog", target_value=Decimal(5000))),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
