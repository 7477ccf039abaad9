"""``groundplan simulate traffic``: the table, reasons, JSON, replay, pictures, bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.commands import Command, Write

from groundplan.errors import ExitCode

SHOP = """
    project: shop
    region: us-east-1
    network: {cidr: 10.0.0.0/16}
    services:
      api: {image: {repository: api, tag: 1.0.0}, port: 80, size: {cpu: 256, memory: 512}, scaling: {cpu: 70%},
            tasks: {desired: 2, min: 2, max: 8}, public: {tls: false}, load: {cpu_ms: 5, wait_ms: 20}}
      worker: {image: {repository: worker, tag: 1.0.0}}
      inner: {image: {repository: inner, tag: 1.0.0}, port: 81}
    objectives: {latency: {p95: 300ms}}
    environments:
      production: {}
    """
SHORT = ("--hours", "2")


def test_a_day_that_holds(groundplan: Command, write: Write, tmp_path: Path) -> None:
    write(SHOP)
    out = tmp_path / "day.svg"
    result = groundplan("simulate", "traffic", "--users", "500", "--shape", "ramp", *SHORT, "--out", out)
    assert (result.code, result.err) == (ExitCode.FINE, "")
    assert "500 users who think 10 s (given), 2 hours" in result.out
    assert "(objective 300 ms: held)" in result.out
    assert "requests one by one, seed 0)" in result.out
    assert "time between an answer and the next request" in result.out
    assert "<svg" in out.read_text()


def test_why_it_did_not_scale_in_and_what_fails(groundplan: Command, write: Write) -> None:
    write(SHOP)
    spike = groundplan("simulate", "traffic", "--requests", "800/s", "--shape", "spike", *SHORT)
    assert spike.code == ExitCode.FINDINGS
    assert "5 → 8" in spike.out
    assert "8 are the most" in spike.out
    assert "of 15 minutes" in spike.out
    assert "not held" in spike.out


def test_as_data_all_adds_up(groundplan: Command, write: Write) -> None:
    write(SHOP)
    told = groundplan(
        "simulate", "traffic", "--requests", "30/s", "--hours", "1", "--seed", "7", "--format", "json"
    ).json
    assert told["requests"] == pytest.approx(told["completed"] + told["errors"] + told["in_flight"], abs=0.3)
    assert sum(minute["requests"] for minute in told["minutes"]) == pytest.approx(told["requests"], abs=3)
    assert (len(told["minutes"]), told["seed"], told["nodes"]) == (60, 7, None)
    assert told["cost_usd"] == 0.02
    assert {each["kind"] for each in told["decisions"]} <= {"out", "in", "held"}


def test_a_trace_is_replayed(groundplan: Command, write: Write) -> None:
    write(SHOP)
    Path("trace.csv").write_text("time,requests\n08:00,600\n08:10,1200\n08:20,0\n")
    told = groundplan("simulate", "traffic", "--replay", "trace.csv", "--format", "json").json
    assert told["requests"] == pytest.approx(1800)
    assert told["hours"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nobody says how much is asked; write traffic: {users: ...}"),
        (("--requests", "5"), '--requests: "5" is not a rate of requests'),
        (("--requests", "-5/s"), '--requests: "-5/s" is not a rate of requests'),
        (("--users", "0"), "--users: 0 is too little; the least is 1"),
        (("--users", "5", "--requests", "5/s"), "three workloads; give one of them"),
        (("--users", "5", "--hours", "0"), "--hours has to be a minute to 31 days"),
        (("--users", "5", "--service", "ap"), 'production has no service ap; did you mean "api"?'),
        (("--users", "5", "--service", "worker"), "worker has no port: no request reaches it"),
        (("--users", "5", "--service", "inner"), "nobody visits inner; write services.inner.load.visits"),
        (("--users", "5", "--out", "day.gif"), "day.gif: a picture is written as SVG or PNG"),
        (("--replay", "none.csv"), "none.csv cannot be read: no such file"),
        (("--replay", "bad.csv"), "bad.csv:3:1: the clock goes back or stands still: 30 follows 60 s"),
    ],
)
def test_bad_input_is_told(groundplan: Command, write: Write, arguments: tuple[str, ...], message: str) -> None:
    write(SHOP)
    Path("bad.csv").write_text("time,requests\n60,1\n30,1\n")
    result = groundplan("simulate", "traffic", *arguments)
    assert result.code == ExitCode.BAD_INPUT
    assert message in result.err
    assert result.out == ""
