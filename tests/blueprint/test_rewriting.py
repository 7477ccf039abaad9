"""One value written into a blueprint: all else stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.blueprint.loading import source_of
from groundplan.blueprint.rewriting import with_value
from groundplan.blueprint.yaml import read_yaml
from groundplan.errors import InputError

HEAD = "project: shop  # ours\nregion: ap-south-1\nprofile: poc\n"
SEVERAL = "environments:\n  staging: {}\n  production:\n    # live\n    title: Live\n"


@pytest.mark.parametrize(
    ("text", "environments", "expected"),
    [
        ("queues:\n  mail:\n    visibility: 2m  # long\n", (), "    visibility: 5s  # long\n"),
        ("queues: {mail: {visibility: 2m}}  # all\n", (), "queues: {mail: {visibility: 5s}}  # all\n"),
        ("queues: {mail: {}}\n", (), "queues: {mail: {visibility: 5s}}\n"),
        ("queues: {mail: {fifo: true}}\n", (), "queues: {mail: {visibility: 5s, fifo: true}}\n"),
        ("queues:\n  mail:\n  other: {}\n", (), "  mail: {visibility: 5s}\n  other: {}\n"),
        ("queues:\n  mail:\n    # first\n    fifo: true\n", (), "    # first\n    visibility: 5s\n    fifo: true\n"),
        (
            f"queues: {{mail: {{visibility: 2m}}}}\n{SEVERAL}", ("staging", "production"),
            "  production:\n    # live\n    queues: {mail: {visibility: 5s}}\n    title: Live\n",
        ),
    ],
)  # fmt: skip
def test_written_where_it_belongs(text: str, environments: tuple[str, ...], expected: str) -> None:
    before = HEAD + text
    after = with_value(before, ("queues", "mail", "visibility"), "5s", environments or ("production",), "production")
    assert expected in after
    assert "project: shop  # ours\n" in after
    file = Path("groundplan.yaml")
    source = source_of(read_yaml(after, file), file, after)
    assert str(source.environment("production").blueprint.queues["mail"].visibility) == "5s"
    if environments:
        assert str(source.environment("staging").blueprint.queues["mail"].visibility) == "2m"
    lines = set(before.splitlines())
    assert len([line for line in after.splitlines() if line not in lines]) == 1, "one line is another"


def test_what_yaml_would_read_otherwise_is_quoted() -> None:
    text = with_value(HEAD + "owner: x\n", ("owner",), "null", ("production",), "production")
    assert 'owner: "null"' in text
    assert "owner: 007" in with_value(HEAD, ("owner",), "007", ("production",), "production")


def test_short_forms_are_left_to_people() -> None:
    text = HEAD + "databases: {main: {engine: postgres 16, storage: 20 GB}}\n"
    with pytest.raises(InputError, match=r"databases\.main\.storage has a short form"):
        with_value(text, ("databases", "main", "storage", "max"), "50 GB", ("production",), "production")
    with pytest.raises(InputError, match="written as a mapping or list"):
        with_value(text, ("databases", "main"), "x", ("production",), "production")
