"""A standby in both engines: stacks of two regions that never need each other, and resources with a region."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from tests.design.blueprints import designed
from tests.design.test_standby import EKS, SHOP, STANDBY
from tests.engines.cloudformation.linting import found_by_lint
from tests.terraform_core.harness import TerraformCore

from groundplan.blueprint.loading import load
from groundplan.checks import run
from groundplan.design import design
from groundplan.engines import cloudformation
from groundplan.engines.terraform import Options, render, write
from groundplan.resources import Architecture

THERE = "us-west-2"
EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def architecture(platform: str) -> Architecture:
    return designed(SHOP + STANDBY if platform == "ecs" else EKS)


@cache
def templates(platform: str, division: Literal["concern", "region"] = "concern") -> cloudformation.Rendering:
    return cloudformation.render(architecture(platform), cloudformation.Options(stacks=division))


def resource(platform: str, logical_id: str) -> Any:
    found = [stack.template["Resources"] for stack in templates(platform).stacks]
    return next(item[logical_id]["Properties"] for item in found if isinstance(item, dict) and logical_id in item)


@pytest.mark.parametrize("platform", ["ecs", "eks"])
def test_lint_finds_nothing(platform: str) -> None:
    findings = [(stack.name, rule, message) for stack, rule, message in found_by_lint(templates(platform).stacks)]
    assert findings == []
    assert not templates(platform).unsupported


@pytest.mark.parametrize("division", ["concern", "region"])
def test_stacks_stand_behind_what_they_need(division: Literal["concern", "region"]) -> None:
    stacks = templates("ecs", division).stacks
    done: set[str] = set()
    for stack in stacks:
        assert done.issuperset(stack.depends_on), stack.name
        done.add(stack.name)
    assert {stack.region for stack in stacks} == {"us-east-1", THERE}


def test_a_replica_names_its_source_by_arn_and_region() -> None:
    replica = resource("ecs", "StandbyMainDatabaseInstance")
    assert replica["SourceDBInstanceIdentifier"] == {"Ref": "MainDatabaseInstanceArn"}
    assert replica["SourceRegion"] == "us-east-1"
    assert replica["KmsKeyId"] == {"Ref": "StandbyRdsKeyArn"}
    assert not {"Engine", "MasterUsername", "StorageEncrypted", "BackupRetentionPeriod"} & replica.keys()


def test_secrets_are_resolved_in_the_region_of_the_stack() -> None:
    text = resource("ecs", "StandbyMainUrlSecret")["SecretString"]["Fn::Sub"]
    copy = "arn:${AWS::Partition}:secretsmanager:us-west-2:${AWS::AccountId}:secret:${MainPasswordSecretNameInArn}"
    assert f"{{{{resolve:secretsmanager:{copy}:SecretString:password}}}}" in text
    databases = next(stack for stack in templates("ecs").stacks if stack.name == "shop-production-databases")
    outputs = databases.template["Outputs"]
    assert isinstance(outputs, dict)
    assert outputs["MainPasswordSecretNameInArn"]["Value"] == {
        "Fn::Select": [6, {"Fn::Split": [":", {"Ref": "MainPasswordSecret"}]}]
    }
    assert resource("ecs", "MainPasswordSecret")["ReplicaRegions"] == [
        {"Region": THERE, "KmsKeyId": {"Ref": "StandbyMainKeyArn"}}
    ]


def test_images_are_copied_by_a_rule_of_the_registry() -> None:
    (rule,) = resource("ecs", "StandbyRegistryReplication")["ReplicationConfiguration"]["Rules"]
    assert rule == {
        "Destinations": [{"Region": THERE, "RegistryId": {"Ref": "AWS::AccountId"}}],
        "RepositoryFilters": [{"Filter": "shop-production-api", "FilterType": "PREFIX_MATCH"}],
    }


def test_terraform_says_the_region_wherever_there_is_one() -> None:
    files = render(architecture("ecs")).files
    blocks = re.findall(r'^resource "(\w+)" "(standby_\w+)" \{\n(.*?)^\}$', "".join(files.values()), re.M | re.S)
    assert len(blocks) > 80
    for type_, label, body in blocks:
        there = f'region = "{THERE}"' in re.sub(" +", " ", body)
        assert there != type_.startswith(("aws_iam_", "aws_route53_")), (type_, label)
    everything = "".join(body for _, _, body in blocks)
    assert "var.region" not in everything
    assert "data.aws_region" not in everything


@pytest.mark.parametrize("platform", ["ecs", "eks"])
def test_the_terraform_core_applies_it_and_finds_nothing_left(platform: str, tmp_path: Path) -> None:
    root, core = tmp_path / "root", TerraformCore(tmp_path / "workspace", {})
    write(render(architecture(platform), Options(state_bucket="shop-state")), root)
    core.fmt_check(root)
    planned = core.show(core.plan(root))
    replica = planned["aws_db_instance.standby_main"]
    assert replica["region"] == THERE
    assert replica.get("engine") is None
    applied = {(item["type"], item["name"]): item for item in core.apply(root)["resources"]}
    primary = applied["aws_db_instance", "main"]["instances"][0]["attributes"]
    copy = applied["aws_db_instance", "standby_main"]["instances"][0]["attributes"]
    assert copy["replicate_source_db"] == primary["arn"]
    core.second_plan_is_empty(root)


def test_no_secret_stands_in_a_file() -> None:
    written = json.dumps([dict(stack.template) for stack in templates("ecs").stacks], default=str)
    written += "".join(render(architecture("ecs")).files.values())
    assert not re.search(r"postgresql://[^${:\"]+:[^${\"]", written)


@pytest.mark.parametrize("example", ["duskspendr", "solemate", "spendsense", "spontime"])
def test_every_example_can_have_one(example: str, tmp_path: Path) -> None:
    """Whatever the blueprints use (jobs, EC2 capacity, gateways, blue/green, owners of names) works in a second region
    too, and brings nothing that AWS would refuse."""
    text = (EXAMPLES / example / "groundplan.yaml").read_text(encoding="utf-8")
    text = re.sub(r"rotation: [^,}\n]*,? ?", "", text).replace("credentials: managed", "credentials: generated")
    copies = re.search(r"replicate: ([\w-]+)", text)
    region = copies[1] if copies else "eu-west-1"
    overlay = "{network: {cidr: 172.20.0.0/16, subnets: null}, keys: customer}"
    file = tmp_path / "groundplan.yaml"
    file.write_text(f"{text}\nstandby: {{region: {region}, overlay: {overlay}}}\n", encoding="utf-8")
    source = load(file)
    for name in source.environments:
        found = design(source.environment(name))
        assert found.standby
        assert not cloudformation.render(found).unsupported
        assert not render(found).unsupported
        # What is an error there is one in the environment itself: the example chose it.
        errors = {(item.rule, item.resource) for item in run(found).findings if item.severity == "error"}
        own = {(rule, address.replace(".", ".standby_", 1)) for rule, address in errors}
        assert {item for item in errors if item[1] in found.in_standby} <= own
