"""What others take of one type is one map, and no two things have one name."""

from __future__ import annotations

import re

from tests.engines.terraform.modules.systems import SYSTEMS, tree

from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.modules.groups import Member
from groundplan.engines.terraform.modules.handed import Bundles, Handed, handed
from groundplan.engines.terraform.modules.links import Group, Link
from groundplan.engines.terraform.modules.parcels import Parcel, code_of
from groundplan.engines.terraform.modules.settled import settled
from groundplan.engines.terraform.modules.slots import Slot

ROLES = Group("resource", "aws_iam_role", "this", table=True)
BACKUP, DRILLS = (Group("resource", "aws_iam_role", name) for name in ("backup", "drills"))
VPC, SUBNET = Group("resource", "aws_vpc", "main"), Group("resource", "aws_subnet", "private")
ECS, EKS = Group("resource", "aws_ecs_cluster", "main"), Group("resource", "aws_eks_cluster", "main")
SECURITY = Parcel("security", "resources", "security")


def _member(group: Group) -> Member:
    keys = ("a", "b") if group in (ROLES, SUBNET) else (None,)
    return Member(group, "x.tf", (0, "", 0, ""), {Slot("prod", key): Block("resource") for key in keys})


EVERY = {group: _member(group) for group in (ROLES, BACKUP, DRILLS, VPC, SUBNET, ECS, EKS)}


def _codes(
    *groups: Group,
    bundles: Bundles | None = None,
    apart: tuple[Group, ...] = (),
    reserved: frozenset[str] = frozenset(),
) -> list[str]:
    """How whoever takes the ARN of each group speaks of it; those ``apart`` are in no parcel."""
    crossing = [(group, ".arn") for group in groups]
    packed = {
        handed(Link(group, None, ".arn"), bundles or {}): SECURITY for group in groups if group not in apart
    }  # fmt: skip
    found, parcels = settled(crossing, bundles or {}, packed, EVERY, reserved)
    return [code_of(handed(Link(group, None, ".arn"), found), parcels) for group in groups]


def test_a_table_and_what_stands_alone_are_one_map_in_one_parcel() -> None:
    assert _codes(ROLES, BACKUP, VPC) == [
        "var.security.role_arns", "var.security.role_arns", "var.security.vpc_arn",
    ]  # fmt: skip
    both = Handed((BACKUP, DRILLS), ".arn")
    bundles = {(group, ".arn"): both for group in both.groups}
    assert set(_codes(ROLES, BACKUP, DRILLS, VPC, bundles=bundles)[:3]) == {"var.security.role_arns"}


def test_a_parcel_of_one_map_is_none() -> None:
    assert _codes(ROLES, BACKUP) == ["var.role_arns", "var.role_arns"]


def test_in_different_parcels_they_stay_apart_under_different_names() -> None:
    """What waits for the table would wait for what stands alone."""
    assert _codes(ROLES, BACKUP, VPC, apart=(BACKUP,)) == [
        "var.security.role_arns", "var.backup_role_arn", "var.security.vpc_arn",
    ]  # fmt: skip
    both = Handed((BACKUP, DRILLS), ".arn")
    bundles = {(group, ".arn"): both for group in both.groups}
    codes = _codes(ROLES, BACKUP, DRILLS, VPC, bundles=bundles, apart=(BACKUP, DRILLS))
    assert codes[1:3] == ["var.other_iam_role_arns"] * 2
    assert codes[0] == "var.security.iam_role_arns"


def test_zones_are_no_rows() -> None:
    assert _codes(SUBNET, VPC) == ["var.security.private_subnet_arns", "var.security.vpc_arn"]


def test_two_of_one_noun_are_called_by_their_types() -> None:
    assert _codes(ECS, EKS) == ["var.security.main_ecs_cluster_arn", "var.security.main_eks_cluster_arn"]
    assert _codes(ECS, VPC)[0] == "var.security.cluster_arn"


def test_a_name_that_a_variable_has_is_not_taken_again() -> None:
    assert _codes(VPC, apart=(VPC,)) == ["var.vpc_arn"]
    assert _codes(VPC, apart=(VPC,), reserved=frozenset({"vpc_arn"})) == ["var.main_vpc_arn"]


def test_no_module_of_any_example_is_asked_for_this() -> None:
    for system in SYSTEMS:
        for folder, files in tree(system).files.items():
            names = re.findall(r"^    (\w+) += |^output \"(\w+)\"", files.get("outputs.tf", ""), re.MULTILINE)
            assert not [one or other for one, other in names if "_this" in f"{one}{other}"], folder


def test_a_test_makes_up_every_row_that_the_module_reads() -> None:
    """Of the table, and what stands alone beside it."""
    text = tree("personal-timeline").files["modules/compute/tests"]["compute.tftest.hcl"]
    arns = text.partition("role_arns = {")[2].partition("}")[0]
    assert '"arn:aws:iam::123456789012:role/kubernetes-nodes"' in arns
    assert '"arn:aws:iam::123456789012:role/kubernetes-cluster"' in arns
