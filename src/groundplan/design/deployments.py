"""How a new revision of a service takes over: what moves the requests, and what rolls a deployment back."""

from __future__ import annotations

from decimal import Decimal

from groundplan.blueprint.models import Alarms
from groundplan.blueprint.services import Service
from groundplan.design import edge
from groundplan.design.cluster import CLUSTER
from groundplan.design.draft import Draft, identifier
from groundplan.resources.containers import DeploymentStrategy, GradualShift, TrafficShift
from groundplan.resources.monitoring import Alarm, Metric, MetricExpression
from groundplan.resources.policies import service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, Ref, Textual, text

STRATEGIES: dict[str, DeploymentStrategy] = {
    "rolling": "ROLLING", "blue-green": "BLUE_GREEN", "canary": "CANARY", "linear": "LINEAR",
}  # fmt: skip
ROLE = Ref(Role, "ecs_load_balancer")
POLICY = "AmazonECSInfrastructureRolePolicyForLoadBalancers"
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html"""


def add_shifting_role(draft: Draft) -> None:
    """What ECS may do to the load balancer, where some service's deployments shift its requests."""
    shifting = [name for name, service, _ in edge.public_services(draft) if service.deployment.shifts]
    if not shifting:
        return
    draft.add(
        Role(
            name=ROLE.name,
            concern="services",
            role_name=draft.called("iam_role", "ecs-load-balancer-role", "project"),
            description="Lets ECS register tasks in target groups and move requests between them",
            trust=service_trust("ecs.amazonaws.com"),
            managed_policy_arns=(text("arn:", Pseudo.PARTITION, f":iam::aws:policy/{POLICY}"),),
        ),
        because=f"services.{shifting[0]}.deployment",
    )


def traffic_shift(name: str, service: Service) -> TrafficShift | None:
    """How requests to a public service move from one target group to the other."""
    if not service.deployment.shifts:
        return None
    return TrafficShift(
        alternate_target_group=edge.alternate_group(name),
        production_listener_rule=edge.production_rule(name),
        role=ROLE,
    )


def gradual_shift(service: Service) -> GradualShift | None:
    """The steps of canary and linear deployments."""
    deployment = service.deployment
    if deployment.strategy not in ("canary", "linear"):
        return None
    return GradualShift(percent=deployment.step.percent, bake_time=deployment.step_bake.minutes)


def add_rollback_alarms(draft: Draft, name: str, service: Service, service_name: str) -> tuple[Ref[Alarm], ...]:
    """Alarms that fail a deployment of a service while they are on.

    They stand apart from the alarms that tell people: ECS looks at them from the service's first deployment on, so
    that they exist before the service and name it by its literal name. A failing health check needs none as long as
    tasks start: ECS replaces such tasks, and the circuit breaker ends the deployment.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
    """
    alarms = _thresholds(draft, service)
    if alarms is None:
        return ()
    of_service: dict[str, Textual] = {"ClusterName": CLUSTER.attribute("id"), "ServiceName": service_name}
    found = [
        _add(
            draft, alarms, f"{name}-rollback-{what}", f"{what} over {limit}",
            Metric(namespace="AWS/ECS", metric_name=metric, dimensions=of_service), limit.percent,
        )
        for what, metric, limit in (
            ("cpu", "CPUUtilization", alarms.cpu),
            ("memory", "MemoryUtilization", alarms.memory),
        )
    ]  # fmt: skip
    return (*found, *add_request_alarms(draft, name, service))


def add_request_alarms(draft: Draft, name: str, service: Service) -> tuple[Ref[Alarm], ...]:
    """Those of the alarms that the load balancer knows: failing requests, and tasks or pods that are not healthy."""
    alarms = _thresholds(draft, service)
    if alarms is None or not service.public or not service.port:
        return ()
    errors, unhealthy = _requests(name, service), unhealthy_tasks(name, service)
    return (
        _add(
            draft, alarms, f"{name}-rollback-errors", f"more than {alarms.errors} of the requests fail (5xx)",
            errors, alarms.errors.percent, quiet="notBreaching",
        ),
        # A new task may fail its checks as long as it starts.
        _add(
            draft, alarms, f"{name}-rollback-unhealthy", "a task fails its health check", unhealthy, Decimal(0),
            longer=service.health.start.seconds,
        ),
    )  # fmt: skip


def _thresholds(draft: Draft, service: Service) -> Alarms | None:
    """What the alarms go by; None where a deployment rolls back without any."""
    deployment = service.deployment
    wanted = deployment.shifts if deployment.alarms is None else deployment.alarms
    return draft.blueprint.alarms if wanted else None


def _dimensions(name: str, service: Service) -> list[dict[str, Textual]]:
    """The dimensions of each target group."""
    balancer: Textual = edge.BALANCER.attribute("full_name")
    return [
        {"LoadBalancer": balancer, "TargetGroup": group.attribute("full_name")}
        for group in edge.target_groups(name, service)
    ]


def _requests(name: str, service: Service) -> MetricExpression:
    """Percent of the requests to all target groups of a service that its tasks answered with 5xx."""
    metrics = {
        f"{what}{number}": Metric(
            namespace="AWS/ApplicationELB", metric_name=metric, statistic="Sum", dimensions=dimensions
        )
        for number, dimensions in enumerate(_dimensions(name, service), start=1)
        for what, metric in (("requests", "RequestCount"), ("errors", "HTTPCode_Target_5XX_Count"))
    }
    requests, errors = (
        " + ".join(f"FILL({each}, 0)" for each in metrics if each.startswith(what)) for what in ("requests", "errors")
    )
    expression = f"IF(({requests}) > 0, 100 * ({errors}) / ({requests}), 0)"
    return MetricExpression(expression=expression, label="5xx in percent", metrics=metrics)


def unhealthy_tasks(name: str, service: Service) -> Metric | MetricExpression:
    """How many tasks fail the load balancer's health check, over all target groups of a service."""
    metrics = [
        Metric(
            namespace="AWS/ApplicationELB",
            metric_name="UnHealthyHostCount",
            statistic="Maximum",
            dimensions=dimensions,
        )
        for dimensions in _dimensions(name, service)
    ]
    if len(metrics) == 1:
        return metrics[0]
    named = {f"group{number}": metric for number, metric in enumerate(metrics, start=1)}
    expression = " + ".join(f"FILL({each}, 0)" for each in named)
    return MetricExpression(expression=expression, label="Unhealthy tasks", metrics=named)


def _add(
    draft: Draft,
    alarms: Alarms,
    name: str,
    what: str,
    metric: Metric | MetricExpression,
    threshold: Decimal,
    *,
    quiet: str = "missing",
    longer: int = 0,
) -> Ref[Alarm]:
    minutes = max(1, alarms.period.minutes + -(-longer // 60))
    return draft.add(
        Alarm(
            name=identifier(name),
            concern="services",
            alarm_name=draft.called("alarm", name, "alarms"),
            description=f"Rolls a deployment back: {what} for {minutes} min",
            metric=metric,
            comparison_operator="GreaterThanThreshold",
            threshold=threshold,
            period=60,
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            treat_missing_data="notBreaching" if quiet == "notBreaching" else "missing",
            actions=(),
            tags=draft.name_tag(name),
        )
    )
