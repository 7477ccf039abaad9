"""SP-24, SP-50, SP-58 to SP-60, SP-70, SP-74: scaling, releasing and rolling back by hand, and the whole life of it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.documents import table
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, CommandLine, TerraformRoot
from tests.acceptance.test_spontime_tasks import deployed_service, deployed_task

ENVIRONMENT = "poc"
UPDATE = ("aws", "ecs", "update-service")
OPTIONS = {
    "--cluster": "cluster",
    "--service": "service",
    "--desired-count": "desiredCount",
    "--task-definition": "taskDefinition",
}
"""Options of the AWS CLI and what the API calls them."""


def documented_call(readme: str, what: str) -> dict[str, Any]:
    """The parameters of UpdateService in a command that the README gives."""
    command = next(row["command"] for row in table(readme, "By hand") if row["what"] == what).strip("`")
    words = shlex.split(command)
    assert tuple(words[:3]) == UPDATE
    found: dict[str, Any] = {OPTIONS[name]: value for name, value in zip(words[3::2], words[4::2], strict=True)}
    if "desiredCount" in found:
        found["desiredCount"] = int(found["desiredCount"])
    return found


@requirement("SP-24", "SP-60")
def test_scaling_by_hand_is_one_command(aws: Aws, command_line: CommandLine, readme: str) -> None:
    ecs = aws.client("ecs")
    ecs.update_service(**documented_call(readme, "scale to two tasks"))
    try:
        assert deployed_service(aws)["desiredCount"] == 2
        assert command_line.json("plan", "--target", "local")["changes"] == []
    finally:
        ecs.update_service(cluster="spontime-poc-cluster", service="spontime-poc-api", desiredCount=1)
    assert deployed_service(aws)["desiredCount"] == 1


@requirement("SP-24", "SP-70", "SP-74")
def test_a_release_and_the_way_back_are_no_changes_of_the_infrastructure(
    aws: Aws, command_line: CommandLine, readme: str
) -> None:
    """C-79: a release registers a revision; rolling back names an earlier one."""
    ecs, first = aws.client("ecs"), deployed_task(aws)
    back = documented_call(readme, "go back to an earlier revision")
    assert back["taskDefinition"] == f"{first['family']}:{first['revision']}"
    containers = [
        {**item, "image": item["image"].replace(":1.0.0", ":1.0.1")} if item["name"] == "api" else item
        for item in first["containerDefinitions"]
    ]
    kept = ("family", "taskRoleArn", "executionRoleArn", "networkMode", "requiresCompatibilities", "cpu", "memory")
    released = ecs.register_task_definition(**{name: first[name] for name in kept}, containerDefinitions=containers)
    revision = released["taskDefinition"]["taskDefinitionArn"]
    try:
        ecs.update_service(cluster=back["cluster"], service=back["service"], taskDefinition=revision)
        assert deployed_service(aws)["taskDefinition"] == revision
        assert command_line.json("plan", "--target", "local")["changes"] == []
        ecs.update_service(**back)
        assert deployed_service(aws)["taskDefinition"] == first["taskDefinitionArn"]
    finally:
        ecs.update_service(cluster=back["cluster"], service=back["service"], taskDefinition=first["taskDefinitionArn"])
        ecs.deregister_task_definition(taskDefinition=revision)


@requirement("SP-33", "SP-60", "SP-70")
def test_an_apply_leaves_number_and_revision_alone(terraform: TerraformRoot) -> None:
    ecs = terraform.text("ecs.tf")
    service = ecs[ecs.index('resource "aws_ecs_service"') :]
    assert "ignore_changes = [desired_count, task_definition]" in service


@requirement("SP-50")
def test_terraform_leaves_nothing_in_the_way_of_a_new_apply(terraform: TerraformRoot) -> None:
    """A secret that could be brought back would keep its name for weeks; a last snapshot would be paid for."""
    windows = {
        address: values["recovery_window_in_days"]
        for address, values in terraform.values.items()
        if address.startswith("aws_secretsmanager_secret.")
    }
    assert len(windows) == 3
    assert set(windows.values()) == {0}
    database = terraform.values["aws_db_instance.main"]
    assert (database["skip_final_snapshot"], database["deletion_protection"]) == (True, False)
    assert terraform.values["aws_lb.main"]["enable_deletion_protection"] is False
    terraform.core.destroy(terraform.folder)
    terraform.core.apply(terraform.folder)


TERRAFORM = """#!/bin/sh
echo "$1" >> "$CALLS"
if [ "$1" = apply ]; then
  ls terraform.tfstate.* > copies 2>/dev/null || true
  echo new > terraform.tfstate
fi
"""
"""A terraform that writes down what it is asked, and at an apply which copies of the state there are."""


@pytest.mark.parametrize("answer", ["y", "n"])
@requirement("SP-06", "SP-24", "SP-50", "SP-65")
def test_deploy_script_keeps_a_copy_of_the_state_before_it_changes_it(
    example: Path, tmp_path: Path, answer: str
) -> None:
    """C-77"""
    programs, folder = tmp_path / "programs", tmp_path / "terraform"
    programs.mkdir()
    folder.mkdir()
    groundplan = f"#!/bin/sh\nexec '{sys.executable}' -c 'from groundplan.cli.main import main; main()' \"$@\"\n"
    for name, text in (("terraform", TERRAFORM), ("groundplan", groundplan)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (folder / "terraform.tfstate").write_text("old\n")
    done = subprocess.run(
        [str(example / "deploy.sh"), str(folder)],
        input=f"{answer}\n",
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "CALLS": str(tmp_path / "calls")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == (0 if answer == "y" else 1), done.stderr
    assert (folder / "rds.tf").exists()
    calls = (tmp_path / "calls").read_text().split()
    copies = list(folder.glob("terraform.tfstate.*"))
    if answer == "y":
        assert calls == ["init", "validate", "plan", "apply"]
        assert [copy.read_text() for copy in copies] == ["old\n"]
        assert (folder / "copies").read_text().split() == [copy.name for copy in copies]
        assert (folder / "terraform.tfstate").read_text() == "new\n"
    else:
        assert calls == ["init", "validate", "plan"]
        assert copies == []
        assert (folder / "terraform.tfstate").read_text() == "old\n"


@requirement("SP-50")
def test_it_is_destroyed_and_created_and_destroyed_again_and_nothing_stays(aws: Aws, command_line: CommandLine) -> None:
    """Easy to recreate: a destruction leaves nothing behind that a new creation would collide with. The last test of
    all: what the others look at is gone."""
    push_image(aws)
    command_line.run("destroy", "--target", "local", "--yes")
    nothing_is_left(aws)
    status = command_line.json("status", "--target", "local")
    assert {stack["status"] for stack in status["stacks"]} == {"NOT_DEPLOYED"}
    command_line.run("deploy", "--target", "local")
    assert deployed_service(aws)["desiredCount"] == 1
    command_line.run("destroy", "--target", "local", "--yes")
    nothing_is_left(aws)


def push_image(aws: Aws) -> None:
    """A repository that is not empty is the harder one to delete."""
    layer = {
        "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "size": 1,
        "digest": f"sha256:{'0' * 64}",
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {**layer, "mediaType": "application/vnd.docker.container.image.v1+json"},
        "layers": [layer],
    }
    ecr = aws.client("ecr")
    ecr.put_image(repositoryName="spontime-poc-api", imageManifest=json.dumps(manifest), imageTag="1.0.0")
    assert len(ecr.list_images(repositoryName="spontime-poc-api")["imageIds"]) == 1


def nothing_is_left(aws: Aws) -> None:
    """Asks every service in which there was something."""
    assert aws.client("rds").describe_db_instances()["DBInstances"] == []
    assert aws.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"] == []
    assert aws.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert aws.client("elbv2").describe_target_groups()["TargetGroups"] == []
    assert aws.client("ecr").describe_repositories()["repositories"] == []
    assert aws.client("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"] == []
    assert aws.client("logs").describe_log_groups()["logGroups"] == []
    assert aws.client("s3").list_buckets()["Buckets"] == []
    assert [role for role in aws.client("iam").list_roles()["Roles"] if "spontime" in role["RoleName"]] == []
    clusters = aws.client("ecs").describe_clusters(clusters=["spontime-poc-cluster"])["clusters"]
    assert {cluster["status"] for cluster in clusters} <= {"INACTIVE"}  # ECS remembers a deleted cluster for a while
    assert [vpc for vpc in aws.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
