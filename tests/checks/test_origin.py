"""A finding points to the line of the blueprint that it comes from."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from groundplan.blueprint.loading import LoadedEnvironment, source_of
from groundplan.blueprint.yaml import read_yaml
from groundplan.checks import Finding, Report, located
from groundplan.design import design
from groundplan.errors import Position
from groundplan.resources import Architecture

FILE = Path("groundplan.yaml")
TEXT = dedent("""\
    project: shop
    region: eu-central-1
    network:
      nat: single
    services:
      api:
        image: {repository: api, tag: "1"}
        tasks: {desired: 1}
        port: 80
        public: {tls: false}
        needs: [main, main-archive, files]
    databases:
      main: {engine: postgres 16, class: db.t4g.micro, storage: 20 GB}
      main-archive:
        engine: postgres 16
        class: db.t4g.micro
        storage: 20 GB
    buckets:
      files: {}
    alarms: {email: a@groundplan.dev}
    environments:
      live:
        profile: poc
        databases:
          main: {standby: false}
      """)


@cache
def example() -> tuple[LoadedEnvironment, Architecture]:
    source = source_of(read_yaml(TEXT, FILE), FILE, TEXT)
    loaded = source.with_settings(["services.api.tasks.desired=2"]).environment("live")
    return loaded, design(loaded)


def origin(resource: str, fix: str = "", path: str | None = None) -> tuple[str | None, int]:
    loaded, architecture = example()
    report = Report((Finding("GP-SEC-001", "error", resource, "is wrong", fix, path=path),))
    (finding,) = located(report, loaded, architecture).findings
    assert finding.where is not None
    assert finding.where.file == FILE
    return finding.path, finding.where.line


@pytest.mark.parametrize(
    ("resource", "place"),
    [
        ("ecs_service.api", ("services.api", 6)),
        ("security_group.main", ("databases.main", 13)),
        ("database_instance.main", ("databases.main", 13)),
        ("database_instance.main_archive", ("databases.main-archive", 14)),
        ("secret.main_archive_password", ("databases.main-archive", 14)),
        ("vpc.main", ("network", 3)),
        ("bucket.files", ("buckets.files", 19)),
        ("listener.http", ("services.api.public", 10)),
        ("topic.alarms", ("alarms", 20)),
        ("architecture", (None, 1)),
        ("nothing.of_that_name", (None, 1)),
    ],
)
def test_a_resource_comes_from_its_entry_or_its_part(resource: str, place: tuple[str | None, int]) -> None:
    if resource not in ("architecture", "nothing.of_that_name"):
        assert example()[1].at(resource) is not None
    assert origin(resource) == place


@pytest.mark.parametrize(
    ("resource", "fix", "place"),
    [
        ("database_instance.main", "Set databases.<name>.standby to true.", ("databases.main.standby", 25)),
        ("database_instance.main_archive", "databases.<name>.storage: 9", ("databases.main-archive.storage", 17)),
        ("database_instance.main_archive", "Set databases.<name>.standby to true.", ("databases.main-archive", 14)),
        ("nat_gateway.main[a]", "Set network.nat to per-zone.", ("network.nat", 4)),
        ("architecture", "Set objectives.budget, or alarms.email.", ("alarms.email", 20)),
        # No database of that name: the fix is for others.
        ("ecs_service.api", "Set databases.<name>.standby, or services.<name>.port.", ("services.api.port", 9)),
        # What an option says stands in no line: the place is that of what it changes.
        ("ecs_service.api", "Set services.<name>.tasks.desired to 2.", ("services.api.tasks", 8)),
        ("ecs_service.api", "Look at e.g. example.com or docs.aws.amazon.com.", ("services.api", 6)),
    ],
)  # fmt: skip
def test_the_setting_that_the_fix_names_is_nearer(resource: str, fix: str, place: tuple[str | None, int]) -> None:
    assert origin(resource, fix) == place


def test_what_is_known_is_kept() -> None:
    assert origin("vpc.main", path="buckets.files") == ("buckets.files", 19)
    place = Position(Path("checks/mine.py"), 7, 1)
    report = Report((Finding("GP-SEC-001", "error", "vpc.main", "is wrong", "", where=place),))
    assert located(report, *example()).findings[0].where is place
