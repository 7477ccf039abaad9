"""The Grafana dashboard of an environment: a row of panels for each service.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from __future__ import annotations

import json

from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import Manifest
from groundplan.engines.kubernetes.queries import errors, latency, memory, processor, requests, restarts
from groundplan.resources.workloads import ServiceWorkload

SIDECAR_LABEL = "grafana_dashboard"
"""What Grafana's sidecar finds dashboards by."""
COLUMNS, WIDTH, HEIGHT = 24, 8, 7


def dashboard(context: Context) -> Manifest:
    """Requests, errors, duration, CPU, memory and restarts of every service."""
    panels: list[object] = []
    top = 0
    for service in context.services:
        top = _add_service(panels, context, service, top)
    model = {
        "uid": context.namespace[:40],
        "title": f"{context.architecture.title} {context.architecture.stage}",
        "tags": ["groundplan"],
        "timezone": "utc",
        "refresh": "1m",
        "schemaVersion": 39,
        "time": {"from": "now-6h", "to": "now"},
        "panels": panels,
    }
    metadata = context.metadata("dashboard")
    labels = metadata["labels"]
    assert isinstance(labels, dict)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**metadata, "labels": {**labels, SIDECAR_LABEL: "1"}},
        "data": {f"{context.namespace}.json": json.dumps(model, indent=2) + "\n"},
    }


def _add_service(panels: list[object], context: Context, service: ServiceWorkload, top: int) -> int:
    """Append the panels of a service. Gives the line below them."""
    place, name = context.namespace, service.name
    panels.append(
        {
            "id": len(panels) + 1, "type": "row", "title": name, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": top, "w": COLUMNS, "h": 1},
        }
    )  # fmt: skip
    answered = [
        ("Requests", "reqps", requests(place, name)),
        ("Errors", "percent", errors(place, name)),
        ("Duration, 95th percentile", "s", latency(place, name)),
    ]
    shown = [
        *(answered if service.port else ()),
        ("CPU of what is requested", "percent", processor(place, name)),
        ("Memory of the limit", "percent", memory(place, name)),
        ("Restarts", "short", restarts(place, name)),
    ]
    for number, (title, unit, query) in enumerate(shown):
        line, column = divmod(number, COLUMNS // WIDTH)
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "timeseries",
                "title": title,
                "datasource": {"type": "prometheus", "uid": "prometheus"},
                "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                "gridPos": {"x": column * WIDTH, "y": top + 1 + line * HEIGHT, "w": WIDTH, "h": HEIGHT},
                "targets": [{"refId": "A", "expr": query, "legendFormat": name}],
            }
        )
    return top + 1 + -(-len(shown) // (COLUMNS // WIDTH)) * HEIGHT
