"""What is taken away on purpose here, and how it comes back: tasks of services, the primary of a database.

No container and no database runs. A stopped task leaves its service one short until ECS has started another; a forced
failover leaves the instance ``rebooting`` and then in another zone. Both take the order of AWS and a fraction of its
time: :data:`REPLACEMENT_SECONDS`, :data:`FAILOVER_SECONDS`.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html and
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from groundplan.targets.local.rollouts import ENDED, rollouts

REPLACEMENT_SECONDS = 0.3
"""From the end of a task until the task that replaces it runs."""
FAILOVER_SECONDS = 0.5
"""From the forced failover until the instance is available in another zone."""
_KEPT = 20
"""Stopped tasks that ECS still describes; AWS does so for an hour."""


def tasks(service: Any, now: datetime) -> list[dict[str, Any]]:
    """The tasks of a service as they are now, the oldest first; those that were stopped lately are among them."""
    known: list[dict[str, Any]] = service.__dict__.setdefault("service_tasks", [])
    for task in known:
        if task["stopped"] is None and task["definition"] != service.task_definition:
            task |= {"stopped": now, "reason": "Scaling activity initiated by deployment"}
    live = [task for task in known if task["stopped"] is None]
    for task in live[: max(0, len(live) - service.desired_count)]:
        task |= {"stopped": now, "reason": "Scaling activity initiated by (service)"}
    missing = service.desired_count - len(live)
    gone = [task for task in known if task["stopped"] is not None and not task["replaced"] and task["disrupted"]]
    for number in range(max(0, missing)):
        begun = now if number >= len(gone) else gone[number]["stopped"] + timedelta(seconds=REPLACEMENT_SECONDS)
        if number < len(gone):
            gone[number]["replaced"] = True
        known.append(_task(service, begun, [task["subnet"] for task in known if task["stopped"] is None]))
    ended = [task for task in known if task["stopped"] is not None]
    for task in ended[:-_KEPT]:
        known.remove(task)
    return known


def _task(service: Any, begun: datetime, used: list[str | None]) -> dict[str, Any]:
    """A task in the subnet that has the fewest: ECS spreads the tasks of a service over its zones."""
    network = (getattr(service, "network_configuration", None) or {}).get("awsvpcConfiguration") or {}
    subnets = network.get("subnets") or [None]
    prefix = service.cluster_arn.rpartition(":")[0]
    return {
        "arn": f"{prefix}:task/{service.cluster_name}/{uuid.uuid4().hex}",
        "definition": service.task_definition,
        "subnet": min(subnets, key=used.count),
        "begun": begun,
        "stopped": None,
        "reason": "",
        "disrupted": False,
        "replaced": False,
    }


def stop(service: Any, task: dict[str, Any], reason: str, now: datetime) -> None:
    """End a task. Its service is one short until another runs."""
    if task["stopped"] is None:
        task |= {"stopped": now, "reason": reason, "disrupted": True}
    show(service, now)


def show(service: Any, now: datetime) -> None:
    """Let ``DescribeServices`` count the tasks, where anybody ever asked for them and no deployment is under way."""
    if "service_tasks" not in service.__dict__ or any(item["status"] not in ENDED for item in rollouts(service)[:1]):
        return
    running = sum(state(task, now) == "RUNNING" for task in tasks(service, now))
    service.running_count = running
    service.pending_count = service.desired_count - running
    for deployment in service.deployments[:1]:
        deployment |= {"runningCount": running, "pendingCount": service.pending_count}


def state(task: dict[str, Any], now: datetime) -> str:
    """What ECS calls the state of a task."""
    if task["stopped"] is not None:
        return "STOPPED"
    return "RUNNING" if now >= task["begun"] else "PENDING"


def described(service: Any, task: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A task in the form of ``DescribeTasks``."""
    last = state(task, now)
    found = {
        "taskArn": task["arn"], "clusterArn": service.cluster_arn, "taskDefinitionArn": task["definition"],
        "group": f"service:{service.name}", "lastStatus": last, "launchType": service.launch_type,
        "desiredStatus": "STOPPED" if last == "STOPPED" else "RUNNING", "createdAt": task["begun"],
        "availabilityZone": zone_of(service, task["subnet"]), "containers": [], "healthStatus": "UNKNOWN",
    }  # fmt: skip
    if last == "STOPPED":
        found |= {"stoppedAt": task["stopped"], "stoppedReason": task["reason"]}
    elif last == "RUNNING":
        found["startedAt"] = task["begun"]
    return found


def zone_of(service: Any, subnet: str | None) -> str:
    """The zone of a subnet; AWS tells it of each task."""
    from moto.ec2.models import ec2_backends

    backend: Any = ec2_backends[service._account_id][service.region_name]
    found = {item.id: item for items in backend.subnets.values() for item in items.values()}
    return str(found[subnet].availability_zone) if subnet in found else f"{service.region_name}a"


def fail_over(instance: Any, now: datetime) -> None:
    """Make the standby the primary: the instance reboots, and is in another zone afterwards."""
    instance.__dict__["rebooting_until"] = now + timedelta(seconds=FAILOVER_SECONDS)
    instance.__dict__["zone_afterwards"] = _other_zone(instance)


def reboot(instance: Any, now: datetime) -> None:
    """Restart the instance where it is."""
    instance.__dict__["rebooting_until"] = now + timedelta(seconds=FAILOVER_SECONDS)


def look_at_database(instance: Any, now: datetime) -> None:
    """Bring an instance that reboots to where it is at this moment."""
    until = instance.__dict__.get("rebooting_until")
    if until is None:
        return
    if now < until:
        instance.status = "rebooting"
        return
    del instance.__dict__["rebooting_until"]
    instance.status = "available"
    instance.availability_zone = instance.__dict__.pop("zone_afterwards", instance.availability_zone)


def _other_zone(instance: Any) -> str:
    group = getattr(instance, "db_subnet_group", None)
    zones = sorted({subnet["SubnetAvailabilityZone"]["Name"] for subnet in group.subnets}) if group else []
    others = [zone for zone in zones if zone != instance.availability_zone]
    return str(others[0]) if others else str(instance.availability_zone)
