"""Machines: EC2 instances by the hour and as Spot, and the CPU credits of T families on EC2 and RDS.

Sources: https://aws.amazon.com/ec2/pricing/on-demand/, https://aws.amazon.com/ec2/spot/pricing/,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html,
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html
"""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.catalog import instances
from groundplan.cost.bill import Bill
from groundplan.cost.quantities import Quantity, number
from groundplan.cost.report import cents
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.kubernetes import NodeGroup

Machine = NodeGroup | AutoScalingGroup | DatabaseInstance


def charge_instances(
    bill: Bill, group: NodeGroup | AutoScalingGroup, instance_type: str, hosts: Quantity, *, spot: bool
) -> None:
    """Instances by the hour. Spot has no price that holds for a month: what it reaches at most is named."""
    sku = f"ec2.{instance_type.replace('.', '_')}.hour"
    quantity = hosts * bill.hours(group)
    if not (spot and hosts.value):
        bill.charge(group, sku, quantity)
        return
    why = f"{hosts.words}: Spot prices change by the hour and the zone; on demand is the most they reach"
    price = bill.price(sku, group)
    if not isinstance(price, str):
        why += f", {quantity.words} × {number(price.usd)} USD = {cents(quantity.value * price.usd)} USD"
    bill.add_unpriced(group, why, lacks_price=True, sku=sku)


_CREDITS = {"t3": "ec2.t3.cpu_credit_vcpu_hour", "db": "rds.t_class.cpu_credit_vcpu_hour"}
"""How a class begins, to what its surplus credits are charged as. The price book has none of ``t4g``."""


def charge_credits(bill: Bill, machines: Iterable[tuple[Machine, str]]) -> None:
    """What machines, each with its class, do beyond the CPU credits that they earn.

    EC2 and RDS let T families go on and charge for it, unless somebody says otherwise.
    """
    found: dict[tuple[str, str], list[Machine]] = {}
    for machine, name in machines:
        known = instances.find(name)
        if known is not None and known.burstable:
            sku = _CREDITS.get(name.partition(".")[0], "")
            found.setdefault((bill.region(machine), sku), []).append(machine)
    for (_, sku), here in found.items():
        each = bill.each(sku, here[0]) if sku else ""
        why = "usage does not state what their CPUs do above the baseline of their class, paid by vCPU-hour"
        bill.add_unpriced(tuple(here), f"{why}{each}")
