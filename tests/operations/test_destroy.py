"""Destruction of what holds data: what goes, what keeps a last snapshot, what stays, and how it is said before."""

from __future__ import annotations

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode

SERVICE = "services: {worker: {image: {repository: worker, tag: '1'}, needs: [main, files]}}\n"
DATABASE = "databases: {main: {engine: postgres 16, class: db.t4g.micro, final_snapshot: true}}\n"


def blueprint(project: str, *rest: str, keep: bool) -> str:
    """A bucket, and the rest."""
    return (
        f"project: {project}\nregion: {REGION}\nprofile: poc\nkeys: customer\n"
        f"buckets: {{files: {{keep: {str(keep).lower()}}}}}\n{''.join(rest)}"
    )


def fill(aws: Aws, bucket: str) -> None:
    """Two versions of an object, and one that is deleted: all three stand in the way of a deletion."""
    client = aws.client("s3")
    for body in (b"first", b"second"):
        client.put_object(Bucket=bucket, Key="report", Body=body)
    client.put_object(Bucket=bucket, Key="gone", Body=b"x")
    client.delete_object(Bucket=bucket, Key="gone")


def test_a_bucket_that_goes_is_emptied_first(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project, SERVICE, DATABASE, keep=False))
    assert groundplan("deploy").code == ExitCode.FINE
    bucket = f"{project}-files-production"
    fill(aws, bucket)
    gone = groundplan("destroy", "-y")
    assert gone.code == ExitCode.FINE, gone.err
    assert f"bucket.files ({bucket}): goes, with its data" in gone.err
    assert "database_instance.main" in gone.err
    assert "keeps a last snapshot" in gone.err
    assert "bucket.files: 4 objects, images or recovery points deleted" in gone.err
    assert aws.buckets(project) == set()
    snapshots = aws.client("rds").describe_db_snapshots()["DBSnapshots"]
    assert [item for item in snapshots if item["DBInstanceIdentifier"].startswith(project)]


def test_what_is_kept_stays_until_it_is_named(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project, keep=True))
    assert groundplan("deploy").code == ExitCode.FINE
    bucket = f"{project}-files-production"
    fill(aws, bucket)
    gone = groundplan("destroy", "-y")
    assert gone.code == ExitCode.FINE, gone.err
    assert f"bucket.files ({bucket}): stays" in gone.err
    assert "bucket.files: what stays keeps its name, and production cannot be deployed again beside it" in gone.err
    assert aws.buckets(project) == {bucket}

    again = groundplan("deploy")
    assert again.code == ExitCode.DEPLOYMENT_FAILED
    assert "bucket.files (AWS::S3::Bucket)" in again.err


def test_delete_data_takes_what_would_stay(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project, DATABASE, keep=True))
    assert groundplan("deploy").code == ExitCode.FINE
    bucket = f"{project}-files-production"
    fill(aws, bucket)
    gone = groundplan("destroy", "-y", "--delete-data")
    assert gone.code == ExitCode.FINE, gone.err
    assert "bucket.files: deleted with 4 objects" in gone.err
    assert aws.buckets(project) == set()
    # The last snapshot of the database cannot be read without its key.
    keys = [line for line in gone.err.splitlines() if line.strip().startswith("key.rds")]
    assert keys
    assert all(line.endswith(": stays") for line in keys)


def test_logs_that_arrive_meanwhile_keep_no_bucket(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    """Each request to a bucket is logged to another one: also those that empty it."""
    write(
        f"""
project: {project}
region: {REGION}
profile: poc
network: {{flow_logs: 30d}}
services: {{web: {{image: {{repository: web, tag: "1"}}, port: 80, public: {{tls: false}}}}}}
buckets: {{assets: {{}}}}
"""
    )
    assert groundplan("deploy").code == ExitCode.FINE
    gone = groundplan("destroy", "--yes")
    assert gone.code == ExitCode.FINE, gone.err
    assert aws.buckets(project) == set()


def test_what_the_blueprint_has_no_more_is_emptied_too(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    """What is in a stack goes with it, whether the blueprint has it or not; what stays can be named by its logical
    id."""
    first = f"project: {project}\nregion: {REGION}\nprofile: poc\nbuckets: {{files: {{keep: false}}"
    write(f"{first}, old: {{keep: false}}, attic: {{keep: true, versioning: true}}}}\n")
    assert groundplan("deploy").code == ExitCode.FINE
    fill(aws, f"{project}-old-production")
    fill(aws, f"{project}-attic-production")
    write(first + "}\n")
    named = groundplan("destroy", "-y", "--delete-protected", "AtticBuket")
    assert named.code == ExitCode.BAD_INPUT
    assert 'nothing that holds data is called "AtticBuket"; did you mean "AtticBucket"?' in named.err
    gone = groundplan("destroy", "-y", "--delete-protected", "AtticBucket")
    assert gone.code == ExitCode.FINE, gone.err
    assert f"OldBucket ({project}-old-production): goes, with its data: 3 versions of objects, 12 B" in gone.err
    assert "AtticBucket: deleted with 4 objects" in gone.err
    assert aws.buckets(project) == set()


PROTECTED = """databases:
  main: {engine: postgres 16, class: db.t4g.micro, backups: 1d, deletion_protection: true, replicas: 1}
"""


def test_what_is_protected_goes_only_where_it_is_named(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    write(f"project: {project}\nregion: {REGION}\nprofile: poc\n{PROTECTED}")
    assert groundplan("deploy").code == ExitCode.FINE
    refused = groundplan("destroy", "-y")
    assert refused.code == ExitCode.BAD_INPUT
    assert "refused, and nothing was touched: what is protected from deletion goes only if it is named" in refused.err
    assert "--delete-protected database_instance.main" in refused.err
    rds = aws.client("rds")
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier=f"{project}-production-main")["DBInstances"]
    assert instance["DeletionProtection"] is True
    wrong = groundplan("destroy", "--confirm", "prod", "--delete-protected", "database_instance.main")
    assert wrong.code == ExitCode.BAD_INPUT
    assert "--confirm prod: the environment is production, and nothing was done" in wrong.err

    # A replica that was promoted is no copy of anything any more, which CloudFormation does not know.
    replica = f"{project}-production-main-replica"
    before = rds.promote_read_replica(DBInstanceIdentifier=replica)["DBInstance"]["DbiResourceId"]
    arguments = ("--confirm", "production", "--delete-protected", "database_instance.main", "--format", "json")
    gone = groundplan("destroy", *arguments)
    assert gone.code == ExitCode.FINE, gone.err
    last = f"{replica}-final-{before.removeprefix('db-')[:12].lower()}"
    assert f"its last snapshot is {last}" in gone.err
    (snapshot,) = rds.describe_db_snapshots(DBSnapshotIdentifier=last)["DBSnapshots"]
    assert (snapshot["DBInstanceIdentifier"], snapshot["Status"]) == (replica, "available")
    assert last in {item["name"] for item in gone.json["left"]}
    assert gone.json["leftovers"] == gone.json["unseen"] == []
    left = {item["name"]: item["monthly"] for item in gone.json["left"] if item["what"] == "parameter"}
    assert left == {f"/groundplan/{project}/production/{name}": 0 for name in ("lock", "deployments")}
    assert aws.stacks(project) == {}


def test_what_nobody_meant_to_leave_is_told(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    """A resource with the environment's tags that is in no stack costs on until somebody is told of it. One with an
    owner is somebody else's."""
    write(f"project: {project}\nregion: {REGION}\nprofile: poc\nbuckets: {{files: {{keep: false}}}}\n")
    assert groundplan("deploy").code == ExitCode.FINE
    aws.create_bucket(f"{project}-stray")
    tags = aws.s3.get_bucket_tagging(Bucket=f"{project}-files-production")["TagSet"]
    marks = [tag for tag in tags if tag["Key"] in ("Project", "Environment", "ManagedBy")]
    aws.s3.put_bucket_tagging(Bucket=f"{project}-stray", Tagging={"TagSet": marks})
    aws.create_bucket(f"{project}-of-jane")
    hers = [*marks, {"Key": "Owner", "Value": "jane"}]
    aws.s3.put_bucket_tagging(Bucket=f"{project}-of-jane", Tagging={"TagSet": hers})  # type: ignore[typeddict-item]
    gone = groundplan("destroy", "-y")
    assert gone.code == ExitCode.FINDINGS
    assert f"left over, and nobody meant it to be: arn:aws:s3:::{project}-stray" in gone.out
    assert "of-jane" not in gone.out
    assert "production is destroyed on local: 2 stacks deleted" in gone.out
