"""The promotion: what starts it, what it does, and how long everything takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.recovery.shop import SHOP, merged, shop

from groundplan.catalog import recovery as times
from groundplan.cli.main import run
from groundplan.recovery import Seconds, Step, promotion_steps, return_steps, timeline, to_json
from groundplan.resources import Architecture
from groundplan.resources.automation import AutomationDocument
from groundplan.resources.events import EventRule
from groundplan.resources.monitoring import Alarm, CompositeAlarm, Metric, MetricExpression
from groundplan.resources.security import Role
from groundplan.resources.values import Attribute, Ref
from groundplan.units import Duration

DOCUMENT = Ref(AutomationDocument, "standby_promotion")


def names(architecture: Architecture) -> list[str]:
    """Of the document's steps."""
    steps = architecture[DOCUMENT].content.content["mainSteps"]
    assert isinstance(steps, list)
    return [str(step["name"]) for step in steps if isinstance(step, dict)]


def test_capacity_then_users_then_databases_then_what_takes_its_time() -> None:
    assert names(shop()) == [
        "RegisterScalableTarget_api", "UpdateService_api", "TakeOver", "Look_main", "IsReplica_main", "Ready_main",
        "Promote_main", "Wait_main", "MultiAz_main",
    ]  # fmt: skip


def test_all_promotions_begin_before_one_is_waited_for() -> None:
    found = names(shop(databases={"orders": SHOP["databases"]["main"]}, alarms={"latency": None}))
    assert found.index("Promote_orders") < found.index("Wait_main") < found.index("Wait_orders")


def test_on_eks_the_node_groups_grow() -> None:
    kubernetes = {"nodes": {"general": {"instances": ["t3.large"], "desired": 6, "min": 3, "max": 12}}}
    smaller = {"kubernetes": {"nodes": {"general": {"desired": 1, "min": 1}}}}
    architecture = shop(platform="eks", kubernetes=kubernetes, standby={"overlay": smaller})
    steps = architecture[DOCUMENT].content.content["mainSteps"]
    assert isinstance(steps, list)
    first = steps[0]
    assert isinstance(first, dict)
    assert first["name"] == "Nodes_general"
    inputs = first["inputs"]
    assert isinstance(inputs, dict)
    assert inputs["scalingConfig"] == {"minSize": 3, "maxSize": 12, "desiredSize": 6}
    rights = [item for item in actions(architecture, "standby_promotion") if item.startswith(("eks", "ecs"))]
    assert rights == ["eks:UpdateNodegroupConfig"]


def actions(architecture: Architecture, role: str) -> list[str]:
    """What a role may do; every statement names what it may do it to."""
    found = architecture[Ref(Role, role)].inline_policies[0].document.statements
    assert all("*" not in statement.resources for statement in found)
    return [action for statement in found for action in statement.actions]


def test_the_roles_may_do_what_the_steps_do_and_no_more() -> None:
    architecture = shop()
    assert actions(architecture, "standby_promotion") == [
        "elasticloadbalancing:ModifyRule", "rds:DescribeDBInstances", "rds:ModifyDBInstance", "rds:PromoteReadReplica",
        "ecs:UpdateService", "application-autoscaling:RegisterScalableTarget",
    ]  # fmt: skip
    assert actions(architecture, "standby_promotion_start") == ["ssm:StartAutomationExecution", "iam:PassRole"]


def test_it_starts_when_users_arrive_and_nothing_is_replicated_any_more() -> None:
    architecture = shop(standby={"after": "5m"})
    alarm = architecture[Ref(CompositeAlarm, "standby_promotion")]
    assert (alarm.region, alarm.operator) == ("us-west-2", "AND")
    requests, lag = (architecture[part] for part in alarm.alarms)
    assert isinstance(requests.metric, Metric)
    assert (requests.metric.metric_name, requests.metric.statistic) == ("RequestCount", "Sum")
    assert (requests.evaluation_periods, requests.treat_missing_data) == (5, "notBreaching")
    assert isinstance(lag.metric, MetricExpression)
    assert lag.metric.expression == "IF(lag < 0 OR lag > 300, 1, 0)"
    assert lag.treat_missing_data == "breaching"
    rule = architecture[Ref(EventRule, "standby_promotion")]
    assert rule.event_pattern.content["resources"] == [Attribute(alarm.ref, "arn")]
    assert rule.targets[0].role == Ref(Role, "standby_promotion_start")


def test_every_database_has_to_be_left_behind() -> None:
    architecture = shop(databases={"orders": SHOP["databases"]["main"]})
    alarm = architecture[Ref(CompositeAlarm, "standby_promotion")]
    assert [part.name for part in alarm.alarms] == [
        "standby_requests_arrive", "standby_main_left_behind", "standby_orders_left_behind",
    ]  # fmt: skip


def test_nothing_of_the_promotion_is_in_another_region() -> None:
    architecture = shop()
    for kind in (AutomationDocument, EventRule, CompositeAlarm, Alarm):
        found = [item for item in architecture.of(kind) if item.name.startswith("standby_")]
        assert found
        assert {item.region for item in found} == {"us-west-2"}


def test_a_person_starts_it_where_the_blueprint_says_so() -> None:
    architecture = shop(standby={"promote": False})
    assert DOCUMENT in architecture
    assert Ref(EventRule, "standby_promotion") not in architecture
    steps = {step.name: step for step in promotion_steps(architecture)}
    assert steps["start"].by == "a person"
    assert timeline(tuple(steps.values())).total is None
    output = next(item for item in architecture.outputs if item.name == "standby_promotion")
    assert "aws ssm start-automation-execution --region us-west-2" in str(output.value)


def test_the_longest_way_counts() -> None:
    def step(name: str, seconds: int, *after: str, waited_for: bool = True) -> Step:
        return Step(name, name, "Route 53", Seconds(seconds, seconds * 2, seconds * 3), after, waited_for=waited_for)

    steps = (step("a", 10), step("b", 50), step("c", 1, "a", "b"), step("d", 500, "c", waited_for=False))
    found = timeline(steps)
    assert found.total == Seconds(51, 102, 153)
    assert found.ends["d"] == Seconds(551, 1102, 1653)
    assert found.holds(Duration(153))
    assert not found.holds(Duration(152))


def test_what_a_person_does_has_no_time() -> None:
    by_hand = Step("a", "a", "a person", None)
    after = Step("b", "b", "Route 53", Seconds(1, 1, 1), ("a",))
    found = timeline((by_hand, after))
    assert found.total is None
    assert found.ends == {"a": None, "b": None}
    assert not found.holds(Duration(10**6))


def test_the_sum_of_the_shop() -> None:
    found = to_json(shop(), Duration(900))
    assert found["total"] == {"low": 363, "expected": 748, "high": 1230}
    assert (found["objective"], found["holds"]) == (900, False)
    assert [step["name"] for step in found["steps"] if step["waited_for"]] == [
        "health", "domains", "requests", "left behind", "start", "take over", "promote", "reconnect",
    ]  # fmt: skip
    assert all(step["sources"] for step in found["steps"] if step["seconds"])


def test_jobs_are_switched_on_by_people() -> None:
    job = {"image": {"repository": "api", "tag": "1"}, "schedule": "cron(0 3 * * ? *)"}
    steps = {step.name: step for step in promotion_steps(shop(jobs={"night": job}))}
    assert "night" in steps["jobs"].what
    assert (steps["jobs"].by, steps["jobs"].waited_for) == ("a person", False)
    assert "jobs" not in {step.name for step in promotion_steps(shop())}


def test_faster_checks_are_counted() -> None:
    def health(**standby: Any) -> Seconds | None:
        return next(step.seconds for step in promotion_steps(shop(standby=standby)) if step.name == "health")

    assert health() == Seconds(60, 90, 120)
    assert health(health="10s", failures=2) == Seconds(10, 20, 30)


def test_without_a_zone_somebody_has_to_lead_the_domains() -> None:
    steps = promotion_steps(shop(dns=None))
    assert (steps[0].name, steps[0].by) == ("domains", "a person")
    assert timeline(steps).total is None


def test_without_a_standby_there_is_nothing_to_tell() -> None:
    architecture = shop(standby=None, objectives=None)
    assert promotion_steps(architecture) == ()
    assert return_steps(architecture) == ()


def test_the_way_back_without_databases_is_by_itself() -> None:
    architecture = shop(databases=None, services={"api": {"needs": None}}, backup=None)
    assert return_steps(architecture) == ("Nothing: the domains lead back to us-east-1 as soon as it answers.",)
    assert len(return_steps(shop())) == 7


def test_every_time_is_in_order_and_has_a_page() -> None:
    for time in times.all_times().values():
        assert 0 <= time.low <= time.expected <= time.high
        assert time.source.page.startswith("https://")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "groundplan.yaml"
    path.write_text(json.dumps(SHOP))
    return path


def test_the_command_says_when_the_objective_may_be_missed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["failover", "-f", str(file)]) == 1
    said = capsys.readouterr().out
    assert "users can work again after 12.5 minutes as expected, 6.0 at the least, 20.5 at the most" in said
    assert "Objective 15m: held as expected, not at the most" in said
    assert run(["failover", "-f", str(file), "--set", "objectives.recovery_time=21m"]) == 0
    assert "Objective 21m: held" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"objectives": {"recovery": {"region": {"time": "21m"}}, "recovery_time": "1m"}}, 0, "Objective 21m: held"),
        ({"objectives": {"measured": {"promotion": "4m"}}}, 0, "14.5 at the most"),
        ({"objectives": {"response_time": "5m"}, "standby": {"promote": False}}, 1, "12.8 minutes as expected"),
    ],
)
def test_what_the_blueprint_says_goes_first(
    changes: dict[str, Any], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "groundplan.yaml"
    path.write_text(json.dumps(merged(SHOP, changes)))
    assert run(["failover", "-f", str(path)]) == code
    assert said in capsys.readouterr().out


def test_the_command_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["failover", "-f", str(file), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["environment"], found["region"], found["standby"]) == ("production", "us-east-1", "us-west-2")
    assert len(found["way_back"]) == 7


def test_without_a_standby_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "groundplan.yaml"
    path.write_text(json.dumps(merged(SHOP, {"standby": None, "objectives": None})))
    assert run(["failover", "-f", str(path)]) == 2
    assert "production has no standby that could take over" in capsys.readouterr().err
