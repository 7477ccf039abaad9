"""Budgets and cost anomalies, the delivery channel of AWS Config."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.registry import handles


@handles("AWS::Budgets::Budget")
class Budget(Handler):
    """An update changes the limits; notifications are compared and replaced."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().create_arguments(properties)
        arguments.pop("ResourceTags", None)
        tags = properties.get("ResourceTags")
        return {**arguments, **({"ResourceTags": tags} if tags else {})}

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        return {"AccountId": self.surroundings.account, "NewBudget": properties["Budget"]}

    def _refuse_what_cannot_change(self, names: Collection[str]) -> None:
        super()._refuse_what_cannot_change(set(names) - {"NotificationsWithSubscribers"})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "NotificationsWithSubscribers" not in changed:
            return
        target = {"AccountId": self.surroundings.account, "BudgetName": state.id}
        for item in old.get("NotificationsWithSubscribers") or ():
            self.call("delete_notification", {**target, "Notification": item["Notification"]})
        for item in state.properties.get("NotificationsWithSubscribers") or ():
            self.call("create_notification", {**target, **item})

    def describe(self, state: ResourceState) -> dict[str, Any]:
        return dict(super().describe(state)["Budget"])

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        wanted = state.properties["Budget"]
        for name in ("BudgetName", "BudgetType", "TimeUnit", "BudgetLimit"):
            if name in wanted:
                self._raise_first(differences(wanted[name], state.description.get(name), f"Budget.{name}"))


class _Anomaly(Handler):
    """Expressions may be written as text; tags stand beside the thing."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        expressions = ("ThresholdExpression", "MonitorSpecification")
        written = {
            name: json.loads(value) if name in expressions and isinstance(value, str) else value
            for name, value in properties.items()
        }
        return super().create_arguments(written)

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        """The creating call takes them."""


@handles("AWS::CE::AnomalyMonitor")
class AnomalyMonitor(_Anomaly):
    pass


@handles("AWS::CE::AnomalySubscription")
class AnomalySubscription(_Anomaly):
    handles = frozenset[str]()

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        arguments = self.create_arguments(properties)["AnomalySubscription"]
        kept = {name: value for name, value in arguments.items() if name in changed}
        self.call("update_anomaly_subscription", {"SubscriptionArn": state.id, **kept})
        return super().update(state, properties, set())


@handles("AWS::Config::DeliveryChannel")
class DeliveryChannel(Handler):
    """The recorder starts as soon as it has a channel, and has to stop before it loses its last one.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-config-configurationrecorder.html
    """

    def create(self, properties: dict[str, Any]) -> ResourceState:
        state = super().create(properties)
        for name in self._recorders():
            self.call("start_configuration_recorder", {"ConfigurationRecorderName": name})
        return state

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        for name in self._recorders():
            self.call("stop_configuration_recorder", {"ConfigurationRecorderName": name})
        super().remove(state, snapshot)

    def _recorders(self) -> list[str]:
        found = self.call("describe_configuration_recorders", {})["ConfigurationRecorders"]
        return [recorder["name"] for recorder in found]
