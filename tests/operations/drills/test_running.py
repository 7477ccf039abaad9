"""Drills in an environment that runs: what is taken away comes back, and the report says how."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import Command, Result
from tests.operations.running import REGION, Aws

from groundplan.blueprint.loading import load_environment
from groundplan.cli.main import run
from groundplan.design import design
from groundplan.errors import EnvironmentalError, ExitCode
from groundplan.operations.drills import choose, prepare
from groundplan.operations.drills.looks import look
from groundplan.targets.connection import connect

PROJECT = "drilled"
THERE = "ap-southeast-1"
BLUEPRINT = f"""\
project: {PROJECT}
region: {REGION}
profile: development
drills: allowed
alarms: {{email: ops@example.com, latency: 2s}}
network: {{zones: [a, b], nat: none}}
services:
  api:
    image: {{repository: api, tag: 1.0.0}}
    port: 8000
    public: {{tls: false}}
    tasks: {{desired: 2}}
    size: {{cpu: 256, memory: 512}}
databases:
  main: {{engine: postgres 16, class: db.t4g.micro, standby: true, backups: 1d, final_snapshot: false}}
objectives: {{recovery_time: 20m}}
environments:
  production:
    standby: {{region: {THERE}, overlay: {{network: {{cidr: 10.1.0.0/16}}}}}}
"""


@pytest.fixture(scope="module")
def blueprint(state_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The blueprint of an environment that is deployed once for all tests here."""
    file = tmp_path_factory.mktemp("drills") / "groundplan.yaml"
    file.write_text(BLUEPRINT)
    before = os.environ.get("GROUNDPLAN_STATE_DIR")
    os.environ["GROUNDPLAN_STATE_DIR"] = str(state_folder)
    try:
        assert run(["deploy", "-f", str(file)]) == ExitCode.FINE
    finally:
        if before is None:
            del os.environ["GROUNDPLAN_STATE_DIR"]
        else:
            os.environ["GROUNDPLAN_STATE_DIR"] = before
    return file


def drilled(groundplan: Command, blueprint: Path, *arguments: str) -> Result:
    return groundplan("drill", *arguments, "-f", blueprint, "--yes", "--format", "json")


def tasks(aws: Aws) -> set[str]:
    found = aws.client("ecs").list_tasks(
        cluster=f"{PROJECT}-production-cluster", serviceName=f"{PROJECT}-production-api"
    )
    return set(found["taskArns"])


def database(aws: Aws) -> dict[str, Any]:
    (found,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier=f"{PROJECT}-production-main")["DBInstances"]
    return dict(found)


def test_a_task_is_replaced(groundplan: Command, blueprint: Path, aws: Aws) -> None:
    before = tasks(aws)
    result = drilled(groundplan, blueprint, "task")
    assert result.code == ExitCode.FINE, result.err
    told = result.json
    assert told["fine"]
    assert told["drill"] == "task"
    assert 0 < told["measured"]["whole"] < 60
    assert told["measured"]["users"] == 0  # the other task has served them
    assert [event["what"] for event in told["measured"]["events"]] == ["api: 1 of 2 tasks run", "api: 2 of 2 tasks run"]
    assert told["expected"]["whole"]["high"] >= told["expected"]["whole"]["low"] > 0
    after = tasks(aws)
    assert len(before & after) == 1
    assert len(after) == 2

    text, data = (Path(name) for name in told["files"])
    assert text.parent == Path("drills")
    assert json.loads(data.read_text()) == {key: value for key, value in told.items() if key != "files"}
    assert "| everything is back after, seconds |" in text.read_text()
    assert "fraction of its time" in text.read_text()
    newest = groundplan("history", "-f", blueprint, "--format", "json").json["history"][0]
    assert (newest["operation"], newest["details"]["drill"]) == ("drill", "task")


def test_a_database_fails_over(groundplan: Command, blueprint: Path, aws: Aws) -> None:
    before = database(aws)["AvailabilityZone"]
    told = drilled(groundplan, blueprint, "database").json
    after = database(aws)
    assert after["AvailabilityZone"] != before
    assert after["DBInstanceStatus"] == "available"
    assert told["measured"]["users"] > 0
    assert told["measured"]["events"][0]["what"] == f"main: rebooting, in {before}"
    assert told["expected"]["objective"] == 1200


def test_a_zone_goes_by_an_experiment(groundplan: Command, blueprint: Path, aws: Aws) -> None:
    zone = database(aws)["AvailabilityZone"]
    result = drilled(groundplan, blueprint, f"zone-{zone[-1]}")
    assert result.code == ExitCode.FINE, result.err
    assert database(aws)["AvailabilityZone"] != zone
    experiments = aws.client("fis").list_experiments()["experiments"]
    started = next(item for item in experiments if item["id"] in result.json["done"])
    assert started["state"]["status"] == "completed"
    actions = aws.client("fis").get_experiment(id=started["id"])["experiment"]["actions"]
    assert "cannot be cut off here; 1 tasks" in actions["CutOffSubnets"]["state"]["reason"]
    assert "AWS charges" not in result.err
    # In the other zone there is no primary any more.
    again = drilled(groundplan, blueprint, f"zone-{zone[-1]}").json
    assert any("FailOverDatabases was skipped" in note for note in again["notes"])


def test_an_alarm_stops_the_experiment(groundplan: Command, blueprint: Path, aws: Aws) -> None:
    alarm = {"AlarmName": f"{PROJECT}-production-alb-errors-high", "StateReason": "test"}
    client = aws.client("cloudwatch")
    client.set_alarm_state(**alarm, StateValue="ALARM")
    try:
        result = drilled(groundplan, blueprint, "zone-a")
    finally:
        client.set_alarm_state(**alarm, StateValue="OK")
    assert result.code == ExitCode.FINDINGS
    assert any(alarm["AlarmName"] in finding for finding in result.json["findings"])


def test_ending_it_early_stops_the_experiment(blueprint: Path, aws: Aws) -> None:
    loaded = load_environment(blueprint)
    architecture = design(loaded)
    ready = prepare(loaded, architecture, choose(architecture, "zone-b"))

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    outcome = ready.run(connect("local"), lambda text, **_: None, sleep=interrupt)
    assert outcome.interrupted
    assert not outcome.fine
    assert any("was stopped" in note for note in outcome.notes)
    states = {item["state"]["status"] for item in aws.client("fis").list_experiments()["experiments"]}
    assert states & {"stopping", "stopped"}
    deadline = time.monotonic() + 30
    while look(connect("local"), architecture).lacking:
        assert time.monotonic() < deadline, "what it took away comes back"
        time.sleep(0.1)


def test_what_is_not_whole_is_left_alone(groundplan: Command, blueprint: Path, aws: Aws) -> None:
    client, name = aws.client("rds"), f"{PROJECT}-production-main"
    before = tasks(aws)
    client.stop_db_instance(DBInstanceIdentifier=name)
    try:
        result = drilled(groundplan, blueprint, "task")
    finally:
        client.start_db_instance(DBInstanceIdentifier=name)
    assert result.code == ExitCode.BAD_INPUT
    assert "production is not whole: main: stopped" in result.err
    assert "A drill now would be an outage" in result.err
    assert tasks(aws) == before


def test_the_region_is_rehearsed(groundplan: Command, blueprint: Path, aws: Aws) -> None:
    result = drilled(groundplan, blueprint, "region")
    told = {check["what"]: check for check in result.json["checks"]}
    replica = told[f"the replica {PROJECT}-production-standby-main"]
    assert replica["ok"]
    assert "no lag is known" in replica["found"]
    assert result.json["measured"] is None
    assert "nothing was promoted" in result.json["done"]
    assert {check["ok"] for check in told.values()} == {True}, told
    assert result.code == ExitCode.FINE

    client = aws.client("rds", THERE)
    client.promote_read_replica(DBInstanceIdentifier=f"{PROJECT}-production-standby-main")
    broken = drilled(groundplan, blueprint, "region")
    assert broken.code == ExitCode.FINDINGS
    assert any("it is no replica" in finding for finding in broken.json["findings"])


def test_the_screen_shows_all_of_it(groundplan: Command, blueprint: Path) -> None:
    told = groundplan("status", "-f", blueprint, "--format", "json").json
    assert told["services"] == [
        {
            "name": "api",
            "running": 2,
            "desired": 2,
            "pending": 0,
            "images": [f"123456789012.dkr.ecr.{REGION}.amazonaws.com/{PROJECT}-production-api:1.0.0"],
            "rollout": "COMPLETED",
        }
    ]
    assert told["databases"]["main"] == "available"
    assert told["alarms"]["on"] == []
    assert told["alarms"]["missing"] == []
    assert told["backups"]["newest"]["database.main"]
    assert {record["operation"] for record in told["deploys"]} <= {"deploy", "drill"}
    assert told["unknown"] == {"cost": "the local AWS charges nothing"}
    shown = groundplan("status", "-f", blueprint).out
    for line in ("last backup: database.main", "alarms: 0 on", "findings: ", "last operations: ", "cost: unknown"):
        assert line in shown


def test_a_part_that_cannot_be_read_leaves_the_others(
    groundplan: Command, blueprint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise EnvironmentalError("Reading the databases: AWS says AccessDenied: rds:DescribeDBInstances")

    def end(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("groundplan.operations.report._databases", refused)
    monkeypatch.setattr("groundplan.cli.status.time.sleep", end)
    shown = groundplan("status", "-f", blueprint, "--watch", "--every", "5")
    assert "databases: unknown: Reading the databases: AWS says AccessDenied" in shown.out
    assert "every 5 s; Ctrl-C ends" in shown.out
    assert "last backup: database.main" in shown.out
    assert shown.code == 130
    assert groundplan("status", "-f", blueprint, "--watch", "--format", "json").code == ExitCode.BAD_INPUT
