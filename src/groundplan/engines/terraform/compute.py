"""EC2 instances in Terraform: instance profiles, launch templates, Auto Scaling groups."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Block, Call, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.compute import AutoScalingGroup, InstanceProfile, LaunchTemplate
from groundplan.resources.kubernetes import NodeLaunchTemplate

FILE = "compute.tf"


def _instance_profile(profile: InstanceProfile, context: Context) -> dict[str, object]:
    return {"role": Expression(f"{context.address(profile.role)}.name")}


def _launch_template(template: LaunchTemplate, context: Context) -> dict[str, object]:
    return {
        "image_id": template.image_id,
        "instance_type": template.instance_type,
        "vpc_security_group_ids": [context.refer(group) for group in template.security_groups],
        "update_default_version": True,
        "user_data": Call("base64encode", context.value(template.user_data)),
    }


def disk_and_metadata(template: LaunchTemplate | NodeLaunchTemplate, context: Context) -> Iterator[Block]:
    """The blocks for the root volume, and for who may ask an instance's metadata."""
    volume = {
        "volume_size": template.volume_size,
        "volume_type": template.volume_type,
        "encrypted": template.volume_encrypted,
        "delete_on_termination": True,
    }
    device = {"device_name": template.root_device_name}
    yield context.block("block_device_mappings", device, context.block("ebs", volume))
    yield context.block(
        "metadata_options",
        {
            "http_endpoint": "enabled",
            "http_tokens": template.http_tokens,
            "http_put_response_hop_limit": template.http_put_response_hop_limit,
        },
    )


def _launch_template_blocks(template: LaunchTemplate, context: Context) -> Iterator[Block]:
    yield context.block("iam_instance_profile", {"arn": template.instance_profile.arn})
    yield from disk_and_metadata(template, context)
    yield context.block("monitoring", {"enabled": template.detailed_monitoring})
    # The provider's default tags do not reach what a template starts. The group tags its instances; their volumes are
    # tagged here.
    tags = {**context.architecture.tags, **template.tags}
    if tags:
        yield context.block("tag_specifications", {"resource_type": "volume", "tags": tags})


def _group(group: AutoScalingGroup, context: Context) -> dict[str, object]:
    return {
        "vpc_zone_identifier": [context.refer(subnet) for subnet in group.subnets],
        "min_size": group.min_size,
        "max_size": group.max_size,
        "protect_from_scale_in": group.new_instances_protected_from_scale_in,
        "capacity_rebalance": True if group.spot else None,
        "enabled_metrics": list(_METRICS),
        # Protected instances would let no other way of deletion come to an end.
        "force_delete": True,
    }


_METRICS = (
    "GroupMinSize", "GroupMaxSize", "GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances",
    "GroupTerminatingInstances", "GroupTotalInstances",
)  # fmt: skip
"""Metrics of the group itself, free of charge.
Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html"""


def _group_blocks(group: AutoScalingGroup, context: Context) -> Iterator[Block]:
    template, version = group.launch_template, group.launch_template.attribute("latest_version")
    if group.spot:
        yield context.block(
            "mixed_instances_policy",
            {},
            context.block(
                "launch_template",
                {},
                context.block(
                    "launch_template_specification",
                    {"launch_template_id": template.attribute("id"), "version": version},
                ),
            ),
            context.block(
                "instances_distribution",
                {
                    "on_demand_base_capacity": 0,
                    "on_demand_percentage_above_base_capacity": 0,
                    "spot_allocation_strategy": "price-capacity-optimized",
                },
            ),
        )
    else:
        yield context.block("launch_template", {"id": template.attribute("id"), "version": version})
    # Where the launch template changed, new instances take over from the old ones, which ECS drains first.
    preferences = {
        "min_healthy_percentage": 100,
        "max_healthy_percentage": 200,
        "scale_in_protected_instances": "Refresh",
    }
    yield context.block("instance_refresh", {"strategy": "Rolling"}, context.block("preferences", preferences))
    for key, value in {**context.architecture.tags, **group.tags}.items():
        yield context.block("tag", {"key": key, "value": value, "propagate_at_launch": True})


def _before_group(group: AutoScalingGroup, context: Context) -> Iterator[str]:
    """Without its rights an instance does not find its cluster."""
    template = context.architecture[group.launch_template]
    yield from after_policies([context.architecture[template.instance_profile].role], context)


ROWS = (
    Row(
        InstanceProfile,
        "aws_iam_instance_profile",
        "iam.tf",
        attributes={"id": "name", "arn": "arn"},
        rename={"instance_profile_name": "name"},
        arguments=_instance_profile,
        written=frozenset({"role"}),
        section=1,
    ),
    Row(
        LaunchTemplate,
        "aws_launch_template",
        FILE,
        attributes={"id": "id", "latest_version": "latest_version"},
        numbers=frozenset({"latest_version"}),
        rename={"launch_template_name": "name"},
        arguments=_launch_template,
        blocks=_launch_template_blocks,
        written=frozenset(
            {
                "image_id", "instance_type", "instance_profile", "security_groups", "root_device_name", "volume_size",
                "volume_type", "volume_encrypted", "http_tokens", "http_put_response_hop_limit", "detailed_monitoring",
                "user_data",
            }
        ),
        section=1,
    ),
    Row(
        AutoScalingGroup,
        "aws_autoscaling_group",
        FILE,
        attributes={"id": "name", "arn": "arn"},
        rename={"auto_scaling_group_name": "name"},
        arguments=_group,
        blocks=_group_blocks,
        written=frozenset(
            {
                "launch_template", "subnets", "min_size", "max_size", "scheduled", "spot",
                "new_instances_protected_from_scale_in",
            }
        ),
        ignore_changes=lambda group: ("min_size",) if group.scheduled else (),
        ignored_because="Schedules change it.",
        tags_argument=False,
        waits_for=_before_group,
        section=2,
    ),
)  # fmt: skip
