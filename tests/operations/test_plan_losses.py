"""What a plan says of data, protection, cost and findings, and what a deployment refuses without a name."""

from __future__ import annotations

import re

from tests.cli.commands import CHANGE_KEYS, Command, Result, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode


def blueprint(project: str, database: str, *, rest: str = "") -> str:
    """A database and a bucket with little around them."""
    return (
        f"project: {project}\nregion: {REGION}\nprofile: poc\nalarms: null\n"
        f"databases: {{main: {{engine: postgres 16, {database}}}}}\n"
        f"queues: {{mail: {{}}}}\n{rest}"
    )


FILES = "buckets: {files: {encryption: s3}}\n"
FIRST = "class: db.t4g.micro, deletion_protection: true, final_snapshot: true"


def change_of(result: Result, resource: str) -> dict[str, object]:
    """One change of a plan."""
    found = [item for item in result.json["changes"] if item["resource"] == resource]
    assert len(found) == 1, [item["resource"] for item in result.json["changes"]]
    assert set(found[0]) == CHANGE_KEYS
    change: dict[str, object] = found[0]
    return change


def test_nothing_is_lost_unnamed(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project, FIRST, rest=FILES))
    first = groundplan("plan", "--format", "json")
    assert (first.code, first.json["refused"]) == (ExitCode.FINE, [])
    prices = {item["resource"]: 0.0 for item in first.json["changes"]}
    for line in groundplan("cost", "--format", "json").json["lines"]:
        if line["resource"] in prices:
            prices[line["resource"]] += line["monthly"]
    costing = {item["resource"]: item["monthly"] for item in first.json["changes"] if item["monthly"]}
    assert costing["database_instance.main"] > 10
    assert all(abs(prices[name] - monthly) < 0.001 for name, monthly in costing.items())
    assert groundplan("deploy").code == ExitCode.FINE
    databases = aws.client("rds")

    def instances() -> dict[str, bool]:
        found = databases.describe_db_instances()["DBInstances"]
        return {
            item["DBInstanceIdentifier"]: item["DeletionProtection"]
            for item in found
            if item["DBInstanceIdentifier"].startswith(project)
        }

    (identifier,) = instances()

    # A larger class: what it costs more, and nothing else.
    write(blueprint(project, FIRST.replace("micro", "small"), rest=FILES))
    larger = groundplan("plan", "--format", "json")
    change = change_of(larger, "database_instance.main")
    assert (larger.code, change["action"], change["loses"]) == (ExitCode.FINE, "update", None)
    assert change["monthly"] == larger.json["monthly_change"] > 0
    assert larger.json["findings"] == {"new": [], "gone": [], "unknown": None}

    # Less protection.
    bare = FIRST.replace("deletion_protection: true", "deletion_protection: false")
    write(blueprint(project, bare, rest=FILES))
    planned = groundplan("plan", "--format", "json")
    assert planned.code == ExitCode.FINDINGS
    assert [(item["resource"], item["option"]) for item in planned.json["refused"]] == [
        ("database_instance.main", "--allow-unprotect")
    ]
    assert change_of(planned, "database_instance.main")["unprotects"] == ["deletion protection"]
    assert "GP-" in planned.json["findings"]["new"][0]["rule"], "the checks see it, too"
    refused = groundplan("deploy", "--yes")
    assert (refused.code, refused.out) == (ExitCode.BAD_INPUT, "")
    assert "would lose its protection: deletion protection" in refused.err
    assert instances() == {identifier: True}
    mistyped = groundplan("deploy", "--allow-unprotect", "database_instance.mian")
    assert mistyped.code == ExitCode.BAD_INPUT
    assert 'did you mean "database_instance.main"?' in mistyped.err
    allowed = groundplan("deploy", "--allow-unprotect", "database_instance.main")
    assert allowed.code == ExitCode.FINE, allowed.err
    assert instances() == {identifier: False}

    # Another name: a database is made anew, and the old one goes.
    write(blueprint(project, bare + ", name: other", rest=FILES))
    table = groundplan("plan")
    assert table.code == ExitCode.FINDINGS
    ordinary, _, apart = table.out.partition("What holds data, and would be replaced or deleted:")
    assert "database_instance.main" in apart
    assert "DBInstanceIdentifier" in apart
    assert "database_instance.main" not in ordinary, "it is set apart"
    names = [item["resource"] for item in groundplan("plan", "--format", "json").json["refused"]]
    options = [word for name in names for word in ("--allow-replace", name)]
    assert "database_instance.main" in names
    assert f"A deployment is refused without: {' '.join(options)}" in apart
    refused = groundplan("deploy", "--yes")
    assert refused.code == ExitCode.BAD_INPUT
    assert (
        "database_instance.main (AWS::RDS::DBInstance) would be replaced: changes DBInstanceIdentifier" in refused.err
    )
    assert "the last snapshot" in refused.err
    assert instances() == {identifier: False}, "nothing was touched"
    assert groundplan("deploy", *options[:-2]).code == ExitCode.BAD_INPUT, "one of them is missing"
    allowed = groundplan("deploy", *options)
    assert allowed.code == ExitCode.FINE, allowed.err
    (other,) = instances()
    assert other != identifier

    # A bucket goes by itself while it is empty, and by its name alone once something is in it.
    write(blueprint(project, bare + ", name: other"))
    empty = groundplan("plan", "--format", "json")
    going = [item for item in empty.json["changes"] if item["type"] == "AWS::S3::Bucket"]
    assert (empty.code, [item["loses"] for item in going]) == (ExitCode.FINE, ["nothing: it is empty"])
    aws.s3.put_object(Bucket=f"{project}-files-production", Key="letter", Body=b"dear")
    full = groundplan("plan", "--format", "json")
    assert full.code == ExitCode.FINDINGS
    (named,) = [item["resource"] for item in full.json["refused"]]
    assert [item["resource"] for item in going] == [named]
    assert groundplan("deploy", "--yes").code == ExitCode.BAD_INPUT
    assert f"{project}-files-production" in aws.buckets(project)
    write(blueprint(project, bare + ", name: other", rest=FILES))
    gone = groundplan("destroy", "--yes", "--delete-data")
    assert gone.code == ExitCode.FINE, gone.out
    assert "nobody meant it to be" not in gone.out
    kept = [line.split() for line in gone.out.splitlines() if "kept by its policy when another took its place" in line]
    services = sorted(name.split(":")[2] for line in kept for name in line if name.startswith("arn:"))
    assert services == ["logs", "logs", "secretsmanager", "secretsmanager"]
    assert "snapshot of the replaced MainDatabaseInstance" in gone.out
    assert re.search(r"secretsmanager.* 0\.40 *\n", gone.out), "what a secret costs is told"
