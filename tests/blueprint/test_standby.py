"""A standby is the environment once more: what differs there, what cannot differ, and where mistakes are told."""

from __future__ import annotations

import tempfile
from pathlib import Path
from textwrap import indent

import pytest

from groundplan.blueprint.loading import LoadedEnvironment, load
from groundplan.errors import InputError

BASE = """\
project: shop
region: us-east-1
network: {cidr: 10.0.0.0/16, nat: per-zone}
services:
  api: {image: {repository: api}, port: 80, size: {cpu: 256, memory: 512}, public: {tls: false}, needs: [main, media]}
jobs:
  nightly: {image: {repository: api}, size: {cpu: 256, memory: 512}, schedule: cron(0 3 * * ? *)}
databases:
  main: {engine: postgres 16, class: db.t4g.small, replicas: 1, extensions: [pg_trgm]}
buckets:
  media: {cdn: {}}
dns: {zone: shop.com}
objectives: {budget: 900 USD/month}
"""
OTHER_RANGE = "network: {cidr: 10.1.0.0/16}"


def environment(
    overlay: str = OTHER_RANGE, region: str = "us-west-2", base: str = BASE, name: str = "production"
) -> LoadedEnvironment:
    """The environment with a standby."""
    text = f"{base}environments:\n  {name}:\n    standby:\n      region: {region}\n      overlay:\n"
    text += indent(overlay, " " * 8) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "groundplan.yaml"
        file.write_text(text)
        return load(file).environment()


def refused(overlay: str = OTHER_RANGE, region: str = "us-west-2", base: str = BASE) -> list[str]:
    """What is said against it: line, path and message."""
    with pytest.raises(InputError) as caught:
        environment(overlay, region, base)
    return [
        f"{item.position.line if item.position else 0} {item.path}: {item.message}" for item in caught.value.problems
    ]


def standby(overlay: str = OTHER_RANGE, base: str = BASE, name: str = "production") -> LoadedEnvironment:
    found = environment(overlay, base=base, name=name).standby
    assert found is not None
    return found


def test_what_an_overlay_says_counts_there_alone() -> None:
    both = environment("network: {cidr: 10.1.0.0/16, nat: single}\nservices: {api: {tasks: {min: 1, desired: 1}}}")
    assert both.standby
    here, there = both.blueprint, both.standby.blueprint
    assert (str(here.network.cidr), here.network.nat, here.services["api"].tasks.desired) == (
        "10.0.0.0/16",
        "per-zone",
        2,
    )
    assert (str(there.network.cidr), there.network.nat, there.services["api"].tasks.desired) == (
        "10.1.0.0/16",
        "single",
        1,
    )
    assert (here.region, there.region) == ("us-east-1", "us-west-2")
    assert both.standby.name == "production-standby"
    assert there.profile == here.profile == "production"


def test_what_stands_once_is_not_there_again() -> None:
    there = standby().blueprint
    assert (there.dns, there.standby, there.objectives.budget) == (None, None, None)
    assert there.buckets["media"].cdn is None
    database = there.databases["main"]
    assert (database.replicas, database.extensions, database.standby) == (0, [], False)
    assert not there.jobs["nightly"].enabled


def test_an_overlay_may_pay_for_more() -> None:
    there = standby(
        f"{OTHER_RANGE}\ndatabases: {{main: {{standby: true}}}}\njobs: {{nightly: {{enabled: true}}}}"
    ).blueprint
    assert there.databases["main"].standby
    assert there.jobs["nightly"].enabled


@pytest.mark.parametrize(
    ("name", "base", "expected"),
    [
        ("production", BASE, "production-standby"),
        ("production", BASE + "short_name: prod\n", "prod-standby"),
        ("preproduction", BASE, "preproduction-dr"),
        ("a-name-of-twenty-lett", BASE, "a-name-of-twenty-dr"),
    ],
)
def test_the_name_fits(name: str, base: str, expected: str) -> None:
    assert standby(base=base, name=name).blueprint.short_name == expected


def test_values_know_who_said_them() -> None:
    found = standby("network: {cidr: 10.1.0.0/16}")
    assert str(found.origins["network.cidr"]).startswith("standby of production, ")
    position = found.position("network.cidr")
    assert position
    assert position.line == len(BASE.splitlines()) + 6
    assert found.origins["region"].layer == "standby"
    assert found.origins["network.nat"].layer == ""


def test_without_it_nothing_is_there() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "groundplan.yaml"
        file.write_text(BASE)
        assert load(file).environment().standby is None


LAST = len(BASE.splitlines())


def test_the_same_region_is_none() -> None:
    (problem, *_) = refused(region="us-east-1")
    assert problem.startswith(f"{LAST + 4} standby.region: us-east-1 is where the environment is; ")


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ("network: {nat: single}", "the same range as the primary's 10.0.0.0/16"),
        ("network: {cidr: 10.0.128.0/17}", "a range that overlaps the primary's 10.0.0.0/16"),
    ],
)
def test_ranges_that_could_never_be_peered(overlay: str, words: str) -> None:
    (problem,) = refused(overlay)
    assert words in problem
    assert "write network: {cidr: ...} in the overlay" in problem
    assert problem.startswith(f"{LAST + 6} standby.overlay.network.cidr: ")


@pytest.mark.parametrize(
    ("overlay", "path", "words"),
    [
        ("dns: {zone: other.com}", "standby.overlay.dns", "dns cannot differ in the standby"),
        ("region: eu-west-1", "standby.overlay.region", "the standby's is standby.region"),
        ("standby: {region: eu-west-1}", "standby.overlay.standby", "cannot differ"),
        ("databases: {main: {replicas: 2}}", "standby.overlay.databases.main.replicas", "a replica itself"),
        (
            "databases: {main: {extensions: []}}",
            "standby.overlay.databases.main.extensions",
            "nothing can be made in it",
        ),
        ("buckets: {media: {replicate: eu-west-1}}", "standby.overlay.buckets.media.replicate", "and not on"),
    ],
)
def test_what_cannot_differ(overlay: str, path: str, words: str) -> None:
    (problem,) = refused(f"{OTHER_RANGE}\n{overlay}")
    assert problem.startswith(f"{LAST + 7} {path}: ")
    assert words in problem


@pytest.mark.parametrize(
    ("overlay", "problem"),
    [
        ("servces: {}", 'unknown key "servces"; did you mean "services"?'),
        ("services: {worker: null}", 'null removes an entry, and the base has no "worker"'),
        ("network: {cidr: 8.8.0.0/16}", "is not private"),
        ("services: {api: {needs: [nothing]}}", "nothing"),
        ("services: {api: {tasks: {min: 3, desired: 1}}}", "tasks"),
    ],
)
def test_mistakes_in_the_overlay_point_into_it(overlay: str, problem: str) -> None:
    (found, *_) = refused(overlay if overlay.startswith("network") else f"{OTHER_RANGE}\n{overlay}")
    assert problem in found
    assert "(in the standby in us-west-2)" in found
    assert int(found.split()[0]) in (LAST + 6, LAST + 7)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("replicas: 1", "backups: 0d", "the standby's replica is made from backups: keep them for 1d at least"),
        ("replicas: 1", "credentials: managed", "RDS makes no replica for the standby of an instance whose password"),
        ("media: {cdn: {}}", "media: {replicate: eu-west-1}", "the standby needs the copy in us-west-2"),
    ],
)
def test_what_cannot_be_copied(before: str, after: str, problem: str) -> None:
    assert before in BASE
    (found,) = refused(base=BASE.replace(before, after))
    assert problem in found


def test_a_replica_elsewhere_needs_a_key_of_ours() -> None:
    (found,) = refused(base=BASE + "keys: aws\n")
    assert "keys: RDS encrypts a replica in another region only with a key that is named" in found
    assert standby(f"{OTHER_RANGE}\nkeys: customer", base=BASE + "keys: aws\n").blueprint.keys == "customer"


def test_a_mistake_of_both_is_told_once() -> None:
    (found,) = refused(base=BASE.replace("needs: [main, media]", "needs: [main, medias]"))
    assert "in the standby" not in found
