"""Pipelines: who they sign in as, and what they build."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, workloads


def check_pipelines(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """``pipelines:``, and ``build:`` of everything that has one."""
    spec = blueprint.pipelines
    if spec is not None:
        if spec.credentials == "keys" and spec.user is None:
            yield Finding(
                ("pipelines", "credentials"), "keys are of an IAM user: write user: NAME, or credentials: oidc"
            )
        if spec.credentials == "oidc" and spec.user is not None:
            yield Finding(("pipelines", "user"), "with credentials: oidc nobody has a key; leave the user out")
        if spec.credentials == "keys" and spec.provider == "create":
            yield Finding(("pipelines", "provider"), "with credentials: keys GitHub vouches for nobody; leave it out")
    made: dict[str, str] = {}
    for family, name, workload in workloads(blueprint):
        if workload.build is None:
            continue
        at: Steps = (family, name, "build")
        other = made.setdefault(workload.image.repository, name)
        if other != name:
            yield Finding(
                at,
                f"{other} builds the image of repository {workload.image.repository} already; leave one build out",
                at_key=True,
            )
        folders = [
            taken for _, taken, each in workloads(blueprint)
            if each.build is not None and each.build.folder == workload.build.folder
        ]  # fmt: skip
        if folders[0] != name and other == name:
            yield Finding(
                (*at, "folder"),
                f"{folders[0]} is built in {workload.build.folder} already, and a folder has one Dockerfile",
            )
