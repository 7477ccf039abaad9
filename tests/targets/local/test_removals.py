"""What a property returns to when an update takes it away, as removals.yaml says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.targets.local.cloudformation.stacks import Stack
from groundplan.targets.local.cloudformation.templates import TemplateLoader
from groundplan.targets.local.types.beyond_schemas import beyond_schema
from groundplan.targets.local.types.rows import all_rows
from groundplan.targets.local.types.schemas import schema_of

from .conftest import Aws, failures, physical
from .test_types import check, template

REMOVALS: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parent / "removals.yaml").read_text(encoding="utf-8"), TemplateLoader
)["removals"]


@pytest.mark.parametrize("case", REMOVALS, ids=[case["title"].replace(" ", "-") for case in REMOVALS])
def test_returns_to_what_aws_has(aws: Aws, case: dict[str, Any]) -> None:
    whole = template(case, case["properties"])
    stack = aws.deploy(whole)
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    before = physical(stack, "T")
    fewer = template(case, case["without"])
    fewer["Resources"] = {**whole["Resources"], **fewer["Resources"]}
    aws.update(stack, fewer)
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    assert physical(stack, "T") == before
    check(aws, case["verify"], stack)
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)


def _table(*indexes: str, projection: str = "ALL") -> dict[str, Any]:
    return {"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in "ab"],
        "GlobalSecondaryIndexes": [
            {"IndexName": name, "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
             "Projection": {"ProjectionType": projection}} for name in indexes]}}}}  # fmt: skip


def test_indexes_change_one_at_a_time_and_never_in_themselves(aws: Aws, wrong: Callable[[Stack], str]) -> None:
    stack = aws.deploy(_table("one"))
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    aws.update(stack, _table("two"))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Cannot perform more than one GSI creation or deletion in a single update" in wrong(stack)
    aws.update(stack, _table("one", projection="KEYS_ONLY"))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Create a new GSI with the updated properties using a different index name" in " ".join(failures(stack))
    aws.update(stack, _table("one", "two"))
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    aws.delete(stack)


@pytest.mark.parametrize("type_name", sorted(all_rows()))
def test_what_stands_beside_the_schemas_speaks_of_their_properties(type_name: str) -> None:
    schema, beyond = schema_of(type_name), beyond_schema(type_name)
    assert schema
    named = beyond.defaults.keys() | beyond.kept.keys() | beyond.replaces | beyond.required.keys()
    assert named - {"*"} <= schema.properties
    assert not beyond.defaults.keys() & (beyond.kept.keys() | beyond.required.keys())
    assert all(beyond.kept.values())
