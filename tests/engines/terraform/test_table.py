"""The tables leave nothing out: no kind, no field, no attribute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from tests.engines.samples import every_kind, google_kinds, sample_of

from groundplan.catalog.terraform_providers import provider, provider_of
from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.rendering import CONCERNS
from groundplan.engines.terraform.rows import Beside, Row
from groundplan.engines.terraform.table import ROWS
from groundplan.resources import Resource
from groundplan.resources.values import Ref

KINDS = pytest.mark.parametrize("kind", [*every_kind(), *google_kinds()], ids=lambda kind: kind.__name__)


def _schema(type_: str) -> Mapping[str, Any]:
    *sorts, name = type_.split(".")
    sort = sorts[0] if sorts else "resource"
    schema = provider(provider_of(name)).block(sort, name)
    assert schema is not None, f"the provider has no {type_}"
    return schema


class Watched:
    """Stands in for a resource and notes which of its fields are read."""

    def __init__(self, resource: Resource, read: set[str]) -> None:
        self._resource = resource
        self._read = read

    def __getattr__(self, name: str) -> object:
        self._read.add(name)
        return getattr(self._resource, name)


@KINDS
def test_every_kind_has_a_row(kind: type[Resource]) -> None:
    assert kind in ROWS
    assert ROWS[kind].file in CONCERNS


@KINDS
def test_no_field_is_left_out(kind: type[Resource]) -> None:
    row = ROWS[kind]
    special = row.written | row.not_rendered.keys()
    assert special <= set(row.fields), "the row names fields that the kind does not have"
    assert not row.written & row.not_rendered.keys()
    assert not row.rename.keys() & special, "a field is both renamed and written by a function"
    assert all(reason for reason in row.not_rendered.values())

    context, read = Context(sample_of(kind), ROWS), set[str]()
    samples = sample_of(kind).of(kind)
    assert samples, "the sample has none of the kind"
    for resource in samples:
        _run(row, resource, context, read)
    assert row.written <= read, "fields are said to be written by a function that does not read them"


def _run(row: Row[Any], resource: Resource, context: Context, read: set[str]) -> None:
    watched = Watched(resource, read)
    row.type_of(watched)
    row.count_of(watched)
    if row.protects:
        row.protects(watched)
    if row.arguments:
        row.arguments(watched, context)
    if callable(row.ignore_changes):
        row.ignore_changes(watched)
    for blocks in (row.blocks, row.beside):
        if blocks:
            list(blocks(watched, context))


@KINDS
def test_every_attribute_is_mapped_to_one_that_the_provider_has(kind: type[Resource]) -> None:
    row = ROWS[kind]
    assert row.attributes.keys() == kind.attributes
    assert row.numbers <= kind.attributes
    assert row.referred[1] in {*kind.attributes, "id"}
    for resource in sample_of(kind).of(kind):
        for spelling in row.attributes.values():
            type_ = spelling.type if isinstance(spelling, Beside) else row.type_of(resource)
            name = spelling if isinstance(spelling, str) else spelling.name
            block = _schema(type_)
            known = block["attributes"].keys() | block.get("block_types", {}).keys()
            assert re.split(r"[.\[]", name)[0] in known


@KINDS
def test_numbers_are_those_of_the_provider(kind: type[Resource]) -> None:
    row = ROWS[kind]
    for resource in sample_of(kind).of(kind):
        attributes = _schema(row.type_of(resource))["attributes"]
        numbers = {
            name
            for name, spelling in row.attributes.items()
            if isinstance(spelling, str) and attributes.get(spelling, {}).get("type") == "number"
        }
        assert row.numbers == numbers


@KINDS
def test_ignored_and_ordered_arguments_exist(kind: type[Resource]) -> None:
    row = ROWS[kind]
    ordered = {name for paragraph in row.paragraphs for name in paragraph}
    for resource in sample_of(kind).of(kind):
        block = _schema(row.type_of(resource))
        ignored = row.ignore_changes(resource) if callable(row.ignore_changes) else row.ignore_changes
        top = {re.split(r"[.\[]", name)[0] for name in ignored}
        assert {*ordered, *top} <= block["attributes"].keys() | block.get("block_types", {}).keys()


@KINDS
def test_tags_can_be_written_where_the_kind_takes_them(kind: type[Resource]) -> None:
    for resource in sample_of(kind).of(kind):
        row = ROWS[kind]
        block = _schema(row.type_of(resource))
        tags = block["attributes"] if row.tags_argument else block["block_types"]
        assert not kind.taggable or ("tags" if row.tags_argument else "tag") in tags


def _reference(hint: object) -> tuple[type[Resource], str] | None:
    """The kind that a field refers to, and "s" where it holds several."""
    if get_origin(hint) is Ref:
        (target,) = get_args(hint)
        return target, ""
    several = "s" if get_origin(hint) is tuple else ""
    found = next((found for item in get_args(hint) if (found := _reference(item))), None)
    return found and (found[0], found[1] or several)


@KINDS
def test_every_field_that_is_mapped_by_name_has_its_argument(kind: type[Resource]) -> None:
    """Fields that the sample leaves out as well, which no plan would show."""
    row, hints = ROWS[kind], get_type_hints(kind)
    types = {row.type_of(resource) for resource in sample_of(kind).of(kind)}
    for name in set(row.fields) - row.written - row.not_rendered.keys():
        argument = name
        if reference := _reference(hints[name]):
            target, plural = reference
            suffix = ROWS[target].referred[0]
            argument = f"{name.removesuffix(plural)}_{suffix}{plural}" if suffix else name
        argument = row.rename.get(name, argument)
        for type_ in types:
            assert argument in _schema(type_)["attributes"], f"{type_} has no {argument}, for {name}"
