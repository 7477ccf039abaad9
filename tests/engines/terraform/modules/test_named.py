"""What several roles say alike stands once, under a name that tells whom they trust."""

from __future__ import annotations

import pytest
from tests.engines.terraform.modules.systems import tree

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Call, Expression, Template, Value
from groundplan.engines.terraform.modules import addresses
from groundplan.engines.terraform.modules.groups import Piece
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.named import with_names, with_policy_words
from groundplan.engines.terraform.modules.sites import Site

SITES = {
    "prod": Site("prod", "primary", "shop-prod", "prod", "prod standby"),
    "prod standby": Site("prod", "standby", "shop-prod-standby", "prod-standby", "prod"),
}


def _trust(service: str, **more: Value) -> Call:
    principal: Value = {"Service": f"{service}.amazonaws.com"}
    return Call("jsonencode", {"Statement": [{"Principal": principal, "Action": "sts:AssumeRole", **more}]})


def _role(name: str, **values: Value) -> Piece:
    group = Group("resource", "aws_iam_role", name)
    block = hcl.Block("resource", (group.type, name), (*hcl.arguments(values),))
    return Piece(group, None, block, group.address, "iam.tf", (0, "", 0, ""))


def _texts(site: str, *roles: Piece) -> list[str]:
    found = with_names({site: list(roles)}, SITES)[site]
    return [hcl.render([piece.block]) for piece in found]


def test_trust_that_two_have_gets_the_name_of_the_service() -> None:
    roles = [_role(name, assume_role_policy=_trust("pods.eks")) for name in ("one", "two")]
    named, one, two = _texts("prod", *roles)
    assert named.startswith("locals {\n  trusted_by_pods_eks = jsonencode({")
    assert "assume_role_policy = local.trusted_by_pods_eks" in one
    assert "assume_role_policy = local.trusted_by_pods_eks" in two


def test_trust_that_one_has_stays_where_it_is() -> None:
    (one,) = _texts("prod", _role("one", assume_role_policy=_trust("ec2")))
    assert "jsonencode" in one


def test_another_condition_is_another_trust() -> None:
    roles = [_role(name, assume_role_policy=_trust("ec2")) for name in ("one", "two")]
    other = _role("other", assume_role_policy=_trust("ec2", Condition={"Bool": {"x": "true"}}))
    assert "Condition" in _texts("prod", *roles, other)[-1]


def test_a_boundary_is_named_after_what_it_is() -> None:
    roles = [_role(name, permissions_boundary="arn:aws:iam::1:policy/b") for name in ("one", "two")]
    assert "permissions_boundary = local.permissions_boundary" in _texts("prod", *roles)[-1]


def test_the_standby_has_a_value_of_its_own() -> None:
    roles = [_role(name, assume_role_policy=_trust("s3")) for name in ("one", "two")]
    named = with_names({"prod standby": roles}, SITES)["prod standby"][0]
    assert (named.group.address, named.address) == ("local.trusted_by_s3", "local.standby_trusted_by_s3")


def _attached(name: str, policy: Value) -> Piece:
    group = Group("resource", "aws_iam_role_policy_attachment", name)
    block = hcl.Block("resource", (group.type, name), hcl.arguments({"role": "x", "policy_arn": policy}))
    return Piece(group, None, block, group.address, "iam.tf", (0, "", 0, ""))


@pytest.mark.parametrize(
    ("name", "policy", "expected"),
    [
        ("nodes_amazonec2containerregistrypullonly", "AmazonEC2ContainerRegistryPullOnly",
         "nodes_ec2_container_registry_pull_only"),
        ("backup_awsbackupservicerolepolicyfors3backup", "AWSBackupServiceRolePolicyForS3Backup",
         "backup_service_role_policy_for_s3_backup"),
        ("nodes", "AmazonEKSWorkerNodePolicy", "nodes"),
    ],
)  # fmt: skip
def test_policies_of_aws_are_said_in_words(name: str, policy: str, expected: str) -> None:
    for arn in (f"arn:aws:iam::aws:policy/{policy}", Template(f"arn:${{var.x}}:iam::aws:policy/service-role/{policy}")):
        (piece,) = with_policy_words([_attached(name, arn)])
        assert (piece.group.name, piece.address) == (expected, f"aws_iam_role_policy_attachment.{name}")


def test_words_that_another_has_are_not_taken() -> None:
    arn = "arn:aws:iam::aws:policy/AmazonReadOnly"
    pieces = [_attached("nodes_read_only", Expression("var.arn")), _attached("nodes_amazonreadonly", arn)]
    assert [piece.group.name for piece in with_policy_words(pieces)] == ["nodes_read_only", "nodes_amazonreadonly"]


def test_an_attachment_that_has_been_applied_moves_to_its_words() -> None:
    """What an earlier rendering noted is led to the new key: Terraform destroys nothing."""
    flat = "aws_iam_role_policy_attachment.kubernetes_nodes_amazonssmmanagedinstancecore"
    now = tree("personal-timeline").rendering.addresses["production"]
    table = "module.security.aws_iam_role_policy_attachment.this"
    before = f'{table}["kubernetes_nodes_amazonssmmanagedinstancecore"]'
    record = addresses.recorded({flat: now[flat]}, {flat: (before,)})
    assert record[flat] == (before, f'{table}["kubernetes_nodes_ssm_managed_instance_core"]')
    assert hcl.render(list(addresses.moved(record))) == (f"moved {{\n  from = {before}\n  to   = {now[flat]}\n}}\n")
