"""Workflows as data, and as the YAML that GitHub reads.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

import yaml

from groundplan.catalog.actions import ActionName, action, actions

Step: TypeAlias = dict[str, object]
Job: TypeAlias = dict[str, object]
RUNNER = "ubuntu-latest"
"""What GitHub offers to everybody, with Docker, the AWS CLI and gh."""


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their key, scripts stand as they are, and what is there twice is written twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def use(action_name: ActionName, inputs: Mapping[str, object] | None = None, **more: object) -> Step:
    """A step that uses an action."""
    return {**more, "uses": str(action(action_name)), **({"with": dict(inputs)} if inputs else {})}


def run(name: str, *lines: str, **more: object) -> Step:
    """A step that runs shell, line by line, until one fails."""
    script = "\n".join(lines)
    return {"name": name, **more, "run": f"{script}\n" if len(lines) > 1 else script}


def rendered(workflow: Mapping[str, object]) -> str:
    """The YAML of a workflow; behind the commit of an action stands its version."""
    written: str = yaml.dump(dict(workflow), Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)
    written = re.sub(r"^'on':", "on:", written, flags=re.M)
    for each in actions().values():
        written = written.replace(f"{each}\n", f"{each} # {each.version}\n")
    return re.sub(r"^(?=  \w[\w-]*:\n    (?:name|runs-on):)", "\n", written, flags=re.M)


def longest_minutes(jobs: Mapping[str, Job]) -> int:
    """Minutes from the first job to the last at the latest: each may take its ``timeout-minutes``, and waits for what
    it needs. What waits for an approval waits for a person, which no workflow bounds."""

    def until(name: str) -> int:
        job = jobs[name]
        needs = job.get("needs", [])
        before = [needs] if isinstance(needs, str) else needs
        assert isinstance(before, list)
        minutes = job["timeout-minutes"]
        assert isinstance(minutes, int)
        return minutes + max((until(each) for each in before), default=0)

    return max(map(until, jobs), default=0)
