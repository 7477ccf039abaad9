"""What CDK wrote, and whether it says the same as our own template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from groundplan.engines.cloudformation import Rendering

OWN = {
    "Parameters": {"BootstrapVersion"},
    "Rules": {"CheckBootstrapVersion"},
    "Resources": {"CDKMetadata"},
    "Conditions": {"CDKMetadataAvailable"},
}
"""What CDK adds to every template, by section."""


def written(folder: Path, stack: str) -> dict[str, object]:
    """The template that CDK wrote for a stack, by the stack's construct id, without what it adds to every template."""
    template: dict[str, object] = json.loads((folder / f"{stack}.template.json").read_text(encoding="utf-8"))
    for section, names in OWN.items():
        content = template.get(section)
        assert isinstance(content, dict | None)
        if content is not None:
            left = {name: item for name, item in content.items() if name not in names}
            template[section] = left
            if not left:
                del template[section]
    return template


def ours(rendering: Rendering, stack: str) -> Mapping[str, object]:
    """Our own template of a stack, by its name."""
    return next(one.template for one in rendering.stacks if one.name == stack)


def meaning(value: object) -> object:
    """What a template says: lists of tags and of dependencies have no order, one dependency is a list as well, and the
    text of a JSON object is the object."""
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        with suppress(ValueError):
            return meaning(json.loads(value))
    if isinstance(value, Mapping):
        found = {key: meaning(item) for key, item in value.items()}
        if "DependsOn" in found and "Type" in found:
            named = found["DependsOn"]
            found["DependsOn"] = sorted([named] if isinstance(named, str) else map(str, _list(named)))
        return found
    if isinstance(value, list | tuple):
        items = [meaning(item) for item in value]
        if items and all(isinstance(item, dict) and set(item) >= {"Key", "Value"} for item in items):
            return sorted(items, key=str)
        return items
    return value


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value
