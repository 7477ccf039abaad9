"""What manifests are told by a deployment: outputs of its stacks, and tags of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from groundplan.engines.kubernetes import System
from groundplan.engines.kubernetes.colours import colour_of, other, tag_name, turns
from groundplan.errors import EnvironmentalError, InputError, suggestion
from groundplan.files import reason
from groundplan.resources import Architecture
from groundplan.resources.architecture import STANDBY
from groundplan.resources.workloads import Workload


def known_values(system: System, outputs: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Every value that is known, by its name in ``deployed.env``; a tag goes over the blueprint's."""
    known = {item.key: item.default for item in system.wanted if item.default is not None}
    wanted = {item.key for item in system.wanted}
    return {**known, **{name: value for name, value in {**outputs, **tags}.items() if name in wanted}}


def terraform_outputs(file: Path) -> dict[str, str]:
    """What ``terraform output -json`` wrote. Raises InputError where that is not what the file holds.

    Source: https://developer.hashicorp.com/terraform/cli/commands/output#json
    """
    import json

    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return {name: str(item["value"]) for name, item in content.items()}
    except OSError as error:
        raise EnvironmentalError(f"{file} cannot be read: {reason(error)}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{file} is not what terraform output -json writes; run it in the folder of the environment"
        ) from error


def of_standby(outputs: Mapping[str, str]) -> dict[str, str]:
    """What the outputs of an environment say of its standby, by the names that it has there by itself."""
    return {name.removeprefix(STANDBY): value for name, value in outputs.items() if name.startswith(STANDBY)}


def parse_tags(
    architecture: Architecture, written: Sequence[str], values: Mapping[str, str] | None = None
) -> dict[str, str]:
    """``api=1.2.3`` by the name of the value. Raises InputError for what runs not here, and for what is no tag.

    Of a service with two colours it is the idle one that gets it, and the other one too where it has no tag yet.
    ``values`` are those known so far, which say the colour that has the requests.
    """
    import re

    known = {workload.name: workload for workload in architecture.workloads}
    found: dict[str, str] = {}
    for text in written:
        name, equals, tag = text.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", tag):
            raise InputError(f'"{text}" is no tag of an image; write NAME=TAG, like api=1.2.3')
        if name not in known:
            raise InputError(f'no service or job is called "{name}"{suggestion(name, known)}')
        found |= _placed(known[name], tag, values or {})
    return found


def _placed(workload: Workload, tag: str, values: Mapping[str, str]) -> dict[str, str]:
    image, each = workload.pod.image, turns(workload)
    if each is None:
        return {image.tag_name: tag}
    active = colour_of(values.get(each.key))
    theirs, ours = tag_name(image.tag_name, active), tag_name(image.tag_name, other(active))
    return {ours: tag, theirs: values.get(theirs) or image.tag or tag}
