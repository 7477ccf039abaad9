"""Revisions of task definitions. What a release registers says so in its tags: when, by whom, in place of which.

A revision without them was made by whatever deploys the infrastructure. Releases are copies of the newest of those,
with another image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from groundplan.errors import EnvironmentalError
from groundplan.operations.release.images import Image, tag_of
from groundplan.operations.release.workloads import Workload
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef, TaskDefinitionTypeDef

AT, BY, BASE, REPLACED = "ReleasedAt", "ReleasedBy", "ReleasedOn", "ReleasedAfter"
SETTINGS, DIGEST = "ReleasedFrom", "ReleasedDigest"
"""Tags of a revision that a release registered. ``ReleasedOn``: the number of the infrastructure's newest revision at
that time; ``ReleasedFrom``: that of the revision that it is a copy of, which is an older one where it goes back."""


class NotDeployedError(EnvironmentalError):
    """The service or job is not there yet."""


@dataclass(frozen=True)
class Revision:
    """One revision of a task definition."""

    arn: str
    number: int
    image: str
    """Of the service's own container."""
    active: bool
    """Whether ECS still starts tasks from it."""
    registered: datetime | None
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)
    definition: Mapping[str, object] = field(default_factory=dict, repr=False)
    """All that ECS says of it."""

    @property
    def tag(self) -> str:
        """The image's tag."""
        return tag_of(self.image)

    @property
    def is_release(self) -> bool:
        """Whether a release registered it; else the infrastructure did."""
        return AT in self.tags

    @property
    def released(self) -> str:
        """When, as ``2026-11-21T16:45:03Z``; empty where the infrastructure made it."""
        return self.tags.get(AT, "")

    @property
    def by(self) -> str:
        """Who released it; empty where the infrastructure made it."""
        return self.tags.get(BY, "")

    @property
    def base(self) -> int:
        """The number of the revision that was the infrastructure's newest when it was registered."""
        return int(self.tags.get(BASE, self.number))

    @property
    def settings(self) -> int:
        """The number of the revision that it has its settings from."""
        return int(self.tags.get(SETTINGS, self.number))

    @property
    def replaced(self) -> int | None:
        """The number of the revision that ran before it."""
        return int(self.tags[REPLACED]) if REPLACED in self.tags else None


def service_of(connection: Connection, workload: Workload) -> ServiceTypeDef:
    """The service as ECS has it. Raises NotDeployedError where it is not deployed."""
    assert workload.service is not None
    called = workload.service.service_name
    from botocore.exceptions import ClientError

    with explained(f"Reading the service {called}"):
        try:
            found = connection.ecs(workload.region).describe_services(cluster=workload.cluster, services=[called])
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ClusterNotFoundException":
                raise
            raise _not_deployed(connection, workload) from error
    for service in found["services"]:
        if service.get("status") == "ACTIVE":
            return service
    raise _not_deployed(connection, workload)


def _not_deployed(connection: Connection, workload: Workload) -> NotDeployedError:
    return NotDeployedError(f"{workload.told} is not deployed to {connection.target}; groundplan deploy makes it")


def running(connection: Connection, workload: Workload) -> Revision:
    """The revision that a service runs, or that the next start of a job will.

    Raises NotDeployedError where it is not deployed.
    """
    if workload.service is not None:
        return describe(connection, workload, service_of(connection, workload)["taskDefinition"])
    return newest(connection, workload)


def newest(connection: Connection, workload: Workload) -> Revision:
    """The newest revision that tasks may be started from. Raises NotDeployedError where there is none."""
    arns = _listed(connection, workload, active=True, most=1)
    if not arns:
        raise _not_deployed(connection, workload)
    return describe(connection, workload, arns[0])


def base(connection: Connection, workload: Workload) -> Revision:
    """The infrastructure's newest revision: what settings a release gets."""
    found = newest(connection, workload)
    if found.base == found.number:
        return found
    return describe(connection, workload, f"{workload.definition.family}:{found.base}")


def describe(connection: Connection, workload: Workload, name: str) -> Revision:
    """A revision by its ARN, or by family and number."""
    with explained(f"Reading the task definition {name}"):
        found = connection.ecs(workload.region).describe_task_definition(taskDefinition=name, include=["TAGS"])
    definition = found["taskDefinition"]
    return Revision(
        arn=definition["taskDefinitionArn"],
        number=definition["revision"],
        image=_image_of(workload, definition),
        active=definition.get("status") == "ACTIVE",
        registered=definition.get("registeredAt"),
        tags={tag["key"]: tag["value"] for tag in found.get("tags", [])},
        definition=cast("Mapping[str, object]", definition),
    )


def find(connection: Connection, workload: Workload, number: int) -> Revision | None:
    """A revision by its number; None where there is none, or it was deleted."""
    from botocore.exceptions import ClientError

    try:
        return describe(connection, workload, f"{workload.definition.family}:{number}")
    except EnvironmentalError as error:
        if isinstance(error.__cause__, ClientError) and error.__cause__.response["Error"]["Code"] == "ClientException":
            return None
        raise


def _image_of(workload: Workload, definition: TaskDefinitionTypeDef) -> str:
    for container in definition["containerDefinitions"]:
        if container.get("name") == workload.name:
            return container.get("image", "")
    raise EnvironmentalError(
        f"{definition['taskDefinitionArn']} has no container {workload.name}; groundplan deploy brings it back"
    )


def history(connection: Connection, workload: Workload, most: int = 10) -> list[Revision]:
    """The newest revisions, newest first; also those that the infrastructure has taken back since."""
    arns = [
        *_listed(connection, workload, active=True, most=most),
        *_listed(connection, workload, active=False, most=most),
    ]
    newest_first = sorted(set(arns), key=_number, reverse=True)[:most]
    return [describe(connection, workload, arn) for arn in newest_first]


def _listed(connection: Connection, workload: Workload, *, active: bool, most: int) -> list[str]:
    """The ARNs of the newest revisions, newest first."""
    family = workload.definition.family
    with explained(f"Listing the revisions of {family}"):
        pages = connection.ecs(workload.region).get_paginator("list_task_definitions")
        arns: list[str] = []
        for page in pages.paginate(familyPrefix=family, status="ACTIVE" if active else "INACTIVE", sort="DESC"):
            # A prefix may be that of another family as well.
            arns += [arn for arn in page["taskDefinitionArns"] if _family(arn) == family]
            if len(arns) >= most and connection.target == "aws":  # the local AWS lists the oldest first
                break
    return sorted(arns, key=_number, reverse=True)[:most]


def _family(arn: str) -> str:
    return arn.rpartition("/")[2].rpartition(":")[0]


def _number(arn: str) -> int:
    return int(arn.rpartition(":")[2])


def register(
    connection: Connection, workload: Workload, settings: Revision, image: Image, marks: Mapping[str, str]
) -> Revision:
    """A copy of a revision with another image, and tags that say who made it, and why."""
    client = connection.ecs(workload.region)
    model = client.meta.service_model.operation_model("RegisterTaskDefinition").input_shape
    assert model is not None
    taken = {name: value for name, value in settings.definition.items() if name in model.members and name != "tags"}
    containers = cast("list[dict[str, object]]", taken["containerDefinitions"])
    taken["containerDefinitions"] = [
        {**container, "image": image.reference} if container["name"] == workload.name else container
        for container in containers
    ]
    kept = {key: value for key, value in settings.tags.items() if not key.startswith(("Released", "aws:"))}
    tags = [
        {"key": key, "value": value}
        for key, value in {**kept, **marks, SETTINGS: str(settings.settings), DIGEST: image.digest}.items()
    ]
    request: Any = {**taken, "tags": tags}
    with explained(f"Registering a revision of {workload.definition.family}"):
        made = client.register_task_definition(**request)["taskDefinition"]
    return describe(connection, workload, made["taskDefinitionArn"])
