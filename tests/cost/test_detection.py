"""What watches an account is paid by what it looks at: that is said with each price that is known, and not guessed."""

from __future__ import annotations

from decimal import Decimal

from tests.cost.book import line, reasons
from tests.design.blueprints import designed

from groundplan.blueprint.models import Usage
from groundplan.cost import estimate
from groundplan.cost.model import Estimate

PACK = "Operational-Best-Practices-for-Amazon-S3"


def bill(region: str) -> Estimate:
    text = f"""
    project: acme
    region: {region}
    shared:
      dns: {{zone: acme.dev}}
      audit: {{conformance_packs: [{PACK}]}}
      security: {{guardduty: [s3, runtime]}}
      account: {{administrators: [], anomalies: 50 USD/month}}
    """
    return estimate(designed(text, "shared"), Usage(), None)


def test_guardduty_says_what_each_plan_is_paid_by() -> None:
    (why,) = reasons(bill("us-east-2"), "detector.main")
    assert why == (
        "usage does not state what GuardDuty analyses, paid by: million CloudTrail events (4 USD), "
        "GB of flow and DNS logs (1 USD), million S3 data events (0.8 USD), vCPU-month with an agent (1.5 USD)"
    )


def test_a_price_without_a_source_is_not_quoted() -> None:
    (why,) = reasons(bill("us-east-1"), "detector.main")
    assert "USD" not in why
    assert "million S3 data events" in why


def test_security_hub_and_packs_are_not_guessed() -> None:
    found = bill("us-east-2")
    assert reasons(found, "security_standard.*") == [
        "usage.security_checks is not stated: standards are paid by check (0.001 USD)"
    ]
    assert reasons(found, "security_hub.main")
    assert reasons(found, "conformance_pack.amazon_s3")


def test_the_rest_of_shared_is_free_but_for_keys_and_the_zone() -> None:
    found = bill("us-east-2")
    assert line(found, "hosted_zone.main", "route53.zone_month").monthly == Decimal("0.5")
    for free in ("parameter.hosted_zone", "access_analyzer.main", "anomaly_monitor.main", "role.administrators"):
        assert found.of(free) == ()
        assert reasons(found, free) == []
