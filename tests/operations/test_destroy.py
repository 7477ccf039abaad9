"""Destruction of what holds data: what goes, what keeps a last snapshot, what stays, and how it is said before."""

from __future__ import annotations

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode


def blueprint(project: str, *, keep: bool) -> str:
    return (
        f"project: {project}\nregion: {REGION}\nprofile: poc\nkeys: customer\n"
        "services: {worker: {image: {repository: worker, tag: '1'}, needs: [main, files]}}\n"
        "databases: {main: {engine: postgres 16, class: db.t4g.micro, final_snapshot: true}}\n"
        f"buckets: {{files: {{keep: {str(keep).lower()}}}}}\n"
    )


def fill(aws: Aws, bucket: str) -> None:
    """Two versions of an object, and one that is deleted: all three stand in the way of a deletion."""
    client = aws.client("s3")
    for body in (b"first", b"second"):
        client.put_object(Bucket=bucket, Key="report", Body=body)
    client.put_object(Bucket=bucket, Key="gone", Body=b"x")
    client.delete_object(Bucket=bucket, Key="gone")


def test_a_bucket_that_goes_is_emptied_first(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project, keep=False))
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
    write(blueprint(project, keep=True))
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
