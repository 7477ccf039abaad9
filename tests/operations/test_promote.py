"""What development runs, brought to staging: on the local AWS, out of a git repository."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from tests.cli.commands import FILE, Command
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode


def blueprint(project: str, *, cpu: int = 256) -> str:
    return f"""\
project: {project}
region: {REGION}
profile: poc
alarms: null
services:
  worker: {{image: {{repository: worker, tag: '1'}}, size: {{cpu: {cpu}, memory: 1024}}}}
environments:
  development: {{}}
  staging: {{services: {{worker: {{tasks: {{desired: 2}}}}}}}}
  production: {{}}
"""


def git(*arguments: str) -> str:
    """Run git in the working folder as somebody whom every machine knows."""
    who = ("-c", "user.name=Jane", "-c", "user.email=jane@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *who, *arguments), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(content: str) -> str:
    """Write the blueprint and commit it."""
    FILE.write_text(content)
    git("add", str(FILE))
    git("commit", "-q", "-m", "a change")
    return git("rev-parse", "HEAD")


def push(aws: Aws, project: str, stage: str, tag: str, content: str) -> None:
    """Put an image into a repository."""
    digest = f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": digest},
        "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 1, "digest": digest}],
    }
    aws.client("ecr").put_image(
        repositoryName=f"{project}-{stage}-worker", imageManifest=json.dumps(manifest), imageTag=tag
    )


def runs(aws: Aws, project: str, stage: str) -> tuple[str, str]:
    """Tag and CPU of what a service runs."""
    ecs = aws.client("ecs")
    found = ecs.describe_services(cluster=f"{project}-{stage}-cluster", services=[f"{project}-{stage}-worker"])
    name = found["services"][0]["taskDefinition"]
    definition = ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    return definition["containerDefinitions"][0]["image"].rpartition(":")[2], definition["cpu"]


def test_the_same_revision_and_the_same_images(groundplan: Command, aws: Aws, project: str, folder: Path) -> None:
    git("init", "-q")
    (folder / ".gitignore").write_text("*\n!groundplan.yaml\n!.gitignore\n")
    git("add", ".gitignore")
    first = commit(blueprint(project))
    forward = ("promote", "--from", "development", "--to", "staging")

    nothing = groundplan(*forward, "--yes")
    assert nothing.code == ExitCode.BAD_INPUT
    assert "development has no record of a deployment on local" in nothing.err
    mistyped = groundplan("promote", "--from", "development", "--to", "stagin")
    assert (mistyped.code, "staging" in mistyped.err) == (ExitCode.BAD_INPUT, True)
    assert groundplan("promote", "--from", "staging", "--to", "staging").code == ExitCode.BAD_INPUT

    assert groundplan("deploy", "-e", "development").code == ExitCode.FINE
    push(aws, project, "development", "2", "two")
    released = groundplan("release", "worker", "2", "-e", "development")
    assert released.code == ExitCode.FINE, released.err

    # An environment that is not there yet begins with what runs.
    unasked = groundplan(*forward)
    assert unasked.code == ExitCode.BAD_INPUT
    assert "Promote development to staging? There is no terminal to ask on" in unasked.err
    assert "services.worker.tasks.desired: 1 in development, 2 in staging" in unasked.err
    assert "worker: 2 (new)" in unasked.err
    assert "create ecs_service.worker" in unasked.err
    assert aws.stacks(project).keys() == {name for name in aws.stacks(project) if "-development-" in name}
    made = groundplan(*forward, "--yes", "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    (promotion,) = made.json["promotions"]
    assert promotion["revision"] == first
    assert promotion["images"] == [{"name": "worker", "tag": "2", "before": None, "changed": True}]
    assert runs(aws, project, "staging") == ("2", "256")

    # A revision and an image later. What lies in the working tree by then is nobody's business.
    second = commit(blueprint(project, cpu=512))
    assert groundplan("deploy", "-e", "development").code == ExitCode.FINE
    push(aws, project, "development", "3", "three")
    assert groundplan("release", "worker", "3", "-e", "development").code == ExitCode.FINE
    FILE.write_text(blueprint(project, cpu=1024).replace("memory: 1024", "memory: 2048"))
    lacking = groundplan(*forward, "--yes")
    assert lacking.code == ExitCode.BAD_INPUT
    assert f"-t 123456789012.dkr.ecr.{REGION}.amazonaws.com/{project}-staging-worker:3" in lacking.err
    push(aws, project, "staging", "3", "something else")
    other = groundplan(*forward, "--yes")
    assert (other.code, "is not what development runs" in other.err) == (ExitCode.BAD_INPUT, True)
    aws.client("ecr").batch_delete_image(repositoryName=f"{project}-staging-worker", imageIds=[{"imageTag": "3"}])
    push(aws, project, "staging", "3", "three")
    assert runs(aws, project, "staging") == ("2", "256"), "nothing was touched"
    moved = groundplan(*forward, "--yes", "--format", "json")
    assert moved.code == ExitCode.FINE, moved.err
    assert "here is not what development runs" in moved.err
    (promotion,) = moved.json["promotions"]
    assert promotion["revision"] == second
    assert [(item["before"], item["now"]) for item in promotion["releases"]] == [("2", "3")]
    assert runs(aws, project, "staging") == ("3", "512")
    records = groundplan("history", "-e", "staging", "--format", "json").json
    kept = next(item for item in records["history"] if item["operation"] == "promote")
    assert (kept["revision"]["commit"], kept["details"]["from"]) == (second, "development")

    # What was never committed is no revision.
    assert groundplan("deploy", "-e", "development").code == ExitCode.FINE
    refused = groundplan(*forward, "--yes")
    assert refused.code == ExitCode.BAD_INPUT
    assert f"development was deployed from {second[:10]} with changes" in refused.err
    assert runs(aws, project, "staging") == ("3", "512")
