"""Savings by redesign: every one is what a second design costs less, and what is refused says why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from groundplan.blueprint.loading import Source, load, source_of
from groundplan.blueprint.tree import Plain
from groundplan.blueprint.yaml import read_yaml
from groundplan.cost import estimate
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.redesign import difference
from groundplan.redesign.settings import over
from groundplan.savings import Saving, Savings, find, to_json
from groundplan.units import Percentage

HEAD = "project: shop\nregion: us-east-1\n"
WEB = """
services:
  web: {image: {repository: web, tag: "1"}, port: 8080, size: {cpu: 1024, memory: 2048}, tasks: {desired: 3, min: 2},
        public: {domain: shop.com}, needs: [main, sessions]}
databases:
  main: {engine: postgres 16, class: db.t3.medium, storage: 100 GB}
caches:
  sessions: {engine: redis 7.0, class: cache.t3.medium}
"""
NODES = """
platform: eks
kubernetes:
  nodes:
    general: {instances: [m5.large], desired: 4, min: 2}
    batch: {instances: [c5.large], desired: 1, taints: ["dedicated=batch:NoSchedule"]}
services:
  web: {image: {repository: web, tag: "1"}, port: 8080}
  crunch: {image: {repository: crunch, tag: "1"}, nodes: batch}
"""


def source(text: str) -> Source:
    text = HEAD + dedent(text)
    return source_of(read_yaml(text, Path("groundplan.yaml")), Path("groundplan.yaml"), text)


INTEL = """
    from groundplan.checks import Fix, Rule
    from groundplan.resources.databases import DatabaseInstance


    class Intel(Rule):
        id = "ACME-001"
        title = "Databases run on Intel"
        severity = "error"
        why = "A contract says so."
        fix = Fix(blueprint="Set databases.<name>.class.")

        def check(self, architecture):
            for item in architecture.of(DatabaseInstance):
                if "g." in item.instance_class:
                    yield self.violation(item, f"has {item.instance_class}, and runs on Intel's processors alone")
    """


@cache
def found(text: str, *used: tuple[str, str], environment: str = "production") -> Savings:
    text = f"{text}\nenvironments: {{{environment}: {{}}}}\n"
    return find(source(text), environment, used={name: Percentage.parse(share) for name, share in used})


def saving(savings: Savings, title: str) -> Saving:
    return next(one for one in savings.savings if one.change.title == title)


def refusal(savings: Savings, title: str) -> str:
    return next(one.why for one in savings.refused if one.change.title == title)


def monthly(text: str, settings: Mapping[str, Plain]) -> Decimal:
    """What a blueprint costs with values written into it, by the ordinary way."""
    tree = source(f"{text}\nenvironments: {{production: {{}}}}\n")
    loaded = over(tree, "production", settings).environment()
    return estimate(design(loaded), loaded.blueprint.usage, None).monthly


def test_every_saving_is_what_the_changed_blueprint_costs_less() -> None:
    result = found(WEB)
    assert result.before == monthly(WEB, {})
    assert {one.change.concern for one in result.savings} == {"graviton", "engine", "spot", "network", "off-hours"}
    for one in result.savings:
        assert one.monthly == result.before - monthly(WEB, one.change.settings) > 0, one.change.title


def test_the_largest_comes_first() -> None:
    amounts = [one.monthly for one in found(WEB).savings]
    assert amounts == sorted(amounts, reverse=True)


def test_prices_of_graviton() -> None:
    """db.t3.medium Multi-AZ 0.145, db.t4g.medium 0.129 USD an hour in us-east-1."""
    assert saving(found(WEB), "database main on Graviton").monthly == Decimal("0.016") * 730
    assert saving(found(WEB), "database main on Graviton").change.settings == {"databases.main.class": "db.t4g.medium"}
    arm = 3 * 730 * (Decimal("0.04048") - Decimal("0.03238") + 2 * (Decimal("0.004445") - Decimal("0.00356")))
    assert saving(found(WEB), "service web on Graviton").monthly == arm


def test_spot_leaves_a_task_on_demand_and_is_a_choice_in_production() -> None:
    spot = saving(found(WEB), "service web: all tasks but one on Fargate Spot")
    assert spot.change.written == (
        "services.web.capacity={fargate: {base: 1, weight: 0}, fargate-spot: {weight: 1}}",
    )  # fmt: skip
    assert not spot.free
    alone = WEB.replace("{desired: 3, min: 2}", "{desired: 1, min: 1}")
    in_staging = saving(found(alone, environment="staging"), "service web: its task on Fargate Spot")
    assert in_staging.change.settings == {
        "services.web.capacity": {"fargate": {"base": 0, "weight": 0}, "fargate-spot": {"weight": 1}}
    }


def test_one_nat_gateway_costs_a_finding() -> None:
    one = saving(found(WEB), "one NAT gateway")
    assert one.monthly == (Decimal("0.045") + Decimal("0.005")) * 730
    assert [finding.rule for finding in one.findings] == ["GP-REL-004"]
    assert not one.free


def test_best_set_is_recomputed_and_costs_nothing_else() -> None:
    result = found(WEB)
    best = result.combination
    assert [step.change.title for step in best.steps] == [
        "service web on Graviton", "cache sessions with Valkey", "database main on Graviton",
        "cache sessions on Graviton",
    ]  # fmt: skip
    assert best.after == monthly(WEB, best.settings)
    assert best.monthly == best.before - best.after == sum(step.monthly for step in best.steps)
    singles = sum(saving(result, step.change.title).monthly for step in best.steps)
    assert best.monthly < singles, "Graviton saves less on Valkey, which is cheaper"
    assert best.findings == ()


def test_what_has_no_price_then_is_no_saving() -> None:
    result = found(NODES)
    assert refusal(result, "nodes general on Spot").startswith("what it saves is not known: Spot prices of EC2 change")
    assert "nodes general on Spot" not in {one.change.title for one in result.savings}


def test_a_price_that_is_lost_or_found_is_no_difference() -> None:
    """Without the lines of a resource that has no price in one of both, and no price of a Spot node is ever known."""
    priced = source(NODES + "environments: {production: {}}\n").environment()
    spot = over(source(NODES + "environments: {production: {}}\n"), "production", {
        "kubernetes.nodes.general.spot": True, "network.nat": "single",
    }).environment()  # fmt: skip
    one, other = (estimate(design(loaded), loaded.blueprint.usage, None) for loaded in (priced, spot))
    nat = (Decimal("0.045") + Decimal("0.005")) * 730
    for before, after, saved in ((one, other, nat), (other, one, -nat)):
        found_saving, uncounted = difference(before, after)
        assert found_saving == saved
        assert before.monthly - after.monthly != saved
        assert "node_group.general" in {item.resource for item in uncounted}


def test_nodes_and_what_runs_on_them_change_together() -> None:
    result = found(NODES)
    assert saving(result, "nodes batch on Graviton").change.settings == {
        "kubernetes.nodes.batch.instances": ["c7g.large"],
        "services.crunch.architecture": "arm64",
    }
    assert saving(result, "nodes general on Graviton").change.settings == {
        "kubernetes.nodes.general.instances": ["m7g.large"],
        "services.web.architecture": "arm64",
    }


def test_what_the_blueprint_refuses_says_why() -> None:
    result = found(WEB + "secrets: {}\n" + "keys: aws\n")
    assert "no NAT gateway" in {one.change.title for one in result.savings}
    replicated = WEB.replace("storage: 100 GB", "storage: 100 GB, replicas: 1")
    assert "RDS stops neither" in refusal(found(replicated), "stopped when nobody works")


def test_an_error_of_the_checks_refuses(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "own.py").write_text(dedent(INTEL), encoding="utf-8")
    file = tmp_path / "groundplan.yaml"
    file.write_text(HEAD + WEB + "environments: {production: {}}\n", encoding="utf-8")
    result = find(load(file))
    assert refusal(result, "database main on Graviton") == (
        "it would be an error: ACME-001 database_instance.main has db.t4g.medium, and runs on Intel's processors alone"
    )
    assert "databases.main.class" not in result.combination.settings


def test_off_hours_are_free_in_development_alone() -> None:
    development = saving(found(WEB, environment="development"), "stopped when nobody works")
    assert development.monthly > 0
    assert development.free
    production = saving(found(WEB), "stopped when nobody works")
    assert production.findings
    assert not production.free


@pytest.mark.parametrize(
    ("used", "key", "value"),
    [
        (("main", "30%"), "databases.main.class", "db.t3.small"),
        (("main", "8%"), "databases.main.class", "db.t3.micro"),
        (("sessions", "10%"), "caches.sessions.class", "cache.t3.micro"),
        (("web", "35%"), "services.web.size", {"cpu": 512, "memory": 1024}),
    ],
)
def test_right_sizing(used: tuple[str, str], key: str, value: Plain) -> None:
    one = saving(found(WEB, used), f"{used[0]} as large as it is used")
    assert one.change.settings == {key: value}
    assert one.monthly == found(WEB).before - monthly(WEB, {key: value})


def test_right_sizing_and_graviton_at_once() -> None:
    result = found(WEB, ("main", "30%"))
    both = saving(result, "main as large as it is used, on Graviton")
    assert both.change.settings == {"databases.main.class": "db.t4g.small"}
    assert both.monthly > saving(result, "main as large as it is used").monthly
    assert result.combination.settings["databases.main.class"] == "db.t4g.small"


def test_what_is_used_well_is_left_alone() -> None:
    assert not any(one.change.concern == "right-sizing" for one in found(WEB, ("main", "65%")).savings)
    fewer = saving(found(NODES, ("general", "20%")), "general as large as it is used")
    assert fewer.change.settings == {"kubernetes.nodes.general.desired": 2}, "not below min"


def test_use_of_what_is_not_there() -> None:
    with pytest.raises(InputError, match='nothing that has a size is called "mian"; did you mean "main"'):
        found(WEB, ("mian", "10%"))


ENDPOINTS = WEB + "network: {endpoints: [s3, ecr.api, logs]}\n"


def test_no_interface_endpoints() -> None:
    one = saving(found(ENDPOINTS), "no interface endpoints")
    assert one.monthly == 2 * 2 * Decimal("0.01") * 730
    assert one.change.settings == {"network.endpoints": ["s3"]}


def test_endpoints_instead_of_nat_are_told_as_the_most() -> None:
    busy = saving(found(WEB + "usage: {nat: 5000 GB}\n"), "interface endpoints instead of NAT traffic")
    assert busy.change.settings == {"network.endpoints": ["s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager"]}
    assert busy.monthly <= Decimal("0.045") * 5000 - 4 * 2 * Decimal("0.01") * 730
    assert not busy.free
    assert "usage.nat" not in busy.change.settings
    quiet = found(WEB + "usage: {nat: 10 GB}\n")
    assert refusal(quiet, "interface endpoints instead of NAT traffic").endswith("USD a month more")


def test_shorter_logs_need_usage() -> None:
    assert refusal(found(NODES), "logs kept for 7 days") == "what it saves is not known: usage.logs is not stated"
    one = saving(found(NODES + "usage: {logs: 1000 GB}\n"), "logs kept for 7 days")
    assert one.change.settings == {
        "services.web.logs.retention": "7d", "services.crunch.logs.retention": "7d", "network.flow_logs": "7d",
        "kubernetes.logs": "7d",
    }  # fmt: skip
    days = Decimal(90 - 7) / 30
    assert one.monthly.quantize(Decimal("0.01")) == (1000 * days * Decimal("0.15") * Decimal("0.03")).quantize(
        Decimal("0.01")
    )
    assert not one.free, "whether anybody looks at old logs, no check knows"


def test_logs_of_another_retention_still_count() -> None:
    """Logs that RDS writes are kept for 30 days in any case, and the estimate takes the longest of all."""
    result = found(WEB + "usage: {logs: 1000 GB}\n")
    assert refusal(result, "logs kept for 7 days") == "it saves nothing that is priced"


def test_storage_of_databases() -> None:
    single = WEB.replace("storage: 100 GB", "standby: false, storage: 100 GB io1")
    one = saving(found(single), "database main on gp3 instead of io1")
    assert one.monthly == 100 * (Decimal("0.125") - Decimal("0.115"))
    gp2 = WEB.replace("100 GB", "100 GB gp2")
    assert refusal(found(gp2), "database main on gp3 instead of gp2") == "it saves nothing that is priced"


def test_copies_in_a_colder_class() -> None:
    copied = "buckets: {files: {replicate: us-west-2}}\nusage: {stored: {files: 1000 GB}}\n"
    one = saving(found(copied), "copies of bucket files in GLACIER_IR")
    assert one.monthly == 1000 * (Decimal("0.0125") - Decimal("0.004"))
    older = refusal(found(copied), "bucket files: objects of 30 days to STANDARD_IA")
    assert older.startswith("what it saves is not known: usage does not state how old objects are")


def test_terms_on_what_always_runs() -> None:
    """On the best set: 28.5 % of a db.t4g.medium and 32 % of two cache.t4g.medium with Valkey, for a year."""
    result = found(WEB)
    quoted = {(term.resource, term.years): term.monthly for term in result.terms}
    assert quoted == {
        ("database_instance.main", 1): Decimal("0.129") * 730 * Decimal("0.285"),
        ("cache_replication_group.sessions", 1): 2 * Decimal("0.052") * 730 * Decimal("0.32"),
    }
    missing = {item.resource: item.why for item in result.without_term}
    assert missing == {"ecs_service.web": "no term of fargate_arm is in the price book of us-east-1"}


def test_terms_leave_out_spot_and_what_is_stopped() -> None:
    """In staging two of three tasks are Spot then; in development off-hours stop everything but the cache."""
    staging = [term for term in found(WEB, environment="staging").terms if term.resource == "ecs_service.web"]
    assert {term.years for term in staging} == {1, 3}
    of_a_task = Decimal("0.04048") * 730 + Decimal("0.004445") * 2 * 730
    assert sum(term.monthly for term in staging if term.years == 3) <= of_a_task * Decimal("0.45")
    development = found(WEB, environment="development")
    stopped = {item.resource for item in development.without_term if item.why.startswith("off-hours stop it")}
    assert stopped == {"ecs_service.web", "database_instance.main"}


def test_settings_of_the_command_line_lie_beneath() -> None:
    text = WEB + "\nenvironments: {production: {}}\n"
    result = find(source(text).with_settings(["databases.main.class=db.r5.large"]), "production")
    assert saving(result, "database main on Graviton").change.settings == {"databases.main.class": "db.r6g.large"}


def test_same_input_same_bytes() -> None:
    text = WEB + "\nenvironments: {production: {}}\n"
    assert to_json(find(source(text))) == to_json(find(source(text))) == to_json(found(WEB))
