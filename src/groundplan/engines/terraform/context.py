"""From the model's values to Terraform's: what a reference, an attribute, a text or a policy is in HCL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from groundplan.engines.terraform.hcl import Argument, Block, Call, Expression, Heredoc, Item, Template, Value
from groundplan.engines.terraform.text import escape_interpolation, quote
from groundplan.record import Record, dataclass
from groundplan.resources import Architecture, Resource
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Secret
from groundplan.resources.values import (
    Attribute,
    Dynamic,
    InputValue,
    JsonDocument,
    ParameterValue,
    Pseudo,
    Ref,
    SecretValue,
    Text,
)

if TYPE_CHECKING:
    from groundplan.engines.terraform.rows import Row

_WRITTEN = (str, int, Expression, Template, Call, Heredoc)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DATA_SOURCES = {
    Pseudo.ACCOUNT_ID: ("aws_caller_identity", "account_id"),
    Pseudo.PARTITION: ("aws_partition", "partition"),
}
# Types that AWS keeps for the whole account, whose provider resources take no `region`.
# Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
GLOBAL = ("aws_ce_", "aws_iam_", "aws_route53_", "aws_budgets_", "aws_cloudfront_")


class CannotExpressError(Exception):
    """Terraform has no way to say it; the message is the reason that people read."""


@dataclass(frozen=True)
class Joined(Record):
    """An attribute that is a list, as one text."""

    name: str
    separator: str = ", "


@dataclass(frozen=True)
class Piece(Record):
    """One piece of an attribute, counted from 0."""

    name: str
    separator: str
    number: int


@dataclass(frozen=True)
class Context(Record):
    """The architecture that is rendered, and what its values are called in Terraform."""

    architecture: Architecture
    rows: Mapping[type[Resource], Row[Any]]
    region: str | None = None
    """Region of the resource at hand, where it is not the environment's."""
    data_sources: set[str] = field(default_factory=set)
    """Types of the data sources that were referred to."""
    parameters_read: set[tuple[str, str | None]] = field(default_factory=set)
    """Systems Manager parameters of other environments that were referred to, by name and region."""
    secrets_read: set[Ref[Secret]] = field(default_factory=set)
    """Secrets whose values went to write-only arguments."""
    secrets_parsed: set[Ref[Secret]] = field(default_factory=set)
    """Those of which single keys went there."""

    def within(self, region: str | None) -> Context:
        """The same for a resource of that region."""
        elsewhere = None if region == self.architecture.region else region
        return self if elsewhere == self.region else replace(self, region=elsewhere)

    def resource(self, type_: str, label: str, *body: Item) -> Block:
        """A resource block, with its region where that is not the provider's."""
        return self._top("resource", type_, label, body)

    def ephemeral(self, type_: str, label: str, *body: Item) -> Block:
        """A block of something that lives only while Terraform runs, with its region as for a resource."""
        return self._top("ephemeral", type_, label, body)

    def _top(self, block: str, type_: str, label: str, body: tuple[Item, ...]) -> Block:
        if self.region and not type_.startswith(GLOBAL):
            body = (Argument("region", self.region), *body)
        return Block(block, (type_, label), body)

    def arguments(self, values: Mapping[str, object]) -> tuple[Argument, ...]:
        """Arguments in order; what is None or empty is left out."""
        return tuple(Argument(name, self.value(value)) for name, value in values.items() if not _is_empty(value))

    def block(self, type_: str, values: Mapping[str, object], *inner: Block | None) -> Block:
        """A nested block: arguments, then further blocks."""
        return Block(type_, (), (*self.arguments(values), *(item for item in inner if item)))

    def address(self, ref: Ref[Resource]) -> str:
        """``aws_subnet.private_a``: the resource itself."""
        row = self.rows[ref.kind]
        type_ = row.type if isinstance(row.type, str) else row.type(self.architecture[ref])
        return f"{type_}.{label(ref)}"

    def attribute(self, ref: Ref[Resource], name: str) -> str:
        """The expression of an attribute: ``aws_lb.main.dns_name``."""
        row = self.rows[ref.kind]
        spelling = row.attributes[name]
        if isinstance(spelling, str):
            own = self.address(ref)
            # Of what is there or not, by a variable: null where it is not.
            counted = row.count and row.count(self.architecture[ref])
            return f"one({own}[*].{spelling})" if counted else f"{own}.{spelling}"
        if isinstance(spelling, Joined):
            return f"join({quote(spelling.separator)}, {self.address(ref)}.{spelling.name})"
        if isinstance(spelling, Piece):
            return f"split({quote(spelling.separator)}, {self.address(ref)}.{spelling.name})[{spelling.number}]"
        beside = f"{spelling.type}.{label(ref)}"
        counted = row.count and row.count(self.architecture[ref])
        return f"one({beside}[*].{spelling.name})" if counted else f"{beside}.{spelling.name}"

    def refer(self, ref: Ref[Resource]) -> Expression:
        """What others write to mean a resource: its id or, where Terraform wants that, its ARN or name."""
        return Expression(self.attribute(ref, self.rows[ref.kind].referred[1]))

    def leads_to(self, source: Ref[Resource], target: Ref[Resource]) -> bool:
        """Whether a resource refers to another, directly or through others, so that the other cannot wait for it."""
        seen = {source}
        waiting = [source]
        while waiting:
            for ref in self.architecture[waiting.pop()].references():
                if ref == target:
                    return True
                if ref not in seen:
                    seen.add(ref)
                    waiting.append(ref)
        return False

    def in_region(self, text: str) -> Value:
        """Text that begins with the environment's region, with the variable in its place."""
        region = self.architecture.region
        if self.region or not text.startswith(region):
            return text
        return Template("${var.region}" + escape_interpolation(text.removeprefix(region)))

    def string(self, value: object) -> Value:
        """A value where Terraform takes text alone: numbers are turned into it."""
        if isinstance(value, Attribute) and value.name in self.rows[value.ref.kind].numbers:
            return Call("tostring", self.value(value))
        return self.value(value)

    def value(self, value: object) -> Value:
        """Any value of the model. Raises CannotExpressError for a secret's value: it would end up in the state."""
        if value is None or isinstance(value, _WRITTEN):
            return value
        match value:
            case dict():
                return {name: self.value(item) for name, item in value.items()}
            case list() | tuple():
                return [self.value(item) for item in value]
            case Ref():
                return Expression(self.attribute(value, "id"))
            case Attribute() | Pseudo() | InputValue() | SecretValue() | ParameterValue():
                return self._dynamic(value)
            case Text():
                return self._template(value)
            case Decimal() | float():
                return int(value) if value == int(value) else float(value)
            case IPv4Network():
                return str(value)
            case PolicyDocument():
                return Call("jsonencode", self.value(value.json()))
            case JsonDocument():
                return Call("jsonencode", self.value(value.content))
            case Mapping():
                return self.value(dict(value))
        raise TypeError(f"{type(value).__name__} cannot stand in a Terraform configuration")

    def write_only(self, value: object) -> Value:
        """A value for a write-only argument, which Terraform keeps in no state: the one place for a secret."""
        match value:
            case SecretValue():
                return Expression(self._secret(value))
            case Text():
                return self._template(value, secrets=True)
        return self.value(value)

    def write_only_version(self, secrets: Iterable[Ref[Secret]]) -> Value:
        """The number that sends a write-only argument again: it follows those of the secrets that it is made from."""
        written = [
            f"aws_secretsmanager_secret_version.{label(secret)}.secret_string_wo_version"
            for secret in dict.fromkeys(secrets)
            if has_version(self.architecture[secret])
        ]
        return Expression(" + ".join(written)) if written else 1

    def _dynamic(self, value: Dynamic) -> Expression:
        match value:
            case Attribute(ref, name):
                return Expression(self.attribute(ref, name))
            case InputValue(name):
                return Expression(f"var.{name}")
            case ParameterValue(name):
                self.parameters_read.add((name, self.region))
                return Expression(f"data.aws_ssm_parameter.{parameter_label(name, self.region)}.insecure_value")
            case SecretValue():
                raise CannotExpressError(
                    "a secret's value may only go to a write-only argument; anywhere else it would stand in the state"
                )
            case Pseudo.REGION:
                return Expression(f'"{self.region}"' if self.region else "var.region")
        type_, attribute = _DATA_SOURCES[value]
        self.data_sources.add(type_)
        return Expression(f"data.{type_}.current.{attribute}")

    def _secret(self, value: SecretValue) -> str:
        self.secrets_read.add(value.secret)
        if value.json_key is None:
            return f"ephemeral.aws_secretsmanager_secret_version.{label(value.secret)}.secret_string"
        self.secrets_parsed.add(value.secret)
        parsed = f"local.{parsed_secret(value.secret)}"
        if _IDENTIFIER.fullmatch(value.json_key):
            return f"{parsed}.{value.json_key}"
        return f"{parsed}[{quote(value.json_key)}]"

    def _template(self, text: Text, *, secrets: bool = False) -> Template:
        source = ""
        for part in text.parts:
            if isinstance(part, str):
                source += escape_interpolation(part)
                continue
            if isinstance(part, Pseudo) and part is Pseudo.REGION and self.region:
                source += self.region
                continue
            code = self._secret(part) if secrets and isinstance(part, SecretValue) else self._dynamic(part).source
            source += f"${{{code}}}"
        return Template(source)


def label(ref: Ref[Resource]) -> str:
    """The resource's name in Terraform: ``private_a``."""
    return _label(ref.name if ref.key is None else f"{ref.name}_{ref.key}")


@lru_cache(maxsize=1 << 14)
def _label(name: str) -> str:
    written = re.sub(r"[^A-Za-z0-9_]", "_", name).lower()
    return written if _IDENTIFIER.match(written) else f"_{written}"


def parameter_label(name: str, region: str | None) -> str:
    """What the data source of a parameter is called: ``hosted_zone``, with the region where it is another one's."""
    return _label(f"{name.rpartition('/')[2]}_{region}" if region else name.rpartition("/")[2])


def _is_empty(value: object) -> bool:
    return value is None or (not value and isinstance(value, (str, tuple, list, Mapping)))


def parsed_secret(ref: Ref[Secret]) -> str:
    """The local value that holds a secret's keys and values."""
    return f"{label(ref)}_secret"


def has_version(secret: Secret) -> bool:
    """Whether Terraform writes the secret's value; else a person does."""
    return secret.generate is not None or secret.value is not None
