"""No kind of resource is forgotten: each is either charged or free, and never both."""

from __future__ import annotations

from typing import ClassVar

from tests.cost.book import priced, reasons
from tests.engines.samples import every_kind

from groundplan.cost.bill import known_allowances
from groundplan.cost.estimate import PRICERS, free_kinds
from groundplan.record import dataclass
from groundplan.resources import Resource


def test_every_kind_is_in_exactly_one_table() -> None:
    charged = [pricer.kind.kind_name() for pricer in PRICERS]
    assert len(charged) == len(set(charged))
    assert not set(charged) & free_kinds().keys()
    assert set(charged) | free_kinds().keys() == {kind.kind_name() for kind in every_kind()}


def test_what_is_free_has_a_reason_and_a_source() -> None:
    for kind, (why, source) in free_kinds().items():
        assert why, kind
        assert source.startswith(("https://aws.amazon.com/", "https://docs.aws.amazon.com/")), kind


def test_allowances_have_a_source_and_a_date() -> None:
    for allowance in known_allowances().values():
        assert allowance.quantity > 0
        assert allowance.source.startswith("https://aws.amazon.com/")
        assert allowance.source_date


def test_a_kind_that_nobody_has_priced_yet_is_said_to_be_so() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Volcano(Resource):
        title: ClassVar[str] = "volcano"

    found = priced([Volcano(name="etna", concern="network")])
    assert found.monthly == 0
    assert reasons(found, "volcano.etna") == ["no price model for volcano exists yet"]
