"""AWS X-Ray: traces are paid by number."""

from __future__ import annotations

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.quantities import amount
from groundplan.resources.tracing import TraceGroup


def _traces(bill: Bill, groups: tuple[TraceGroup, ...]) -> None:
    """Source: https://aws.amazon.com/cloudwatch/pricing/ (X-Ray)"""
    if bill.usage.traces is not None:
        traces = amount(bill.usage.traces, "traces") / amount(1_000_000, "traces a price")
        bill.charge(groups, "xray.trace_recorded.per_1m", traces, "usage")
        return
    for group in groups:
        bill.add_unpriced(group, "usage.traces is not stated; 100,000 a month are free, and more are paid for")


PRICERS = (pricer(TraceGroup, _traces),)
