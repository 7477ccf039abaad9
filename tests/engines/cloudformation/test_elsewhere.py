"""What is on another cloud is in no template, is told, and leaves the rest whole."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest
from tests.engines.samples import google_architecture, sample_architecture
from typer.testing import CliRunner

from groundplan.cli.main import app
from groundplan.engines import cloudformation
from groundplan.resources.security import Role
from groundplan.targets import local

GOOGLE = Path(__file__).parents[1] / "google" / "groundplan.yaml"


def test_the_rest_is_rendered_whole() -> None:
    architecture = google_architecture()
    rendering = cloudformation.render(architecture)
    assert rendering.unsupported == ()
    there = {*rendering.locations, *(item.ref for item in rendering.beside)}
    missing = [resource for resource in architecture if resource.ref not in there]
    assert {resource.cloud for resource in missing if not isinstance(resource, Role)} == {"google"}
    assert {resource.name for resource in missing if isinstance(resource, Role)} == {
        "backups_google_copy",
        "media_google_copy",
    }
    assert "google" not in json.dumps([stack.template for stack in rendering.stacks]).lower()


def test_each_is_told_with_its_reason() -> None:
    reasons = {item.address: item.reason for item in cloudformation.render(google_architecture()).elsewhere}
    assert reasons["google_bucket.media"] == "AWS CloudFormation makes nothing on Google Cloud; Terraform does"
    assert reasons["role.media_google_copy"].startswith("it is there for google_transfer_agent.storagetransfer")
    assert reasons["output.google_address"] == "it speaks of google_address.main"


def test_an_environment_on_aws_alone_is_as_it_was() -> None:
    architecture, elsewhere = cloudformation.of_aws(sample_architecture())
    assert architecture is sample_architecture()
    assert elsewhere == ()


def test_render_and_plan_tell_a_person(tmp_path: Path) -> None:
    runner = CliRunner()
    arguments = ["render", "-f", str(GOOGLE), "--engine", "cloudformation", "--out", str(tmp_path / "out")]
    result = runner.invoke(app(), arguments)
    assert result.exit_code == 0, result.output
    assert "CloudFormation makes nothing on another cloud" in result.output
    assert "engine: terraform makes them" in result.output
    assert not list((tmp_path / "out").glob("*google*"))


SMALL = """
project: shop
region: eu-west-1
profile: development
network: {zones: [a, b]}
buckets: {files: {keep: false, encryption: s3}, backups: {encryption: s3}}
alarms: null
keys: aws
secondary: {google: {project: shop-standby}}
"""


def test_the_local_aws_gets_everything_but_google_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDPLAN_STATE_DIR", str(tmp_path / "state"))
    file = tmp_path / "groundplan.yaml"
    file.write_text(SMALL)
    running = local.start(ephemeral=True)
    try:
        result = CliRunner().invoke(app(), ["deploy", "-f", str(file), "--yes"])
        assert result.exit_code == 0, result.output
        assert "CloudFormation makes nothing on another cloud" in result.output
        session = boto3.Session("local", "local", region_name="eu-west-1")
        buckets = session.client("s3", endpoint_url=running.endpoint).list_buckets()["Buckets"]
        assert {"shop-files-production", "shop-backups-production"} <= {bucket["Name"] for bucket in buckets}
        roles = session.client("iam", endpoint_url=running.endpoint).list_roles()["Roles"]
        assert not [role["RoleName"] for role in roles if "google" in role["RoleName"]]
    finally:
        local.stop()
