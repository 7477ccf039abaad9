"""What a drill needs: an experiment with one action of each shape, and alarms that stop it."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.resources import Resource
from groundplan.resources.experiments import ExperimentAction, ExperimentTarget, ExperimentTemplate
from groundplan.resources.monitoring import Alarm
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Ref, text

MARKS = {"Project": "sample", "Environment": "production"}


def drills() -> Iterator[Resource]:
    """A zone that goes."""
    marked = tuple(
        Condition(operator="StringEquals", key=f"aws:ResourceTag/{key}", values=(value,))
        for key, value in MARKS.items()
    )
    yield Role(
        name="drills",
        concern="monitoring",
        role_name="sample-production-drills",
        description="Lets FIS take a zone away",
        trust=service_trust("fis.amazonaws.com"),
        inline_policies=(
            InlinePolicy(
                "drills",
                PolicyDocument(
                    (
                        Statement(
                            actions=("ec2:StartInstances", "ec2:StopInstances"),
                            resources=(text("arn:aws:ec2:*:*:instance/*"),),
                            conditions=marked,
                        ),
                    )
                ),
            ),
        ),
    )
    yield ExperimentTemplate(
        name="zone_a",
        concern="monitoring",
        description="The zone ap-south-1a is gone for ten minutes",
        role=Ref(Role, "drills"),
        targets=(
            ExperimentTarget(
                name="Instances",
                resource_type="aws:ec2:instance",
                resource_tags=MARKS,
                filters={"Placement.AvailabilityZone": ("ap-south-1a",), "State.Name": ("running",)},
                selection_mode="PERCENT(50)",
            ),
            ExperimentTarget(
                name="Caches",
                resource_type="aws:elasticache:replicationgroup",
                resource_tags=MARKS,
                parameters={"availabilityZoneIdentifier": "ap-south-1a"},
            ),
        ),
        actions=(
            ExperimentAction(
                name="StopInstances",
                action_id="aws:ec2:stop-instances",
                description="Stops half of the instances in ap-south-1a",
                target_key="Instances",
                target="Instances",
                parameters={"startInstancesAfterDuration": "PT10M", "completeIfInstancesTerminated": "true"},
            ),
            ExperimentAction(
                name="InterruptCaches",
                action_id="aws:elasticache:replicationgroup-interrupt-az-power",
                description="Takes the power from the cache nodes in ap-south-1a",
                target_key="ReplicationGroups",
                target="Caches",
                parameters={"duration": "PT10M"},
            ),
        ),
        stop_alarms=(Ref(Alarm, "latency"), Ref(Alarm, "errors")),
        tags={"Name": "sample-production-drill-zone-a"},
    )
