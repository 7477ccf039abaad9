"""Queues, jobs, generated and rotated secrets: clean for every validator, and left alone once they are there."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import pytest
from tests.design.blueprints import designed
from tests.engines.cloudformation.linting import found_by_lint
from tests.terraform_core.harness import TerraformCore

from groundplan.engines import cloudformation, terraform
from groundplan.resources import Architecture

SHOP = """
project: shop
region: eu-central-1
owner_id: jane
services:
  api:
    image: {repository: api, tag: "1"}
    port: 80
    needs: [{emails: write}, {orders: write}, main]
    secrets: {SESSION_KEY: session-key, BANK_KEY: bank-key}
  worker: {image: {repository: worker, tag: "1"}, needs: [{emails: read}]}
jobs:
  nightly:
    image: {repository: worker, tag: "1"}
    schedule: cron(0 3 ? * MON-FRI *)
    timezone: Asia/Kolkata
    window: 15m
    needs: [main, {orders: read}]
  spare: {image: {repository: worker, tag: "1"}, schedule: rate(6 hours), capacity: fargate-spot, enabled: false}
queues:
  emails: {}
  orders: {fifo: true, encryption: sqs}
databases:
  main: {engine: postgres 16, class: db.t4g.micro, credentials: managed, rotation: 30d}
secrets:
  session-key: {generate: 64, description: Signs sessions}
"""


@cache
def shop(keys: str = "customer") -> Architecture:
    return designed(f"{SHOP}keys: {keys}\n")


@pytest.mark.parametrize("keys", ["customer", "aws"])
def test_cloudformation_is_clean(keys: str) -> None:
    rendering = cloudformation.render(shop(keys))
    assert rendering.unsupported == ()
    # Loaded by name: the package has no type hints.
    validator = importlib.import_module("cloudformation_validate")
    engine = validator.CompositeEngine()
    stacks = [
        stack for stack in rendering.stacks if stack.concern in ("messaging", "databases", "services", "monitoring")
    ]
    assert [(stack.name, rule, message) for stack, rule, message in found_by_lint(stacks)] == []
    for stack in stacks:
        report = engine.validate_template(validator.TemplateContent(stack.body, stack.name))
        found = [
            (item.rule_id, item.message)
            for item in report.diagnostics
            # The ARN of a secret is none itself.
            if item.severity.name != "INFO" and item.rule_id != "W2509"
        ]
        assert found == []


def test_queues_come_before_those_who_use_them() -> None:
    stacks = cloudformation.render(shop()).stacks
    order = [stack.concern for stack in stacks]
    assert order.index("encryption") < order.index("messaging") < order.index("services")
    (messaging,) = (stack for stack in stacks if stack.concern == "messaging")
    assert messaging.depends_on == ("shop-production-jane-encryption",)


def test_the_terraform_core_applies_it_and_then_leaves_it_alone(tmp_path: Path) -> None:
    rendering = terraform.render(shop(), terraform.Options(state_bucket="shop-state"))
    assert rendering.unsupported == ()
    directory = tmp_path / "shop"
    terraform.write(rendering, directory)
    core = TerraformCore(tmp_path / "workspace", {})
    core.fmt_check(directory)
    planned = core.show(core.plan(directory))
    core.validate(directory)
    assert planned["aws_sqs_queue.emails"]["name"] == "shop-production-jane-emails"
    assert planned["aws_sqs_queue.orders"]["fifo_queue"] is True
    assert planned["aws_sqs_queue.orders"]["sqs_managed_sse_enabled"] is True
    assert planned["aws_scheduler_schedule.spare"]["state"] == "DISABLED"
    (target,) = planned["aws_scheduler_schedule.nightly"]["target"]
    (parameters,) = target["ecs_parameters"]
    assert parameters["launch_type"] == "FARGATE"
    (rules,) = planned["aws_secretsmanager_secret_rotation.main"]["rotation_rules"]
    assert rules["automatically_after_days"] == 30
    core.apply(directory)
    core.second_plan_is_empty(directory)


def test_no_secret_stands_in_a_file() -> None:
    text = "".join(terraform.render(shop()).files.values())
    assert "exclude_punctuation = true" in text
    assert "secret_string_wo" in text
    assert "secret_string  " not in text
