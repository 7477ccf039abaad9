"""Pieces of data files are what the whole files say there."""

from __future__ import annotations

import pytest

from groundplan.catalog import _data, instances, prices


@pytest.mark.parametrize("engine", ["postgres", "mysql", "redis", "valkey", "kubernetes"])
def test_a_table_comes_with_the_tables_within_it(engine: str) -> None:
    assert _data.toml_table("engines", engine) == _data.toml("engines")[engine]


def test_every_table_can_be_read_by_itself() -> None:
    for key, table in _data.toml("names")["rules"].items():
        assert _data.toml_table("names", f"rules.{key}") == table
    for key, table in _data.toml("regions")["regions"].items():
        assert _data.toml_table("regions", f"regions.{key}") == table


def test_there_is_no_such_table() -> None:
    assert _data.toml_table("regions", "regions.xx-north-1") is None
    assert _data.toml_table("engines", "postgre") is None


def test_the_head_ends_before_the_first_table() -> None:
    whole = _data.toml("regions")
    assert _data.toml_head("regions") == {key: whole[key] for key in ("source", "source_date")}


def test_rows_of_a_key_are_whole_rows() -> None:
    whole = list(_data.rows("prices"))
    for sku in ("fargate.vcpu_hour", "acm.private_ca.month", "nat.hour"):
        assert list(_data.rows_of("prices", sku)) == [row for row in whole if sku in row[:2]]
    assert list(_data.rows_of("prices", "vcpu_hour")) == []


@pytest.mark.parametrize("name", ["db.m5.large,2", "db.m5", "m5.large", "", "name"])
def test_a_part_of_a_row_is_no_size(name: str) -> None:
    table = instances.rds_classes()
    assert table.get(name) is None
    assert name not in table


def test_the_packaged_book_finds_what_it_holds() -> None:
    book = prices.packaged()
    for price in list(book)[::17]:
        assert book.find(price.sku, price.region) == price
