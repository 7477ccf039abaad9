"""What ``shared:`` has for the environments of its file: where the zone is found, and one view of them all."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from groundplan.blueprint.delivery import is_below
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.models import Alarms
from groundplan.blueprint.shared import zone_parameter
from groundplan.catalog import usage_metrics
from groundplan.catalog.usage_metrics import UsageMetric
from groundplan.design import databases, kubernetes
from groundplan.design.alarms import TOPIC, add_topic
from groundplan.design.budget import add_budget
from groundplan.design.dns import ZONE
from groundplan.design.draft import Draft, identifier
from groundplan.design.edge import public_services
from groundplan.resources.delivery import GLOBAL_REGION
from groundplan.resources.monitoring import Alarm, Dashboard, Metric, MetricExpression
from groundplan.resources.parameters import Parameter
from groundplan.resources.values import Json, JsonDocument

QUOTA_SHARE = 80
"""Percent of a quota from which on it is told."""
PERIOD = 300
"""Seconds of one point in a graph."""
WIDTH, HEIGHT, COLUMNS = 8, 6, 3


def add_zone_parameters(draft: Draft) -> None:
    """The id of the zone, in every region where an environment looks it up."""
    dns = draft.blueprint.dns
    if dns is None:
        return
    path = zone_parameter(draft.blueprint.project, draft.stage)
    for region in sorted(_regions_of_users(draft, dns.zone)):
        away = draft.elsewhere(region)
        draft.add(
            Parameter(
                name="hosted_zone" if away is None else f"hosted_zone_{identifier(region)}",
                concern="network",
                region=away,
                parameter_name=draft.legal("secure_parameter", path, "project"),
                description=f"Route 53 hosted zone of {dns.zone}",
                value=ZONE.attribute("id"),
                tags=draft.name_tag("hosted-zone"),
            )
        )


def _regions_of_users(draft: Draft, zone: str) -> set[str]:
    regions = {draft.blueprint.region}
    for sibling in draft.loaded.siblings:
        blueprint = sibling.blueprint
        served = [service.public.domain for service in blueprint.services.values() if service.public]
        delivered = [domain for bucket in blueprint.buckets.values() if bucket.cdn for domain in bucket.cdn.domains]
        if any(domain and is_below(domain, zone) for domain in (*served, *delivered)):
            regions.add(blueprint.region)
        if any(is_below(domain, zone) for domain in delivered):
            regions.add(GLOBAL_REGION)
        if sibling.standby is not None:
            regions.add(sibling.standby.blueprint.region)
    return regions


def add_shared_monitoring(draft: Draft) -> None:
    """The topic, the view over all environments, alarms for quotas, the budget. Nothing with ``alarms: null``."""
    alarms = draft.blueprint.alarms
    if alarms is None:
        return
    add_topic(draft, alarms)
    _add_quota_alarms(draft, alarms)
    widgets = list(_placed(draft))
    if widgets:
        draft.add(
            Dashboard(
                name="main",
                concern="monitoring",
                dashboard_name=draft.called("dashboard", "environments", "project"),
                body=JsonDocument({"widgets": widgets}),
            )
        )
    add_budget(draft, TOPIC)


def _add_quota_alarms(draft: Draft, alarms: Alarms) -> None:
    """Quotas count for account and region, whichever environment uses them up.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html
    """
    here = [one for one in draft.loaded.siblings if one.blueprint.region == draft.blueprint.region]
    for metric in usage_metrics.all_metrics():
        if not any(_uses(one, metric) for one in here):
            continue
        name = f"quota-{metric.name}"
        draft.add(
            Alarm(
                name=identifier(name),
                concern="monitoring",
                alarm_name=draft.called("alarm", name, "alarms"),
                description=f"Quota of the account: more than {QUOTA_SHARE}% of the {metric.title} are in use",
                metric=MetricExpression(
                    expression="usage / SERVICE_QUOTA(usage) * 100",
                    label="percent of the quota",
                    metrics={
                        "usage": Metric(
                            namespace="AWS/Usage",
                            metric_name="ResourceCount",
                            dimensions=metric.dimensions,
                            statistic="Maximum",
                        )
                    },
                ),
                comparison_operator="GreaterThanThreshold",
                threshold=Decimal(QUOTA_SHARE),
                period=PERIOD,
                evaluation_periods=1,
                datapoints_to_alarm=1,
                treat_missing_data="notBreaching",
                actions=(TOPIC,),
                tags=draft.name_tag(name),
            )
        )


def _uses(one: LoadedEnvironment, metric: UsageMetric) -> bool:
    blueprint = one.blueprint
    if not metric.on:
        return any(service.public for service in blueprint.services.values())
    return metric.on == blueprint.platform and bool(blueprint.services or blueprint.jobs)


def _placed(draft: Draft) -> Iterator[Json]:
    """Every graph at its place: a heading for each environment, its graphs in rows below."""
    y = 0
    for sibling in _with_standbys(draft.loaded.siblings):
        graphs = list(_graphs(Draft(sibling)))
        if not graphs:
            continue
        heading: Json = {
            "type": "text",
            "x": 0,
            "y": y,
            "width": WIDTH * COLUMNS,
            "height": 1,
            "properties": {"markdown": f"## {sibling.name} ({sibling.blueprint.region})"},
        }
        yield heading
        y += 1
        for number, (title, metrics) in enumerate(graphs):
            yield {
                "type": "metric",
                "x": number % COLUMNS * WIDTH,
                "y": y + number // COLUMNS * HEIGHT,
                "width": WIDTH,
                "height": HEIGHT,
                "properties": {
                    "title": f"{sibling.name}: {title}",
                    "view": "timeSeries",
                    "region": sibling.blueprint.region,
                    "period": PERIOD,
                    "metrics": metrics,
                },
            }
        y += (len(graphs) + COLUMNS - 1) // COLUMNS * HEIGHT


def _with_standbys(siblings: tuple[LoadedEnvironment, ...]) -> Iterator[LoadedEnvironment]:
    for sibling in siblings:
        yield sibling
        if sibling.standby is not None:
            yield sibling.standby


def _graphs(draft: Draft) -> Iterator[tuple[str, list[Json]]]:
    """What an environment shows of itself, by names that are known before anything is deployed.

    Only the load balancer's dimension has a part that AWS makes up: it is searched by its name.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
    """
    blueprint = draft.blueprint
    if public_services(draft):
        balancer = draft.called("load_balancer", "alb", "project")
        yield "requests", [_search(balancer, "RequestCount", "Sum")]
        yield (
            "answers with 5xx",
            [
                _search(balancer, "HTTPCode_Target_5XX_Count", "Sum"),
                _search(balancer, "HTTPCode_ELB_5XX_Count", "Sum"),
            ],
        )
        yield "response time, 95th percentile", [_search(balancer, "TargetResponseTime", "p95")]
    if blueprint.services or blueprint.jobs:
        if blueprint.platform == "eks":
            cluster = kubernetes.cluster_name(draft)
            yield (
                "pods that wait for a node",
                [
                    ["AWS/EKS", name, "ClusterName", cluster, {"stat": "Maximum"}]
                    for name in ("scheduler_pending_pods_ACTIVEQ", "scheduler_pending_pods_UNSCHEDULABLE")
                ],
            )
        else:
            cluster = draft.called("ecs_cluster", "cluster", "project")
            for name in blueprint.services:
                service = draft.called("ecs_service", name, f"services.{name}")
                yield (
                    f"{name}, CPU and memory in percent",
                    [
                        ["AWS/ECS", what, "ClusterName", cluster, "ServiceName", service, {"stat": "Average"}]
                        for what in ("CPUUtilization", "MemoryUtilization")
                    ],
                )
    if blueprint.databases:
        names = [databases.instance_name(draft, name, spec) for name, spec in blueprint.databases.items()]
        for title, what, statistic in (
            ("databases, CPU in percent", "CPUUtilization", "Average"),
            ("databases, connections", "DatabaseConnections", "Maximum"),
            ("databases, free storage in bytes", "FreeStorageSpace", "Minimum"),
        ):
            yield title, [["AWS/RDS", what, "DBInstanceIdentifier", name, {"stat": statistic}] for name in names]


def _search(balancer: str, metric: str, statistic: str) -> list[Json]:
    query = f'{{AWS/ApplicationELB,LoadBalancer}} MetricName="{metric}" "app/{balancer}/"'
    return [{"expression": f"SEARCH('{query}', '{statistic}', {PERIOD})", "label": metric}]
