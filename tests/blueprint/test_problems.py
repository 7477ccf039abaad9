"""What the models refuse, in plain words and at the right place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pydantic import ValidationError
from tests.blueprint.conftest import FILE, Problems

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.problems import PATTERN_RULES, explain_errors, in_order
from groundplan.blueprint.schema import schema as document
from groundplan.blueprint.shape import Shape, fields, shape_of
from groundplan.blueprint.tree import Plain, Steps, format_path, node_of
from groundplan.errors import Position, Problem

BASE = """\
project: shop
region: eu-west-1
"""
NAMED = "is not a name: lower-case letters and digits, in between single hyphens or underscores, starting with a letter"


def test_everything_is_told_at_once(problems: Problems) -> None:
    text = """
        project: Shop
        services:
          api:
            image: {repository: api}
            prot: 3000
            needs: [mian, api]
          worker:
            image: {repository: worker}
            logs: 8d
        databases:
          main: {engine: postgres 15, class: db.t4g.micro, backups: 40d}
        network: {cidr: 10.0.0.0/33}
        """
    assert problems(text) == [
        'groundplan.yaml:1:1: "region" is missing',
        f'groundplan.yaml:1:10: project: "Shop" {NAMED}',
        'groundplan.yaml:5:5: services.api.prot: unknown key "prot"; did you mean "port"?',
        'groundplan.yaml:6:13: services.api.needs[0]: there is no "mian" to need; did you mean "main"?',
        "groundplan.yaml:6:19: services.api.needs[1]: api needs itself; leave that out",
        "groundplan.yaml:9:11: services.worker.logs: CloudWatch Logs cannot keep logs for 8d; the nearest it can is 7d",
        "groundplan.yaml:11:61: databases.main.backups: retention of backups can be 35d at most, and is 40d",
        'groundplan.yaml:12:17: network.cidr: "10.0.0.0/33" is not a network in CIDR notation, like 10.0.0.0/16',
    ]


def test_what_follows_from_a_broken_value_is_not_told(problems: Problems) -> None:
    text = BASE + "services: {api: {image: {repository: api}, prot: 80, public: {domain: shop.groundplan.dev}}}\n"
    assert problems(text) == [
        'groundplan.yaml:3:44: services.api.prot: unknown key "prot"; did you mean "port"?',
    ]


def test_a_need_of_a_broken_entry_is_no_mistake(problems: Problems) -> None:
    text = (
        BASE + "databases: {main: {engine: postgres 15}}\nservices: {api: {image: {repository: api}, needs: [main]}}\n"
    )
    assert problems(text) == ['groundplan.yaml:3:13: databases.main: "class" is missing']


def test_between_two_values_the_overlay_is_pointed_at(problems: Problems) -> None:
    text = """
        project: shop
        region: eu-west-1
        services:
          api: {image: {repository: api}, tasks: {desired: 3, min: 2}}
        environments:
          production: {}
          small:
            services:
              api:
                tasks: {max: 1}
        """
    assert problems(text) == [
        "groundplan.yaml:10:22: services.api.tasks: desired (3) has to lie between min (2) and max (1)"
    ]


def test_a_mapping_that_the_overlay_brings_is_pointed_at_itself(problems: Problems) -> None:
    text = BASE + "services: {api: {image: {repository: api}}}\n"
    text += "environments: {a: {services: {api: {tasks: {min: 4, max: 2}}}}}\n"
    assert problems(text) == [
        "groundplan.yaml:4:37: services.api.tasks: desired (2) has to lie between min (4) and max (2)"
    ]


def test_a_profiles_value_is_named_as_such(problems: Problems) -> None:
    text = """
        project: shop
        region: eu-west-1
        profile: development
        databases:
          main: {engine: postgres 15, class: db.t4g.micro, replicas: 1, backups: 0d}
        network: {cidr: 10.0.0.0/8}
        """
    assert problems(text) == [
        "groundplan.yaml:5:74: databases.main.backups: read replicas are made from backups: keep them for 1d at least",
        "groundplan.yaml:6:17: network.cidr: 10.0.0.0/8 is too large for a VPC, which is /16 to /28",
    ]


def test_problems_are_sorted_and_told_once() -> None:
    def at(line: int, column: int, message: str = "x") -> Problem:
        return Problem(message, Position(FILE, line, column))

    ordered = [Problem("nowhere"), at(2, 9), at(10, 1), at(10, 1, "y"), at(10, 2)]
    assert in_order([*reversed(ordered), *ordered]) == ordered


def test_every_pattern_of_the_models_has_words() -> None:
    patterns = set()

    def collect(schema: object) -> None:
        if isinstance(schema, dict):
            if isinstance(schema.get("pattern"), str) and "examples" not in schema:
                patterns.add(schema["pattern"])
            for inner in schema.values():
                collect(inner)
        elif isinstance(schema, list):
            for inner in schema:
                collect(inner)

    collect(document())
    assert patterns == PATTERN_RULES.keys()  # units and short forms, which have examples, say it themselves


NOTHING: Plain = {}
WRONG: list[Plain] = [None, True, 5, -1, 10**20, 1.5, "x", "", " y z", [], [1, None], [NOTHING], NOTHING, {"x": 1}]
JARGON = r"Input should|cannot stand here|validation error|\bdict\b|\bNone\b|valid string"


def places(shape: Shape, path: Steps = ()) -> Iterator[Steps]:
    """A path to each place of the models, with ``x`` for names that people choose."""
    yield path
    for key, inner in fields(shape.model).items() if shape.model else ():
        yield from places(inner, (*path, key))
    if shape.entries is not None:
        yield from places(shape.entries, (*path, "x"))
    if shape.items is not None:
        yield from places(shape.items, (*path, 0))


def planted(path: Steps, value: Plain) -> Plain:
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    return value


@pytest.mark.parametrize("path", [path for path in places(shape_of(Blueprint)) if path], ids=format_path)
def test_whatever_is_wrong_wherever_is_said_without_jargon(path: Steps) -> None:
    for value in WRONG:
        tree = node_of(planted(path, value))
        try:
            Blueprint.model_validate(tree.plain())
        except ValidationError as error:
            found = explain_errors(error.errors(include_url=False), tree, shape_of(Blueprint))
            said = "\n".join(problem.message for problem in found)
            assert not re.search(JARGON, said)
