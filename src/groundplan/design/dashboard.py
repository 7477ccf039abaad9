"""The overview dashboard: what a person looks at first when something is wrong.

Source of the format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundplan.design import caches, databases, edge, kubernetes, queues
from groundplan.design.cluster import CLUSTER
from groundplan.design.draft import Draft
from groundplan.resources.values import Json, JsonDocument, Pseudo, Textual

WIDTH, HEIGHT, COLUMNS = 8, 6, 3
Row = tuple[str, str, Mapping[str, Textual]]
"""Namespace, metric and dimensions of one line in a graph."""


def _widget(number: int, title: str, statistic: str, rows: Sequence[Row]) -> Json:
    metrics: list[Json] = []
    for namespace, metric, dimensions in rows:
        line: list[Json] = [namespace, metric]
        for key, value in dimensions.items():
            line += [key, value]
        metrics.append(line)
    return {
        "type": "metric",
        "x": number % COLUMNS * WIDTH,
        "y": number // COLUMNS * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": title,
            "view": "timeSeries",
            "region": Pseudo.REGION,
            "stat": statistic,
            "period": 60,
            "metrics": metrics,
        },
    }


def _kubernetes_graphs() -> list[tuple[str, str, list[Row]]]:
    """What EKS measures of a cluster; pods are shown by Grafana."""
    cluster: dict[str, Textual] = {"ClusterName": kubernetes.CLUSTER.attribute("id")}
    pending = ("scheduler_pending_pods_ACTIVEQ", "scheduler_pending_pods_UNSCHEDULABLE")
    answers = ("apiserver_request_total", "apiserver_request_total_5XX", "apiserver_request_total_429")
    return [
        ("Kubernetes: pods that wait for a node", "Sum", [("AWS/EKS", name, cluster) for name in pending]),
        ("Kubernetes: requests to its API", "Sum", [("AWS/EKS", name, cluster) for name in answers]),
    ]


def dashboard_body(draft: Draft) -> JsonDocument:
    """Requests, errors and latency first, then services, databases and caches."""
    graphs: list[tuple[str, str, list[Row]]] = []
    if edge.public_services(draft):
        namespace, balancer = "AWS/ApplicationELB", {"LoadBalancer": edge.BALANCER.attribute("full_name")}
        graphs += [
            ("Requests", "Sum", [(namespace, "RequestCount", balancer)]),
            (
                "Errors",
                "Sum",
                [
                    (namespace, "HTTPCode_Target_5XX_Count", balancer),
                    (namespace, "HTTPCode_ELB_5XX_Count", balancer),
                    (namespace, "HTTPCode_Target_4XX_Count", balancer),
                ],
            ),
            ("Response time, 95th percentile", "p95", [(namespace, "TargetResponseTime", balancer)]),
        ]
    if draft.blueprint.platform == "eks":
        graphs += _kubernetes_graphs()
    for name in draft.blueprint.services if draft.blueprint.platform == "ecs" else ():
        service: dict[str, Textual] = {
            "ClusterName": CLUSTER.attribute("id"),
            # Plain text: a template takes 200 parameters, and there may be more services than that.
            "ServiceName": draft.called("ecs_service", name, f"services.{name}"),
        }
        metrics: list[Row] = [("AWS/ECS", "CPUUtilization", service), ("AWS/ECS", "MemoryUtilization", service)]
        graphs.append((f"{name}: CPU and memory in percent", "Average", metrics))
    for name in draft.blueprint.databases:
        database = {"DBInstanceIdentifier": databases.primary(name).attribute("id")}
        graphs += [
            (f"{name}: CPU in percent", "Average", [("AWS/RDS", "CPUUtilization", database)]),
            (f"{name}: connections", "Maximum", [("AWS/RDS", "DatabaseConnections", database)]),
            (f"{name}: free storage in bytes", "Minimum", [("AWS/RDS", "FreeStorageSpace", database)]),
        ]
    for name, cache in draft.blueprint.caches.items():
        nodes = [{"CacheClusterId": node} for _, node in caches.nodes(name, cache)]
        graphs += [
            (
                f"{name}: CPU in percent",
                "Average",
                [("AWS/ElastiCache", "EngineCPUUtilization", node) for node in nodes],
            ),
            (
                f"{name}: memory in percent",
                "Average",
                [("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", node) for node in nodes],
            ),
        ]
    for name in draft.blueprint.queues:
        waiting: dict[str, Textual] = {"QueueName": queues.queue(name).attribute("name")}
        graphs += [
            (f"{name}: messages that wait", "Maximum", [("AWS/SQS", "ApproximateNumberOfMessagesVisible", waiting)]),
            (
                f"{name}: age of the oldest in seconds",
                "Maximum",
                [("AWS/SQS", "ApproximateAgeOfOldestMessage", waiting)],
            ),
        ]
    widgets = [_widget(number, *graph) for number, graph in enumerate(graphs)]
    return JsonDocument({"widgets": widgets})
