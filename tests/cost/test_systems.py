"""The five systems: nothing in any of their environments is left out of the bill without a word."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from groundplan.blueprint.loading import load_all
from groundplan.cost import estimate, estimate_together
from groundplan.design import design

SYSTEMS = sorted((Path(__file__).parents[2] / "examples").glob("*/groundplan.yaml"))


@pytest.mark.parametrize("file", SYSTEMS, ids=lambda file: file.parent.name)
def test_everything_is_priced_or_free_or_unpriced_with_the_reason(file: Path) -> None:
    for loaded in load_all(file):
        architecture = design(loaded)
        found = estimate(architecture, loaded.blueprint.usage, None)
        priced = {item.resource for item in found.lines} | {item.resource for item in found.free}
        unpriced = {item.resource: item.why for item in found.unpriced}
        for resource in architecture:
            names = {resource.address, f"{resource.kind_name()}.*"}
            assert names & (priced | unpriced.keys()), f"{loaded.name}: {resource.address}"
        assert not [why for why in unpriced.values() if why.startswith("no price model")]
        assert all(item.why and item.source.startswith("https://") for item in found.free)
        assert all(why.strip() for why in unpriced.values())
        assert all(item.formula and item.source and item.source_date for item in found.lines)
        assert not [item.sku for item in found.lines if str(item.confidence) == "low"]


def test_all_of_them_are_priced_in_a_second() -> None:
    """Read, designed and priced, in the time of the processor: others may be at work beside."""
    started = process_time()
    for file in SYSTEMS:
        estimate_together((loaded, design(loaded)) for loaded in load_all(file))
    assert process_time() - started < 1
