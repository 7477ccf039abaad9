"""The steps of the promotion, in their order, and the rights that they need.

Source of the actions: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.data import Database
from groundplan.design import databases, kubernetes
from groundplan.design.cluster import CLUSTER
from groundplan.design.draft import Draft, identifier
from groundplan.resources.containers import EcsService
from groundplan.resources.edge import ListenerRule
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.policies import Statement
from groundplan.resources.values import Json, Pseudo, Ref, Textual, text

DESCRIPTION = (
    "Makes the standby the environment: gives it the capacity of the primary region, promotes its databases, and adds "
    "what only an original has. May be started again at any time: what is done is left as it is."
)
PYTHON = "python3.11"
SCRIPT = '''\
import time

import boto3


def look(events, context):
    """What the database is just now."""
    found = boto3.client("rds").describe_db_instances(DBInstanceIdentifier=events["instance"])["DBInstances"][0]
    return {"replica": bool(found.get("ReadReplicaSourceDBInstanceIdentifier")), "status": found["DBInstanceStatus"]}


def wait(events, context):
    """Until it is nobody's replica any more, and takes writes. A script may run for ten minutes."""
    for _ in range(54):
        state = look(events, context)
        if state["status"] == "available" and not state["replica"]:
            return state
        time.sleep(10)
    raise RuntimeError(f"{events['instance']} is not promoted yet: {state}")
'''
ATTEMPTS = 3
"""Of ten minutes each: how long a promotion is waited for."""
Step = dict[str, Json]


def steps(draft: Draft, mark: Ref[ListenerRule] | None) -> list[Step]:
    """The main steps of the automation document of a standby; empty where there is nothing to do.

    Capacity comes first, since it grows while the databases are promoted; it does not hold them up if it fails. Then
    ``mark`` is set, so that the users stay: no database is promoted otherwise. All promotions begin before any is
    waited for.
    """
    names = list(draft.blueprint.databases)
    found = [*_capacity(draft)]
    if mark is not None:
        found.append(_take_over(mark))
    for name in names:
        found += _promote(draft, name)
    found += [_wait(name) for name in names]
    for name in names:
        found += _afterwards(draft, name)
    if found:
        found[-1]["isEnd"] = True
    return found


def _spec(draft: Draft, name: str) -> Database:
    """The database as the environment itself says it."""
    assert draft.primary is not None
    return draft.primary.blueprint.databases[name]


def _instance(name: str) -> Textual:
    return databases.primary(name).attribute("id")


def _api(name: str, service: str, api: str, inputs: dict[str, Json], **more: Json) -> Step:
    return {
        "name": name,
        "action": "aws:executeAwsApi",
        **more,
        "inputs": {"Service": service, "Api": api, **inputs},
    }


def _script(name: str, handler: str, instance: Textual, **more: Json) -> Step:
    return {
        "name": name,
        "action": "aws:executeScript",
        **more,
        "inputs": {
            "Runtime": PYTHON,
            "Handler": handler,
            "InputPayload": {"instance": instance},
            "Script": SCRIPT,
        },
    }


def _take_over(mark: Ref[ListenerRule]) -> Step:
    answer: Json = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "The standby has taken over"}
    action: Json = {"Type": "fixed-response", "FixedResponseConfig": answer}
    return _api("TakeOver", "elbv2", "ModifyRule", {"RuleArn": mark.arn, "Actions": [action]}, maxAttempts=3)


def _promote(draft: Draft, name: str) -> Iterator[Step]:
    """A replica is promoted; a database that is none any more is left alone. One that is just being backed up cannot
    be promoted: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html"""
    spec, ident, instance = _spec(draft, name), identifier(name), _instance(name)
    looked = {"Name": "Replica", "Selector": "$.Payload.replica", "Type": "Boolean"}
    yield _script(f"Look_{ident}", "look", instance, outputs=[looked])
    yield {
        "name": f"IsReplica_{ident}",
        "action": "aws:branch",
        "inputs": {
            "Choices": [
                {"NextStep": f"Ready_{ident}", "Variable": f"{{{{ Look_{ident}.Replica }}}}", "BooleanEquals": True}
            ],
            "Default": _next_after(draft, name),
        },
    }
    yield {
        "name": f"Ready_{ident}",
        "action": "aws:waitForAwsResourceProperty",
        "timeoutSeconds": 600,
        "inputs": {
            "Service": "rds",
            "Api": "DescribeDBInstances",
            "DBInstanceIdentifier": instance,
            "PropertySelector": "$.DBInstances[0].DBInstanceStatus",
            "DesiredValues": ["available"],
        },
    }
    backups: dict[str, Json] = {"BackupRetentionPeriod": spec.backups.days}
    if spec.backups.days:
        backups["PreferredBackupWindow"] = spec.backup_window
    yield _api(
        f"Promote_{ident}", "rds", "PromoteReadReplica", {"DBInstanceIdentifier": instance, **backups}, maxAttempts=3
    )


def _next_after(draft: Draft, name: str) -> str:
    """Where it goes on when a database need not be promoted: with the next, or with waiting for them all."""
    names = list(draft.blueprint.databases)
    following = names[names.index(name) + 1 :]
    return f"Look_{identifier(following[0])}" if following else f"Wait_{identifier(names[0])}"


def _wait(name: str) -> Step:
    return _script(f"Wait_{identifier(name)}", "wait", _instance(name), timeoutSeconds=600, maxAttempts=ATTEMPTS)


def _afterwards(draft: Draft, name: str) -> Iterator[Step]:
    """What an original has and a copy need not. It takes its time while the database works."""
    if _spec(draft, name).standby and not draft.blueprint.databases[name].standby:
        yield _api(
            f"MultiAz_{identifier(name)}",
            "rds",
            "ModifyDBInstance",
            {"DBInstanceIdentifier": _instance(name), "MultiAZ": True, "ApplyImmediately": True},
            onFailure="Continue",
            isCritical=False,
        )


def _capacity(draft: Draft) -> Iterator[Step]:
    for name, inputs in _groups(draft):
        yield _api(f"Nodes_{name}", "eks", "UpdateNodegroupConfig", inputs, onFailure="Continue", isCritical=False)
    for name, service, api, inputs in _services(draft):
        yield _api(f"{api}_{name}", service, api, inputs, onFailure="Continue", isCritical=False)


def _groups(draft: Draft) -> Iterator[tuple[str, dict[str, Json]]]:
    """Node groups that the environment has more nodes in. Pods are the HorizontalPodAutoscalers' affair."""
    assert draft.primary is not None
    if draft.blueprint.platform != "eks":
        return
    own = draft.primary.blueprint.kubernetes.nodes
    for name, spec in draft.blueprint.kubernetes.nodes.items():
        asked = own.get(name)
        if asked is not None and (asked.desired > spec.desired or asked.min > spec.min):
            group = _group(draft, name)
            most = max(asked.max, spec.max)
            sizes = {"minSize": asked.min, "maxSize": most, "desiredSize": max(asked.desired, spec.desired)}
            yield (
                identifier(name),
                {
                    "clusterName": kubernetes.CLUSTER.attribute("id"),
                    "nodegroupName": group.nodegroup_name,
                    "scalingConfig": sizes,
                },
            )


def _group(draft: Draft, name: str) -> NodeGroup:
    return next(item for item in draft.of(NodeGroup) if item.name == identifier(name))


def _services(draft: Draft) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """Services on ECS that the environment has more tasks of: the bounds first, that scaling does not undo it."""
    assert draft.primary is not None
    if draft.blueprint.platform != "ecs":
        return
    own = draft.primary.blueprint.services
    for name, spec in draft.blueprint.services.items():
        asked = own.get(name)
        if asked is None or (asked.tasks.desired <= spec.tasks.desired and asked.tasks.min <= spec.tasks.min):
            continue
        cluster, service = CLUSTER.attribute("id"), Ref(EcsService, identifier(name)).attribute("name")
        if spec.scaling is not None:
            yield (
                identifier(name),
                "application-autoscaling",
                "RegisterScalableTarget",
                {
                    "ServiceNamespace": "ecs",
                    "ScalableDimension": "ecs:service:DesiredCount",
                    "ResourceId": text("service/", cluster, "/", service),
                    "MinCapacity": asked.tasks.min,
                    "MaxCapacity": max(asked.tasks.max, spec.tasks.max),
                },
            )
        yield (
            identifier(name),
            "ecs",
            "UpdateService",
            {"cluster": cluster, "service": service, "desiredCount": max(asked.tasks.desired, spec.tasks.desired)},
        )


def rights(draft: Draft, mark: Ref[ListenerRule] | None) -> list[Statement]:
    """What the steps may do, and to what."""
    found = []
    if mark is not None:
        change = ("elasticloadbalancing:ModifyRule",)
        found.append(Statement(sid="TakeOver", actions=change, resources=(mark.arn,)))
    instances = tuple(databases.primary(name).arn for name in draft.blueprint.databases)
    if instances:
        actions = ("rds:DescribeDBInstances", "rds:ModifyDBInstance", "rds:PromoteReadReplica")
        found.append(Statement(sid="Databases", actions=actions, resources=instances))
    groups = tuple(Ref(NodeGroup, name).arn for name, _ in _groups(draft))
    if groups:
        found.append(Statement(sid="Nodes", actions=("eks:UpdateNodegroupConfig",), resources=groups))
    services = list(_services(draft))
    tasks = tuple(Ref(EcsService, name).arn for name, _, api, _ in services if api == "UpdateService")
    if tasks:
        found.append(Statement(sid="Tasks", actions=("ecs:UpdateService",), resources=tasks))
    if any(service == "application-autoscaling" for _, service, _, _ in services):
        targets = text(
            "arn:", Pseudo.PARTITION, ":application-autoscaling:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID,
            ":scalable-target/*",
        )  # fmt: skip
        found.append(
            Statement(sid="Bounds", actions=("application-autoscaling:RegisterScalableTarget",), resources=(targets,))
        )
    return found
