"""Sampling rules, access analyzers, Security Hub's standards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles


@handles("AWS::XRay::SamplingRule")
class SamplingRule(Handler):
    """A rule is created with a version and changed without one."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        rule = {"Version": 1, **properties["SamplingRule"]}
        return super().create_arguments({**properties, "SamplingRule": rule})

    def supports(self, name: str) -> bool:
        return name in ("SamplingRule", "Tags")

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        fixed = ("Version", "RuleName", "RuleARN")
        rule = {name: value for name, value in properties["SamplingRule"].items() if name not in fixed}
        return {"SamplingRuleUpdate": {**rule, "RuleARN": state.id}}

    def _refuse_what_cannot_change(self, names: Collection[str]) -> None:
        super()._refuse_what_cannot_change(set(names) - {"SamplingRule"})

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        rule = asked.get("SamplingRule") or asked.get("SamplingRuleUpdate")
        super().verify(state, {"SamplingRule": rule} if rule else {})


@handles("AWS::AccessAnalyzer::Analyzer")
class Analyzer(Handler):
    """Archive rules are calls of their own after the creation; a filter is a map from properties to conditions."""

    handles = frozenset({"ArchiveRules"})

    def created(self, state: ResourceState) -> None:
        for rule in state.properties.get("ArchiveRules") or ():
            conditions = {item["Property"]: _condition(item) for item in rule["Filter"]}
            self.call("create_archive_rule", {
                "analyzerName": state.properties["AnalyzerName"], "ruleName": rule["RuleName"], "filter": conditions,
            })  # fmt: skip

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "ArchiveRules" not in changed:
            return
        for rule in old.get("ArchiveRules") or ():
            arguments = {"analyzerName": state.properties["AnalyzerName"], "ruleName": rule["RuleName"]}
            self.call("delete_archive_rule", arguments)
        self.created(state)


def _condition(item: Mapping[str, Any]) -> dict[str, Any]:
    names = {"Eq": "eq", "Neq": "neq", "Contains": "contains", "Exists": "exists"}
    return {names[name]: value for name, value in item.items() if name in names}


@handles("AWS::SecurityHub::Standard")
class Standard(Handler):
    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return {"StandardsSubscriptionRequests": [{"StandardsArn": properties["StandardsArn"]}]}

    def supports(self, name: str) -> bool:
        return name == "StandardsArn"
