"""personal-timeline's staging: production in small, with two colours of pods."""

from __future__ import annotations

from tests.acceptance.conftest import Systems
from tests.acceptance.everywhere import EveryEnvironment
from tests.acceptance.personal_timeline.cluster import Cluster, node_groups
from tests.acceptance.personal_timeline.data import Data, database
from tests.acceptance.personal_timeline.edge import Edge, balancer_of, listeners_of
from tests.acceptance.personal_timeline.manifests import Manifests, of_kind, runs
from tests.acceptance.personal_timeline.monitoring import Monitoring, alarms_of
from tests.acceptance.personal_timeline.network import Network, vpc_of
from tests.acceptance.personal_timeline.security import Security
from tests.acceptance.personal_timeline.storage import Storage
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, at

from groundplan.resources.monitoring import Alarm, LogGroup

ENVIRONMENT = "staging"


@requirement("PT-04", "PT-05", "PT-09", "PT-10", "PT-85", "PT-193", "PT-235", "PT-242")
class TestStaging(EveryEnvironment):
    """What holds for every environment."""


class TestNetwork(Network):
    """Three tiers over three zones."""


class TestCluster(Cluster):
    """Three node groups."""


class TestManifests(Manifests):
    """Each service where it belongs."""


class TestData(Data):
    """A standby and a second node."""


class TestStorage(Storage):
    """As everywhere."""


class TestEdge(Edge):
    """As everywhere."""


class TestSecurity(Security):
    """As everywhere."""


class TestMonitoring(Monitoring):
    """All of it."""


@requirement("PT-101")
def test_range(aws: Aws, system: System) -> None:
    (vpc,) = aws.client("ec2").describe_vpcs(VpcIds=[vpc_of(aws, system)])["Vpcs"]
    assert vpc["CidrBlock"] == "10.1.0.0/16"


@requirement("PT-201", "PT-65")
def test_nodes(aws: Aws, system: System) -> None:
    general = node_groups(aws, system)["general"]
    assert (general["instanceTypes"], general["scalingConfig"]["desiredSize"]) == (["t3.medium"], 3)
    assert len(general["subnets"]) == 3
    assert database(aws, "personal-timeline-staging-db-primary")["MultiAZ"] is True


@requirement("PT-07", "PT-66")
def test_it_has_what_production_has(system: System, systems: Systems) -> None:
    """Everything but what the specification gives production alone: a replica, other regions and backup copies."""
    production = systems(system.name, "production").architecture
    there = {item.kind_name() for item in production if not item.name.startswith("standby_") and item.region is None}
    here = {item.kind_name() for item in system.architecture}
    assert there - here <= {
        "backup_plan", "backup_selection", "backup_vault", "restore_testing_plan", "restore_testing_selection",
        "event_rule", "health_check", "calculated_health_check", "replication_configuration", "automation_document",
        "composite_alarm", "registry_replication",
    }  # fmt: skip
    assert here - there <= {"listener_rule", "experiment_template"}


@requirement("PT-67", "PT-203")
def test_it_is_watched_as_production_is(aws: Aws, system: System, systems: Systems) -> None:
    production = systems(system.name, "production").architecture
    names = {
        alarm.alarm_name.removeprefix("personal-timeline-prod-")
        for alarm in production.of(Alarm)
        if not alarm.name.startswith("standby_") and alarm.region is None
    }
    own = ("main-replica-", "sessions-", "standby-")
    missing = {name for name in names - alarms_of(aws, system).keys() if not name.startswith(own)}
    assert missing == set()
    groups = {group.name for group in production.of(LogGroup) if group.region is None and "replica" not in group.name}
    assert {name for name in groups if not name.startswith("standby_")} <= {
        group.name for group in system.architecture.of(LogGroup)
    }


@requirement("PT-69")
def test_two_colours_of_pods_take_turns(aws: Aws, system: System) -> None:
    """Two target groups, and a rule whose weights say which has the requests."""
    elb = aws.client("elbv2")
    arn = balancer_of(aws, system)["LoadBalancerArn"]
    groups = elb.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]
    assert len(groups) == 2
    rules = elb.describe_rules(ListenerArn=listeners_of(aws, system)[443]["ListenerArn"])["Rules"]
    (weights,) = (
        found
        for rule in rules
        for action in rule["Actions"]
        if len(found := action.get("ForwardConfig", {}).get("TargetGroups", [])) == 2
    )
    assert {item["TargetGroupArn"] for item in weights} == {group["TargetGroupArn"] for group in groups}
    assert sorted(item["Weight"] for item in weights) == [0, 100]


@requirement("PT-69")
def test_each_colour_has_its_deployment(system: System) -> None:
    blue, green = sorted(runs(system, "api"), key=lambda item: str(item["metadata"]["name"]))
    assert (blue["metadata"]["name"], green["metadata"]["name"]) == ("api-blue", "api-green")
    assert at(green, "spec.replicas") == 0
    bindings = of_kind(system, "TargetGroupBinding")
    assert {item["spec"]["serviceRef"]["name"] for item in bindings.values()} == {"api-blue", "api-green"}


@requirement("PT-253")
def test_drills_may_take_a_zone_or_a_node(aws: Aws, system: System) -> None:
    """What is rehearsed here every quarter: experiments that the load balancer's errors stop, on staging alone."""
    found = aws.client("fis").list_experiment_templates()["experimentTemplates"]
    names = {item["tags"]["Name"].rpartition("drill-")[2]: item["id"] for item in found}
    assert set(names) == {"zone-a", "zone-b", "zone-c", "node"}
    for identifier in names.values():
        template = aws.client("fis").get_experiment_template(id=identifier)["experimentTemplate"]
        alarms = [item["value"] for item in template["stopConditions"]]
        assert any(arn.endswith("alb-errors-high") for arn in alarms)
        tags = [target["resourceTags"] for target in template["targets"].values()]
        assert all(item["Environment"] == "staging" for item in tags)
        assert template["experimentOptions"]["emptyTargetResolutionMode"] == "skip"
    ahead = system.command_line.run("drill", "zone-a", *system.chosen, "--dry-run")
    assert "what will happen by the model" in ahead
