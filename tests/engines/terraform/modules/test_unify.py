"""Several environments in one text: what is equal stays, what differs is said by the smallest means."""

from __future__ import annotations

import pytest
from tests.engines.terraform.modules.small import Body, Described, block

from groundplan.engines.terraform.hcl import Argument, Block, Call, Expression, Template, Value
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.slots import CannotShareError

SUBNET = Group("resource", "aws_subnet", "private")
KEYS = {name: Group("resource", "aws_kms_key", name) for name in ("one", "other")}
ADDRESSES = {
    "aws_subnet.private_a": (SUBNET, "a"),
    "aws_subnet.private_b": (SUBNET, "b"),
    "aws_kms_key.one": (KEYS["one"], None),
    "aws_kms_key.other": (KEYS["other"], None),
}


def test_what_is_equal_stays_literal() -> None:
    found = Described({"dev": {"size": 3, "text": "a ${b}"}, "prod": {"size": 3, "text": "a ${b}"}})
    assert found.text == 'size = 3\ntext = "a $${b}"\n'
    assert not found.interface.variables


def test_a_value_that_differs_becomes_a_variable_with_the_narrowest_type() -> None:
    found = Described({"dev": {"size": 3}, "prod": {"size": 5}})
    assert found.text == "size = var.settings.thing_size\n"
    assert found.interface.variables["thing_size"].type == "number"
    assert found.values == {"thing_size": {"dev": 3, "prod": 5}}


def test_the_environment_in_a_text_is_no_variable_of_its_own() -> None:
    found = Described({"dev": {"name": "shop-dev-api"}, "prod": {"name": "shop-prod-api"}})
    assert found.text == 'name = "${var.name_prefix}-api"\n'
    assert not found.interface.variables


def test_a_word_that_only_contains_the_environment_is_left_alone() -> None:
    found = Described({"dev": {"name": "developer"}, "prod": {"name": "product"}})
    assert found.values == {"thing_name": {"dev": "developer", "prod": "product"}}


def test_nested_blocks_have_variables_of_their_own() -> None:
    found = Described({"dev": [block("rule", days=3), block("rule", days=3)], "prod": [block("rule", days=9)] * 2})
    assert found.values == {name: {"dev": 3, "prod": 9} for name in ("thing_rule_1_days", "thing_rule_2_days")}


def test_what_is_asked_for_twice_is_one_variable() -> None:
    interface = Described({"dev": {"size": 3}, "prod": {"size": 5}}).interface
    again = interface.variable(("thing_size",), "size", "aws_other.main", {"dev": 3, "prod": 5})
    another = interface.variable(("thing_size",), "size", "aws_other.main", {"dev": 3, "prod": 6})
    assert (again, another) == ("var.settings.thing_size", "var.settings.thing_size_2")
    assert interface.variables["thing_size"].description == "size of aws_thing.main, aws_other.main"


def test_a_zone_is_each_key_and_what_differs_by_zone_a_field() -> None:
    found = Described(
        {
            (site, zone): {"subnet_id": Expression(f"aws_subnet.private_{zone}.id"), "range": f"10.{number}.{zone}"}
            for number, site in enumerate(("dev", "prod"))
            for zone in ("a", "b")
        },
        addresses=ADDRESSES,
    )
    assert found.text == "subnet_id = aws_subnet.private[each.key].id\nrange     = each.value.range\n"
    assert {
        slot.key: value for slot, value in found.description.fields["range"].items() if slot.environment == "prod"
    } == {
        "a": "10.1.a",
        "b": "10.1.b",
    }


def test_nested_blocks_that_only_some_have_are_dynamic() -> None:
    found = Described({"dev": {"size": 3}, "prod": [Argument("size", 3), block("logging", bucket="b")]})
    assert 'dynamic "logging" {\n  for_each = var.features.in_prod ? [1] : []' in found.text
    assert '    bucket = "b"' in found.text
    assert found.interface.switches["in_prod"].sites == frozenset({"prod"})


def test_what_repeats_itself_already_stays_and_is_empty_where_it_is_not() -> None:
    own = Block("dynamic", ("env",), (Argument("for_each", Expression("var.x")), block("content", value=1)))
    assert 'dynamic "env" {\n  for_each = var.x\n' in Described({"dev": [own], "prod": [own]}).text
    only = Described({"dev": [Argument("size", 3)], "prod": [Argument("size", 3), own]})
    assert 'dynamic "env" {\n  for_each = var.features.in_prod ? var.x : []\n' in only.text


def test_rows_of_plain_values_become_a_table_of_the_environment() -> None:
    found = Described(
        {site: [block("rule", id=name, days=7) for name in names] for site, names in {"dev": "a", "prod": "bc"}.items()}
    )
    assert 'dynamic "rule" {\n  for_each = var.settings.thing_rules' in found.text
    assert "days = rule.value.days" in found.text
    assert found.values["thing_rules"]["dev"] == ({"id": "a", "days": 7},)


def test_what_only_some_write_is_null_elsewhere() -> None:
    found = Described({"dev": {}, "prod": {"kms_key_id": Expression("aws_kms_key.one.arn")}}, addresses=ADDRESSES)
    assert found.text == "kms_key_id = var.features.in_prod ? aws_kms_key.one.arn : null\n"


def test_different_references_are_chosen_by_a_feature() -> None:
    found = Described(
        {"dev": {"key": Expression("aws_kms_key.one.arn")}, "prod": {"key": Expression("aws_kms_key.other.arn")}},
        addresses=ADDRESSES,
    )
    assert found.text == "key = var.features.in_dev ? aws_kms_key.one.arn : aws_kms_key.other.arn\n"


def test_mappings_are_merged_where_some_have_more() -> None:
    more = {"A": Expression("aws_kms_key.one.arn"), "B": Expression("aws_kms_key.other.arn")}
    found = Described({"dev": {"tags": {"A": more["A"]}}, "prod": {"tags": more}}, addresses=ADDRESSES)
    assert "tags = merge(" in found.text
    assert "var.features.in_prod ?" in found.text
    assert "} : {}" in found.text


def test_lists_of_statements_are_put_together_by_what_they_are_called() -> None:
    def policy(*names: str) -> Call:
        key = Expression("aws_kms_key.one.arn")
        statements: list[Value] = [{"Sid": name, "Resource": key} for name in names]
        return Call("jsonencode", {"Statement": statements})

    found = Described(
        {"dev": {"policy": policy("A", "C")}, "prod": {"policy": policy("A", "B", "C")}}, addresses=ADDRESSES
    )
    assert "concat(" in found.text
    assert found.text.index('"A"') < found.text.index("var.features.in_prod ?") < found.text.index('"B"')
    assert found.text.index('"B"') < found.text.index('"C"')


def test_ignored_changes_are_the_union_since_terraform_takes_only_literals() -> None:
    found = Described(
        {
            "dev": [block("lifecycle", ignore_changes=[Expression("tags")])],
            "prod": [block("lifecycle", ignore_changes=[Expression("tags"), Expression("desired_count")])],
        }
    )
    assert found.text == "lifecycle {\n  ignore_changes = [tags, desired_count]\n}\n"
    assert not found.interface.variables
    assert not found.interface.switches


def test_waiting_for_something_an_environment_lacks_is_no_waiting() -> None:
    found = Described({"dev": {}, "prod": {"depends_on": [Expression("aws_kms_key.one")]}}, addresses=ADDRESSES)
    assert found.text == "depends_on = [aws_kms_key.one]\n"


def test_names_of_things_stand_in_a_table_of_the_module() -> None:
    found = Described(
        {(site, name): {"bucket": f"shop-{site}-{name}", "days": days} for site in ("dev", "prod") for name, days in
         {"logs": 7, "media": 90}.items()},
        by_name=True,
    )  # fmt: skip
    assert found.text == 'bucket = "${var.name_prefix}-${each.key}"\ndays   = each.value.days\n'
    assert found.description.columns == {"days": {"logs": 7, "media": 90}}
    assert not found.interface.variables


def test_text_around_references_is_chosen_by_a_feature() -> None:
    found = Described(
        {
            site: {"name": Template(f"${{aws_kms_key.one.arn}}{mark}")}
            for site, mark in {"dev": "!", "prod": "?"}.items()
        },
        addresses=ADDRESSES,
    )
    assert found.text == 'name = var.features.in_dev ? "${aws_kms_key.one.arn}!" : "${aws_kms_key.one.arn}?"\n'


def test_calls_that_cannot_be_told_apart_are_refused() -> None:
    key = Expression("aws_kms_key.one.arn")
    with pytest.raises(CannotShareError, match=r"aws_thing\.main\.name differs in a way that cannot be told apart"):
        Described({"dev": {"name": Call("join", key)}, "prod": {"name": Call("join", key, "-")}}, addresses=ADDRESSES)


def test_a_text_here_and_a_list_there_are_a_list_that_is_known_by_its_length() -> None:
    found = Described({"dev": {"region": "eu-west-1"}, "prod": {"region": ["eu-west-1", "eu-central-1"]}})
    assert found.text == "region = try(one(var.settings.thing_region), var.settings.thing_region)\n"
    assert found.interface.variables["thing_region"].type == "list(string)"
    assert found.values["thing_region"] == {"dev": ("eu-west-1",), "prod": ("eu-west-1", "eu-central-1")}
    apart = Described({"dev": {"region": "eu-west-1"}, "prod": {"region": ["eu-west-1"]}})
    assert apart.interface.variables["thing_region"].type == "any", "a list of one would not be told from a text"


def test_lists_of_statements_that_differ_by_name_are_told_item_by_item() -> None:
    def policy(bucket: str) -> Call:
        return Call("jsonencode", {"Statement": [{"Sid": "Read", "Resource": Template(f"arn:${{var.aws}}:{bucket}")}]})

    found = Described({("dev", name): {"policy": policy(f"x{name * 2}")} for name in ("a", "b")}, by_name=True)
    assert "Resource = each.value.read_resource" in found.text
    assert list(found.description.columns) == ["read_resource"]
    assert found.description.columns["read_resource"]["a"] == Template("arn:${var.aws}:xaa")


def test_columns_that_say_the_same_are_one() -> None:
    found = Described(
        {("dev", name): {"name": name * 2, "tags": {"Name": name * 2}} for name in ("a", "b")}, by_name=True
    )
    assert found.text == "name = each.value.name\ntags = {\n  Name = each.value.name\n}\n"


def test_mappings_of_other_keys_are_a_column_as_they_are() -> None:
    dimensions: dict[str, dict[str, Value]] = {"a": {"Queue": "x"}, "b": {"Cluster": "y"}}
    found = Described({("dev", name): {"dimensions": value} for name, value in dimensions.items()}, by_name=True)
    assert found.text == "dimensions = each.value.dimensions\n"


def test_tall_blocks_that_are_built_alike_are_a_table() -> None:
    def query(name: str) -> Block:
        values: dict[str, Value] = {"namespace": "AWS/EKS", "metric_name": f"m_{name}", "stat": "Sum", "period": 60}
        return Block("query", (), (Argument("id", name), block("metric", **values)))

    body = [block("query", id="result", expression="a + b"), *map(query, ("a", "b", "c"))]
    text = Described({"dev": body, "prod": body}).text
    assert text.startswith('query {\n  id         = "result"')
    assert '    { id = "a", metric_name = "m_a" },\n' in text
    assert "    metric {\n" in text
    assert text.count("AWS/EKS") == 1
    assert "dynamic" not in Described({"dev": body[:3], "prod": body[:3]}).text


TABLE = Group("resource", "aws_kms_key", "this", table=True)


def _keys(*names: str) -> Value:
    return [Expression(f"aws_kms_key.{name}.arn") for name in names]


def test_rows_that_only_some_list_are_added_by_a_switch() -> None:
    """Names of things, unlike zones, are no setting."""
    rows = {f"aws_kms_key.{name}": (TABLE, name) for name in ("one", "other", "third")}
    found = Described({"dev": {"keys": _keys("other")}, "prod": {"keys": _keys("other", "one")}}, addresses=rows)
    one, other = (f'[aws_kms_key.this["{name}"].arn]' for name in ("one", "other"))
    assert found.text == f"keys = concat({other}, var.features.in_prod ? {one} : [])\n"
    assert not found.values


def test_what_is_looked_up_is_chosen_as_it_is() -> None:
    """A number is text to Terraform where the other is; in an argument it becomes a number again."""
    seen: dict[str | tuple[str, str], Body] = {"dev": {"version": Call("lookup", Expression("var.versions"), "a", 1)},
            "prod": {"version": Expression("aws_kms_key.one.version")}}  # fmt: skip
    assert Described(seen, addresses=ADDRESSES).text == (
        'version = var.features.in_dev ? lookup(var.versions, "a", 1) : aws_kms_key.one.version\n'
    )


def test_all_rows_are_named_where_others_are_in_the_same_map() -> None:
    """A map that another module gives may have more in it than this table."""
    rows = {f"aws_kms_key.{name}": (TABLE, name) for name in ("one", "other")}
    body: dict[str, Value] = {"keys": _keys("one", "other")}
    assert Described({"dev": body, "prod": body}, addresses=rows).text == "keys = aws_kms_key.this[*].arn\n"
    found = Described(
        {"dev": body, "prod": body}, addresses=rows, refer=lambda _, key: "" if key == "*" else f"var.key_arns[{key}]"
    )
    assert found.text == 'keys = [var.key_arns["one"], var.key_arns["other"]]\n'
