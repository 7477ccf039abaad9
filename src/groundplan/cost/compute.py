"""Amazon ECS on Fargate, Amazon ECR and what scaling brings with it.

Sources: https://aws.amazon.com/fargate/pricing/, https://aws.amazon.com/ecr/pricing/
"""

from __future__ import annotations

from decimal import Decimal

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.network import charge_public_addresses
from groundplan.cost.quantities import MONTH, amount, count, gigabytes
from groundplan.resources.containers import (
    ContainerRepository,
    EcsCluster,
    EcsService,
    TaskDefinition,
)
from groundplan.resources.scaling import ScalingPolicy

ALARMS_PER_POLICY = 2
"""Target tracking keeps one alarm to scale out and one to scale in.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
"""


def _services(bill: Bill, services: tuple[EcsService, ...]) -> None:
    for service in services:
        tasks = bill.tasks(service)
        spot = _spot_tasks(service, tasks)
        if tasks - spot or not spot:
            _charge_tasks(bill, service, tasks - spot, "task")
        if spot:
            _charge_tasks(bill, service, spot, "Spot task", discount="fargate.spot_discount_pct")
        if service.assign_public_ip:
            charge_public_addresses(bill, service, count(tasks, "task"))


def _spot_tasks(service: EcsService, tasks: int) -> int:
    """How many tasks run on Fargate Spot: bases first, the rest by weight, halves in favour of the dearer on-demand.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
    """
    if service.launch_type is not None:
        return 0
    spot, left = 0, tasks
    for share in service.capacity_providers:
        based = min(share.base, left)
        left -= based
        spot += based if share.capacity_provider == "FARGATE_SPOT" else 0
    weights = sum(share.weight for share in service.capacity_providers)
    weight = sum(share.weight for share in service.capacity_providers if share.capacity_provider == "FARGATE_SPOT")
    return spot + (left * weight // weights if weights else 0)


def _charge_tasks(bill: Bill, service: EcsService, tasks: int, noun: str, discount: str | None = None) -> None:
    task: TaskDefinition = bill.architecture[service.task_definition]
    arm = task.cpu_architecture == "ARM64"
    if arm and discount is not None:
        bill.add_unpriced(service, f"{count(tasks, noun).words}: no Fargate Spot price of ARM64 is known")
        return
    sku = "fargate.arm" if arm else "fargate"
    hours = count(tasks, noun)
    cpu, memory = Decimal(task.cpu) / 1024, Decimal(task.memory) / 1024
    bill.charge(service, f"{sku}.vcpu_hour", hours * amount(cpu, "vCPU") * MONTH, discount=discount)
    bill.charge(service, f"{sku}.gb_hour", hours * amount(memory, "GB") * MONTH, discount=discount)


def _clusters(bill: Bill, clusters: tuple[EcsCluster, ...]) -> None:
    for cluster in clusters:
        if cluster.container_insights == "disabled":
            bill.add_free(cluster, "a cluster on Fargate has no charge", "https://aws.amazon.com/ecs/pricing/")
        else:
            bill.add_unpriced(
                cluster,
                "Container Insights writes custom metrics: how many depends on the running services and tasks, "
                "and usage does not state it",
            )


def _repositories(bill: Bill, repositories: tuple[ContainerRepository, ...]) -> None:
    for repository in repositories:
        stored = bill.stored(repository)
        if stored is None:
            bill.add_unpriced(repository, f"usage.stored.{repository.name} is not stated: images are charged by size")
        else:
            bill.charge(repository, "ecr.storage.gb_month", gigabytes(stored), "usage")


def _policies(bill: Bill, policies: tuple[ScalingPolicy, ...]) -> None:
    for policy in policies:
        bill.charge(
            policy,
            "cloudwatch.alarm.month",
            count(ALARMS_PER_POLICY, "alarm of target tracking", "alarms of target tracking"),
        )


PRICERS = (
    pricer(EcsService, _services),
    pricer(EcsCluster, _clusters),
    pricer(ContainerRepository, _repositories),
    pricer(ScalingPolicy, _policies),
)
