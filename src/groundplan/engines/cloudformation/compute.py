"""EC2 instances in CloudFormation: instance profiles, launch templates, Auto Scaling groups."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.engines.cloudformation.rows import RETURNED, Row, Symbolic, key_values
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup, InstanceProfile, LaunchTemplate
from groundplan.resources.kubernetes import NodeLaunchTemplate


def _instance_profile(profile: InstanceProfile, _: Architecture) -> dict[str, object]:
    return {"Roles": [profile.role]}


def disk_and_metadata(template: LaunchTemplate | NodeLaunchTemplate) -> dict[str, object]:
    """The properties for the root volume, and for who may ask an instance's metadata."""
    volume = {
        "VolumeSize": template.volume_size, "VolumeType": template.volume_type,
        "Encrypted": template.volume_encrypted, "DeleteOnTermination": True,
    }  # fmt: skip
    return {
        "BlockDeviceMappings": [{"DeviceName": template.root_device_name, "Ebs": volume}],
        "MetadataOptions": {
            "HttpEndpoint": "enabled",
            "HttpTokens": template.http_tokens,
            "HttpPutResponseHopLimit": template.http_put_response_hop_limit,
        },
    }


def _launch_template(template: LaunchTemplate, architecture: Architecture) -> dict[str, object]:
    tags = {**architecture.tags, **template.tags}
    return {
        "LaunchTemplateData": {
            "ImageId": template.image_id,
            "InstanceType": template.instance_type,
            "IamInstanceProfile": {"Arn": template.instance_profile.arn},
            "SecurityGroupIds": template.security_groups,
            **disk_and_metadata(template),
            "Monitoring": {"Enabled": template.detailed_monitoring},
            "UserData": {"Fn::Base64": template.user_data},
            # The group tags its instances; their volumes are tagged here.
            "TagSpecifications": [{"ResourceType": "volume", "Tags": key_values(tags)}],
        }
    }


def tagged_template(tags: Mapping[str, str]) -> object:
    """The tags of a launch template itself, not of what it starts."""
    return [{"ResourceType": "launch-template", "Tags": key_values(tags)}]


def _group(group: AutoScalingGroup, _: Architecture) -> dict[str, object]:
    template = group.launch_template
    latest = {"LaunchTemplateId": template, "Version": template.attribute("latest_version")}
    found: dict[str, object] = {
        "VPCZoneIdentifier": group.subnets,
        "NewInstancesProtectedFromScaleIn": group.new_instances_protected_from_scale_in,
        "MetricsCollection": [{"Granularity": "1Minute"}],
    }
    if not group.spot:
        return found | {"LaunchTemplate": latest}
    return found | {
        "CapacityRebalance": True,
        "MixedInstancesPolicy": {
            "LaunchTemplate": {"LaunchTemplateSpecification": latest},
            "InstancesDistribution": {
                "OnDemandBaseCapacity": 0,
                "OnDemandPercentageAboveBaseCapacity": 0,
                "SpotAllocationStrategy": "price-capacity-optimized",
            },
        },
    }


def _tagged_group(tags: Mapping[str, str]) -> object:
    return [{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in tags.items()]


def _update_policy(group: AutoScalingGroup) -> Mapping[str, Symbolic]:
    """One instance after the other where the launch template changed. The size belongs to ECS managed scaling."""
    return {
        "AutoScalingRollingUpdate": {
            "MinInstancesInService": min(group.min_size, group.max_size - 1),
            "MaxBatchSize": 1,
            "PauseTime": "PT5M",
            "SuspendProcesses": ["HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification"],
        },
        "AutoScalingScheduledAction": {"IgnoreUnmodifiedGroupSizeProperties": True},
    }


ROWS = (
    Row(
        InstanceProfile,
        "AWS::IAM::InstanceProfile",
        attributes={"id": RETURNED, "arn": "Arn"},
        write=_instance_profile,
        written=frozenset({"role"}),
    ),
    Row(
        LaunchTemplate,
        "AWS::EC2::LaunchTemplate",
        attributes={"id": RETURNED, "latest_version": "LatestVersionNumber"},
        write=_launch_template,
        written=frozenset(
            {
                "image_id", "instance_type", "instance_profile", "security_groups", "root_device_name", "volume_size",
                "volume_type", "volume_encrypted", "http_tokens", "http_put_response_hop_limit", "detailed_monitoring",
                "user_data",
            }
        ),
        tag_property="TagSpecifications",
        tag_form=tagged_template,
    ),
    Row(
        AutoScalingGroup,
        "AWS::AutoScaling::AutoScalingGroup",
        attributes={"id": RETURNED, "arn": "AutoScalingGroupARN"},
        strings=frozenset({"min_size", "max_size"}),
        write=_group,
        written=frozenset({"launch_template", "subnets", "spot", "new_instances_protected_from_scale_in"}),
        not_rendered={"scheduled": "with the update policy below a stack leaves a size that it did not set alone"},
        tag_form=_tagged_group,
        update_policy=_update_policy,
    ),
)  # fmt: skip
