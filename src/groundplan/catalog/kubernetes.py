"""What runs in an EKS cluster beside the application: add-ons and controllers, with the rights that they need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass

When = Literal["always", "shared volumes", "insights"]


@dataclass(frozen=True)
class Addon(Record):
    """Software that EKS installs and keeps current."""

    name: str
    """As EKS calls it: ``vpc-cni``."""
    title: str
    role: str
    """What its role is called: its name, or a shorter one."""
    when: When
    """Which clusters have it."""
    before_nodes: bool
    """Whether nodes are not ready without it, so that it comes before them. The others run on nodes."""
    service_account: str | None
    """The service account with rights at AWS."""
    policies: tuple[str, ...]
    """AWS managed policies of that service account, without ``arn:aws:iam::aws:policy/``."""
    configuration: Mapping[str, Any]
    """Settings; the schema is the add-on's own (``aws eks describe-addon-configuration``)."""
    source: Source


@dataclass(frozen=True)
class Controller(Record):
    """Software that Helm installs, and what AWS lets it do."""

    name: str
    title: str
    role: str
    """What its role is called: its name, or a shorter one."""
    purpose: str
    """The description of its role."""
    namespace: str
    service_account: str
    reads: tuple[str, ...]
    """IAM actions that only look, or that know no resources."""
    acts: tuple[str, ...]
    """IAM actions on the environment's own resources."""
    source: Source


@cache
def addons() -> Mapping[str, Addon]:
    """Every add-on by name, in the order in which a cluster needs them."""
    return MappingProxyType({name: _addon(name, table) for name, table in _tables()["addons"].items()})


@cache
def controllers() -> Mapping[str, Controller]:
    """Every controller by name."""
    return MappingProxyType({name: _controller(name, table) for name, table in _tables()["controllers"].items()})


def controller(name: str) -> Controller:
    """The controller of that name. Raises KeyError: the name comes from code."""
    return controllers()[name]


@cache
def _tables() -> dict[str, Any]:
    return _data.toml("kubernetes")


def _addon(name: str, table: Mapping[str, Any]) -> Addon:
    return Addon(
        name=name,
        title=table["title"],
        role=table.get("role", name),
        when=table.get("when", "always"),
        before_nodes=table.get("before_nodes", False),
        service_account=table.get("service_account"),
        policies=tuple(table.get("policies", ())),
        configuration=table.get("configuration", {}),
        source=_data.source_of(table),
    )


def _controller(name: str, table: Mapping[str, Any]) -> Controller:
    return Controller(
        name=name,
        title=table["title"],
        role=table.get("role", name),
        purpose=table["purpose"],
        namespace=table["namespace"],
        service_account=table["service_account"],
        reads=tuple(table.get("reads", ())),
        acts=tuple(table.get("acts", ())),
        source=_data.source_of(table),
    )
