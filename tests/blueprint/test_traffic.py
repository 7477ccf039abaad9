"""What a blueprint may say of traffic and load."""

from __future__ import annotations

import pytest
from tests.blueprint.conftest import Problems

SHOP = """\
project: shop
region: us-east-1
network: {cidr: 10.0.0.0/16}
services:
  api:
    image: {repository: api}
    port: 80
    public: {tls: false}
    load: {LOAD}
traffic: {TRAFFIC}
objectives: {OBJECTIVES}
environments: {production: {}}
"""


@pytest.mark.parametrize(
    ("traffic", "load", "objectives", "said"),
    [
        ("users: 100, think_time: 5s, shape: spike", "cpu_ms: 4.5, wait_ms: 0", "latency: {p95: 1s}", []),
        ("", "", "latency: {p50: 100ms, p99: 100ms}", []),
        (
            "users: 100, requests: 5/s", "", "",
            ["groundplan.yaml:10:33: traffic.requests: users that wait for answers and requests that come by "
             "themselves are two workloads; write one of them"],
        ),
        (
            "users: 100, think_time: 0s", "", "",
            ["groundplan.yaml:10:35: traffic.think_time: users who never think are no users; write 1s at least"],
        ),
        (
            "requests: 5/s, think_time: 5s", "", "",
            ["groundplan.yaml:10:38: traffic.think_time: only users think; write users, or leave think_time out"],
        ),
        (
            "requests: -5/s", "", "",
            ['groundplan.yaml:10:21: traffic.requests: "-5/s" is not a rate of requests; write a number above 0 and '
             "/s, /min or /h, like 500/s"],
        ),
        ("user: 5", "", "", ['groundplan.yaml:10:11: traffic.user: unknown key "user"; did you mean "users"?']),
        (
            "", "cpu_ms: true", "",
            ["groundplan.yaml:9:20: services.api.load.cpu_ms: true is not a number"],
        ),
        (
            "", "file: measured.csv, cpu_ms: 5", "",
            ["groundplan.yaml:9:18: services.api.load.file: is a measurement of cpu_ms and wait_ms; write it or the "
             "figures"],
        ),
        (
            "", "", "latency: {p95: 300ms, p99: 200ms}",
            ["groundplan.yaml:11:41: objectives.latency.p99: p99 cannot be faster (200ms) than p95 (300ms), because it "
             "counts slower answers as well"],
        ),
        (
            "", "", "latency: {p100: 200ms}",
            ['groundplan.yaml:11:24: objectives.latency.p100: "p100" cannot be promised: a percentile lies above 0 and '
             "below 100, like p99"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    problems: Problems, traffic: str, load: str, objectives: str, said: list[str]
) -> None:
    text = SHOP.replace("{TRAFFIC}", f"{{{traffic}}}").replace("{LOAD}", f"{{{load}}}")
    assert problems(text.replace("{OBJECTIVES}", f"{{{objectives}}}")) == said
