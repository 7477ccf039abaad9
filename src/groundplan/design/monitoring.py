"""Alarms, the topic they speak to, the dashboard.

The thresholds that a seed leaves open are chosen, not demanded (C-12): the blueprint's ``alarms:`` says them.
"""

from __future__ import annotations

from groundplan.blueprint.data import Cache, Database
from groundplan.blueprint.models import Alarms
from groundplan.blueprint.queues import Queue as QueueSpec
from groundplan.catalog import instances
from groundplan.design import caches, databases, edge, kubernetes, queues
from groundplan.design.alarms import TOPIC, add_alarm, add_topic
from groundplan.design.budget import add_budget
from groundplan.design.cluster import CLUSTER
from groundplan.design.dashboard import dashboard_body
from groundplan.design.deployments import unhealthy_tasks
from groundplan.design.draft import Draft, identifier
from groundplan.design.jobs import NOT_STARTED
from groundplan.design.symptoms import add_application_alarm, add_latency_alarm
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.delivery import GLOBAL_REGION, Distribution
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import (
    Dashboard,
    Metric,
    MetricExpression,
)
from groundplan.resources.values import Ref, Textual
from groundplan.units import Duration

ETCD_BYTES = 8 * 1024**3
"""What the database of a control plane holds.
Source: https://docs.aws.amazon.com/eks/latest/best-practices/known_limits_and_service_quotas.html"""


def add_monitoring(draft: Draft) -> None:
    """Everything that watches. Nothing where the blueprint says ``alarms: null``: nobody would hear of it."""
    alarms = draft.blueprint.alarms
    if alarms:
        add_topic(draft, alarms)
        if draft.blueprint.platform == "eks":
            _kubernetes_alarms(draft, alarms)
        else:
            _service_alarms(draft, alarms)
        _balancer_alarms(draft, alarms)
        add_latency_alarm(draft, alarms)
        _cdn_alarms(draft, alarms)
        for name, database in draft.blueprint.databases.items():
            _database_alarms(draft, alarms, name, database)
        for name, cache in draft.blueprint.caches.items():
            _cache_alarms(draft, alarms, name, cache)
        for name, queue in draft.blueprint.queues.items():
            _queue_alarms(draft, alarms, name, queue)
        _job_alarm(draft, alarms)
        add_application_alarm(draft, alarms)
        draft.add(
            Dashboard(
                name="main",
                concern="monitoring",
                dashboard_name=draft.called("dashboard", "overview", "project"),
                body=dashboard_body(draft),
            )
        )
        add_budget(draft, TOPIC)


def _cdn_alarms(draft: Draft, alarms: Alarms) -> None:
    """CloudFront's metrics are in one region alone, wherever the environment is, and so is what hears of them.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    """
    distributions = draft.of(Distribution)
    if not distributions:
        return
    region, topic = None, TOPIC
    if draft.blueprint.region != GLOBAL_REGION:
        region = GLOBAL_REGION
        topic = add_topic(draft, alarms, called="alarms-global", region=region)
    for distribution in distributions:
        name = distribution.name.replace("_", "-")
        add_alarm(
            draft,
            alarms,
            f"{name}-cdn-errors-high",
            f"CDN {name}: more than {alarms.errors} of the requests answered with 5xx for {alarms.period}",
            Metric(
                namespace="AWS/CloudFront",
                metric_name="5xxErrorRate",
                dimensions={"DistributionId": distribution.ref.attribute("id"), "Region": "Global"},
            ),
            alarms.errors.percent,
            missing="notBreaching",
            topic=topic,
            region=region,
        )


def _service_alarms(draft: Draft, alarms: Alarms) -> None:
    for name in draft.blueprint.services:
        service = Ref(EcsService, identifier(name))
        dimensions: dict[str, Textual] = {
            "ClusterName": CLUSTER.attribute("id"),
            "ServiceName": service.attribute("name"),
        }
        for what, metric, limit in (
            ("cpu", "CPUUtilization", alarms.cpu),
            ("memory", "MemoryUtilization", alarms.memory),
        ):
            add_alarm(
                draft,
                alarms,
                f"{name}-{what}-high",
                f"{name}: {what} over {limit} for {alarms.period}",
                Metric(namespace="AWS/ECS", metric_name=metric, dimensions=dimensions),
                limit.percent,
            )


def _kubernetes_alarms(draft: Draft, alarms: Alarms) -> None:
    """What EKS itself measures, free of charge. CPU, memory and restarts of pods are Prometheus's affair.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
    """
    dimensions: dict[str, Textual] = {"ClusterName": kubernetes.CLUSTER.attribute("id")}

    def metric(name: str, statistic: str = "Sum") -> Metric:
        return Metric(namespace="AWS/EKS", metric_name=name, dimensions=dimensions, statistic=statistic)

    add_alarm(
        draft, alarms, "pods-unschedulable",
        f"Kubernetes: for {alarms.period} there is a pod that no node has room for",
        metric("scheduler_pending_pods_UNSCHEDULABLE"), 0, missing="notBreaching",
    )  # fmt: skip
    add_alarm(
        draft, alarms, "kubernetes-errors-high",
        f"Kubernetes: the API answered more than {alarms.errors} of the requests with 5xx for {alarms.period}",
        MetricExpression(
            expression="IF(requests > 0, 100 * errors / requests, 0)",
            label="5xx in percent",
            metrics={
                "requests": metric("apiserver_request_total"), "errors": metric("apiserver_request_total_5XX"),
            },
        ),
        alarms.errors.percent, missing="notBreaching",
    )  # fmt: skip
    full = (ETCD_BYTES * alarms.storage.percent / 100).to_integral_value()
    add_alarm(
        draft, alarms, "kubernetes-storage-high",
        f"Kubernetes: its own database is fuller than {alarms.storage} of 8 GB; when it is full nothing can be changed",
        metric("apiserver_storage_size_bytes", "Maximum"), full, missing="notBreaching",
    )  # fmt: skip


ERRORS = "FILL(targets, 0) + FILL(balancer, 0)"
ASKED = "FILL(requests, 0) + FILL(balancer, 0)"
"""The load balancer tells of errors only where there are some, and of requests only those that it found a target for:
where none is left, all that it tells is that it answered 503. Arithmetic with what is missing has no result.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL)
"""


def _balancer_alarms(draft: Draft, alarms: Alarms) -> None:
    public = edge.public_services(draft)
    if not public:
        return
    balancer: dict[str, Textual] = {"LoadBalancer": edge.BALANCER.attribute("full_name")}
    count = {"namespace": "AWS/ApplicationELB", "statistic": "Sum"}
    add_alarm(
        draft,
        alarms,
        "alb-errors-high",
        f"Load balancer: more than {alarms.errors} of the requests answered with 5xx for {alarms.period}",
        MetricExpression(
            expression=f"IF({ASKED} > 0, 100 * ({ERRORS}) / ({ASKED}), 0)",
            label="5xx in percent",
            metrics={
                "requests": Metric(metric_name="RequestCount", dimensions=balancer, **count),
                "targets": Metric(metric_name="HTTPCode_Target_5XX_Count", dimensions=balancer, **count),
                "balancer": Metric(metric_name="HTTPCode_ELB_5XX_Count", dimensions=balancer, **count),
            },
        ),
        alarms.errors.percent,
        missing="notBreaching",
    )
    for name, service, _ in public:
        add_alarm(
            draft,
            alarms,
            f"{name}-unhealthy-hosts",
            f"{name}: at least one task fails its health check for {alarms.period}",
            unhealthy_tasks(name, service),
            0,
        )


def _database_alarms(draft: Draft, alarms: Alarms, name: str, spec: Database) -> None:
    for instance in draft.of(DatabaseInstance):
        if instance.name != identifier(name) and instance.source != databases.primary(name):
            continue
        called = instance.name.replace("_", "-")
        dimensions: dict[str, Textual] = {"DBInstanceIdentifier": instance.ref.attribute("id")}

        def metric(metric_name: str, dimensions: dict[str, Textual] = dimensions) -> Metric:
            return Metric(namespace="AWS/RDS", metric_name=metric_name, dimensions=dimensions)

        add_alarm(
            draft, alarms, f"{called}-cpu-high", f"Database {called}: CPU over {alarms.cpu} for {alarms.period}",
            metric("CPUUtilization"), alarms.cpu.percent,
        )  # fmt: skip
        free = (spec.storage.size.gib * 1024**3 * (100 - alarms.storage.percent) / 100).to_integral_value()
        add_alarm(
            draft, alarms, f"{called}-storage-low",
            f"Database {called}: storage fuller than {alarms.storage} of {spec.storage.size}",
            metric("FreeStorageSpace"), free, below=True,
        )  # fmt: skip
        most = _max_connections(instance, spec)
        if most is not None:
            add_alarm(
                draft, alarms, f"{called}-connections-high",
                f"Database {called}: over {alarms.connections} of its {most} connections in use for {alarms.period}",
                metric("DatabaseConnections"), most * alarms.connections.percent // 100,
            )  # fmt: skip
        if instance.source:
            add_alarm(
                draft, alarms, f"{called}-lag-high",
                f"Replica {called}: more than 60 seconds behind its primary for {alarms.period}",
                metric("ReplicaLag"), 60,
            )  # fmt: skip


def _max_connections(instance: DatabaseInstance, spec: Database) -> int | None:
    """As many as its parameter group says, else RDS's default for its memory; None where neither is known."""
    said = spec.parameters.get("max_connections")
    if said is not None:
        return int(said) if said.isdecimal() else None
    known = instances.find(instance.instance_class)
    return known.max_connections() if known else None


def _cache_alarms(draft: Draft, alarms: Alarms, name: str, spec: Cache) -> None:
    """Two for each node."""
    for number, node in caches.nodes(name, spec):
        for what, metric, limit in (
            ("cpu", "EngineCPUUtilization", alarms.cpu),
            ("memory", "DatabaseMemoryUsagePercentage", alarms.memory),
        ):
            add_alarm(
                draft,
                alarms,
                f"{name}-{number}-{what}-high",
                f"Cache {name}, node {number.removeprefix('00')}: {what} over {limit} for {alarms.period}",
                Metric(namespace="AWS/ElastiCache", metric_name=metric, dimensions={"CacheClusterId": node}),
                limit.percent,
            )


def _queue_metric(queue: Ref[Queue], metric_name: str) -> Metric:
    """Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"""
    dimensions: dict[str, Textual] = {"QueueName": queue.attribute("name")}
    return Metric(namespace="AWS/SQS", metric_name=metric_name, dimensions=dimensions, statistic="Maximum")


def _queue_alarms(draft: Draft, alarms: Alarms, name: str, spec: QueueSpec) -> None:
    """A queue without messages says nothing after some hours, which is fine."""
    late = Duration(queues.late_after(spec))
    add_alarm(
        draft, alarms, f"{name}-messages-late",
        f"Queue {name}: a message has waited longer than {late}; the workers do not keep up",
        _queue_metric(queues.queue(name), "ApproximateAgeOfOldestMessage"), late.seconds, missing="notBreaching",
    )  # fmt: skip
    if spec.dead_letters:
        add_alarm(
            draft, alarms, f"{name}-dead-letters",
            f"Queue {name}: messages that no worker could handle wait in {name}-dead-letters",
            _queue_metric(queues.dead_letter_queue(name), "ApproximateNumberOfMessagesVisible"), 0,
            missing="notBreaching",
        )  # fmt: skip


def _job_alarm(draft: Draft, alarms: Alarms) -> None:
    if draft.blueprint.jobs and draft.blueprint.platform == "ecs":
        add_alarm(
            draft, alarms, "jobs-not-started",
            "Jobs: EventBridge Scheduler could not start one; the queue jobs-not-started says which and why",
            _queue_metric(NOT_STARTED, "ApproximateNumberOfMessagesVisible"), 0, missing="notBreaching",
        )  # fmt: skip
