"""Amazon ECS on Fargate and on EC2 instances, Amazon ECR and what scaling brings with it.

Sources: https://aws.amazon.com/fargate/pricing/, https://aws.amazon.com/ec2/pricing/on-demand/,
https://aws.amazon.com/ecr/pricing/
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

from groundplan.catalog import instances
from groundplan.cost.bill import Bill, pricer
from groundplan.cost.instances import charge_credits, charge_instances
from groundplan.cost.network import charge_between_regions, charge_public_addresses
from groundplan.cost.quantities import amount, count, gigabytes
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import (
    ContainerRepository,
    EcsCapacityProvider,
    EcsCluster,
    EcsService,
    FargateProvider,
    RegistryReplication,
    TaskDefinition,
)
from groundplan.resources.scaling import ScalingPolicy
from groundplan.resources.values import Ref

METRICS_PER_INSTANCE = 7
"""What detailed monitoring of an EC2 instance is charged as.

Source: https://aws.amazon.com/cloudwatch/pricing/ (example of EC2 detailed monitoring: 7 metrics per instance)
"""
ALARMS_PER_POLICY = 2
"""Target tracking keeps one alarm to scale out and one to scale in.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
"""


def _services(bill: Bill, services: tuple[EcsService, ...]) -> None:
    for service in services:
        tasks = bill.tasks(service)
        placed = _placed(bill, service, tasks)
        spot = placed.get("FARGATE_SPOT", 0)
        on_demand = placed.get("FARGATE", 0)
        if any(isinstance(provider, Ref) for provider in placed):
            why = "its tasks run on instances, which are charged with their Auto Scaling group"
            bill.add_free(service, why, "https://aws.amazon.com/ecs/pricing/")
            continue
        if on_demand or not spot:
            _charge_tasks(bill, service, on_demand, "task")
        if spot:
            _charge_tasks(bill, service, spot, "Spot task", discount="fargate.spot_discount_pct")
        if service.assign_public_ip:
            charge_public_addresses(bill, service, count(tasks, "task"), bill.hours(service))


Provider = FargateProvider | Ref[EcsCapacityProvider]


def _placed(bill: Bill, service: EcsService, tasks: int) -> dict[Provider, int]:
    """How many tasks run on which capacity: bases first, the rest by weight, halves in favour of what is no Spot.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
    """
    shares = service.capacity_providers
    if service.launch_type is not None or not shares:
        return {"FARGATE": tasks}
    placed: dict[Provider, int] = {share.capacity_provider: 0 for share in shares}
    left = tasks
    for share in shares:
        based = min(share.base, left)
        left -= based
        placed[share.capacity_provider] += based
    weights = sum(share.weight for share in shares)
    rest = left
    for share in shares if weights else ():
        taken = left * share.weight // weights
        placed[share.capacity_provider] += taken
        rest -= taken
    weighted = [share.capacity_provider for share in shares if share.weight] or [shares[0].capacity_provider]
    steady = [provider for provider in weighted if not _is_spot(bill, provider)]
    placed[(steady or weighted)[0]] += rest
    return placed


def _is_spot(bill: Bill, provider: Provider) -> bool:
    if isinstance(provider, str):
        return provider == "FARGATE_SPOT"
    return bill.architecture[bill.architecture[provider].auto_scaling_group].spot


def _charge_tasks(bill: Bill, service: EcsService, tasks: int, noun: str, discount: str | None = None) -> None:
    task: TaskDefinition = bill.architecture[service.task_definition]
    arm = task.cpu_architecture == "ARM64"
    if arm and discount is not None:
        why = f"{count(tasks, noun).words}: no Fargate Spot price of ARM64 is known"
        bill.add_unpriced(service, why, lacks_price=True, sku=discount)
        return
    sku = "fargate.arm" if arm else "fargate"
    hours, running = count(tasks, noun), bill.hours(service)
    cpu, memory = Decimal(task.cpu) / 1024, Decimal(task.memory) / 1024
    bill.charge(service, f"{sku}.vcpu_hour", hours * amount(cpu, "vCPU") * running, discount=discount)
    bill.charge(service, f"{sku}.gb_hour", hours * amount(memory, "GB") * running, discount=discount)


def _groups(bill: Bill, groups: tuple[AutoScalingGroup, ...]) -> None:
    """Instances by the hour and their volumes; as many as the tasks on them need, between the group's bounds."""
    for group in groups:
        template = bill.architecture[group.launch_template]
        name = template.instance_type
        running = _instances(bill, group, name)
        hosts = count(running, f"{name} instance")
        charge_instances(bill, group, name, hosts, spot=group.spot)
        volumes = count(running, f"{template.volume_type} volume") * amount(template.volume_size, "GB")
        bill.charge(group, f"ebs.{template.volume_type}.gb_month", bill.while_running(group, volumes))
        if template.detailed_monitoring:
            metrics = hosts * count(METRICS_PER_INSTANCE, "metric")
            bill.charge(group, "cloudwatch.custom_metric.month", bill.while_running(group, metrics))
    charge_credits(bill, ((group, bill.architecture[group.launch_template].instance_type) for group in groups))


def _instances(bill: Bill, group: AutoScalingGroup, name: str) -> int:
    """How many instances managed scaling keeps, where CPU units and memory decide and nothing is lost between tasks."""
    instance = instances.find(name)
    cpu = memory = target = 0
    for provider in bill.architecture.of(EcsCapacityProvider):
        if provider.auto_scaling_group != group.ref:
            continue
        target = provider.target_capacity
        for service in bill.architecture.of(EcsService):
            tasks = _placed(bill, service, bill.tasks(service)).get(provider.ref, 0)
            task = bill.architecture[service.task_definition]
            cpu, memory = cpu + tasks * task.cpu, memory + tasks * task.memory
    room = instance.task_memory_mib() if instance else None
    if instance is None or not instance.vcpu or not room or not target:
        return group.min_size
    needed = max(Fraction(cpu, instance.vcpu * 1024), Fraction(memory, room)) * 100 / target
    return min(max(group.min_size, ceil(needed)), group.max_size)


def _clusters(bill: Bill, clusters: tuple[EcsCluster, ...]) -> None:
    watched = []
    for cluster in clusters:
        if cluster.container_insights == "disabled":
            bill.add_free(cluster, "a cluster has no charge of its own", "https://aws.amazon.com/ecs/pricing/")
        else:
            watched.append(cluster)
    if watched and bill.usage.metrics is not None:
        metrics = amount(bill.usage.metrics, "custom metrics of Container Insights")
        bill.charge(tuple(watched), "cloudwatch.custom_metric.month", metrics, "usage")
        return
    for cluster in watched:
        bill.add_unpriced(
            cluster,
            "usage.metrics is not stated: Container Insights writes custom metrics, and how many depends on the "
            "running services and tasks",
        )


def _registry_replications(bill: Bill, replications: tuple[RegistryReplication, ...]) -> None:
    charge_between_regions(bill, replications, replications, "each new image is transferred to the other region")


def _repositories(bill: Bill, repositories: tuple[ContainerRepository, ...]) -> None:
    for repository in repositories:
        stored = bill.stored(repository)
        if stored is None:
            bill.add_unpriced(repository, f"{bill.not_stated(repository)}: images are charged by size")
        else:
            bill.charge(repository, "ecr.storage.gb_month", gigabytes(stored), "usage")


def _capacity_providers(bill: Bill, providers: tuple[EcsCapacityProvider, ...]) -> None:
    """Managed scaling itself has no charge; ECS keeps two alarms of a target tracking policy for it.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
    """
    for provider in providers:
        alarms = count(ALARMS_PER_POLICY, "alarm of managed scaling", "alarms of managed scaling")
        bill.charge(provider, "cloudwatch.alarm.month", alarms)


def _policies(bill: Bill, policies: tuple[ScalingPolicy, ...]) -> None:
    """An alarm on metric math is charged for each of its metrics."""
    for policy in policies:
        alarms = count(ALARMS_PER_POLICY, "alarm of target tracking", "alarms of target tracking")
        if policy.metric:
            alarms *= count(len(policy.metric.metrics), "metric", "metrics")
        bill.charge(policy, "cloudwatch.alarm.month", alarms)


PRICERS = (
    pricer(EcsService, _services),
    pricer(AutoScalingGroup, _groups),
    pricer(EcsCluster, _clusters),
    pricer(ContainerRepository, _repositories),
    pricer(RegistryReplication, _registry_replications),
    pricer(EcsCapacityProvider, _capacity_providers),
    pricer(ScalingPolicy, _policies),
)
