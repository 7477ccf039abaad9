"""What is renamed keeps everything that it has in AWS: the design, and CloudFormation's logical ids."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.design.blueprints import designed, loaded

from groundplan.blueprint.loading import LoadedEnvironment, load_environment
from groundplan.blueprint.renames import ENTRIES, Renamed, names_of
from groundplan.design import design
from groundplan.design.renames import as_before
from groundplan.engines import cloudformation, terraform
from groundplan.engines.terraform.moved import compare
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

EXAMPLES = Path(__file__).parents[2] / "examples"
ENVIRONMENTS = (
    ("duskspendr", "production"),
    ("personal-timeline", "production"),
    ("solemate", "production"),
    ("spendsense", "prod"),
    ("spontime", "poc"),
)
"""With EKS and a standby, with EC2 capacity, with jobs and queues."""
MEANS_SOMETHING = {"buckets": {"logs"}}
"""Names that are not only names."""


@cache
def _example(system: str, environment: str) -> tuple[LoadedEnvironment, Architecture]:
    environment_ = load_environment(EXAMPLES / system / "groundplan.yaml", environment)
    return environment_, design(environment_)


def _as_if_renamed(now: LoadedEnvironment, names: dict[str, dict[str, str]]) -> LoadedEnvironment:
    """The same environment, whose entries had the names ``names`` before."""
    return replace(now, blueprint=now.blueprint.model_copy(update={"renamed": Renamed.model_validate(names)}))


_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}((-|_)[a-z0-9]{1,4}){0,2}", fullmatch=True).filter(
    lambda name: not name.startswith(("standby", "primary"))
)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data(), which=st.sampled_from([which for which in ENVIRONMENTS if which[0] != "personal-timeline"]))
def test_whatever_had_another_name_stands_as_it_was_and_nothing_of_it_is_lost(
    data: st.DataObject, which: tuple[str, str]
) -> None:
    """Renamed and back again: in AWS's names everything is what the old blueprint says, each Terraform address of it
    leads to one of now, and CloudFormation's stacks hold the same logical ids with the same properties."""
    now, plain = _example(*which)
    family_names = [
        (family, name)
        for family, names in names_of(now.tree).items()
        for name in names
        if name not in MEANS_SOMETHING.get(family, ())
    ]
    chosen = data.draw(st.lists(st.sampled_from(family_names), min_size=1, max_size=3, unique=True))
    taken = {name.replace("-", "_") for _, name in family_names}
    before: dict[str, dict[str, str]] = {}
    for family, name in chosen:
        former = data.draw(_NAMES.filter(lambda former: former.replace("-", "_") not in taken))
        taken.add(former.replace("-", "_"))
        before.setdefault(family, {})[name] = former
    environment = _as_if_renamed(now, before)
    try:
        was = design(environment.in_aws)
    except InputError:  # A name that AWS has not, as one that is too short; or two of one address.
        return
    architecture = design(environment)
    assert {resource.ref for resource in architecture} == {resource.ref for resource in plain}
    back = as_before(architecture)
    assert [resource.address for resource in back] == [resource.address for resource in was]
    assert back.resources == was.resources

    old, new = terraform.addresses_of(was), terraform.addresses_of(architecture)
    moves = compare(was, architecture, old, new)
    there = {address for addresses in old.values() for address in addresses}
    here = {address for addresses in new.values() for address in addresses}
    moved = dict(moves.pairs)
    assert moved.keys() <= there
    assert {moved.get(address, address) for address in there} == here
    assert moves.remarks == ()
    again = dict(compare(architecture, was, new, old).pairs)
    assert again == {target: source for source, target in moved.items()}


def _without_descriptions(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_descriptions(item) for key, item in value.items() if key != "Description"}
    return [_without_descriptions(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("which", ENVIRONMENTS, ids=lambda which: which[0])
def test_everything_renamed_at_once_changes_no_template(which: tuple[str, str]) -> None:
    now, plain = _example(*which)
    names = {
        family: {name: f"old-{name}" for name in names if name not in MEANS_SOMETHING.get(family, ())}
        for family, names in names_of(now.tree).items()
    }
    environment = _as_if_renamed(now, names)
    architecture = design(environment)
    assert [resource.ref for resource in architecture] == [resource.ref for resource in plain]
    was = design(environment.in_aws)
    before, after = cloudformation.render(was), cloudformation.render(architecture)
    assert [stack.name for stack in before.stacks] == [stack.name for stack in after.stacks]
    here = terraform.addresses_of(architecture)
    moves = compare(was, architecture, terraform.addresses_of(was), here)
    assert moves.remarks == ()
    assert {target for _, target in moves.pairs} == {
        address for ref in architecture.formerly for address in here.get(ref, ())
    }
    for old, new in zip(before.stacks, after.stacks, strict=True):
        assert _without_descriptions(new.template) == _without_descriptions(old.template)


SHOP = """
project: shop
region: eu-central-1
services: {web: {image: {repository: web, tag: "1"}, needs: [primary, logs2]}}
databases: {primary: {engine: postgres 16, class: db.t4g.micro}}
buckets: {logs2: {}}
"""


def test_groundplan_calls_it_as_the_blueprint_does_and_aws_as_it_did() -> None:
    architecture = designed(SHOP + "renamed: {services: {web: api}, databases: {primary: main}}\n")
    service, database = architecture[Ref(EcsService, "web")], architecture[Ref(DatabaseInstance, "primary")]
    assert (service.service_name, database.identifier) == ("shop-production-api", "shop-production-main")
    assert architecture.in_aws(service.ref) == Ref(EcsService, "api")
    assert architecture.in_aws(Ref(Bucket, "logs2")) == Ref(Bucket, "logs2")
    assert {need.by for need in architecture.needs} == {"web"}
    assert designed(SHOP).formerly == {}


def test_project_and_environment_keep_state_and_names() -> None:
    before = designed(SHOP + "environments: {production: {}}\n")
    text = SHOP.replace("project: shop", "project: store") + (
        "renamed: {project: shop}\nenvironments: {live: {profile: production, renamed: {environment: production}}}\n"
    )
    environment = loaded(text)
    after = design(environment)
    assert environment.name == "live"
    assert environment.state_bucket == "shop-production-terraform-state"
    assert (after.project, after.environment, after.tags) == (before.project, before.environment, before.tags)
    assert after.resources == before.resources
    assert terraform.render(after).files == terraform.render(before).files


def test_a_name_that_means_something_cannot_be_followed() -> None:
    text = SHOP.replace("logs2", "logs").replace("needs:", "port: 80, public: {tls: false}, needs:")
    text += "network: {flow_logs: 30d}\nrenamed: {buckets: {logs: files}}\n"
    with pytest.raises(InputError, match=r"groundplan.yaml:\d+:\d+: renamed: .*that of the bucket logs"):
        designed(text)


def test_every_family_is_known() -> None:
    assert set(ENTRIES) <= set(Renamed.model_fields)
