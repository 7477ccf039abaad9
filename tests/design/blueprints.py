"""Small blueprints, and what they become."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from textwrap import dedent

from groundplan.blueprint.loading import LoadedEnvironment, load
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.network import SecurityGroup, SecurityGroupRule
from groundplan.resources.values import Ref

DUSKSPENDR = Path(__file__).parents[2] / "examples/duskspendr/groundplan.yaml"
Written = str | Mapping[str, object]


def loaded(blueprint: Written, environment: str | None = None) -> LoadedEnvironment:
    """One environment of a blueprint, as ``groundplan.yaml`` in some folder."""
    text = dedent(blueprint).removeprefix("\n") if isinstance(blueprint, str) else json.dumps(blueprint)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "groundplan.yaml"
        file.write_text(text)
        return load(file).environment(environment)


def designed(blueprint: Written, environment: str | None = None) -> Architecture:
    """The architecture of a blueprint."""
    return design(loaded(blueprint, environment))


def refused(blueprint: Written) -> list[str]:
    """What the design says against a blueprint, line by line, with the file's name alone."""
    found = loaded(blueprint)
    try:
        design(found)
    except InputError as error:
        return [
            str(replace(item, position=item.position._replace(file=Path(item.position.file.name))))
            if item.position
            else str(item)
            for item in error.problems
        ]
    return []


@cache
def duskspendr() -> Architecture:
    """DuskSpendr's production."""
    return design(load(DUSKSPENDR).environment())


def addresses(architecture: Architecture) -> set[str]:
    """The address of everything."""
    return {resource.address for resource in architecture}


def rules_of(architecture: Architecture, group: str) -> set[tuple[str, int | None, str]]:
    """What a security group allows: direction, port, and the peer's name or address range."""
    return {
        (rule.direction, rule.from_port, rule.peer.name if isinstance(rule.peer, Ref) else str(rule.peer))
        for rule in architecture.of(SecurityGroupRule)
        if rule.security_group == Ref(SecurityGroup, group)
    }
