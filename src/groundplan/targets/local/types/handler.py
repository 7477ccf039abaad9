"""Creating, changing, reading and deleting resources as their rows say.

``Handler`` does everything that data can say. Types that need more have a subclass in ``handlers/``.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ParamValidationError
from botocore.model import Shape, StructureShape

from groundplan.targets.local.types.beyond_schemas import beyond_schema
from groundplan.targets.local.types.conversion import convert, matching_member
from groundplan.targets.local.types.errors import NotAppliedError, ResourceError, UnsupportedPropertyError
from groundplan.targets.local.types.expressions import Values
from groundplan.targets.local.types.paths import member, search
from groundplan.targets.local.types.readback import differences, shape_at
from groundplan.targets.local.types.refusals import Refused, Wish, first_refusal
from groundplan.targets.local.types.rows import Call, Part, Row, tagging
from groundplan.targets.local.types.schemas import schema_of

ClientFactory = Callable[[str, str], BaseClient]
"""A boto3 client of a service in a region."""


@dataclass(slots=True)
class ResourceState:
    """A resource that exists: what it was asked to be and what the API said of it."""

    id: str
    properties: dict[str, Any]
    response: dict[str, Any] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a resource lives and how its APIs are reached."""

    clients: ClientFactory
    account: str
    region: str


def is_gone(error: ClientError) -> bool:
    """Whether an API error says that the thing does not exist (any more)."""
    code = error.response.get("Error", {}).get("Code", "")
    return any(word in code for word in ("NotFound", "NoSuch", "DoesNotExist", "NonExistent")) or code == "404"


class Handler:
    """One resource type. Subclasses override the few steps that differ."""

    handles: ClassVar[frozenset[str]] = frozenset()
    """Properties that ``created`` and ``updated`` apply by themselves."""
    renamed_in_place: ClassVar[bool] = False
    """Whether the property that names the resource can change without a replacement."""

    def __init__(self, row: Row, surroundings: Surroundings) -> None:
        self.row = row
        self.surroundings = surroundings

    # what subclasses override

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The parameters of the creating call, before conversion."""
        return self.arguments(self.create_operation(properties), properties)

    def create_operation(self, properties: Mapping[str, Any]) -> str:
        return self.row.create

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        assert self.row.update
        arguments = self.arguments(self.row.update.operation, properties, updating=True)
        return {**arguments, **self.values(state, properties).evaluate(self.row.update.arguments)}

    def created(self, state: ResourceState) -> None:
        """Applies what ``handles`` names after the creating call."""

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        """Applies changes of what ``handles`` names; ``state.properties`` are the new ones."""

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        """Deletes the resource; ``snapshot`` names the final snapshot where the policy asks for one."""
        call = self.row.delete
        if call is None:
            return
        arguments = self.values(state).evaluate(call.arguments)
        if snapshot and self.row.snapshot:
            arguments.pop(self.row.snapshot.get("leave_out", ""), None)
            arguments[self.row.snapshot["name"]] = snapshot
        self.call(call.operation, arguments)

    def attribute_value(self, state: ResourceState, name: str) -> Any:
        """The value of ``Fn::GetAtt``, or None where it has none."""
        expression = self.row.attributes.get(name)
        values = self.values(state)
        if expression is not None:
            return values.evaluate(expression)
        for source in (state.description, state.response, state.properties):
            found = search(name, source)
            if found is not None:
                return found
        inside = (found for inner in state.response.values() if (found := search(name, inner)) is not None)
        schema = schema_of(self.row.type)
        is_id = schema is not None and schema.document.get("primaryIdentifier") == [f"/properties/{name}"]
        return next(inside, state.id if is_id else None)

    # the life of a resource

    def create(self, properties: dict[str, Any]) -> ResourceState:
        """Creates and reads back. Raises ResourceError or ClientError; nothing is left behind then."""
        properties = {**self._defaults(), **properties}
        self._refuse_what_aws_refuses(properties, None)
        response: dict[str, Any] = {}
        asked: dict[str, Any] = {}
        operation = self.create_operation(properties)
        if operation:
            asked = self.converted(operation, self.create_arguments(properties))
            response = self.send(operation, asked)
        state = ResourceState(self.identify(response, properties), properties, response)
        try:
            if self._tags_apart(operation):
                self.set_tags(state, {})
            for part in self.row.parts:
                if part.when == "always" and any(name in properties for name in part.properties):
                    self._apply(part, state)
            self.created(state)
            state.description = self.describe(state)
            self.verify(state, asked)
        except Exception:
            with contextlib.suppress(ClientError, ResourceError):
                self.remove(state, None)
            raise
        return state

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        """Changes in place and reads back. The caller has decided that nothing needs a replacement."""
        lasting = (*self.row.fixed, self.row.name)
        kept = {name: state.properties[name] for name in lasting if name in state.properties}
        properties = {**self._defaults(), **kept, **properties}
        self._refuse_what_aws_refuses(properties, state)
        new = replace(state, properties=properties)
        tag_property = self.tag_property
        apart = {name for part in self.row.parts for name in part.properties} | self.handles | {tag_property}
        beyond = beyond_schema(self.row.type)
        stays = {name for name in changed if name not in properties and beyond.keeps(name)}
        rest = {name for name in changed if name not in apart and name not in self.row.accepted} - stays
        asked: dict[str, Any] = {}
        if rest:
            self._refuse_what_cannot_change(rest)
            assert self.row.update
            asked = self.converted(self.row.update.operation, self.update_arguments(state, properties))
            self.send(self.row.update.operation, asked)
        if tag_property in changed and not any(tag_property in part.properties for part in self.row.parts):
            self.set_tags(new, state.properties)
        for part in self.row.parts:
            if not any(name in changed for name in part.properties):
                continue
            if any(name in properties for name in part.properties):
                self._apply(part, new)
            elif part.remove:
                self.call(part.remove.operation, self.values(state).evaluate(part.remove.arguments))
            elif part.when == "always" and not any(name in stays for name in part.properties):
                raise UnsupportedPropertyError(f"{part.properties[0]}: the local AWS cannot take it away again")
        self.updated(new, state.properties, changed)
        new.description = self.describe(new)
        self.verify(new, asked)
        return new

    def delete(self, state: ResourceState, snapshot: str | None = None) -> None:
        """Deletes; a resource that is already gone is fine."""
        try:
            self.remove(state, snapshot)
        except ClientError as error:
            if not is_gone(error):
                raise

    def attribute(self, state: ResourceState, name: str) -> Any:
        """``Fn::GetAtt``. Raises ResourceError where the emulator gives no such value."""
        value = self.attribute_value(state, name)
        if value is None:
            raise ResourceError(f"Attribute {name} of {self.row.type} has no value in the local AWS")
        return value

    # supported properties

    @property
    def tag_property(self) -> str:
        return self.row.tags or "Tags"

    def supports(self, name: str) -> bool:
        """Whether a property of this name is applied (or needs no call, as the row explains)."""
        row = self.row
        if name in row.accepted or name in self.handles or name in row.rename or name in row.fixed:
            return True
        if any(name in part.properties for part in row.parts) or name in row.outside:
            return True
        if name == self.tag_property and row.service in tagging():
            return True
        shape: Shape | None = self._input(row.create) if row.create else None
        if row.wrap:
            shape = shape_at(row.wrap, shape)
        return isinstance(shape, StructureShape) and matching_member(name, shape) is not None

    # calls

    @property
    def client(self) -> BaseClient:
        return self.surroundings.clients(self.row.service, self.surroundings.region)

    def values(self, state: ResourceState, properties: Mapping[str, Any] | None = None) -> Values:
        return Values(
            self.surroundings.account,
            self.surroundings.region,
            state.properties if properties is None else properties,
            state.id,
            state.response,
            state.description,
        )

    def call(self, operation: str, arguments: Mapping[str, Any], service: str = "") -> dict[str, Any]:
        """One API call with parameters that are converted to the operation's model."""
        return self.send(operation, self.converted(operation, arguments, service), service)

    def converted(self, operation: str, arguments: Mapping[str, Any], service: str = "") -> dict[str, Any]:
        client = self.surroundings.clients(service, self.surroundings.region) if service else self.client
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        if model.input_shape is None:
            return {}
        converted: dict[str, Any] = convert(dict(arguments), model.input_shape, "", self.row.rename)
        return converted

    def send(self, operation: str, arguments: Mapping[str, Any], service: str = "") -> dict[str, Any]:
        client = self.surroundings.clients(service, self.surroundings.region) if service else self.client
        try:
            response: dict[str, Any] = getattr(client, operation)(**arguments)
        except ParamValidationError as error:
            raise ResourceError(str(error).replace("\n", "; ")) from error
        response.pop("ResponseMetadata", None)
        return response

    def describe(self, state: ResourceState) -> dict[str, Any]:
        """What the API says of the resource now."""
        call = self.row.read
        if call is None:
            return {}
        values = self.values(state)
        found = search(str(values.evaluate(call.path)), self.call(call.operation, values.evaluate(call.arguments)))
        if not isinstance(found, dict):
            raise NotAppliedError(f"{self.row.type} {state.id} is not there after its creation")
        return found

    def identify(self, response: dict[str, Any], properties: Mapping[str, Any]) -> str:
        values = Values(self.surroundings.account, self.surroundings.region, properties, "", response)
        found = values.evaluate(self.row.id)
        if not isinstance(found, str) or not found:
            raise ResourceError(f"{self.row.create} gave no id for {self.row.type}")
        return found

    def arguments(self, operation: str, properties: Mapping[str, Any], *, updating: bool = False) -> dict[str, Any]:
        """The properties that the operation takes, under the names that the row gives them."""
        row = self.row
        renames = {**row.rename, **(row.rename_on_update if updating else {})}
        apart = {name for part in row.parts if part.when == "always" for name in part.properties}
        apart |= self.handles | row.accepted.keys()
        shape = self._input(operation)
        inside: dict[str, Any] = {}
        outside: dict[str, Any] = {}
        for name, value in properties.items():
            if value is None or (name in apart and name not in renames) or name in self.handles:
                continue
            target = renames.get(name, name)
            known = shape is not None and matching_member(target, shape) is not None
            if name in row.outside or not row.wrap:
                if not known and (updating or name == self.tag_property or name in row.fixed):
                    continue
                outside[target] = value
            else:
                inside[target] = value
        wrap = row.rename_on_update.get(row.wrap, row.wrap) if updating else row.wrap
        return {wrap: inside, **outside} if wrap else outside

    # tags

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        """Makes the tags those of ``state.properties``; ``old`` are the properties before."""
        calls = tagging().get(self.row.service)
        wanted, had = (self.tags_in(source) for source in (state.properties, old))
        if calls is None:
            if wanted or had:
                raise UnsupportedPropertyError(f"{self.tag_property}: the local AWS cannot tag {self.row.type}")
            return
        resource = self.values(state).evaluate(self.row.arn or "$id")
        target = {calls.resource: [resource] if calls.resource_is_list else resource}
        gone = sorted(had.keys() - wanted.keys())
        if gone and calls.untag:
            keys: list[Any] = [{"Key": key} for key in gone] if calls.keys == calls.tags else gone
            self.call(calls.untag, {**target, calls.keys: keys})
        new = [{"Key": key, "Value": value} for key, value in wanted.items() if had.get(key) != value]
        if new:
            self.call(calls.tag, {**target, calls.tags: new})

    def tags_in(self, properties: Mapping[str, Any]) -> dict[str, str]:
        """The resource's own tags."""
        return tag_map(properties.get(self.tag_property))

    def _tags_apart(self, operation: str) -> bool:
        shape = self._input(operation) if operation else None
        return self.tag_property not in self.handles and not (
            shape is not None and (self.row.wrap or matching_member(self.tag_property, shape))
        ) and not any(self.tag_property in part.properties for part in self.row.parts)  # fmt: skip

    # reading back

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        """Compares what the call was given with what the API shows. Raises NotAppliedError."""
        call = self.row.read
        if call is None or not asked:
            return
        skip = {path.lower() for path in self.row.not_echoed}
        shape = shape_at(call.path, self._output(call.operation))
        if self.row.wrap and not self.row.echo:
            asked = asked.get(self.row.wrap, {})
        for parameter, value in asked.items():
            echo = self.row.echo.get(parameter)
            inner = shape_at(echo or parameter, shape)
            if inner is None and echo is None:
                continue
            echoed = search(echo, state.description) if echo else member(state.description, parameter)
            self._raise_first(differences(value, echoed, parameter, inner, skip))

    def _verify_part(self, part: Part, state: ResourceState, asked: Mapping[str, Any]) -> None:
        if part.read is None:
            return
        values = self.values(state)
        response = self.call(part.read.operation, values.evaluate(part.read.arguments))
        echoed = search(str(values.evaluate(part.read.path)), response)
        wanted = search(part.argument, dict(asked))
        skip = {path.lower() for path in self.row.not_echoed}
        self._raise_first(differences(wanted, echoed, part.argument, None, skip))

    @staticmethod
    def _raise_first(found: Any) -> None:
        first = next(found, None)
        if first is not None:
            raise NotAppliedError(first)

    # small steps

    def _apply(self, part: Part, state: ResourceState) -> None:
        operation = part.call.operation
        asked = self.converted(operation, self.values(state).evaluate(part.call.arguments))
        self.send(operation, asked)
        self._verify_part(part, state, asked)

    def _defaults(self) -> dict[str, Any]:
        values = Values(self.surroundings.account, self.surroundings.region, {})
        return {name: values.evaluate(value) for name, value in self.row.fixed.items()}

    def _refuse_what_aws_refuses(self, properties: Mapping[str, Any], state: ResourceState | None) -> None:
        for name, words in beyond_schema(self.row.type).required.items():
            if not properties.get(name):
                raise ResourceError(str(Refused(words, self.row.service)))
        old, shown = (state.properties, state.description) if state else (None, {})
        refused = first_refusal(Wish(self.row.type, properties, self.surroundings, old, shown))
        if refused:
            raise ResourceError(str(refused))

    def _refuse_what_cannot_change(self, names: Collection[str]) -> None:
        update = self.row.update
        shape = self._input(update.operation) if update else None
        for name in sorted(names):
            target = self.row.rename_on_update.get(name, self.row.rename.get(name, name))
            if shape is None or (not self.row.wrap and matching_member(target, shape) is None):
                raise UnsupportedPropertyError(f"{name}: the local AWS cannot change it in place on {self.row.type}")

    def _input(self, operation: str) -> StructureShape | None:
        if not operation:
            return None
        model = self.client.meta.service_model.operation_model(self.client.meta.method_to_api_mapping[operation])
        shape = model.input_shape
        return shape if isinstance(shape, StructureShape) else None

    def _output(self, operation: str) -> Shape | None:
        name = self.client.meta.method_to_api_mapping[operation]
        return self.client.meta.service_model.operation_model(name).output_shape


def tag_map(tags: Any) -> dict[str, str]:
    """Tags as a map, from either way of writing them."""
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags or ()}


def generated_name(row: Row, stack: str, logical_id: str) -> str:
    """A name as CloudFormation makes them: stack, logical id and a random part, within the type's limit."""
    ending = uuid.uuid4().hex[:12].upper()
    name = f"{stack}-{logical_id}"[: row.name_limit - len(ending) - 1].rstrip("-")
    name = f"{name}-{ending}"
    return name.lower() if row.name_lower else name


__all__ = ["Call", "ClientFactory", "Handler", "ResourceState", "Surroundings", "generated_name", "is_gone", "tag_map"]
