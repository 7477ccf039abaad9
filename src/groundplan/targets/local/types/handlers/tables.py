"""DynamoDB tables: streams, times to live and indexes have ways of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.errors import ResourceError
from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles

_CHANGEABLE = ("ProvisionedThroughput", "OnDemandThroughput", "ContributorInsightsSpecification", "WarmThroughput")
"""What of an index changes in place."""


@handles("AWS::DynamoDB::Table")
class Table(Handler):
    """A stream is enabled by being written; changes are sent without what stays the same, as the API wants it."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return super().create_arguments(_with_stream(properties))

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        old = state.properties.get("TimeToLiveSpecification")
        if old and "TimeToLiveSpecification" not in properties:
            properties = {**properties, "TimeToLiveSpecification": {**old, "Enabled": False}}
        if "StreamSpecification" in changed and {"StreamSpecification"} <= properties.keys() & state.properties.keys():
            off = {"StreamEnabled": False}  # a stream shows what it was made to show: another one takes its place
            self.call("update_table", {"TableName": state.id, "StreamSpecification": off})
        if "GlobalSecondaryIndexes" in changed:
            self._change_indexes(state, properties)
        return super().update(state, properties, set(changed) - {"GlobalSecondaryIndexes"})

    def _change_indexes(self, state: ResourceState, properties: Mapping[str, Any]) -> None:
        """Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html"""
        old, new = (
            {index["IndexName"]: index for index in source.get("GlobalSecondaryIndexes") or ()}
            for source in (state.properties, properties)
        )
        updates: list[dict[str, Any]] = [{"Delete": {"IndexName": name}} for name in sorted(old.keys() - new.keys())]
        updates += [{"Create": new[name]} for name in sorted(new.keys() - old.keys())]
        if len(updates) > 1:
            raise ResourceError("Cannot perform more than one GSI creation or deletion in a single update")
        for name in sorted(old.keys() & new.keys()):
            fixed_old, fixed_new = ({key: value for key, value in index.items() if key not in _CHANGEABLE}
                                    for index in (old[name], new[name]))  # fmt: skip
            if fixed_old != fixed_new:
                raise ResourceError(
                    "CloudFormation cannot update a GSI's properties besides ProvisionedThroughput and "
                    "ContributorInsightsSpecification without resource replacement. Create a new GSI with the updated "
                    "properties using a different index name."
                )
            throughput = new[name].get("ProvisionedThroughput")
            if throughput and throughput != old[name].get("ProvisionedThroughput"):
                updates.append({"Update": {"IndexName": name, "ProvisionedThroughput": throughput}})
        if updates:
            known = properties if any("Create" in each for each in updates) else state.properties
            self.call("update_table", {"TableName": state.id, "GlobalSecondaryIndexUpdates": updates,
                                       "AttributeDefinitions": known["AttributeDefinitions"]})  # fmt: skip

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        keep = ("AttributeDefinitions", "TableName")
        changed = {name: value for name, value in properties.items()
                   if name in keep or value != state.properties.get(name)}  # fmt: skip
        if "StreamSpecification" in state.properties and "StreamSpecification" not in properties:
            return {**super().update_arguments(state, changed), "StreamSpecification": {"StreamEnabled": False}}
        return super().update_arguments(state, _with_stream(changed))

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        echoed = dict(asked)
        encryption = echoed.pop("SSESpecification", None)
        shown = state.description.get("SSEDescription") or {}
        if encryption and encryption.get("Enabled") and shown.get("Status") not in ("ENABLED", "ENABLING"):
            self._raise_first(iter([f"SSESpecification: asked for encryption, the API reads back {shown or 'none'}"]))
        if echoed.get("BillingMode") == "PROVISIONED":  # AWS shows a summary only of tables that were on demand
            echoed.pop("BillingMode")
        super().verify(state, echoed)


def _with_stream(properties: Mapping[str, Any]) -> dict[str, Any]:
    stream = properties.get("StreamSpecification")
    if not stream:
        return dict(properties)
    kept = {name: value for name, value in stream.items() if name != "ResourcePolicy"}
    return {**properties, "StreamSpecification": {"StreamEnabled": True, **kept}}
