"""AWS X-Ray: traces are paid by number."""

from __future__ import annotations

from groundplan.cost.bill import Bill, pricer
from groundplan.resources.tracing import TraceGroup


def _traces(bill: Bill, groups: tuple[TraceGroup, ...]) -> None:
    """Source: https://aws.amazon.com/cloudwatch/pricing/ (X-Ray)"""
    for group in groups:
        bill.add_unpriced(group, "usage does not state the traces; 100,000 a month are free, and more are paid for")


PRICERS = (pricer(TraceGroup, _traces),)
