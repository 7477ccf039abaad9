"""Service quotas whose use CloudWatch measures, so that an alarm can speak before AWS refuses.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class UsageMetric(Record):
    """How much of one quota is used: the metric ``ResourceCount`` of ``AWS/Usage``."""

    name: str
    title: str
    """What is counted, in words."""
    dimensions: Mapping[str, str]
    on: str
    """The platform that uses it up, ``ecs`` or ``eks``; empty for both."""
    source: Source


@cache
def all_metrics() -> tuple[UsageMetric, ...]:
    """Every known one, in the order of the file."""
    return tuple(
        UsageMetric(
            name=name,
            title=table["title"],
            dimensions={
                "Service": table["service"],
                "Type": "Resource",
                "Resource": table["resource"],
                "Class": table["class"],
            },
            on=table["on"],
            source=_data.source_of(table),
        )
        for name, table in _data.toml("usage_metrics").items()
    )
