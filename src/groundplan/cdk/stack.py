"""The CDK stack of one environment.

It holds the environment's CloudFormation template, as ``groundplan render`` would write it with everything of a region
in one stack: the same logical ids, properties, parameters, conditions, policies and outputs. CDK's own ``CfnInclude``
reads it, so that every resource is a typed construct (``aws_s3.CfnBucket``) which other constructs can refer to.
Nothing is looked up: synthesizing needs neither network nor account.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, TypeVar, overload

import aws_cdk
from aws_cdk.cloudformation_include import CfnInclude
from constructs import Construct

from groundplan.api.blueprint import Blueprint
from groundplan.api.environment import Environment
from groundplan.cdk.values import Included, with_documents, with_variables
from groundplan.design.draft import identifier
from groundplan.engines.cloudformation.model import StackOutput
from groundplan.engines.cloudformation.rows import pascal
from groundplan.errors import InputError, Problem, suggestion

if TYPE_CHECKING:
    from typing import Unpack

    from groundplan.engines.cloudformation import Rendering, Stack
    from groundplan.resources.architecture import Architecture, Input

R = TypeVar("R", bound=aws_cdk.CfnResource)

_KINDS: Mapping[str, str] = {
    "services": "ecs_service",
    "jobs": "schedule",
    "capacity": "auto_scaling_group",
    "databases": "database_instance",
    "caches": "cache_replication_group",
    "buckets": "bucket",
    "queues": "queue",
    "secrets": "secret",
}
"""The kind of resource that an entry of the blueprint becomes first of all."""


class StackOptions(TypedDict, total=False):
    """Further properties of a CDK stack, as ``aws_cdk.Stack`` takes them."""

    analytics_reporting: bool
    notification_arns: Sequence[str]
    permissions_boundary: aws_cdk.PermissionsBoundary
    suppress_template_indentation: bool
    synthesizer: aws_cdk.IStackSynthesizer
    termination_protection: bool


class BlueprintStack(aws_cdk.Stack):
    """One environment of a blueprint.

    What lies in another region (a certificate of CloudFront in us-east-1) becomes a stack of its own beside this one,
    called ``<id>-us-east-1``. CDK hands the values from stack to stack: by exports within a region, by its
    ``cross_region_references`` (a custom resource on each side) between regions. ``cdk deploy --all`` deploys them in
    order.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        blueprint: Blueprint | Environment | str | Path,
        environment: str | None = None,
        inputs: Mapping[str, str] | None = None,
        env: aws_cdk.Environment | None = None,
        stack_name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        **options: Unpack[StackOptions],
    ) -> None:
        """Design an environment (without a name the only one) and put it into this stack.

        ``blueprint`` is a ``groundplan.Blueprint``, one environment of it, or a file that holds a blueprint. ``inputs``
        are values that the blueprint leaves to the deployment, like ``{"api_image_tag": "1.0.0"}``: they become the
        defaults of the parameters, which ``cdk deploy --parameters`` may still set. Region, stack name and description
        are the blueprint's where nothing is said; ``tags`` are added to the blueprint's.

        Raises InputError with everything that is wrong with the blueprint, an input or the region.
        """
        designed = _environment(blueprint, environment)
        architecture, rendering = designed.architecture, designed.cloudformation(stacks="region")
        _refuse_gaps(rendering)
        place, defaults = _env(env, architecture), _defaults(inputs or {}, architecture)
        main = min(
            (one for one in rendering.stacks if one.region == architecture.region), key=lambda one: len(one.name)
        )
        between_regions = True if len({stack.region for stack in rendering.stacks}) > 1 else None
        all_tags = {**architecture.tags, **(tags or {})}
        super().__init__(
            scope,
            id,
            stack_name=stack_name or main.name,
            description=description or _description(main),
            env=place,
            tags=all_tags,
            cross_region_references=between_regions,
            **options,
        )
        self.blueprint_environment = designed
        """The environment, to read its settings, checks and cost."""
        self._included: dict[str, Included] = {}
        self._values: dict[tuple[str, str], object] = {}
        owners: dict[str, aws_cdk.Stack] = {}
        for stack in rendering.stacks:
            owner: aws_cdk.Stack = self
            if stack is not main:
                suffix = stack.name.removeprefix(main.name)
                owner = aws_cdk.Stack(
                    scope,
                    f"{id}{suffix}",
                    stack_name=f"{self.stack_name}{suffix}",
                    description=_description(stack),
                    env=aws_cdk.Environment(account=place.account, region=stack.region),
                    tags=all_tags,
                    cross_region_references=between_regions,
                    **options,
                )
            owners[stack.name] = owner
            for other in stack.depends_on:
                owner.node.add_dependency(owners[other])
            self._include(stack, owner, defaults)
            for key, output in _outputs_of(stack).items():
                self._values[stack.name, key] = output["Value"]
        self._places = {
            ref.address: (places[0].stack, places[0].logical_id) for ref, places in rendering.locations.items()
        }
        self._outputs = {
            output.name: (stack.name, pascal(output.name))
            for output in architecture.outputs
            for stack in rendering.stacks
            if pascal(output.name) in _outputs_of(stack)
        }

    @overload
    def resource(self, address: str) -> aws_cdk.CfnResource: ...
    @overload
    def resource(self, address: str, kind: type[R]) -> R: ...
    def resource(self, address: str, kind: type[aws_cdk.CfnResource] = aws_cdk.CfnResource) -> aws_cdk.CfnResource:
        """The construct of a resource, in whichever stack it stands.

        ``address`` is an entry of the blueprint (``services.api``, ``buckets.uploads``) or the address of any resource
        as ``groundplan resources`` shows it (``security_group.api``, ``subnet.private[a]``). With ``kind`` the
        construct has that class: ``stack.resource("buckets.uploads", aws_s3.CfnBucket)``.

        Raises InputError where there is no such resource, or it is of another kind.
        """
        stack, logical_id = self._place(address)
        found = self._included[stack].include.get_resource(logical_id)
        if not isinstance(found, kind):
            raise InputError(f"{address} is a {type(found).__name__}, not a {kind.__name__}")
        return found

    def output(self, name: str) -> str:
        """The value of an output of the blueprint, like ``load_balancer_address``, for other constructs.

        Raises InputError where there is no such output.
        """
        if name not in self._outputs:
            raise InputError(f'there is no output "{name}"{suggestion(name, self._outputs)}')
        stack, key = self._outputs[name]
        return self._included[stack].token(self._values[stack, key])

    def _place(self, address: str) -> tuple[str, str]:
        family, _, entry = address.partition(".")
        full = f"{_KINDS[family]}.{identifier(entry)}" if family in _KINDS else address
        if full not in self._places:
            entries = {
                f"{family}.{known.partition('.')[2]}"
                for family, kind in _KINDS.items()
                for known in self._places
                if known.startswith(f"{kind}.")
            }
            raise InputError(f'there is no resource "{address}"{suggestion(address, entries)}')
        return self._places[full]

    def _include(self, stack: Stack, owner: aws_cdk.Stack, defaults: Mapping[str, str]) -> None:
        """Read a template into a stack. Values from other stacks take the place of the parameters for them."""
        handed = {
            name: self._included[source.stack].token(self._values[source.stack, source.output])
            for name, source in stack.parameters.items()
            if isinstance(source, StackOutput)
        }
        # CfnInclude would put the template's description behind the stack's.
        content = {key: section for key, section in stack.template.items() if key != "Description"}
        template = with_documents(with_variables(content, handed))
        room = Construct(owner, "Blueprint")
        # Paths of constructs in the Metadata would be a difference to the template, and say nothing more than it does.
        room.node.set_context("aws:cdk:enable-path-metadata", False)
        with tempfile.TemporaryDirectory(prefix="groundplan-") as folder:
            file = Path(folder, "template.json")
            file.write_text(json.dumps(template), encoding="utf-8")
            include = CfnInclude(room, "Template", template_file=str(file), parameters=handed)
        self._included[stack.name] = Included(include, stack.region, handed)
        for name in stack.parameters:
            if name in defaults:
                include.get_parameter(name).default = defaults[name]


def _environment(blueprint: Blueprint | Environment | str | Path, name: str | None) -> Environment:
    if isinstance(blueprint, Environment):
        if name not in (None, blueprint.name):
            raise InputError(f"the environment {blueprint.name} is given, and {name} asked for")
        return blueprint
    return (blueprint if isinstance(blueprint, Blueprint) else Blueprint.read(blueprint)).environment(name)


def _refuse_gaps(rendering: Rendering) -> None:
    """CDK deploys templates alone: what ``groundplan deploy`` makes beside them would be missing."""
    problems = [
        Problem(f"CloudFormation cannot express it: {gap.reason}", None, gap.address) for gap in rendering.unsupported
    ]
    problems += [
        Problem(f"cdk deploy cannot make it, groundplan deploy can: {item.reason}", None, item.ref.address)
        for item in rendering.beside
    ]
    if problems:
        raise InputError(problems)


def _env(given: aws_cdk.Environment | None, architecture: Architecture) -> aws_cdk.Environment:
    """The account that is given, and the blueprint's region."""
    if given is None:
        return aws_cdk.Environment(region=architecture.region)
    if given.region is not None and given.region != architecture.region:
        raise InputError(f"env names the region {given.region}, and the blueprint {architecture.region}; leave it out")
    return aws_cdk.Environment(account=given.account, region=architecture.region)


def _defaults(given: Mapping[str, str], architecture: Architecture) -> dict[str, str]:
    """The values of the parameters. Raises InputError for an input that does not exist or a value that does not fit."""
    known: dict[str, Input] = {item.name: item for item in architecture.inputs}
    problems, found = [], {}
    for name, value in given.items():
        if name not in known:
            problems.append(Problem(f'there is no input "{name}"{suggestion(name, known)}'))
            continue
        pattern = known[name].pattern
        if pattern and not re.fullmatch(pattern, value):
            problems.append(Problem(f'input {name}: "{value}" does not fit; it takes {known[name].pattern_hint}'))
        found[pascal(name)] = value
    if problems:
        raise InputError(problems)
    return found


def _description(stack: Stack) -> str:
    return str(stack.template["Description"])


def _outputs_of(stack: Stack) -> Mapping[str, Mapping[str, object]]:
    outputs = stack.template.get("Outputs", {})
    assert isinstance(outputs, Mapping)
    return outputs
