"""Amazon EKS: where services run with ``platform: eks``."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from groundplan.blueprint.base import Cidr, Name, Part, PrincipalArn, ZoneLetter
from groundplan.units import DataSize, Duration

InstanceType = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$")]
"""An EC2 instance type, like ``t3.large``."""
Taint = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9./-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$"),
]
"""A Kubernetes taint, like ``dedicated=batch:NoSchedule``."""


class NodeGroup(Part):
    """EC2 instances that pods run on: a managed node group, scaled by the Cluster Autoscaler."""

    instances: list[InstanceType] = Field(min_length=1)
    """Instance types, the wanted one first. With ``spot`` several make it less likely that none can be had."""
    desired: int = Field(default=2, ge=0, le=450)
    """Nodes at the first deployment; the Cluster Autoscaler moves it later."""
    min: int = Field(default=1, ge=0)
    """Fewest nodes."""
    max: int = Field(default=4, ge=1, le=450)
    """Most nodes: 450 at most, what EKS allows a node group."""
    spot: bool = False
    """Spot instances: up to 90 % less, and may be taken away with two minutes of warning."""
    volume: DataSize = DataSize(50 * 1024)
    """Root volume of a node (gp3, encrypted), 20 GB at least: images and what pods write beside volumes."""
    zones: list[ZoneLetter] | None = Field(default=None, min_length=1)
    """Zones of the nodes. Default: all of the network."""
    taints: list[Taint] = Field(default=[])
    """Only pods that tolerate them run here; services that name the node group do."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.desired <= self.max:
            raise ValueError(f"desired ({self.desired}) has to lie between min ({self.min}) and max ({self.max})")
        return self


class Kubernetes(Part):
    """An Amazon EKS cluster with its node groups, add-ons and access."""

    name: str | None = None
    """What the cluster is called in AWS behind the project's name. Default: ``cluster``."""
    version: str = "1.35"
    """Kubernetes version in standard support. When that ends, AWS upgrades the cluster to the next version."""
    extended: bool = False
    """Whether the version may be one in extended support, for 0.60 instead of 0.10 USD an hour, about 438 instead of 73
    USD a month; and whether the cluster enters it, instead of being upgraded."""
    nodes: dict[Name, NodeGroup] = Field(default={})
    """Node groups, one at least. Services without ``nodes`` run on any that has no taints; where every group has some,
    nothing could run on its own and the blueprint is refused."""
    allow: list[Cidr] = Field(default=[])
    """Addresses that may reach the Kubernetes API from the internet. Empty: it is reached from inside the VPC only."""
    admins: list[PrincipalArn] = Field(default=[])
    """ARNs of IAM roles or users that administer the cluster (access entries). Nobody else gets in, also not who
    created it."""
    viewers: list[PrincipalArn] = Field(default=[])
    """ARNs of IAM roles or users that may look at everything in the application's namespace except its secrets."""
    logs: Duration = Duration(90 * 86400)
    """How long the control plane's logs are kept: API server, audit, authenticator, controller manager, scheduler."""
    autoscaler: bool = True
    """Whether the Cluster Autoscaler changes the number of nodes."""
    insights: bool = False
    """Whether CloudWatch Container Insights watches the cluster (the CloudWatch Observability add-on). It is paid by
    observation, 0.21 USD a million, and by the logs that it writes."""
    monitoring: bool = True
    """Whether Prometheus, Alertmanager and Grafana run in the cluster, with dashboards and alert rules made from the
    blueprint."""


class Volume(Part):
    """A volume that a service keeps data on (``platform: eks``)."""

    path: str = Field(pattern=r"^/")
    """Where the container finds it."""
    size: DataSize
    """Its size: an EBS volume (gp3, encrypted) for each pod, which keeps its pod in one zone."""
    shared: bool = False
    """One Amazon EFS file system for all pods instead, over all zones; ``size`` is then no limit."""
