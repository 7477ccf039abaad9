"""What a resource is asked to be, as refusals see it, and the register of refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from groundplan.targets.local.types.paths import member

if TYPE_CHECKING:
    from groundplan.targets.local.types.handler import Surroundings

_FAMILIES = ("containers", "databases", "delivery", "names", "network", "storage")


@dataclass(frozen=True, slots=True)
class Refused:
    """One sentence of AWS, with the service and the error code that it comes with."""

    message: str
    service: str
    code: str = "InvalidRequest"

    def __str__(self) -> str:
        """The form in which CloudFormation hands on what a service says."""
        return (
            f'Resource handler returned message: "{self.message} (Service: {self.service}, Status Code: 400)" '
            f"(HandlerErrorCode: {self.code})"
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """The properties of a resource to be created or changed."""

    type: str
    properties: Mapping[str, Any]
    surroundings: Surroundings
    old: Mapping[str, Any] | None = None
    """The properties before a change; None for a creation."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """What the API shows of a resource that exists."""

    def get(self, name: str) -> Any:
        return self.properties.get(name)

    def changed(self, *names: str) -> bool:
        """Whether this is a creation, or a change of one of these properties to something that is not there already.

        The latter is so after a change was refused and is rolled back.
        """
        if self.old is None:
            return True
        values = ((name, self.properties.get(name)) for name in names)
        return any(value != self.old.get(name) and value != member(self.shown, name) for name, value in values)

    def ask(self, service: str, operation: str, **arguments: Any) -> dict[str, Any] | None:
        """What an API says; None where it knows no such thing."""
        client: Any = self.surroundings.clients(service, self.surroundings.region)
        try:
            found: dict[str, Any] = getattr(client, operation)(**arguments)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
                raise
            return None
        return found

    def zones(self, subnets: list[str]) -> dict[str, str] | None:
        """The Availability Zone of each subnet; None where one of them does not exist."""
        found = self.ask("ec2", "describe_subnets", SubnetIds=subnets) if subnets else {"Subnets": []}
        return found and {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in found["Subnets"]}


Refusal = Callable[[Wish], Iterator[Refused]]
_REFUSALS: dict[str, list[Refusal]] = {}


def refuses(*types: str) -> Callable[[Refusal], Refusal]:
    """Registers a function for resource types."""

    def register(function: Refusal) -> Refusal:
        for type_name in types:
            _REFUSALS.setdefault(type_name, []).append(function)
        return function

    return register


@lru_cache(maxsize=1)
def all_refusals() -> Mapping[str, list[Refusal]]:
    """Every refusal by resource type."""
    for family in _FAMILIES:
        import_module(f"{__package__}.{family}")
    return _REFUSALS


def first_refusal(wish: Wish) -> Refused | None:
    """What AWS would say first, or None where nothing known speaks against it."""
    for refusal in all_refusals().get(wish.type, ()):
        for refused in refusal(wish):
            return refused
    return None
