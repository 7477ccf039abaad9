"""What no template can hold: how templates speak of it, and what has to be there before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from groundplan.engines.cloudformation.model import Location, MadeBeside, Stack
from groundplan.engines.cloudformation.rows import own_fields, pascal
from groundplan.resources import Architecture, Resource
from groundplan.resources.account import CostAllocationTag
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.values import Attribute, Pseudo, Ref, Textual, text


def spelled(attribute: Attribute, architecture: Architecture, region: str) -> Textual:
    """An attribute as it will be, in a stack of ``region``: all that templates speak of has names of the convention.

    Raises ValueError for one that AWS makes up.
    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    """
    resource = architecture[attribute.ref]
    if not isinstance(resource, SecureParameter):
        raise ValueError(f"{attribute.name} of {attribute.ref} is not known before it exists")
    if attribute.name == "id":
        return resource.parameter_name
    own = resource.region or architecture.region
    place = Pseudo.REGION if own == region else own
    return text(
        "arn:", Pseudo.PARTITION, ":ssm:", place, ":", Pseudo.ACCOUNT_ID, f":parameter{resource.parameter_name}"
    )  # fmt: skip


def made_beside(
    architecture: Architecture, stacks: Sequence[Stack], locations: Mapping[Ref[Resource], tuple[Location, ...]]
) -> tuple[MadeBeside, ...]:
    """Everything that is made beside the templates, each after what it refers to."""
    return tuple(
        MadeBeside(
            ref=resource.ref,
            reason=resource.not_in_cloudformation,
            settings=_settings(resource, architecture),
            after=tuple(dict.fromkeys(_first(resource, stacks, locations))),
            before=_users(resource, architecture, stacks, locations),
        )
        for resource in architecture
        if resource.not_in_cloudformation
    )


def _settings(resource: Resource, architecture: Architecture) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in own_fields(type(resource)):
        value = getattr(resource, name)
        if value is not None:
            found[pascal(name)] = value.address if isinstance(value, Ref) else value
    if resource.region and resource.region != architecture.region:
        found["Region"] = resource.region
    if resource.taggable:
        found["Tags"] = {**architecture.tags, **resource.tags}
    return found


def _first(
    resource: Resource, stacks: Sequence[Stack], locations: Mapping[Ref[Resource], tuple[Location, ...]]
) -> Iterator[str]:
    if isinstance(resource, CostAllocationTag):
        # Cost Explorer knows what stands on something.
        yield from (stack.name for stack in stacks)
    for ref in resource.references():
        if ref.kind.not_in_cloudformation:
            yield ref.address
        yield from (place.stack for place in locations.get(ref, ()))


def _users(
    resource: Resource,
    architecture: Architecture,
    stacks: Sequence[Stack],
    locations: Mapping[Ref[Resource], tuple[Location, ...]],
) -> tuple[str, ...]:
    users = architecture.dependents.get(resource.ref, ())
    used = {place.stack for user in users for place in locations.get(user.ref, ())}
    return tuple(stack.name for stack in stacks if stack.name in used)
