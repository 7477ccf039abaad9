"""The id that an import of each type takes, and how it is made from what CloudFormation has made.

``import_ids.csv``: ``id`` and ``arn`` are patterns. ``{physical}`` is CloudFormation's physical id, ``{physical/-1}``
its last piece between slashes, ``{name}`` an argument of the Terraform resource, ``{?_name}`` the same behind an
underscore where it is written, ``{scope~A=a~B=b}`` one by another; ``{account}``, ``{region}`` and ``{partition}`` are
where it is. ``begins`` is how a physical id of the right kind begins; ``reason`` why there is no id, or how a person
finds it.

Sources: the section "Import" of each resource in https://registry.terraform.io/providers/hashicorp/aws/latest/docs, and
"Return values" of each type in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.engines.terraform.hcl import Expression, Template, Value
from groundplan.record import Record, dataclass

if TYPE_CHECKING:
    from groundplan.engines.terraform.import_blocks import Importable

_HOLE = re.compile(r"\{([^{}]+)\}")
_PIECE = re.compile(r"physical([/|])(-?\d+)")
_INTERPOLATION = re.compile(r"\$\{([^{}]*)\}")
_ATTRIBUTE = re.compile(r"([A-Za-z_]\w*\.[A-Za-z_][\w-]*)(?:\[0\])?\.(\w+)")


@dataclass(frozen=True)
class Format(Record):
    """How the ids of one type are made."""

    id: str
    arn: str
    begins: str
    reason: str

    @property
    def never(self) -> bool:
        """Whether the provider cannot import it at all."""
        return not self.id and self.reason.startswith("the provider cannot import")


@cache
def formats() -> Mapping[str, Format]:
    """The table by Terraform type."""
    text = Path(__file__).with_suffix(".csv").read_text(encoding="utf-8")
    return {
        row["type"]: Format(row["id"], row["arn"], row["begins"], row["reason"])
        for row in csv.DictReader(text.splitlines())
    }


@dataclass(frozen=True)
class Place(Record):
    """Where it all is."""

    account: str
    region: str
    partition: str


@dataclass(frozen=True)
class Derived(Record):
    """Ids by Terraform address, and why there are none of the others."""

    ids: Mapping[str, str]
    unknown: Mapping[str, str]


class _UnknownError(Exception):
    """Nothing says what stands there."""


def derive(known: Mapping[str, Importable], physical: Mapping[str, str], place: Place) -> Derived:
    """The ids of everything that CloudFormation has made. ``physical``: CloudFormation's physical ids by the Terraform
    address of every block of a resource. What has none there is not deployed, and is left out."""
    derivation = _Derivation(known, physical, place)
    ids: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for address, resource in known.items():
        if address not in physical:
            continue
        row = formats().get(resource.type)
        if row is None or not row.id:
            unknown[address] = row.reason if row else "Groundplan does not know what its import takes"
        elif resource.several == "for_each":
            unknown[address] = "one for each of several, which CloudFormation does not tell apart"
        else:
            try:
                ids[address] = derivation.id(address)
            except _UnknownError as reason:
                unknown[address] = row.reason or str(reason)
    return Derived(ids, unknown)


class _Derivation:
    def __init__(self, known: Mapping[str, Importable], physical: Mapping[str, str], place: Place) -> None:
        self._known, self._physical, self._place = known, physical, place

    def id(self, address: str) -> str:
        row = formats()[self._known[address].type]
        if not row.id:
            raise _UnknownError(row.reason)
        found = self._filled(row.id, address)
        if not found.startswith(row.begins):
            raise _UnknownError(f"{found} does not begin with {row.begins}")
        return found

    def _arn(self, address: str) -> str:
        row = formats().get(self._known[address].type)
        if row is None or not row.arn:
            raise _UnknownError(f"the ARN of {address} does not follow from what CloudFormation says")
        found = self._filled(row.arn, address)
        if not found.startswith("arn:"):
            raise _UnknownError(f"{found} is no ARN")
        return found

    def _filled(self, pattern: str, address: str) -> str:
        return _HOLE.sub(lambda hole: self._hole(hole[1], address), pattern)

    def _hole(self, name: str, address: str) -> str:
        resource = self._known[address]
        if name in ("account", "partition"):
            return str(getattr(self._place, name))
        if name == "region":
            return resource.region or self._place.region
        if name == "physical":
            return self._physical[address]
        if piece := _PIECE.fullmatch(name):
            try:
                return self._physical[address].split(piece[1])[int(piece[2])]
            except IndexError:
                raise _UnknownError(f"{self._physical[address]} is not what CloudFormation usually calls it") from None
        if name.startswith("?"):
            return name[1] + self._argument(name[2:], address) if name[2:] in resource.arguments else ""
        name, *choices = name.split("~")
        value = self._argument(name, address)
        return dict(choice.split("=") for choice in choices).get(value, value)

    def _argument(self, name: str, address: str) -> str:
        if name not in self._known[address].arguments:
            raise _UnknownError(f"its {name} is not written")
        return self._value(self._known[address].arguments[name])

    def _value(self, value: Value) -> str:
        match value:
            case str():
                return value
            case bool() | None:
                raise _UnknownError("it is no text")
            case int():
                return str(value)
            case Expression(source):
                return self._expression(source)
            case Template(source):
                text = _INTERPOLATION.sub(lambda hole: self._expression(hole[1]), source.replace("$${", "\0"))
                return text.replace("\0", "${").replace("%%{", "%{")
        raise _UnknownError("it is made by a function")

    def _expression(self, source: str) -> str:
        known = {
            "var.region": self._place.region,
            "data.aws_caller_identity.current.account_id": self._place.account,
            "data.aws_partition.current.partition": self._place.partition,
        }
        if source in known:
            return known[source]
        match = _ATTRIBUTE.fullmatch(source)
        if match is None or match[1] not in self._known:
            raise _UnknownError(f"{source} is known only to Terraform")
        address, attribute = match.groups()
        arguments = self._known[address].arguments
        if attribute in arguments:
            return self._value(arguments[attribute])
        if attribute == "arn":
            return self._arn(address)
        if attribute in ("id", "url", "zone_id", "key_id"):
            return self.id(address)
        raise _UnknownError(f"{source} is known only to Terraform")
