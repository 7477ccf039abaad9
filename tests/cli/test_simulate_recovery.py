"""``groundplan simulate recovery``: the table, the steps of one, JSON, pictures, bad input."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import Command, Write

from groundplan.errors import ExitCode

SHOP = """
    project: shop
    region: us-east-1
    network: {cidr: 10.0.0.0/16}
    dns: {zone: shop.com}
    services:
      api: {image: {repository: api, tag: 1}, port: 80, size: {cpu: 256, memory: 512}, needs: [main],
            tasks: {desired: 2, min: 2, max: 4}, public: {domain: api.shop.com}}
    databases:
      main: {engine: postgres 16, class: db.t4g.micro, storage: 20 GB, backups: 7d}
    objectives: {recovery_time: 1h, recovery_point: 15m, response_time: 10m,
                 recovery: {table: {time: 2h}, corruption: {time: 2h, point: 1d}}}
    environments:
      production: {}
    """
IN_A_DAY = SHOP.replace("response_time: 10m", "response_time: 10m, discovery_time: 12h")


def test_all_disruptions_in_one_table(groundplan: Command, write: Write) -> None:
    write(IN_A_DAY)
    result = groundplan("simulate", "recovery")
    assert (result.code, result.err) == (ExitCode.FINE, "")
    assert "33 min 55 s (10 min 31 s to 1 h 3 min)" in result.out
    assert "never: nothing takes over from a region that is gone" in result.out


def test_what_does_not_hold_or_is_not_known_is_a_finding(groundplan: Command, write: Write) -> None:
    write(SHOP)
    result = groundplan("simulate", "recovery")
    assert result.code == ExitCode.FINDINGS
    assert "recovery.corruption.point is not known; add objectives.discovery_time" in result.out


def test_one_step_by_step(groundplan: Command, write: Write) -> None:
    write(IN_A_DAY)
    result = groundplan("simulate", "recovery", "--after", "zone")
    assert result.code == ExitCode.FINE
    assert "production: a zone is gone (us-east-1a)" in result.out
    assert "the standby in the other zone takes over" in result.out
    assert "Another task starts in its place (nobody waits for it)" in result.out
    assert "Lost: nothing; objective 15 min: met" in result.out
    assert "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html" in result.out


def test_as_data(groundplan: Command, write: Write) -> None:
    write(IN_A_DAY)
    result = groundplan("simulate", "recovery", "--format", "json")
    assert [item["disruption"] for item in result.json["recoveries"]] == [
        "task", "node", "database", "zone", "region", "table", "corruption", "key",
    ]  # fmt: skip
    database, region = result.json["recoveries"][2], result.json["recoveries"][4]
    assert set(database) == {
        "disruption", "title", "where", "time", "whole", "fate", "point", "never", "objectives", "would_be_quicker",
        "would_lose_less", "assumptions", "steps", "points",
    }  # fmt: skip
    assert database["time"] == {"low": 61, "expected": 105, "high": 180}
    assert [item["name"] for item in database["objectives"]] == ["recovery.database.time", "recovery.database.point"]
    assert set(database["steps"][0]) == {
        "name", "what", "by", "after", "seconds", "ends", "waited_for", "sources",
    }  # fmt: skip
    assert (region["time"], region["point"], region["fate"]) == (None, None, "all")
    assert region["would_be_quicker"] == ["standby: {region: ...}"]


def test_a_picture_beside_it(groundplan: Command, write: Write, tmp_path: Path) -> None:
    write(IN_A_DAY)
    drawn = tmp_path / "recovery.svg"
    groundplan("simulate", "recovery", "--after", "table", "--out", str(drawn))
    assert "main: restore (RDS)" in drawn.read_text()


def test_bad_input(groundplan: Command, write: Write) -> None:
    write(SHOP.replace("databases:", "buckets: {files: {}}\n    keys: aws\n    databases:"))
    nothing = groundplan("simulate", "recovery", "--after", "key")
    assert nothing.code == ExitCode.BAD_INPUT
    assert nothing.err == "error: production has nothing that --after key could take away\n"
    unknown = groundplan("simulate", "recovery", "--after", "flood")
    assert unknown.code == ExitCode.BAD_INPUT
    assert "flood" in unknown.err
    picture = groundplan("simulate", "recovery", "--out", "recovery.gif")
    assert picture.code == ExitCode.BAD_INPUT
    assert "let its name end in .svg or .png" in picture.err
    write(SHOP.replace("15m,", "15m, measured: {restor: 20m},"))
    key = groundplan("simulate", "recovery")
    assert key.code == ExitCode.BAD_INPUT
    assert 'objectives.measured.restor: "restor" is not task_start' in key.err
    assert 'did you mean "restore"?' in key.err
