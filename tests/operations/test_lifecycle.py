"""An environment's life on the local AWS: planned, deployed, changed, destroyed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.cli.commands import CHANGE_KEYS, PLAN_KEYS, Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode
from groundplan.targets import local
from groundplan.targets.connection import Connection

STATUS_KEYS = {
    "target", "environment", "stacks", "outputs", "left", "services", "databases", "alarms", "backups", "cost",
    "findings", "deploys", "working", "beside", "schedules", "unknown",
}  # fmt: skip
WORKER = "  worker: {image: {repository: worker, tag: '1'}}\n"


def blueprint(project: str, services: str = "", rest: str = "") -> str:
    """A proof of concept: quick to deploy."""
    return (
        f"project: {project}\nregion: {REGION}\nprofile: poc\n"
        + (f"services:\n{services}" if services else "")
        + "buckets: {files: {encryption: s3}}\n"
        + rest
    )


def test_a_whole_life(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project, WORKER))
    everything = groundplan("plan", "--format", "json").json
    assert set(everything) == PLAN_KEYS
    assert everything["target"] == "local"
    assert {change["action"] for change in everything["changes"]} == {"create"}
    for change in everything["changes"]:
        assert set(change) == CHANGE_KEYS
    planned = {change["resource"] for change in everything["changes"]}
    assert {"vpc.main", "bucket.files", "ecs_service.worker"} <= planned
    assert aws.stacks(project) == {}, "a plan deploys nothing"
    status = groundplan("status", "--format", "json").json
    assert set(status) == STATUS_KEYS
    assert status["left"] == [] == status["deploys"]
    assert {stack["status"] for stack in status["stacks"]} == {"NOT_DEPLOYED"}

    result = groundplan("deploy", "--format", "json")
    assert result.code == ExitCode.FINE, result.err
    assert "vpc.main: waiting for create" in result.err
    assert result.json["outputs"]["files_bucket"] == f"{project}-files-production"
    assert set(aws.stacks(project).values()) == {"CREATE_COMPLETE"}
    assert aws.buckets(project) == {f"{project}-files-production"}
    closed = [item for item in result.json["beside"] if item["resource"] == "vpc.main"]
    assert closed == [{"resource": "vpc.main", "done": "default security group closed", "changed": True}]
    status = groundplan("status", "--format", "json").json
    assert {stack["status"] for stack in status["stacks"]} == {"CREATE_COMPLETE"}
    assert all(set(stack) == {"name", "status"} for stack in status["stacks"])
    assert status["outputs"] == result.json["outputs"]

    nothing = groundplan("plan", "--format", "json").json
    assert (nothing["changes"], nothing["monthly_change"]) == ([], 0)
    again = groundplan("deploy", "--format", "json")
    assert [stack["changed"] for stack in again.json["stacks"]] == [0] * len(again.json["stacks"])
    assert "waiting for" not in again.err
    assert "local: nothing to change" in groundplan("plan").out

    refused = groundplan("destroy")
    assert (refused.code, refused.out) == (ExitCode.BAD_INPUT, "")
    assert "There is no terminal to ask on: answer with --yes" in refused.err
    assert f"bucket.files ({project}-files-production): goes, with its data" in refused.err
    assert aws.vpcs(project), "nothing was touched"
    gone = groundplan("destroy", "--yes")
    assert gone.code == ExitCode.FINE, gone.err
    assert aws.stacks(project) == {}
    assert aws.vpcs(project) == []
    assert aws.buckets(project) == set()
    assert "nothing is deployed to local" in groundplan("destroy", "--yes").out


def test_changes_happen_in_place_and_what_goes_goes(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    two = WORKER + "  mails: {image: {repository: mails, tag: '1'}}\n"
    write(blueprint(project, two))
    assert groundplan("deploy").code == ExitCode.FINE
    vpc = aws.vpcs(project)

    larger = two.replace("mails, tag: '1'}", "mails, tag: '1'}, size: {cpu: 512, memory: 1024}")
    write(blueprint(project, larger, "network: {endpoints: [logs]}\n"))
    planned = groundplan("plan", "--format", "json").json
    actions = {change["resource"]: change["action"] for change in planned["changes"]}
    assert actions["vpc_endpoint.logs"] == "create"
    assert actions["task_definition.mails"] in ("update", "replace"), "a task definition is never changed in place"
    assert not {"ecs_service.worker", "task_definition.worker", "vpc.main"} & set(actions)
    why = next(change["why"] for change in planned["changes"] if change["resource"] == "task_definition.mails")
    assert "Cpu" in why
    assert "Memory" in why
    lines = groundplan("cost", "--format", "json").json["lines"]
    endpoint = sum(line["monthly"] for line in lines if line["resource"] == "vpc_endpoint.logs")
    assert planned["monthly_change"] >= endpoint > 0
    changed = groundplan("deploy", "--format", "json")
    assert changed.code == ExitCode.FINE, changed.err
    statuses = {stack["name"]: (stack["status"], stack["changed"] > 0) for stack in changed.json["stacks"]}
    assert statuses[f"{project}-production-network"] == ("UPDATE_COMPLETE", True)
    assert statuses[f"{project}-production-storage"] == ("CREATE_COMPLETE", False)
    assert aws.vpcs(project) == vpc, "the same one"

    write(blueprint(project, WORKER))
    planned = groundplan("plan", "--format", "json").json
    actions = {change["resource"]: change["action"] for change in planned["changes"]}
    deleted = [change for change in planned["changes"] if change["action"] == "delete"]
    assert {"AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::ECR::Repository", "AWS::EC2::VPCEndpoint"} <= {
        change["type"] for change in deleted
    }
    assert {change["why"] for change in deleted} == {"no longer in the blueprint"}
    assert planned["monthly_change"] <= -endpoint
    assert groundplan("deploy").code == ExitCode.FINE
    names = {f"{project}-production-worker": "ACTIVE", f"{project}-production-mails": "INACTIVE"}
    found = aws.client("ecs").describe_services(cluster=f"{project}-production-cluster", services=list(names))
    assert {item["serviceName"]: item["status"] for item in found["services"]}.items() <= names.items()
    assert groundplan("plan", "--format", "json").json["changes"] == []

    write(blueprint(project))
    assert groundplan("deploy").code == ExitCode.FINE
    assert f"{project}-production-services" not in aws.stacks(project), "a stack that nothing is left of goes too"
    assert groundplan("destroy", "-y").code == ExitCode.FINE


def test_two_environments_live_side_by_side(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    kept = "environments: {test: {}, live: {buckets: {files: {keep: true}}}}\n"
    write(blueprint(project, rest=kept))
    assert groundplan("deploy").code == ExitCode.BAD_INPUT, "which one?"
    for environment in ("test", "live"):
        assert groundplan("deploy", "-e", environment).code == ExitCode.FINE
    assert len(aws.vpcs(project)) == 2
    assert aws.buckets(project) == {f"{project}-files-test", f"{project}-files-live"}
    for environment in ("test", "live"):
        assert groundplan("plan", "-e", environment, "--format", "json").json["changes"] == []
    assert groundplan("destroy", "-e", "test", "-y").code == ExitCode.FINE
    assert aws.buckets(project) == {f"{project}-files-live"}
    assert groundplan("plan", "-e", "live", "--format", "json").json["changes"] == []
    gone = groundplan("destroy", "-e", "live", "-y")
    assert gone.code == ExitCode.FINE, gone.err
    assert f"bucket.files ({project}-files-live): stays" in gone.err
    assert (aws.vpcs(project), aws.stacks(project)) == ([], {})
    assert aws.buckets(project) == {f"{project}-files-live"}, "what is kept stays when the rest goes"


def test_a_taken_port_is_said(groundplan: Command, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    import socket

    monkeypatch.setenv("GROUNDPLAN_STATE_DIR", str(folder / "other"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = groundplan("local", "start", "--port", str(port))
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert f"port {port} on 127.0.0.1 cannot be used" in result.err
    assert groundplan("local", "status", "--format", "json").json["running"] is False


def test_aws_is_asked_for_first(
    groundplan: Command, write: Write, aws: Aws, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the local AWS in the place of AWS: the plan is shown, and nothing happens without a yes."""
    variables = local.environment(local.start())
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("groundplan.targets.connection.connect", lambda _: Connection("aws", variables))
    write(blueprint(project, rest="engine: cloudformation\n"))
    result = groundplan("deploy", "--target", "aws")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert "create vpc.main (AWS::EC2::VPC): new in the blueprint" in result.err
    assert re.search(r"Deploy \d+ changes to AWS\? There is no terminal to ask on: answer with --yes", result.err)
    assert aws.stacks(project) == {}


def test_without_credentials_aws_is_not_reached(
    groundplan: Command, write: Write, folder: Path, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "none"))
    write(blueprint(project, rest="engine: cloudformation\n"))
    for command in ("plan", "status", "destroy"):
        result = groundplan(command, "--target", "aws")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert "no AWS credentials were found" in result.err
        assert "to try without an account, use --target local" in result.err
