"""What drills call and moto lacks: tasks of services, forced failover, experiments that do something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local import disruptions
from groundplan.targets.local.fakes.service import NOT_MINE, RefusedError, Request, faked

ecs = faked("ecs")
rds = faked("rds")
fis = faked("fis")

OUTCOMES = "outcomes of experiments"


def _services(request: Request, cluster: str | None = None) -> list[Any]:
    """The services of a cluster that are there, or of every cluster."""
    from moto.ecs.models import ecs_backends

    name = None if cluster is None else str(cluster).rpartition("/")[2]
    found = ecs_backends[request.account][request.region].services.values()
    return [item for item in found if item.status == "ACTIVE" and name in (None, item.cluster_name)]


@ecs.operation("ListTasks")
def list_tasks(request: Request) -> Any:
    """Those of services are ours, those that somebody ran are moto's."""
    given = request.parameters
    if set(given) & {"family", "startedBy", "containerInstance"}:
        return NOT_MINE
    now, wanted = datetime.now(UTC).replace(tzinfo=None), given.get("desiredStatus", "RUNNING")
    name = str(given.get("serviceName") or "").rpartition("/")[2]
    cluster = given.get("cluster", "default")
    services = [item for item in _services(request, cluster) if not name or item.name == name]
    if name and not services:
        raise RefusedError("ServiceNotFoundException", "Service not found.")
    found = [
        task["arn"]
        for service in services
        for task in disruptions.tasks(service, now)
        if (disruptions.state(task, now) == "STOPPED") == (wanted == "STOPPED")
    ]
    if not name:
        from moto.ecs.models import ecs_backends

        backend: Any = ecs_backends[request.account][request.region]
        started = backend.tasks.get(str(cluster).rpartition("/")[2], {}).values()
        found += [task.task_arn for task in started if task.desired_status == wanted]
    return {"taskArns": found[: given.get("maxResults", 100)]}


@ecs.operation("DescribeTasks")
def describe_tasks(request: Request) -> Any:
    now = datetime.now(UTC).replace(tzinfo=None)
    wanted = [str(arn).rpartition("/")[2] for arn in request.parameters["tasks"]]
    found = {
        task["arn"].rpartition("/")[2]: disruptions.described(service, task, now)
        for service in _services(request, request.parameters.get("cluster", "default"))
        for task in disruptions.tasks(service, now)
    }
    if not set(wanted) & set(found):
        return NOT_MINE
    missing = [{"arn": arn, "reason": "MISSING"} for arn in wanted if arn not in found]
    return {"tasks": [found[arn] for arn in wanted if arn in found], "failures": missing}


@ecs.operation("StopTask")
def stop_task(request: Request) -> Any:
    now = datetime.now(UTC).replace(tzinfo=None)
    wanted = str(request.parameters["task"]).rpartition("/")[2]
    for service in _services(request, request.parameters.get("cluster", "default")):
        for task in disruptions.tasks(service, now):
            if task["arn"].rpartition("/")[2] == wanted:
                disruptions.stop(service, task, request.parameters.get("reason") or "Task stopped by user", now)
                return {"task": disruptions.described(service, task, now)}
    return NOT_MINE


@rds.operation("RebootDBInstance")
def reboot_instance(request: Request) -> Any:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html"""
    from moto.core.utils import utcnow
    from moto.rds.models import rds_backends

    backend: Any = rds_backends[request.account][request.region]
    instance = backend.describe_db_instances(request.parameters["DBInstanceIdentifier"])[0]
    if instance.status != "available":
        raise RefusedError("InvalidDBInstanceState", f"Instance {instance.db_instance_identifier} is not available.")
    if request.parameters.get("ForceFailover"):
        if not instance.multi_az:
            raise RefusedError(
                "InvalidParameterCombination", "You can't specify ForceFailover: the instance isn't Multi-AZ."
            )
        disruptions.fail_over(instance, utcnow())
    else:
        disruptions.reboot(instance, utcnow())
    disruptions.look_at_database(instance, utcnow())
    return {"DBInstance": instance}


@fis.operation("StartExperiment")
def start_experiment(request: Request) -> Any:
    """moto starts it and does nothing. Here what can be done is done; what cannot is skipped, with the reason.

    Source: https://docs.aws.amazon.com/fis/latest/APIReference/API_StartExperiment.html
    """
    given = request.parameters
    backend = _fis(request)
    begun = backend.start_experiment(
        client_token=given.get("clientToken"),
        experiment_template_id=given["experimentTemplateId"],
        experiment_options=given.get("experimentOptions"),
        tags=given.get("tags"),
    )
    if begun["id"] not in request.table(OUTCOMES):
        alarm = _alarm_on(request, begun)
        if alarm:
            backend.experiments[begun["id"]].status = "stopped"
            request.table(OUTCOMES)[begun["id"]] = {"": ("stopped", f"Stopped by the alarm {alarm}")}
        else:
            request.table(OUTCOMES)[begun["id"]] = {
                name: _act(request, action, begun["targets"]) for name, action in begun["actions"].items()
            }
    return {"experiment": _told(request, begun)}


@fis.operation("GetExperiment")
def get_experiment(request: Request) -> Any:
    return {"experiment": _told(request, _fis(request).get_experiment(request.parameters["id"]))}


def _told(request: Request, experiment: dict[str, Any]) -> dict[str, Any]:
    outcomes = request.table(OUTCOMES).get(experiment["id"], {})
    over = experiment["state"]["status"] in ("completed", "stopped", "failed")
    actions = {}
    for name, action in experiment["actions"].items():
        status, reason = outcomes.get(name, ("", ""))
        shown = status in ("skipped", "failed") or (over and status)
        actions[name] = {**action, "state": {"status": status, "reason": reason}} if shown else action
    told = {**experiment, "actions": actions}
    if "" in outcomes:
        told["state"] = dict(zip(("status", "reason"), outcomes[""], strict=True))
    return told


def _fis(request: Request) -> Any:
    from moto.fis.models import fis_backends

    return fis_backends[request.account][request.region]


def _alarm_on(request: Request, experiment: dict[str, Any]) -> str | None:
    """An alarm that is on keeps an experiment from going on.

    Source: https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html
    """
    from moto.cloudwatch.models import cloudwatch_backends

    alarms = cloudwatch_backends[request.account][request.region].alarms
    for condition in experiment["stopConditions"]:
        name = str(condition.get("value", "")).partition(":alarm:")[2]
        if name in alarms and alarms[name].state_value == "ALARM":
            return name
    return None


def _act(request: Request, action: dict[str, Any], targets: dict[str, Any]) -> tuple[str, str]:
    """State and reason of an action."""
    chosen = next(iter((action.get("targets") or {}).values()), "")
    target = targets.get(chosen, {})
    acts = {
        "aws:network:disrupt-connectivity": _cut_off,
        "aws:rds:reboot-db-instances": _reboot,
        "aws:ecs:stop-task": _stop_tasks,
    }
    act = acts.get(action["actionId"])
    if act is None:
        return "skipped", f"{action['actionId']}: the local AWS cannot do it"
    done = act(request, action, target)
    return ("completed", done) if done else ("skipped", "No targets were found")


def _cut_off(request: Request, _: dict[str, Any], target: dict[str, Any]) -> str:
    """There is no network. What comes of a lost one is done: ECS stops the tasks that nobody reaches any more."""
    from moto.ec2.models import ec2_backends

    backend: Any = ec2_backends[request.account][request.region]
    tags = target.get("resourceTags") or {}
    zones = _filtered(target, "AvailabilityZone")
    subnets = {
        subnet.id
        for items in backend.subnets.values()
        for subnet in items.values()
        if (not zones or subnet.availability_zone in zones)
        and tags.items() <= {tag["key"]: tag["value"] for tag in subnet.get_tags()}.items()
    }
    stopped = _stop(request, lambda task: task["subnet"] in subnets)
    told = f"the network of {len(subnets)} subnets cannot be cut off here; {stopped} tasks in them were stopped instead"
    return told if subnets else ""


def _stop_tasks(request: Request, _: dict[str, Any], target: dict[str, Any]) -> str:
    stopped = _stop(request, lambda task: task["arn"] in (target.get("resourceArns") or ()))
    return f"{stopped} tasks were stopped" if stopped else ""


def _stop(request: Request, chosen: Any) -> int:
    now, count = datetime.now(UTC).replace(tzinfo=None), 0
    for service in _services(request):
        for task in [item for item in disruptions.tasks(service, now) if item["stopped"] is None and chosen(item)]:
            disruptions.stop(service, task, "Task failed ELB health checks", now)
            count += 1
    return count


def _reboot(request: Request, action: dict[str, Any], target: dict[str, Any]) -> str:
    from moto.core.utils import utcnow

    failed_over = [instance.db_instance_identifier for instance in _databases(request, target)]
    for instance in _databases(request, target):
        if (action.get("parameters") or {}).get("forceFailover") == "true":
            disruptions.fail_over(instance, utcnow())
        else:
            disruptions.reboot(instance, utcnow())
    return f"rebooted: {', '.join(failed_over)}" if failed_over else ""


def _databases(request: Request, target: dict[str, Any]) -> Iterator[Any]:
    from moto.rds.models import rds_backends

    zones, ids = _filtered(target, "AvailabilityZone"), _filtered(target, "DBInstanceIdentifier")
    tags = target.get("resourceTags") or {}
    for instance in rds_backends[request.account][request.region].describe_db_instances():
        own = {tag["Key"]: tag["Value"] for tag in instance.tags}
        if (
            tags.items() <= own.items()
            and (not zones or instance.availability_zone in zones)
            and (not ids or instance.db_instance_identifier in ids)
        ):
            yield instance


def _filtered(target: dict[str, Any], path: str) -> set[str]:
    return {value for item in target.get("filters") or () if item["path"] == path for value in item["values"]}
