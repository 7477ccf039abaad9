"""Backups made, listed and judged."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.commands import Command
from tests.operations.backup.conftest import THERE, Deployed
from tests.operations.running import Aws

from groundplan.blueprint.objectives import Objectives
from groundplan.cli.engine import prepared
from groundplan.errors import ExitCode
from groundplan.operations.backup import Backups, Point, Verdict, find_backups, verify
from groundplan.operations.backup.export import export
from groundplan.operations.backup.restore_tests import RestoreTest
from groundplan.units import Duration


def test_backing_up(command: Command, aws: Aws) -> None:
    """Everything is backed up under names that say when, and what AWS Backup makes is copied to the other region."""
    made = command("backup", "now", "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    found = {item["store"]: item for item in made.json["backups"]}
    assert {name: (item["what"], item["status"]) for name, item in found.items()} == {
        "database.main": ("snapshot", "available"),
        "database.ledger": ("snapshot", "available"),
        "database.scratch": ("snapshot", "available"),
        "cache.sessions": ("snapshot", "available"),
        "bucket.media": ("recovery point", "COMPLETED"),
        "bucket.raw": ("nothing", "left out"),
    }
    name = found["database.main"]["id"]
    assert re.fullmatch(r"vault-production-main-\d{8}-\d{6}", name)
    (snapshot,) = aws.client("rds").describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"]
    tags = {tag["Key"]: tag["Value"] for tag in snapshot["TagList"]}
    assert (tags["Project"], tags["GroundplanBackup"]) == ("vault", "database.main")
    copies = aws.client("backup", THERE).list_recovery_points_by_backup_vault(
        BackupVaultName="vault-production-backup-copies"
    )["RecoveryPoints"]
    assert found["bucket.media"]["copy"] in {item["RecoveryPointArn"] for item in copies}
    assert {item["Lifecycle"]["DeleteAfterDays"] for item in copies} == {30}

    listed = command("backup", "list", "--format", "json").json
    kinds = {(item["store"], item["kind"], item["copied"]) for item in listed["points"]}
    assert kinds == {
        ("database.main", "any second", False),
        ("database.main", "automated", False),
        ("database.main", "manual", False),
        ("database.ledger", "any second", False),
        ("database.ledger", "automated", False),
        ("database.ledger", "manual", False),
        ("database.scratch", "automated", False),
        ("database.scratch", "manual", False),
        ("cache.sessions", "manual", False),
        ("bucket.media", "recovery point", False),
        ("bucket.media", "recovery point", True),
        ("bucket.media", "versions", False),
    }
    assert all(item["encrypted"] is not False for item in listed["points"])
    assert (listed["not_there"], listed["restore_tests"]) == ([], [])
    (one,) = [item for item in listed["points"] if item["id"] == name]
    assert (one["size"], one["region"], one["usable"]) == (20 * 2**30, "ap-south-1", True)
    table = command("backup", "list", "database.main").out
    assert name in table
    assert "bucket.media" not in table
    assert "restore tests are scheduled (backup.test), and none has run yet" in table


def test_verdicts_of_what_is_there(command: Command, environment: Deployed) -> None:
    command("backup", "now", "cache.sessions", "bucket.media")
    judged = command("backup", "verify", "--format", "json")
    words = {(item["store"], item["what"]): item["word"] for item in judged.json["verdicts"]}
    assert words == {
        ("database.main", "backups"): "held",
        ("database.main", "copies"): "not due yet",
        ("database.ledger", "backups"): "held",
        ("database.ledger", "copies"): "not due yet",
        ("database.scratch", "backups"): "held",
        ("database.scratch", "copies"): "not due yet",
        ("cache.sessions", "backups"): "held",
        ("bucket.media", "backups"): "held",
        ("bucket.media", "copies"): "held",
        ("bucket.raw", "backups"): "not promised",
    }
    assert judged.code == ExitCode.FINE
    assert "database.main" in command("backup", "verify").out


def _judged(environment: Deployed, backups: Backups, objectives: Objectives, later: timedelta) -> dict[str, Verdict]:
    found = verify(environment.connection, environment.architecture, backups, objectives, datetime.now(UTC) + later)
    return {f"{item.store} {item.what}": item for item in found}


def test_what_is_too_old_or_broken(environment: Deployed) -> None:
    """The same backups, looked at later, and worse ones."""
    backups = find_backups(environment.connection, environment.architecture)
    three_days = _judged(environment, backups, Objectives(), timedelta(days=3))
    assert three_days["database.main backups"].word == "not held"
    assert three_days["database.main backups"].why == "the newest is 3 d old, and may be 15 min"
    assert three_days["cache.sessions backups"].word == "not held"
    assert three_days["database.main copies"].why == "there is no copy in another region"
    strict = _judged(environment, backups, Objectives(recovery_point=Duration(7200)), timedelta(hours=3))
    assert strict["database.main backups"].why == "the newest is 3 h old, and may be 2 h"

    def spoilt(change: dict[str, object]) -> Verdict:
        points = tuple(
            replace(point, **change) if point.store == "bucket.media" and point.copied else point  # type: ignore[arg-type]  # fields of Point
            for point in backups.points
        )
        return _judged(environment, replace(backups, points=points), Objectives(), timedelta())["bucket.media copies"]

    assert "is not encrypted" in spoilt({"encrypted": False}).why
    assert spoilt({"status": "EXPIRED"}).word in ("not held", "not due yet")
    source = next(item for item in backups.points if item.store == "bucket.media" and item.kind == "recovery point")
    whole = [replace(item, size=500) if item == source else item for item in backups.points]
    judged = _judged(environment, replace(backups, points=tuple(whole)), Objectives(), timedelta())
    if any(item.copied and item.created == source.created for item in whole):
        assert "what was copied 500" in judged["bucket.media copies"].why

    off = Point("bucket.media", "versions", "b", "ap-south-1", None, status="Suspended")
    only = replace(backups, points=(off,), missing=frozenset({"database.main"}))
    judged = _judged(environment, only, Objectives(recovery_point=Duration(60)), timedelta())
    assert judged["bucket.media backups"].is_finding
    assert judged["database.main backups"].word == "not there"


def test_a_failed_restore_test_is_a_finding(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = RestoreTest("RDS", "FAILED", datetime.now(UTC), datetime.now(UTC), "no such subnet group")
    monkeypatch.setattr("groundplan.operations.backup.found.find_restore_tests", lambda *_: [failed])
    judged = command("backup", "verify")
    assert judged.code == ExitCode.FINDINGS
    assert "restore test of RDS: FAILED: no such subnet group" in judged.out
    assert "last restore test of RDS" in command("backup", "list").out


def test_refusals(command: Command, environment: Deployed, aws: Aws) -> None:
    wrong = command("backup", "now", "database.man")
    assert wrong.code == ExitCode.BAD_INPUT
    assert 'production has no "database.man"; did you mean "database.main"' in wrong.err
    before = environment.file.read_text()
    environment.file.write_text(before.replace("project: vault", "project: elsewhere"))
    try:
        nothing = command("backup", "now", "database.main")
        assert nothing.code == ExitCode.BAD_INPUT
        assert "nothing that holds data is deployed to local" in nothing.err
        assert command("backup", "verify").code == ExitCode.FINDINGS
    finally:
        environment.file.write_text(before)


def test_what_no_snapshot_has(command: Command, environment: Deployed, tmp_path: Path) -> None:
    """Compressed, and not kept twice."""
    first = command("backup", "export", tmp_path / "kept", "--format", "json")
    assert first.code == ExitCode.FINE, first.err
    file = Path(first.json["file"])
    text = gzip.decompress(file.read_bytes()).decode()
    assert len(file.read_bytes()) * 4 < len(text)
    stacks = {item["name"]: item for item in json.loads(text)["stacks"]}
    assert "AWS::RDS::DBInstance" in json.dumps(stacks["vault-production-databases"]["template"])
    again = command("backup", "export", tmp_path / "kept", "--format", "json").json
    assert (again["written"], again["file"]) == (False, str(file))
    assert [item.name for item in (tmp_path / "kept").iterdir()] == [file.name]
    file.write_bytes(gzip.compress(b"{}"))
    other = export(environment.connection, *prepared(environment.loaded, environment.architecture), tmp_path / "kept",
                   datetime(2126, 1, 1, tzinfo=UTC))  # fmt: skip
    assert (other.written, other.file.name) == (True, "vault-production-21260101-000000.json.gz")
    (tmp_path / "taken").write_text("")
    assert command("backup", "export", tmp_path / "taken").code == ExitCode.BAD_INPUT
