"""Deployments that shift requests: two target groups, a rule whose weights ECS moves, alarms that roll back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.design.blueprints import addresses, designed

from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService, GradualShift
from groundplan.resources.edge import Forward, Listener, ListenerRule, TargetGroup, WeightedForward
from groundplan.resources.monitoring import Alarm, Metric, MetricExpression
from groundplan.resources.security import Role
from groundplan.resources.values import Ref, dynamic_values

START = "project: shop\nregion: eu-west-1\n"
BLUE, GREEN = Ref(TargetGroup, "web"), Ref(TargetGroup, "web_green")


def shop(deployment: str, public: str = "{tls: false}", more: str = "") -> Architecture:
    image = "image: {repository: web, tag: '1'}, port: 80"
    return designed(f"{START}{more}services: {{web: {{{image}, public: {public}, deployment: {{{deployment}}}}}}}\n")


def service(found: Architecture) -> EcsService:
    return found[Ref(EcsService, "web")]


def test_rolling_needs_nothing_of_it() -> None:
    found = shop("strategy: rolling")
    assert service(found).deployment_strategy == "ROLLING"
    assert service(found).load_balancers[0].shift is None
    assert service(found).bake_time is None
    assert not {"target_group.web_green", "role.ecs_load_balancer", "listener_rule.web"} & addresses(found)
    assert found[Ref(Listener, "http")].default_action == Forward(BLUE)


def test_the_default_service_of_a_listener_gets_a_rule() -> None:
    """ECS moves the weights of a rule; a default action will not do."""
    found = shop("strategy: blue-green, bake: 15m")
    assert not isinstance(found[Ref(Listener, "http")].default_action, Forward)
    rule = found[Ref(ListenerRule, "web")]
    assert (rule.host_headers, rule.path_patterns) == ((), ("/*",))
    assert isinstance(rule.action, WeightedForward)
    assert [(item.target_group, item.weight) for item in rule.action.target_groups] == [(BLUE, 100), (GREEN, 0)]
    shift = service(found).load_balancers[0].shift
    assert shift is not None
    assert (shift.alternate_target_group, shift.production_listener_rule) == (GREEN, rule.ref)
    assert service(found).bake_time == 15
    assert service(found).gradual_shift is None
    assert service(found).minimum_healthy_percent is None
    assert found[GREEN].health_check == found[BLUE].health_check
    assert found[GREEN].target_group_name == "shop-production-web-green"


def test_what_green_makes_too_long_is_shortened() -> None:
    """Nobody chose `-green`; a name that is too long without it is refused as ever. The tag Name has the whole."""
    found = shop("strategy: blue-green", more="names: an-application-{environment}-{name}\n")
    assert found[BLUE].target_group_name == "an-application-production-web"
    assert len(found[GREEN].target_group_name) <= 32
    assert found[GREEN].target_group_name != found[BLUE].target_group_name
    assert found[GREEN].tags["Name"] == "an-application-production-web-green"
    with pytest.raises(InputError, match="as the name of a target group has 37 characters"):
        shop("strategy: blue-green", more="names: a-long-application-{environment}-its-{name}\n")


def test_a_service_that_answers_any_host_does_so_by_its_rule() -> None:
    found = shop("strategy: blue-green", "{domain: shop.groundplan.dev}")
    rule = found[Ref(ListenerRule, "web")]
    assert (rule.host_headers, rule.path_patterns) == ((), ("/*",))


def test_the_rule_of_the_default_service_comes_last() -> None:
    image = "image: {repository: web, tag: '1'}, port: 80, deployment: {strategy: blue-green}"
    found = designed(
        f"{START}services:\n"
        f"  web: {{{image}, public: {{tls: false}}}}\n"
        f"  cart: {{{image}, public: {{tls: false, path: /cart/*}}}}\n"
    )
    assert found[Ref(ListenerRule, "cart")].priority < found[Ref(ListenerRule, "web")].priority


@pytest.mark.parametrize(
    ("deployment", "strategy", "shift"),
    [
        ("strategy: canary, step: 5%, step_bake: 7m", "CANARY", GradualShift(percent=Decimal(5), bake_time=7)),
        ("strategy: linear", "LINEAR", GradualShift(percent=Decimal(10), bake_time=5)),
    ],
)
def test_gradual_strategies_say_their_steps(deployment: str, strategy: str, shift: GradualShift) -> None:
    found = service(shop(deployment))
    assert (found.deployment_strategy, found.gradual_shift, found.bake_time) == (strategy, shift, 10)


def test_ecs_may_move_requests_and_nothing_else() -> None:
    role = shop("strategy: canary")[Ref(Role, "ecs_load_balancer")]
    assert role.inline_policies == ()
    (policy,) = role.managed_policy_arns
    assert "AmazonECSInfrastructureRolePolicyForLoadBalancers" in str(policy)
    assert "ecs.amazonaws.com" in str(role.trust)


def test_a_worker_may_be_replaced_at_once() -> None:
    found = designed(
        f"{START}services: {{web: {{image: {{repository: web, tag: '1'}}, deployment: {{strategy: blue-green}}}}}}\n"
    )
    assert service(found).deployment_strategy == "BLUE_GREEN"
    assert service(found).load_balancers == ()
    assert "role.ecs_load_balancer" not in addresses(found)
    assert [alarm.name for alarm in service(found).rollback_alarms] == ["web_rollback_cpu", "web_rollback_memory"]


def test_alarms_that_roll_back_exist_before_the_service() -> None:
    """They name it by its literal name: a reference would go in a circle."""
    found = shop("strategy: blue-green")
    alarms = [found[ref] for ref in service(found).rollback_alarms]
    assert [alarm.alarm_name for alarm in alarms] == [
        "shop-production-web-rollback-cpu",
        "shop-production-web-rollback-memory",
        "shop-production-web-rollback-errors",
        "shop-production-web-rollback-unhealthy",
    ]
    assert all(alarm.concern == "services" for alarm in alarms)
    assert isinstance(alarms[0].metric, Metric)
    assert alarms[0].metric.dimensions["ServiceName"] == "shop-production-web"


def test_errors_of_both_target_groups_count() -> None:
    errors = shop("strategy: blue-green")[Ref(Alarm, "web_rollback_errors")]
    assert isinstance(errors.metric, MetricExpression)
    assert {getattr(value, "ref", None) for value in dynamic_values(errors.metric)} >= {BLUE, GREEN}
    assert errors.metric.expression == (
        "IF((FILL(requests1, 0) + FILL(requests2, 0)) > 0, 100 * (FILL(errors1, 0) + FILL(errors2, 0)) / "
        "(FILL(requests1, 0) + FILL(requests2, 0)), 0)"
    )
    assert errors.threshold == 1
    assert errors.evaluation_periods == 5


def test_a_task_that_starts_slowly_rolls_nothing_back() -> None:
    """Five minutes of alarms.period, and one in which a new task may fail its checks."""
    assert shop("strategy: blue-green")[Ref(Alarm, "web_rollback_unhealthy")].evaluation_periods == 6


@pytest.mark.parametrize(
    ("deployment", "more", "count"),
    [
        ("strategy: rolling", "", 0),
        ("strategy: rolling, alarms: true", "", 4),
        ("strategy: blue-green, alarms: false", "", 0),
        ("strategy: blue-green", "alarms: null\n", 0),
        ("strategy: blue-green", "", 4),
    ],
)
def test_alarms_roll_back_where_they_are_wanted(deployment: str, more: str, count: int) -> None:
    assert len(service(shop(deployment, more=more)).rollback_alarms) == count


def test_without_rollback_alarms_only_fail_a_deployment() -> None:
    found = service(shop("strategy: blue-green, rollback: false"))
    assert found.rollback_alarms
    assert not found.circuit_breaker_rollback


def test_people_hear_of_unhealthy_tasks_in_either_target_group() -> None:
    alarm = shop("strategy: blue-green")[Ref(Alarm, "web_unhealthy_hosts")]
    assert isinstance(alarm.metric, MetricExpression)
    assert {getattr(value, "ref", None) for value in dynamic_values(alarm.metric)} >= {BLUE, GREEN}
    assert isinstance(shop("strategy: rolling")[Ref(Alarm, "web_unhealthy_hosts")].metric, Metric)
