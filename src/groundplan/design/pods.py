"""Services and jobs on EKS, as far as they are AWS's affair: images, logs, rights, and the way to what they need.

What runs in the cluster itself stands in :mod:`groundplan.design.workloads`.
"""

from __future__ import annotations

from groundplan.blueprint.services import Service
from groundplan.blueprint.validation.base import workloads
from groundplan.blueprint.workloads import Workload
from groundplan.catalog import instances
from groundplan.catalog.instances import Instance
from groundplan.design import routing
from groundplan.design.access import add_pod_role
from groundplan.design.draft import Draft, identifier
from groundplan.design.kubernetes import CLUSTER, namespace, trust
from groundplan.design.security_groups import CLUSTER as GROUP
from groundplan.design.security_groups import allow, group_of
from groundplan.design.tasks import add_repository, port_of
from groundplan.resources.base import Concern
from groundplan.resources.kubernetes import PodIdentityAssociation
from groundplan.resources.security import Role
from groundplan.resources.values import Ref


def service_account(name: str) -> str:
    """The service account of a service or job: its name as Kubernetes takes it."""
    return name.replace("_", "-")


def add_pods(draft: Draft) -> None:
    """For every service and job its repository, log group and role, and rules for what it needs."""
    for family, name, workload in workloads(draft.blueprint):
        place = f"{family}.{name}"
        _check_node(draft, place, workload)
        add_repository(draft, workload.image.repository)
        routing.add_groups(draft, name, workload, place)
        role = add_pod_role(draft, name, workload, trust(draft))
        associate(draft, identifier(name), namespace(draft), service_account(name), role)
        for need in workload.needs:
            port, what = port_of(draft, need.name)
            if need.name in draft.blueprint.services:
                if port is None:
                    draft.problem(
                        f"services.{need.name}", "other services need it, but it has no port that they could call"
                    )
            elif port:
                allow(draft, GROUP, group_of(need.name), port, f"Pods to {what} {need.name}")


def associate(
    draft: Draft, name: str, namespace: str, account: str, role: Ref[Role], concern: Concern = "services"
) -> None:
    """Give pods of a service account the rights of a role."""
    draft.add(
        PodIdentityAssociation(
            name=name,
            concern=concern,
            cluster=CLUSTER,
            namespace=namespace,
            service_account=account,
            role=role,
            tags=draft.name_tag(account),
        )
    )


def _check_node(draft: Draft, place: str, workload: Workload) -> None:
    """Report a pod that no node could take: other processor, too many CPU units, too much memory.

    Any instance type of a group may be the one that is started, so that the pod has to fit each of them.
    """
    groups = draft.blueprint.kubernetes.nodes
    wanted = workload.nodes if isinstance(workload, Service) else None
    chosen = {
        name: [found for each in group.instances if (found := instances.ec2_types().get(each))]
        for name, group in groups.items()
        if (name == wanted if wanted else not group.taints)
    }
    if not any(chosen.values()):
        return
    same = {
        name: machines
        for name, machines in chosen.items()
        if all(machine.architecture in (None, workload.architecture) for machine in machines)
    }
    if not same:
        listed = ", ".join(f"{name} ({machines[0].architecture})" for name, machines in chosen.items() if machines)
        draft.problem(
            f"{place}.architecture",
            f"its nodes run no {workload.architecture} images: {listed}; write another architecture, or nodes: with a "
            "group that does",
        )
        return
    for what, unit, asked, room in (
        ("cpu", "CPU units", workload.size.cpu, _cpu),
        ("memory", "MiB", workload.size.memory, _memory),
    ):
        largest = max((min(map(room, machines)) for machines in same.values() if machines), default=0)
        if largest and asked > largest:
            draft.problem(
                f"{place}.size.{what}",
                f"a pod asks {asked} {unit}, and the nodes of {' and '.join(same)} have about {largest} for pods; "
                "write less, or larger instances",
            )


RESERVED_CPU = 60 + 10
"""Thousandths of a CPU that a node of two CPUs keeps: 6 % of the first and 1 % of the second.
Source: https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html"""


def _cpu(machine: Instance) -> int:
    """CPU units of a node for pods, about; 0 where nothing is known."""
    return 0 if machine.vcpu is None else int(machine.vcpu * 1024 - RESERVED_CPU * 1.024)


def _memory(machine: Instance) -> int:
    """MiB of a node for pods, about: what an ECS instance has for tasks is a little more than it."""
    return machine.task_memory_mib() or 0
