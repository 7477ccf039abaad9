from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.blueprint.test_mistakes import BASE, MARK, mistakes

from groundplan.blueprint.schema import schema as write
from groundplan.blueprint.yaml import read_yaml

ROOT = Path(__file__).parents[2]
GOOD = [*sorted((ROOT / "examples").glob("*/groundplan.yaml")), ROOT / "tests/cases/blueprint/environments.yaml"]

BEYOND_A_SCHEMA = ("10.0.0.1/16", "desired (2) has to lie between", "no day of the calendar")
"""What the models refuse and JSON Schema cannot say: host bits, numbers that contradict each other, leap years."""

document = cache(write)


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(document())


def errors(text: str) -> list[str]:
    data = read_yaml(text, Path("groundplan.yaml")).plain()
    return [error.message for error in validator().iter_errors(data)]


def test_it_is_a_schema_of_draft_2020_12() -> None:
    schema = document()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "$id" not in json.dumps(schema)
    assert json.dumps(schema) == json.dumps(write())


@pytest.mark.parametrize("file", GOOD, ids=lambda file: str(file.relative_to(ROOT)))
def test_good_blueprints_are_valid(file: Path) -> None:
    assert errors(file.read_text(encoding="utf-8")) == []


def test_there_are_examples() -> None:
    assert len(GOOD) >= 2


@pytest.mark.parametrize(
    ("text", "message"),
    [case for case in mistakes() if str(case.id).startswith("models-")],
)
def test_what_the_models_refuse_is_invalid(text: str, message: str) -> None:
    found = errors(BASE + text.replace(MARK, ""))
    if any(said in message for said in BEYOND_A_SCHEMA):
        assert found == []
    else:
        assert found


@pytest.mark.parametrize(
    "overlay",
    [
        "{}",
        "",
        "{services: {api: null}}",
        "{services: {api: {size: {cpu: 512}}}}",
        "{services: {api: {tasks: null, scaling: null, environment: {A: null}}}}",
        "{databases: {main: {storage: 200 GB, engine: {version: 16}}}}",
        "{network: {flow_logs: null, subnets: {public: {a: null}}}}",
        "{alarms: null, tags: null, profile: poc}",
    ],
)
def test_overlays_are_parts_and_may_remove(overlay: str) -> None:
    assert errors(f"{BASE}environments: {{dev: {overlay}}}\n") == []


@pytest.mark.parametrize(
    "overlay",
    [
        "[]",
        "{colour: red}",
        "{services: {Api: {}}}",
        "{services: {api: {sise: {cpu: 512}}}}",
        "{services: {api: {needs: [{main: reed}]}}}",
        "{accept: [{rule: GP-SEC-001}]}",
        "{network: {zones: null, nat: two}}",
    ],
)
def test_overlays_have_no_other_keys(overlay: str) -> None:
    assert errors(f"{BASE}environments: {{dev: {overlay}}}\n")


def test_without_environments_the_base_is_whole() -> None:
    assert errors("region: eu-west-1\n") == ["'project' is a required property"]
    assert errors("region: eu-west-1\nenvironments: {dev: {project: shop}}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "databases: {main: {engine: postgres 15, class: db.t4g.micro, storage: 100..500 GB gp3}}",
        "databases: {main: {engine: {name: postgres, version: 15.10}, class: db.t4g.micro, storage: {size: 1 TB}}}",
        "services: {api: {image: {repository: api, tag: 1.10}, needs: [main, {a: read}, {name: b, access: write}]}}",
        "services: {api: {image: {repository: api}, environment: {PORT: 3000}, health: {interval: 30 seconds}}}",
        "objectives: {budget: $373}",
    ],
)
def test_short_forms_and_units_are_admitted(text: str) -> None:
    assert errors(BASE + text + "\n") == []


def test_every_field_is_described() -> None:
    def fields(schema: object, path: str) -> Iterator[tuple[str, object]]:
        if isinstance(schema, dict):
            for key, value in schema.items():
                if key == "properties" and isinstance(value, dict):
                    yield from ((f"{path}.{name}", field) for name, field in value.items())
                else:
                    yield from fields(value, f"{path}.{key}")

    found = dict(fields(document(), ""))
    assert len(found) > 150
    assert [path for path, field in found.items() if not isinstance(field, dict) or not field.get("description")] == []
