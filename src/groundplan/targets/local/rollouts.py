"""How a new revision of an ECS service takes over here: no container runs, and everything else is as on AWS.

A deployment takes its time in the order of AWS: tasks start, requests move, old tasks stay for the bake time. What an
image does once it is started stands in an annotation of its manifest, since nothing runs it: without one its tasks run
and are healthy; with ``dev.groundplan.local.fault`` they fail as the annotation says, so that circuit breaker and
rollback can be watched.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

TASK_SECONDS = 0.15
"""What tasks take to start here."""
MINUTE_SECONDS = 0.02
"""What a minute of bake time takes here."""
FAULT = "dev.groundplan.local.fault"
"""The annotation of an image manifest: https://github.com/opencontainers/image-spec/blob/main/annotations.md"""
FAULTS: Mapping[str, str] = {
    "unhealthy": "(task {task}) failed container health checks.",
    "exits": "(task {task}) stopped: Essential container in task exited, exit code 1.",
    "cannot-pull": "(task {task}) stopped: CannotPullContainerError: pull image manifest has been retried 5 time(s).",
}
"""What a faulty image's tasks do, and what the service's events say of each."""
ENDED = frozenset({"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"})
FAR = timedelta(days=365)


def rollouts(service: Any) -> list[dict[str, Any]]:
    """The deployments of a service, the newest first, in the form of ``DescribeServiceDeployments``."""
    found: list[dict[str, Any]] = service.__dict__.setdefault("rollouts", [])
    return found


def revisions(service: Any) -> dict[str, dict[str, Any]]:
    """The service revisions by their ARNs, in the form of ``DescribeServiceRevisions``."""
    found: dict[str, dict[str, Any]] = service.__dict__.setdefault("revisions", {})
    return found


def faulty(service: Any, definition: Any) -> str | None:
    """Which fault an image of a task definition has."""
    found = (_fault(service, container["image"]) for container in definition.container_definitions)
    return next((fault for fault in found if fault), None)


def begin(service: Any, source: str | None, target: str, fault: str | None) -> None:
    """Start a deployment. One that was under way is at its end: AWS has one at a time.

    ``source``, ``target``: the ARNs of the task definitions; without a source the service is new.
    """
    from moto.core.utils import utcnow

    for earlier in rollouts(service)[:1]:
        if earlier["status"] not in ENDED:
            earlier |= {"status": "STOPPED", "statusReason": "Another deployment began.", "finishedAt": utcnow()}
    now, number = utcnow(), _number()
    path = f"{service.cluster_name}/{service.name}"
    prefix = service.cluster_arn.rpartition(":")[0]
    watched = _alarms(service)
    on = _alarms_on(service, watched)
    rollout: dict[str, Any] = {
        "serviceDeploymentArn": f"{prefix}:service-deployment/{path}/{number}",
        "serviceArn": service.arn, "clusterArn": service.cluster_arn,
        "createdAt": now, "startedAt": now, "updatedAt": now,
        "sourceServiceRevisions": [{"arn": _revision(service, prefix, path, source)}] if source else [],
        "targetServiceRevision": {"arn": _revision(service, prefix, path, target, new=True)},
        "status": "IN_PROGRESS", "lifecycleStage": "SCALE_UP",
        # An alarm that is on when a deployment begins is not looked at by this deployment.
        "alarms": {"alarmNames": watched, "status": "MONITORING" if watched and not on else "DISABLED"},
        "source": source, "target": target, "fault": fault, "number": number, "failed": 0,
    }  # fmt: skip
    rollout["groups"] = _groups(service)
    rollouts(service).insert(0, rollout)
    look(service, now)


def look(service: Any, now: datetime | None = None) -> None:
    """Bring the newest deployment of a service to where it is at this moment."""
    from moto.core.utils import utcnow

    for rollout in rollouts(service)[:1]:
        if rollout["status"] in ENDED:
            return
        now = now or utcnow()
        rollout |= {"deploymentConfiguration": _configuration(service), "updatedAt": now}
        if rollout["status"] == "IN_PROGRESS":
            _go_on(service, rollout, now)
        back = rollout["status"] == "ROLLBACK_IN_PROGRESS"
        if back and (now - rollout["rollback"]["startedAt"]).total_seconds() >= TASK_SECONDS:
            rollout |= {"status": "ROLLBACK_SUCCESSFUL", "finishedAt": now}
        _show(service, rollout)


def settle(service: Any, wanted: str) -> str | None:
    """Bring the newest deployment to its end at once, as whoever waits for it would find it: CloudFormation.

    ``wanted``: the ARN of the task definition that is waited for. Returns why the service does not run it.
    """
    from moto.core.utils import utcnow

    look(service, utcnow() + FAR)
    look(service, utcnow() + 2 * FAR)  # a rollback begins with the look that finds the failure
    for newest in rollouts(service)[:1]:
        if newest["target"] == wanted and newest["status"] != "SUCCESSFUL":
            return str(newest.get("statusReason", "The service did not stabilize."))
    return None


def stop(service: Any, rollout: dict[str, Any]) -> None:
    """Roll a deployment back that is under way, because somebody wishes it."""
    from moto.core.utils import utcnow

    _fail(service, rollout, utcnow(), "Service deployment stopped: rollback was requested.", back=True)
    _show(service, rollout)


def _go_on(service: Any, rollout: dict[str, Any], now: datetime) -> None:
    seconds = (now - rollout["startedAt"]).total_seconds()
    configuration = _configuration(service)
    if rollout["alarms"]["status"] == "MONITORING" and (on := _alarms_on(service, rollout["alarms"]["alarmNames"])):
        rollout["alarms"] |= {"status": "TRIGGERED", "triggeredAlarmNames": on}
        back = bool(configuration.get("alarms", {}).get("rollback"))
        _fail(service, rollout, now, "Service deployment failed because a CloudWatch alarm is in ALARM.", back=back)
        return
    breaker = configuration.get("deploymentCircuitBreaker", {})
    if rollout["fault"]:
        threshold = min(max(3, -(-service.desired_count // 2)), 200)
        failed = min(int(seconds / TASK_SECONDS), threshold if breaker.get("enable") else 1000)
        for _ in range(rollout["failed"], failed):
            _tell(service, FAULTS[rollout["fault"]].format(task=uuid.uuid4().hex), now)
        rollout["failed"] = failed
        rollout["deploymentCircuitBreaker"] = {
            "status": "MONITORING" if breaker.get("enable") else "DISABLED",
            "failureCount": failed, "threshold": threshold,
        }  # fmt: skip
        if breaker.get("enable") and failed >= threshold:
            rollout["deploymentCircuitBreaker"]["status"] = "TRIGGERED"
            why = "the circuit breaker threshold was exceeded."
            _fail(service, rollout, now, f"Service deployment failed because {why}", back=bool(breaker.get("rollback")))
        return
    for stage, length, share in _stages(configuration):
        rollout["lifecycleStage"] = stage
        _move(service, rollout, share)
        if seconds < length:
            return
        seconds -= length
    _move(service, rollout, 100)
    rollout |= {"status": "SUCCESSFUL", "lifecycleStage": "CLEAN_UP", "finishedAt": now}


def _stages(configuration: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    """Stage, seconds, and the percentage of the requests that the new revision has in it."""
    strategy = configuration.get("strategy") or "ROLLING"
    if strategy == "ROLLING":
        yield "SCALE_UP", 2 * TASK_SECONDS, 0
        return
    yield "SCALE_UP", TASK_SECONDS, 0
    canary, linear = configuration.get("canaryConfiguration") or {}, configuration.get("linearConfiguration") or {}
    if strategy == "CANARY":
        bake = float(canary.get("canaryBakeTimeInMinutes", 10)) * MINUTE_SECONDS
        yield "PRODUCTION_TRAFFIC_SHIFT", bake, float(canary.get("canaryPercent", 5))
    elif strategy == "LINEAR":
        step = float(linear.get("stepPercent", 10))
        bake, share = float(linear.get("stepBakeTimeInMinutes", 6)) * MINUTE_SECONDS, step
        while share < 100:
            yield "PRODUCTION_TRAFFIC_SHIFT", bake, share
            share += step
    yield "BAKE_TIME", float(configuration.get("bakeTimeInMinutes") or 0) * MINUTE_SECONDS, 100


def _fail(service: Any, rollout: dict[str, Any], now: datetime, why: str, *, back: bool) -> None:
    if not back or rollout["source"] is None:
        rollout |= {"status": "STOPPED", "statusReason": why, "finishedAt": now, "stoppedAt": now}
        return
    source = rollout["sourceServiceRevisions"][0]["arn"]
    rollout |= {
        "status": "ROLLBACK_IN_PROGRESS",
        "statusReason": why.replace("deployment failed", "deployment rolled back"),
        "rollback": {"reason": why, "startedAt": now, "serviceRevisionArn": source},
    }
    service.task_definition = rollout["source"]
    _move(service, rollout, 0)


def _show(service: Any, rollout: dict[str, Any]) -> None:
    """What ``DescribeServices`` says of it."""
    status, wanted = rollout["status"], service.desired_count
    healthy = 0 if rollout["fault"] else wanted
    started = rollout["lifecycleStage"] != "SCALE_UP" or status == "SUCCESSFUL"
    half = (rollout["updatedAt"] - rollout["startedAt"]).total_seconds() >= TASK_SECONDS
    running = healthy if started else healthy // 2 if half else 0
    failed = status in ("STOPPED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
    state = "COMPLETED" if status == "SUCCESSFUL" else "FAILED" if failed else "IN_PROGRESS"
    identifier = f"ecs-svc/{rollout['number']}"
    told = {
        "COMPLETED": "completed.",
        "IN_PROGRESS": "in progress.",
        "FAILED": f"failed: {rollout.get('statusReason')}",
    }
    common = {**service.deployments[0], "networkConfiguration": service.network_configuration or None,
              "desiredCount": wanted, "createdAt": rollout["startedAt"], "updatedAt": rollout["updatedAt"]}  # fmt: skip
    new = common | {
        "id": identifier, "status": "PRIMARY", "taskDefinition": rollout["target"], "runningCount": running,
        "pendingCount": wanted - running, "failedTasks": rollout["failed"], "rolloutState": state,
        "rolloutStateReason": f"ECS deployment {identifier} {told[state]}",
    }  # fmt: skip
    shown = [new]
    if rollout["source"] is not None and status != "SUCCESSFUL":
        back = status.startswith("ROLLBACK")
        old = common | {
            "id": f"ecs-svc/{rollout['number'][::-1]}", "status": "PRIMARY" if back else "ACTIVE",
            "taskDefinition": rollout["source"], "runningCount": wanted, "pendingCount": 0, "failedTasks": 0,
            "rolloutState": "IN_PROGRESS" if status == "ROLLBACK_IN_PROGRESS" else "COMPLETED",
            "rolloutStateReason": f"ECS deployment circuit breaker: rolling back to {rollout['source']}."
            if back else "ECS deployment completed.",
        }  # fmt: skip
        gone = status == "ROLLBACK_SUCCESSFUL"
        shown = [old] if gone else [old, new | {"status": "ACTIVE"}] if back else [new, old]
    service.deployments = shown
    has_tasks = rollout["source"] is not None or status == "SUCCESSFUL"
    service.running_count = wanted if has_tasks else 0
    rollout["targetServiceRevision"] |= {"requestedTaskCount": wanted, "runningTaskCount": running,
                                         "pendingTaskCount": wanted - running}  # fmt: skip
    for source in rollout["sourceServiceRevisions"]:
        left = 0 if status == "SUCCESSFUL" else wanted
        source |= {"requestedTaskCount": left, "runningTaskCount": left, "pendingTaskCount": 0}


def _configuration(service: Any) -> dict[str, Any]:
    return getattr(service, "deployment_configuration", None) or {}


def _number() -> str:
    return f"{uuid.uuid4().int % 10**19:019}"


def _revision(service: Any, prefix: str, path: str, definition: str, *, new: bool = False) -> str:
    """The newest revision of the service with a task definition; a deployment has one of its own."""
    from moto.core.utils import utcnow

    found = [arn for arn, item in revisions(service).items() if item["taskDefinition"] == definition]
    if found and not new:
        return found[-1]
    arn = f"{prefix}:service-revision/{path}/{_number()}"
    revisions(service)[arn] = {
        "serviceRevisionArn": arn, "serviceArn": service.arn, "clusterArn": service.cluster_arn,
        "taskDefinition": definition, "launchType": service.launch_type, "createdAt": utcnow(),
    }  # fmt: skip
    return arn


def _tell(service: Any, message: str, now: datetime) -> None:
    service.events.insert(
        0, {"id": str(uuid.uuid4()), "createdAt": now, "message": f"(service {service.name}) {message}"}
    )
    del service.events[100:]


def _alarms(service: Any) -> list[str]:
    settings = _configuration(service).get("alarms") or {}
    return list(settings.get("alarmNames") or ()) if settings.get("enable") else []


def _alarms_on(service: Any, names: list[str]) -> list[str]:
    if not names:
        return []
    from moto.cloudwatch.models import cloudwatch_backends

    alarms = cloudwatch_backends[service._account_id][service.region_name].alarms
    return [name for name in names if name in alarms and alarms[name].state_value == "ALARM"]


def _fault(service: Any, image: str) -> str | None:
    if "moto.ecr.models" not in sys.modules:
        return None  # nobody has pushed anything
    from moto.ecr.models import ecr_backends

    name, _, digest = image.partition("@")
    path = name.partition("/")[2]
    repository, _, tag = path.partition(":")
    found: Any = ecr_backends[service._account_id][service.region_name].repositories.get(repository)
    for item in found.images if found else ():
        if item.get_image_digest() == digest or (tag and tag in item.image_tags):
            fault = (json.loads(item.image_manifest).get("annotations") or {}).get(FAULT)
            return fault if fault in FAULTS else None
    return None


def _groups(service: Any) -> tuple[str, str, str] | None:
    """The rule whose weights a deployment moves, the target group that has the requests, and the other one."""
    for balancer in service.load_balancers:
        advanced = balancer.get("advancedConfiguration")
        if advanced:
            rule, first, second = (
                advanced["productionListenerRule"], balancer["targetGroupArn"], advanced["alternateTargetGroupArn"],
            )  # fmt: skip
            weights = {group["TargetGroupArn"]: int(group["Weight"]) for group in _targets(service, rule)}
            return (rule, second, first) if weights.get(second, 0) > weights.get(first, 0) else (rule, first, second)
    return None


def _targets(service: Any, rule: str) -> list[dict[str, Any]]:
    from moto.elbv2.models import elbv2_backends

    backend: Any = elbv2_backends[service._account_id][service.region_name]
    return [
        group
        for found in backend.describe_rules(listener_arn=None, rule_arns=[rule])
        for action in found.actions
        for group in action.data.get("ForwardConfig", {}).get("TargetGroups", [])
    ]


def _move(service: Any, rollout: Mapping[str, Any], share: float) -> None:
    """Give the new revision its share of the requests."""
    if not rollout["groups"]:
        return
    rule, old, new = rollout["groups"]
    for group in _targets(service, rule):
        if group["TargetGroupArn"] in (old, new):
            group["Weight"] = round(share if group["TargetGroupArn"] == new else 100 - share)
