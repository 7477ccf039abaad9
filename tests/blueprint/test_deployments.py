"""Deployments: what goes together with the strategy, and the times that AWS takes."""

from __future__ import annotations

import pytest
from tests.blueprint.conftest import Problems

BASE = "project: shop\nregion: eu-west-1\n"


def service(deployment: str, more: str = "public: {tls: false}, port: 80") -> str:
    more = f"{more}, " if more else ""
    return f"services: {{web: {{image: {{repository: web}}, {more}deployment: {{{deployment}}}}}}}\n"


@pytest.mark.parametrize(
    "deployment",
    [
        "strategy: blue-green",
        "strategy: blue-green, bake: 24h",
        "strategy: canary, step: 0.1%, step_bake: 24h, bake: 5m",
        "strategy: linear, step: 3%, step_bake: 1m",
        "strategy: linear, step: 99.9%, alarms: false, bake: 0s",
        "strategy: rolling, minimum_healthy: 50%, maximum: 150, alarms: true",
    ],
)
def test_what_is_fine(deployment: str, problems: Problems) -> None:
    assert problems(BASE + service(deployment)) == []


@pytest.mark.parametrize(
    ("deployment", "said"),
    [
        ("bake: 5m", "bake: bake is for blue-green, canary and linear, and the strategy is rolling; leave it out"),
        ("step: 5%", "step: step is for canary and linear, and the strategy is rolling; leave it out"),
        ("strategy: blue-green, step_bake: 5m", "step_bake is for canary and linear, and the strategy is blue-green"),
        (
            "strategy: canary, minimum_healthy: 50%",
            "minimum_healthy is for a rolling deployment, and the strategy is canary; leave it out",
        ),
        ("strategy: linear, maximum: 150", "maximum is for a rolling deployment"),
        ("strategy: blue-green, bake: 25h", "deployment.bake: ECS waits for 24h at most, and this is 25h"),
        ("strategy: canary, step_bake: 1441m", "deployment.step_bake: ECS waits for 24h at most"),
        ("strategy: canary, step_bake: 90s", "deployment.step_bake: ECS counts in whole minutes, and this is 90s"),
        ("strategy: canary, step: 100%", "a step of canary is 0.1% or more and less than 100%, in tenths"),
        ("strategy: canary, step: 0%", "a step of canary is 0.1% or more"),
        ("strategy: canary, step: 10.25%", "in tenths, and this is 10.25%"),
        ("strategy: linear, step: 2.9%", "a step of linear is 3% or more and less than 100%"),
        (
            "strategy: blue-green, bake: 4m",
            "deployment.bake: the old tasks stay for 4m, and an alarm takes 5m (alarms.period) to go off; "
            "let them stay as long, or write alarms: false",
        ),
    ],
)
def test_what_aws_refuses_or_ignores(deployment: str, said: str, problems: Problems) -> None:
    (problem,) = problems(BASE + service(deployment))
    assert said in problem


@pytest.mark.parametrize("strategy", ["blue-green", "canary", "linear"])
def test_requests_are_not_counted_over_two_target_groups(strategy: str, problems: Problems) -> None:
    more = "public: {tls: false}, port: 80, scaling: {cpu: 50%, requests: 100}"
    (problem,) = problems(BASE + service(f"strategy: {strategy}", more))
    assert "services.web.scaling.requests: AWS counts the requests of one target group" in problem
    assert "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking" in problem


@pytest.mark.parametrize(("strategy", "count"), [("rolling", 0), ("blue-green", 0), ("canary", 1), ("linear", 1)])
def test_requests_that_never_arrive_cannot_move(strategy: str, count: int, problems: Problems) -> None:
    found = problems(BASE + service(f"strategy: {strategy}", ""))
    assert len(found) == count
    assert all("none arrive here: the service is neither public nor needed by another" in each for each in found)


def test_a_service_that_another_needs_gets_its_requests_from_service_connect(problems: Problems) -> None:
    services = (
        "services:\n"
        "  web: {image: {repository: web}, port: 80, deployment: {strategy: canary}}\n"
        "  shop: {image: {repository: shop}, needs: [web]}\n"
    )
    assert problems(BASE + services) == []


def test_a_profile_does_not_write_what_is_strange(problems: Problems) -> None:
    """Only what a person wrote is told to be left out."""
    assert problems(f"{BASE}profile: poc\nalarms: {{}}\n{service('strategy: blue-green')}") == []


def test_alarms_that_roll_back_need_thresholds(problems: Problems) -> None:
    (problem,) = problems(f"{BASE}alarms: null\n{service('alarms: true')}")
    assert problem.endswith(
        "deployment.alarms: the blueprint has no alarms; their thresholds are written under alarms:"
    )
    assert problems(f"{BASE}alarms: null\n{service('strategy: blue-green, bake: 1m')}") == []


@pytest.mark.parametrize(
    ("deployment", "fits"),
    [
        ("strategy: canary, bake: 24h, step_bake: 9h", True),
        ("strategy: canary, bake: 24h, step_bake: 541m", False),
        ("strategy: linear, step: 50%, bake: 24h, step_bake: 9h", True),  # two moves, and one wait between them
        ("strategy: linear, step: 11%, bake: 24h, step_bake: 1h", True),  # AWS's own example: 9 waits
        ("strategy: linear, step: 11%, bake: 24h, step_bake: 61m", False),
    ],
)
def test_cloudformation_waits_for_33_hours(deployment: str, *, fits: bool, problems: Problems) -> None:
    assert problems(BASE + service(deployment)) == []  # Terraform has no such limit
    found = problems(f"{BASE}engine: cloudformation\n{service(deployment)}")
    assert [each.endswith("CloudFormation takes 33h at most") for each in found] == ([] if fits else [True])
