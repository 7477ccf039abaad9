"""What redesigns have alike of a network is found out once, and what differs is never taken for the same."""

from __future__ import annotations

from tests.reachability.systems import architecture_of

from groundplan.reachability.needs import Requirement, requirements
from groundplan.reachability.network import Network, network_of
from groundplan.resources import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.network import SecurityGroupRule


def _told(found: tuple[Requirement, ...]) -> list[tuple[str, str, int, tuple[str, ...], str]]:
    return [(one.source.address, one.label, one.port, one.ways, one.problem) for one in found]


def _with_larger_database(architecture: Architecture) -> Architecture:
    database = architecture.of(DatabaseInstance)[0]
    return architecture.changed(database, instance_class="db.r6g.16xlarge")


def _by_itself(architecture: Architecture) -> Architecture:
    """The same of resources of its own, so that it shares nothing."""
    rules = architecture.of(SecurityGroupRule)
    return architecture.changed(rules[0], description=f"{rules[0].description} once more")


def test_who_has_the_same_resources_has_the_same_terrain() -> None:
    before = architecture_of("personal-timeline", "production")
    after = _with_larger_database(before)
    assert network_of(after) is not network_of(before)
    assert network_of(after).terrain is network_of(before).terrain
    told = _told(requirements(after))
    assert told == _told(requirements(before))
    assert told == _told(requirements(_by_itself(after)))
    assert Network(_by_itself(after)).terrain is not network_of(before).terrain


def test_a_rule_that_is_gone_is_missed() -> None:
    before = architecture_of("personal-timeline", "production")
    assert not any(one.failing for one in requirements(before))
    into_database = {
        rule.ref
        for rule in before.of(SecurityGroupRule)
        if rule.direction == "ingress" and rule.from_port == before.of(DatabaseInstance)[0].port
    }
    assert into_database
    after = before.with_resources(item for item in before if item.ref not in into_database)
    assert network_of(after).terrain is not network_of(before).terrain
    assert any(one.failing and "database" in one.label for one in requirements(after))


def test_a_place_with_other_groups_is_reached_otherwise() -> None:
    """The terrain is the same, and so is the address of what is reached."""
    before = architecture_of("personal-timeline", "production")
    database, other = before.of(DatabaseInstance)[0], before.of(DatabaseInstance)[-1]
    assert database.security_groups != other.security_groups
    requirements(before)
    after = before.changed(database, security_groups=other.security_groups)
    assert network_of(after).terrain is network_of(before).terrain
    assert any(one.failing and one.label == database.address for one in requirements(after))
