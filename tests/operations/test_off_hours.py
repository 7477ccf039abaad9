"""Off-hours of a running environment: shown, paused, resumed, and both of them at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.cli.commands import Command, Write
from tests.design.blueprints import designed
from tests.operations.running import REGION, Aws

from groundplan.errors import EnvironmentalError, ExitCode, InputError
from groundplan.operations.lock import take
from groundplan.operations.off_hours import following, moment
from groundplan.targets.connection import connect
from groundplan.targets.universal import call

BLUEPRINT = """\
project: {project}
region: {region}
profile: development
off_hours: {{stop: "20:00", start: "07:00", timezone: Europe/Berlin}}
alarms: {{email: ops@example.com}}
network: {{zones: [a, b], nat: none}}
services:
  api:
    image: {{repository: api, tag: 1.0.0}}
    port: 80
    public: {{tls: false}}
    size: {{cpu: 256, memory: 512}}
    tasks: {{min: 1, max: 3}}
    scaling: {{cpu: 60%}}
  worker: {{image: {{repository: worker, tag: 1.0.0}}, size: {{cpu: 256, memory: 512}}}}
databases:
  main:
    {{engine: postgres 16, class: db.t4g.micro, backups: 1d, backup_window: "12:00-12:30", final_snapshot: false}}
environments: {{development: {{}}}}
"""


def test_a_night_and_a_morning(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    text = BLUEPRINT.format(project=project, region=REGION)
    write(text)
    assert groundplan("schedule", "show", "--format", "json").json["schedules"][0]["deployed"] is False
    refused = groundplan("schedule", "pause")
    assert refused.code == ExitCode.DEPLOYMENT_FAILED
    assert "is not deployed: `groundplan deploy` makes it" in refused.err
    assert groundplan("deploy").code == ExitCode.FINE

    shown = groundplan("schedule", "show", "--format", "json").json
    stops = [item for item in shown["schedules"] if item["does"] == "stop"]
    assert {item["deployed"] for item in shown["schedules"]} == {True}
    assert {item["next"][11:16] for item in stops} == {"20:00", "20:15"}
    assert any("seven days" in text for text in shown["stays_on"])
    assert any(text.startswith("load_balancer.main") for text in shown["stays_on"])
    assert "development: 4 stops are paused until" in groundplan("schedule", "pause", "--until", "3d").out
    paused = groundplan("schedule", "show", "--format", "json").json["schedules"]
    assert all(item["paused_until"] for item in paused if item["does"] == "stop")
    assert not any(item["paused_until"] for item in paused if item["does"] == "start")
    assert all(datetime.fromisoformat(item["next"]) > datetime.now(UTC) + timedelta(days=3) for item in paused[:4])
    # What is paused is neither drift nor something to deploy, and a deployment does not end it.
    assert groundplan("drift").code == ExitCode.FINE
    assert groundplan("deploy").code == ExitCode.FINE
    assert groundplan("schedule", "show", "--format", "json").json["schedules"] == paused
    assert "paused until" in groundplan("status").out

    assert groundplan("schedule", "resume").code == ExitCode.FINE
    again = groundplan("schedule", "show", "--format", "json").json["schedules"]
    assert not any(item["paused_until"] for item in again)

    deployment = take(connect("local"), designed(text), "deploy")
    for arguments in (("pause",), ("resume",), ("stop", "--yes"), ("start", "--yes")):
        refused = groundplan("schedule", *arguments)
        assert refused.code == ExitCode.BAD_INPUT
        assert "development is being worked on by somebody else: `groundplan deploy` of" in refused.err
    assert groundplan("schedule", "resume", "--break-lock", "--yes").code == ExitCode.FINE
    deployment.refresh()
    assert deployment.lost.is_set()

    assert "There is no terminal" in groundplan("schedule", "stop").err
    stopped = groundplan("schedule", "stop", "--yes")
    assert stopped.code == ExitCode.FINE, stopped.err
    rds, ecs = aws.client("rds"), aws.client("ecs")
    name, cluster = f"{project}-development-main", f"{project}-development-cluster"
    assert rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"] == "stopped"
    (worker,) = ecs.describe_services(cluster=cluster, services=[f"{project}-development-worker"])["services"]
    assert worker["desiredCount"] == 0
    targets = aws.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert [(item["MinCapacity"], item["MaxCapacity"]) for item in targets if cluster in item["ResourceId"]] == [(0, 0)]
    assert "it is so already" in groundplan("schedule", "stop", "--yes").err
    assert groundplan("schedule", "start", "--yes").code == ExitCode.FINE
    assert rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"] == "available"
    (worker,) = ecs.describe_services(cluster=cluster, services=[f"{project}-development-worker"])["services"]
    assert worker["desiredCount"] == 1


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("tomorrow", '"tomorrow" is no time: write 8h, 3d, or 2026-12-01T18:00'),
        ("2020-01-01T00:00", "2020-01-01T00:00+01:00 has passed"),
        ("40d", "a pause lasts 31 days at most; for longer write off_hours: null, and deploy"),
    ],
)
def test_a_pause_that_cannot_be(groundplan: Command, write: Write, until: str, told: str) -> None:
    write(BLUEPRINT.format(project="nights", region=REGION))
    result = groundplan("schedule", "pause", "--until", until)
    assert result.code == ExitCode.BAD_INPUT
    assert told in result.err


def test_without_off_hours(groundplan: Command, write: Write) -> None:
    write(BLUEPRINT.format(project="nights", region=REGION).replace("off_hours:", "# off_hours:"))
    for command in ("show", "pause", "resume", "stop", "start"):
        result = groundplan("schedule", command)
        assert result.code == ExitCode.BAD_INPUT
        assert 'has no off-hours: write off_hours: {stop: "20:00", start: "07:00"}' in result.err


def test_the_next_time() -> None:
    now = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)  # a Friday, 20:30 in Berlin
    assert str(following("cron(0 20 * * ? *)", "Europe/Berlin", now)) == "2026-11-21 20:00:00+01:00"
    assert str(following("cron(45 6 ? * MON,TUE *)", "Europe/Berlin", now)) == "2026-11-23 06:45:00+01:00"
    # 02:30 is left out on 2027-03-28, and EventBridge Scheduler skips it.
    spring = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    assert str(following("cron(30 2 * * ? *)", "Europe/Berlin", spring)) == "2027-03-29 02:30:00+02:00"
    with pytest.raises(EnvironmentalError, match="no schedule of off-hours"):
        following("rate(1 hour)", "UTC", now)


def test_times_that_people_write() -> None:
    now = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
    assert moment("8h", "Europe/Berlin", now) == now + timedelta(hours=8)
    assert str(moment("2026-12-01T18:00", "Europe/Berlin", now)) == "2026-12-01 18:00:00+01:00"
    assert moment("2026-12-01T18:00+00:00", "Europe/Berlin", now).astimezone(UTC).hour == 18
    with pytest.raises(InputError):
        moment("", "UTC", now)


def test_only_what_schedules_call() -> None:
    with pytest.raises(ValueError, match="no schedule calls s3"):
        call(connect("local"), REGION, "s3", "deleteBucket", {"Bucket": "x"})
    with pytest.raises(ValueError, match="has no Colour"):
        call(connect("local"), REGION, "rds", "stopDBInstance", {"Colour": "red"})
