"""An architecture as CloudFormation stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from groundplan.engines.cloudformation.beside import made_beside, spelled
from groundplan.engines.cloudformation.elsewhere import of_aws
from groundplan.engines.cloudformation.intrinsics import INITIAL_VALUES, SET_INITIAL_VALUES, Scope, same_attribute
from groundplan.engines.cloudformation.model import (
    MARKER,
    NAMED_IAM,
    Location,
    Options,
    Rendering,
    Stack,
    StackOutput,
    Unsupported,
    Weight,
)
from groundplan.engines.cloudformation.pieces import Piece, distinct, pieces_of
from groundplan.engines.cloudformation.rows import LiveWeight, attribute_refs, pascal
from groundplan.engines.cloudformation.stacks import MOST_BYTES, MOST_RESOURCES, Plan, plan_stacks
from groundplan.engines.cloudformation.yaml import dump
from groundplan.resources import Architecture, Concern, Output, Resource
from groundplan.resources.security import Role
from groundplan.resources.values import Attribute, InputValue, ParameterValue, Ref, SecretValue, Textual, dynamic_values

_CONTENTS: Mapping[Concern, str] = {
    "network": "VPC, subnets, gateways, routes, firewalls",
    "encryption": "keys",
    "storage": "buckets",
    "databases": "databases, their replicas and secrets",
    "caches": "caches",
    "messaging": "queues",
    "registry": "container image repositories",
    "edge": "load balancers, certificates, DNS records",
    "delivery": "content delivery, web application firewall",
    "services": "container cluster, task definitions, services, their roles and logs",
    "scaling": "automatic scaling of the services",
    "monitoring": "alarms, dashboards, notifications, budgets",
    "audit": "CloudTrail, AWS Config",
    "security": "GuardDuty, Security Hub, Access Analyzer, administrators",
    "backup": "AWS Backup",
}


def render(architecture: Architecture, options: Options | None = None) -> Rendering:
    """Render every resource that CloudFormation can express.

    Raises ValueError where stacks would need each other: a mistake of the design step, never of a blueprint.
    """
    division = (options or Options()).stacks
    architecture, elsewhere = of_aws(architecture)
    pieces, unsupported = pieces_of(architecture)
    most_resources: dict[tuple[Concern | None, str], int] = {}
    while True:
        plans = plan_stacks(architecture, pieces, most_resources, division)
        rendered = _Renderer(architecture, plans).render()
        too_long = [stack for stack in rendered.stacks if len(stack.body.encode()) > MOST_BYTES]
        if not too_long:
            return Rendering(
                title=f"{architecture.title} {architecture.stage}",
                stacks=rendered.stacks,
                locations=rendered.locations,
                unsupported=(*unsupported, *rendered.unsupported),
                beside=made_beside(architecture, rendered.stacks, rendered.locations),
                elsewhere=elsewhere,
            )
        for stack in too_long:
            place = (stack.concern, stack.region)
            most_resources[place] = most_resources.get(place, MOST_RESOURCES) // 2


@dataclass
class _Draft:
    """A stack while it is written."""

    plan: Plan
    scope: Scope
    resources: dict[str, object] = field(default_factory=dict)
    parameters: dict[str, Attribute | InputValue | ParameterValue] = field(default_factory=dict)
    handed_on: dict[str, Attribute] = field(default_factory=dict)
    """Outputs for other stacks."""
    outputs: dict[str, Output] = field(default_factory=dict)
    """Outputs for people."""


class _Renderer:
    def __init__(self, architecture: Architecture, plans: Sequence[Plan]) -> None:
        self._architecture = architecture
        self._inputs = {item.name: item for item in architecture.inputs}
        self._drafts = [self._draft(plan) for plan in plans]
        self._place = {ref: draft for draft in self._drafts for ref in draft.plan.members}
        self._pieces = {piece.ref: piece for plan in plans for piece in plan.pieces}
        self._names: dict[Attribute | InputValue | ParameterValue, str] = {}
        self._taken = {name for piece in self._pieces.values() for name in _logical_ids(piece)}
        self._taken.add(INITIAL_VALUES)
        self.locations: dict[Ref[Resource], tuple[Location, ...]] = {}
        self.unsupported: list[Unsupported] = []
        self.stacks: tuple[Stack, ...] = ()

    def render(self) -> _Renderer:
        for draft in self._drafts:
            for piece in draft.plan.pieces:
                self._write(piece, draft)
        for output in self._architecture.outputs:
            self._place_output(output)
        self.stacks = tuple([self._finish(draft) for draft in self._drafts])
        return self

    def _draft(self, plan: Plan) -> _Draft:
        def parameter(value: Attribute | InputValue | ParameterValue) -> str:
            return self._parameter(value, draft)

        def beside(attribute: Attribute) -> Textual:
            return spelled(attribute, self._architecture, plan.region)

        draft = _Draft(plan, Scope(plan.members, parameter, beside))
        return draft

    def _parameter(self, value: Attribute | InputValue | ParameterValue, draft: _Draft) -> str:
        """The parameter of a stack for a value from elsewhere; a value has the same name in every stack."""
        name = self._name(value)
        if name not in draft.parameters:
            draft.parameters[name] = value
            if isinstance(value, Attribute):
                self._place[value.ref].handed_on[name] = value
            elif isinstance(value, InputValue) and value.name not in self._inputs:
                raise ValueError(f"the input {value.name!r} is used but not declared")
        return name

    def _name(self, value: Attribute | InputValue | ParameterValue) -> str:
        name = self._names.get(value)
        if name is None:
            if isinstance(value, InputValue):
                name, origin = pascal(value.name), f"input {value.name}"
            elif isinstance(value, ParameterValue):
                name, origin = pascal(value.name.strip("/").replace("/", "-")), f"parameter {value.name}"
            else:
                name, origin = self._pieces[value.ref].logical_id + pascal(value.name), f"{value.ref}.{value.name}"
            if name in self._taken:
                name = distinct(name, origin)
            self._taken.add(name)
            self._names[value] = name
        return name

    def _write(self, piece: Piece, draft: _Draft) -> None:
        scope = draft.scope
        scope.used.clear()
        content = scope.resolve(piece.properties)
        after = [name for name in self._first(piece, draft.plan) if name not in scope.used]
        entry: dict[str, object] = {"Type": piece.type}
        if after:
            entry["DependsOn"] = after[0] if len(after) == 1 else after
        if piece.kept:
            entry["DeletionPolicy"] = piece.kept.on_deletion
            entry["UpdateReplacePolicy"] = piece.kept.on_replacement
        policy = piece.row.update_policy(piece.resource) if piece.row.update_policy else None
        if policy:
            entry["UpdatePolicy"] = scope.resolve(policy)
        entry["Properties"] = content
        draft.resources[piece.logical_id] = entry
        places = [Location(draft.plan.name, piece.logical_id, piece.type)]
        for part in piece.parts:
            logical_id = piece.logical_id + part.suffix
            draft.resources[logical_id] = {"Type": part.type, "Properties": scope.resolve(part.properties)}
            places.append(Location(draft.plan.name, logical_id, part.type))
        self.locations[piece.ref] = tuple(places)

    def _first(self, piece: Piece, plan: Plan) -> Iterator[str]:
        """Logical ids in the same stack that have to exist first, whether or not a property refers to them."""
        found: dict[str, None] = {}
        for target in piece.targets:
            if target not in plan.members:
                continue
            other = self._pieces[target]
            if other.row.ready:
                present = {part.suffix for part in other.parts}
                found.update({other.logical_id + suffix: None for suffix in other.row.ready if suffix in present})
            elif target in piece.resource.depends_on:
                found[other.logical_id] = None
        yield from found

    def _place_output(self, output: Output) -> None:
        """An output stands in the last of the stacks that it speaks of, which can have the values of the others."""
        values = list(dynamic_values(output.value))
        address = f"output.{output.name}"
        if any(isinstance(value, SecretValue) for value in values):
            self.unsupported.append(Unsupported(address, "an output is readable by everyone; a secret's value is not"))
            return
        refs = {
            value.ref for value in values if isinstance(value, Attribute) and not value.ref.kind.not_in_cloudformation
        }
        missing = sorted(str(ref) for ref in refs if ref not in self._place)
        if missing or not self._drafts:
            reason = f"it speaks of {', '.join(missing)}, in no stack" if missing else "there is no stack to stand in"
            self.unsupported.append(Unsupported(address, reason))
            return
        spoken_of = [draft for draft in self._drafts if any(ref in draft.plan.members for ref in refs)]
        draft = (spoken_of or self._drafts)[-1]
        name = pascal(output.name)
        draft.outputs[distinct(name, address) if name in draft.outputs else name] = output
        for need in attribute_refs(output.value):
            if not isinstance(need, Attribute) or need.ref not in draft.plan.members:
                self._parameter(same_attribute(need) if isinstance(need, Attribute) else need, draft)

    def _finish(self, draft: _Draft) -> Stack:
        plan, scope = draft.plan, draft.scope
        title = f"{self._architecture.title} {self._architecture.stage}"
        what = f"{plan.concern} ({_CONTENTS[plan.concern]})" if plan.concern else f"everything in {plan.region}"
        description = f"{title}: {what}"
        outputs = self._outputs(draft)
        parameters: dict[str, object] = {
            name: self._definition(value, plan) for name, value in sorted(draft.parameters.items())
        }
        template: dict[str, object] = {"AWSTemplateFormatVersion": "2010-09-09", "Description": description}
        if scope.uses_initial_values:
            parameters[INITIAL_VALUES] = _INITIAL_VALUES
        for name, weight in scope.weights.items():
            parameters[name] = _weight(weight)
        if parameters:
            template["Parameters"] = parameters
        if scope.uses_initial_values:
            template["Conditions"] = {SET_INITIAL_VALUES: {"Fn::Equals": [{"Ref": INITIAL_VALUES}, "set"]}}
        template["Resources"] = draft.resources
        if outputs:
            template["Outputs"] = outputs
        sources = {
            name: self._source(value)
            for name, value in sorted(draft.parameters.items())
            if not isinstance(value, ParameterValue)
        }
        return Stack(
            name=plan.name,
            concern=plan.concern,
            region=plan.region,
            template=template,
            body=_body(template, draft.resources, title, plan),
            parameters=sources,
            depends_on=self._depends_on(draft, sources),
            update_parameters={
                **({INITIAL_VALUES: "keep"} if scope.uses_initial_values else {}),
                **{name: str(weight.initial) for name, weight in scope.weights.items()},
            },
            weights=tuple(Weight(name, weight.rule, weight.target_group) for name, weight in scope.weights.items()),
            looked_up=tuple(
                sorted(value.name for value in draft.parameters.values() if isinstance(value, ParameterValue))
            ),
            capabilities=(NAMED_IAM,) if any(isinstance(piece.resource, Role) for piece in plan.pieces) else (),
        )

    def _outputs(self, draft: _Draft) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = {}
        for name, output in draft.outputs.items():
            value = draft.scope.resolve(output.value)
            found[name] = {"Description": output.description, "Value": value}
        for name, attribute in sorted(draft.handed_on.items()):
            value = draft.scope.resolve(attribute)
            if name in found and found[name]["Value"] == value:
                continue
            if name in found:
                raise ValueError(f"two outputs of {draft.plan.name} are called {name}")
            description = f"{attribute.name} of {attribute.ref}, for other stacks"
            found[name] = {"Description": description, "Value": value}
        return found

    def _definition(self, value: Attribute | InputValue | ParameterValue, plan: Plan) -> dict[str, object]:
        if isinstance(value, Attribute):
            source = self._place[value.ref].plan
            types = self._pieces[value.ref].row.parameter_types
            return {
                # CloudFormation looks such a value up in the region of the stack.
                "Type": types.get(value.name, "String") if source.region == plan.region else "String",
                "Description": f"{value.name} of {value.ref}, from stack {source.name}",
            }
        if isinstance(value, ParameterValue):
            # Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
            return {
                "Type": "AWS::SSM::Parameter::Value<String>",
                "Description": "Systems Manager parameter that another environment has written",
                "Default": value.name,
            }
        item = self._inputs[value.name]
        found: dict[str, object] = {"Type": "String", "Description": item.description}
        if item.default is not None:
            found["Default"] = item.default
        if item.pattern is not None:
            found["AllowedPattern"] = item.pattern
            if item.pattern_hint:
                found["ConstraintDescription"] = item.pattern_hint
        return found

    def _source(self, value: Attribute | InputValue) -> StackOutput | InputValue:
        if isinstance(value, InputValue):
            return value
        return StackOutput(self._place[value.ref].plan.name, self._name(value))

    def _depends_on(self, draft: _Draft, sources: Mapping[str, StackOutput | InputValue]) -> tuple[str, ...]:
        needed = {source.stack for source in sources.values() if isinstance(source, StackOutput)}
        for piece in draft.plan.pieces:
            needed.update(self._place[target].plan.name for target in piece.targets)
        needed.discard(draft.plan.name)
        return tuple(other.plan.name for other in self._drafts if other.plan.name in needed)


_INITIAL_VALUES: Mapping[str, object] = {
    "Type": "String",
    "Default": "set",
    "AllowedValues": ["set", "keep"],
    "Description": "set when the stack is created; keep when it is updated, so that scaled services stay as they are",
}


def _weight(weight: LiveWeight) -> dict[str, object]:
    return {
        "Type": "Number",
        "Default": weight.initial,
        "MinValue": 0,
        "MaxValue": 999,
        "Description": f"Share of requests of {weight.rule} that go to {weight.target_group}; ECS moves it",
    }


def _logical_ids(piece: Piece) -> Iterator[str]:
    yield piece.logical_id
    for part in piece.parts:
        yield piece.logical_id + part.suffix


def _body(template: Mapping[str, object], resources: Mapping[str, object], title: str, plan: Plan) -> str:
    """The template as YAML, with a blank line between sections and between resources."""
    what = plan.concern or "everything"
    sections = [f"{MARKER}: {what} of {title}, stack {plan.name} in {plan.region}. Changes here are lost.\n"]
    for name, content in template.items():
        if name == "Resources":
            text = f"{name}:\n" + "\n".join(dump({key: entry}, "  ") for key, entry in resources.items())
        else:
            text = dump({name: content})
        sections.append(text if name == "Description" else f"\n{text}")
    return "".join(sections)
