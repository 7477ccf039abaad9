"""What is renamed in a blueprint stays in AWS: planned by the real Terraform core on what the old names applied."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.design.blueprints import designed
from tests.terraform_core.harness import JsonObject, TerraformCore

from groundplan.engines.terraform import Options, importable, render, write
from groundplan.engines.terraform.import_ids import Place, derive

BEFORE = """
project: shop
region: eu-central-1
profile: development
alarms: {email: ops@example.com}
services:
  api:
    image: {repository: api, tag: "1"}
    port: 80
    public: {tls: false}
    needs: [main, sessions, files, mails]
    scaling: {cpu: 70%}
jobs: {nightly: {image: {repository: nightly, tag: "1"}, schedule: rate(1 days), needs: [main, {files: read}]}}
databases: {main: {engine: postgres 16, class: db.t4g.micro}}
caches: {sessions: {engine: redis 7.1, class: cache.t4g.micro}}
buckets: {files: {}}
queues: {mails: {}}
"""
NEW = {
    "api": "web", "main": "primary", "sessions": "store", "files": "uploads", "mails": "letters", "nightly": "cleanup",
}  # fmt: skip
AFTER = BEFORE
for old, new in NEW.items():
    AFTER = AFTER.replace(f"{old}:", f"{new}:").replace(f" {old},", f" {new},").replace(f" {old}]", f" {new}]")
AFTER = AFTER.replace("[main", "[primary").replace("repository: api", "repository: web")
RENAMED = """
renamed:
  services: {web: api}
  jobs: {cleanup: nightly}
  databases: {primary: main}
  caches: {store: sessions}
  buckets: {uploads: files}
  queues: {letters: mails}
  repositories: {web: api, cleanup: nightly}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("renames") / "root"


@pytest.fixture(scope="module")
def applied(root: Path) -> TerraformCore:
    """The old names, applied."""
    write(render(designed(BEFORE), Options(state_bucket="shop-state")), root)
    core = TerraformCore(root.parent / "workspace", {})
    core.apply(root)
    return core


def _changes(plan: JsonObject) -> dict[str, list[str]]:
    return {
        item["address"]: item["change"]["actions"]
        for item in plan["resource_changes"]
        if item["mode"] == "managed" and item["change"]["actions"] != ["no-op"]
    }


def test_a_rename_changes_nothing_but_addresses(applied: TerraformCore, root: Path) -> None:
    rendering = render(designed(AFTER + RENAMED), Options(state_bucket="shop-state"))
    write(rendering, root)
    applied.fmt_check(root)
    plan = applied.plan(root)
    applied.validate(root)
    assert _changes(plan) == {}
    moved = {
        item["previous_address"]: item["address"] for item in plan["resource_changes"] if "previous_address" in item
    }
    assert {source.partition("[")[0] for source in moved} == {source for source, _ in rendering.moves.pairs}
    assert moved["aws_db_instance.main"] == "aws_db_instance.primary"
    assert moved["aws_s3_bucket_versioning.files"] == "aws_s3_bucket_versioning.uploads"
    assert all(item["actions"] == ["no-op"] for item in plan["output_changes"].values())


def test_the_same_without_saying_so_destroys(applied: TerraformCore, root: Path) -> None:
    """The control: the test above would see it."""
    write(render(designed(AFTER), Options(state_bucket="shop-state")), root)
    changes = _changes(applied.plan(root))
    assert changes["aws_db_instance.main"] == ["delete"]
    assert changes["aws_db_instance.primary"] == ["create"]


def test_what_exists_is_taken_over_instead_of_made(tmp_path: Path) -> None:
    """Terraform takes every block that follows from a deployment, and plans to create none of these resources."""
    architecture = designed(BEFORE)
    known = importable(architecture)
    place = Place("123456789012", "eu-central-1", "aws")
    deployed = {address: f"{_PHYSICAL.get(item.type, item.type)}-{address}" for address, item in known.items()}
    ids = derive(known, deployed, place).ids
    assert len(ids) > len(known) * 0.8
    folder = tmp_path / "root"
    write(render(architecture, Options(state_bucket="shop-state"), ids=ids), folder)
    core = TerraformCore(tmp_path / "workspace", {})
    core.fmt_check(folder)
    plan = core.plan(folder)
    core.validate(folder)
    imported = {
        item["address"]: item["change"]["importing"]["id"]
        for item in plan["resource_changes"]
        if "importing" in item["change"]
    }
    assert imported == ids
    made = {address for address, actions in _changes(plan).items() if "create" in actions}
    assert made == {address for address in made if address not in ids}
    assert "aws_db_instance.main" not in made


_PHYSICAL = {
    "aws_subnet": "subnet",
    "aws_route_table": "rtb",
    "aws_vpc": "vpc",
    "aws_internet_gateway": "igw",
    "aws_nat_gateway": "nat",
    "aws_network_acl": "acl",
    "aws_security_group": "sg",
    "aws_vpc_endpoint": "vpce",
    "aws_vpc_security_group_ingress_rule": "sgr",
    "aws_vpc_security_group_egress_rule": "sgr",
    "aws_flow_log": "fl",
    "aws_sqs_queue": "https://sqs.eu-central-1.amazonaws.com/123456789012/",
    **dict.fromkeys(
        ("aws_lb", "aws_lb_listener", "aws_lb_target_group", "aws_secretsmanager_secret", "aws_sns_topic",
         "aws_sns_topic_subscription", "aws_ecs_task_definition"),
        "arn:aws:made:eu-central-1:123456789012:it",
    ),
    "aws_ecs_service": "arn:aws:ecs:eu-central-1:123456789012:service/cluster/",
}  # fmt: skip
