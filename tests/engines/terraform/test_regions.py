"""Resources in other regions: one provider, and the region at each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.design.blueprints import designed
from tests.terraform_core.harness import TerraformCore

from groundplan.catalog.terraform_providers import provider
from groundplan.engines.terraform import Options, Rendering, render, write
from groundplan.engines.terraform.context import GLOBAL
from groundplan.engines.terraform.table import ROWS

BLUEPRINT = """
    project: shop
    region: eu-west-1
    profile: poc
    keys: customer
    databases: {orders: {engine: postgres 16, class: db.t4g.micro}}
    buckets:
      files: {versioning: true, encryption: kms, keep: true, replicate: us-east-1}
      plain: {versioning: true, encryption: s3, keep: true, replicate: eu-central-1}
    backup: {copy_to: us-east-1, lock: true}
    audit: {logs: 90d, rules: [RDS_STORAGE_ENCRYPTED, ACCESS_KEYS_ROTATED]}
    alarms: {email: ops@example.com, webhook: "https://events.example.com/aws"}
    objectives: {budget: 50 USD/month}
    """


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    return render(designed(BLUEPRINT), Options(state_bucket="shop-state"))


def test_everything_is_planned_in_its_region_and_stays(rendering: Rendering, tmp_path: Path) -> None:
    assert rendering.unsupported == ()
    write(rendering, tmp_path / "shop")
    core = TerraformCore(tmp_path / "workspace")
    core.fmt_check(tmp_path / "shop")
    planned = core.show(core.plan(tmp_path / "shop"))
    core.validate(tmp_path / "shop")
    regions = {address: values.get("region") for address, values in planned.items() if values.get("region")}
    away = {address: region for address, region in regions.items() if region != "eu-west-1"}
    settings = ("", "_public_access_block", "_versioning", "_server_side_encryption_configuration", "_policy")
    for name, region in (("files_replica", "us-east-1"), ("plain_replica", "eu-central-1")):
        assert {f"aws_s3_bucket{setting}.{name}" for setting in settings} <= {a for a, r in away.items() if r == region}
    assert away["aws_kms_key.files_replica"] == away["aws_kms_alias.files_replica"] == "us-east-1"
    assert away["aws_backup_vault.copies"] == away["aws_backup_vault_lock_configuration.copies"] == "us-east-1"
    assert not [address for address in away if "replica" not in address and "copies" not in address]
    assert planned["aws_cloudtrail.main"]["is_multi_region_trail"]
    (group,) = planned["aws_config_configuration_recorder.main"]["recording_group"]
    assert (group["all_supported"], group["include_global_resource_types"]) == (True, True)
    assert planned["aws_config_configuration_recorder_status.main"]["is_enabled"]
    (rule,) = planned["aws_s3_bucket_replication_configuration.files"]["rule"]
    assert rule["delete_marker_replication"] == [{"status": "Enabled"}]
    core.apply(tmp_path / "shop")
    core.second_plan_is_empty(tmp_path / "shop")


def test_nothing_starts_before_what_it_needs(rendering: Rendering) -> None:
    audit, buckets = rendering.files["audit.tf"], rendering.files["s3.tf"]
    status = audit.partition('resource "aws_config_configuration_recorder_status" "main" {')[2].partition("\n}\n")[0]
    assert "depends_on = [aws_config_delivery_channel.main]" in status
    rule = audit.partition('resource "aws_config_config_rule" "rds_storage_encrypted" {')[2].partition("\n}\n")[0]
    assert "aws_config_configuration_recorder_status.main" in rule
    copies = buckets.partition('resource "aws_s3_bucket_replication_configuration" "files" {')[2].partition("\n}\n")[0]
    for needed in ("versioning.files", "versioning.files_replica"):
        assert f"aws_s3_bucket_{needed}," in copies
    assert "aws_iam_role_policy.files_replication" in copies


def test_what_takes_no_region_is_known() -> None:
    """A region at a global type is an error of Terraform; none at another type puts the thing into the wrong region."""
    aws = provider("aws")
    types = {row.type for row in ROWS.values() if isinstance(row.type, str) and row.kind.cloud == "aws"}
    takes = {type_ for type_ in types if "region" in (aws.block("resource", type_) or {})["attributes"]}
    assert {type_ for type_ in types if not type_.startswith(GLOBAL)} == takes
