"""What the values of a site refer to, without tables and with them."""

from __future__ import annotations

import pytest

from groundplan.engines.terraform.hcl import Expression, Template, Value
from groundplan.engines.terraform.modules.links import Code, Group, Link
from groundplan.engines.terraform.modules.reading import Reading

MEDIA, LOGS = (Group("resource", "aws_bucket", name) for name in ("media", "logs"))
KEY = Group("resource", "aws_kms_key", "main", where="primary")
SUBNET = Group("resource", "aws_subnet", "private")
TABLE = Group("resource", "aws_bucket", "this", table=True)
FLAT = Reading(
    {
        "aws_bucket.media": (MEDIA, None),
        "aws_bucket.logs": (LOGS, None),
        "aws_kms_key.main": (KEY, None),
        "aws_subnet.private_b": (SUBNET, "b"),
        "aws_subnet.private_a": (SUBNET, "a"),
    }
)


def test_a_row_is_known_by_its_table_and_name() -> None:
    value: Value = {"bucket": Expression("aws_bucket.media.id"), "key": Template("${aws_kms_key.main.arn}/x")}
    key = Code(True, (Link(KEY, None, ".arn"), "/x"))
    assert FLAT.normal(value) == {"bucket": Code(False, (Link(MEDIA, None, ".id"),)), "key": key}
    after = FLAT.with_rows({MEDIA: TABLE, LOGS: TABLE})
    assert after.normal(value) == {"bucket": Code(False, (Link(TABLE, "media", ".id"),)), "key": key}
    assert FLAT.links(value) == (Link(MEDIA, None, ".id"), Link(KEY, None, ".arn"))
    assert after.links(value) == (Link(TABLE, "media", ".id"), Link(KEY, None, ".arn"))


def test_a_row_at_another_site_stays_there() -> None:
    table = Group("resource", "aws_kms_key", "this", table=True)
    after = FLAT.with_rows({KEY.here: table})
    assert after.meaning("aws_kms_key.main") == (table._replace(where="primary"), "main")


def test_what_no_table_is_about_is_not_read_again() -> None:
    value: list[Value] = [Expression("aws_kms_key.main.arn")]
    assert FLAT.with_rows({MEDIA: TABLE}).normal(value) is FLAT.normal(value)


def test_a_value_is_not_taken_for_one_that_is_gone() -> None:
    """Python gives the identity of what is gone to what comes next."""
    reading = Reading({f"aws_bucket.b{number}": (MEDIA, str(number)) for number in range(200)})
    for number in range(200):
        assert reading.links([Expression(f"aws_bucket.b{number}.id")]) == (Link(MEDIA, str(number), ".id"),)


@pytest.mark.parametrize("value", [None, True, 3, 0.5, "aws_bucket.media.id"])
def test_plain_values_refer_to_nothing(value: Value) -> None:
    assert FLAT.normal(value) == value
    assert FLAT.links(value) == ()


def test_keys_stand_in_the_order_of_terraform() -> None:
    assert FLAT.keys_of(SUBNET) == ("a", "b")
    assert FLAT.keys_of(TABLE) == ()
    assert FLAT.with_rows({MEDIA: TABLE, LOGS: TABLE}).keys_of(TABLE) == ("logs", "media")


def test_what_is_no_address_means_nothing() -> None:
    assert FLAT.meaning("aws_bucket.other") is None
