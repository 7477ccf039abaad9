"""What a question is about, found by the names of the blueprint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import TypeAlias

from groundplan.errors import InputError, suggestion
from groundplan.reachability.network import INTERNET, Network, network_of
from groundplan.reachability.places import Place
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import STANDBY, Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import Table
from groundplan.resources.messaging import Queue
from groundplan.resources.network import ANYWHERE
from groundplan.resources.security import Secret
from groundplan.resources.storage import Bucket

SERVICES: Mapping[type[Resource], str] = {Bucket: "s3", Queue: "sqs", Table: "dynamodb", Secret: "secretsmanager"}
"""What stands in no network: it is reached by the API of its service."""
BALANCER = "load_balancer"
AWS = "aws:"
"""Stands before the name of a service's endpoint: ``aws:secretsmanager``."""


@dataclass(frozen=True)
class Addresses(Record):
    """A range of addresses, whoever has them."""

    network: IPv4Network

    @property
    def label(self) -> str:
        """``internet``, or the range."""
        return INTERNET if self.network == ANYWHERE else str(self.network)


@dataclass(frozen=True)
class Service(Record):
    """The API of an AWS service."""

    name: str
    """The service's part of endpoint names: ``s3``, ``ecr.api``."""
    label: str


@dataclass(frozen=True, eq=False)
class Elsewhere(Record):
    """What stands in the network of another environment, of which one place may be meant or all."""

    environment: str
    network: Network
    places: tuple[Place, ...]
    label: str


End: TypeAlias = Place | Addresses | Service | Elsewhere
Environments: TypeAlias = Mapping[str, Callable[[], Architecture]]
"""The other environments of the blueprint, designed only where a question is about them."""


def called(place: Place) -> str:
    """A place by name; the one load balancer of an environment by what it is, since databases are called main too."""
    if place.kind == "load balancer" and place.name.removeprefix(STANDBY) == "main":
        return f"{place.name.removesuffix('main')}{BALANCER}"
    return place.name


def names_of(architecture: Architecture) -> dict[str, list[End]]:
    """Every name that a question can be about, but for ranges and other environments, and what has it."""
    found: dict[str, list[End]] = {INTERNET: [Addresses(ANYWHERE)]}
    for place in network_of(architecture).places:
        if place.kind == "endpoint":
            continue  # a way to something, and named after it
        found.setdefault(called(place), []).append(place)
    for kind, service in SERVICES.items():
        for resource in architecture.of(kind):
            found.setdefault(resource.name, []).append(Service(service, resource.address))
    return found


def find(written: str, architecture: Architecture, environments: Environments, option: str) -> End:
    """What is meant by a name, an address of a resource, a range like ``10.0.0.0/8``, ``environment/name``, or
    ``aws:<service>``.

    Raises InputError where nothing is, with the nearest names; and where several things are, with their addresses.
    """
    network = _range(written)
    if network is not None:
        return Addresses(network)
    if written.startswith(AWS):
        return Service(written.removeprefix(AWS), f"{written.removeprefix(AWS)} API")
    known = names_of(architecture)
    place = network_of(architecture).by_address.get(written)
    if place is not None:
        return place
    for ends in known.values():
        for end in ends:
            if isinstance(end, Service) and end.label == written:
                return end
    found = known.get(written) or known.get(written.replace("-", "_"))
    if found:
        in_network = [end for end in found if not (isinstance(end, Service) and end.name == "secretsmanager")]
        found = in_network or found
        if len(found) > 1:
            listed = " or ".join(_address(end) for end in found)
            raise InputError(f"{option} {written} is more than one thing; write {listed}")
        return found[0]
    environment, _, name = written.partition("/")
    if environment in environments:
        return _elsewhere(environment, name, environments[environment](), option)
    raise InputError(f'{option}: there is no "{written}"{suggestion(written, [*_shown(known), *environments])}')


def _elsewhere(environment: str, name: str, architecture: Architecture, option: str) -> Elsewhere:
    network = network_of(architecture)
    if not name:
        return Elsewhere(environment, network, network.places, environment)
    end = find(name, architecture, {}, option)
    if not isinstance(end, Place):
        raise InputError(f"{option}: {name} stands in no network of {environment}; ask for it without {environment}/")
    return Elsewhere(environment, network, (end,), f"{environment}/{end.name}")


def _shown(known: Mapping[str, list[End]]) -> list[str]:
    """Names without those of secrets, which nobody asks for."""
    return [
        name
        for name, ends in known.items()
        if any(not isinstance(end, Service) or end.name != "secretsmanager" for end in ends)
    ]


def _range(written: str) -> IPv4Network | None:
    try:
        return IPv4Network(written, strict=False) if written[:1].isdigit() else None
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


def _address(end: End) -> str:
    return end.address if isinstance(end, Place) else end.label


def label_of(end: End) -> str:
    """What an answer calls an end."""
    if isinstance(end, Place):
        return called(end)
    return end.label
