"""What ``shared:`` becomes, and what the environments of its file find in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.design.blueprints import addresses, designed, loaded, refused

from groundplan.blueprint.loading import Source, source_of
from groundplan.blueprint.yaml import read_yaml
from groundplan.catalog import config_rules, conformance_packs, usage_metrics
from groundplan.checks import run
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.anomalies import AnomalyMonitor, AnomalySubscription
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.detection import AccessAnalyzer, Detector, SecurityHub, SecurityStandard
from groundplan.resources.dns import DnsRecord, HostedZone
from groundplan.resources.edge import Certificate, LoadBalancer
from groundplan.resources.events import EventRule
from groundplan.resources.governance import ConfigurationRecorder, ConformancePack, DeliveryChannel
from groundplan.resources.monitoring import Alarm, Dashboard, MetricExpression, TopicPolicy
from groundplan.resources.parameters import Parameter
from groundplan.resources.policies import Statement
from groundplan.resources.security import Key, Role
from groundplan.resources.values import ParameterValue, Ref

PACK = "Operational-Best-Practices-for-CIS-AWS-v1.4-Level1"
CDN = "buckets: {static: {cdn: {domains: [www.acme.dev]}}}\n"
FILE = f"""
project: acme
region: eu-west-1
services:
  web: {{image: {{repository: web}}, port: 8080, public: {{domain: web.acme.dev}}, needs: [main]}}
databases: {{main: {{engine: postgres 16, class: db.t4g.micro}}}}
{CDN}shared:
  dns: {{zone: acme.dev}}
  audit: {{conformance_packs: [{PACK}]}}
  security: {{regions: [us-west-2]}}
  account: {{administrators: [], anomalies: 50 USD/month}}
  alarms: {{email: ops@acme.dev}}
  objectives: {{budget: 100 USD/month}}
"""
SMALL = "project: acme\nregion: eu-west-1\n"


def load_text(text: str) -> Source:
    return source_of(read_yaml(text, Path("groundplan.yaml")), Path("groundplan.yaml"), text)


def shared(text: str = FILE) -> Architecture:
    return designed(text, "shared")


def statement(architecture: Architecture, sid: str) -> Statement:
    """The statement of the alarm topic's policy with an id."""
    (policy,) = architecture.of(TopicPolicy)
    (found,) = [item for item in policy.policy.statements if item.sid == sid]
    return found


def test_it_has_no_network_and_runs_nothing() -> None:
    kinds = {address.partition(".")[0] for address in addresses(shared())}
    assert not kinds & {"vpc", "subnet", "security_group", "load_balancer", "ecs_cluster", "database_instance"}
    assert shared().environment == "shared"
    assert shared().tags["Environment"] == "shared"


def test_empty_it_has_a_key_and_a_topic() -> None:
    assert addresses(shared(SMALL + "shared: {}\n")) == {"key.main", "topic.alarms", "topic_policy.alarms"}


def test_the_checks_find_the_administrators_and_ask_about_the_trail() -> None:
    found = {(finding.rule, finding.resource, finding.severity) for finding in run(shared()).findings}
    assert found == {
        ("GP-SEC-071", "role.administrators", "warning"),
        ("GP-OPS-065", "bucket.trail", "info"),  # no access logs of the bucket
        ("GP-SEC-082", "trail.main", "info"),  # no copy in CloudWatch Logs
    }


def test_a_region_without_a_zone_b_is_fine() -> None:
    text = SMALL.replace("eu-west-1", "us-west-1") + "shared: {}\n"
    assert "topic.alarms" in addresses(shared(text))


# the zone


def test_the_zone_is_told_in_every_region_that_looks_it_up() -> None:
    architecture = shared()
    zone = Ref(HostedZone, "main").attribute("id")
    found = {(item.region, item.parameter_name, item.value) for item in architecture.of(Parameter)}
    assert found == {
        (None, "/acme/shared/hosted-zone", zone),
        ("us-east-1", "/acme/shared/hosted-zone", zone),
    }


def test_a_path_that_systems_manager_keeps_for_itself_is_refused() -> None:
    with pytest.raises(InputError, match='"/awsome/shared/hosted-zone" as the name of a Parameter Store parameter'):
        shared(FILE.replace("project: acme", "project: awsome"))


def test_owners_have_each_their_own() -> None:
    text = FILE + "owner_id: jane\n"
    (looked_up,) = {item.hosted_zone_id for item in designed(text, "production").of(Certificate)}
    assert looked_up == ParameterValue("/acme/shared-jane/hosted-zone")
    assert {item.parameter_name for item in shared(text).of(Parameter)} == {"/acme/shared-jane/hosted-zone"}
    source = load_text(FILE).with_settings(["owner_id=bob"])
    assert [item.shared_zone and item.shared_zone.parameter for item in source.all()] == [
        "/acme/shared-bob/hosted-zone",
        None,
    ]


def test_without_a_cdn_nobody_looks_it_up_in_us_east_1() -> None:
    architecture = shared(FILE.replace(CDN, ""))
    assert [item.region for item in architecture.of(Parameter)] == [None]


def test_environments_below_it_get_their_records_and_certificates() -> None:
    production = designed(FILE, "production")
    looked_up = ParameterValue("/acme/shared/hosted-zone")
    assert {item.hosted_zone_id for item in production.of(Certificate)} == {looked_up}
    records = {(item.record_name, item.hosted_zone_id) for item in production.of(DnsRecord)}
    assert records == {("web.acme.dev", looked_up), ("www.acme.dev", looked_up)}
    assert not production.of(HostedZone)


@pytest.mark.parametrize(
    ("more", "zone"),
    [
        ("dns: {zone: web.acme.dev}\n", Ref(HostedZone, "main").attribute("id")),
        ("services: {web: {public: {domain: web.other.dev}}}\n", None),
        ("services: {web: {public: {hosted_zone: Z0123456789ABC}}}\n", "Z0123456789ABC"),
    ],
)
def test_a_zone_that_is_nearer_goes_before(more: str, zone: object) -> None:
    written = FILE + f"environments: {{production: {{{more.strip()}}}}}\n"
    assert designed(written, "production").of(Certificate)[0].hosted_zone_id == zone


# security


def test_each_region_is_watched() -> None:
    architecture = shared()
    for kind in (Detector, SecurityHub, AccessAnalyzer):
        assert [item.region for item in architecture.of(kind)] == [None, "us-west-2"], kind
    assert {(item.name, item.region) for item in architecture.of(SecurityStandard)} == {
        ("fsbp", None),
        ("cis_3_0", None),
        ("fsbp_us_west_2", "us-west-2"),
        ("cis_3_0_us_west_2", "us-west-2"),
    }
    (home, _) = architecture.of(Detector)
    assert home.features == ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS")


def test_config_records_where_security_hub_asks_for_it() -> None:
    architecture = shared()
    recorders = {item.region: item for item in architecture.of(ConfigurationRecorder)}
    assert recorders.keys() == {None, "us-west-2"}
    assert recorders[None].include_global_resource_types
    assert not recorders["us-west-2"].include_global_resource_types
    channels = {item.region: item for item in architecture.of(DeliveryChannel)}
    assert channels["us-west-2"].bucket == channels[None].bucket
    without = shared(FILE.replace("regions: [us-west-2]", "regions: [us-west-2], standards: null"))
    assert [item.region for item in without.of(ConfigurationRecorder)] == [None]


def test_findings_reach_the_topic_of_the_home_region() -> None:
    rules = {(item.name, item.region): item for item in shared().of(EventRule)}
    assert rules.keys() == {
        ("guardduty_findings", None),
        ("security_hub_findings", None),
        ("guardduty_findings_us_west_2", "us-west-2"),
        ("security_hub_findings_us_west_2", "us-west-2"),
    }
    (home,) = rules["guardduty_findings", None].targets
    (there,) = rules["guardduty_findings_us_west_2", "us-west-2"].targets
    assert home.role is None
    assert there.role == Ref(Role, "findings")
    assert "events:eu-west-1:" in str(there.arn)


@pytest.mark.parametrize(
    ("severity", "number", "labels"),
    [
        ("low", 1, ["LOW", "MEDIUM", "HIGH", "CRITICAL"]),
        ("high", 7, ["HIGH", "CRITICAL"]),
        ("critical", 9, ["CRITICAL"]),
    ],
)
def test_the_severity_decides(severity: str, number: int, labels: list[str]) -> None:
    text = FILE.replace("regions: [us-west-2]", f"severity: {severity}")
    rules = {item.name: item.event_pattern.content for item in shared(text).of(EventRule)}
    assert rules["guardduty_findings"]["detail"] == {"severity": [{"numeric": [">=", number]}]}
    detail = json.loads(json.dumps(rules["security_hub_findings"]["detail"]))
    assert detail["findings"]["Severity"] == {"Label": labels}
    assert detail["findings"]["ProductName"] == [{"anything-but": ["GuardDuty"]}]


def test_without_alarms_nobody_is_told() -> None:
    found = shared(SMALL + "shared: {security: {}, audit: {}, alarms: null}\n")
    assert not found.of(EventRule)
    assert found.of(Detector)


def test_the_topic_and_its_key_let_them_in() -> None:
    architecture = shared()
    assert statement(architecture, "Events").conditions == ()
    assert [item.key for item in statement(architecture, "CostAnomalies").conditions] == ["aws:SourceAccount"]
    key = architecture[Ref(Key, "main")]
    assert {"Events", "CostAnomalies"} <= {item.sid for item in key.policy.statements}
    plain = shared(SMALL + "shared: {}\n")
    assert {item.sid for item in plain[Ref(Key, "main")].policy.statements} == {
        "AccountDecidesByIam",
        "LogGroups",
        "AlarmsAndBudgets",
    }


def test_without_shared_an_environment_may_have_it_all() -> None:
    architecture = designed(SMALL + "security: {}\naudit: {}\naccount: {administrators: [], anomalies: 5 USD/month}\n")
    assert {"detector.main", "role.administrators", "anomaly_monitor.main", "vpc.main"} <= addresses(architecture)


# packs, account, costs


def test_a_pack_is_written_out() -> None:
    (pack,) = shared().of(ConformancePack)
    assert pack.pack_name == "acme-shared-cis-aws-v1-4-level1"
    assert len(pack.template_body.encode()) < 51_200
    assert pack.template_body.count("Type: AWS::Config::ConfigRule") == 25
    assert 'maxAccessKeyAge: "90"' in pack.template_body
    assert {ref.kind for ref in pack.depends_on} == {ConfigurationRecorder, DeliveryChannel}


def test_packs_hold_rules_that_exist_with_what_they_demand() -> None:
    for pack in conformance_packs.all_packs().values():
        assert pack.source.page.startswith("https://")
        for rule in pack.rules:
            known = config_rules.find(rule.identifier)
            assert known is not None, rule.identifier
            assert set(known.missing) <= rule.parameters.keys()


def test_an_unknown_pack_is_refused() -> None:
    found = refused(SMALL + "audit: {conformance_packs: [Operational-Best-Practices-for-CIS-AWS-v1.4-Level3]}\n")
    assert len(found) == 1
    assert 'no conformance pack "Operational-Best-Practices-for-CIS-AWS-v1.4-Level3" is known here' in found[0]
    assert "did you mean" in found[0]


def test_an_unknown_region_is_refused() -> None:
    found = refused(SMALL + "audit: {}\nsecurity: {regions: [us-west-9, cn-north-1]}\n")
    assert len(found) == 2
    assert 'security.regions[0]: there is no AWS region "us-west-9"' in found[0]
    assert "security.regions[1]: cn-north-1 is of the partition aws-cn" in found[1]


@pytest.mark.parametrize("members", ["", "arn:aws:iam::123456789012:user/jane"])
def test_administrators_need_a_second_factor(members: str) -> None:
    listed = f'administrators: ["{members}"]' if members else "administrators: []"
    role = shared(FILE.replace("administrators: []", listed))[Ref(Role, "administrators")]
    (trust,) = role.trust.statements
    assert [(item.operator, item.key, item.values) for item in trust.conditions] == [
        ("Bool", "aws:MultiFactorAuthPresent", ("true",))
    ]
    assert role.max_session_duration == 3600
    assert members in str(trust.principals)


def test_unusual_costs_of_the_project_are_told() -> None:
    architecture = shared()
    (monitor,), (subscription,) = architecture.of(AnomalyMonitor), architecture.of(AnomalySubscription)
    assert (monitor.region, monitor.tag) == ("us-east-1", {"Project": "acme"})
    assert subscription.threshold_usd == 50


# one view of all


def test_the_dashboard_shows_every_environment_by_names_that_are_known() -> None:
    without = "{region: us-west-2, services: {web: {public: null}}, buckets: {static: {cdn: null}}}"
    text = FILE + f"environments: {{production: {{}}, development: {without}}}\n"
    (board,) = shared(text).of(Dashboard)
    body = json.dumps(board.body.content)
    assert "## production (eu-west-1)" in body
    assert "## development (us-west-2)" in body
    assert "app/acme-production-alb/" in body
    assert "acme-development-alb" not in body
    for environment in ("production", "development"):
        (database,) = designed(text, environment).of(DatabaseInstance)
        assert f'"{database.identifier}"' in body


def test_a_standby_is_shown_by_the_names_that_it_has() -> None:
    there = "standby: {region: us-west-2, overlay: {network: {cidr: 10.9.0.0/16}}}\n"
    (board,) = shared(FILE + there).of(Dashboard)
    body = json.dumps(board.body.content)
    production = designed(FILE + there, "production")
    assert "## production-standby (us-west-2)" in body
    for balancer in production.of(LoadBalancer):
        assert f"app/{balancer.load_balancer_name}/" in body
    names = {database.identifier for database in production.of(DatabaseInstance)}
    assert len(names) == 2
    assert all(f'"{name}"' in body for name in names)


def test_widgets_do_not_overlap() -> None:
    (board,) = shared().of(Dashboard)
    widgets = json.loads(json.dumps(board.body.content["widgets"]))
    taken: set[tuple[int, int]] = set()
    for widget in widgets:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_quotas_are_watched_that_the_environments_use_up() -> None:
    alarms = {item.name: item for item in shared().of(Alarm)}
    assert alarms.keys() == {"quota_fargate_vcpus", "quota_load_balancers"}
    metric = alarms["quota_fargate_vcpus"].metric
    assert isinstance(metric, MetricExpression)
    assert metric.expression == "usage / SERVICE_QUOTA(usage) * 100"
    assert metric.metrics["usage"].dimensions == {
        "Service": "Fargate",
        "Type": "Resource",
        "Resource": "vCPU",
        "Class": "Standard/OnDemand",
    }
    elsewhere = FILE.replace("shared:\n", "shared:\n  region: us-west-1\n").replace("regions: [us-west-2]", "")
    assert not shared(elsewhere).of(Alarm)
    assert all(item.source.page.startswith("https://docs.aws.amazon.com/") for item in usage_metrics.all_metrics())


def test_it_is_the_same_whether_asked_for_alone_or_with_all() -> None:
    alone = design(loaded(FILE, "shared"))
    assert alone.resources == shared().resources
