"""Documents of Systems Manager."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Handler, ResourceState, tag_map
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.registry import handles

SCHEMA = "0.3"
"""Of every automation. Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html"""


@handles("AWS::SSM::Document")
class Document(Handler):
    """Its content is text to the API; a change makes a new version, and that the default one."""

    handles = frozenset({"Tags"})

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        _check(properties)
        arguments = {name: value for name, value in properties.items() if name not in ("UpdateMethod", "Tags")}
        return {**arguments, "Content": _text(properties["Content"])}

    def created(self, state: ResourceState) -> None:
        self.set_tags(state, {})

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        _check(properties)
        if "Content" in changed:
            made = self.call("update_document", {
                "Name": state.id, "Content": _text(properties["Content"]),
                "DocumentFormat": properties.get("DocumentFormat", "JSON"), "DocumentVersion": "$LATEST",
            })  # fmt: skip
            version = made["DocumentDescription"]["DocumentVersion"]
            self.call("update_document_default_version", {"Name": state.id, "DocumentVersion": version})
        return super().update(state, properties, set(changed) - {"Content", "DocumentFormat"})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "Tags" in changed:
            self.set_tags(state, old)

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        """A document is tagged by its kind and name, not by an ARN."""
        target = {"ResourceType": "Document", "ResourceId": state.id}
        wanted, former = tag_map(state.properties.get("Tags")), tag_map(old.get("Tags"))
        if gone := sorted(former.keys() - wanted.keys()):
            self.call("remove_tags_from_resource", {**target, "TagKeys": gone})
        if wanted:
            tags = [{"Key": key, "Value": value} for key, value in wanted.items()]
            self.call("add_tags_to_resource", {**target, "Tags": tags})

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        shown = self.call("get_document", {"Name": state.id})
        content = json.loads(shown["Content"]) if shown["DocumentFormat"] == "JSON" else shown["Content"]
        wanted = state.properties["Content"]
        if isinstance(wanted, str) and shown["DocumentFormat"] == "JSON":
            wanted = json.loads(wanted)
        self._raise_first(differences(wanted, content, "Content"))


def _text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content)


def _check(properties: Mapping[str, Any]) -> None:
    """What Systems Manager refuses of an automation: another schema, steps that are not there or called the same."""
    if properties.get("DocumentType") != "Automation" or properties.get("DocumentFormat", "JSON") != "JSON":
        return
    content = properties["Content"]
    try:
        document = json.loads(content) if isinstance(content, str) else content
    except ValueError:
        raise ResourceError(
            "Invalid content: the document is not JSON (Service: Ssm, InvalidDocumentContent)"
        ) from None
    steps = document.get("mainSteps") or []
    names = [step.get("name") for step in steps]
    if document.get("schemaVersion") != SCHEMA or not steps or len(set(names)) < len(names):
        raise ResourceError(
            f"Invalid content: an automation has schemaVersion {SCHEMA} and mainSteps, each with a name of its own "
            "(Service: Ssm, InvalidDocumentContent)"
        )
