"""Deployments: what goes together with the strategy, and the times that AWS takes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.services import Deployment, Service
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding
from groundplan.units import Duration

LONGEST_BAKE = 24 * 60
"""Minutes. Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html"""
LONGEST_IN_CLOUDFORMATION = 33 * 60
"""Minutes of a whole deployment.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-linearconfiguration.html"""
LEAST_STEP = {"canary": Decimal("0.1"), "linear": Decimal(3)}
"""Percent. Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html"""
REQUESTS_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html"
SHIFTING_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment-implementation.html"
_ONLY_ROLLING = ("minimum_healthy", "maximum")
_ONLY_SHIFTING = ("bake",)
_ONLY_GRADUAL = ("step", "step_bake")


def check_deployments(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """How each service is deployed."""
    called = {need.name for service in blueprint.services.values() for need in service.needs}
    for name, service in blueprint.services.items():
        at: Steps = ("services", name, "deployment")
        yield from _check_strangers(service.deployment, tree, at)
        if service.deployment.shifts:
            yield from _check_shift(service, at[:2], reachable=service.public is not None or name in called)
            yield from _check_times(service.deployment, blueprint, at)
        if service.deployment.alarms and blueprint.alarms is None:
            yield Finding((*at, "alarms"), "the blueprint has no alarms; their thresholds are written under alarms:")


def _check_strangers(deployment: Deployment, tree: Node, at: Steps) -> Iterator[Finding]:
    """What a person wrote beside a strategy that makes no use of it."""
    gradual = deployment.strategy in LEAST_STEP
    strangers = {
        **dict.fromkeys(_ONLY_ROLLING if deployment.shifts else (), "a rolling deployment"),
        **dict.fromkeys(() if deployment.shifts else _ONLY_SHIFTING, "blue-green, canary and linear"),
        **dict.fromkeys(() if gradual else _ONLY_GRADUAL, "canary and linear"),
    }
    for key, purpose in strangers.items():
        node = tree.find((*at, key))
        if node is not None and not node.layer.startswith(("profile", "default")):
            yield Finding(
                (*at, key),
                f"{key} is for {purpose}, and the strategy is {deployment.strategy}; leave it out",
                at_key=True,
            )


def _check_shift(service: Service, at: Steps, *, reachable: bool) -> Iterator[Finding]:
    """ECS moves the requests of load balancers and of Service Connect; blue-green may do without any."""
    strategy = service.deployment.strategy
    if strategy in LEAST_STEP and not reachable:
        yield Finding(
            (*at, "deployment", "strategy"),
            f"{strategy} moves requests little by little, and none arrive here: the service is neither public nor "
            f"needed by another; write rolling or blue-green ({SHIFTING_PAGE})",
        )
    if service.scaling and service.scaling.requests is not None:
        yield Finding(
            (*at, "scaling", "requests"),
            f"AWS counts the requests of one target group, and {strategy} deployments change it; scale on cpu or "
            f"memory, or deploy rolling ({REQUESTS_PAGE})",
        )


def _check_times(deployment: Deployment, blueprint: Blueprint, at: Steps) -> Iterator[Finding]:
    yield from _check_bake(deployment.bake, (*at, "bake"))
    least = LEAST_STEP.get(deployment.strategy)
    if least is not None:
        yield from _check_bake(deployment.step_bake, (*at, "step_bake"))
        step = deployment.step.percent
        if not least <= step < 100 or step % Decimal("0.1"):
            yield Finding(
                (*at, "step"),
                f"a step of {deployment.strategy} is {least}% or more and less than 100%, in tenths, and this is "
                f"{deployment.step}",
            )
        elif blueprint.engine == "cloudformation":
            yield from _check_whole(deployment, at)
    alarms = blueprint.alarms
    if alarms and deployment.alarms is not False and deployment.bake < alarms.period:
        yield Finding(
            (*at, "bake"),
            f"the old tasks stay for {deployment.bake}, and an alarm takes {alarms.period} (alarms.period) to go off; "
            "let them stay as long, or write alarms: false",
        )


def _check_bake(time: Duration, at: Steps) -> Iterator[Finding]:
    if time.seconds % 60:
        yield Finding(at, f"ECS counts in whole minutes, and this is {time}")
    elif time.minutes > LONGEST_BAKE:
        yield Finding(at, f"ECS waits for 24h at most, and this is {time}")


def _check_whole(deployment: Deployment, at: Steps) -> Iterator[Finding]:
    """CloudFormation refuses what would take longer than it can wait, by its own formula."""
    step = deployment.step.percent
    moves = 1 if deployment.strategy == "canary" else int(100 // step) - (100 % step == 0)
    minutes = deployment.bake.minutes + moves * deployment.step_bake.minutes
    if minutes > LONGEST_IN_CLOUDFORMATION:
        yield Finding(
            (*at, "step_bake"),
            f"bake and {moves} times step_bake are {Duration(minutes * 60)}; CloudFormation takes 33h at most",
        )
