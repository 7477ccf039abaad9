"""The runbook of a disruption, step by step: what Groundplan can do itself, and what others do.

The steps are those of the model of recovery (:mod:`groundplan.recovery`); here each gets what carries it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from groundplan.blueprint.objectives import Objectives
from groundplan.errors import InputError, suggestion
from groundplan.operations.backup import bucket, database, switch
from groundplan.operations.backup.stores import Store, stores_of
from groundplan.operations.events import Report
from groundplan.recovery import DISRUPTIONS, Given, Recovery, Step, survey
from groundplan.resources.architecture import Architecture
from groundplan.resources.automation import AutomationDocument
from groundplan.resources.security import Key
from groundplan.targets.connection import Connection, explained

Mode = Literal["we", "aws", "person"]


@dataclass(frozen=True)
class Action:
    """A step of the runbook with what carries it out."""

    step: Step
    mode: Mode
    """``we``: :attr:`do` does it; ``aws``: it happens by itself; ``person``: somebody has to."""
    does: str = ""
    """What :attr:`do` does, in words."""
    do: Callable[[Report], str] | None = None
    """Does it, and returns what was done."""
    part: str = ""
    """The store that is worked on, beside which nothing in use changes; empty: the whole environment is."""


def recoveries(architecture: Architecture, objectives: Objectives) -> dict[str, Recovery]:
    """Each disruption that the environment can have: by its name, and its zone where that makes a difference."""
    found = survey(architecture, Given.by(objectives))
    return {f"{item.disruption}-{item.where}" if item.where else item.disruption: item for item in found}


def choose(architecture: Architecture, objectives: Objectives, asked: str) -> Recovery:
    """The disruption of that name. Raises InputError with those that there are."""
    known = recoveries(architecture, objectives)
    alike = [item for item in known.values() if item.disruption == asked]
    found = known.get(asked) or (alike[0] if alike else None)
    if found is None:
        told = suggestion(asked, known) if asked not in DISRUPTIONS else "; the environment cannot have it"
        raise InputError(f"--after {asked}: no disruption of {architecture.stage} is called so{told}")
    return found


def actions(
    connection: Connection,
    architecture: Architecture,
    recovery: Recovery,
    to: datetime | None,
    switched: Callable[[Mapping[str, str]], None] = lambda _: None,
) -> tuple[Action, ...]:
    """The steps, each with what carries it out. ``to``: the time that data are brought back to; where it is None,
    databases get the latest that there is, and objects are refused. ``switched`` is told the resource ids of what bears
    a name after a switch that another instance had.
    """
    helper = _Helper(connection, architecture, to, switched)
    return tuple(helper.action(step) for step in recovery.steps)


@dataclass(frozen=True)
class _Helper:
    connection: Connection
    architecture: Architecture
    to: datetime | None
    switched: Callable[[Mapping[str, str]], None]

    def action(self, step: Step) -> Action:
        return self._own(step) or Action(step, "person" if step.by == "a person" else "aws")

    def _own(self, step: Step) -> Action | None:
        name, _, what = step.name.partition(": ")
        store = next((item for item in self._databases() if item.name == f"database.{name}"), None)
        match what:
            case "restore" if store:
                does = f"restores {store.name} beside the one in use"
                return Action(step, "we", does, lambda report: self._restore(store, report), store.name)
            case "switch" if store:
                does = f"gives the restored {store.name} its name"
                return Action(step, "we", does, lambda report: self._switch(store, report))
            case "start" if store:
                return Action(step, "we", f"starts {store.id}", lambda report: self._start(store))
            case "restore" if name == "objects":
                return Action(step, "we", "brings objects back out of their versions", self._objects)
            case "" if name == "enable":
                return Action(step, "we", "takes the deletion of keys back and enables them", self._keys)
            case "" if name == "start" and step.by == "a person" and self._document():
                return Action(step, "we", "starts the automation document in the standby's region", self._promote)
            case _:
                return None

    def _databases(self) -> Iterator[Store]:
        return (store for store in stores_of(self.architecture) if store.kind == "database")

    def _restore(self, store: Store, report: Report) -> str:
        to = database.LATEST if self.to is None else self.to.isoformat()
        ahead = database.prepare(self.connection, store, to=to, snapshot=None)
        made = database.restore(self.connection, self.architecture, ahead, report)
        return f"{made.identifier} is there: {made.address}:{made.port}"

    def _switch(self, store: Store, report: Report) -> str:
        ahead = switch.prepare(self.connection, self.architecture, store, None)
        done = switch.switch(self.connection, self.architecture, ahead, report)
        self.switched(done.resource_ids)
        return f"{store.id} is the restored one now; the old one is called {done.old}"

    def _start(self, store: Store) -> str:
        with explained(f"Starting {store.id}"):
            self.connection.rds(store.region).start_db_instance(DBInstanceIdentifier=store.id)
        return f"{store.id} is starting"

    def _objects(self, report: Report) -> str:
        if self.to is None:
            raise InputError("objects are brought back to a time: say --to TIME")
        told = []
        for store in stores_of(self.architecture):
            resource = next(item for item in self.architecture if item.address == store.address)
            if store.kind == "bucket" and getattr(resource, "versioning", False):
                changes = bucket.prepare(self.connection, store, self.to)
                told.append(f"{store.name}: {bucket.restore(self.connection, store, changes, report)} objects")
        return ", ".join(told)

    def _keys(self, report: Report) -> str:
        told = []
        for key in self.architecture.of(Key):
            client = self.connection.kms(key.region or self.architecture.region)
            with explained(f"Taking back the deletion of {key.alias}"):
                found = client.describe_key(KeyId=f"alias/{key.alias}")["KeyMetadata"]
                if found.get("KeyState") == "PendingDeletion":
                    client.cancel_key_deletion(KeyId=found["KeyId"])
                elif found.get("Enabled"):
                    continue
                client.enable_key(KeyId=found["KeyId"])
            report(f"{key.alias}: can be used again")
            told.append(key.alias)
        return f"{', '.join(told)} can be used again" if told else "no key is disabled or on its way to deletion"

    def _document(self) -> AutomationDocument | None:
        return next(iter(self.architecture.of(AutomationDocument)), None)

    def _promote(self, report: Report) -> str:
        document = self._document()
        assert document
        region = document.region or self.architecture.region
        with explained(f"Starting {document.document_name}"):
            number = self.connection.ssm(region).start_automation_execution(DocumentName=document.document_name)
        report(f"{document.document_name}: begun in {region}")
        return f"Systems Manager carries out {number['AutomationExecutionId']} in {region}"
