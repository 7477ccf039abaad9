"""GuardDuty, Security Hub, and what AWS Config judges together.

All of them are paid by what they look at, of which a blueprint knows nothing.
Sources: https://aws.amazon.com/guardduty/pricing/, https://aws.amazon.com/security-hub/pricing/,
https://aws.amazon.com/config/pricing/
"""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.cost.bill import Bill, Chargeable, pricer
from groundplan.cost.quantities import amount, number
from groundplan.resources.detection import Detector, DetectorFeature, SecurityHub, SecurityStandard
from groundplan.resources.governance import ConformancePack

_PLANS: Mapping[DetectorFeature, tuple[str, str]] = {
    "S3_DATA_EVENTS": ("million S3 data events", "guardduty.s3_data_events.per_1m"),
    "EKS_AUDIT_LOGS": ("million EKS audit events", "guardduty.eks_audit.per_1m"),
    "EBS_MALWARE_PROTECTION": ("GB scanned for malware", "guardduty.ebs_malware.gb"),
    "RDS_LOGIN_EVENTS": ("vCPU-month of databases", "guardduty.rds.vcpu_month"),
    "LAMBDA_NETWORK_LOGS": ("GB of Lambda network logs", "guardduty.lambda_network.gb"),
    "RUNTIME_MONITORING": ("vCPU-month with an agent", "guardduty.runtime.vcpu_month"),
}
_FOUNDATION = (
    ("million CloudTrail events", "guardduty.cloudtrail_mgmt.per_1m"),
    ("GB of flow and DNS logs", "guardduty.vpc_flow_dns.gb"),
)


def _detectors(bill: Bill, detectors: tuple[Detector, ...]) -> None:
    for detector in detectors:
        paid = [*_FOUNDATION, *(_PLANS[feature] for feature in detector.features)]
        each = ", ".join(f"{what}{_each(bill, detector, sku)}" for what, sku in paid)
        bill.add_unpriced(detector, f"usage does not state what GuardDuty analyses, paid by: {each}")


def _hubs(bill: Bill, hubs: tuple[SecurityHub, ...]) -> None:
    for hub in hubs:
        bill.add_unpriced(hub, "usage does not state the findings; an account's first 10,000 a month are free")


def _standards(bill: Bill, standards: tuple[SecurityStandard, ...]) -> None:
    if bill.usage.security_checks is not None:
        checks = amount(bill.usage.security_checks, "checks of standards")
        bill.charge(standards, "securityhub.check", checks, "usage")
        return
    each = _each(bill, standards[0], "securityhub.check")
    bill.add_unpriced(standards, f"usage.security_checks is not stated: standards are paid by check{each}")


def _packs(bill: Bill, packs: tuple[ConformancePack, ...]) -> None:
    bill.add_unpriced(packs, "usage does not state how often the rules of packs are evaluated; no price is known")


def _each(bill: Bill, resource: Chargeable, sku: str) -> str:
    """`` (0.8 USD)``, or nothing where no price is known well enough to be quoted."""
    price = bill.price(sku, resource)
    return "" if isinstance(price, str) else f" ({number(price.usd)} USD)"


PRICERS = (
    pricer(Detector, _detectors),
    pricer(SecurityHub, _hubs),
    pricer(SecurityStandard, _standards),
    pricer(ConformancePack, _packs),
)
