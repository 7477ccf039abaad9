"""Cost Explorer's bill and forecast, out of what was recorded: the local AWS itself charges nothing.

The recording is ``spend.csv`` in the folder of the local AWS: the columns ``date`` (a day), ``service`` and
``usage_type`` (as Cost Explorer writes them), ``usd``, and ``tags`` (``Project=Shop;Environment=production``).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked
from groundplan.targets.local.state import StateFolder

FILE = "spend.csv"
_COLUMNS = ("date", "service", "usage_type", "usd", "tags")

explorer = faked("ce")


@dataclass(frozen=True, slots=True)
class _Record:
    day: date
    dimensions: Mapping[str, str]
    tags: Mapping[str, str]
    usd: Decimal


@explorer.operation("GetCostAndUsage")
def get_cost_and_usage(request: Request) -> dict[str, Any]:
    parameters = request.parameters
    start, end = _period(parameters)
    matches = _expression(parameters.get("Filter"))
    groups: dict[tuple[str, ...], Decimal] = {}
    for record in _records():
        if start <= record.day < end and matches(record):
            keys = tuple(_key(group, record) for group in parameters.get("GroupBy", []))
            groups[keys] = groups.get(keys, Decimal(0)) + record.usd
    period: dict[str, Any] = {"TimePeriod": parameters["TimePeriod"], "Estimated": True}
    if parameters.get("GroupBy"):
        period |= {"Total": {}, "Groups": [_group(parameters, keys, groups[keys]) for keys in sorted(groups)]}
    else:
        period |= {"Total": _metrics(parameters, groups.get((), Decimal(0))), "Groups": []}
    return {
        "GroupDefinitions": parameters.get("GroupBy", []),
        "ResultsByTime": [period],
        "DimensionValueAttributes": [],
    }


@explorer.operation("GetCostForecast")
def get_cost_forecast(request: Request) -> dict[str, Any]:
    """The mean of the days that were recorded, for each day to come."""
    start, end = _period(request.parameters)
    matches = _expression(request.parameters.get("Filter"))
    days: dict[date, Decimal] = {}
    for record in _records():
        if record.day < start and matches(record):
            days[record.day] = days.get(record.day, Decimal(0)) + record.usd
    if not days:
        raise RefusedError("DataUnavailableException", "Insufficient amount of historical data to generate forecast.")
    usd = sum(days.values(), Decimal(0)) / len(days) * (end - start).days
    return {
        "Total": _amount(usd),
        "ForecastResultsByTime": [{"TimePeriod": request.parameters["TimePeriod"], "MeanValue": str(usd)}],
    }


def _records() -> list[_Record]:
    path = StateFolder.default().path / FILE
    if not path.exists():
        raise RefusedError(
            "DataUnavailableException", f"Data is not available: the local AWS charges nothing. Record a bill in {path}"
        )
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise RefusedError("ValidationException", f"{path}: the columns should be {', '.join(_COLUMNS)}")
            return [_record(row, f"{path}:{line}") for line, row in enumerate(reader, start=2)]
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise RefusedError("ValidationException", f"{path} cannot be read: {error}") from error


def _record(row: dict[str, str], place: str) -> _Record:
    try:
        day, usd = date.fromisoformat(row["date"]), Decimal(row["usd"])
        tags = dict(pair.split("=", 1) for pair in row["tags"].split(";") if pair)
    except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
        raise RefusedError("ValidationException", f"{place} is no charge: {row}") from error
    kinds = {"SERVICE": row["service"], "USAGE_TYPE": row["usage_type"], "RECORD_TYPE": "Usage"}
    return _Record(day, kinds, tags, usd)


def _period(parameters: dict[str, Any]) -> tuple[date, date]:
    written = parameters["TimePeriod"]
    try:
        start, end = date.fromisoformat(written["Start"]), date.fromisoformat(written["End"])
    except ValueError as error:
        raise RefusedError("ValidationException", f"Invalid time period {written}") from error
    if start >= end:
        raise RefusedError("ValidationException", "Start date (and hour) should be before end date (and hour)")
    return start, end


def _expression(expression: dict[str, Any] | None) -> Callable[[_Record], bool]:
    """Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Expression.html"""
    if not expression:
        return lambda _: True
    if len(expression) != 1:
        raise RefusedError("ValidationException", "Expression has more than one root")
    ((kind, value),) = expression.items()
    if kind in ("And", "Or"):
        parts = [_expression(part) for part in value]
        every = all if kind == "And" else any
        return lambda record: every(part(record) for part in parts)
    if kind == "Not":
        inner = _expression(value)
        return lambda record: not inner(record)
    if kind == "Tags":
        return lambda record: record.tags.get(value["Key"]) in value["Values"]
    if kind == "Dimensions" and value["Key"] in ("SERVICE", "USAGE_TYPE", "RECORD_TYPE"):
        return lambda record: record.dimensions[value["Key"]] in value["Values"]
    raise RefusedError(
        "ValidationException", f"The local AWS does not filter by {kind} {value.get('Key', '')}".rstrip()
    )


def _key(group: dict[str, str], record: _Record) -> str:
    if group["Type"] == "TAG":
        return f"{group['Key']}${record.tags.get(group['Key'], '')}"
    if group["Type"] == "DIMENSION" and group["Key"] in record.dimensions:
        return record.dimensions[group["Key"]]
    raise RefusedError("ValidationException", f"The local AWS does not group by {group['Type']} {group['Key']}")


def _group(parameters: dict[str, Any], keys: tuple[str, ...], usd: Decimal) -> dict[str, Any]:
    return {"Keys": list(keys), "Metrics": _metrics(parameters, usd)}


def _metrics(parameters: dict[str, Any], usd: Decimal) -> dict[str, Any]:
    return {metric: _amount(usd) for metric in parameters["Metrics"]}


def _amount(usd: Decimal) -> dict[str, str]:
    return {"Amount": f"{usd:f}", "Unit": "USD"}
