"""EKS clusters, node groups and access entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles

_AT_CREATION = "BootstrapClusterCreatorAdminPermissions"
_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@handles("AWS::EKS::Cluster")
class Cluster(Handler):
    """The version is updated by a call of its own; logging is written as lists of enabled types."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return super().create_arguments(_with_api_logging(properties))

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        logged = _with_api_logging(properties, switch_off=True)
        if "AccessConfig" in logged:
            # Whoever creates a cluster is its administrator or not; afterwards nothing asks.
            asked = logged["AccessConfig"].items()
            logged["AccessConfig"] = {name: value for name, value in asked if name != _AT_CREATION}
        return super().update_arguments(state, logged)

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        if "Version" in changed and properties.get("Version"):
            self.call("update_cluster_version", {"name": state.id, "version": properties["Version"]})
        return super().update(state, properties, set(changed) - {"Version"})

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        echoed = {name: value for name, value in asked.items() if name != "logging"}
        super().verify(state, echoed)
        wanted = _enabled(asked.get("logging") or {})
        self._raise_if_other("Logging", wanted, _enabled(state.description.get("logging") or {}))

    def _raise_if_other(self, name: str, wanted: Collection[str], shown: Collection[str]) -> None:
        if wanted and set(wanted) != set(shown):
            self._raise_first(iter([f"{name}: asked for {sorted(wanted)}, the API reads back {sorted(shown)}"]))


def _with_api_logging(properties: Mapping[str, Any], *, switch_off: bool = False) -> dict[str, Any]:
    if "Logging" not in properties:
        return dict(properties)
    types = [item["Type"] for item in properties["Logging"].get("ClusterLogging", {}).get("EnabledTypes") or ()]
    groups = [{"enabled": True, "types": types}] if types else []
    rest = [name for name in _LOG_TYPES if name not in types]
    if switch_off and rest:
        groups.append({"enabled": False, "types": rest})
    return {**properties, "Logging": {"clusterLogging": groups}}


def _enabled(logging: Mapping[str, Any]) -> set[str]:
    groups = logging.get("clusterLogging") or ()
    return {name for group in groups if group.get("enabled") for name in group.get("types") or ()}


@handles("AWS::EKS::Nodegroup")
class Nodegroup(Handler):
    """Labels and taints are changed by what comes and what goes."""

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        written = {name: value for name, value in properties.items() if name not in ("Labels", "Taints")}
        arguments = super().update_arguments(state, written)
        new, old = properties.get("Labels") or {}, state.properties.get("Labels") or {}
        if new != old:
            arguments["labels"] = {"addOrUpdateLabels": new, "removeLabels": sorted(old.keys() - new.keys())}
        taints, had = properties.get("Taints") or [], state.properties.get("Taints") or []
        if taints != had:
            gone = [taint for taint in had if taint not in taints]
            arguments["taints"] = {"addOrUpdateTaints": taints, "removeTaints": gone}
        return arguments

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        changes = ("labels", "taints")
        if any(isinstance(asked.get(name), dict) and "removeLabels" in asked[name] for name in changes):
            self._raise_first(self._label_differences(state))
        elsewhere = {"labels"} | ({"taints"} if isinstance(asked.get("taints"), dict) else set())
        super().verify(state, {name: value for name, value in asked.items() if name not in elsewhere})

    def _label_differences(self, state: ResourceState) -> Any:
        wanted, shown = state.properties.get("Labels") or {}, state.description.get("labels") or {}
        if wanted != shown:
            yield f"Labels: asked for {wanted}, the API reads back {shown}"


@handles("AWS::EKS::AccessEntry")
class AccessEntry(Handler):
    """Access policies are associated one by one."""

    handles = frozenset({"AccessPolicies"})

    def created(self, state: ResourceState) -> None:
        for policy in state.properties.get("AccessPolicies") or ():
            scope = policy["AccessScope"]
            self.call("associate_access_policy", {
                **_entry(state), "policyArn": policy["PolicyArn"],
                "accessScope": {"type": scope["Type"], "namespaces": scope.get("Namespaces") or []},
            })  # fmt: skip

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "AccessPolicies" not in changed:
            return
        wanted = {policy["PolicyArn"] for policy in state.properties.get("AccessPolicies") or ()}
        for policy in old.get("AccessPolicies") or ():
            if policy["PolicyArn"] not in wanted:
                self.call("disassociate_access_policy", {**_entry(state), "policyArn": policy["PolicyArn"]})
        self.created(state)


def _entry(state: ResourceState) -> dict[str, str]:
    return {"clusterName": state.properties["ClusterName"], "principalArn": state.properties["PrincipalArn"]}
