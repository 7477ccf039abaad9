"""Databases and objects brought back, and the switch to what was restored."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.cli.commands import Command
from tests.operations.backup.conftest import Deployed
from tests.operations.running import Aws

from groundplan.cli.options import OutputFormat, TargetOption
from groundplan.cli.restore import _Asked
from groundplan.cli.restore import _carry_out as _carry_out_step
from groundplan.errors import ExitCode
from groundplan.operations.backup import runbook
from groundplan.operations.backup.bucket import ONE_COPY, Change, _carry_out
from groundplan.operations.lock import HeldError, held

NAME = "vault-production-main"


def _instance(aws: Aws, name: str) -> dict[str, object]:
    (found,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return dict(found)


def silent(text: str, *, passing: bool = False) -> None:
    raise AssertionError(text)


def _same(one: dict[str, object], other: dict[str, object], *names: str) -> None:
    assert {name: one.get(name) for name in names} == {name: other.get(name) for name in names}


SETTINGS = (
    "DBInstanceClass", "MultiAZ", "StorageType", "StorageEncrypted", "KmsKeyId", "BackupRetentionPeriod",
    "PreferredBackupWindow", "PreferredMaintenanceWindow", "VpcSecurityGroups", "DBParameterGroups",
    "PerformanceInsightsEnabled", "DeletionProtection", "MaxAllocatedStorage", "EngineVersion",
)  # fmt: skip


def test_a_database_at_a_time_and_the_switch(command: Command, environment: Deployed, aws: Aws) -> None:
    """A new instance with all settings; then it has the name, its replica copies it, and a plan finds nothing."""
    early = command("restore", "database.main", "--to", "2026-01-01")
    assert early.code == ExitCode.BAD_INPUT
    assert "database.main can be restored to any second from 20" in early.err
    assert command("restore", "database.main", "--to", "2126-01-01T00:00:00Z").code == ExitCode.BAD_INPUT
    assert "this is no time; write it like" in command("restore", "database.main", "--to", "noon").err
    assert "has no automated backup" in command("restore", "database.scratch", "--to", "latest").err
    assert "begin with groundplan restore database.main" in command("restore", "switch", "database.main", "-y").err

    before, replica = _instance(aws, NAME), _instance(aws, f"{NAME}-replica")
    # The second in which the first backup was made is not one of those that can be chosen; the next one is.
    created = aws.client("rds").describe_db_instance_automated_backups(DBInstanceIdentifier=NAME)
    first = created["DBInstanceAutomatedBackups"][0]["RestoreWindow"]["EarliestTime"]
    if first.microsecond:
        during = command("restore", "database.main", "--to", first.replace(microsecond=0).isoformat())
        assert (during.code, f"{first + timedelta(seconds=1):%H:%M:%S} UTC" in during.err) == (ExitCode.BAD_INPUT, True)
    time.sleep(max(0, 1 - (datetime.now(UTC) - first).total_seconds()))
    moment = datetime.now(UTC).replace(microsecond=0).isoformat()
    planned = command("restore", "database.main", "--to", moment, "--dry-run")
    assert planned.code == ExitCode.FINE, planned.err
    assert "is made beside it, and costs as much" in planned.out
    made = command("restore", "database.main", "--to", moment, "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    name = made.json["identifier"]
    assert name.startswith(f"{NAME}-to-")
    restored = _instance(aws, name)
    _same(restored, before, *SETTINGS)
    assert restored["DbiResourceId"] != before["DbiResourceId"]
    again = command("restore", "database.main", "--to", moment)
    assert (again.code, "is there already, and is gone on with" in again.err) == (ExitCode.FINE, True)

    asked = command("restore", "switch", "database.main")
    assert asked.code == ExitCode.BAD_INPUT
    assert "answer with --yes" in asked.err
    done = command("restore", "switch", "database.main", "--yes", "--format", "json")
    assert done.code == ExitCode.FINE, done.err
    now, old = _instance(aws, NAME), _instance(aws, done.json["old"])
    assert (now["DbiResourceId"], old["DbiResourceId"]) == (restored["DbiResourceId"], before["DbiResourceId"])
    assert now["Endpoint"] == before["Endpoint"], "services find it where they always did"
    copy = _instance(aws, f"{NAME}-replica")
    assert copy["ReadReplicaSourceDBInstanceIdentifier"] == NAME
    assert done.json["replicas"] == [f"{NAME}-replica"]
    _same(copy, replica, "DBInstanceClass", "VpcSecurityGroups", "PerformanceInsightsEnabled", "DeletionProtection")
    left = {item["identifier"]: item["told"] for item in command("backup", "list", "--format", "json").json["beside"]}
    assert left[done.json["old"]] == "replaced by what was restored: database.main"
    assert [name for name in left if name.startswith(f"{NAME}-replica-before-")]
    assert f"{done.json['old']} in ap-south-1: replaced by what was restored" in command("backup", "list").out
    assert command("drift", "--no-who").code == ExitCode.FINE
    assert command("plan", "--format", "json").json["changes"] == []
    assert command("restore", "switch", "database.main", "-y").code == ExitCode.BAD_INPUT, "there is none any more"


def test_nothing_is_restored_while_somebody_else_is_at_work(command: Command, environment: Deployed, aws: Aws) -> None:
    connection, architecture = environment.connection, environment.architecture
    aws.s3.put_object(Bucket="vault-media-production", Key="locked/new", Body=b"later")
    with held(connection, architecture, "deploy", report=silent):
        for arguments in (
            ("database.main", "--to", "latest"),
            ("bucket.media", "--to", "2026-01-01", "--prefix", "locked/", "--delete-newer", "--yes"),
        ):
            refused = command("restore", *arguments)
            assert refused.code == ExitCode.BAD_INPUT
            assert "production is being worked on by somebody else: `groundplan deploy` of" in refused.err
        asked = _Asked(
            environment.loaded, architecture, connection, TargetOption.LOCAL, None,
            break_lock=False, yes=True, format=OutputFormat.TABLE,
        )  # fmt: skip
        recovery = runbook.choose(architecture, asked.loaded.blueprint.objectives, "corruption")
        steps = {item.step.name: item for item in runbook.actions(connection, architecture, recovery, None)}
        assert (steps["main: restore"].part, steps["main: switch"].part) == ("database.main", "")
        for name in ("main: restore", "main: switch"):
            with pytest.raises(HeldError, match="`groundplan deploy` of"):
                _carry_out_step(steps[name], asked)
    with held(connection, architecture, "restore database.main", part="database.main", report=silent):
        refused = command("restore", "database.main", "--to", "latest")
        assert "`groundplan restore database.main` of" in refused.err
    instances = aws.client("rds").describe_db_instances()["DBInstances"]
    made = [item for item in instances if item["DBInstanceIdentifier"].startswith(f"{NAME}-to-")]
    assert made == []
    there = aws.s3.get_object(Bucket="vault-media-production", Key="locked/new")
    assert there["Body"].read() == b"later"
    aws.s3.delete_object(Bucket="vault-media-production", Key="locked/new")


def test_out_of_a_snapshot_and_an_interrupted_switch(command: Command, environment: Deployed, aws: Aws) -> None:
    rds = aws.client("rds")
    snapshot = command("backup", "now", "database.scratch", "--format", "json").json["backups"][0]["id"]
    wrong = command("restore", "database.main", "--snapshot", snapshot)
    assert "it is of vault-production-scratch, not of vault-production-main" in wrong.err
    assert "has no such snapshot" in command("restore", "database.scratch", "--snapshot", "nothing").err
    assert "--to TIME, --to latest or --snapshot" in command("restore", "database.scratch").err
    made = command("restore", "database.scratch", "--snapshot", snapshot, "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    old = "vault-production-scratch"
    # Killed between the two names.
    rds.modify_db_instance(DBInstanceIdentifier=old, NewDBInstanceIdentifier=f"{old}-before", ApplyImmediately=True)
    done = command("restore", "switch", "database.scratch", "--yes")
    assert done.code == ExitCode.FINE, done.err
    assert _instance(aws, old)["DbiResourceId"] == made.json["resource_id"]


def test_the_password_of_today(command: Command, aws: Aws) -> None:
    """The password at that time may have been another: the restored database takes the one that services have."""
    secrets = aws.client("secretsmanager")
    secret = next(
        item["Name"] for item in secrets.list_secrets()["SecretList"] if item["Name"].endswith("main_password")
    )
    login = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    secrets.put_secret_value(SecretId=secret, SecretString=json.dumps({**login, "password": "changed-since-then"}))
    made = command("restore", "database.main", "--to", "latest", "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    assert "changed-since-then" not in made.out + made.err
    calls = aws.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": made.json["identifier"]}]
    )["Events"]
    assert [item["EventName"] for item in calls][-1] == "RestoreDBInstanceToPointInTime"
    assert "ModifyDBInstance" in {item["EventName"] for item in calls}
    aws.client("rds").delete_db_instance(DBInstanceIdentifier=made.json["identifier"], SkipFinalSnapshot=True)


def test_a_password_that_rds_keeps(command: Command, aws: Aws) -> None:
    """Each instance has a secret of its own: the switch says so before and after."""
    made = command("restore", "database.ledger", "--to", "latest", "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    asked = command("restore", "switch", "database.ledger")
    assert "services have to be given the new one's" in asked.err
    assert "MasterUserSecret" in _instance(aws, made.json["identifier"])
    done = command("restore", "switch", "database.ledger", "--yes")
    assert done.code == ExitCode.FINE, done.err
    secret = _instance(aws, "vault-production-ledger")["MasterUserSecret"]
    assert f"The password is in {secret['SecretArn']} now" in done.out  # type: ignore[index]


def test_objects(command: Command, aws: Aws) -> None:
    """What was overwritten, deleted and added since; former states stay as versions."""
    s3, bucket = aws.s3, "vault-media-production"

    def put(key: str, text: str) -> None:
        s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), Metadata={"text": text})

    put("a/changed", "first")
    put("a/deleted", "first")
    put("a/same", "first")
    put("b/changed", "first")
    put("a/gone-twice", "first")
    s3.delete_object(Bucket=bucket, Key="a/gone-twice")
    time.sleep(1.1)
    moment = datetime.now(UTC).isoformat()
    time.sleep(1.1)
    put("a/changed", "second")
    put("b/changed", "second")
    put("a/new", "second")
    s3.delete_object(Bucket=bucket, Key="a/deleted")

    shown = command("restore", "bucket.media", "--to", moment, "--dry-run", "--format", "json").json
    assert {(item["action"], item["key"]) for item in shown["changes"]} == {
        ("overwrite", "a/changed"), ("bring back", "a/deleted"), ("overwrite", "b/changed")
    }  # fmt: skip
    assert s3.get_object(Bucket=bucket, Key="a/changed")["Body"].read() == b"second"
    done = command("restore", "bucket.media", "--to", moment, "--prefix", "a/", "--delete-newer")
    assert done.code == ExitCode.FINE, done.err
    assert "bucket.media: 3 objects are as they were" in done.out

    def text(key: str) -> tuple[bytes, str]:
        found = s3.get_object(Bucket=bucket, Key=key)
        return found["Body"].read(), found["Metadata"]["text"]

    assert [text(key) for key in ("a/changed", "a/deleted", "a/same")] == [(b"first", "first")] * 3
    assert text("b/changed") == (b"second", "second"), "the prefix holds"
    keys = {item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert keys == {"a/changed", "a/deleted", "a/same", "b/changed"}
    versions = s3.list_object_versions(Bucket=bucket, Prefix="a/changed")["Versions"]
    assert len(versions) == 3, "nothing is lost by it"
    again = command("restore", "bucket.media", "--to", moment, "--prefix", "a/", "--delete-newer")
    assert "bucket.media is as it was on" in again.out

    none = command("restore", "bucket.raw", "--to", moment)
    assert none.code == ExitCode.BAD_INPUT
    assert "bucket.raw keeps no versions: write versioning: true" in none.err
    assert "say as of when bucket.media is to be" in command("restore", "bucket.media").err
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 3}}  # fmt: skip
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})  # type: ignore[list-item]
    early = command("restore", "bucket.media", "--to", "2026-01-01")
    assert "keeps replaced and deleted objects for 3 days: --to can be any second from" in early.err
    s3.delete_bucket_lifecycle(Bucket=bucket)


def test_large_objects_are_copied_in_parts(environment: Deployed, monkeypatch: pytest.MonkeyPatch, aws: Aws) -> None:
    monkeypatch.setattr("groundplan.operations.backup.bucket.ONE_COPY", 1024)
    monkeypatch.setattr("groundplan.operations.backup.bucket.PART", 5 * 2**20)
    assert ONE_COPY == 5 * 2**30
    bucket, body = "vault-media-production", b"x" * (5 * 2**20) + b"end"
    first = aws.s3.put_object(Bucket=bucket, Key="c/large", Body=body, ContentType="text/plain")["VersionId"]
    aws.s3.put_object(Bucket=bucket, Key="c/large", Body=b"small")
    _carry_out(environment.connection.s3("ap-south-1"), bucket, Change("overwrite", "c/large", first, len(body)))
    found = aws.s3.get_object(Bucket=bucket, Key="c/large")
    assert (found["Body"].read(), found["ContentType"]) == (body, "text/plain")


def test_the_runbook_step_by_step(command: Command, aws: Aws) -> None:
    """What Groundplan can do it does; what people have to do nobody can confirm without a terminal."""
    unsaid = command("restore", "runbook")
    assert unsaid.code == ExitCode.BAD_INPUT
    assert "say what has happened: --after, with one of" in unsaid.err
    assert 'did you mean "corruption"' in command("restore", "runbook", "--after", "coruption").err
    shown = command("restore", "runbook", "--after", "corruption", "--to", "latest", "--dry-run")
    assert shown.code == ExitCode.FINE, shown.err
    assert "restores database.main beside the one in use" in shown.out
    assert "brings objects back out of their versions" in shown.out
    stopped = command("restore", "runbook", "--after", "corruption", "--to", "latest", "--yes")
    assert stopped.code == ExitCode.BAD_INPUT
    assert "Is that done? There is no terminal to ask on" in stopped.err
    assert "Somebody decides to go back to before the mistake" in stopped.out
