"""The monthly cost of a stack, written into its template, so that a later plan can tell the difference.

CloudFormation keeps a template's Metadata but takes a change there only along with another:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering, Stack

TAGS = "Groundplan"
"""The key of a template's Metadata that holds the price tags."""
TOTAL = "MonthlyUSD"
BY_RESOURCE = "MonthlyUSDByResource"


def with_price_tags(rendering: Rendering, monthly: Mapping[str, Decimal]) -> Rendering:
    """The same stacks, each with the monthly cost of what it holds. ``monthly``: resource address to USD."""
    costs: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for ref, places in rendering.locations.items():
        if places and monthly.get(ref.address):
            costs[places[0].stack][ref.address] = monthly[ref.address]
    return replace(rendering, stacks=tuple(_tagged(stack, costs[stack.name]) for stack in rendering.stacks))


def _tagged(stack: Stack, costs: Mapping[str, Decimal]) -> Stack:
    total = f"{sum(costs.values(), Decimal(0)):.2f}"
    by_resource = {address: f"{cost:.4f}" for address, cost in sorted(costs.items())}
    lines = [f"      '{address}': '{cost}'" for address, cost in by_resource.items()]
    body = (
        f"{stack.body.rstrip()}\nMetadata:\n  {TAGS}:\n    {TOTAL}: '{total}'\n"
        f"    {BY_RESOURCE}:{'' if lines else ' {}'}\n" + "".join(f"{line}\n" for line in lines)
    )
    return replace(
        stack, body=body, template={**stack.template, "Metadata": {TAGS: {TOTAL: total, BY_RESOURCE: by_resource}}}
    )


def priced(stack: Stack) -> tuple[Decimal | None, dict[str, Decimal]]:
    """The monthly cost that a stack's template says, or None where it says none; and the same by address."""
    metadata = stack.template.get("Metadata")
    tags = metadata.get(TAGS) if isinstance(metadata, Mapping) else None
    if not isinstance(tags, Mapping):
        return None, {}
    return Decimal(str(tags[TOTAL])), {name: Decimal(cost) for name, cost in tags[BY_RESOURCE].items()}


def added(total: Decimal | None, new: Decimal | None, old: Decimal | None) -> Decimal | None:
    """A running difference; unknown as soon as one part is."""
    if total is None or new is None or old is None:
        return None
    return total + new - old
