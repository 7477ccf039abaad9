"""Drills: experiments of AWS FIS that take a zone or a node away, with alarms that stop them.

What a drill does to a task, a database or the region needs no template: one call of an API, or the document of the
standby, does it (:mod:`groundplan.operations.drills`). The network of a zone and a node are taken away by FIS, because
FIS ends an experiment by itself when users notice it, also when whoever started it has gone.

A zone is gone for ten minutes: nothing goes in or out of its subnets, its instances are stopped, databases and caches
whose primary is there fail over. That is AWS's own scenario of a power interruption, without what AWS does to capacity:
instances and tasks that are started meanwhile may come up in the zone and stay cut off until the next attempt.
Source: https://docs.aws.amazon.com/fis/latest/userguide/az-availability-scenario.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.design.access import add_role
from groundplan.design.draft import Draft
from groundplan.design.encryption import same_account
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.experiments import (
    MOST_STOP_CONDITIONS,
    ExperimentAction,
    ExperimentTarget,
    ExperimentTemplate,
)
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.monitoring import Alarm
from groundplan.resources.policies import Condition, Statement, service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, Ref, Textual, text

ROLE = Ref(Role, "drills")
LOST = "PT10M"
"""How long a zone is gone: ten minutes, as FIS writes it."""
STOPS = ("alb_errors_high", "alb_latency_high")
"""Alarms on what users notice. What is meant to happen, like tasks of the zone that fail, does not stop a drill."""
_RUNNING = {"State.Name": ("running",)}


def add_drills(draft: Draft) -> None:
    """A template for each zone, where there are two at least, and one for a node, where there are nodes. Nothing where
    no alarm tells what users notice: an experiment that nothing stops is not made."""
    found = (Ref(Alarm, name) for name in STOPS)
    alarms = tuple(ref for ref in found if ref in draft.refs)[:MOST_STOP_CONDITIONS]
    if not alarms:
        return
    nodes = bool(draft.of(AutoScalingGroup) or draft.of(NodeGroup))
    letters = draft.blueprint.network.zones if len(draft.blueprint.network.zones) > 1 else []
    templates = [_zone(draft, letter, alarms, nodes=nodes) for letter in letters]
    if nodes:
        templates.append(_node(draft, alarms))
    if not templates:
        return
    used = {action.action_id for template in templates for action in template.actions}
    add_role(
        draft,
        ROLE.name,
        "drills",
        "Lets AWS Fault Injection Service take away what drills are about, of this environment only",
        tuple(_rights(draft, used)),
        service_trust("fis.amazonaws.com", conditions=(same_account(), _experiments())),
        concern="monitoring",
        path="drills",
    )
    for template in templates:
        draft.add(template)


def _zone(draft: Draft, letter: str, alarms: tuple[Ref[Alarm], ...], *, nodes: bool) -> ExperimentTemplate:
    zone = draft.zone(letter)
    targets = [
        ExperimentTarget(
            name="Subnets",
            resource_type="aws:ec2:subnet",
            resource_tags=draft.marks,
            filters={"AvailabilityZone": (zone,)},
        )
    ]
    actions = [
        ExperimentAction(
            name="CutOffSubnets",
            action_id="aws:network:disrupt-connectivity",
            description=f"Nothing goes in or out of the subnets in {zone}",
            target_key="Subnets",
            target="Subnets",
            parameters={"duration": LOST, "scope": "all"},
        )
    ]
    if nodes:
        targets.append(_instances(draft.marks, {"Placement.AvailabilityZone": (zone,), **_RUNNING}, "ALL"))
        actions.append(
            ExperimentAction(
                name="StopInstances",
                action_id="aws:ec2:stop-instances",
                description=f"Stops the instances in {zone}",
                target_key="Instances",
                target="Instances",
                # Auto Scaling replaces instances that are stopped, and ends them.
                parameters={"startInstancesAfterDuration": LOST, "completeIfInstancesTerminated": "true"},
            )
        )
    databases = _databases(draft)
    if databases:
        ids = tuple(database.identifier for database in databases)
        targets.append(
            ExperimentTarget(
                name="Databases",
                resource_type="aws:rds:db",
                resource_tags=draft.marks,
                filters={"AvailabilityZone": (zone,), "DBInstanceIdentifier": ids},
            )
        )
        actions.append(
            ExperimentAction(
                name="FailOverDatabases",
                action_id="aws:rds:reboot-db-instances",
                description=f"Fails over the databases whose primary is in {zone}",
                target_key="DBInstances",
                target="Databases",
                parameters={"forceFailover": "true"},
            )
        )
    if any(item.automatic_failover_enabled for item in draft.of(CacheReplicationGroup)):
        targets.append(
            ExperimentTarget(
                name="Caches",
                resource_type="aws:elasticache:replicationgroup",
                resource_tags=draft.marks,
                parameters={"availabilityZoneIdentifier": zone},
            )
        )
        actions.append(
            ExperimentAction(
                name="InterruptCaches",
                action_id="aws:elasticache:replicationgroup-interrupt-az-power",
                description=f"Takes the power from the cache nodes in {zone}",
                target_key="ReplicationGroups",
                target="Caches",
                parameters={"duration": LOST},
            )
        )
    return ExperimentTemplate(
        name=f"zone_{letter}",
        concern="monitoring",
        description=f"The zone {zone} is gone for ten minutes",
        role=ROLE,
        targets=tuple(targets),
        actions=tuple(actions),
        stop_alarms=alarms,
        tags=draft.name_tag(f"drill-zone-{letter}"),
    )


def _node(draft: Draft, alarms: tuple[Ref[Alarm], ...]) -> ExperimentTemplate:
    return ExperimentTemplate(
        name="node",
        concern="monitoring",
        description="One instance that tasks or pods run on is gone",
        role=ROLE,
        targets=(_instances(draft.marks, _RUNNING, "COUNT(1)"),),
        actions=(
            ExperimentAction(
                name="TerminateInstance",
                action_id="aws:ec2:terminate-instances",
                description="Ends one instance, whichever it is",
                target_key="Instances",
                target="Instances",
            ),
        ),
        stop_alarms=alarms,
        tags=draft.name_tag("drill-node"),
    )


def _instances(marks: Mapping[str, str], filters: Mapping[str, tuple[str, ...]], mode: str) -> ExperimentTarget:
    return ExperimentTarget(
        name="Instances",
        resource_type="aws:ec2:instance",
        resource_tags=marks,
        filters=filters,
        selection_mode=mode,
    )


def _databases(draft: Draft) -> list[DatabaseInstance]:
    """Only an instance in two zones can fail over.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html
    """
    return [item for item in draft.of(DatabaseInstance) if item.multi_az]


def _rights(draft: Draft, used: set[str]) -> Iterator[Statement]:
    """What the actions need, on what carries this environment's tags. To describe knows no resources.

    Sources: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html and
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSFaultInjectionSimulatorNetworkAccess.html
    """
    marked = tuple(
        Condition(operator="StringEquals", key=f"aws:ResourceTag/{key}", values=(value,))
        for key, value in draft.marks.items()
    )
    described = ["ec2:DescribeNetworkAcls", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
    changed: dict[str, list[str]] = {"instance": []}
    if "aws:ec2:stop-instances" in used:
        changed["instance"] += ["ec2:StartInstances", "ec2:StopInstances"]
    if "aws:ec2:terminate-instances" in used:
        changed["instance"].append("ec2:TerminateInstances")
    if changed["instance"]:
        described.append("ec2:DescribeInstances")
        yield Statement(
            sid="Instances",
            actions=tuple(changed["instance"]),
            resources=(_ec2("instance/*"),),
            conditions=marked,
        )
    if "aws:rds:reboot-db-instances" in used:
        yield Statement(sid="FindDatabases", actions=("rds:DescribeDBInstances",), resources=(_arn("rds", "db:*"),))
        yield Statement(
            sid="Databases",
            actions=("rds:RebootDBInstance",),
            resources=tuple(database.ref.arn for database in _databases(draft)),
        )
    if "aws:elasticache:replicationgroup-interrupt-az-power" in used:
        groups = _arn("elasticache", "replicationgroup:*")
        yield Statement(sid="FindCaches", actions=("elasticache:DescribeReplicationGroups",), resources=(groups,))
        yield Statement(
            sid="Caches",
            actions=("elasticache:InterruptClusterAzPower",),
            resources=(groups,),
            conditions=marked,
        )
    if "aws:network:disrupt-connectivity" in used:
        yield from _network(marked)
    yield Statement(sid="Find", actions=(*sorted(described), "tag:GetResources"), resources=("*",))


def _network(marked: tuple[Condition, ...]) -> Iterator[Statement]:
    """FIS puts a network ACL of its own before the subnets, marked as such, and takes it away again."""
    own, acls = ("true",), _ec2("network-acl/*")
    asked = Condition(operator="StringEquals", key="aws:RequestTag/managedByFIS", values=own)
    created = Condition(operator="StringEquals", key="ec2:CreateAction", values=("CreateNetworkAcl",))
    owned = Condition(operator="StringEquals", key="ec2:ResourceTag/managedByFIS", values=own)
    yield Statement(sid="MakeAcl", actions=("ec2:CreateNetworkAcl",), resources=(acls,), conditions=(asked,))
    yield Statement(
        sid="MakeAclInVpc", actions=("ec2:CreateNetworkAcl",), resources=(_ec2("vpc/*"),), conditions=marked
    )
    yield Statement(sid="TagAcl", actions=("ec2:CreateTags",), resources=(acls,), conditions=(created, asked))
    yield Statement(
        sid="ChangeAcl",
        actions=("ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAcl"),
        resources=(acls,),
        conditions=(owned,),
    )
    yield Statement(sid="UseAcl", actions=("ec2:ReplaceNetworkAclAssociation",), resources=(acls,))
    yield Statement(
        sid="CutOff",
        actions=("ec2:ReplaceNetworkAclAssociation",),
        resources=(_ec2("subnet/*"),),
        conditions=marked,
    )


def _ec2(resource: str) -> Textual:
    return _arn("ec2", resource)


def _arn(service: str, resource: str) -> Textual:
    return text("arn:", Pseudo.PARTITION, f":{service}:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":{resource}")


def _experiments() -> Condition:
    """Only FIS's experiments of this account and region may act as the role.

    Source: https://docs.aws.amazon.com/fis/latest/userguide/getting-started-iam-service-role.html
    """
    return Condition(operator="ArnLike", key="aws:SourceArn", values=(_arn("fis", "experiment/*"),))
