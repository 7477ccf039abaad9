"""Elastic Load Balancing and AWS Certificate Manager.

Sources: https://aws.amazon.com/elasticloadbalancing/pricing/, https://aws.amazon.com/certificate-manager/pricing/
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.network import charge_public_addresses
from groundplan.cost.quantities import MONTH, Quantity, amount, count, gigabytes
from groundplan.resources.edge import Certificate, ListenerRule, LoadBalancer

# One LCU holds, in an hour: 25 new connections a second, 1 GB processed, 1,000 rule evaluations a second beyond
# the first ten rules, or 3,000 active connections a minute. The dimension that needs most is charged.
CONNECTIONS_PER_LCU_HOUR = Decimal(25 * 3600)
GIGABYTES_PER_LCU_HOUR = Decimal(1)
RULE_EVALUATIONS_PER_LCU_HOUR = Decimal(1000 * 3600)
FREE_RULES = 10
LCU_SOURCE = "https://aws.amazon.com/elasticloadbalancing/pricing/"


def _load_balancers(bill: Bill, balancers: tuple[LoadBalancer, ...]) -> None:
    for balancer in balancers:
        bill.charge(balancer, "alb.hour", count(1, "load balancer") * MONTH)
        if balancer.scheme == "internet-facing":
            charge_public_addresses(bill, balancer, count(len(balancer.subnets), "zone"))
    if bill.usage.requests is None:
        bill.add_unpriced(balancers, "usage.requests is not stated: capacity units (LCU) depend on it")
        return
    note = f"the largest LCU dimension by {LCU_SOURCE}, with requests even over the month"
    if bill.usage.internet_out is None:
        note += "; usage.internet_out is not stated, so processed bytes do not count"
    bill.charge(balancers, "alb.lcu_hour", capacity_units(bill), "usage", note=note)


def capacity_units(bill: Bill) -> Quantity:
    """LCU-hours of a month: the dimension that needs most.

    Every request counts as a new connection, which is the most it can be. Active connections never lead as long as
    a connection lives less than the two minutes in which 25 new ones a second become 3,000. Peaks need more than an
    even load, for each hour is charged by its own largest dimension.
    """
    requests = amount(Decimal(bill.usage.requests or 0), "requests")
    dimensions = [requests / amount(CONNECTIONS_PER_LCU_HOUR, "connections per LCU-hour")]
    if bill.usage.internet_out is not None:
        dimensions.append(gigabytes(bill.usage.internet_out) / amount(GIGABYTES_PER_LCU_HOUR, "GB per LCU-hour"))
    rules = Counter(bill.architecture[rule.listener].load_balancer for rule in bill.architecture.of(ListenerRule))
    charged = max(rules.values(), default=0) - FREE_RULES
    if charged > 0:
        evaluations = requests * count(charged, "rule beyond the first ten", "rules beyond the first ten")
        dimensions.append(evaluations / amount(RULE_EVALUATIONS_PER_LCU_HOUR, "rule evaluations per LCU-hour"))
    return max(dimensions, key=lambda dimension: dimension.value)


def _certificates(bill: Bill, certificates: tuple[Certificate, ...]) -> None:
    for certificate in certificates:
        bill.charge(certificate, "acm.public_certificate", count(1, "public certificate"))


PRICERS = (pricer(LoadBalancer, _load_balancers), pricer(Certificate, _certificates))
