"""What a drill does to AWS: one call each, and how it is seen that it has happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from groundplan.errors import DeploymentError, InputError
from groundplan.operations.drills.kinds import Drill
from groundplan.operations.drills.looks import AVAILABLE, Look
from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.experiments import ExperimentTemplate
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_fis.type_defs import ExperimentTypeDef

ACTION_MINUTE = 0.10
"""USD. Source: https://aws.amazon.com/fis/pricing/"""
_ENDED = frozenset({"completed", "stopped", "failed", "cancelled"})


class Disruption(Protocol):
    """One thing that is taken away."""

    def begin(self) -> str:
        """Do it. Returns what was done, in a sentence."""

    def effective(self, now: Look) -> bool:
        """Whether AWS has begun."""

    def over(self, now: Look) -> bool:
        """Whether nothing more is to come."""

    def stop(self) -> str:
        """End it early, as far as that is possible. Returns what was done about it."""

    def findings(self) -> tuple[str, ...]:
        """What did not go as it should."""

    def left_out(self) -> tuple[str, ...]:
        """What had nothing to act on, or cannot be done here."""


def disruption(connection: Connection, architecture: Architecture, drill: Drill, before: Look) -> Disruption:
    """What carries a drill out. Raises InputError for the drill of a region, which is rehearsed."""
    if drill.service is not None:
        return StoppedTask(connection, architecture, drill.service)
    if drill.database is not None:
        return Failover(connection, architecture, drill.database, before)
    if drill.template is not None:
        return Experiment(connection, architecture, drill.template)
    raise InputError(f"the drill {drill.name} takes nothing away")


@dataclass
class StoppedTask:
    """One task of a service is stopped, the one that has run longest; ECS starts another."""

    connection: Connection
    architecture: Architecture
    service: EcsService
    task: str = ""

    def begin(self) -> str:
        """Raises DeploymentError where no task runs."""
        client = self.connection.ecs(self.architecture.region)
        cluster = self.architecture[self.service.cluster].cluster_name
        with explained(f"Stopping a task of {self.service.service_name}"):
            arns = client.list_tasks(cluster=cluster, serviceName=self.service.service_name)["taskArns"]
            if not arns:
                raise DeploymentError(f"{self.service.service_name} runs no task that could be stopped")
            tasks = client.describe_tasks(cluster=cluster, tasks=arns[:100])["tasks"]
            running = [task for task in tasks if task.get("lastStatus") == "RUNNING"] or tasks
            oldest = min(running, key=lambda task: (str(task.get("startedAt", "")), task["taskArn"]))
            self.task = oldest["taskArn"]
            client.stop_task(cluster=cluster, task=self.task, reason="groundplan drill task")
        zone = oldest.get("availabilityZone", "its zone")
        return f"the task {self.task.rpartition('/')[2]} of {self.service.service_name} was stopped, in {zone}"

    def effective(self, now: Look) -> bool:
        """Once the task has ended: until then ECS counts it, or has let go of it altogether."""
        cluster = self.architecture[self.service.cluster].cluster_name
        with explained(f"Reading the tasks of {self.service.service_name}"):
            answer = self.connection.ecs(self.architecture.region).describe_tasks(cluster=cluster, tasks=[self.task])
        return all(task.get("lastStatus") == "STOPPED" for task in answer["tasks"])

    def over(self, now: Look) -> bool:
        """One call was all."""
        return True

    def stop(self) -> str:
        """A stopped task stays stopped."""
        return "The task stays stopped; ECS starts another, also when nobody looks"

    def findings(self) -> tuple[str, ...]:
        """A task ends, or the call fails."""
        return ()

    def left_out(self) -> tuple[str, ...]:
        """Nothing can be."""
        return ()


@dataclass
class Failover:
    """The standby of a database becomes its primary; without one, the instance restarts where it is."""

    connection: Connection
    architecture: Architecture
    database: DatabaseInstance
    before: Look
    seen: bool = False

    def begin(self) -> str:
        """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RebootInstance.html"""
        identifier, forced = self.database.identifier, self.database.multi_az
        with explained(f"Rebooting {identifier}"):
            self.connection.rds(self.architecture.region).reboot_db_instance(
                DBInstanceIdentifier=identifier, ForceFailover=forced
            )
        return f"{identifier} was rebooted{' with failover' if forced else ' where it is: it has no standby'}"

    def effective(self, now: Look) -> bool:
        """Once it was seen away, or is seen in another zone."""
        name = self.database.name.replace("_", "-")
        was, state = self.before.databases.get(name), now.databases.get(name)
        if state is None or state.status != AVAILABLE or (was is not None and state.zone != was.zone):
            self.seen = True
        return self.seen

    def over(self, now: Look) -> bool:
        """One call was all."""
        return True

    def stop(self) -> str:
        """A failover cannot be taken back half-way."""
        return "The failover goes on to its end, also when nobody looks"

    def findings(self) -> tuple[str, ...]:
        """A database without a standby has nothing to fail over to."""
        if self.database.multi_az:
            return ()
        return (f"{self.database.identifier} has no standby: a lost instance would have to be restored",)

    def left_out(self) -> tuple[str, ...]:
        """Nothing can be."""
        return ()


@dataclass
class Experiment:
    """An experiment of AWS FIS, by the template that was deployed for it."""

    connection: Connection
    architecture: Architecture
    template: ExperimentTemplate
    id: str = ""
    last: ExperimentTypeDef | None = None

    def begin(self) -> str:
        """Raises DeploymentError where the template is not deployed."""
        client = self.connection.fis(self.architecture.region)
        identifier = self._template_id()
        with explained(f"Starting the experiment {self.template.description}"):
            self.last = client.start_experiment(
                clientToken=uuid4().hex,
                experimentTemplateId=identifier,
                tags={**_marks(self.architecture), "Name": self.template.tags.get("Name", self.template.name)},
            )["experiment"]
            self.id = self.last["id"]
        return f"the experiment {self.id} was started: {self.template.description}"

    def _template_id(self) -> str:
        wanted = {**_marks(self.architecture), "Name": self.template.tags.get("Name", "")}
        with explained("Looking for the experiment template"):
            client = self.connection.fis(self.architecture.region)
            pages = client.get_paginator("list_experiment_templates").paginate()
            for page in pages:
                for item in page["experimentTemplates"]:
                    if wanted.items() <= item.get("tags", {}).items():
                        return item["id"]
        raise DeploymentError(f"{self.template.address} is not deployed: `groundplan deploy` makes it")

    def _look(self) -> str:
        with explained("Reading the experiment"):
            client = self.connection.fis(self.architecture.region)
            self.last = client.get_experiment(id=self.id)["experiment"]
        return self.status

    @property
    def status(self) -> str:
        """What FIS said of it when it was looked at last."""
        return self.last.get("state", {}).get("status", "") if self.last else ""

    def effective(self, now: Look) -> bool:
        """Once its actions have begun."""
        return self._look() not in ("pending", "initiating")

    def over(self, now: Look) -> bool:
        """Once FIS has ended it, and has given back what it took."""
        return self.status in _ENDED

    def stop(self) -> str:
        """FIS ends the experiment, and gives back what it took. What was terminated stays so."""
        if not self.id or self.status in _ENDED:
            return "The experiment is over"
        with explained("Stopping the experiment"):
            self.connection.fis(self.architecture.region).stop_experiment(id=self.id)
        return f"The experiment {self.id} was stopped: FIS gives back what it took"

    def findings(self) -> tuple[str, ...]:
        """An experiment that an alarm stopped or that failed, and actions that failed."""
        if self.last is None:
            return ()
        state = self.last.get("state", {})
        ended = state.get("status") in ("stopped", "failed")
        told = (f"the experiment was {state.get('status')}: {state.get('reason', 'no reason is told')}",) * ended
        return (*told, *self._actions("failed"))

    def left_out(self) -> tuple[str, ...]:
        """Actions that FIS skipped: a database whose primary was in another zone, say."""
        return self._actions("skipped")

    def _actions(self, status: str) -> tuple[str, ...]:
        actions = self.last.get("actions", {}) if self.last else {}
        states = {name: action.get("state", {}) for name, action in actions.items()}
        return tuple(
            f"{name} was {status}: {state.get('reason', 'no reason is told')}"
            for name, state in states.items()
            if state.get("status") == status
        )


def action_minutes(template: ExperimentTemplate) -> int:
    """What FIS charges for at the most: an action without a duration counts as a minute."""
    minutes = 0
    for action in template.actions:
        lasting = action.parameters.get("duration") or action.parameters.get("startInstancesAfterDuration") or "PT1M"
        minutes += int(lasting.removeprefix("PT").removesuffix("M"))
    return minutes


def _marks(architecture: Architecture) -> dict[str, str]:
    """The tags that tell what belongs to this environment, and to this owner of it."""
    return {key: architecture.tags[key] for key in ("Project", "Environment", "Owner") if key in architecture.tags}
