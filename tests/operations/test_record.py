"""The audit record: what is kept of each deployment, for how long, and what is not."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from tests.cli.commands import Command, Write
from tests.design.blueprints import designed
from tests.operations.running import REGION, Aws

from groundplan import __version__
from groundplan.cli.history import KILLED, _results
from groundplan.errors import DeploymentError, EnvironmentalError, ExitCode
from groundplan.operations import record
from groundplan.operations.journal import LONGEST, journal
from groundplan.operations.lock import take
from groundplan.operations.record import Record, Revision, history, latest, recorded, revision_of, to_data
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, connect


def blueprint(project: str, rest: str = "") -> str:
    return f"project: {project}\nregion: {REGION}\nprofile: poc\n{rest}"


def silent(text: str, *, passing: bool = False) -> None:
    raise AssertionError(text)


@pytest.fixture
def connection() -> Connection:
    return connect("local")


@pytest.fixture
def architecture(project: str) -> Architecture:
    return designed(blueprint(project))


def one(number: int, **more: object) -> Record:
    began = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    values: dict[str, object] = {"id": f"{number}", "operation": "deploy", "engine": "cloudformation", "by": "arn:x"}
    return Record(**{**values, "started": began, **more})  # type: ignore[arg-type]


def test_a_record_is_read_as_it_was_written() -> None:
    whole = one(
        1, result="failed", seconds=2.5, version="1", revision=Revision("a" * 40, dirty=True), plan={"create": 3},
        reason="why\nnot", details={"image": "api:1"},
    )  # fmt: skip
    for item in (whole, one(2)):
        assert record._read(record._text(item)) == item
    assert str(whole.revision) == "aaaaaaaaaa with changes"


def test_as_many_are_under_way_as_somebody_is_at_work() -> None:
    """Releases go side by side; the others that never said how they ended were killed."""
    unsaid = [one(1), one(2, result="succeeded"), one(3), one(4)]
    assert [record.result for record in unsaid] == ["under way", "succeeded", "under way", "under way"]
    assert _results(unsaid, 2) == ["under way", "succeeded", "under way", KILLED]
    assert _results(unsaid, 0) == [KILLED, "succeeded", KILLED, KILLED]


def test_what_is_too_long_for_an_entry_is_cut() -> None:
    for reason, details in (("ä" * 9000, {}), ("x" * 9000, {"image": "y" * 3000}), ("x", {"image": "y" * 9000})):
        text = record._text(one(1, reason=reason, details=details))
        assert len(text.encode()) <= LONGEST
        assert record._read(text) is not None


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"result": "fine"}', '{"result": "failed", "id": 1}'])
def test_what_somebody_else_has_written_is_passed_over(text: str) -> None:
    assert record._read(text) is None


def test_how_it_ended_is_kept(connection: Connection, architecture: Architecture) -> None:
    def run(error: BaseException | None) -> Record:
        under_way = None
        with (
            suppress(DeploymentError, KeyboardInterrupt, ZeroDivisionError),
            recorded(connection, architecture, "deploy", engine="cloudformation", report=silent) as writing,
        ):
            writing.plan["create"] = 2
            under_way = latest(connection, architecture)
            assert under_way is not None
            assert (under_way.result, under_way.seconds) == ("under way", None)
            if error:
                raise error
        found = latest(connection, architecture)
        assert found is not None
        assert under_way is not None
        assert found.id == under_way.id
        assert found.plan == {"create": 2}
        return found

    assert run(None).result == "succeeded"
    failed = run(DeploymentError("the reason"))
    assert (failed.result, failed.reason) == ("failed", "the reason")
    assert run(KeyboardInterrupt()).result == "interrupted"
    mistake = run(ZeroDivisionError("secret"))
    assert (mistake.result, mistake.reason) == ("failed", "a mistake in Groundplan: ZeroDivisionError")
    found = history(connection, architecture)
    assert [item.result for item in found] == ["failed", "interrupted", "failed", "succeeded"]
    assert found[0].by.startswith("arn:aws:")
    assert found[0].version == __version__
    assert history(connection, architecture, "release") == []


def test_the_last_fifty_are_kept(connection: Connection, architecture: Architecture) -> None:
    place = journal(connection, architecture, "deployments")
    for number in range(105):
        place.append(record._text(one(number)))
    found = history(connection, architecture)
    assert [item.id for item in found[:2]] == ["104", "103"]
    assert len(found) == 100, "each of two entries: under way, and how it ended"
    assert latest(connection, designed(blueprint(f"{architecture.project}x"))) is None


def test_without_a_record_the_work_goes_on(
    connection: Connection, architecture: Architecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def report(text: str, *, passing: bool = False) -> None:
        told.append(text)

    def refuse(*_: object) -> str:
        raise EnvironmentalError("AWS says AccessDenied")

    for place in ("groundplan.operations.record.caller", "groundplan.operations.journal.Journal.append"):
        told.clear()
        with monkeypatch.context() as patched:
            patched.setattr(place, refuse)
            with recorded(connection, architecture, "deploy", engine="terraform", report=report):
                pass
        assert set(told) == {"warning: there is no audit record of this deploy: AWS says AccessDenied"}
        assert history(connection, architecture) == []


def test_where_aws_is_out_of_reach_nothing_is_written(connection: Connection, architecture: Architecture) -> None:
    def fail() -> None:
        with recorded(connection, architecture, "deploy", engine="cloudformation", report=silent):
            try:
                raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
            except EndpointConnectionError as lost:
                raise EnvironmentalError("gone") from lost

    with pytest.raises(EnvironmentalError, match="gone"):
        fail()
    last = latest(connection, architecture)
    assert last is not None
    assert last.result == "under way", "how it ended nobody knows"


def git(*arguments: str) -> str:
    who = ("-c", "user.name=jo", "-c", "user.email=jo@example.com")
    return subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def test_the_revision_is_gits(folder: Path, write: Write) -> None:
    file = write(blueprint("shop"))
    assert revision_of(file) is None, "in no repository"
    git("init", "-q")
    assert revision_of(file) is None, "without a commit"
    git("add", "groundplan.yaml")
    git("commit", "-q", "-m", "one")
    assert revision_of(file) == Revision(git("rev-parse", "HEAD"), dirty=False)
    (folder / "more.yaml").write_text("")
    assert revision_of(file) == Revision(git("rev-parse", "HEAD"), dirty=True)


def test_who_deployed_what_and_when(
    groundplan: Command, write: Write, aws: Aws, project: str, connection: Connection
) -> None:
    somebodys = f"{project}-taken"
    aws.create_bucket(somebodys)
    write(blueprint(project, f"buckets: {{others: {{encryption: s3, name: {somebodys}}}}}\n"))
    assert groundplan("history").out == "production: nobody has deployed it to local\n"
    assert groundplan("deploy").code == ExitCode.DEPLOYMENT_FAILED
    aws.s3.delete_bucket(Bucket=somebodys)
    assert groundplan("deploy").code == ExitCode.FINE
    assert groundplan("deploy").code == ExitCode.FINE
    found = groundplan("history", "--format", "json").json
    assert (found["target"], found["environment"]) == ("local", "production")
    unchanged, mended, failed = found["history"]
    assert [item["result"] for item in found["history"]] == ["succeeded", "succeeded", "failed"]
    assert failed["plan"]["create"] > mended["plan"]["create"] > 0
    assert unchanged["plan"] == {}
    assert "bucket.others (AWS::S3::Bucket): " in failed["reason"]
    assert "what to do: " in failed["reason"]
    assert all(item["seconds"] >= 0 and item["by"].startswith("arn:aws:") for item in found["history"])
    table = groundplan("history", "--limit", "2").out
    assert "no change" in table
    assert "failed" not in table
    assert "what to do: " in groundplan("history").out

    architecture = designed(blueprint(project))
    place = journal(connection, architecture, "deployments")
    place.append(json.dumps(to_data(one(10**5, by="arn:aws:iam::1:user/ann"))))
    assert "killed" in groundplan("history", "-n", "1").out
    lease = take(connection, architecture, "deploy")
    assert "under way" in groundplan("history", "-n", "1").out
    lease.give_back()
    assert groundplan("destroy", "-y").code == ExitCode.FINE
    assert latest(connection, architecture) is not None, "what happened is known after the environment has gone"
