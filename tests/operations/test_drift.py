"""What somebody has changed by hand in stacks: found, told by whom, taken back, or taken over into the blueprint."""

from __future__ import annotations

import resource
from pathlib import Path

from tests.cli.commands import FILE, Command, Write
from tests.operations.running import Aws

from groundplan.errors import ExitCode

TWO = """
        # The shop.
        project: {project}
        region: ap-south-1
        profile: poc
        queues:
          mail: {{}}  # letters
          jobs:
            visibility: 2m  # longest job
        environments:
          staging: {{}}
          production:
            profile: poc
        """


def test_drift_of_stacks(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(
        f"""
        project: {project}
        region: ap-south-1
        profile: poc
        queues: {{mail: {{}}}}
        """
    )
    before = groundplan("drift")
    assert (before.code, before.out) == (ExitCode.FINE, "")
    assert before.err.endswith("production: nothing is deployed to local, so that nothing can differ\n")
    assert groundplan("drift", "--format", "json").json["drift"] == []
    assert groundplan("drift", "--adopt", "--format", "json").json["adoptions"] == []
    assert groundplan("deploy").code == ExitCode.FINE
    assert groundplan("drift").out == "production: nothing differs from what was deployed to local\n"
    assert groundplan("drift", "--format", "json").json == {"target": "local", "environment": "production", "drift": []}
    sqs = aws.client("sqs")
    queue = sqs.get_queue_url(QueueName=f"{project}-production-mail")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "5"})

    found = groundplan("drift", "--format", "json")
    assert found.code == ExitCode.FINDINGS
    (one,) = found.json["drift"]
    by = one.pop("by")
    assert one.pop("physical_id").endswith(f"/{project}-production-mail")
    assert one == {
        "resource": "queue.mail",
        "type": "AWS::SQS::Queue",
        "status": "modified",
        "property": "VisibilityTimeout",
        "expected": "60",
        "actual": "5",
        "region": "ap-south-1",
        "engine_id": f"{project}-production-messaging/MailQueue",
    }
    assert (by["user"], by["event"]) == ("local", "SetQueueAttributes")
    assert "queue.mail: last changed by local, " in groundplan("drift").out

    refused = groundplan("drift", "--restore")
    assert refused.code == ExitCode.BAD_INPUT
    assert "Bring 1 resource back to what was deployed? There is no terminal" in refused.err
    assert groundplan("drift", "--no-who").code == ExitCode.FINDINGS, "nothing was touched"
    back = groundplan("drift", "--restore", "--yes")
    assert back.code == ExitCode.FINE, back.err
    assert "queue.mail: VisibilityTimeout as deployed" in back.err
    assert back.out.endswith("production: everything is as it was deployed\n")
    timeout = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert timeout == {"VisibilityTimeout": "60"}

    sqs.delete_queue(QueueUrl=queue)
    gone = groundplan("drift", "--format", "json").json["drift"]
    assert [(item["resource"], item["status"], item["property"]) for item in gone] == [("queue.mail", "deleted", "")]
    not_adopted = groundplan("drift", "--adopt")
    assert not_adopted.code == ExitCode.FINDINGS
    assert "queue.mail deleted: cannot be adopted: it is gone: take it out" in not_adopted.out
    again = groundplan("drift", "--restore", "--yes")
    assert again.code == ExitCode.FINE, again.err
    assert "queue.mail: made again" in again.err
    assert sqs.get_queue_url(QueueName=f"{project}-production-mail")["QueueUrl"]
    assert groundplan("plan", "--format", "json").json["changes"] == []
    kept = [item["operation"] for item in groundplan("history", "--format", "json").json["history"]]
    assert kept.count("drift --restore") == 2
    groundplan("destroy", "--yes")


def test_adopting(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    """Into the environment where it was changed, and nowhere else; comments stay."""
    file = write(TWO.format(project=project))
    assert groundplan("deploy", "-e", "production").code == ExitCode.FINE
    sqs = aws.client("sqs")

    def change(name: str, **attributes: str) -> None:
        url = sqs.get_queue_url(QueueName=f"{project}-production-{name}")["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    change("mail", VisibilityTimeout="90", MessageRetentionPeriod="86400")
    change("jobs", VisibilityTimeout="300")
    told = groundplan("drift", "-e", "production", "--adopt", "--format", "json")
    assert told.code == ExitCode.FINE, told.out
    assert {item["key"]: (item["before"], item["after"], item["also"]) for item in told.json["adoptions"]} == {
        "queues.jobs.visibility": ("2m", "5m", []),
        "queues.mail.keep": ("4d", "1d", []),
        "queues.mail.visibility": ("1m", "90s", []),
    }
    assert file.read_text().count("90s") == 0, "only --write writes"
    before, limits = file.read_text(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        full = groundplan("drift", "-e", "production", "--adopt", "--write")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (full.code, file.read_text()) == (ExitCode.BAD_INPUT, before)
    assert full.err == "error: groundplan.yaml cannot be written: file too large\n"
    done = groundplan("drift", "-e", "production", "--adopt", "--write")
    assert done.code == ExitCode.FINE, done.err
    text = file.read_text()
    assert "visibility: 2m  # longest job" in text, "staging has not changed"
    assert "# The shop." in text
    changes = groundplan("plan", "-e", "production", "--format", "json").json["changes"]
    assert {item["resource"] for item in changes} == {"queue.mail", "queue.jobs"}
    assert groundplan("deploy", "-e", "production").code == ExitCode.FINE
    assert groundplan("drift", "-e", "production").code == ExitCode.FINE

    sqs.tag_queue(QueueUrl=sqs.get_queue_url(QueueName=f"{project}-production-mail")["QueueUrl"], Tags={"Name": "x"})
    found = groundplan("drift", "-e", "production", "--adopt")
    if "queue.mail" in found.out:  # where the local AWS reads tags back
        assert "cannot be adopted" in found.out
    groundplan("destroy", "-e", "production", "--yes")


def test_contradicting_options(groundplan: Command, write: Write, folder: Path) -> None:
    write("project: shop\nregion: ap-south-1\nprofile: poc\nqueues: {mail: {}}\n")
    both = groundplan("drift", "--restore", "--adopt")
    assert both.code == ExitCode.BAD_INPUT
    assert "choose one of the two" in both.err
    assert groundplan("drift", "--write").code == ExitCode.BAD_INPUT
    assert FILE.exists()
