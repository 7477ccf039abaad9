"""Administrators, and what a region has one of: a fault that each rule finds, and a neighbour that it leaves alone."""

from __future__ import annotations

import pytest
from tests.checks.planting import Bad, Good, Planting, add, change, copy, identify
from tests.engines.parts.names import COPIES_REGION

from groundplan.resources.detection import Detector, SecurityHub, SecurityStandard
from groundplan.resources.governance import ConformancePack
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, text

MFA = Condition(operator="Bool", key="aws:MultiFactorAuthPresent", values=("true",))


def administrators(policy: str, *conditions: Condition) -> Planting:
    """A role with a managed policy, which everybody of the account may take on these conditions."""
    account = Principal("AWS", (text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, ":root"),))
    trust = Statement(actions=("sts:AssumeRole",), principals=(account,), conditions=conditions)
    return add(
        Role(
            name="administrators",
            concern="security",
            role_name="sample-production-administrators",
            description="Administers the account",
            trust=PolicyDocument((trust,)),
            managed_policy_arns=(text("arn:", Pseudo.PARTITION, f":iam::aws:policy/{policy}"),),
            max_session_duration=3600,
        )
    )


BAD = (
    Bad(
        "GP-SEC-070",
        administrators("AdministratorAccess"),
        "role.administrators",
        ("without a second factor",),
        also=("GP-SEC-071",),
    ),
    Bad("GP-SEC-071", administrators("AdministratorAccess", MFA), "role.administrators", ("has every right",)),
    Bad(
        "GP-SEC-071",
        administrators("IAMFullAccess", MFA),
        "role.administrators",
        ("has every right",),
        also=("GP-SEC-069",),
    ),
    Bad(
        "GP-VAL-055",
        change(ConformancePack, "s3", region=COPIES_REGION),
        "conformance_pack.s3",
        ("without a recorder",),
    ),
    Bad("GP-VAL-095", copy(Detector, "main", name="second"), "detector.second", ("detector.main", "one is all")),
    Bad("GP-VAL-095", copy(SecurityHub, "main", name="second"), "security_hub.second", ("security_hub.main",)),
    Bad(
        "GP-VAL-095",
        change(SecurityStandard, "fsbp", region=COPIES_REGION),
        "security_standard.fsbp",
        ("is in ap-southeast-1, and its security_hub.main in ap-south-1",),
    ),
)
GOOD = (
    Good("GP-SEC-070", administrators("ReadOnlyAccess")),
    Good("GP-SEC-071", administrators("ReadOnlyAccess")),
    Good("GP-VAL-095", copy(Detector, "main", name="second", region="eu-west-1")),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
