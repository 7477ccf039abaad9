"""What images are released to: the services and jobs of an environment on Amazon ECS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundplan.errors import InputError, suggestion
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import ContainerRepository, EcsCluster, EcsService, TaskDefinition
from groundplan.resources.schedules import Schedule
from groundplan.resources.values import Attribute, InputValue, Ref, Text


@dataclass(frozen=True)
class Workload:
    """A service or a job in one region."""

    name: str
    """As the blueprint calls it; so is its container."""
    region: str
    definition: TaskDefinition
    repository: ContainerRepository
    input: str
    """The input that has the tag of its first image: ``api_image_tag``."""
    cluster: str
    service: EcsService | None
    """None: a job, which is started from the newest revision of its task definition."""
    standby: bool = False

    @property
    def told(self) -> str:
        """How people are told of it."""
        return f"{self.name} in {self.region}" if self.standby else self.name

    @property
    def strategy(self) -> str:
        """How a new revision takes over."""
        return self.service.deployment_strategy.lower().replace("_", "-") if self.service else "at its next start"


def workloads(architecture: Architecture) -> list[Workload]:
    """Every service and job on ECS, in the order of the blueprint; what the standby has comes after its primary."""
    found = [item for definition in architecture.of(TaskDefinition) if (item := _workload(architecture, definition))]
    return sorted(found, key=lambda item: item.standby)


def named(architecture: Architecture, name: str) -> list[Workload]:
    """A service or job by its name, in each of its regions. Raises InputError where there is none of that name."""
    every = workloads(architecture)
    found = [item for item in every if item.name == name]
    if not found:
        known = list(dict.fromkeys(item.name for item in every))
        if not known:
            raise InputError(f"{architecture.stage} runs no containers of its own on ECS: there is nothing to release")
        raise InputError(f'no service and no job is called "{name}"{suggestion(name, known)}')
    return found


def _workload(architecture: Architecture, definition: TaskDefinition) -> Workload | None:
    image = definition.containers[0].image
    if not isinstance(image, Text):
        return None  # somebody else's image, whose version the infrastructure says
    repositories = [part.ref for part in image.parts if isinstance(part, Attribute)]
    tags = [part.name for part in image.parts if isinstance(part, InputValue)]
    cluster, service = _runs(architecture, definition.ref)
    if not repositories or not tags or cluster is None:
        return None
    repository = architecture[repositories[0]]
    assert isinstance(repository, ContainerRepository)
    return Workload(
        name=definition.containers[0].name,
        region=definition.region or architecture.region,
        definition=definition,
        repository=repository,
        input=tags[0],
        cluster=architecture[cluster].cluster_name,
        service=service,
        standby=definition.address in architecture.in_standby,
    )


def _runs(architecture: Architecture, ref: Ref[TaskDefinition]) -> tuple[Ref[EcsCluster] | None, EcsService | None]:
    """The cluster that runs a task definition, and the service that does, where one does."""
    users = list(_users(architecture, ref))
    for user in users:
        if isinstance(user, EcsService):
            return user.cluster, user
    return (users[0].cluster, None) if users else (None, None)


def _users(architecture: Architecture, ref: Ref[TaskDefinition]) -> Iterator[EcsService | Schedule]:
    for user in architecture.dependents.get(ref, ()):
        if isinstance(user, EcsService | Schedule) and user.task_definition == ref:
            yield user
