"""The network of an application."""

from ipaddress import IPv4Network
from typing import Literal

from pydantic import Field

from groundplan.blueprint.base import Cidr, Part, ZoneLetter
from groundplan.units import Duration

Tier = Literal["public", "private", "database"]


class Network(Part):
    """The VPC, its subnets by tier and zone, and how they reach the internet and AWS."""

    cidr: Cidr = IPv4Network("10.0.0.0/16")
    """The address range of the VPC: a private range between /16 and /28."""
    zones: list[ZoneLetter] = Field(default=["a", "b"], min_length=1, max_length=6)
    """Letters of the availability zones. A zone added later moves nothing."""
    name: str | None = None
    """What the VPC is called behind the project's title. Default: the environment's name."""
    subnets: dict[Tier, dict[ZoneLetter, Cidr]] = Field(default={})
    """Address ranges by tier and zone letter. What is left out is planned from the VPC's range."""
    nat: Literal["per-zone", "single", "none"] = "per-zone"
    """NAT gateways: one in each zone (survives the loss of a zone), one for all, or none (tasks get public
    addresses)."""
    endpoints: list[str] = Field(default=["s3"])
    """AWS services reached without the internet: ``s3`` and ``dynamodb`` through gateways (free), others (``ecr.api``,
    ``ecr.dkr``, ``logs``, ``secretsmanager``, ``kms``, ...) through interfaces (paid per zone and hour)."""
    flow_logs: Duration | None = Duration(30 * 86400)
    """How long flow logs are kept; ``null`` records none."""
    acls: bool = True
    """Whether each tier has a network ACL of its own that admits only what the tier needs."""
