"""The monthly cost of a stack, written into its template, so that a later plan can tell the difference.

CloudFormation keeps a template's Metadata but takes a change there only along with another:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack

_PRICE_TAG = re.compile(r"^    MonthlyUSD: '(-?\d+\.\d\d)'$", re.MULTILINE)


def with_price_tags(rendering: Rendering, monthly: Mapping[str, Decimal]) -> Rendering:
    """The same stacks, each with the monthly cost of what it holds. ``monthly``: resource address to USD."""
    sums: dict[str, Decimal] = {stack.name: Decimal(0) for stack in rendering.stacks}
    for ref, places in rendering.locations.items():
        if places and ref.address in monthly:
            sums[places[0].stack] += monthly[ref.address]
    return replace(rendering, stacks=tuple(_tagged(stack, sums[stack.name]) for stack in rendering.stacks))


def _tagged(stack: Stack, monthly: Decimal) -> Stack:
    price = f"{monthly:.2f}"
    body = f"{stack.body.rstrip()}\nMetadata:\n  Groundplan:\n    MonthlyUSD: '{price}'\n"
    return replace(stack, body=body, template={**stack.template, "Metadata": {"Groundplan": {"MonthlyUSD": price}}})


def priced(stack: Stack) -> Decimal | None:
    """The monthly cost that a stack's template says, or None where it says none."""
    return _read(stack.body)


def priced_as_deployed(connection: Connection, name: str, region: str) -> Decimal | None:
    """The monthly cost that the deployed template says, or None where it says none."""
    with explained(f"Reading the template of {name}"):
        body = connection.cloudformation(region).get_template(StackName=name)["TemplateBody"]
    return _read(body) if isinstance(body, str) else None


def _read(body: str) -> Decimal | None:
    found = _PRICE_TAG.search(body)
    return Decimal(found[1]) if found else None


def added(total: Decimal | None, new: Decimal | None, old: Decimal | None) -> Decimal | None:
    """A running difference; unknown as soon as one part is."""
    if total is None or new is None or old is None:
        return None
    return total + new - old
