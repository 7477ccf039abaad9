"""Regions of Google Cloud."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from groundplan.blueprint.recovery import Google
from groundplan.catalog import _data, google


def test_regions_are_whole() -> None:
    assert len(google.regions()) >= 40
    assert all(re.fullmatch(r"[a-z]+-[a-z]+\d+", name) for name in google.regions())
    assert Google(project="shop-standby").region in google.regions()


def test_they_have_a_source_and_no_region_stands_twice() -> None:
    table = tomllib.loads((Path(_data.__file__).parent / "data" / "google.toml").read_text())["regions"]
    assert table["source"].startswith("https://cloud.google.com/")
    assert table["source_date"].year == 2026
    assert len(table["names"]) == len(set(table["names"]))
    assert table["names"] == sorted(table["names"])


def test_a_misspelt_region_is_suggested() -> None:
    assert "us-east4" in google.suggest("us-east-4")
