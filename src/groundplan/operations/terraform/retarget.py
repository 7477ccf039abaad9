"""Having Terraform know another instance under the same address: what bears the name now.

The provider finds an ``aws_db_instance`` by RDS's resource id, which a name does not change. After a switch to a
restored database the state would go on speaking of the old one, and a plan would rename it back.
Source: the provider's page on aws_db_instance, whose ``id`` is the "RDS DBI resource ID" since version 5
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from groundplan.errors import EnvironmentalError
from groundplan.operations.terraform.folder import Root
from groundplan.operations.terraform.run import mapping, sequence

_TYPE = "aws_db_instance"


def retarget_instances(root: Root, ids: Mapping[str, str]) -> tuple[str, ...]:
    """Write the resource ids of these instances into the state: ``{identifier: resource id}``. Returns the identifiers
    that the state has; nothing is written where it has the ids already.

    Raises EnvironmentalError where the state cannot be read or written.
    """
    written = root.terraform.read("state", "pull")
    if not written.strip():
        return ()
    state = json.loads(written)
    if state.get("version") != 4:
        raise EnvironmentalError(f"The state has the format {state.get('version')}; Groundplan knows 4")
    found, changed = [], False
    for resource in sequence(state.get("resources")):
        item = mapping(resource)
        if item.get("type") != _TYPE or item.get("mode") != "managed":
            continue
        for instance in sequence(item.get("instances")):
            attributes = mapping(instance).get("attributes")
            if not isinstance(attributes, dict) or attributes.get("identifier") not in ids:
                continue
            wanted = ids[str(attributes["identifier"])]
            found.append(str(attributes["identifier"]))
            if (attributes.get("id"), attributes.get("resource_id")) != (wanted, wanted):
                attributes["id"] = attributes["resource_id"] = wanted
                changed = True
    if changed:
        state["serial"] = int(state["serial"]) + 1
        _push(root, json.dumps(state, indent=2))
    return tuple(found)


def _push(root: Root, text: str) -> None:
    """A state tells all about an environment: it lies in a file of this person's for as long as it is read."""
    file = root.terraform.data / "groundplan-retarget.tfstate"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        root.terraform.read("state", "push", str(file))
    finally:
        file.unlink(missing_ok=True)
