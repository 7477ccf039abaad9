"""Where AWS differs from what Terraform has made, property by property."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from groundplan.operations.drift import Drift
from groundplan.operations.terraform.folder import Root
from groundplan.operations.terraform.plan import make_plan
from groundplan.operations.terraform.properties import Steps, drifted, left_to_others, path, value_at
from groundplan.operations.terraform.run import mapping, sequence

SENSITIVE = "(sensitive)"


def find_drift(root: Root) -> tuple[Drift, ...]:
    """Ask AWS about everything in the state. Nothing is changed, not even the state.

    Raises EnvironmentalError where Terraform refuses.
    """
    file = root.terraform.data / "groundplan-drift.tfplan"
    try:
        content = make_plan(root, file, "-refresh-only")
    finally:
        file.unlink(missing_ok=True)
    found = []
    for item in map(mapping, sequence(content.get("resource_drift"))):
        change, kind, address = mapping(item.get("change")), str(item.get("type")), str(item.get("address"))
        name = root.terraform.around.name(address) or address
        if change.get("actions") == ["delete"]:
            found.append(replace(_of(change, name, kind, address, root), status="deleted"))
            continue
        for steps in drifted(change, left_to_others(root, address)):
            expected, actual = (_value(change, side, steps) for side in ("before", "after"))
            drift = _of(change, name, kind, address, root)
            found.append(replace(drift, property=path(steps), expected=expected, actual=actual))
    return tuple(sorted(found, key=lambda item: (item.resource, item.type, item.property)))


def _of(change: Mapping[str, object], name: str, kind: str, address: str, root: Root) -> Drift:
    before = mapping(change.get("before"))
    region = str(before.get("region") or root.architecture.region)
    known = str(before.get("id") or before.get("arn") or "")
    return Drift(name, kind, "modified", physical_id=known, region=region, engine_id=address)


def _value(change: Mapping[str, object], side: Literal["before", "after"], steps: Steps) -> str:
    """What stands there, unless the provider calls it a secret."""
    if value_at(change.get(f"{side}_sensitive"), steps) is True:
        return SENSITIVE
    value = value_at(change.get(side), steps)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
