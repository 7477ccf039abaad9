"""EC2 capacity: instances of an Auto Scaling group that ECS tasks run on."""

from typing import Self

from pydantic import Field, model_validator

from groundplan.blueprint.base import Part, ZoneLetter
from groundplan.units import DataSize, Percentage


class Capacity(Part):
    """An Auto Scaling group of EC2 instances that joins the cluster as a capacity provider.

    Instances run the ECS-optimized Amazon Linux 2023 image, demand IMDSv2, have encrypted volumes, no open port and no
    key pair: a shell is opened with AWS Systems Manager Session Manager. A new instance takes the newest image; ``aws
    autoscaling start-instance-refresh`` with ``ScaleInProtectedInstances=Refresh`` renews those that run. They stand
    in private subnets, so that the network needs NAT.
    """

    instance: str = Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$")
    """EC2 instance type, like ``t3.small``. Its processor decides the architecture of what runs there."""
    min: int = Field(default=1, ge=0)
    """Fewest instances. Each is paid for by the hour, with its volume and its metrics, whether or not it is used."""
    max: int = Field(default=3, ge=1)
    """Most instances."""
    spot: bool = False
    """Spot instances: up to 90 % less, and may be taken away with two minutes of warning."""
    volume: DataSize = DataSize(30 * 1024)
    """Root volume (gp3, encrypted). The ECS-optimized image needs 30 GB."""
    target: Percentage = Percentage.parse("100%")
    """Share of the instances that ECS tries to keep in use (managed scaling), in whole percent: below 100 % leaves
    room for new tasks."""
    zones: list[ZoneLetter] | None = Field(default=None, min_length=1)
    """Zones of the instances. Default: all of the network."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) must not be above max ({self.max})")
        return self
