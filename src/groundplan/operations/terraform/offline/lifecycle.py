"""What a provider does with a resource's values: check a configuration, plan it, fill in what only AWS would know.

Pure functions over values as Terraform's plugin protocol carries them: dictionaries, lists and scalars, with
:data:`UNKNOWN` for what is known only after the apply.
"""

# msgpack ships no type information.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from msgpack.ext import ExtType

from groundplan.catalog.terraform_providers import CIDR_ARGUMENTS, JSON_ARGUMENTS, Schema, plain_type

Values: TypeAlias = dict[str, Any]

UNKNOWN = ExtType(0, b"\x00")
ACCOUNT = "123456789012"

_NAMES = ("name", "identifier", "bucket", "family", "alarm_name", "dashboard_name", "replication_group_id")
# Resources whose identifier EC2 makes up, and its prefix: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
_PREFIXES = {
    "aws_eip": "eipalloc-",
    "aws_flow_log": "fl-",
    "aws_internet_gateway": "igw-",
    "aws_nat_gateway": "nat-",
    "aws_network_acl": "acl-",
    "aws_route_table": "rtb-",
    "aws_security_group": "sg-",
    "aws_subnet": "subnet-",
    "aws_vpc": "vpc-",
    "aws_vpc_endpoint": "vpce-",
}
# Lists that a cloud fills with one object, and the argument that has it do so.
_ONE_WHERE = {
    "dns_resource_record": "domain",
    "master_user_secret": "manage_master_user_password",
    "server_ca_certs": "transit_encryption_mode",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a configuration is refused, and the argument it is about."""

    summary: str
    detail: str
    attribute: str


def is_known(value: object) -> bool:
    """Whether nothing in the value is unknown."""
    if isinstance(value, ExtType):
        return False
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    return all(map(is_known, value)) if isinstance(value, list) else True


def faults(block: Schema, rules: Mapping[str, Sequence[Sequence[str]]], configuration: Values) -> Iterator[Fault]:
    """What the provider's own code, which the schema does not show, would refuse."""
    yield from _read_only(block, configuration, ())
    yield from _breaches(rules, configuration)
    for name in CIDR_ARGUMENTS:
        if isinstance(written := configuration.get(name), str):
            try:
                ipaddress.ip_network(written)
            except ValueError as error:
                yield Fault("Invalid CIDR block", f"{name}: {error}", name)
    for name in JSON_ARGUMENTS:
        if isinstance(written := configuration.get(name), str):
            try:
                json.loads(written)
            except ValueError as error:
                yield Fault("Invalid JSON", f'"{name}" contains an invalid JSON: {error}', name)


def _read_only(block: Schema, configuration: Values, path: tuple[str, ...]) -> Iterator[Fault]:
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("computed") and not attribute.get("optional") and configuration.get(name) is not None:
            where = ".".join((*path, name))
            yield Fault(
                "Value for unconfigurable attribute",
                f'Can\'t configure a value for "{where}": its value will be decided automatically based on the result '
                "of applying this configuration.",
                (*path, name)[0],
            )
    for name, nested in block.get("block_types", {}).items():
        for inner in _blocks(configuration.get(name)):
            yield from _read_only(nested["block"], inner, (*path, name))


def _breaches(rules: Mapping[str, Sequence[Sequence[str]]], configuration: Values) -> Iterator[Fault]:
    # Terraform's plugin SDK takes an unknown value for one that may yet turn out null, and lets it pass.
    def is_set(name: str) -> bool:
        value = configuration.get(name)
        return value is not None and value != [] and is_known(value)

    def may_be_set(name: str) -> bool:
        return is_set(name) or not is_known(configuration.get(name))

    for first, second in rules.get("conflicts", ()):
        if is_set(first) and is_set(second):
            yield Fault("Conflicting configuration arguments", f'"{first}": conflicts with {second}', first)
    for names in rules.get("together", ()):
        for name in names:
            if is_set(name) and not all(map(may_be_set, names)):
                detail = f'"{name}": all of `{",".join(names)}` must be specified'
                yield Fault("Missing required argument", detail, name)
    for names in rules.get("exactly_one", ()):
        count = sum(map(is_set, names))
        if count > 1 or not any(map(may_be_set, names)):
            detail = f"exactly one of `{','.join(names)}` must be specified, not {count}"
            yield Fault("Invalid combination of arguments", detail, names[0])


def plan(block: Schema, prior: Values | None, proposed: Values) -> Values:
    """The planned values: what is left to the provider is unknown for a new block, and stays as it was for an old one.
    Write-only arguments are null, since a plan may not hold them."""
    planned = dict(proposed)
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("write_only"):
            planned[name] = None
        elif attribute.get("computed") and planned.get(name) is None:
            planned[name] = UNKNOWN if prior is None else prior.get(name)
    for name, nested in block.get("block_types", {}).items():
        value = planned.get(name)
        old = (prior or {}).get(name)
        if isinstance(value, dict):
            planned[name] = plan(nested["block"], old, value)
        elif isinstance(value, list):
            planned[name] = [
                plan(nested["block"], _counterpart(nested, old or [], place, inner), inner)
                if isinstance(inner, dict)
                else inner
                for place, inner in enumerate(value)
            ]
    return planned


def plan_certificate(planned: Values) -> None:
    """What the provider adds to the plan of an ``aws_acm_certificate``: the domains of its validation records are known
    before the certificate exists, so that ``for_each`` can run over them."""
    if planned.get("validation_method") != "DNS" or is_known(planned["domain_validation_options"]):
        return
    others = planned.get("subject_alternative_names")
    if isinstance(planned["domain_name"], str):
        domains = {planned["domain_name"], *(others if isinstance(others, list) else ())}
        if all(isinstance(domain, str) for domain in domains):
            unknown = dict.fromkeys(("resource_record_name", "resource_record_type", "resource_record_value"), UNKNOWN)
            planned["domain_validation_options"] = [{"domain_name": domain} | unknown for domain in sorted(domains)]


def _counterpart(nested: Schema, old: list[Values], place: int, new: Values) -> Values | None:
    """The block that a new one continues: the one at its place in a list, the one it equals in a set."""
    if nested["nesting_mode"] == "list":
        return old[place] if place < len(old) else None
    return next((candidate for candidate in old if _continues(nested["block"], new, candidate)), None)


def _continues(block: Schema, new: Values, old: Values) -> bool:
    """Whether ``old`` is what ``new`` becomes once the provider has filled it in."""
    for name, attribute in block.get("attributes", {}).items():
        left_to_provider = attribute.get("computed") and new.get(name) is None
        if not left_to_provider and new.get(name) != old.get(name):
            return False
    for name, nested in block.get("block_types", {}).items():
        ours, theirs = _blocks(new.get(name)), _blocks(old.get(name))
        if len(ours) != len(theirs):
            return False
        for place, inner in enumerate(ours):
            candidates = [theirs[place]] if nested["nesting_mode"] == "list" else theirs
            if not any(_continues(nested["block"], inner, candidate) for candidate in candidates):
                return False
    return True


def fill(block: Schema, kind: str, values: Values, region: str, identity: str) -> Values:
    """The values with everything unknown replaced by something of the right type. ``identity`` makes it unique."""
    name = next((values[key] for key in _NAMES if isinstance(values.get(key), str)), identity)
    resource_id = _PREFIXES[kind] + identity if kind in _PREFIXES else name
    service = kind.split("_")[1]
    arn = f"arn:aws:{service}:{region}:{ACCOUNT}:{kind.removeprefix('aws_').replace('_', '-')}/{resource_id}"

    def made_up(attribute: str, type_: object) -> object:
        match type_:
            case "string":
                if attribute == "arn" or attribute.endswith("_arn"):
                    return arn
                known = {"id": resource_id, "owner_id": ACCOUNT, "region": region}
                return known.get(attribute, f"{attribute.replace('_', '-')}-{identity[:8]}")
            case "number":
                return 0
            case "bool":
                return False
            case ["list", ["object", dict(members)]] if attribute in _ONE_WHERE and values.get(_ONE_WHERE[attribute]):
                return [{member: made_up(member, inner) for member, inner in members.items()}]
            case ["list" | "set", _]:
                return []
            case ["map", _]:
                return {}
        return None

    filled = dict(values)
    for attribute, schema in block.get("attributes", {}).items():
        if schema.get("write_only"):
            filled[attribute] = None
        elif isinstance(filled.get(attribute), ExtType):
            filled[attribute] = made_up(attribute, plain_type(schema))
        else:
            filled[attribute] = _fill_inside(filled.get(attribute), attribute, identity)
    for nested_name, nested in block.get("block_types", {}).items():
        value = filled.get(nested_name)
        if isinstance(value, ExtType):
            filled[nested_name] = []
        elif isinstance(value, dict):
            filled[nested_name] = fill(nested["block"], kind, value, region, identity)
        elif isinstance(value, list):
            filled[nested_name] = [fill(nested["block"], kind, inner, region, identity) for inner in value]
    return filled


def _fill_inside(value: object, name: str, identity: str) -> object:
    """A value of an attribute with the unknown strings in it replaced."""
    if isinstance(value, ExtType):
        return f"{name.replace('_', '-')}-{identity[:8]}"
    if isinstance(value, dict):
        return {key: _fill_inside(inner, key, identity) for key, inner in value.items()}
    return [_fill_inside(inner, name, identity) for inner in value] if isinstance(value, list) else value


def _blocks(value: object) -> list[Values]:
    inner = value if isinstance(value, list) else [value]
    return [block for block in inner if isinstance(block, dict)]
