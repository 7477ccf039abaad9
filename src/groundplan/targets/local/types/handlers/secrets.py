"""KMS keys and secrets."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.fakes.secrets import DAYS_OF_A_DATABASE
from groundplan.targets.local.types.errors import NotAppliedError, ResourceError
from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles


@handles("AWS::KMS::Key")
class Key(Handler):
    """Rotation and being enabled are switches of their own; tags have other names."""

    handles = frozenset({"EnableKeyRotation", "Enabled", "Tags"})

    def created(self, state: ResourceState) -> None:
        self.set_tags(state, {})
        self._switch(state)

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "Tags" in changed:
            self.set_tags(state, old)
        if {"EnableKeyRotation", "RotationPeriodInDays", "Enabled"} & set(changed):
            self._switch(state)

    def _switch(self, state: ResourceState) -> None:
        key, properties = {"KeyId": state.id}, state.properties
        if "EnableKeyRotation" in properties:
            wanted = _is_true(properties["EnableKeyRotation"])
            period = properties.get("RotationPeriodInDays")
            extra = {"RotationPeriodInDays": period} if wanted and period else {}
            self.call(f"{'enable' if wanted else 'disable'}_key_rotation", {**key, **extra})
            shown = self.call("get_key_rotation_status", key)
            if shown["KeyRotationEnabled"] != wanted:
                raise NotAppliedError(f"EnableKeyRotation: asked for {wanted}, the API reads back the opposite")
        if "Enabled" in properties:
            self.call("enable_key" if _is_true(properties["Enabled"]) else "disable_key", key)

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        from groundplan.targets.local.types.handler import tag_map

        wanted, had = (tag_map(source.get("Tags")) for source in (state.properties, old))
        gone = sorted(had.keys() - wanted.keys())
        if gone:
            self.call("untag_resource", {"KeyId": state.id, "TagKeys": gone})
        if wanted:
            tags = [{"TagKey": key, "TagValue": value} for key, value in wanted.items()]
            self.call("tag_resource", {"KeyId": state.id, "Tags": tags})


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


@handles("AWS::SecretsManager::Secret")
class Secret(Handler):
    """Generates the value where the template asks for that; the value is written nowhere but into the secret."""

    handles = frozenset({"GenerateSecretString", "ReplicaRegions"})

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().create_arguments(properties)
        wish = properties.get("GenerateSecretString")
        if wish is not None:
            if "SecretString" in properties:
                raise ResourceError("You can't specify both a GenerateSecretString and a SecretString.")
            arguments["SecretString"] = self._generate(wish)
        return arguments

    def _generate(self, wish: Mapping[str, Any]) -> str:
        options = {k: v for k, v in wish.items() if k not in ("SecretStringTemplate", "GenerateStringKey")}
        password = str(self.call("get_random_password", options)["RandomPassword"])
        if "GenerateStringKey" not in wish:
            return password
        return json.dumps({**json.loads(wish.get("SecretStringTemplate") or "{}"), wish["GenerateStringKey"]: password})

    def created(self, state: ResourceState) -> None:
        self._replicate(state, {})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "GenerateSecretString" in changed and state.properties.get("GenerateSecretString") is not None:
            text = self._generate(state.properties["GenerateSecretString"])
            self.call("put_secret_value", {"SecretId": state.id, "SecretString": text})
        if "ReplicaRegions" in changed:
            self._replicate(state, old)

    def _replicate(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        """A copy whose key is another one is made anew."""
        had, wanted = ({item["Region"]: item for item in source.get("ReplicaRegions") or ()}
                       for source in (old, state.properties))  # fmt: skip
        gone = sorted(region for region, item in had.items() if wanted.get(region) != item)
        if gone:
            self.call("remove_regions_from_replication", {"SecretId": state.id, "RemoveReplicaRegions": gone})
        new = [item for region, item in wanted.items() if had.get(region) != item]
        if new:
            self.call("replicate_secret_to_regions", {"SecretId": state.id, "AddReplicaRegions": new})

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        """The copies go first: Secrets Manager refuses to delete what still has some."""
        regions = [item["Region"] for item in state.properties.get("ReplicaRegions") or ()]
        if regions:
            self.call("remove_regions_from_replication", {"SecretId": state.id, "RemoveReplicaRegions": regions})
        super().remove(state, snapshot)

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        shown = {item["Region"]: item for item in state.description.get("ReplicationStatus") or ()}
        for item in state.properties.get("ReplicaRegions") or ():
            copy = shown.get(item["Region"])
            if copy is None or copy["Status"] != "InSync":
                why = copy["StatusMessage"] if copy else "the API shows no copy"
                raise NotAppliedError(f"ReplicaRegions: no copy in {item['Region']}: {why}")
            if item.get("KmsKeyId") and copy.get("KmsKeyId") != item["KmsKeyId"]:
                raise NotAppliedError(
                    f"ReplicaRegions: the copy in {item['Region']} has the key {copy.get('KmsKeyId')}"
                )
        super().verify(state, asked)


_PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306}


@handles("AWS::SecretsManager::SecretTargetAttachment")
class SecretTargetAttachment(Handler):
    """Writes how to reach the database into the secret."""

    handles = frozenset({"SecretId", "TargetId", "TargetType"})

    def created(self, state: ResourceState) -> None:
        kind, target = state.properties["TargetType"], state.properties["TargetId"]
        if kind != "AWS::RDS::DBInstance":
            raise ResourceError(f"The local AWS cannot attach a secret to {kind}")
        found = self.call("describe_db_instances", {"DBInstanceIdentifier": target}, "rds")["DBInstances"][0]
        endpoint = found.get("Endpoint") or {}
        added = {
            "engine": found["Engine"], "host": endpoint.get("Address"),
            "port": endpoint.get("Port") or _PORTS.get(found["Engine"], 5432),
            "dbname": found.get("DBName"), "dbInstanceIdentifier": found["DBInstanceIdentifier"],
        }  # fmt: skip
        value = self._value(state)
        text = json.dumps({**value, **{name: item for name, item in added.items() if item is not None}})
        self.call("put_secret_value", {"SecretId": state.id, "SecretString": text})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        self.created(state)

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        names = ("engine", "host", "port", "dbname", "dbInstanceIdentifier")
        kept = {name: item for name, item in self._value(state).items() if name not in names}
        self.call("put_secret_value", {"SecretId": state.id, "SecretString": json.dumps(kept)})

    def _value(self, state: ResourceState) -> dict[str, Any]:
        text = self.call("get_secret_value", {"SecretId": state.id})["SecretString"]
        try:
            value = json.loads(text)
        except ValueError:
            raise ResourceError("The secret's value is no JSON object, so nothing can be attached to it") from None
        if not isinstance(value, dict):
            raise ResourceError("The secret's value is no JSON object, so nothing can be attached to it")
        return value


@handles("AWS::SecretsManager::RotationSchedule")
class RotationSchedule(Handler):
    """A secret that a service manages is rotated without a function, and goes back to the service's own schedule."""

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        if not state.description.get("OwningService"):
            super().remove(state, snapshot)
            return
        rules = {"AutomaticallyAfterDays": DAYS_OF_A_DATABASE}
        self.call("rotate_secret", {"SecretId": state.id, "RotationRules": rules, "RotateImmediately": False})


@handles("AWS::SSM::Parameter")
class Parameter(Handler):
    """Tags are a map; the API refuses them together with an overwriting put."""

    handles = frozenset({"Tags"})

    def created(self, state: ResourceState) -> None:
        self.updated(state, {}, {"Tags"})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "Tags" not in changed:
            return
        wanted, had = dict(state.properties.get("Tags") or {}), dict(old.get("Tags") or {})
        target = {"ResourceType": "Parameter", "ResourceId": state.id}
        if had.keys() - wanted.keys():
            self.call("remove_tags_from_resource", {**target, "TagKeys": sorted(had.keys() - wanted.keys())})
        if wanted:
            self.call("add_tags_to_resource", {**target, "Tags": [{"Key": k, "Value": v} for k, v in wanted.items()]})

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        """Done by ``created`` and ``updated``."""
