"""What ``groundplan bootstrap`` makes for Terraform's state on a local AWS of its own, and Terraform with it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.system import Aws, CommandLine, JsonObject, System
from tests.terraform_core.harness import TERRAFORM

THING = """
resource "terraform_data" "thing" {
  input = "%s"
}
"""
"""A resource that needs no provider."""


@dataclass(frozen=True)
class Bootstrapped:
    """The state's bucket, lock and role of one environment."""

    command_line: CommandLine
    aws: Aws
    bucket: JsonObject
    """As the command tells it: ``{bucket, kms_key, backend_config, environments}``."""

    @property
    def name(self) -> str:
        """The bucket."""
        return str(self.bucket["bucket"])

    @property
    def environment(self) -> JsonObject:
        """Key and role of the state."""
        (found,) = self.bucket["environments"]
        return dict(found)

    def root(self, folder: Path, backend: str, thing: str) -> Terraform:
        """A root with the backend as it is rendered, initialised in this account with the rights of the role."""
        folder.mkdir()
        (folder / "backend.tf").write_text(backend, encoding="utf-8")
        (folder / "main.tf").write_text(THING % thing, encoding="utf-8")
        terraform = Terraform(folder, self.aws.environment)
        settings = [
            f"-backend-config={name}={value}"
            for name, value in self.bucket["backend_config"].items()
            if name != "dynamodb_table"  # the file beside the state is the lock
        ]
        role = f'-backend-config=assume_role={{role_arn="{self.environment["role"]}"}}'
        terraform.run("init", *settings, role)
        return terraform


@dataclass(frozen=True)
class Terraform:
    """The real core in a folder."""

    folder: Path
    surroundings: Mapping[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that goes on by itself."""
        known = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        return subprocess.Popen(
            (*TERRAFORM, *arguments),
            cwd=self.folder,
            env=known
            | dict(self.surroundings)
            | {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_INPUT": "0", "TF_CLI_ARGS": "-no-color"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, expect: int = 0) -> str:
        """What a command said."""
        process = self.start(*arguments)
        told, _ = process.communicate(timeout=120)
        assert process.returncode == expect, told
        return told


@contextmanager
def bootstrapped(system: System, folder: Path, *options: str) -> Iterator[Bootstrapped]:
    """By one command; the local AWS is stopped in the end."""
    command = CommandLine(system.blueprint, folder / "local-aws")
    try:
        told: Any = json.loads(command.run("bootstrap", *system.chosen, *options, "--format", "json"))
        (bucket,) = told["buckets"]
        aws = Aws(command.json("local", "env"), region=system.architecture.region)
        yield Bootstrapped(command, aws, bucket)
    finally:
        command.stop()
