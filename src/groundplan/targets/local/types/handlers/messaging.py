"""Topics and queues with their policies, rules with targets, trails."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.errors import NotAppliedError
from groundplan.targets.local.types.handler import Handler, ResourceState, tag_map
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.registry import handles


class _Attributes(Handler):
    """Topics and queues: every property but the name is a text attribute."""

    apart: frozenset[str]
    setter: str
    target: str

    def supports(self, name: str) -> bool:
        return True

    def attributes(self, properties: Mapping[str, Any]) -> dict[str, str]:
        return {name: _text(value) for name, value in properties.items() if name not in self.apart}

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        for name, value in self.attributes(state.properties).items():
            self._raise_first(differences(value, state.description.get(name), name))


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@handles("AWS::SQS::Queue")
class Queue(_Attributes):
    apart = frozenset({"QueueName", "Tags"})

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        tags = tag_map(properties.get("Tags"))
        return {"QueueName": properties["QueueName"], "Attributes": self.attributes(properties), "tags": tags}

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        names = set(changed) - self.apart
        if names:
            attributes = {name: value for name, value in self.attributes(properties).items() if name in names}
            self.call("set_queue_attributes", {"QueueUrl": state.id, "Attributes": attributes})
        return super().update(state, properties, set(changed) & {"Tags"})

    def _tags_apart(self, operation: str) -> bool:
        return False


@handles("AWS::SNS::Topic")
class Topic(_Attributes):
    """Subscriptions written in the topic are calls of their own."""

    apart = frozenset({"TopicName", "Tags", "Subscription", "DataProtectionPolicy"})
    handles = frozenset({"Subscription"})

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        tags = properties.get("Tags") or []
        attributes = self.attributes(properties)
        return {"Name": properties["TopicName"], "Attributes": attributes, "Tags": tags}

    def supports(self, name: str) -> bool:
        return name != "DataProtectionPolicy"

    def created(self, state: ResourceState) -> None:
        for subscription in state.properties.get("Subscription") or ():
            self.call("subscribe", {"TopicArn": state.id, **subscription})

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        for name, value in self.attributes(properties).items():
            if name in changed:
                arguments = {"TopicArn": state.id, "AttributeName": name, "AttributeValue": value}
                self.call("set_topic_attributes", arguments)
        return super().update(state, properties, set(changed) & {"Tags", "Subscription"})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "Subscription" not in changed:
            return
        wanted, had = (list(source.get("Subscription") or ()) for source in (state.properties, old))
        present = self.call("list_subscriptions_by_topic", {"TopicArn": state.id})["Subscriptions"]
        for item in present:
            one = {"Protocol": item["Protocol"], "Endpoint": item["Endpoint"]}
            if one in had and one not in wanted:
                self.call("unsubscribe", {"SubscriptionArn": item["SubscriptionArn"]})
        for item in wanted:
            if item not in had:
                self.call("subscribe", {"TopicArn": state.id, **item})

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        for item in self.call("list_subscriptions_by_topic", {"TopicArn": state.id})["Subscriptions"]:
            self.call("unsubscribe", {"SubscriptionArn": item["SubscriptionArn"]})
        super().remove(state, snapshot)


@handles("AWS::SNS::Subscription")
class Subscription(_Attributes):
    apart = frozenset({"TopicArn", "Protocol", "Endpoint", "Region"})

    def supports(self, name: str) -> bool:
        return name != "Region"

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        named: dict[str, Any] = {
            name: properties[name] for name in ("TopicArn", "Protocol", "Endpoint") if name in properties
        }
        attributes = self.attributes(properties)
        return {**named, "ReturnSubscriptionArn": True, **({"Attributes": attributes} if attributes else {})}

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        for name, value in self.attributes(properties).items():
            if name in changed:
                arguments = {"SubscriptionArn": state.id, "AttributeName": name, "AttributeValue": value}
                self.call("set_subscription_attributes", arguments)
        return super().update(state, properties, set())


class _PolicyOf(Handler, ABC):
    """The policy of several topics or queues; deleting gives them a policy for their owner alone."""

    names: str
    setter: str
    reader: str
    target: str

    handles = frozenset({"PolicyDocument", "Topics", "Queues"})

    def created(self, state: ResourceState) -> None:
        for one in state.properties[self.names]:
            self._set(one, json.dumps(state.properties["PolicyDocument"]))
            shown = self.call(self.reader, self._read_arguments(one))["Attributes"].get("Policy")
            self._raise_first(differences(state.properties["PolicyDocument"], shown, "PolicyDocument"))

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        for one in old.get(self.names) or ():
            if one not in state.properties[self.names]:
                self._set(one, self._default(one))
        self.created(state)

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        for one in state.properties[self.names]:
            self._set(one, self._default(one))

    @abstractmethod
    def _set(self, one: str, policy: str) -> None:
        """Give one topic or queue a policy."""

    @abstractmethod
    def _default(self, one: str) -> str:
        """The policy that AWS gives by itself."""

    @abstractmethod
    def _read_arguments(self, one: str) -> dict[str, Any]:
        """What the reading call wants for one topic or queue."""


@handles("AWS::SNS::TopicPolicy")
class TopicPolicy(_PolicyOf):
    names, reader = "Topics", "get_topic_attributes"

    def _set(self, one: str, policy: str) -> None:
        self.call("set_topic_attributes", {"TopicArn": one, "AttributeName": "Policy", "AttributeValue": policy})

    def _default(self, one: str) -> str:
        statement = {"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
                     "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes", "SNS:SetTopicAttributes"],
                     "Resource": one,
                     "Condition": {"StringEquals": {"AWS:SourceOwner": self.surroundings.account}}}  # fmt: skip
        return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})

    def _read_arguments(self, one: str) -> dict[str, Any]:
        return {"TopicArn": one}


@handles("AWS::SQS::QueuePolicy")
class QueuePolicy(_PolicyOf):
    names, reader = "Queues", "get_queue_attributes"

    def _set(self, one: str, policy: str) -> None:
        self.call("set_queue_attributes", {"QueueUrl": one, "Attributes": {"Policy": policy}})

    def _default(self, one: str) -> str:
        return ""

    def _read_arguments(self, one: str) -> dict[str, Any]:
        return {"QueueUrl": one, "AttributeNames": ["Policy"]}


@handles("AWS::Events::Rule")
class Rule(Handler):
    """Targets are put by a call of their own, and must go before the rule can."""

    handles = frozenset({"Targets"})

    def created(self, state: ResourceState) -> None:
        self.updated(state, {}, {"Targets"})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "Targets" not in changed:
            return
        wanted, had = (list(source.get("Targets") or ()) for source in (state.properties, old))
        ids = {target["Id"] for target in wanted}
        self._remove_targets(state, [target["Id"] for target in had if target["Id"] not in ids])
        if wanted:
            answer = self.call("put_targets", {**self._target(state), "Targets": wanted})
            for failure in answer.get("FailedEntries") or ():
                raise NotAppliedError(f"Targets.{failure.get('TargetId')}: {failure.get('ErrorMessage')}")
            shown = self.call("list_targets_by_rule", self._target(state))["Targets"]
            self._raise_first(differences(wanted, shown, "Targets"))

    def _target(self, state: ResourceState) -> dict[str, Any]:
        bus = state.properties.get("EventBusName")
        return {"Rule": state.properties["Name"], **({"EventBusName": bus} if bus else {})}

    def _remove_targets(self, state: ResourceState, ids: list[str]) -> None:
        if ids:
            self.call("remove_targets", {**self._target(state), "Ids": ids})

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        self._remove_targets(state, [target["Id"] for target in state.properties.get("Targets") or ()])
        super().remove(state, snapshot)


@handles("AWS::CloudTrail::Trail")
class Trail(Handler):
    """Logging is switched on and off by calls of their own."""

    handles = frozenset({"IsLogging"})

    def created(self, state: ResourceState) -> None:
        wanted = str(state.properties["IsLogging"]).lower() == "true"
        self.call("start_logging" if wanted else "stop_logging", {"Name": state.id})
        shown = self.call("get_trail_status", {"Name": state.id})["IsLogging"]
        if shown != wanted:
            raise NotAppliedError(f"IsLogging: asked for {wanted}, the API reads back {shown}")

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if "IsLogging" in changed:
            self.created(state)
