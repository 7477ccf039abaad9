"""IAM: roles with their policies, and policies with those they are attached to."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.registry import handles

_HOLDERS = {"Roles": "role", "Users": "user", "Groups": "group"}


def _named(policies: Any) -> dict[str, Any]:
    return {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies or ()}


class _WithPolicies(Handler):
    """Managed policies are attached and inline ones put, each by a call of its own."""

    handles = frozenset({"ManagedPolicyArns", "Policies"})
    kind: str

    def created(self, state: ResourceState) -> None:
        self.updated(state, {}, self.handles)

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        kind, holder = self.kind, self._holder(state)
        wanted, had = (set(source.get("ManagedPolicyArns") or ()) for source in (state.properties, old))
        for arn in sorted(wanted - had):
            self.call(f"attach_{kind}_policy", {**holder, "PolicyArn": arn})
        for arn in sorted(had - wanted):
            self.call(f"detach_{kind}_policy", {**holder, "PolicyArn": arn})
        inline, before = _named(state.properties.get("Policies")), _named(old.get("Policies"))
        for name, document in inline.items():
            if before.get(name) != document:
                self.call(f"put_{kind}_policy", {**holder, "PolicyName": name, "PolicyDocument": document})
                shown = self.call(f"get_{kind}_policy", {**holder, "PolicyName": name})["PolicyDocument"]
                self._raise_first(differences(document, shown, f"Policies.{name}"))
        for name in sorted(before.keys() - inline.keys()):
            self.call(f"delete_{kind}_policy", {**holder, "PolicyName": name})

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        kind, holder = self.kind, self._holder(state)
        for policy in self.call(f"list_attached_{kind}_policies", holder)["AttachedPolicies"]:
            self.call(f"detach_{kind}_policy", {**holder, "PolicyArn": policy["PolicyArn"]})
        for name in _named(state.properties.get("Policies")):
            self.call(f"delete_{kind}_policy", {**holder, "PolicyName": name})
        super().remove(state, snapshot)

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        _set_iam_tags(self, state, old, self.kind, f"{self.kind.title()}Name")

    def _holder(self, state: ResourceState) -> dict[str, str]:
        return {f"{self.kind.title()}Name": state.id}


@handles("AWS::IAM::Role")
class Role(_WithPolicies):
    kind = "role"


@handles("AWS::IAM::User")
class User(_WithPolicies):
    kind = "user"


@handles("AWS::IAM::Policy")
class Policy(Handler):
    """An inline policy in every role, user and group that it names."""

    handles = frozenset({"PolicyName", "PolicyDocument", *_HOLDERS})

    def created(self, state: ResourceState) -> None:
        self.updated(state, {}, self.handles)

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        document = state.properties["PolicyDocument"]
        for plural, kind in _HOLDERS.items():
            holders, had = (list(source.get(plural) or ()) for source in (state.properties, old))
            for holder in holders:
                target = {f"{kind.title()}Name": holder, "PolicyName": state.properties["PolicyName"]}
                self.call(f"put_{kind}_policy", {**target, "PolicyDocument": document})
                shown = self.call(f"get_{kind}_policy", target)["PolicyDocument"]
                self._raise_first(differences(document, shown, "PolicyDocument"))
            for holder in had:
                if holder not in holders:
                    self._take_away(kind, holder, old["PolicyName"])

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        for plural, kind in _HOLDERS.items():
            for holder in state.properties.get(plural) or ():
                self._take_away(kind, holder, state.properties["PolicyName"])

    def _take_away(self, kind: str, holder: str, name: str) -> None:
        self.call(f"delete_{kind}_policy", {f"{kind.title()}Name": holder, "PolicyName": name})


@handles("AWS::IAM::ManagedPolicy")
class ManagedPolicy(Handler):
    """A new document is a new version; at most five are kept, as at AWS."""

    handles = frozenset(_HOLDERS)

    def created(self, state: ResourceState) -> None:
        self._attach(state, {})

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        if "PolicyDocument" in changed:
            for version in self._versions(state)[3:]:
                self.call("delete_policy_version", {"PolicyArn": state.id, "VersionId": version})
            arguments = {"PolicyArn": state.id, "PolicyDocument": properties["PolicyDocument"], "SetAsDefault": True}
            self.call("create_policy_version", arguments)
        return super().update(state, properties, set(changed) - {"PolicyDocument"})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        self._attach(state, old)

    def _attach(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        for plural, kind in _HOLDERS.items():
            wanted, had = (set(source.get(plural) or ()) for source in (state.properties, old))
            for verb, holders in (("attach", wanted - had), ("detach", had - wanted)):
                for holder in sorted(holders):
                    self.call(f"{verb}_{kind}_policy", {f"{kind.title()}Name": holder, "PolicyArn": state.id})

    def _versions(self, state: ResourceState) -> list[str]:
        """The versions beside the default, the newest first."""
        versions = self.call("list_policy_versions", {"PolicyArn": state.id})["Versions"]
        others = [version["VersionId"] for version in versions if not version["IsDefaultVersion"]]
        return sorted(others, key=lambda name: -int(name.removeprefix("v")))

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        self._attach(ResourceState(state.id, {}), state.properties)
        for version in self._versions(state):
            self.call("delete_policy_version", {"PolicyArn": state.id, "VersionId": version})
        super().remove(state, snapshot)


@handles("AWS::IAM::InstanceProfile")
class InstanceProfile(Handler):
    handles = frozenset({"Roles"})

    def created(self, state: ResourceState) -> None:
        self.updated(state, {}, self.handles)

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        wanted, had = (list(source.get("Roles") or ()) for source in (state.properties, old))
        for role in had:
            if role not in wanted:
                self.call("remove_role_from_instance_profile", {"InstanceProfileName": state.id, "RoleName": role})
        for role in wanted:
            if role not in had:
                self.call("add_role_to_instance_profile", {"InstanceProfileName": state.id, "RoleName": role})

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        for role in state.properties.get("Roles") or ():
            self.call("remove_role_from_instance_profile", {"InstanceProfileName": state.id, "RoleName": role})
        super().remove(state, snapshot)


def _set_iam_tags(handler: Handler, state: ResourceState, old: Mapping[str, Any], kind: str, key: str) -> None:
    from groundplan.targets.local.types.handler import tag_map

    wanted, had = (tag_map(source.get("Tags")) for source in (state.properties, old))
    gone = sorted(had.keys() - wanted.keys())
    if gone:
        handler.call(f"untag_{kind}", {key: state.id, "TagKeys": gone})
    new = [{"Key": name, "Value": value} for name, value in wanted.items() if had.get(name) != value]
    if new:
        handler.call(f"tag_{kind}", {key: state.id, "Tags": new})


def policy_text(document: Any) -> str:
    """A policy document as the text that APIs take."""
    return document if isinstance(document, str) else json.dumps(document)


@handles("AWS::IAM::OIDCProvider")
class OIDCProvider(Handler):
    """Clients are added and removed one by one."""

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        if "ClientIdList" in changed:
            new, old = (set(source.get("ClientIdList") or ()) for source in (properties, state.properties))
            for operation, clients in (
                ("add_client_id_to_open_id_connect_provider", new - old),
                ("remove_client_id_from_open_id_connect_provider", old - new),
            ):
                for client in sorted(clients):
                    self.call(operation, {"OpenIDConnectProviderArn": state.id, "ClientID": client})
        return super().update(state, properties, set(changed) - {"ClientIdList"})

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        _set_iam_tags(self, state, old, "open_id_connect_provider", "OpenIDConnectProviderArn")
