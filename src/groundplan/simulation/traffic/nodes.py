"""How many nodes of an EKS cluster pods need over a day, and how much of them is requested.

Utilisation is what pods request of the CPU that nodes have to give, averaged over the day. Beside it stands what it
becomes when a zone is lost: of nodes in several zones, so much has to stay free that the others take its pods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from groundplan.catalog import autoscaling, instances
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.workloads import ServiceWorkload
from groundplan.simulation.traffic.report import Result

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import NDArray

RESERVED_CPU = (0.06, 0.01, 0.005, 0.005)
"""Share of the first, second, third and fourth CPU that an EKS node keeps for itself; of each further 0.25 %.
Source: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go (2026-11-21)"""
BEYOND = 0.0025


@dataclass(frozen=True)
class NodeUse:
    """The nodes of the group that a service runs on."""

    group: str
    instance: str
    nodes: NDArray[int64]
    """Of each minute."""
    requested: NDArray[float64]
    """Percent of the CPU that they have to give, of each minute."""
    zones: int
    burstable: bool

    @property
    def mean(self) -> float:
        """Percent, over the day."""
        return float((self.requested * self.nodes).sum() / self.nodes.sum())

    @property
    def after_zone(self) -> float:
        """Percent of what would be left when one zone is lost: above 100, pods wait for new nodes."""
        return self.mean * self.zones / (self.zones - 1) if self.zones > 1 else float("inf")

    def lines(self) -> Iterator[tuple[str, str]]:
        """What a person reads."""
        told = f"{self.nodes.min()} to {self.nodes.max()} {self.instance}, {self.nodes.mean():.1f} on average"
        yield "nodes", f"{told}; pods request {self.mean:.0f} % of their CPU"
        if self.zones > 1:
            yield "", f"without one of {self.zones} zones: {self.after_zone:.0f} % of what is left"
        if self.burstable:
            yield "", f"{self.instance} runs on CPU credits: what it uses above its baseline for long is charged"


class NodeData(TypedDict):
    """The nodes as JSON."""

    group: str
    instance: str
    least: int
    mean: float
    most: int
    requested_percent: float
    without_a_zone_percent: float | None
    burstable: bool


def to_data(use: NodeUse) -> NodeData:
    """The nodes as JSON data."""
    return {
        "group": use.group,
        "instance": use.instance,
        "least": int(use.nodes.min()),
        "mean": round(float(use.nodes.mean()), 2),
        "most": int(use.nodes.max()),
        "requested_percent": round(use.mean, 2),
        "without_a_zone_percent": round(use.after_zone, 2) if use.zones > 1 else None,
        "burstable": use.burstable,
    }


def allocatable(instance: instances.Instance) -> tuple[float, float] | None:
    """CPU units and MiB that a node of a type has for pods; None where its size is not known."""
    memory = instance.task_memory_mib()
    if instance.vcpu is None or memory is None:
        return None
    kept = sum(RESERVED_CPU[number] if number < len(RESERVED_CPU) else BEYOND for number in range(instance.vcpu))
    return (instance.vcpu - kept) * 1024, float(memory)


def node_use(architecture: Architecture, result: Result) -> NodeUse | None:
    """The nodes under the pods of a simulated service and its neighbours; None where it does not run on nodes.

    Neighbours run as many pods as they have at first. Nodes go ten minutes after nobody needs them. Needs numpy.
    """
    import numpy as np

    services = [each for each in architecture.workloads if isinstance(each, ServiceWorkload)]
    own = next((each for each in services if each.name == result.day.subject.name.replace("_", "-")), None)
    if own is None:
        return None
    group = _group(architecture, own)
    size = instances.find(group.instance_types[0]) if group else None
    room = allocatable(size) if size else None
    if group is None or size is None or room is None:
        return None
    length = len(result.day.paid) // 60 * 60
    pods = result.day.paid[:length].reshape(-1, 60).max(axis=1)
    neighbours = [each for each in services if each is not own and _group(architecture, each) is group]
    cpu = pods * own.pod.cpu + sum(each.replicas * each.pod.cpu for each in neighbours)
    memory = pods * own.pod.memory + sum(each.replicas * each.pod.memory for each in neighbours)
    needed = np.maximum(np.ceil(cpu / room[0]), np.ceil(memory / room[1]))
    nodes = np.clip(_kept(needed), max(group.min_size, 1), group.max_size).astype(np.int64)
    return NodeUse(
        group=group.nodegroup_name,
        instance=size.name,
        nodes=nodes,
        requested=np.minimum(cpu / (nodes * room[0]) * 100, 100.0),
        zones=len({architecture[subnet].availability_zone for subnet in group.subnets}),
        burstable=bool(size.burstable),
    )


def _group(architecture: Architecture, service: ServiceWorkload) -> NodeGroup | None:
    """The group that its pods run on: the one it names, else the first without taints."""
    groups = architecture.of(NodeGroup)
    if service.node_group is not None:
        return next((group for group in groups if service.node_group in (group.name, group.nodegroup_name)), None)
    return next((group for group in groups if not group.taints), None)


def _kept(needed: NDArray[float64]) -> NDArray[float64]:
    """The most that was needed in the time that an unneeded node stays."""
    import numpy as np

    minutes = int(autoscaling.value("node_unneeded")) // 60
    padded = np.concatenate([np.full(minutes, needed[0]), needed])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, minutes + 1).max(axis=1))
