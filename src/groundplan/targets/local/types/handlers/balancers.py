"""Load balancers, target groups and listeners: attributes return to their defaults one by one."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from groundplan.targets.local.types.errors import UnsupportedPropertyError
from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles

_PACKAGE = "groundplan.targets.local.types"


@lru_cache(maxsize=1)
def _defaults() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files(_PACKAGE).joinpath("balancer_attributes.toml").read_text(encoding="utf-8"))


@handles(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
)
class WithAttributes(Handler):
    """Attributes that a template no longer has are set to their defaults."""

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        name = f"{self.row.type.rpartition('::')[2]}Attributes"
        if name not in changed:
            return super().update(state, properties, changed)
        given = properties.get(name) or []
        here = {item["Key"] for item in given}
        gone = [item["Key"] for item in state.properties.get(name) or () if item["Key"] not in here]
        known = _defaults()[name]
        for key in gone:
            if key not in known:
                raise UnsupportedPropertyError(
                    f"{name}: the local AWS does not know what {key} returns to; give it the value that it should have"
                )
        back = [{"Key": key, "Value": known[key]} for key in gone]
        return super().update(state, {**properties, name: [*given, *back]}, changed)
