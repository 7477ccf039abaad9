"""CloudFront: everything is changed and deleted with an entity tag; distributions are written differently."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from typing import Any

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles


@handles(
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudFront::ResponseHeadersPolicy",
)
class EntityTagged(Handler):
    """A change or deletion names the entity tag of the version that it is meant for."""

    def entity_tag(self, state: ResourceState) -> str:
        assert self.row.read
        return str(self.call(self.row.read.operation, {"Id": state.id})["ETag"])

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        return {**super().update_arguments(state, properties), "IfMatch": self.entity_tag(state)}

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        assert self.row.delete
        self.call(self.row.delete.operation, {"Id": state.id, "IfMatch": self.entity_tag(state)})


@handles("AWS::CloudFront::Distribution")
class Distribution(EntityTagged):
    """The caller's reference stays; a distribution is disabled before it is deleted, as CloudFormation does."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        config = {"CallerReference": str(uuid.uuid4()), **_config(properties["DistributionConfig"])}
        return {"DistributionConfigWithTags": {"DistributionConfig": config, "Tags": properties.get("Tags") or []}}

    def supports(self, name: str) -> bool:
        return name in ("DistributionConfig", "Tags")

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        reference = self._shown(state)["CallerReference"]
        config = {"CallerReference": reference, **_config(properties["DistributionConfig"])}
        return {"Id": state.id, "IfMatch": self.entity_tag(state), "DistributionConfig": config}

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        shown = self._shown(state)
        if shown["Enabled"]:
            config = {**shown, "Enabled": False}
            self.send("update_distribution", {"Id": state.id, "IfMatch": self.entity_tag(state),
                                              "DistributionConfig": config})  # fmt: skip
        super().remove(state, snapshot)

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        inner = asked.get("DistributionConfigWithTags", asked)
        super().verify(state, {"DistributionConfig": inner.get("DistributionConfig", {})})

    def _tags_apart(self, operation: str) -> bool:
        return False

    def _shown(self, state: ResourceState) -> dict[str, Any]:
        found: dict[str, Any] = self.call("get_distribution_config", {"Id": state.id})["DistributionConfig"]
        return found


def _config(written: Mapping[str, Any]) -> dict[str, Any]:
    config = copy.deepcopy(dict(written))
    config.setdefault("Comment", "")
    for behavior in [config.get("DefaultCacheBehavior") or {}, *(config.get("CacheBehaviors") or ())]:
        allowed, cached = behavior.pop("AllowedMethods", None), behavior.pop("CachedMethods", None)
        if allowed or cached:
            names = list(allowed or ("GET", "HEAD"))
            methods: dict[str, Any] = {"Quantity": len(names), "Items": names}
            if cached:
                methods["CachedMethods"] = {"Quantity": len(cached), "Items": cached}
            behavior["AllowedMethods"] = methods
    for origin in config.get("Origins") or ():
        if "OriginCustomHeaders" in origin:
            origin["CustomHeaders"] = origin.pop("OriginCustomHeaders")
        custom = origin.get("CustomOriginConfig")
        if custom:
            custom.setdefault("HTTPPort", 80)
            custom.setdefault("HTTPSPort", 443)
    if "IPV6Enabled" in config:
        config["IsIPV6Enabled"] = config.pop("IPV6Enabled")
    restriction = (config.get("Restrictions") or {}).get("GeoRestriction")
    if restriction:
        places = restriction.pop("Locations", [])
        restriction.update({"Quantity": len(places), "Items": places} if places else {"Quantity": 0})
    groups = config.get("OriginGroups")
    if groups:
        for group in groups.get("Items") or ():
            codes = group.get("FailoverCriteria", {}).get("StatusCodes")
            if isinstance(codes, dict):
                codes.setdefault("Quantity", len(codes.get("Items", ())))
    if "Logging" in config:
        config["Logging"] = {"Enabled": True, "IncludeCookies": False, "Prefix": "", **config["Logging"]}
    return config
