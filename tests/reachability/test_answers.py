"""Questions and answers: paths word by word, every blocker, names that are nobody's."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from tests.reachability.systems import architecture_of, others

from groundplan.errors import InputError
from groundplan.reachability import Answer, Question, ask
from groundplan.reachability.matrix import all_pairs
from groundplan.reachability.network import network_of
from groundplan.reachability.report import lines, to_json
from groundplan.resources import Architecture, Resource
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.network import (
    ANYWHERE,
    InternetGateway,
    NetworkAcl,
    NetworkAclRule,
    Route,
    RouteTable,
    SecurityGroupRule,
    Subnet,
)
from groundplan.resources.values import Ref

CASES = Path(__file__).parents[1] / "cases" / "reachability"
GOLDEN = [
    ("duskspendr", "production", "internet", "main", 5432),
    ("duskspendr", "production", "internet", "api", 443),
    ("duskspendr", "production", "api", "main", 5432),
    ("duskspendr", "production", "api", "internet", 443),
    ("duskspendr", "production", "api", "backups", 443),
    ("duskspendr", "production", "10.0.10.7", "sessions", 6379),
    ("personal-timeline", "production", "api", "main", 5432),
    ("personal-timeline", "production", "standby_api", "main", 5432),
    ("personal-timeline", "production", "internet", "api", None),
    ("solemate", "production", "api", "aws:secretsmanager", 443),
    ("solemate", "production", "staging", "main", 5432),
    ("solemate", "production", "staging", "load_balancer", 443),
    ("solemate", "production", "api", "staging/main", 5432),
    ("spontime", "poc", "internet", "api", None),
    ("spontime", "poc", "api", "aws:ecr.api", 443),
]


def answer(system: str, environment: str, source: str, target: str, port: int | None) -> Answer:
    question = Question(source, target, port=port)
    return ask(architecture_of(system, environment), question, others(system, environment))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case[0]}-{case[2]}-{case[3]}".replace("/", "_"))
def test_paths_word_by_word(case: tuple[str, str, str, str, int | None], update_golden: bool) -> None:
    system, _, source, target, port = case
    name = f"{system}-{source}-{target}-{port or 'all'}.txt".replace("/", "_").replace(":", "_")
    text = "".join(f"{line}\n" for line in lines(answer(*case)))
    if update_golden:
        CASES.mkdir(exist_ok=True)
        (CASES / name).write_text(text)
    assert text == (CASES / name).read_text()


@pytest.mark.parametrize(("source", "port"), [("internet", 5432), ("api", 5432)])
def test_the_documentation_shows_what_is_said(source: str, port: int) -> None:
    document = (Path(__file__).parents[2] / "docs" / "reachability.md").read_text()
    text = "\n".join(lines(answer("duskspendr", "production", source, "main", port)))
    assert f"--from {source} --to main --port {port}\n{text}\n```" in document


def duskspendr() -> Architecture:
    return architecture_of("duskspendr", "production")


def add(architecture: Architecture, *resources: Resource) -> Architecture:
    return architecture.with_resources((*architecture.resources, *resources))


def opened(architecture: Architecture, resource: str) -> Architecture:
    """The architecture without one of the things that keep the internet from the database."""
    acl = architecture.find(NetworkAcl, "database")
    assert acl is not None
    anything = [NetworkAclRule(1, way, "allow", "all", ANYWHERE) for way in ("ingress", "egress")]
    match resource:
        case "database_instance.main":
            return architecture.changed(architecture[Ref(DatabaseInstance, "main")], publicly_accessible=True)
        case "network_acl.database":
            return architecture.changed(acl, rules=(*anything, *acl.rules))
        case "security_group.main":
            like = architecture[Ref(SecurityGroupRule, "main_from_api_5432")]
            return add(architecture, replace(like, name="open", peer=IPv4Network("1.0.0.0/8")))
        case "route_table.database":
            table, gateway = Ref(RouteTable, "database"), Ref(InternetGateway, "main")
            return add(architecture, Route(name="open", concern="network", route_table=table, internet_gateway=gateway))
    raise AssertionError(f"{resource} blocks, and the test does not know it")


def test_every_blocker_is_named_and_no_other() -> None:
    """Opening what is named, one after the other, ends with a path; and before the last one there is none."""
    architecture, question = duskspendr(), Question("internet", "main", port=5432)
    named = list(dict.fromkeys(hop.resource for hop in ask(architecture, question).blocked_by))
    assert len(named) == 4
    while named:
        found = ask(architecture, question)
        assert not found.reachable
        assert list(dict.fromkeys(hop.resource for hop in found.blocked_by)) == named
        architecture = opened(architecture, named.pop(0))
    found = ask(architecture, question)
    assert found.reachable
    assert [hop.rule for hop in found.path if hop.rule] == [
        "ingress 1",
        "security_group_rule.open",
        "egress 1",
        "route.open",
    ]


def test_a_part_of_the_internet_is_not_another() -> None:
    architecture = duskspendr()
    for resource in ("database_instance.main", "network_acl.database", "security_group.main", "route_table.database"):
        architecture = opened(architecture, resource)
    assert ask(architecture, Question("1.2.3.0/24", "main", port=5432)).reachable
    refused = ask(architecture, Question("2.0.0.0/8", "main", port=5432))
    assert [hop.resource for hop in refused.blocked_by] == ["security_group.main"]
    assert not ask(architecture, Question("internet", "main", port=5433)).reachable
    assert not ask(architecture, Question("internet", "main", "udp", 5432)).reachable


def test_without_a_port_the_open_ranges_are_told() -> None:
    found = answer("duskspendr", "production", "internet", "load_balancer", None)
    assert [str(ports) for ports in found.ports] == ["tcp 80", "tcp 443"]


def test_a_zone_that_is_shut_is_an_exception() -> None:
    architecture = duskspendr()
    acl = architecture.find(NetworkAcl, "private")
    assert acl is not None
    private = tuple(Ref(Subnet, "private", zone) for zone in "ab")
    shut = replace(acl, name="shut", subnets=private[:1], rules=())
    architecture = add(architecture.changed(acl, subnets=private[1:]), shut)
    found = ask(architecture, Question("api", "main", port=5432))
    assert found.reachable
    assert found.best.complete
    assert found.path[0].says == "in subnet.private[b] (10.0.20.0/24)"
    assert found.exceptions
    assert {text.split(" (")[0] for text in found.exceptions} == {"not from subnet.private[a]"}


def test_json_has_the_promised_shape() -> None:
    yes = json.loads(json.dumps(to_json(answer("duskspendr", "production", "api", "main", 5432))))
    assert set(yes) == {
        "from", "to", "protocol", "port", "reachable", "way", "path", "blocked_by", "ports", "exceptions",
    }  # fmt: skip
    assert (yes["reachable"], yes["way"], yes["blocked_by"]) == (True, "within the VPC", [])
    assert all(set(hop) == {"resource", "rule", "says"} for hop in yes["path"])
    assert yes["ports"] == [{"protocol": "tcp", "first": 5432, "last": 5432}]
    no = to_json(answer("duskspendr", "production", "internet", "main", 5432))
    assert (no["reachable"], no["path"], no["way"], no["ports"]) == (False, [], None, [])
    assert no["blocked_by"]


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        ("internet", "mian", '--to: there is no "mian"; did you mean "main"?'),
        ("apy", "main", '--from: there is no "apy"; did you mean "api"?'),
        ("loadbalancer", "main", 'did you mean "load_balancer"?'),
        ("stagin", "main", 'did you mean "staging"?'),
        ("staging/mian", "main", 'there is no "mian"'),
        ("10.0.0.0/99", "main", "there is no"),
        ("internet", "staging/assets", "assets stands in no network of staging"),
    ],
)
def test_names_that_are_nobodys(source: str, target: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        answer("solemate", "production", source, target, 5432)
    assert says in str(caught.value)


def test_a_name_of_two_things_asks_for_an_address() -> None:
    architecture = duskspendr()
    doubled = add(architecture, replace(architecture[Ref(DatabaseInstance, "main")], name="sessions"))
    with pytest.raises(InputError, match=r"write database_instance\.sessions or cache_replication_group\.sessions"):
        ask(doubled, Question("api", "sessions"))
    assert ask(doubled, Question("api", "cache_replication_group.sessions", port=6379)).reachable


@pytest.mark.parametrize(("source", "target"), [("internet", "main"), ("api", "main")])
def test_what_stands_nowhere_is_not_reached(source: str, target: str) -> None:
    """A replica of a database of another stack has no subnet group that is known here."""
    architecture = duskspendr()
    bare = architecture.changed(architecture[Ref(DatabaseInstance, "main")], subnet_group=None)
    found = ask(bare, Question(source, target, port=5432))
    assert [hop.says for hop in found.blocked_by] == ["stands in no subnet of this architecture"]


def test_hyphens_are_underscores() -> None:
    found = answer("personal-timeline", "production", "standby-api", "standby-main", 5432)
    assert found.reachable


def test_all_pairs_and_single_questions_agree() -> None:
    architecture = architecture_of("solemate", "production")
    pairs = {(pair.source, pair.target): pair.ports for pair in all_pairs(architecture) if pair.by is None}
    names = ("internet", "load_balancer", "api", "main", "instances")
    for source in names:
        for target in names[1:]:
            if source in ("main", target):
                continue
            direct = [
                walk
                for walk in ask(architecture, Question(source, target)).walks
                if walk.arrives and "load_balancer" not in walk.path.way
            ]
            assert bool(direct) == ((source, target) in pairs), (source, target)


def test_an_architecture_is_read_once() -> None:
    architecture = duskspendr()
    assert network_of(architecture) is network_of(architecture)
    changed = architecture.changed(architecture[Ref(DatabaseInstance, "main")], publicly_accessible=True)
    assert network_of(changed) is not network_of(architecture)
