"""EC2 instances: instance profiles, launch templates, Auto Scaling groups."""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.security import Role
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class InstanceProfile(Resource):
    """What carries a role into an EC2 instance."""

    title: ClassVar[str] = "instance profile"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    # CloudFormation takes no tags on it: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-instanceprofile.html
    taggable: ClassVar[bool] = False
    instance_profile_name: str
    role: Ref[Role]


@dataclass(frozen=True, kw_only=True)
class LaunchTemplate(Resource):
    """How an instance is started. Its tags stand on instances and volumes as well."""

    title: ClassVar[str] = "launch template"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "latest_version"})
    launch_template_name: str
    image_id: str
    """An AMI, or ``resolve:ssm:<parameter>``, which EC2 looks up whenever it starts an instance.
    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html"""
    instance_type: str
    instance_profile: Ref[InstanceProfile]
    security_groups: tuple[Ref[SecurityGroup], ...]
    root_device_name: str = "/dev/xvda"
    volume_size: int
    """GiB of the root volume."""
    volume_type: Literal["gp3", "gp2"] = "gp3"
    volume_encrypted: bool = True
    http_tokens: Literal["required", "optional"] = "required"
    """``required``: instance metadata only with a session token (IMDSv2)."""
    http_put_response_hop_limit: int = 1
    """Hops that a session token may travel. 1: it does not reach containers behind a bridge."""
    detailed_monitoring: bool = True
    """Metrics each minute, which managed scaling asks for, instead of every five."""
    user_data: Textual
    """The script that runs at the first start, as plain text."""


@dataclass(frozen=True, kw_only=True)
class AutoScalingGroup(Resource):
    """Instances of one launch template over several subnets. How many run, whoever scales the group says."""

    title: ClassVar[str] = "Auto Scaling group"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    auto_scaling_group_name: str
    launch_template: Ref[LaunchTemplate]
    subnets: tuple[Ref[Subnet], ...]
    min_size: int
    max_size: int
    scheduled: bool = False
    """Whether schedules set ``min_size``, so that it counts at creation only."""
    spot: bool = False
    """Whether every instance is a Spot instance; the group replaces one that AWS is about to take back."""
    new_instances_protected_from_scale_in: bool = True
    """What managed termination protection demands."""
