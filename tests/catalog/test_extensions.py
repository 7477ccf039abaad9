"""PostgreSQL extensions on RDS, and the images that run beside an application."""

from __future__ import annotations

import re

import pytest

from groundplan.catalog import engines, extensions, images


def test_every_extension_exists_for_a_major_that_rds_creates() -> None:
    majors = [int(major.name) for major in engines.postgres.majors]
    for item in extensions.extensions().values():
        assert item.first_major in majors
        assert item.last_major is None or item.last_major in majors


def test_the_table_is_sorted_and_names_nothing_twice() -> None:
    names = [name.replace("-", "_") for name in extensions.extensions()]
    assert names == sorted(set(names))


@pytest.mark.parametrize("major", ["13", "14", "15", "16", "17", "18"])
def test_postgis_is_there_for_every_major(major: str) -> None:
    assert extensions.problem("postgis", f"{major}.1", {}, "shop") is None


def test_what_is_already_loaded_is_kept_in_the_advice() -> None:
    said = extensions.problem("pgaudit", "16.10", {"shared_preload_libraries": "pg_cron, pg_tle"}, "shop")
    assert said is not None
    assert "{shared_preload_libraries: 'pg_cron,pg_tle,pgaudit'}" in said


@pytest.mark.parametrize(
    "found", [images.image("fluent_bit"), images.image("otel_collector"), images.image("psql")], ids=str
)
def test_images_are_pinned_and_public(found: images.Image) -> None:
    assert found.repository.startswith("public.ecr.aws/")
    assert re.search(r"\d+\.\d+", found.tag), "a version, not latest or stable"
    assert found.source.page.startswith("https://")
