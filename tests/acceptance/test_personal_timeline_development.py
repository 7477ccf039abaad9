"""personal-timeline's development: one zone, one gateway, small, stopped at night and at weekends."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

from tests.acceptance.everywhere import EveryEnvironment
from tests.acceptance.personal_timeline.cluster import Cluster, node_groups
from tests.acceptance.personal_timeline.data import Data, database
from tests.acceptance.personal_timeline.edge import Edge
from tests.acceptance.personal_timeline.manifests import Manifests
from tests.acceptance.personal_timeline.monitoring import Monitoring, alarms_of
from tests.acceptance.personal_timeline.network import Network, subnets_of, vpc_of, within
from tests.acceptance.personal_timeline.remains import remains
from tests.acceptance.personal_timeline.security import Security
from tests.acceptance.personal_timeline.storage import Storage
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System

from groundplan.cost import Estimate

ENVIRONMENT = "development"


@requirement("PT-04", "PT-05", "PT-09", "PT-10", "PT-84", "PT-193", "PT-235", "PT-242")
class TestDevelopment(EveryEnvironment):
    """What holds for every environment."""


class TestNetwork(Network):
    """Three tiers over three zones."""


class TestCluster(Cluster):
    """Small nodes in one zone."""


class TestManifests(Manifests):
    """All services on the general nodes."""


class TestData(Data):
    """One small instance of each."""


class TestStorage(Storage):
    """As everywhere."""


class TestEdge(Edge):
    """Without a firewall."""


class TestSecurity(Security):
    """As everywhere."""


class TestMonitoring(Monitoring):
    """The least."""


@requirement("PT-102")
def test_range(aws: Aws, system: System) -> None:
    (vpc,) = aws.client("ec2").describe_vpcs(VpcIds=[vpc_of(aws, system)])["Vpcs"]
    assert vpc["CidrBlock"] == "10.2.0.0/16"


@requirement("PT-60", "PT-199")
def test_everything_that_can_stands_in_one_zone(aws: Aws, system: System) -> None:
    """C-34: nodes, gateway and database; the control plane, the load balancer and subnet groups need more."""
    (gateway,) = aws.client("ec2").describe_nat_gateways(Filter=within(aws, system))["NatGateways"]
    assert gateway["SubnetId"] == subnets_of(aws, system)["10.2.1.0/24"]["SubnetId"]
    (nodes,) = node_groups(aws, system).values()
    assert nodes["subnets"] == [subnets_of(aws, system)["10.2.11.0/24"]["SubnetId"]]
    found = database(aws, "personal-timeline-dev-db-primary")
    assert (found["AvailabilityZone"], found["MultiAZ"]) == ("us-east-1a", False)


@requirement("PT-61", "PT-115", "PT-116", "PT-196")
def test_nodes_are_small_and_on_spot(aws: Aws, system: System) -> None:
    (nodes,) = node_groups(aws, system).values()
    assert (nodes["instanceTypes"], nodes["capacityType"]) == (["t3.small"], "SPOT")
    assert nodes["scalingConfig"]["desiredSize"] == 2


def schedules(aws: Aws) -> dict[str, dict[str, Any]]:
    """What stops and starts, by its name."""
    scheduler, group = aws.client("scheduler"), "personal-timeline-dev-off-hours"
    names = [item["Name"] for item in scheduler.list_schedules(GroupName=group)["Schedules"]]
    found = {name: scheduler.get_schedule(GroupName=group, Name=name) for name in names}
    return {name.removeprefix("personal-timeline-dev-"): item for name, item in found.items()}


def call(aws: Aws, schedule: dict[str, Any]) -> None:
    """What a schedule does when it is time."""
    service, action = schedule["Target"]["Arn"].removeprefix("arn:aws:scheduler:::aws-sdk:").split(":")
    client = aws.client(service)
    methods = {name.replace("_", "").lower(): name for name in client.meta.method_to_api_mapping}
    getattr(client, methods[action.lower()])(**_arguments(client, methods[action.lower()], schedule))


def _arguments(client: Any, method: str, schedule: dict[str, Any]) -> dict[str, Any]:
    """A schedule's input in the spelling of the client: each service has its own."""

    def spelt(value: Any, shape: Any) -> Any:
        if isinstance(value, dict):
            members = {name.lower(): (name, each) for name, each in shape.members.items()}
            return {members[key.lower()][0]: spelt(item, members[key.lower()][1]) for key, item in value.items()}
        return value

    operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    arguments: dict[str, Any] = spelt(json.loads(schedule["Target"]["Input"]), operation.input_shape)
    return arguments


@requirement("PT-51", "PT-64", "PT-198")
def test_nights_and_weekends_are_off(aws: Aws) -> None:
    """C-41, C-50: nodes and database from 20:00 to 07:00 and at weekends, daylight saving followed."""
    found = schedules(aws)
    assert {item["ScheduleExpressionTimezone"] for item in found.values()} == {"America/New_York"}
    assert {item["State"] for item in found.values()} == {"ENABLED"}
    for name in ("start-nodes-general", "start-database-main"):
        assert found[name]["ScheduleExpression"].endswith("? * MON,TUE,WED,THU,FRI *)")
    assert found["stop-nodes-general"]["ScheduleExpression"].startswith("cron(0 20 ")
    # RDS starts a stopped instance by itself after 7 days: it is stopped every evening, also of the weekend.
    assert re.fullmatch(r"cron\(\d+ 20 \* \* \? \*\)", found["stop-database-main"]["ScheduleExpression"])


@requirement("PT-51", "PT-64", "PT-198")
def test_an_evening_and_a_morning(aws: Aws, system: System) -> None:
    """The calls of the schedules, made by hand."""
    found = schedules(aws)
    call(aws, found["stop-nodes-general"])
    call(aws, found["stop-database-main"])
    assert node_groups(aws, system)["general"]["scalingConfig"]["desiredSize"] == 0
    assert database(aws, "personal-timeline-dev-db-primary")["DBInstanceStatus"] == "stopped"
    call(aws, found["start-database-main"])
    call(aws, found["start-nodes-general"])
    assert node_groups(aws, system)["general"]["scalingConfig"] == {"minSize": 1, "maxSize": 4, "desiredSize": 2}
    assert database(aws, "personal-timeline-dev-db-primary")["DBInstanceStatus"] == "available"


@requirement("PT-51", "PT-63", "PT-64")
def test_what_cannot_be_stopped_is_priced(costs: Estimate) -> None:
    """C-41"""
    formulas = {(line.resource, line.unit): line.formula for line in costs.lines}
    assert "× 730 h" in formulas["kubernetes_cluster.main", "cluster-hour"]
    assert " / 168 h a week" in formulas["database_instance.main", "instance-hour"]
    assert costs.off_hours is not None
    assert {"kubernetes_cluster.main", "cache_replication_group.sessions", "nat_gateway.main[a]"} <= set(
        costs.off_hours.always_on
    )


@requirement("PT-195")
def test_monitoring_is_the_least(aws: Aws, system: System) -> None:
    """CloudWatch's alarms and nothing in the cluster; logs for a week."""
    found = alarms_of(aws, system)
    assert len(found) < 20
    assert not any(path.startswith("helm/") and "prometheus" in path for path in system.manifests.files)
    assert not any("opentelemetry" in path for path in system.manifests.files)


@requirement("PT-62", "PT-197", "PT-199")
def test_services_share_balancer_and_gateway(aws: Aws, system: System) -> None:
    where = [{"Name": "vpc-id", "Values": [vpc_of(aws, system)]}]
    assert len(aws.client("ec2").describe_nat_gateways(Filter=where)["NatGateways"]) == 1
    balancers = aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert [item["LoadBalancerName"] for item in balancers if item["VpcId"] == vpc_of(aws, system)] == [
        "personal-timeline-dev-alb"
    ]


@requirement("PT-241", "PT-248")
def test_changes_by_hand_are_found_and_taken_back(system: System, aws: Aws) -> None:
    """What the nightly job asks: nothing differs. And where somebody has changed something, it says what, and who."""
    command = system.command_line
    asked = ("drift", "--target", "local", *system.chosen)
    assert command.json(*asked)["drift"] == []
    logs = aws.client("logs")
    group = next(
        item for page in logs.get_paginator("describe_log_groups").paginate() for item in page["logGroups"]
        if item["logGroupName"].startswith("/aws/eks/")
    )  # fmt: skip
    name, days = group["logGroupName"], group["retentionInDays"]
    logs.put_retention_policy(logGroupName=name, retentionInDays=3653)
    (found,) = json.loads(command.run(*asked, "--format", "json", expect=1))["drift"]
    assert (found["property"], found["expected"], found["actual"]) == ("RetentionInDays", str(days), "3653")
    assert found["by"]["event"] == "PutRetentionPolicy"
    command.run(*asked, "--restore", "--yes")
    (again,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert again["retentionInDays"] == days


@requirement("PT-222", "PT-223")
def test_what_is_written_down_is_compressed_and_not_kept_twice(system: System, aws: Aws, tmp_path: Path) -> None:
    command = system.command_line
    asked = ("backup", "export", str(tmp_path), "--target", "local", *system.chosen)
    first, second = command.json(*asked), command.json(*asked)
    assert (first["written"], second["written"], second["file"]) == (True, False, first["file"])
    content = Path(first["file"]).read_bytes()
    stacks = json.loads(gzip.decompress(content))["stacks"]
    assert len(stacks) == first["stacks"] > 3
    assert len(content) * 4 < len(json.dumps(stacks))


@requirement("PT-92")
def test_destroying_leaves_nothing(aws: Aws, system: System) -> None:
    """The last test of this file: what the others look at is gone. What stands once in the account stays."""
    system.command_line.run("destroy", "--target", "local", *system.chosen, "--yes")
    assert remains(aws, "dev") == set()
    route53 = aws.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"], MaxItems="300")["ResourceRecordSets"]
    assert [record["Name"] for record in records if ".dev." in record["Name"]] == []
