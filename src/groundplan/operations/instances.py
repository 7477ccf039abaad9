"""Instances of Auto Scaling groups, which ECS protects from termination and leaves protected.

Source: https://github.com/aws/containers-roadmap/issues/2862
"""

from __future__ import annotations

from groundplan.resources.compute import AutoScalingGroup
from groundplan.targets.connection import Connection, explained

AT_A_TIME = 50
"""Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html"""


def release(connection: Connection, group: AutoScalingGroup, region: str) -> int:
    """Take scale-in protection off the instances of a group, without which it cannot be deleted. Returns how many."""
    with explained(f"Releasing the instances of {group.address}"):
        client, name = connection.autoscaling(region), group.auto_scaling_group_name
        found = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        protected = [
            instance["InstanceId"]
            for each in found
            for instance in each["Instances"]
            if instance["ProtectedFromScaleIn"]
        ]
        for start in range(0, len(protected), AT_A_TIME):
            client.set_instance_protection(
                AutoScalingGroupName=name,
                InstanceIds=protected[start : start + AT_A_TIME],
                ProtectedFromScaleIn=False,
            )
    return len(protected)
