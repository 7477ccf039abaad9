"""What the engine remembers: stacks, their resources, events and change sets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from groundplan.targets.local.cloudformation.definitions import Template
from groundplan.targets.local.types.handler import ResourceState

STACK = "AWS::CloudFormation::Stack"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class StackResource:
    """A resource that a stack owns."""

    logical_id: str
    type: str
    state: ResourceState
    properties: dict[str, Any]
    """As evaluated, with the stack's tags; dynamic references are kept as text, so no secret is copied here."""
    status: str = "CREATE_COMPLETE"
    changed: datetime = field(default_factory=now)
    deletion_policy: str = ""
    update_replace_policy: str = ""


@dataclass(frozen=True)
class Event:
    """One line of a stack's story."""

    id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    time: datetime
    properties: str = ""


@dataclass(frozen=True)
class Image:
    """A stack as it was before an update; what a rollback goes back to."""

    resources: Mapping[str, StackResource]
    template: Template | None
    raw_parameters: Mapping[str, str]
    parameters: Mapping[str, Any]
    outputs: tuple[Mapping[str, str], ...]
    imports: tuple[str, ...]
    order: tuple[str, ...]
    tags: Mapping[str, str]


@dataclass(slots=True)
class Stack:
    """A stack. ``resources`` always says what exists, also in the middle of an operation."""

    id: str
    name: str
    region: str
    tags: Mapping[str, str] = field(default_factory=dict)
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    created: datetime = field(default_factory=now)
    updated: datetime | None = None
    deleted: datetime | None = None
    template: Template | None = None
    raw_parameters: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    resources: dict[str, StackResource] = field(default_factory=dict)
    leftovers: list[StackResource] = field(default_factory=list)
    """Replaced or removed resources that are still to be deleted."""
    outputs: tuple[Mapping[str, str], ...] = ()
    imports: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    events: list[Event] = field(default_factory=list)
    capabilities: tuple[str, ...] = ()
    policy: str = ""
    protected: bool = False
    disable_rollback: bool = False
    before: Image | None = None
    drift: str = "NOT_CHECKED"
    drifts: list[dict[str, Any]] = field(default_factory=list)
    change_set: str = ""
    parent: str = ""
    """The id of the stack that this one is nested in."""
    root: str = ""
    settling: str = ""
    """The status to show while an operation's end is not yet in the snapshot: what is seen survives a crash."""

    @property
    def shown_status(self) -> str:
        return self.settling if self.settling and not self.busy else self.status

    @property
    def exists(self) -> bool:
        return self.status != "DELETE_COMPLETE"

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def set_status(self, status: str, reason: str = "") -> None:
        self.status, self.reason, self.updated = status, reason, now()
        self.note(self.name, STACK, self.id, status, reason)

    def note(self, logical_id: str, type_name: str, physical_id: str, status: str, reason: str = "") -> None:
        event = Event(str(uuid.uuid4()), logical_id, physical_id, type_name, status, reason, now())
        self.events.append(event)

    def image(self) -> Image:
        return Image(
            dict(self.resources), self.template, self.raw_parameters, self.parameters, self.outputs, self.imports,
            self.order, self.tags,
        )  # fmt: skip

    def restore(self, image: Image) -> None:
        """Everything but the resources, which a rollback restores one by one."""
        self.template, self.raw_parameters, self.parameters = image.template, image.raw_parameters, image.parameters
        self.outputs, self.imports, self.order, self.tags = image.outputs, image.imports, image.order, image.tags


@dataclass(slots=True)
class ChangeSet:
    """What would change, and whether it may be executed."""

    id: str
    name: str
    stack: str
    kind: str
    """``CREATE`` or ``UPDATE``."""
    template: Template
    raw_parameters: Mapping[str, str]
    parameters: Mapping[str, Any]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...] = ()
    description: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)
    status: str = "CREATE_COMPLETE"
    execution: str = "AVAILABLE"
    reason: str = ""
    created: datetime = field(default_factory=now)
    on_failure: str = ""
    include_nested: bool = False
    reverts_drift: bool = False
    """Whether what was changed by hand becomes again what the template says (``DeploymentMode: REVERT_DRIFT``)."""
    parent: str = ""
    """The id of the change set that this one is nested in, and there the logical id of its stack."""
    logical_id: str = ""
