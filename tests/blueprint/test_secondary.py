"""The pilot light on Google Cloud: what has to be said before it is of use."""

from __future__ import annotations

import pytest
from tests.blueprint.conftest import Problems

BASE = "project: shop\nregion: eu-west-1\n"
DATABASE = "databases: {main: {engine: postgres 15, class: db.t4g.micro}}\n"
BACKUPS = "buckets: {backups: {}, files: {}}\n"


def service(more: str) -> str:
    return f"services: {{api: {{image: {{repository: api, tag: 1.0.0}}, port: 3000, {more}}}}}\n"


def google(more: str = "") -> str:
    return f"secondary: {{google: {{project: shop-standby, {more}}}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        google(),
        BACKUPS + DATABASE + google(),
        "buckets: {nightly: {}}\n" + DATABASE + google("dumps: nightly"),
        BACKUPS + DATABASE + google("copies: [backups]"),
        DATABASE + google("without: [main]"),
        google("database_tier: db-custom-1-3840"),
        google("database_tier: db-f1-micro"),
        google("cidr: 10.1.0.0/26"),
        google("pipeline: acme/shop.web"),
        google("pipeline: 'arn:aws:iam::123456789012:role/pipeline'"),
        service("architecture: arm64") + google("without: [api]"),
        service('environment: {PORT: "3000"}') + google(),
    ],
)
def test_what_is_fine(text: str, problems: Problems) -> None:
    assert problems(BASE + text) == []


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (
            BACKUPS + google("copies: [backup]"),
            "secondary.google.copies[0]",
            'there is no bucket "backup" to copy; did you mean "backups"?',
        ),
        (BACKUPS + google("copies: [files, files]"), "secondary.google.copies[1]", "files is there already"),
        (google("without: [api]"), "secondary.google.without[0]", 'no service, job, database, cache or queue "api"'),
        (
            DATABASE + BACKUPS + google("without: [main, main]"),
            "secondary.google.without[1]",
            "main is there already",
        ),
        (
            DATABASE + google(),
            "secondary.google.dumps",
            'no bucket "backups" for the dumps that main would be restored',
        ),
        (
            DATABASE + BACKUPS + google("copies: [files]"),
            "secondary.google.dumps",
            "backups is not copied to Google Cloud",
        ),
        (
            "buckets: {backups: {keep: false}}\n" + DATABASE + google(),
            "secondary.google.dumps",
            "backups is not copied to Google Cloud",
        ),
        (google("cidr: 10.1.0.0/27"), "secondary.google.cidr", "a /8 to /26, unlike 10.1.0.0/27"),
        (google("cidr: 8.8.8.0/24"), "secondary.google.cidr", "8.8.8.0/24 is no private range"),
        (google("database_tier: db-custom-3-8192"), "secondary.google.database_tier", "1 CPU or an even number to 96"),
        (google("database_tier: db-custom-2-2048"), "secondary.google.database_tier", "is 3840 to 13312 MB"),
        (google("database_tier: db-custom-2-3841"), "secondary.google.database_tier", "in steps of 256, and is 3841"),
        (
            google("database_tier: db-n1-standard-1"),
            "secondary.google.database_tier",
            "not a machine type of Cloud SQL",
        ),
        (google("pipeline: acme"), "secondary.google.pipeline", "neither a GitHub repository"),
        ("secondary: {google: {project: Shop}}\n", "secondary.google.project", "not the id of a Google Cloud project"),
        (
            "jobs: {report: {image: {repository: report, tag: 1.0.0}, schedule: rate(1 day)}}\n" + google(),
            "jobs.report",
            "jobs are not made on Google Cloud; where that is as wanted, write secondary.google.without: [report]",
        ),
        (
            "queues: {mail: {}}\n" + service("needs: [mail]") + google("without: [mail]"),
            "services.api.needs[0]",
            "mail is not there after a take-over by Google Cloud",
        ),
        (service("architecture: arm64") + google(), "services.api.architecture", "Cloud Run runs no arm64 images"),
        (service("size: {cpu: 16384, memory: 32768}") + google(), "services.api.size", "at most 8192 CPU units"),
        (service("reads_secrets: true") + google(), "services.api.reads_secrets", "reads only what secrets: names"),
        (
            service("public: {tls: false, allow: [10.0.0.0/8]}") + google(),
            "services.api.public.allow",
            "without a domain Cloud Run answers everybody",
        ),
        (
            service('environment: {PORT: "80"}') + google(),
            "services.api.environment.PORT",
            "Cloud Run sets PORT itself",
        ),
        (
            "buckets: {files: {cdn: {}}}\n" + service('environment: {CDN: "https://${cdn.files}"}') + google(),
            "services.api.environment.CDN",
            "there is no CDN on Google Cloud",
        ),
    ],
)
def test_what_is_refused(text: str, path: str, said: str, problems: Problems) -> None:
    found = problems(BASE + text)
    assert [line for line in found if f" {path}: " in line and said in line], found
