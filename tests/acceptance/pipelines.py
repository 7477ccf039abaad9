"""Workflows and container files of an example, as they are written from its blueprint."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.documents.containers import container_files
from groundplan.documents.pipelines import pipeline_files


@dataclass(frozen=True)
class Workflow:
    """One workflow."""

    text: str

    @property
    def data(self) -> dict[Any, Any]:
        """All of it. YAML 1.1 reads the key ``on`` as true."""
        read: dict[Any, Any] = yaml.safe_load(self.text)
        return read

    @property
    def jobs(self) -> dict[str, Any]:
        """Its jobs."""
        found: dict[str, Any] = self.data["jobs"]
        return found

    def step(self, job: str, name: str) -> dict[str, Any]:
        """The step of that name, or that uses the action of that name."""
        (found,) = [
            step
            for step in self.jobs[job]["steps"]
            if step.get("name") == name or str(step.get("uses")).startswith(f"{name}@")
        ]
        return dict(found)

    def order(self, job: str) -> list[str]:
        """The names of the steps of a job."""
        return [str(step.get("name", step.get("uses"))) for step in self.jobs[job]["steps"]]


@cache
def every(file: Path) -> list[LoadedEnvironment]:
    """Every environment of a blueprint."""
    return read_source(file).all()


@cache
def workflows(file: Path) -> dict[str, Workflow]:
    """The workflows of a blueprint by their paths."""
    return {path: Workflow(text) for path, text in pipeline_files(every(file)).items()}


@cache
def containers(file: Path) -> dict[str, str]:
    """The container files of a blueprint by their paths."""
    return container_files(every(file)[0])


def executed(
    step: Mapping[str, Any], programs: Mapping[str, str], folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a step's script as GitHub does, with shell scripts in place of the programs that it calls."""
    for name, script in programs.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={"PATH": f"{folder}:{os.environ['PATH']}", **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
