"""What all parts of a blueprint share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from groundplan.blueprint.base import Part
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.shape import Shape, fields


def parts() -> Iterator[type[Part]]:
    """Every part of a blueprint."""
    pending, seen = [Shape(model=Blueprint)], set[type[Part]]()
    while pending:
        shape = pending.pop()
        pending += [inner for inner in (shape.entries, shape.items) if inner is not None]
        if shape.model is not None and shape.model not in seen:
            seen.add(shape.model)
            pending += fields(shape.model).values()
            yield shape.model


OF_DEFAULTS = [part for part in parts() if not any(info.is_required() for info in part.model_fields.values())]


def same(one: object, other: object) -> bool:
    """Whether two values are equal and of the same types, and parts in them have the same fields written."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Part) and isinstance(other, Part):
        values = ((getattr(one, name), getattr(other, name)) for name in type(one).model_fields)
        return one.model_fields_set == other.model_fields_set and all(same(*pair) for pair in values)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return one == other


def test_most_parts_may_be_left_empty() -> None:
    assert len(OF_DEFAULTS) > 20


@pytest.mark.parametrize("part", OF_DEFAULTS)
def test_what_is_not_written_is_what_an_empty_mapping_is(part: type[Part]) -> None:
    assert same(part.model_construct(), part.model_validate({}))


def test_what_is_wrong_within_a_part_is_told_with_its_place() -> None:
    with pytest.raises(ValidationError) as caught:
        Blueprint.model_validate(
            {
                "project": "shop",
                "region": "eu-west-1",
                "services": {"api": {"image": {"repository": "api", "tagg": "1"}, "tasks": 3}},
                "databases": {"main": "postgres"},
            }
        )
    assert {(error["loc"], error["type"]) for error in caught.value.errors()} >= {
        (("services", "api", "image", "tagg"), "extra_forbidden"),
        (("databases", "main"), "model_type"),
    }


def test_parts_are_written_as_what_they_hold() -> None:
    blueprint = Blueprint.model_validate(
        {"project": "shop", "region": "eu-west-1", "databases": {"main": {"engine": "postgres 15", "class": "x"}}}
    )
    written = blueprint.model_dump(mode="json", by_alias=True)
    assert written["databases"]["main"]["engine"] == {"name": "postgres", "version": "15"}
    assert written["network"]["cidr"] == "10.0.0.0/16"
    assert written["renamed"]["services"] == {}
