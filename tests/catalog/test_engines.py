from __future__ import annotations

from datetime import date

import pytest

from groundplan.catalog import engines
from groundplan.catalog.engines import Engine, Status, Support, kubernetes, mysql, postgres, redis, valkey
from groundplan.errors import InputError

ENGINES = (postgres, mysql, redis, valkey, kubernetes)


def test_postgresql_15_4_is_retired_and_the_message_says_what_is_right() -> None:
    found = postgres.find("15.4")
    assert found.status is Status.RETIRED
    assert found.creatable == ("15.13", "15.14", "15.15", "15.16", "15.17", "15.18", "15.19")
    assert found.problem() == (
        "PostgreSQL 15.4 can no longer be created; "
        "creatable are 15.13, 15.14, 15.15, 15.16, 15.17, 15.18, 15.19 (as of 2026-10-20)"
    )
    with pytest.raises(InputError, match=r"15\.13.*15\.19"):
        postgres.resolve("15.4")


@pytest.mark.parametrize(
    ("asked", "version"),
    [
        ("15", "15.17"),
        ("16", "16.10"),
        ("13", "13.23"),
        ("14", "14.24"),
        ("17", "17.11"),
        ("18", "18.6"),
        ("15.19", "15.19"),
    ],
)
def test_resolving_postgresql(asked: str, version: str) -> None:
    found = postgres.resolve(asked)
    assert found.version == version
    assert found.problem() is None
    assert found.parameter_group_family == f"postgres{asked.split('.')[0]}"


def test_a_pinned_default_says_why() -> None:
    pinned = next(major for major in postgres.majors if major.name == "15")
    assert "pinned" in pinned.default_reason


def test_unknown_versions() -> None:
    near = postgres.find("15.99")
    assert near.status is Status.UNKNOWN
    assert "15.19" in str(near.problem())
    far = postgres.find("99")
    assert far.status is Status.UNKNOWN
    assert far.major is None
    assert far.parameter_group_family is None
    assert far.creatable == ("13.23", "14.24", "15.17", "16.10", "17.11", "18.6")
    assert postgres.find("").status is Status.UNKNOWN
    assert postgres.find("1").major is None


def test_support_of_postgresql() -> None:
    fifteen = postgres.resolve("15")
    assert fifteen.standard_support_ends == date(2028, 2, 29)
    assert fifteen.support(date(2028, 2, 29)) is Support.STANDARD
    assert fifteen.support(date(2028, 3, 1)) is Support.EXTENDED
    assert fifteen.support(date(2031, 3, 1)) is Support.ENDED
    assert postgres.resolve("13").support(date(2026, 11, 21)) is Support.EXTENDED


def test_an_end_that_is_not_known_is_none() -> None:
    assert valkey.resolve("8").standard_support_ends is None
    assert valkey.resolve("8").support(date(2026, 11, 21)) is Support.UNKNOWN


@pytest.mark.parametrize(
    ("version", "family"),
    [("4.0.10", "redis4.0"), ("5.0.6", "redis5.0"), ("6.2", "redis6.x"), ("7.0", "redis7"), ("7.1", "redis7")],
)
def test_redis_parameter_group_families(version: str, family: str) -> None:
    found = redis.resolve(version)
    assert found.parameter_group_family == family
    assert found.transit_encryption is True


def test_redis_without_transit_encryption_cannot_be_created() -> None:
    assert redis.find("3.2.4").status is Status.UNKNOWN
    assert redis.find("3.2.4").transit_encryption is None
    assert redis.find("7").version == "7.1"


def test_valkey() -> None:
    assert valkey.resolve("8.0").parameter_group_family == "valkey8"
    assert valkey.resolve("7.2").transit_encryption is True


def test_mysql() -> None:
    assert mysql.resolve("8.0").version == "8.0.46"
    assert mysql.find("8.0.28").status is Status.RETIRED
    assert mysql.resolve("8.4").parameter_group_family == "mysql8.4"


def test_kubernetes() -> None:
    assert kubernetes.resolve("1.34").support(date(2026, 12, 2)) is Support.STANDARD
    assert kubernetes.find("1.29").status is Status.RETIRED
    assert kubernetes.find("1.32").support(date(2026, 11, 21)) is Support.EXTENDED
    assert kubernetes.find("1.3").major is None


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: str(engine.name))
def test_data(engine: Engine) -> None:
    for source in (engine.source, engine.support_source):
        assert source.page.startswith("https://")
        assert source.date.year >= 2025
    assert len({major.name for major in engine.majors}) == len(engine.majors)
    assert len(set(engine.creatable())) == len(list(engine.creatable()))
    for major in engine.majors:
        assert not set(major.creatable) & set(major.retired)
        assert all(version == major.name or version.startswith(f"{major.name}.") for version in major.creatable)
        assert (major.default in major.creatable) if major.creatable else (major.default is None)
        if major.standard_support_ends:
            assert major.extended_support_ends is not None
            assert major.extended_support_ends > major.standard_support_ends


def test_creatable_postgresql_versions_are_those_of_the_source() -> None:
    """The source is the data of the pinned release of cfn-lint: a new release has to be looked at."""
    import json
    from importlib.metadata import version
    from importlib.util import find_spec
    from pathlib import Path

    assert version("cfn-lint") == "1.58.0", "the data was taken from cfn-lint 1.58.0: take it anew"
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "data/schemas/extensions/aws_rds_dbinstance"
    retired = {
        each
        for rule in json.loads((folder / "engine_version_deprecated.json").read_text())["allOf"]
        if rule["if"]["properties"]["Engine"]["const"] == "postgres"
        for each in rule["if"]["properties"]["EngineVersion"]["enum"]
    }
    listed = {
        each
        for rule in json.loads((folder / "engine_version.json").read_text())["allOf"]
        if rule["if"]["properties"]["Engine"].get("const") == "postgres"
        for each in rule["then"]["properties"]["EngineVersion"]["enum"]
        if "." in each and 13 <= int(each.split(".")[0]) <= 18
    }
    assert set(engines.postgres.creatable()) == listed - retired
