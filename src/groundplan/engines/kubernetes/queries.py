"""Questions to Prometheus, in PromQL, about one service: what alerts watch and dashboards show.

Sources of the metrics: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/,
https://github.com/kubernetes/kube-state-metrics/tree/main/docs and
https://kubernetes.io/docs/reference/instrumentation/metrics/
"""

from __future__ import annotations


def requests(namespace: str, service: str, matching: str = "") -> str:
    """Requests per second of a service, in PromQL."""
    extra = f",{matching}" if matching else ""
    chosen = f'namespace="{namespace}",container="{service}"{extra}'
    return f"sum(rate(http_server_request_duration_seconds_count{{{chosen}}}[5m]))"


def errors(namespace: str, service: str) -> str:
    """Percent of the requests that ended with 5xx."""
    failed = requests(namespace, service, 'http_response_status_code=~"5.."')
    return f"100 * {failed} / {requests(namespace, service)}"


def latency(namespace: str, service: str) -> str:
    """Seconds in which 95 % of the requests are answered."""
    chosen = f'namespace="{namespace}",container="{service}"'
    buckets = f"sum by (le) (rate(http_server_request_duration_seconds_bucket{{{chosen}}}[5m]))"
    return f"histogram_quantile(0.95, {buckets})"


def restarts(namespace: str, service: str) -> str:
    """Restarts of a service's containers within a quarter of an hour."""
    chosen = f'namespace="{namespace}",container="{service}"'
    return f"sum(increase(kube_pod_container_status_restarts_total{{{chosen}}}[15m]))"


def processor(namespace: str, service: str) -> str:
    """Percent of what the pods request that they use."""
    used = f'sum(rate(container_cpu_usage_seconds_total{{namespace="{namespace}",container="{service}"}}[5m]))'
    asked = f'namespace="{namespace}",container="{service}",resource="cpu"'
    return f"100 * {used} / sum(kube_pod_container_resource_requests{{{asked}}})"


def memory(namespace: str, service: str) -> str:
    """Percent of its limit that the fullest pod uses."""
    used = f'max(container_memory_working_set_bytes{{namespace="{namespace}",container="{service}"}})'
    limit = f'namespace="{namespace}",container="{service}",resource="memory"'
    return f"100 * {used} / max(kube_pod_container_resource_limits{{{limit}}})"


def volumes(namespace: str, service: str, names: str) -> str:
    """Percent of its fullest volume that is used."""
    chosen = f'namespace="{namespace}",persistentvolumeclaim=~"({names})-{service}-[0-9]+"'
    return f"max(100 * kubelet_volume_stats_used_bytes{{{chosen}}} / kubelet_volume_stats_capacity_bytes{{{chosen}}})"
