"""What moto lacks of ECS: the deployments of a service one by one, and its revisions."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local import rollouts
from groundplan.targets.local.fakes.service import RefusedError, Request, faked

ecs = faked("ecs")


def _services(request: Request) -> list[Any]:
    from moto.ecs.models import ecs_backends

    return list(ecs_backends[request.account][request.region].services.values())


def _service(request: Request) -> Any:
    cluster = str(request.parameters.get("cluster", "default")).rpartition("/")[2]
    name = str(request.parameters["service"]).rpartition("/")[2]
    for service in _services(request):
        if (service.cluster_name, service.name) == (cluster, name):
            return service
    raise RefusedError("ServiceNotFoundException", "Service not found.")


def _found(request: Request, arn: str) -> tuple[Any, dict[str, Any]] | None:
    for service in _services(request):
        for rollout in rollouts.rollouts(service):
            if rollout["serviceDeploymentArn"] == arn:
                rollouts.look(service)
                return service, rollout
    return None


def _missing(arns: list[str], known: list[str]) -> list[dict[str, str]]:
    return [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in known]


@ecs.operation("ListServiceDeployments")
def list_deployments(request: Request) -> dict[str, Any]:
    service = _service(request)
    rollouts.look(service)
    wanted = request.parameters.get("status") or ()
    found = [
        {**item, "targetServiceRevisionArn": item["targetServiceRevision"]["arn"]}
        for item in rollouts.rollouts(service)
        if not wanted or item["status"] in wanted
    ]
    return {"serviceDeployments": found[: request.parameters.get("maxResults", 20)]}


@ecs.operation("DescribeServiceDeployments")
def describe_deployments(request: Request) -> dict[str, Any]:
    arns = request.parameters["serviceDeploymentArns"]
    found = [pair[1] for arn in arns if (pair := _found(request, arn))]
    return {
        "serviceDeployments": found,
        "failures": _missing(arns, [item["serviceDeploymentArn"] for item in found]),
    }


@ecs.operation("DescribeServiceRevisions")
def describe_revisions(request: Request) -> dict[str, Any]:
    arns = request.parameters["serviceRevisionArns"]
    known = {arn: item for service in _services(request) for arn, item in rollouts.revisions(service).items()}
    return {
        "serviceRevisions": [known[arn] for arn in arns if arn in known],
        "failures": _missing(arns, list(known)),
    }


@ecs.operation("StopServiceDeployment")
def stop_deployment(request: Request) -> dict[str, Any]:
    arn = request.parameters["serviceDeploymentArn"]
    pair = _found(request, arn)
    if pair is None:
        raise RefusedError("ServiceDeploymentNotFoundException", f"The service deployment {arn} was not found.")
    service, rollout = pair
    if rollout["status"] in rollouts.ENDED:
        raise RefusedError("ConflictException", f"The service deployment {arn} has ended: {rollout['status']}.")
    if rollout["status"] == "IN_PROGRESS":
        rollouts.stop(service, rollout)
    return {"serviceDeploymentArn": arn}
