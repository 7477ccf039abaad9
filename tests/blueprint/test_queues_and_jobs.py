"""Queues, jobs, secrets and owners: what only the whole blueprint can tell."""

from __future__ import annotations

import pytest
from tests.blueprint.conftest import Problems

BASE = """\
project: shop
region: eu-west-1
"""
IMAGE = "image: {repository: worker, tag: '1'}"
JOB = f"jobs: {{nightly: {{{IMAGE}, schedule: cron(0 3 * * ? *), "
DATABASE = "databases: {main: {engine: postgres 15, class: db.t4g.micro, "


@pytest.mark.parametrize(
    "text",
    [
        "queues: {emails: {}}",
        "queues: {emails: {visibility: 12h, keep: 14d, delay: 15m, wait: 0s, late: 13d, dead_letters: {after: 1000}}}",
        "queues: {emails: {visibility: 0s, keep: 1m, late: 30s, dead_letters: {keep: 1m}}}",
        "queues: {emails: {fifo: true, dead_letters: null, encryption: sqs}}\nusage: {messages: {emails: 5}}",
        f"{JOB}timezone: Asia/Kolkata, window: 24h, tasks: 10, retries: 185, enabled: false}}}}",
        f"{JOB}secrets: {{TOKEN: token}}}}}}\nsecrets: {{token: {{generate: 16}}}}",
        f"{DATABASE}credentials: managed, rotation: 1000d}}}}",
        "owner_id: jane\ntags: {Team: shop}",
        "owner_id: a-1",
        "tags: {Owner: shop}",
    ],
)
def test_what_is_fine(text: str, problems: Problems) -> None:
    assert problems(BASE + text + "\n") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "queues: {emails: {visibility: 13h}}",
            "3:31: queues.emails.visibility: SQS takes up to 12 hours, and it is 13h",
        ),
        ("queues: {emails: {keep: 15d}}", "3:25: queues.emails.keep: SQS takes 1 minute to 14 days, and it is 15d"),
        (
            "queues: {emails: {keep: 59s, late: 9s}}",
            "3:25: queues.emails.keep: SQS takes 1 minute to 14 days, and it is 59s",
        ),
        ("queues: {emails: {delay: 16m}}", "3:26: queues.emails.delay: SQS takes up to 15 minutes, and it is 16m"),
        ("queues: {emails: {wait: 21s}}", "3:25: queues.emails.wait: SQS takes up to 20 seconds, and it is 21s"),
        (
            "queues: {emails: {keep: 5m, delay: 5m}}",
            "queues.emails.delay: a message would be gone after 5m, before anyone",
        ),
        (
            "queues: {emails: {late: 4d}}",
            "3:25: queues.emails.late: has to be longer than delay (0s) and shorter than keep",
        ),
        ("queues: {emails: {late: 60s, delay: 60s}}", "queues.emails.late: has to be longer than delay (1m)"),
        (
            "queues: {emails: {dead_letters: {keep: 1d}}}",
            "3:40: queues.emails.dead_letters.keep: a message's age counts "
            "from when it was sent: kept for 1d here and 4d in the queue",
        ),
        (
            "queues: {emails: {dead_letters: {after: 0}}}",
            "queues.emails.dead_letters.after: 0 is too little; the least is 1",
        ),
        ("queues: {emails: {encryption: none}}", 'queues.emails.encryption: "none" is not kms or sqs'),
        (
            "queues: {emails: {}}\nusage: {messages: {email: 5}}",
            '4:20: usage.messages.email: there is no queue "email"; did you mean "emails"?',
        ),
        (
            f"{JOB}timezone: Kolkata}}}}",
            'jobs.nightly.timezone: there is no time zone "Kolkata"; did you mean "Asia/Kolkata"?',
        ),
        (f"{JOB}timezone: Mars/Base}}}}", 'there is no time zone "Mars/Base"; write its IANA name, like Asia/Kolkata'),
        (f"{JOB}window: 25h}}}}", "jobs.nightly.window: the window is up to 24 hours in whole minutes, and is 25h"),
        (f"{JOB}window: 90s}}}}", "jobs.nightly.window: the window is up to 24 hours in whole minutes, and is 90s"),
        (f"{JOB}tasks: 11}}}}", "jobs.nightly.tasks: 11 is too much; the most is 10"),
        (f"{JOB}retries: 186}}}}", "jobs.nightly.retries: 186 is too much; the most is 185"),
        (
            f"jobs: {{a: {{{IMAGE}, schedule: daily}}}}",
            'jobs.a.schedule: "daily" is no schedule, like cron(0 3 * * ? *)',
        ),
        (f"jobs: {{a: {{{IMAGE}, schedule: cron(0 3 * * *)}}}}", "jobs.a.schedule: cron has 6 fields"),
        (f"jobs: {{a: {{{IMAGE}}}}}", 'jobs.a: "schedule" is missing'),
        (
            f"{JOB}needs: [api]}}}}\nservices: {{api: {{{IMAGE}, port: 80}}}}",
            "jobs.nightly.needs[0]: tasks that are "
            "started on their own are not part of Service Connect, so a job cannot call api by its name",
        ),
        (
            f"{JOB}needs: [mails]}}}}\nqueues: {{emails: {{}}}}",
            'jobs.nightly.needs[0]: there is no "mails" to need; did you mean "emails"?',
        ),
        (f"{JOB}needs: [nightly]}}}}", "jobs.nightly.needs[0]: nightly needs itself"),
        (
            f"{JOB}secrets: {{A: token}}}}}}\nsecrets: {{tokn: {{generate: 20}}}}",
            '4:11: secrets.tokn: no service or job names "tokn" under its secrets; did you mean "token"?',
        ),
        ("secrets: {token: {}}", '3:11: secrets.token: no service or job names "token" under its secrets; remove it'),
        (f"{JOB}secrets: {{A: token}}}}}}\nsecrets: {{token: {{generate: 15}}}}", "15 is too little; the least is 16"),
        (
            f"{DATABASE}rotation: 30d}}}}",
            "databases.main.rotation: a generated password stays as it is; write credentials: managed beside it",
        ),
        (f"{DATABASE}credentials: managed, rotation: 1001d}}}}", "can be 1000d at most, and is 1001d"),
        (f"{DATABASE}credentials: managed, rotation: 12h}}}}", "is counted in whole days, and is 12h"),
        (f"{DATABASE}credentials: managed, rotation: 0d}}}}", "the time between two rotations is 1d to 1000d"),
        (
            "owner_id: Jane",
            '3:11: owner_id: "Jane" is not an owner id: lower-case letters and digits, in between single hyphens',
        ),
        ("owner_id: ja_ne", "is not an owner id"),
        ("owner_id: -jane", "is not an owner id"),
        ("owner_id: ja--ne", "is not an owner id"),
        ("owner_id: jane-and-john", '3:11: owner_id: "jane-and-john" is too long; it may have 12 characters'),
        ("owner_id: jane\ntags: {Owner: shop}", "4:8: tags.Owner: owner_id sets this tag; choose another key"),
        ("names: '{owner}-{name}'", '"{owner}" stands for nothing; did you mean "owner_id"?'),
    ],
)
def test_what_is_wrong(text: str, said: str, problems: Problems) -> None:
    found = problems(BASE + text + "\n")
    assert len(found) == 1, found
    assert said in found[0]


def test_a_broken_service_does_not_make_its_secret_unused(problems: Problems) -> None:
    text = "services: {api: {image: {}, secrets: {A: token}}}\nsecrets: {token: {generate: 20}}\n"
    assert problems(BASE + text) == ['groundplan.yaml:3:18: services.api.image: "repository" is missing']
