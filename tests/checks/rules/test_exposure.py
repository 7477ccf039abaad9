"""What lets in whom it should not, beside the great gates: a fault that each rule finds, and a neighbour of it."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from tests.checks.mutations.planted import planted_by
from tests.checks.mutations.security import MUTATIONS
from tests.checks.planting import Bad, Good, Planting, change, change_container, get, identify

from groundplan.resources import Architecture
from groundplan.resources.account import AccountPasswordPolicy
from groundplan.resources.compute import AutoScalingGroup, LaunchTemplate
from groundplan.resources.delivery import Distribution, ResponseHeadersPolicy
from groundplan.resources.files import AccessPoint, FileSystem, MountTarget
from groundplan.resources.firewall import RateLimit, WebAcl
from groundplan.resources.governance import ConfigurationRecorder
from groundplan.resources.network import ANYWHERE, NetworkAcl, NetworkAclRule, Subnet
from groundplan.resources.security import SecretRotation
from groundplan.resources.values import Ref

OFFICE = IPv4Network("203.0.113.0/24")


def let_in(block: IPv4Network, first: int, last: int) -> Planting:
    """One more entry of the database's network ACL."""

    def planted(architecture: Architecture) -> Architecture:
        acl = get(architecture, NetworkAcl, "database")
        entry = NetworkAclRule(20_000, "ingress", "allow", "tcp", block, first, last)
        return architecture.changed(acl, rules=(*acl.rules, entry))

    return planted


BAD = (
    Bad(
        "GP-SEC-100",
        planted_by(MUTATIONS, "GP-SEC-100"),
        "network_acl.database",
        (
            "lets 0.0.0.0/0 in to port 22 by entry 20000",
            "80, 443 and answers are right",
        ),
    ),
    Bad(
        "GP-SEC-101",
        planted_by(MUTATIONS, "GP-SEC-101"),
        "subnet.public[a]",
        (
            "has map_public_ip_on_launch true",
            "false is right",
        ),
    ),
    Bad(
        "GP-SEC-102",
        planted_by(MUTATIONS, "GP-SEC-102"),
        "task_definition.api",
        (
            "container api has user root",
            "another one is right",
        ),
    ),
    Bad(
        "GP-SEC-103",
        planted_by(MUTATIONS, "GP-SEC-103"),
        "task_definition.api",
        (
            "has a word in the command of container api that looks like a credentia",
            "a reference in secrets is right",
        ),
    ),
    Bad(
        "GP-SEC-104",
        planted_by(MUTATIONS, "GP-SEC-104"),
        "access_point.shared",
        (
            'has path "/"',
            "a directory of its own is right",
        ),
    ),
    Bad(
        "GP-SEC-105",
        planted_by(MUTATIONS, "GP-SEC-105"),
        "mount_target.shared[a]",
        (
            "is in subnet.public[a], with a route to an internet gateway",
            "another one is right",
        ),
    ),
    Bad(
        "GP-SEC-106",
        planted_by(MUTATIONS, "GP-SEC-106"),
        "node_group.general",
        (
            "has subnet.public[a] and subnet.public[b], with a route to an internet",
            "private ones are right",
        ),
    ),
    Bad(
        "GP-SEC-107",
        planted_by(MUTATIONS, "GP-SEC-107"),
        "distribution.website",
        (
            "has no default_root_object",
            "index.html is usual",
        ),
    ),
    Bad(
        "GP-SEC-108",
        planted_by(MUTATIONS, "GP-SEC-108"),
        "response_headers_policy.website",
        (
            "has strict_transport_security 3600",
            "31536000 seconds or more are right",
        ),
    ),
    Bad(
        "GP-SEC-109",
        planted_by(MUTATIONS, "GP-SEC-109"),
        "account_password_policy.main",
        (
            "has minimum_password_length 8",
            "14 or more is right",
        ),
    ),
    Bad(
        "GP-SEC-110",
        planted_by(MUTATIONS, "GP-SEC-110"),
        "secret_rotation.reports",
        (
            "has automatically_after_days 365",
            "90 or less is right",
        ),
    ),
    Bad(
        "GP-SEC-111",
        planted_by(MUTATIONS, "GP-SEC-111"),
        "web_acl.cdn",
        (
            "has no rule that blocks",
            "one is right",
        ),
        also=("GP-SEC-084",),
    ),
    Bad(
        "GP-SEC-112",
        planted_by(MUTATIONS, "GP-SEC-112"),
        "configuration_recorder.main",
        (
            "has include_global_resource_types false",
            "true in one region is right",
        ),
    ),
    Bad(
        "GP-SEC-113",
        planted_by(MUTATIONS, "GP-SEC-113"),
        "file_system.shared",
        (
            "has no kms_key",
            "a key of this environment is right",
        ),
    ),
    Bad("GP-SEC-100", let_in(ANYWHERE, 3389, 3389), "network_acl.database", ("by entry 20000",)),
    Bad("GP-SEC-104", change(AccessPoint, "shared", uid=0), "access_point.shared", ("uid 0", "others than 0")),
    Bad(
        "GP-SEC-103",
        change(LaunchTemplate, "machines", user_data="export KEY=AKIAIOSFODNN7EXAMPLE"),
        "launch_template.machines",
        ("user_data that looks like a credential",),
    ),
    Bad(
        "GP-SEC-109",
        change(AccountPasswordPolicy, "main", password_reuse_prevention=None),
        "account_password_policy.main",
        ("password_reuse_prevention None; 24 is right",),
    ),
)
GOOD = (
    Good("GP-SEC-100", let_in(OFFICE, 22, 22)),
    Good("GP-SEC-100", let_in(ANYWHERE, 1024, 65535)),
    Good("GP-SEC-101", change(Subnet, "public", "a", map_public_ip_on_launch=False)),
    Good("GP-SEC-102", change_container("api", user="1000:1000")),
    Good("GP-SEC-103", change_container("api", command=("serve", "--key", "$KEY"))),
    Good("GP-SEC-104", change(AccessPoint, "shared", path="/files", uid=1, gid=1)),
    Good("GP-SEC-105", change(MountTarget, "shared", "a", subnet=Ref(Subnet, "database", "a"))),
    Good("GP-SEC-106", change(AutoScalingGroup, "machines", subnets=(Ref(Subnet, "private", "a"),))),
    Good("GP-SEC-107", change(Distribution, "website", default_root_object="home.html")),
    Good("GP-SEC-108", change(ResponseHeadersPolicy, "website", strict_transport_security=63_072_000)),
    Good("GP-SEC-109", change(AccountPasswordPolicy, "main", minimum_password_length=14, password_reuse_prevention=24)),
    Good("GP-SEC-110", change(SecretRotation, "reports", automatically_after_days=90)),
    Good("GP-SEC-111", change(WebAcl, "cdn", managed_rule_groups=(), rate_limit=RateLimit(priority=1, limit=100))),
    Good("GP-SEC-112", change(ConfigurationRecorder, "main", include_global_resource_types=True)),
    Good("GP-SEC-113", change(FileSystem, "shared", encrypted=False, kms_key=None)),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
