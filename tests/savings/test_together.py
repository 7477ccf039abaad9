"""Savings that stand in each other's way, standbys, and objectives."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from groundplan.blueprint.loading import load
from groundplan.redesign import Bench, Designed
from groundplan.resources.databases import DatabaseInstance
from groundplan.savings import Savings, find

EXAMPLES = Path(__file__).parents[2] / "examples"
DATA = """
    project: shop
    region: us-east-1
    network: {nat: none}
    databases:
      main: {engine: postgres 16, class: db.t3.medium, storage: 100 GB}
    caches:
      sessions: {engine: valkey 8.0, class: cache.t3.medium}
    """
NOT_BOTH = """
    from groundplan.checks import Fix, Rule
    from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance


    class NotBoth(Rule):
        id = "ACME-002"
        title = "Not everything moves at once"
        severity = "warning"
        why = "One thing after the other."
        fix = Fix(blueprint="Set caches.<name>.class.")

        def check(self, architecture):
            moved = any(".t4g." in item.instance_class for item in architecture.of(DatabaseInstance))
            for item in architecture.of(CacheReplicationGroup):
                if moved and ".t4g." in item.node_type:
                    yield self.violation(item, "moved together with the database")
    """
WITH_STANDBY = """
    project: shop
    region: us-east-1
    network: {cidr: 10.0.0.0/16}
    databases:
      main: {engine: postgres 16, class: db.t3.medium, storage: 100 GB}
    caches:
      sessions: {engine: valkey 8.0, class: cache.t4g.medium}
    standby:
      region: us-west-2
      overlay:
        network: {cidr: 10.1.0.0/16}
        caches: {sessions: {class: cache.t3.small}}
    """


def found(folder: Path, text: str) -> Savings:
    file = folder / "groundplan.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    return find(load(file))


def test_two_that_cost_a_finding_together_are_not_both_taken(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "own.py").write_text(dedent(NOT_BOTH), encoding="utf-8")
    result = found(tmp_path, DATA)
    free = [saving.change.title for saving in result.savings if saving.free]
    assert free == ["database main on Graviton", "cache sessions on Graviton"]
    assert [step.change.title for step in result.combination.steps] == ["database main on Graviton"]
    assert result.combination.findings == ()
    assert result.combination.after == result.before - result.combination.monthly


def test_nothing_to_save(tmp_path: Path) -> None:
    result = found(tmp_path, "project: shop\nregion: us-east-1\nbuckets: {files: {}}\nnetwork: {nat: none}\n")
    assert result.combination.steps == ()
    assert result.combination.monthly == 0
    assert result.combination.after == result.before


def test_what_the_overlay_of_a_standby_says_is_tried_as_well(tmp_path: Path) -> None:
    changes = {saving.change.title: saving.change.settings for saving in found(tmp_path, WITH_STANDBY).savings}
    assert changes["standby: cache sessions on Graviton"] == {
        "standby.overlay.caches.sessions.class": "cache.t4g.small"
    }
    assert "database main on Graviton" in changes
    assert "standby: database main on Graviton" not in changes, "it is changed with the primary"


@pytest.mark.parametrize(("budget", "lost"), [("10", ("budget",)), ("10000", ())])
def test_objectives_that_are_not_held(tmp_path: Path, budget: str, lost: tuple[str, ...]) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(f"{dedent(DATA)}objectives: {{budget: {budget} USD/month}}\n", encoding="utf-8")
    assert Bench(load(file), None).now.lost == lost


def test_what_is_designed_already_is_not_designed_again(tmp_path: Path) -> None:
    """And a document, which passes it on, finds the same savings."""
    file = tmp_path / "groundplan.yaml"
    file.write_text(dedent(WITH_STANDBY), encoding="utf-8")
    source = load(file)
    now = Designed.of(source.environment())
    assert Bench(source, None, now).now.architecture is now.architecture
    assert find(source, now=now) == find(source)


def test_a_change_is_designed_once_and_layers_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(dedent(DATA), encoding="utf-8")
    bench = Bench(load(file), None)
    large, larger = {"databases.main.class": "db.r6g.large"}, {"databases.main.class": "db.r6g.xlarge"}
    assert bench.with_settings(large) is bench.with_settings(large, {})
    for layers in ((larger,), (large, larger), (larger, large)):
        (database,) = bench.with_settings(*layers).architecture.of(DatabaseInstance)
        assert database.instance_class == layers[-1]["databases.main.class"]


def test_what_rules_found_in_one_state_is_not_taken_for_another(tmp_path: Path) -> None:
    """Each state of a bench has the findings that it has when it is looked at alone."""
    source = load(EXAMPLES / "personal-timeline" / "groundplan.yaml")
    bench = Bench(source, "production")
    assert bench.now.report == Bench(source, "production").now.report
    for settings in (
        {"network.nat": "single"},
        {"databases.main.deletion_protection": False},
        {"network.nat": "single", "databases.main.backups": "1d"},
    ):
        assert bench.with_settings(settings).report == Bench(source, "production").with_settings(settings).report
