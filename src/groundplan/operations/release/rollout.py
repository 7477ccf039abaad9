"""An ECS service deployment: begun, watched to its end, taken back where it takes too long.

ECS itself counts tasks that fail (the circuit breaker), looks at the load balancer's health checks and at the alarms
of the blueprint, moves the requests and rolls back. Whoever watches only tells of it, and may go away at any time.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from groundplan.errors import DeploymentError
from groundplan.operations.events import Report
from groundplan.operations.release.revisions import service_of
from groundplan.operations.release.workloads import Workload
from groundplan.targets.connection import Connection, explained
from groundplan.units import Duration

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceDeploymentTypeDef

ENDED = frozenset({"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"})
_APPEARS = 60.0
"""Seconds within which ECS shows a deployment that it was asked for. Chosen."""
_REMEMBERED = 15
"""Deployments whose ends are asked for; ECS describes up to 20 revisions at a time."""
_STAGES = {
    "RECONCILE_SERVICE": "ECS prepares the deployment",
    "PRE_SCALE_UP": "before new tasks start",
    "SCALE_UP": "new tasks start",
    "POST_SCALE_UP": "new tasks run",
    "TEST_TRAFFIC_SHIFT": "test requests move",
    "POST_TEST_TRAFFIC_SHIFT": "test requests go to the new tasks",
    "PRODUCTION_TRAFFIC_SHIFT": "requests move to the new tasks",
    "POST_PRODUCTION_TRAFFIC_SHIFT": "all requests go to the new tasks",
    "BAKE_TIME": "all requests go to the new tasks, and the old ones stay for the bake time",
    "CLEAN_UP": "old tasks stop",
}


@dataclass(frozen=True)
class Rollout:
    """How a deployment ended."""

    arn: str
    status: str
    why: str = ""
    """What ECS says of a failure, and what its events say of the tasks."""

    @property
    def succeeded(self) -> bool:
        """Whether the new revision runs."""
        return self.status == "SUCCESSFUL"

    @property
    def rolled_back(self) -> bool:
        """Whether the revision before runs again."""
        return self.status == "ROLLBACK_SUCCESSFUL"


def under_way(connection: Connection, workload: Workload) -> ServiceDeploymentTypeDef | None:
    """The deployment of a service that has not ended yet; None where there is none."""
    for arn in _deployments(connection, workload):
        found = look(connection, workload, arn)
        return found if found.get("status") not in ENDED else None
    return None


def target_of(connection: Connection, workload: Workload, deployment: ServiceDeploymentTypeDef) -> str:
    """The ARN of the task definition that a deployment brings."""
    arn = deployment.get("targetServiceRevision", {}).get("arn", "")
    with explained(f"Reading a revision of {workload.told}"):
        found = connection.ecs(workload.region).describe_service_revisions(serviceRevisionArns=[arn])
    return found["serviceRevisions"][0].get("taskDefinition", "")


def outcomes(connection: Connection, workload: Workload) -> dict[str, str]:
    """How the newest deployment of each task definition of a service ended, by its ARN, the newest first.

    ECS remembers those of the last 90 days. What ran before the oldest of them counts as a success.
    """
    assert workload.service is not None
    client = connection.ecs(workload.region)
    listed = [look(connection, workload, arn) for arn in _deployments(connection, workload)[:_REMEMBERED]]
    ends = [(item.get("targetServiceRevision", {}).get("arn", ""), item.get("status", "PENDING")) for item in listed]
    ends += [(item.get("arn", ""), "SUCCESSFUL") for each in listed[-1:] for item in each["sourceServiceRevisions"]]
    if not ends:
        return {}
    with explained(f"Reading the revisions of {workload.told}"):
        found = client.describe_service_revisions(serviceRevisionArns=list(dict(ends)))["serviceRevisions"]
    definitions = {item.get("serviceRevisionArn", ""): item.get("taskDefinition", "") for item in found}
    known: dict[str, str] = {}
    for arn, status in ends:
        if arn in definitions:
            known.setdefault(definitions[arn], status)
    return known


def begin(connection: Connection, workload: Workload, definition: str) -> str:
    """Let a service take a revision over. Returns the ARN of the deployment."""
    assert workload.service is not None
    known = set(_deployments(connection, workload))
    with explained(f"Updating the service {workload.service.service_name}"):
        connection.ecs(workload.region).update_service(
            cluster=workload.cluster, service=workload.service.service_name, taskDefinition=definition
        )
    deadline = time.monotonic() + _APPEARS
    while True:
        for arn in _deployments(connection, workload):
            if arn not in known:
                return arn
        if time.monotonic() > deadline:
            raise DeploymentError(
                f"{workload.told}: ECS took the update and shows no deployment after {Duration(round(_APPEARS))}; "
                f"groundplan releases {workload.name} says what runs"
            )
        time.sleep(connection.poll_seconds)


def stop(connection: Connection, workload: Workload, arn: str) -> None:
    """Have ECS roll a deployment back. One that has just ended is left alone."""
    from botocore.exceptions import ClientError

    with explained(f"Stopping the deployment of {workload.told}"):
        try:
            connection.ecs(workload.region).stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConflictException":
                raise


def watch(connection: Connection, workload: Workload, arn: str, report: Report, *, seconds: float) -> Rollout:
    """Wait for the end of a deployment, telling where it is. One that takes longer than ``seconds`` is rolled back."""
    deadline: float | None = time.monotonic() + seconds
    before, late = "", ""
    while True:
        found = look(connection, workload, arn)
        status = found.get("status", "PENDING")
        if status in ENDED:
            why = late or _why(connection, workload, found)
            return Rollout(arn, status, "" if status == "SUCCESSFUL" else why)
        told = f"{workload.told}: {_doing(workload, found)}"
        report(told, passing=told == before)
        before = told
        if deadline is not None and time.monotonic() > deadline:
            late = f"it took longer than {Duration(round(seconds))}; {_why(connection, workload, found)}".rstrip("; ")
            report(f"{workload.told}: {late}; rolling back")
            stop(connection, workload, arn)
            deadline = None
        time.sleep(connection.poll_seconds)


def look(connection: Connection, workload: Workload, arn: str) -> ServiceDeploymentTypeDef:
    """A deployment as it is now."""
    with explained(f"Watching the deployment of {workload.told}"):
        found = connection.ecs(workload.region).describe_service_deployments(serviceDeploymentArns=[arn])
    if not found["serviceDeployments"]:
        raise DeploymentError(f"{workload.told}: ECS no longer knows its deployment; did somebody delete the service?")
    return found["serviceDeployments"][0]


def _deployments(connection: Connection, workload: Workload) -> list[str]:
    """The ARNs of the newest deployments of a service, newest first."""
    assert workload.service is not None
    with explained(f"Listing the deployments of {workload.told}"):
        listed = connection.ecs(workload.region).list_service_deployments(
            service=workload.service.service_name, cluster=workload.cluster
        )
    found = sorted(listed["serviceDeployments"], key=_created, reverse=True)
    return [item["serviceDeploymentArn"] for item in found if "serviceDeploymentArn" in item]


def _created(item: object) -> datetime:
    assert isinstance(item, dict)
    created: datetime = item["createdAt"]
    return created


def _doing(workload: Workload, found: ServiceDeploymentTypeDef) -> str:
    new = found.get("targetServiceRevision", {})
    count = f"{new.get('runningTaskCount', 0)} of {new.get('requestedTaskCount', 0)} new tasks run"
    failed = found.get("deploymentCircuitBreaker", {})
    failures = f", {failed['failureCount']} have failed" if failed.get("failureCount") else ""
    status = found.get("status", "PENDING")
    if status.startswith("ROLLBACK"):
        return "ECS rolls back"
    if workload.strategy == "rolling":
        return f"{count}{failures}"
    stage = _STAGES.get(found.get("lifecycleStage", ""), "waiting for ECS")
    return f"{stage}; {count}{failures}"


def _why(connection: Connection, workload: Workload, found: ServiceDeploymentTypeDef) -> str:
    """What ECS says: of the deployment, the alarms and the tasks."""
    alarms = found.get("alarms", {}).get("triggeredAlarmNames", [])
    began = found.get("startedAt") or found.get("createdAt")
    events = [
        event.get("message", "")
        for event in service_of(connection, workload).get("events", [])
        if began is None or event.get("createdAt", began) >= began
    ]
    said = [found.get("statusReason", "")]
    said += [f"the alarm {', '.join(alarms)} is on"] * bool(alarms)
    said += next(([event] for event in events if any(word in event for word in _TROUBLE)), [])
    said.append(_stopped(connection, workload, target_of(connection, workload, found)))
    return "; ".join(item.rstrip(".") for item in said if item)


def _stopped(connection: Connection, workload: Workload, definition: str) -> str:
    """Why a task of a revision has stopped: what its containers say, else ECS. ECS remembers it for an hour.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html
    """
    assert workload.service is not None
    client, called = connection.ecs(workload.region), workload.service.service_name
    with explained(f"Reading the tasks of {workload.told}"):
        arns = client.list_tasks(cluster=workload.cluster, serviceName=called, desiredStatus="STOPPED")["taskArns"]
        tasks = client.describe_tasks(cluster=workload.cluster, tasks=arns[:20])["tasks"] if arns else []
    for task in tasks:
        if task.get("taskDefinitionArn") != definition:
            continue
        for container in task.get("containers", []):
            why = container.get("reason") or (f"exit code {container['exitCode']}" if container.get("exitCode") else "")
            if why:
                return f"{container.get('name')}: {why}"
        return task.get("stoppedReason", "")
    return ""


_TROUBLE = ("unhealthy", "failed", "stopped", "unable", "CannotPull", "error")
"""Words of the events of a service that tell of trouble with its tasks."""
