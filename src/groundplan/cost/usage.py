"""What is used in a quiet, a usual or a busy month: the blueprint's forecasts as plain figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

from groundplan.record import Record, dataclass
from groundplan.units import DataSize, Duration

if TYPE_CHECKING:
    from groundplan.blueprint.models import Usage
    from groundplan.blueprint.usage import CountForecast, SizeForecast

Case: TypeAlias = Literal["low", "expected", "high"]
CASES: tuple[Case, ...] = ("low", "expected", "high")


@dataclass(frozen=True)
class Used(Record):
    """The figures of :class:`~groundplan.blueprint.usage.Usage` in one case; None for what is not stated."""

    requests: int | None
    internet_out: DataSize | None
    nat: DataSize | None
    between_zones: DataSize | None
    between_regions: DataSize | None
    endpoints: DataSize | None
    logs: DataSize | None
    stored: Mapping[str, DataSize]
    bucket_writes: int | None
    bucket_reads: int | None
    database_backups: DataSize | None
    recovery_points: Mapping[str, DataSize]
    cache_snapshots: DataSize | None
    messages: Mapping[str, int]
    notifications: int | None
    job_hours: Mapping[str, Duration]
    key_requests: int | None
    secret_reads: int | None
    dns_queries: int | None
    metrics: int | None
    traces: int | None
    config_changes: int | None
    config_evaluations: int | None
    security_checks: int | None
    cdn_requests: int | None
    cdn_out: DataSize | None


def used(usage: Usage, case: Case) -> Used:
    """The plain figures of one case. Where only one figure is given it holds in all of them."""
    return Used(
        requests=_count(usage.requests, case),
        internet_out=_size(usage.internet_out, case),
        nat=_size(usage.nat, case),
        between_zones=_size(usage.between_zones, case),
        between_regions=_size(usage.between_regions, case),
        endpoints=_size(usage.endpoints, case),
        logs=_size(usage.logs, case),
        stored=_sizes(usage.stored, case),
        bucket_writes=_count(usage.bucket_writes, case),
        bucket_reads=_count(usage.bucket_reads, case),
        database_backups=_size(usage.database_backups, case),
        recovery_points=_sizes(usage.recovery_points, case),
        cache_snapshots=_size(usage.cache_snapshots, case),
        messages={name: count for name, one in usage.messages.items() if (count := _count(one, case)) is not None},
        notifications=_count(usage.notifications, case),
        job_hours=usage.job_hours,
        key_requests=_count(usage.key_requests, case),
        secret_reads=_count(usage.secret_reads, case),
        dns_queries=_count(usage.dns_queries, case),
        metrics=_count(usage.metrics, case),
        traces=_count(usage.traces, case),
        config_changes=_count(usage.config_changes, case),
        config_evaluations=_count(usage.config_evaluations, case),
        security_checks=_count(usage.security_checks, case),
        cdn_requests=_count(usage.cdn_requests, case),
        cdn_out=_size(usage.cdn_out, case),
    )


def has_range(usage: Usage) -> bool:
    """Whether any figure is given as low or high."""
    expected = used(usage, "expected")
    return used(usage, "low") != expected or used(usage, "high") != expected


def _count(forecast: CountForecast | int | None, case: Case) -> int | None:
    if forecast is None or isinstance(forecast, int):
        return forecast
    found = {"low": forecast.low, "expected": forecast.expected, "high": forecast.high}[case]
    return forecast.expected if found is None else found


def _size(forecast: SizeForecast | DataSize | None, case: Case) -> DataSize | None:
    if forecast is None or isinstance(forecast, DataSize):
        return forecast
    found = {"low": forecast.low, "expected": forecast.expected, "high": forecast.high}[case]
    return forecast.expected if found is None else found


def _sizes(forecasts: Mapping[str, SizeForecast | DataSize], case: Case) -> dict[str, DataSize]:
    return {name: size for name, one in forecasts.items() if (size := _size(one, case)) is not None}
