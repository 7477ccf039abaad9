"""The ECS cluster, and what its tasks run on: Fargate, Fargate Spot, EC2 instances."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.blueprint.validation.base import workloads
from groundplan.blueprint.workloads import Workload
from groundplan.design.capacity import add_capacity, provider
from groundplan.design.draft import Draft
from groundplan.design.logs import add_log_group
from groundplan.design.networking import task_tier
from groundplan.resources.base import Resource
from groundplan.resources.containers import (
    CapacityProviderShare,
    ClusterCapacityProviders,
    EcsCapacityProvider,
    EcsCluster,
    FargateProvider,
)
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import Subnet
from groundplan.resources.values import Ref

CLUSTER = Ref(EcsCluster, "main")
CAPACITY_PROVIDERS = Ref(ClusterCapacityProviders, "main")
FARGATE: Mapping[str, FargateProvider] = {"fargate": "FARGATE", "fargate-spot": "FARGATE_SPOT"}
"""What the blueprint calls the capacity providers that every account has."""
INSIGHTS_DAYS = 7
"""How long Container Insights keeps its events; the metrics made of them stay longer."""


def add_cluster(draft: Draft) -> None:
    """The cluster with its capacity. Nothing where nothing runs."""
    blueprint = draft.blueprint
    if not (blueprint.services or blueprint.jobs or blueprint.capacity):
        return
    cluster_name = draft.called("ecs_cluster", "cluster", "project")
    draft.add(
        EcsCluster(
            name="main",
            concern="services",
            cluster_name=cluster_name,
            container_insights=blueprint.insights,
            execute_command_log_group=_session_logs(draft),
            depends_on=_insights_logs(draft, cluster_name),
            tags=draft.name_tag("cluster"),
        )
    )
    draft.output("cluster", "Name of the ECS cluster", CLUSTER.attribute("id"))
    for name, capacity in blueprint.capacity.items():
        add_capacity(draft, name, capacity, CLUSTER)
    draft.add(
        ClusterCapacityProviders(
            name="main",
            concern="services",
            cluster=CLUSTER,
            capacity_providers=(*FARGATE.values(), *(provider(name) for name in blueprint.capacity)),
        )
    )


def _session_logs(draft: Draft) -> Ref[LogGroup] | None:
    """Where sessions of execute-command are recorded. A cluster that is not watched (insights) has it only where there
    can be a session."""
    entered = any(workload.execute_command for _, _, workload in workloads(draft.blueprint))
    if draft.blueprint.insights == "disabled" and not entered:
        return None
    return add_log_group(draft, "ecs_exec", "ecs_exec", 30, "services", "project")


def _insights_logs(draft: Draft, cluster_name: str) -> tuple[Ref[Resource], ...]:
    """ECS writes events there, and creates the group itself, for ever and unencrypted, where it does not exist."""
    if draft.blueprint.insights == "disabled":
        return ()
    full_name = f"/aws/ecs/containerinsights/{cluster_name}/performance"
    return (
        add_log_group(
            draft, "container_insights", "performance", INSIGHTS_DAYS, "services", "project", full_name=full_name
        ),
    )


def strategy(workload: Workload) -> tuple[CapacityProviderShare, ...]:
    """The capacity provider strategy of a service or job; empty on Fargate alone, which is a launch type of its own."""
    if set(workload.capacity) == {"fargate"}:
        return ()
    return tuple(
        CapacityProviderShare(capacity_provider=_provider(name), weight=share.weight, base=share.base)
        for name, share in workload.capacity.items()
    )


def _provider(name: str) -> FargateProvider | Ref[EcsCapacityProvider]:
    return FARGATE[name] if name in FARGATE else provider(name)


def before_tasks(workload: Workload) -> tuple[Ref[Resource], ...]:
    """A strategy names providers that the cluster has to have first."""
    return (CAPACITY_PROVIDERS,) if strategy(workload) else ()


def task_subnets(draft: Draft, workload: Workload) -> tuple[Ref[Subnet], ...]:
    """The subnets of a workload's zones; on instances those zones of them that have instances."""
    zones = draft.blueprint.network.zones
    chosen = [letter for letter in zones if workload.zones is None or letter in workload.zones]
    instances = [draft.blueprint.capacity[name] for name in workload.capacity if name in draft.blueprint.capacity]
    if instances:
        there = {letter for capacity in instances for letter in capacity.zones or zones}
        chosen = [letter for letter in chosen if letter in there]
    return tuple(Ref(Subnet, task_tier(draft), letter) for letter in chosen)
