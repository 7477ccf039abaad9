"""What a module gives goes over in as few parcels as can be without anything waiting for itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.engines.terraform.modules.systems import tree

from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.modules.groups import Member, Reference
from groundplan.engines.terraform.modules.handed import Handed, handed
from groundplan.engines.terraform.modules.links import Group, Link
from groundplan.engines.terraform.modules.parcels import by_variable, code_of, given_code, parcels
from groundplan.engines.terraform.modules.sites import Site
from groundplan.engines.terraform.modules.slots import Slot

KEY, ROLE, POLICY, SECRET = (
    Group("resource", type_, "main")
    for type_ in ("aws_kms_key", "aws_iam_role", "aws_iam_role_policy", "aws_secretsmanager_secret")
)
SECOND = Group("resource", "aws_iam_role_policy", "second")
BUCKET, TABLE = Group("resource", "aws_s3_bucket", "media"), Group("resource", "aws_dynamodb_table", "main")
TOKEN = Group("ephemeral", "aws_secretsmanager_secret_version", "token")
FILES = {KEY: "kms.tf", ROLE: "iam.tf", POLICY: "iam.tf", SECOND: "iam.tf", SECRET: "secrets.tf", TOKEN: "secrets.tf",
         BUCKET: "s3.tf", TABLE: "dynamodb.tf"}  # fmt: skip
SITES = {"prod": Site("prod", "primary", "shop-prod", "prod", None)}

Reading = tuple[Group, Group, str]
"""Who refers to what, and the attribute."""


def _parcels(readings: Sequence[Reading], asked: Sequence[tuple[Group, str]] = ()) -> dict[str, str]:
    """The code of everything that is handed over, by ``type.attribute``."""
    every = {
        group: Member(group, file, (0, "", 0, ""), {Slot("prod", None): Block("resource")})
        for group, file in FILES.items()
    }
    known = [Reference("prod", group, Link(target, None, attribute)) for group, target, attribute in readings]
    outputs = [Link(group, None, attribute) for group, attribute in asked]
    module = {"s3.tf": "storage", "dynamodb.tf": "database"}
    found = parcels(known, outputs, every, SITES, {}, lambda group: module.get(FILES[group], "security"))
    taken = [handed(one.link, {}) for one in known] + [handed(link, {}) for link in outputs]
    return {f"{one.groups[0].address}{one.attribute}": code_of(one, found) for one in taken}


def test_all_that_a_module_gives_goes_together() -> None:
    assert _parcels([(BUCKET, KEY, ".arn"), (TABLE, ROLE, ".arn")]) == {
        "aws_kms_key.main.arn": "var.security.key_arn",
        "aws_iam_role.main.arn": "var.security.role_arn",
    }


def test_one_value_is_no_parcel() -> None:
    assert _parcels([(BUCKET, KEY, ".arn")]) == {"aws_kms_key.main.arn": "var.key_arn"}


def test_what_would_wait_for_itself_is_taken_apart_by_file() -> None:
    """The bucket needs a key, and a policy is about the bucket, for which the table waits."""
    found = _parcels(
        [
            (BUCKET, KEY, ".arn"),
            (BUCKET, KEY, ".id"),
            (POLICY, BUCKET, ".arn"),
            (TABLE, POLICY, ".id"),
            (TABLE, ROLE, ".arn"),
        ]
    )
    assert found["aws_kms_key.main.arn"] == "var.keys.key_arn"
    assert found["aws_iam_role.main.arn"] == "var.roles.role_arn"
    assert found["aws_iam_role_policy.main.id"] == "var.roles.role_policy_id"


def test_of_one_type_only_what_waits_goes_by_itself() -> None:
    third = Group("resource", "aws_iam_role_policy", "third")
    FILES[third] = "iam.tf"
    try:
        found = _parcels(
            [(BUCKET, POLICY, ".id"), (SECOND, BUCKET, ".arn"), (TABLE, SECOND, ".id"), (TABLE, third, ".id")]
        )
    finally:
        del FILES[third]
    assert found["aws_iam_role_policy.second.id"] == "var.second_role_policy_id"
    assert found["aws_iam_role_policy.main.id"] == "var.role_policies.role_policy_id"
    assert found["aws_iam_role_policy.third.id"] == "var.role_policies.third_role_policy_id"


def test_what_only_the_outputs_of_a_root_ask_for_goes_first() -> None:
    """The name of the secret waits for the bucket; without it key and role go together."""
    readings = [(BUCKET, KEY, ".arn"), (BUCKET, ROLE, ".arn"), (SECRET, BUCKET, ".arn")]
    found = _parcels(readings, [(SECRET, ".name")])
    assert found["aws_kms_key.main.arn"] == "var.security.key_arn"
    assert found["aws_secretsmanager_secret.main.name"] == "var.secret_name"
    assert _parcels(readings[:2], [(SECRET, ".name")])["aws_secretsmanager_secret.main.name"].startswith(
        "var.security."
    )


def test_what_is_ephemeral_goes_by_itself() -> None:
    found = _parcels([(BUCKET, KEY, ".arn"), (TABLE, ROLE, ".arn"), (TABLE, TOKEN, ".secret_string")])
    assert found["ephemeral.aws_secretsmanager_secret_version.token.secret_string"].count(".") == 1


def test_another_site_has_a_variable_of_its_own() -> None:
    here = [Handed((KEY,), ".arn"), Handed((ROLE,), ".arn")]
    every = {group: Member(group, FILES[group], (0, "", 0, ""), {}) for group in (KEY, ROLE, BUCKET)}
    known = [Reference("prod", BUCKET, Link(group, None, ".arn")) for group in (KEY, ROLE)]
    found = parcels(known, (), every, SITES, {}, lambda group: "storage" if group == BUCKET else "security")
    there = Handed((KEY,), ".arn", where="standby")
    assert code_of(there, found) == "var.standby_security.key_arn"
    assert given_code(there, found) == "resources.key_arn"
    assert [name for name, _, _ in by_variable([*here, there], found)] == ["security", "standby_security"]


def test_a_module_takes_what_it_needs_by_one_line() -> None:
    files = tree("personal-timeline").files
    called = files["environments/production"]["main.tf"]
    assert re.search("  networking += module.networking.resources\n", called)
    declared = files["modules/storage"]["variables.tf"]
    assert "vpc_id" not in declared.partition('variable "networking"')[2].partition("\n}")[0]
    assert "vpc_id" in files["modules/networking"]["outputs.tf"]
