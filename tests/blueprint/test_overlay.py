from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.blueprint.conftest import Write

from groundplan.blueprint.loading import load
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.overlay import fill, merge, pointless_nulls, without_nulls, write_out
from groundplan.blueprint.shape import shape_of
from groundplan.blueprint.tree import Plain, node_of

KEYS = st.sampled_from("abcde")
SCALARS = st.one_of(st.integers(0, 9), st.sampled_from(["x", "y"]), st.booleans())
WHOLE = st.recursive(
    SCALARS | st.lists(SCALARS, max_size=2), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)
MAPPINGS = st.dictionaries(KEYS, WHOLE, max_size=4)
"""Without null: what a file says before anything is removed."""
OVERLAYS = st.dictionaries(KEYS, WHOLE | st.none(), max_size=4)
SHAPE = shape_of(Blueprint)


def over(*layers: Plain) -> Plain:
    merged = node_of({})
    for layer in layers:
        merged = merge(merged, node_of(layer))
    return merged.plain()


@given(MAPPINGS)
def test_nothing_over_it_changes_nothing(base: dict[str, Plain]) -> None:
    assert over(base, {}) == over({}, base) == base


@given(OVERLAYS, OVERLAYS)
def test_a_second_time_changes_nothing(base: dict[str, Plain], overlay: dict[str, Plain]) -> None:
    once = over(base, overlay)
    assert over(once, overlay) == once


def conflict(one: Plain, other: Plain) -> bool:
    """Whether a mapping meets something else, where "the last one wins" and "they merge" cannot both be kept."""
    if isinstance(one, dict) and isinstance(other, dict):
        return any(conflict(one[key], other[key]) for key in one.keys() & other.keys())
    return isinstance(one, dict) or isinstance(other, dict)


@given(OVERLAYS, OVERLAYS, OVERLAYS)
def test_order_of_merging_does_not_matter(a: dict[str, Plain], b: dict[str, Plain], c: dict[str, Plain]) -> None:
    if not (conflict(a, b) or conflict(b, c) or conflict(a, c)):
        assert over(over(a, b), c) == over(a, over(b, c))


@given(OVERLAYS, OVERLAYS)
def test_the_overlay_wins(base: dict[str, Plain], overlay: dict[str, Plain]) -> None:
    merged = over(base, overlay)
    assert isinstance(merged, dict)
    assert merged.keys() == base.keys() | overlay.keys()
    for key, value in overlay.items():
        if not isinstance(value, dict):
            assert merged[key] == value
    for key in base.keys() - overlay.keys():
        assert merged[key] == base[key]


@given(MAPPINGS, KEYS)
def test_null_removes(base: dict[str, Plain], key: str) -> None:
    left = without_nulls(merge(node_of(base), node_of({key: None})), None).plain()
    assert left == {name: value for name, value in base.items() if name != key}


@given(OVERLAYS)
def test_removing_twice_removes_nothing_more(data: dict[str, Plain]) -> None:
    once = without_nulls(node_of(data), None)
    assert without_nulls(once, None) == once
    assert all(node.value is not None for _, node in once.walk())


@given(MAPPINGS, MAPPINGS)
def test_filling_gaps_is_merging_from_beneath(written: dict[str, Plain], posture: dict[str, Plain]) -> None:
    assert fill(node_of(written), node_of(posture)).plain() == over(posture, written)


@given(MAPPINGS, MAPPINGS)
def test_every_value_remembers_its_layer(base: dict[str, Plain], overlay: dict[str, Plain]) -> None:
    merged = merge(node_of(base), node_of(overlay, layer="environment dev"))
    for path, node in node_of(overlay).walk():
        if not isinstance(node.value, dict):
            found = merged.find(path)
            assert found is not None
            assert (found.layer, found.plain()) == ("environment dev", node.plain())


def test_lists_replace() -> None:
    assert over({"zones": ["a", "b"]}, {"zones": ["c"]}) == {"zones": ["c"]}


def test_null_is_a_value_where_a_field_may_be_empty() -> None:
    written: dict[str, Plain] = {
        "alarms": None,
        "network": {"flow_logs": None, "nat": None, "cidr": "10.0.0.0/16"},
        "services": {"api": None, "web": {"scaling": None, "tasks": None}},
        "tags": {"Team": None},
        "unknown": None,
    }
    assert without_nulls(node_of(written), SHAPE).plain() == {
        "alarms": None,
        "network": {"flow_logs": None, "cidr": "10.0.0.0/16"},
        "services": {"web": {"scaling": None}},
        "tags": {},
        "unknown": None,  # stays, to be told as an unknown key
    }


def test_nulls_that_remove_nothing_are_found() -> None:
    base = node_of({"services": {"api": {"environment": {"A": "1"}}}, "tags": {"Team": "x"}})
    overlay: Plain = {"services": {"api": {"environment": {"A": None, "B": None}}, "wev": None}, "tags": {"Team": None}}
    found = [path for path, _ in pointless_nulls(base, node_of(overlay), SHAPE)]
    assert found == [("services", "api", "environment", "B"), ("services", "wev")]


def test_a_part_of_a_short_form_can_be_overlaid() -> None:
    base = node_of({"databases": {"main": {"storage": "100..500 GB gp3", "engine": "postgres 15"}}})
    overlay = node_of({"databases": {"main": {"storage": {"max": "200 GB"}}}})
    assert merge(write_out(base, overlay, SHAPE), overlay).plain() == {
        "databases": {"main": {"storage": {"size": "100 GB", "max": "200 GB", "type": "gp3"}, "engine": "postgres 15"}}
    }


def test_a_short_form_that_cannot_be_read_is_left_for_the_models_to_tell() -> None:
    base = node_of({"databases": {"main": {"storage": "much"}}})
    assert write_out(base, node_of({"databases": {"main": {"storage": {"max": "1 GB"}}}}), SHAPE) == base


BLUEPRINT = """
    project: shop
    region: eu-west-1
    tags: {Team: web, Cost: "7"}
    services:
      api:
        image: {repository: api}
        environment: {LEVEL: info, MODE: full}
      worker:
        image: {repository: worker}
    buckets:
      files: {lifecycle: {old: {expire: 30d}, older: {archive: 90d}}}
    environments:
      production: {}
      staging:
        tags: {Cost: null}
        network: {zones: [c]}
        services:
          worker: null
          api: {environment: {MODE: null, LEVEL: debug}}
        buckets: {files: {lifecycle: {old: null}}}
    """


def test_an_environment_is_the_base_and_its_overlay(write: Write) -> None:
    source = load(write(BLUEPRINT))
    production, staging = (source.environment(name).blueprint for name in ("production", "staging"))
    assert (set(production.services), set(staging.services)) == ({"api", "worker"}, {"api"})
    assert staging.services["api"].environment == {"LEVEL": "debug"}
    assert staging.tags == {"Team": "web"}
    assert staging.network.zones == ["c"]
    assert set(staging.buckets["files"].lifecycle) == {"older"}
    assert production.services["api"].environment == {"LEVEL": "info", "MODE": "full"}
    assert set(production.buckets["files"].lifecycle) == {"old", "older"}


def test_an_empty_entry_of_the_base_is_nothing_to_remove() -> None:
    base = node_of({"services": {"api": None}})
    found = [path for path, _ in pointless_nulls(base, node_of({"services": {"api": None}}), SHAPE)]
    assert found == [("services", "api")]


def test_what_stays_as_it_is_stays_the_same_object() -> None:
    tree = node_of({"a": {"b": 1}, "c": [1, 2]})
    assert without_nulls(tree, None) is tree
    assert write_out(tree, node_of({}), None) is tree
    assert without_nulls(node_of({"a": None}), None).plain() == {}
