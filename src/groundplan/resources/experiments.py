"""AWS Fault Injection Service (FIS): experiments that take something away on purpose.

Source: https://docs.aws.amazon.com/fis/latest/userguide/experiment-templates.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.monitoring import Alarm
from groundplan.resources.security import Role
from groundplan.resources.values import Ref

MOST_STOP_CONDITIONS = 5
"""Of one template. Source: https://docs.aws.amazon.com/fis/latest/userguide/fis-quotas.html"""


@dataclass(frozen=True, kw_only=True)
class ExperimentTarget(Record):
    """What an experiment acts on. FIS looks for it when an experiment starts.

    Source: https://docs.aws.amazon.com/fis/latest/userguide/targets.html
    """

    name: str
    resource_type: str
    """``aws:ec2:subnet``."""
    resource_tags: Mapping[str, str]
    """Tags that it carries, all of them."""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Attribute, as the API that describes it calls it (``Placement.AvailabilityZone``), and the values it may have."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What some types are told apart by: ``availabilityZoneIdentifier``."""
    selection_mode: str = "ALL"
    """``ALL``, ``COUNT(1)`` or ``PERCENT(50)`` of what was found."""


@dataclass(frozen=True, kw_only=True)
class ExperimentAction(Record):
    """What is done to a target. All actions of a template start together.

    Source: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
    """

    name: str
    action_id: str
    """``aws:rds:reboot-db-instances``."""
    description: str
    target_key: str
    """What the action calls its target: ``DBInstances``."""
    target: str
    """Name of the target."""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ExperimentTemplate(Resource):
    """An experiment of FIS that can be started. As long as nobody does, it does nothing and costs nothing.

    An action that finds no target is skipped.
    """

    title: ClassVar[str] = "experiment template"
    description: str
    role: Ref[Role]
    """What FIS acts as."""
    targets: tuple[ExperimentTarget, ...]
    actions: tuple[ExperimentAction, ...]
    stop_alarms: tuple[Ref[Alarm], ...]
    """Alarms that end an experiment as soon as one of them is on, and keep one from starting. At most five."""
