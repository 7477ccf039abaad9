"""What a team decides on, informed: a fault that each rule finds, and a neighbour that it leaves alone."""

from __future__ import annotations

import pytest
from tests.checks.planting import Bad, Good, Planting, change, identify, remove, together

from groundplan.resources.containers import ContainerRepository
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.firewall import ManagedRuleGroup, WebAcl, WebAclAssociation
from groundplan.resources.governance import Trail
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.security import SecretRotation
from groundplan.resources.storage import Bucket

KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"


def rule_groups(*groups: ManagedRuleGroup) -> Planting:
    return change(WebAcl, "load_balancer", managed_rule_groups=groups)


BAD = (
    Bad("GP-SEC-082", change(Trail, "main", log_group=None), "trail.main", ("has no log_group", "one is right")),
    Bad(
        "GP-SEC-083",
        remove(WebAclAssociation, "load_balancer"),
        "load_balancer.main",
        ("internet-facing without a web ACL",),
    ),
    Bad(
        "GP-SEC-084",
        rule_groups(ManagedRuleGroup(group_name="AWSManagedRulesCommonRuleSet", priority=10)),
        "web_acl.load_balancer",
        (f"has no managed rule group {KNOWN_BAD_INPUTS}",),
    ),
    Bad(
        "GP-SEC-084",
        rule_groups(ManagedRuleGroup(group_name=KNOWN_BAD_INPUTS, priority=10, only_count=True)),
        "web_acl.load_balancer",
        ("only counts", "blocking is right"),
        also=("GP-SEC-111",),
    ),
    Bad(
        "GP-SEC-085",
        remove(SecretRotation, "database"),
        "database_instance.main",
        ("password in secret.database without rotation", "30 days"),
    ),
    Bad(
        "GP-SEC-086",
        change(ContainerRepository, "api", kms_key=None),
        "container_repository.api",
        ("has no kms_key", "a key of this environment is right"),
    ),
    Bad(
        "GP-OPS-080",
        together(
            change(LogGroup, "api", retention_in_days=30),
            change(LogGroup, "trail", retention_in_days=90),
            change(LogGroup, "flow-logs", retention_in_days=90),
        ),
        "architecture",
        ("1 keeps its events 30 days and 2 keep their events 90 days", "a year or more"),
    ),
    Bad("GP-REL-080", change(Bucket, "backups", replication=None), "bucket.backups", ("has no replication",)),
)
GOOD = (
    Good("GP-SEC-082", change(Trail, "main", kms_key=None)),
    Good(
        "GP-SEC-083",
        together(remove(WebAclAssociation, "load_balancer"), change(LoadBalancer, "main", scheme="internal")),
    ),
    Good("GP-SEC-084", rule_groups(ManagedRuleGroup(group_name=KNOWN_BAD_INPUTS, priority=10))),
    Good(
        "GP-SEC-085",
        together(
            remove(SecretRotation, "database"),
            change(DatabaseInstance, "main", master_password=None, manage_master_user_password=True),
        ),
    ),
    Good("GP-SEC-086", change(ContainerRepository, "api", scan_on_push=False)),
    Good("GP-OPS-080", change(LogGroup, "api", retention_in_days=400)),
    Good("GP-OPS-080", change(LogGroup, "api", retention_in_days=0)),
    Good("GP-REL-080", change(Bucket, "backups", replication=None, keep=False)),
    Good("GP-REL-080", change(Bucket, "logs", keep=True)),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
