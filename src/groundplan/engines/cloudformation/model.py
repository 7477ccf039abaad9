"""What rendering gives back: stacks, where each resource went, and what CloudFormation cannot express."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from groundplan.record import Record, dataclass
from groundplan.resources import Concern, Resource
from groundplan.resources.values import InputValue, Ref

MARKER = "# Written by Groundplan"
"""How the first line of every file of this engine begins."""

NAMED_IAM = "CAPABILITY_NAMED_IAM"
"""What a person acknowledges for a template that creates roles with names of their own.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html
"""


@dataclass(frozen=True)
class Options(Record):
    """What a person decides about the templates."""

    stacks: Literal["concern", "region"] = "concern"
    """``concern``: a stack for each concern and region, which change apart from each other. ``region``: everything in
    one stack for each region, for tools that have stacks of their own (CDK). Logical ids are the same in both."""


@dataclasses.dataclass(frozen=True, slots=True)
class StackOutput:
    """An output of a stack, as the source of another stack's parameter."""

    stack: str
    output: str


@dataclasses.dataclass(frozen=True, slots=True)
class Location:
    """Where a resource stands in a template."""

    stack: str
    logical_id: str
    type: str
    """``AWS::EC2::VPC``."""


@dataclass(frozen=True)
class Unsupported(Record):
    """A resource or an output that is in no template, and why."""

    address: str
    reason: str


@dataclass(frozen=True)
class MadeBeside(Record):
    """A resource that no template can hold, and that ``groundplan deploy`` makes through the service's own API."""

    ref: Ref[Resource]
    reason: str
    """Why no template can hold it."""
    settings: Mapping[str, object]
    """What it is to be like; of what it refers to, the address."""
    after: tuple[str, ...]
    """What has to be there first: names of stacks, addresses of others like it."""
    before: tuple[str, ...]
    """Names of the stacks that use it."""


@dataclass(frozen=True)
class Weight(Record):
    """A parameter for the share of requests that a rule sends to a target group, which deployments move."""

    parameter: str
    rule: Ref[Resource]
    target_group: Ref[Resource]


@dataclass(frozen=True)
class Stack(Record):
    """One template and what it needs to be deployed."""

    name: str
    concern: Concern | None
    """None: everything of its region."""
    region: str
    template: Mapping[str, object]
    """The template as JSON data, intrinsic functions in their long form (``{"Fn::GetAtt": […]}``)."""
    body: str
    """The same as YAML."""
    parameters: Mapping[str, StackOutput | InputValue]
    """Where the value of each parameter comes from. A parameter that is not here has a default."""
    depends_on: tuple[str, ...]
    """Names of the stacks that have to exist first."""
    update_parameters: Mapping[str, str] = field(default_factory=dict)
    """Parameter values for an update of the existing stack, in place of the defaults, which hold for its creation.

    Pass them only when the stack has something else to update: with nothing else, they alone would be a change.
    """
    weights: tuple[Weight, ...] = ()
    """Parameters whose value at an update is what the rule has at the moment; ``update_parameters`` has those of the
    creation, for a rule that does not exist yet."""
    looked_up: tuple[str, ...] = ()
    """Names of the Systems Manager parameters of its region that it takes values of: another environment has to have
    written them."""
    capabilities: tuple[str, ...] = ()
    """What has to be acknowledged: ``CAPABILITY_NAMED_IAM``."""


@dataclass(frozen=True)
class Rendering(Record):
    """An architecture as CloudFormation stacks."""

    title: str
    """``Sample production``: project and environment as people write them."""
    stacks: tuple[Stack, ...]
    """In deployment order: each after those it needs."""
    locations: Mapping[Ref[Resource], tuple[Location, ...]]
    """Every resource's places: first the resource itself, then what CloudFormation needs beside it."""
    unsupported: tuple[Unsupported, ...]
    beside: tuple[MadeBeside, ...] = ()
    """What is in no template because none can hold it, but is made all the same."""
    elsewhere: tuple[Unsupported, ...] = ()
    """What is of another cloud, or on AWS for it alone. The stacks are whole without it."""
