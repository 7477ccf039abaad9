"""What modules give each other goes together, unless something would then wait for itself."""

from __future__ import annotations

from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.modules.groups import Member, Reference
from groundplan.engines.terraform.modules.handed import Handed, bundles, handed
from groundplan.engines.terraform.modules.links import Group, Link
from groundplan.engines.terraform.modules.sites import Site
from groundplan.engines.terraform.modules.slots import Slot

ONE, TWO = (Group("resource", "aws_kms_key", name) for name in ("media", "rds"))
BUCKET, DATABASE = Group("resource", "aws_s3_bucket", "media"), Group("resource", "aws_db_instance", "main")
SUBNET = Group("resource", "aws_subnet", "private")
SITES = {"prod": Site("prod", "primary", "shop-prod", "prod", None)}
MODULES = {
    "aws_kms_key": "security",
    "aws_s3_bucket": "storage",
    "aws_db_instance": "database",
    "aws_subnet": "networking",
}


def _member(group: Group, *keys: str) -> Member:
    return Member(group, "x.tf", (0, "", 0, ""), {Slot("prod", key): Block("resource") for key in keys or (None,)})


EVERY = {group: _member(group) for group in (ONE, TWO, BUCKET, DATABASE)} | {SUBNET: _member(SUBNET, "a", "b")}


def _bundles(*references: tuple[Group, Group, str]) -> dict[tuple[Group, str], Handed]:
    known = [Reference("prod", group, Link(target, None, attribute)) for group, target, attribute in references]
    return dict(bundles(known, EVERY, SITES, lambda group: MODULES[group.type]))


def test_one_value_is_handed_over_by_itself() -> None:
    assert _bundles((BUCKET, ONE, ".arn")) == {}
    alone = handed(Link(ONE, None, ".arn"), {})
    assert (alone.name, alone.is_map, alone.description) == ("media_key_arn", False, "arn of aws_kms_key.media")


def test_several_of_a_type_go_together() -> None:
    found = _bundles((BUCKET, ONE, ".arn"), (DATABASE, TWO, ".arn"))
    assert set(found) == {(ONE, ".arn"), (TWO, ".arn")}
    both = handed(Link(ONE, None, ".arn"), found)
    assert (both.name, both.is_map, both.groups) == ("key_arns", True, (ONE, TWO))
    assert both.description == "arn of each aws_kms_key, by name"


def test_another_attribute_is_another_map() -> None:
    assert _bundles((BUCKET, ONE, ".arn"), (DATABASE, TWO, ".id")) == {}


def test_what_has_keys_is_a_map_already() -> None:
    assert _bundles((BUCKET, SUBNET, ".id"), (DATABASE, SUBNET, ".id")) == {}


def test_more_than_an_attribute_does_not_go_into_a_map() -> None:
    assert _bundles((BUCKET, ONE, ".users[0].arn"), (DATABASE, TWO, ".users[0].arn")) == {}


def test_a_circle_is_broken_by_handing_over_one_by_one() -> None:
    """The key of the database is for the bucket's name, and the bucket needs a key."""
    assert _bundles((BUCKET, ONE, ".arn"), (DATABASE, TWO, ".arn"), (TWO, BUCKET, ".arn")) == {}


def test_the_other_site_is_named() -> None:
    elsewhere = Group("resource", "aws_kms_key", "media", where="standby")
    taken = handed(Link(elsewhere, None, ".arn"), {})
    assert (taken.name, taken.here.name) == ("standby_media_key_arn", "media_key_arn")
    assert taken.description == "arn of aws_kms_key.media of the standby"


def test_the_resource_itself_is_its_id() -> None:
    assert handed(Link(ONE, None, ""), {}).attribute == ".id"


def test_what_is_read_of_a_secret_stays_out_of_the_state() -> None:
    assert Handed((Group("local", "", "main_password"),), ".password").is_ephemeral
    assert Handed((Group("ephemeral", "aws_secret", "main"),), ".value").is_ephemeral
    assert not Handed((ONE,), ".arn").is_ephemeral
