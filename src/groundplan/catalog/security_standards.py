"""The standards of AWS Security Hub, by what a blueprint calls them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from groundplan.catalog import _data


@cache
def all_standards() -> Mapping[str, str]:
    """What stands behind ``arn:PARTITION:securityhub:``, with ``{region}`` in the place of the region."""
    found: dict[str, str] = _data.toml("security_standards")["standards"]
    return found
