"""What designs of one environment have alike is one object, and each is what it would be by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundplan.blueprint.loading import load
from groundplan.blueprint.tree import Plain
from groundplan.design import design
from groundplan.design.keeping import Kept
from groundplan.design.standby.relocation import Relocation
from groundplan.redesign.settings import over
from groundplan.resources import Architecture, Resource
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.policies import Cause
from groundplan.resources.security import Role, Secret

EXAMPLES = Path(__file__).parents[2] / "examples"
CHANGES: dict[str, dict[str, Plain]] = {
    "duskspendr": {"databases.main.class": "db.r6g.large"},
    "personal-timeline": {
        "databases.main.class": "db.r6g.large",
        "standby.overlay.caches.sessions.class": "cache.t4g.small",
    },
    "solemate": {"databases.main.class": "db.r6g.4xlarge"},
}


@pytest.mark.parametrize("system", CHANGES)
def test_each_design_is_what_it_would_be_by_itself(system: str) -> None:
    source, kept = load(EXAMPLES / system / "groundplan.yaml"), Kept()
    before = design(source.environment("production"), kept)
    changed = over(source, "production", CHANGES[system])
    for _ in range(2):
        after = design(changed.environment("production"), kept)
        assert after == design(changed.environment("production"))
        assert [item.references() for item in after] == [
            item.references() for item in design(changed.environment("production"))
        ]
    shared = sum(any(item is old for old in before) for item in after)
    assert len(before) > shared > len(before) * 0.8
    assert [item for item in after if item not in before.resources], "something did change"
    assert design(source.environment("production"), kept) == before


def test_a_standby_in_another_region_is_moved_anew() -> None:
    """Its resources alone may be the same; what they are beside the primary is not."""
    kept = Kept()
    secret = Secret(name="token", concern="services", secret_name="s", description="d")
    west, east = Relocation("us-west-2", "us-east-1"), Relocation("eu-west-1", "us-east-1")
    assert [kept.moved([secret], there)[0].region for there in (west, east, west)] == [
        "us-west-2",
        "eu-west-1",
        "us-west-2",
    ]


def test_statements_with_other_causes_are_not_the_same() -> None:
    """Equality leaves causes aside, and reports tell them."""
    architecture = design(load(EXAMPLES / "duskspendr" / "groundplan.yaml").environment("production"))
    role = next(role for role in architecture.of(Role) if role.inline_policies)
    first = role.inline_policies[0]
    statement = first.document.statements[0]
    elsewhere = replace(statement, because=(Cause("services.other", None),))
    document = replace(first.document, statements=(elsewhere, *first.document.statements[1:]))
    other = replace(role, inline_policies=(replace(first, document=document), *role.inline_policies[1:]))
    kept = Kept()
    assert kept.one(role) is role
    assert other == role
    assert kept.one(other) is other
    assert kept.one(replace(role)) is role


def test_the_first_of_what_is_alike_stays() -> None:
    kept = Kept()
    one = DatabaseInstance(name="main", concern="databases", identifier="i", instance_class="c", security_groups=())
    assert kept.one(one) is kept.one(replace(one)) is one
    assert kept.one(replace(one, instance_class="d")) is not one
    assert kept.all([one, replace(one, instance_class="d")]) == [one, replace(one, instance_class="d")]
    assert kept.standby.one(replace(one)) is not one


def test_an_order_is_found_out_anew_where_something_refers_to_others() -> None:
    kept = Kept()

    def ordered(*resources: Resource) -> tuple[Resource, ...]:
        def whole(given: tuple[Resource, ...]) -> Architecture:
            return Architecture("shop", "Shop", "production", "eu-central-1", given)

        found = kept.in_order(resources, whole)
        assert found == whole(resources)
        return found.resources

    one = Secret(name="one", concern="services", secret_name="s", description="d")
    two = replace(one, name="two")
    assert ordered(one, two) == (one, two)
    assert ordered(replace(one, description="e"), two) == (replace(one, description="e"), two)
    assert ordered(replace(one, depends_on=(two.ref,)), two) == (two, replace(one, depends_on=(two.ref,)))
    assert ordered(two, one) == (two, one)
    assert ordered(one) == (one,)
    with pytest.raises(ValueError, match="does not exist"):
        ordered(replace(one, depends_on=(two.ref,)))
