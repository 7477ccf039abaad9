"""Alert rules and dashboards: questions that Prometheus understands, with the thresholds of the blueprint."""

from __future__ import annotations

import json
from typing import Any

import promql_parser
import pytest
from tests.engines.kubernetes.systems import rendering, values


def _objects(kind: str) -> list[dict[str, Any]]:
    system = rendering().systems["production"]
    return [item for item in system.filled(values(system)) if item["kind"] == kind]


def _rules() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (rule["labels"]["service"], rule["alert"]): rule
        for item in _objects("PrometheusRule")
        for group in item["spec"]["groups"]
        for rule in group["rules"]
    }


def _panels() -> list[dict[str, Any]]:
    (dashboard,) = (item for item in _objects("ConfigMap") if item["metadata"]["name"] == "dashboard")
    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    found: list[dict[str, Any]] = json.loads(dashboard["data"]["timeline.json"])["panels"]
    return found


def test_every_question_is_promql() -> None:
    asked = [rule["expr"] for rule in _rules().values()]
    asked += [target["expr"] for panel in _panels() for target in panel.get("targets", [])]
    assert len(asked) > 20
    for expression in asked:
        promql_parser.parse(expression)


def test_the_parser_refuses_what_is_none() -> None:
    with pytest.raises(ValueError, match=r".+"):
        promql_parser.parse("sum(rate(x[5m])")


def test_thresholds_are_the_blueprints() -> None:
    rules = _rules()
    assert rules["api", "ErrorRate"]["expr"].endswith(" > 1")
    assert rules["api", "ProcessorSaturation"]["expr"].endswith(" > 80")
    assert rules["api", "MemorySaturation"]["expr"].endswith(" > 90")
    assert {rule["for"] for rule in rules.values()} == {"300s"}


def test_a_worker_without_a_port_has_no_alerts_about_requests() -> None:
    assert {alert for service, alert in _rules() if service == "mailer"} == {
        "Restarts",
        "ProcessorSaturation",
        "MemorySaturation",
    }


def test_only_volumes_of_single_pods_fill_up() -> None:
    assert {service for service, alert in _rules() if alert == "VolumeSaturation"} == {"api"}
    assert "(cache)-api-[0-9]+" in _rules()["api", "VolumeSaturation"]["expr"]


def test_panels_do_not_lie_over_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in _panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken
        taken |= cells
    assert len({panel["id"] for panel in _panels()}) == len(_panels())


def test_metrics_are_read_of_whom_has_a_port() -> None:
    assert [item["metadata"]["name"] for item in _objects("PodMonitor")] == ["api", "worker-api"]
