"""What manifests are told by a deployment: outputs of its stacks, and tags of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundplan.engines.kubernetes import System
from groundplan.errors import InputError, suggestion
from groundplan.resources import Architecture


def known_values(system: System, outputs: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Every value that is known, by its name in ``deployed.env``; a tag goes over the blueprint's."""
    known = {item.key: item.default for item in system.wanted if item.default is not None}
    wanted = {item.key for item in system.wanted}
    return {**known, **{name: value for name, value in {**outputs, **tags}.items() if name in wanted}}


def parse_tags(architecture: Architecture, written: Sequence[str]) -> dict[str, str]:
    """``api=1.2.3`` by the name of the value. Raises InputError for what runs not here, and for what is no tag."""
    import re

    known = {workload.name: workload.pod.image.tag_name for workload in architecture.workloads}
    found = {}
    for text in written:
        name, equals, tag = text.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", tag):
            raise InputError(f'"{text}" is no tag of an image; write NAME=TAG, like api=1.2.3')
        if name not in known:
            raise InputError(f'no service or job is called "{name}"{suggestion(name, known)}')
        found[known[name]] = tag
    return found
