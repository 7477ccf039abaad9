"""What Prometheus reads, when it alerts, and what Grafana shows: made from the blueprint for each service.

Requests and their duration are told by the service itself, in the histogram that OpenTelemetry's conventions name; one
that tells nothing has no such alerts, and CloudWatch watches its load balancer in any case. Restarts, memory, CPU and
volumes are told by Kubernetes, of every service.
Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.dashboards import dashboard
from groundplan.engines.kubernetes.model import Manifest, Value
from groundplan.engines.kubernetes.pods import selector
from groundplan.engines.kubernetes.queries import errors, latency, memory, processor, restarts, volumes
from groundplan.resources.workloads import AlertThresholds, ServiceWorkload

LATENCY = Decimal(1)
"""Seconds in which 95 % of the requests are answered. Chosen: no blueprint says one."""
RESTARTS = 3
"""Restarts of a container within a quarter of an hour that are too many. Chosen."""
METRICS_PATH = "/metrics"


def objects(context: Context) -> Iterator[Manifest]:
    """Nothing where no Prometheus runs."""
    if not context.monitoring:
        return
    for service in context.services:
        if service.monitored and service.port:
            yield _monitor(context, service)
    for service in context.services:
        if service.alerts:
            yield _rules(context, service, service.alerts)
    yield dashboard(context)


def _monitor(context: Context, service: ServiceWorkload) -> Manifest:
    endpoint: dict[str, Value] = {"port": "http", "path": METRICS_PATH, "interval": "30s"}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": context.metadata(service.name, service),
        "spec": {"selector": {"matchLabels": selector(service)}, "podMetricsEndpoints": [endpoint]},
    }


def _rules(context: Context, service: ServiceWorkload, limits: AlertThresholds) -> Manifest:
    place, name = context.namespace, service.name
    rules: list[Value] = []

    def alert(title: str, query: str, limit: Decimal, unit: str, what: str, severity: str) -> None:
        rules.append(
            {
                "alert": title,
                "expr": f"{query} > {limit.normalize():f}",
                "for": f"{limits.period}s",
                "labels": {"severity": severity, "service": name},
                "annotations": {
                    "summary": f"{context.architecture.title} {context.architecture.stage}: {what} of {name}",
                    "description": f'{{{{ $value | printf "%.1f" }}}}{unit}, more than {limit.normalize():f}{unit}',
                },
            }
        )

    if service.port:
        alert("ErrorRate", errors(place, name), limits.errors, " %", "errors", "critical")
        alert("Latency", latency(place, name), LATENCY, " s", "95th percentile of the duration", "warning")
    alert("Restarts", restarts(place, name), Decimal(RESTARTS - 1), "", "restarts", "critical")
    alert("ProcessorSaturation", processor(place, name), limits.cpu, " %", "CPU", "warning")
    alert("MemorySaturation", memory(place, name), limits.memory, " %", "memory", "warning")
    if service.own_volumes:
        names = "|".join(volume.name for volume in service.own_volumes)
        alert("VolumeSaturation", volumes(place, name, names), limits.storage, " %", "volumes", "critical")
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": context.metadata(name, service),
        "spec": {"groups": [{"name": f"{place}.{name}", "rules": rules}]},
    }
