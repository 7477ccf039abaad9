"""Which resources an alarm watches."""

from __future__ import annotations

from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.monitoring import Alarm, Metric
from groundplan.resources.values import Ref, dynamic_values


def watched(architecture: Architecture, namespace: str) -> set[Ref[Resource]]:
    """The resources that stand in a dimension of an alarm's metrics of a namespace, like ``AWS/RDS``."""
    found: set[Ref[Resource]] = set()
    for alarm in architecture.of(Alarm):
        if alarm.scales and not alarm.actions:
            continue  # it starts and stops tasks, and tells nobody
        metrics = (alarm.metric,) if isinstance(alarm.metric, Metric) else tuple(alarm.metric.metrics.values())
        for metric in metrics:
            if metric.namespace == namespace:
                for value in dynamic_values(metric.dimensions):
                    ref = value if isinstance(value, Ref) else getattr(value, "ref", None)
                    if isinstance(ref, Ref):
                        found.add(ref)
    return found
