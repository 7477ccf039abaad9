"""Nothing is lost between the typed resources and the templates: no kind, no field, no attribute."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from ipaddress import IPv4Network
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from tests.engines.samples import every_kind, sample_architecture

from groundplan.engines.cloudformation import render
from groundplan.engines.cloudformation.rows import attribute_refs, own_fields, properties
from groundplan.engines.cloudformation.table import ROWS
from groundplan.record import dataclass
from groundplan.resources import Architecture, Output, Resource
from groundplan.resources.network import Vpc
from groundplan.resources.security import Secret
from groundplan.resources.values import JsonDocument, Ref, SecretValue

KINDS = [kind for kind in every_kind() if not kind.not_in_cloudformation]


def _name(kind: type[Resource]) -> str:
    return kind.__name__


@pytest.mark.parametrize("kind", KINDS, ids=_name)
def test_the_sample_has_every_kind_and_each_has_a_row(kind: type[Resource]) -> None:
    assert sample_architecture().of(kind)
    assert kind in ROWS


def test_everything_in_the_sample_is_rendered() -> None:
    rendering = render(sample_architecture())
    assert rendering.unsupported == ()
    beside = {item.ref for item in rendering.beside}
    assert set(rendering.locations) | beside == {resource.ref for resource in sample_architecture()}
    assert beside.isdisjoint(rendering.locations)


def test_what_no_template_can_hold_has_no_row_and_says_why() -> None:
    beside = [kind for kind in every_kind() if kind.not_in_cloudformation]
    assert beside
    for kind in beside:
        assert kind not in ROWS
        assert "CloudFormation" in kind.not_in_cloudformation or "AWS::" in kind.not_in_cloudformation


@pytest.mark.parametrize("kind", KINDS, ids=_name)
def test_rows_speak_of_fields_that_exist_and_give_reasons(kind: type[Resource]) -> None:
    row, known = ROWS[kind], set(own_fields(kind))
    assert known >= set(row.rename) | row.arns | row.strings | row.written | set(row.not_rendered)
    assert not row.written & set(row.not_rendered)
    assert all(len(reason) > 20 for reason in row.not_rendered.values())


@pytest.mark.parametrize("kind", KINDS, ids=_name)
def test_every_attribute_of_a_kind_is_spelled(kind: type[Resource]) -> None:
    assert set(ROWS[kind].attributes) == set(kind.attributes)
    assert set(ROWS[kind].parameter_types) <= set(kind.attributes)


@pytest.mark.parametrize("kind", KINDS, ids=_name)
def test_every_field_changes_what_is_rendered_or_is_listed_with_its_reason(kind: type[Resource]) -> None:
    architecture = sample_architecture()
    rendered: set[str] = set()
    tried: set[str] = set()
    for resource in architecture.of(kind):
        before = _rendered(resource, architecture)
        for path, changes in _changes(resource, own_fields(kind)):
            tried.add(path)
            try:
                after = _rendered(replace(resource, **changes), architecture)
            except (ValueError, KeyError):  # what it refers to is not there
                continue
            if after != before:
                rendered.add(path)
    silent = {path for path in tried if path not in rendered and path.split(".")[0] not in ROWS[kind].not_rendered}
    assert silent == set()
    assert {path.split(".")[0] for path in tried} == set(own_fields(kind))
    assert rendered.isdisjoint(ROWS[kind].not_rendered)


def _rendered(resource: Resource, architecture: Architecture) -> str:
    row = ROWS[type(resource)]
    parts = list(row.parts(resource, architecture)) if row.parts else []
    kept = row.kept(resource, architecture) if row.kept else None
    own = properties(row, resource, architecture)
    for content in (own, *(part.properties for part in parts)):
        assert list(attribute_refs(content)) is not None  # nothing stands in it that no template can hold
    return repr((row.type_of(resource), own, parts, kept))


def _changes(owner: Any, names: tuple[str, ...], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field, those of nested records too, with other values that its type allows."""
    hints = _hints(type(owner))
    for name in names:
        value = getattr(owner, name)
        for place, other in _others(value, hints[name], f"{path}{name}"):
            yield place, {name: other}


def _others(value: Any, hint: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple) and value:
        yield path, value[:-1]
        for place, other in _others(value[0], _item_hint(hint), path):
            yield place, (other, *value[1:])
    elif isinstance(value, Mapping) and value:
        key = next(iter(value))
        yield path, {f"{key}x": value[key], **{name: item for name, item in value.items() if name != key}}
        for place, other in _others(value[key], _item_hint(hint), path):
            yield place, {**value, key: other}
    elif is_dataclass(value) and not isinstance(value, Ref | type) and type(value).__module__ != _VALUES:
        names = tuple(item.name for item in fields(value))
        for place, changes in _changes(value, names, f"{path}."):
            yield place, replace(value, **changes)
    for other in _of_type(hint):
        if other != value:
            yield path, other


_VALUES = "groundplan.resources.values"


def _item_hint(hint: Any) -> Any:
    found = [item for item in get_args(hint) if item is not ...]
    return found[-1] if found else object


_HINTS: dict[type[Any], dict[str, Any]] = {}


def _hints(kind: type[Any]) -> dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = get_type_hints(kind)
    return _HINTS[kind]


def _of_type(hint: Any) -> Iterator[Any]:
    """Some values of a type."""
    origin = get_origin(hint)
    if origin is Literal:
        yield from get_args(hint)
    elif origin in (Union, types.UnionType):
        for choice in get_args(hint):
            yield from _of_type(choice)
    elif origin is Ref:
        kind = get_args(hint)[0]
        yield from (resource.ref for resource in sample_architecture().of(kind))
        yield Ref(kind, "other")
    elif origin is tuple:
        yield from ((item,) for item in _of_type(_item_hint(hint)))
    elif origin is not None and issubclass(origin, Mapping):
        yield from ({"other": item} for item in _of_type(_item_hint(hint)))
    elif hint is type(None):
        yield None
    elif hint is bool:
        yield from (True, False)
    elif hint is int:
        yield from (0, 7, 8)
    elif hint is str:
        yield from ("other", "another")
    elif hint is Decimal:
        yield from (Decimal(7), Decimal(8))
    elif hint is IPv4Network:
        yield from (IPv4Network("10.77.0.0/16"), IPv4Network("10.78.0.0/16"))
    elif hint is JsonDocument:
        yield from (JsonDocument({"widgets": []}), JsonDocument({}))
    elif hint is SecretValue:
        yield from (SecretValue(Ref(Secret, "cache"), key) for key in ("one", "two"))


@dataclass(frozen=True, kw_only=True)
class Telescope(Resource):
    """A kind that no engine knows."""

    title: ClassVar[str] = "telescope"


@dataclass(frozen=True, kw_only=True)
class Observatory(Resource):
    """What needs such a kind."""

    telescope: Ref[Telescope]


def test_a_kind_without_a_row_is_reported_and_so_is_what_needs_it() -> None:
    telescope = Telescope(name="big", concern="network")
    vpc = Vpc(name="main", concern="network", cidr_block=IPv4Network("10.0.0.0/16"), depends_on=(telescope.ref,))
    architecture = Architecture(
        project="sky",
        title="Sky",
        environment="night",
        region="eu-west-1",
        resources=(telescope, vpc, Observatory(name="hill", concern="services", telescope=telescope.ref)),
        outputs=(Output(name="eye", description="The eye", value=telescope.ref.attribute("id")),),
    )
    rendering = render(architecture)
    assert rendering.stacks == ()
    assert {item.address: item.reason for item in rendering.unsupported} == {
        "telescope.big": "CloudFormation templates cannot express this kind yet: telescope",
        "vpc.main": "it refers to telescope.big, which CloudFormation cannot express",
        "observatory.hill": "CloudFormation templates cannot express this kind yet: observatory",
        "output.eye": "it speaks of telescope.big, in no stack",
    }
