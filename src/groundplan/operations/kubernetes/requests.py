"""Where the load balancer sends requests: to the blue or the green pods of a service.

Everything is found by the names that the architecture gives, so that it makes no difference whether Terraform or
CloudFormation has deployed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.engines.kubernetes.colours import COLOURS, Colour, other, turns
from groundplan.errors import EnvironmentalError
from groundplan.resources import Architecture
from groundplan.resources.workloads import ServiceWorkload
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import ActionTypeDef, RuleTypeDef


@dataclass(frozen=True)
class Health:
    """The targets of a group."""

    healthy: int
    unhealthy: int
    why: str = ""
    """What the load balancer says of the first unhealthy one."""


@dataclass(frozen=True)
class Requests:
    """The rule of a listener that divides a service's requests between its colours."""

    connection: Connection
    region: str
    service: str
    rule: str
    """ARN."""
    groups: Mapping[Colour, str]
    """ARNs of the target groups."""
    alarms: tuple[str, ...] = ()
    """Names of the alarms that send the requests back."""

    @property
    def _client(self) -> ElasticLoadBalancingv2Client:
        return self.connection.elbv2(self.region)

    def shares(self) -> dict[Colour, int]:
        """Percent of the requests that each colour gets now."""
        with explained(f"Reading where the requests of {self.service} go"):
            found = self._client.describe_rules(RuleArns=[self.rule])["Rules"][0]
        weights = {colour: _weight(found, arn) for colour, arn in self.groups.items()}
        total = sum(weights.values())
        return {colour: round(100 * weight / total) if total else 0 for colour, weight in weights.items()}

    def active(self) -> Colour:
        """The colour that gets most of the requests."""
        shares = self.shares()
        return "green" if shares["green"] > shares["blue"] else "blue"

    def move(self, to: Colour, percent: int) -> None:
        """Give a colour its part of the requests, and the other one the rest."""
        weights = {self.groups[to]: percent, self.groups[other(to)]: 100 - percent}
        forward: ActionTypeDef = {
            "Type": "forward",
            "ForwardConfig": {
                "TargetGroups": [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
            },
        }
        with explained(f"Moving requests of {self.service} to {to}"):
            self._client.modify_rule(RuleArn=self.rule, Actions=[forward])

    def health(self, colour: Colour) -> Health:
        """How the load balancer finds the pods of a colour. Pods that just come or go count as neither."""
        with explained(f"Reading the health of {self.service}'s {colour} pods"):
            found = self._client.describe_target_health(TargetGroupArn=self.groups[colour])
        states = [item.get("TargetHealth", {}) for item in found["TargetHealthDescriptions"]]
        bad = [state for state in states if state.get("State") in ("unhealthy", "unavailable")]
        why = next((state.get("Description") or state.get("Reason") or "" for state in bad), "")
        return Health(sum(state.get("State") == "healthy" for state in states), len(bad), why)

    def alarm(self) -> str | None:
        """An alarm that is on, with its reason."""
        if not self.alarms:
            return None
        with explained(f"Reading the alarms of {self.service}"):
            found = self.connection.cloudwatch(self.region).describe_alarms(
                AlarmNames=list(self.alarms), StateValue="ALARM"
            )
        return next((f"{item['AlarmName']}: {item.get('StateReason', '')}" for item in found["MetricAlarms"]), None)


def _weight(rule: RuleTypeDef, group: str) -> int:
    for action in rule.get("Actions", []):
        for target in action.get("ForwardConfig", {}).get("TargetGroups", []):
            if target.get("TargetGroupArn") == group:
                return target.get("Weight", 0)
    return 0


def find_requests(connection: Connection, architecture: Architecture, service: ServiceWorkload) -> Requests:
    """The rule of a service with two colours. Raises EnvironmentalError where it is not deployed."""
    assert service.shift
    assert service.target_group
    refs = (service.target_group, service.shift.green_target_group)
    names = [architecture[ref].target_group_name for ref in refs]
    client = connection.elbv2(architecture.region)
    not_there = EnvironmentalError(
        f"{architecture.stage} is not deployed to {connection.target}: {service.name} has no target groups "
        f"{' and '.join(names)} behind one rule of a listener"
    )
    try:
        with explained(f"Looking for the target groups of {service.name}"):
            found = client.describe_target_groups(Names=names)["TargetGroups"]
    except EnvironmentalError as error:
        if "TargetGroupNotFound" in str(error):
            raise not_there from error
        raise
    arns = {item.get("TargetGroupName", ""): item.get("TargetGroupArn", "") for item in found}
    balancers = [arn for item in found[:1] for arn in item.get("LoadBalancerArns", [])]
    if len(arns) != len(COLOURS) or not balancers:
        raise not_there
    groups = {colour: arns[name] for colour, name in zip(COLOURS, names, strict=True)}
    with explained(f"Looking for the rule of {service.name}"):
        rule = next(
            (
                item.get("RuleArn", "")
                for item in _rules(client, balancers[0])
                if all(arn in _targets(item) for arn in groups.values())
            ),
            None,
        )
    if not rule:
        raise not_there
    alarms = tuple(architecture[ref].alarm_name for ref in service.shift.rollback_alarms)
    return Requests(connection, architecture.region, service.name, rule, groups, alarms)


def _rules(client: ElasticLoadBalancingv2Client, balancer: str) -> Iterator[RuleTypeDef]:
    for page in client.get_paginator("describe_listeners").paginate(LoadBalancerArn=balancer):
        for listener in page["Listeners"]:
            for rules in client.get_paginator("describe_rules").paginate(ListenerArn=listener.get("ListenerArn", "")):
                yield from rules["Rules"]


def _targets(rule: RuleTypeDef) -> set[str]:
    return {
        target.get("TargetGroupArn", "")
        for action in rule.get("Actions", [])
        for target in action.get("ForwardConfig", {}).get("TargetGroups", [])
    }


def live_colours(connection: Connection, architecture: Architecture) -> dict[str, str]:
    """Which colour of each service has the requests, by its name in ``deployed.env``; nothing for what is not there."""
    found: dict[str, str] = {}
    for workload in architecture.workloads:
        each = turns(workload)
        if each is None or not isinstance(workload, ServiceWorkload):
            continue
        try:
            found[each.key] = find_requests(connection, architecture, workload).active()
        except EnvironmentalError as error:
            if "is not deployed to" not in str(error):
                raise
    return found
