from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from groundplan.catalog.terraform_providers import PROVIDERS, Schema, plain_type, provider, provider_of, select
from groundplan.engines.terraform.root import PROVIDER_VERSION


@pytest.mark.parametrize("name", PROVIDERS)
def test_version_and_date_stand_in_the_data(name: str) -> None:
    schemas = provider(name)

    assert re.fullmatch(r"\d+\.\d+\.\d+", schemas.version)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", schemas.date)
    assert "region" in schemas.configuration["attributes"]
    assert "alias" not in schemas.configuration["attributes"], "Terraform's own"


def test_rendered_files_ask_for_the_version_whose_schemas_are_known() -> None:
    assert provider("aws").version.startswith(PROVIDER_VERSION.removeprefix("~> ") + ".")


def test_a_type_is_read_when_it_is_asked_for() -> None:
    block = provider("aws").block("resource", "aws_vpc")

    assert block is not None
    assert block["attributes"]["arn"] == {"type": "string", "computed": True}
    assert block is provider("aws").block("resource", "aws_vpc")
    assert provider("aws").block("resource", "aws_vcp") is None
    assert provider("aws").block("data", "aws_caller_identity") is not None
    assert provider("google").block("ephemeral", "google_secret_manager_secret_version") is not None


def test_every_line_is_a_block_of_known_types() -> None:
    """Data that was extracted is as it should be, down to the last type."""

    def below(block: Schema) -> Iterator[Schema]:
        yield block
        for nested in block.get("block_types", {}).values():
            assert nested["nesting_mode"] in ("single", "list", "set")
            yield from below(nested["block"])

    known = re.compile(r"^(string|number|bool|dynamic|list|set|map|object)$")
    for name in PROVIDERS:
        for sort in ("resource", "data", "ephemeral"):
            for type_ in provider(name).types(sort)[::7]:  # each seventh: reading all takes half a second
                block = provider(name).block(sort, type_)
                assert block is not None
                assert provider_of(type_) == name
                for inner in below(block):
                    for attribute in inner.get("attributes", {}).values():
                        written = plain_type(attribute)
                        assert known.match(written if isinstance(written, str) else written[0])


def test_rules_are_about_arguments_that_there_are() -> None:
    schemas = provider("aws")
    ruled = [name for name in schemas.types("resource") if schemas.rules(name)]

    assert "aws_db_instance" in ruled
    for name in ruled:
        block = schemas.block("resource", name)
        assert block is not None
        arguments = {*block["attributes"], *block.get("block_types", {})}
        for several in schemas.rules(name).values():
            for names in several:
                assert arguments.issuperset(names), name


def test_selection_holds_what_is_used_and_no_more() -> None:
    chosen = select([("resource", "aws_vpc"), ("resource", "aws_no_such"), ("resource", "google_sql_database")])

    assert set(chosen) == {"aws", "google"}
    assert set(chosen["aws"]["resource"]) == {"aws_vpc"}
    assert set(chosen["google"]["resource"]) == {"google_sql_database"}
    assert set(select([])) == {"aws"}


def test_statements_are_cut_to_what_is_named() -> None:
    whole, cut = (
        select([("resource", "aws_wafv2_web_acl")], words)["aws"]["resource"]["aws_wafv2_web_acl"]
        for words in (None, {"managed_rule_group_statement"})
    )

    def statement(block: Schema) -> Schema:
        found: Schema = block["block_types"]["rule"]["block"]["block_types"]["statement"]["block"]["block_types"]
        return found

    assert set(statement(cut)) == {"managed_rule_group_statement"} < set(statement(whole))
    assert "rate_based_statement" in statement(whole), "the catalog's own block is as it was"


@pytest.mark.parametrize(
    ("attribute", "type_"),
    [
        ({"type": "string"}, "string"),
        (
            {"nested_type": {"nesting_mode": "list", "attributes": {"a": {"type": "bool"}}}},
            ["list", ["object", {"a": "bool"}]],
        ),
        ({"nested_type": {"nesting_mode": "single", "attributes": {}}}, ["object", {}]),
    ],
)
def test_nested_attributes_are_objects(attribute: Schema, type_: object) -> None:
    assert plain_type(attribute) == type_
