"""RDS instances and replicas, parameter groups, ElastiCache replication groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.errors import NotAppliedError
from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles


@handles("AWS::RDS::DBInstance")
class DBInstance(Handler):
    """A source makes it a read replica: another call, and no final snapshot."""

    def create_operation(self, properties: Mapping[str, Any]) -> str:
        return "create_db_instance_read_replica" if properties.get("SourceDBInstanceIdentifier") else self.row.create

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        written = dict(properties)
        written.pop("SourceRegion", None)  # the ARN of the source says it; see the refusal of another one
        managed = written.pop("MasterUserSecret", None) or {}
        if managed.get("KmsKeyId"):
            written["MasterUserSecretKmsKeyId"] = managed["KmsKeyId"]
        return super().create_arguments(written)

    def supports(self, name: str) -> bool:
        return name in ("SourceDBInstanceIdentifier", "SourceRegion", "MasterUserSecret") or super().supports(name)

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        replica = bool(state.properties.get("SourceDBInstanceIdentifier"))
        super().remove(state, None if replica else snapshot)

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        echoed = dict(asked)
        groups = echoed.pop("VpcSecurityGroupIds", None)
        if "DBSubnetGroupName" in echoed:
            found = state.description.get("DBSubnetGroup", {}).get("DBSubnetGroupName")
            if str(found).lower() != str(echoed.pop("DBSubnetGroupName")).lower():
                raise NotAppliedError(f"DBSubnetGroupName: the API reads back {found}")
        shown = [group["VpcSecurityGroupId"] for group in state.description.get("VpcSecurityGroups") or ()]
        if groups and sorted(groups) != sorted(shown):
            raise NotAppliedError(f"VPCSecurityGroups: asked for {groups}, the API reads back {shown}")
        enabled = echoed.pop("EnablePerformanceInsights", None)
        if enabled is not None and bool(state.description.get("PerformanceInsightsEnabled")) != enabled:
            raise NotAppliedError(f"EnablePerformanceInsights: asked for {enabled}, the API reads back the opposite")
        logs = echoed.pop("EnableCloudwatchLogsExports", None)
        if logs and sorted(logs) != sorted(state.description.get("EnabledCloudwatchLogsExports") or ()):
            raise NotAppliedError(f"EnableCloudwatchLogsExports: asked for {logs}, the API reads back others")
        super().verify(state, echoed)

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().update_arguments(state, properties)
        logs = arguments.pop("EnableCloudwatchLogsExports", None)
        if logs is not None:
            had = set(state.properties.get("EnableCloudwatchLogsExports") or ())
            arguments["CloudwatchLogsExportConfiguration"] = {
                "EnableLogTypes": sorted(logs), "DisableLogTypes": sorted(had - set(logs)),
            }  # fmt: skip
        port = arguments.pop("Port", None)
        if port is not None:
            arguments["DBPortNumber"] = port
        return arguments

    def _refuse_what_cannot_change(self, names: Collection[str]) -> None:
        super()._refuse_what_cannot_change(set(names) - {"EnableCloudwatchLogsExports", "Port"})


class _ParameterGroup(Handler):
    """Parameters are set by a call of their own and read back one by one."""

    parameters: str
    name: str
    change: str
    reset: str
    show: str
    argument: str

    def created(self, state: ResourceState) -> None:
        self._set(state)

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if self.parameters not in changed:
            return
        gone = (old.get(self.parameters) or {}).keys() - (state.properties.get(self.parameters) or {}).keys()
        if gone:
            self.call(self.reset, {self.name: state.id, self.argument: [self._item(name, "") for name in sorted(gone)]})
        self._set(state)

    def _set(self, state: ResourceState) -> None:
        wanted = {str(k): _text(v) for k, v in (state.properties.get(self.parameters) or {}).items()}
        items = [self._item(name, value) for name, value in wanted.items()]
        for start in range(0, len(items), 20):  # the API takes 20 at a time
            self.call(self.change, {self.name: state.id, self.argument: items[start : start + 20]})
        if wanted:
            shown = self.call(self.show, {self.name: state.id})["Parameters"]
            found = {item["ParameterName"]: item.get("ParameterValue") for item in shown}
            for name, value in wanted.items():
                if found.get(name) != value:
                    raise NotAppliedError(
                        f"{self.parameters}.{name}: asked for {value}, the API reads back {found.get(name)}"
                    )

    def _item(self, name: str, value: str) -> dict[str, str]:
        return {"ParameterName": name, **({"ParameterValue": value} if value else {})}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@handles("AWS::RDS::DBParameterGroup")
class DBParameterGroup(_ParameterGroup):
    handles = frozenset({"Parameters"})
    parameters, name, argument = "Parameters", "DBParameterGroupName", "Parameters"
    change, reset, show = "modify_db_parameter_group", "reset_db_parameter_group", "describe_db_parameters"

    def _item(self, name: str, value: str) -> dict[str, str]:
        return {**super()._item(name, value), "ApplyMethod": "pending-reboot"}


@handles("AWS::ElastiCache::ParameterGroup")
class CacheParameterGroup(_ParameterGroup):
    handles = frozenset({"Properties"})
    parameters, name, argument = "Properties", "CacheParameterGroupName", "ParameterNameValues"
    change, reset, show = "modify_cache_parameter_group", "reset_cache_parameter_group", "describe_cache_parameters"


@handles("AWS::ElastiCache::ReplicationGroup")
class ReplicationGroup(Handler):
    """moto counts nodes by replicas per node group; AWS by NumCacheClusters where cluster mode is off.

    AWS stores the id in lower case. Source: API_CreateReplicationGroup of ElastiCache, ReplicationGroupId.
    """

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().create_arguments(properties)
        arguments["ReplicationGroupId"] = str(arguments["ReplicationGroupId"]).lower()
        nodes = properties.get("NumCacheClusters")
        if nodes is not None and "ReplicasPerNodeGroup" not in properties:
            arguments["ReplicasPerNodeGroup"] = int(nodes) - 1
        return arguments

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        """Nodes come before a change that may need them (failover), and go after it."""
        present = len(state.description["NodeGroups"][0]["NodeGroupMembers"]) - 1
        nodes, replicas = properties.get("NumCacheClusters"), properties.get("ReplicasPerNodeGroup")
        wanted = int(nodes) - 1 if nodes is not None else int(replicas) if replicas is not None else present
        arguments = {"ReplicationGroupId": state.id, "NewReplicaCount": wanted, "ApplyImmediately": True}
        if wanted > present:
            self.call("increase_replica_count", arguments)
        shards = properties.get("NumNodeGroups")
        if "NumNodeGroups" in changed and shards is not None and int(shards) != len(state.description["NodeGroups"]):
            self._reshard(state, int(shards))
        rest = set(changed) - {"NumCacheClusters", "ReplicasPerNodeGroup", "NumNodeGroups"}
        if wanted >= present:
            return super().update(state, properties, rest)
        with_nodes = {name: value for name, value in properties.items() if name != "NumCacheClusters"}
        new = super().update(state, with_nodes, rest)
        self.call("decrease_replica_count", arguments)
        new.properties = {**new.properties, **properties}
        new.description = self.describe(new)
        self.verify(new, {})
        return new

    def _reshard(self, state: ResourceState, shards: int) -> None:
        """The last shards go first; their keys move to the others."""
        present = [group["NodeGroupId"] for group in state.description["NodeGroups"]]
        self.call(
            "modify_replication_group_shard_configuration",
            {
                "ReplicationGroupId": state.id,
                "NodeGroupCount": shards,
                "ApplyImmediately": True,
                **({"NodeGroupsToRemove": present[shards:]} if shards < len(present) else {}),
            },
        )

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        shards, replicas = state.properties.get("NumNodeGroups"), state.properties.get("ReplicasPerNodeGroup")
        found = [len(group["NodeGroupMembers"]) for group in state.description.get("NodeGroups") or ()]
        if shards is not None and found != [1 + int(replicas or 0)] * int(shards):
            raise NotAppliedError(f"NumNodeGroups: asked for {shards}, the API shows shards with {found} nodes")
        nodes, members = state.properties.get("NumCacheClusters"), state.description.get("MemberClusters") or []
        if nodes is not None and len(members) != int(nodes):
            raise NotAppliedError(f"NumCacheClusters: asked for {nodes}, the API shows {len(members)} member clusters")
        for asked_name, shown, words in (
            ("AutomaticFailoverEnabled", "AutomaticFailover", ("enabled", "disabled")),
            ("MultiAZEnabled", "MultiAZ", ("enabled", "disabled")),
        ):
            wanted = asked.get(asked_name)
            if wanted is not None and state.description.get(shown) != words[not wanted]:
                raise NotAppliedError(
                    f"{asked_name}: asked for {wanted}, the API reads back {state.description.get(shown)}"
                )
        super().verify(state, asked)
