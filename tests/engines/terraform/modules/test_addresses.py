"""Whatever happens to the modules, Terraform finds what it has made."""

from __future__ import annotations

import pytest

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.modules import addresses
from groundplan.errors import InputError

A, B, C = "module.m.aws_x.a", 'module.m.aws_x.this["a"]', "module.m.aws_x.a[0]"


def _moves(record: addresses.Record) -> list[tuple[str, str]]:
    lines = hcl.render(list(addresses.moved(record))).replace("  from = ", "").replace("  to   = ", "").split("\n")
    plain = [line for line in lines if line and not line.startswith(("moved", "}"))]
    return list(zip(plain[::2], plain[1::2], strict=True))


def test_the_first_rendering_moves_nothing() -> None:
    record = addresses.recorded({"aws_x.a": A}, {})
    assert record == {"aws_x.a": (A,)}
    assert _moves(record) == []


def test_every_earlier_address_leads_to_the_next() -> None:
    record = addresses.recorded({"aws_x.a": C}, addresses.recorded({"aws_x.a": B}, {"aws_x.a": (A,)}))
    assert record == {"aws_x.a": (A, B, C)}
    assert _moves(record) == [(A, B), (B, C)]


def test_back_at_an_earlier_place_there_is_no_circle() -> None:
    record = addresses.recorded({"aws_x.a": A}, {"aws_x.a": (A, B)})
    assert record == {"aws_x.a": (B, A)}
    assert _moves(record) == [(B, A)]


def test_what_stays_has_no_history() -> None:
    assert addresses.recorded({"aws_x.a": A}, {"aws_x.a": (A,)}) == {"aws_x.a": (A,)}


def test_an_address_that_another_resource_has_now_is_not_moved_away_from() -> None:
    record = {"aws_x.a": (A, B), "aws_x.b": (A,)}
    assert _moves(record) == []


def test_what_was_renamed_in_the_blueprint_keeps_its_history() -> None:
    record = addresses.recorded({"aws_x.new": B}, {"aws_x.old": (A,)}, [("aws_x.old", "aws_x.new")])
    assert record == {"aws_x.new": (A, B)}


def test_what_is_gone_is_forgotten() -> None:
    assert addresses.recorded({}, {"aws_x.a": (A,)}) == {}


def test_the_file_says_what_it_was_given() -> None:
    record = {"aws_x.a": (A, B), 'aws_x.b["k"]': (C,)}
    assert dict(addresses.read(addresses.written(record), "x")) == record


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "was not written by Groundplan"),
        ("# Written by Groundplan\naws_x.a\n", "addresses.csv:2"),
        ("# Written by Groundplan\naws_x.a,b\naws_x.b,\n", "addresses.csv:3"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        addresses.read(text, "addresses.csv")
