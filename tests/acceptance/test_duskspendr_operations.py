"""DS-175 to DS-177, DS-11, DS-118, DS-179: load balancer, alarms, budget, and the whole life of the system."""

from __future__ import annotations

from decimal import Decimal

from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, CommandLine, TerraformRoot
from tests.acceptance.test_duskspendr_network import deployed_subnet

from groundplan.resources import Architecture
from groundplan.resources.edge import Certificate, Forward, Listener, LoadBalancer, Redirect, TargetGroup
from groundplan.resources.monitoring import Alarm, Budget, LogGroup, Topic
from groundplan.resources.network import Subnet
from groundplan.resources.values import Ref


@requirement("DS-175")
def test_load_balancer(architecture: Architecture, terraform: TerraformRoot) -> None:
    """C-26: the domain is an input of the blueprint; the health check is the container's."""
    balancer = architecture[Ref(LoadBalancer, "main")]
    assert balancer.scheme == "internet-facing"
    assert balancer.subnets == (Ref(Subnet, "public", "a"), Ref(Subnet, "public", "b"))
    https, http = architecture[Ref(Listener, "https")], architecture[Ref(Listener, "http")]
    assert (https.port, https.protocol, https.certificate) == (443, "HTTPS", Ref(Certificate, "api"))
    assert https.default_action == Forward(Ref(TargetGroup, "api"))
    assert (http.port, http.protocol, http.default_action) == (80, "HTTP", Redirect())
    assert architecture[Ref(TargetGroup, "api")].health_check.path == "/health"
    planned = terraform.of(balancer.ref)
    assert (planned["internal"], planned["load_balancer_type"]) == (False, "application")
    assert terraform.of(https.ref)["certificate_arn"]


@requirement("DS-175")
def test_deployed_load_balancer(aws: Aws) -> None:
    elb = aws.client("elbv2")
    balancer = elb.describe_load_balancers(Names=["DuskSpendr-alb"])["LoadBalancers"][0]
    assert (balancer["Scheme"], balancer["Type"]) == ("internet-facing", "application")
    public = {deployed_subnet(aws, cidr)["SubnetId"] for cidr in ("10.0.1.0/24", "10.0.2.0/24")}
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == public
    found = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    listeners = {listener["Port"]: listener for listener in found}
    assert sorted(listeners) == [80, 443]
    assert listeners[443]["Protocol"] == "HTTPS"
    certificate = aws.client("acm").describe_certificate(
        CertificateArn=listeners[443]["Certificates"][0]["CertificateArn"]
    )["Certificate"]
    assert certificate["DomainName"] == "api.duskspendr.com"
    assert listeners[443]["DefaultActions"][0]["Type"] == "forward"
    redirect = listeners[80]["DefaultActions"][0]
    assert redirect["Type"] == "redirect"
    config = redirect["RedirectConfig"]
    assert (config["Protocol"], config["Port"], config["StatusCode"]) == ("HTTPS", "443", "HTTP_301")


@requirement("DS-176")
def test_alarms_watch_every_part(architecture: Architecture) -> None:
    """C-12: the thresholds are chosen, and stand in the README."""
    alarms = {alarm.alarm_name: alarm for alarm in architecture.of(Alarm)}
    assert all(alarm.actions == (Ref(Topic, "alarms"),) for alarm in alarms.values())
    assert {name: (alarms[f"DuskSpendr-{name}"].comparison_operator, alarms[f"DuskSpendr-{name}"].threshold)
            for name in ("api-cpu-high", "api-memory-high", "alb-errors-high", "api-unhealthy-hosts",
                         "main-cpu-high", "main-replica-lag-high", "sessions-001-memory-high")} == {
        "api-cpu-high": ("GreaterThanThreshold", Decimal(80)),
        "api-memory-high": ("GreaterThanThreshold", Decimal(90)),
        "alb-errors-high": ("GreaterThanThreshold", Decimal(1)),
        "api-unhealthy-hosts": ("GreaterThanThreshold", Decimal(0)),
        "main-cpu-high": ("GreaterThanThreshold", Decimal(80)),
        "main-replica-lag-high": ("GreaterThanThreshold", Decimal(60)),
        "sessions-001-memory-high": ("GreaterThanThreshold", Decimal(90)),
    }  # fmt: skip


@requirement("DS-176")
def test_deployed_alarms_speak_to_the_topic(aws: Aws, architecture: Architecture) -> None:
    found = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    topics = [topic["TopicArn"] for topic in aws.client("sns").list_topics()["Topics"]]
    assert [topic.split(":")[-1] for topic in topics] == ["DuskSpendr-alarms"]
    own = [alarm for alarm in found if not alarm["AlarmName"].startswith("TargetTracking-")]  # those are scaling's
    assert {alarm["AlarmName"] for alarm in own} == {alarm.alarm_name for alarm in architecture.of(Alarm)}
    assert all(alarm["AlarmActions"] == topics and alarm["OKActions"] == topics for alarm in own)
    assert all(alarm["AlarmActions"] for alarm in found)
    dashboards = aws.client("cloudwatch").list_dashboards()["DashboardEntries"]
    assert [dashboard["DashboardName"] for dashboard in dashboards] == ["DuskSpendr-overview"]


@requirement("DS-177")
def test_budget_is_the_demanded_sum(architecture: Architecture, readme: str) -> None:
    (budget,) = architecture.of(Budget)
    assert budget.limit_usd == 373
    assert budget.cost_filter_tags == {"Project": "DuskSpendr", "Environment": "production"}
    assert "## Cost monitoring" in readme


@requirement("DS-177")
def test_deployed_budget(aws: Aws) -> None:
    budgets = aws.client("budgets")
    (budget,) = budgets.describe_budgets(AccountId=aws.account)["Budgets"]
    assert Decimal(budget["BudgetLimit"]["Amount"]) == 373
    assert (budget["BudgetLimit"]["Unit"], budget["TimeUnit"], budget["BudgetType"]) == ("USD", "MONTHLY", "COST")


@requirement("DS-33", "DS-50")
def test_logs_are_kept_for_thirty_days(architecture: Architecture) -> None:
    """C-31"""
    kept = {group.name: group.retention_in_days for group in architecture.of(LogGroup)}
    assert {name: kept[name] for name in ("api", "ecs_exec")} == {"api": 30, "ecs_exec": 30}


@requirement("DS-11", "DS-179")
def test_second_deployment_changes_nothing(aws: Aws, command_line: CommandLine) -> None:
    assert command_line.json("plan", "--target", "local")["changes"] == []
    again = command_line.json("deploy", "--target", "local")
    assert [stack["name"] for stack in again["stacks"] if stack["changed"]] == []
    status = command_line.json("status", "--target", "local")
    assert {stack["status"] for stack in status["stacks"]} <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert status["outputs"]["cluster"] == "DuskSpendr-cluster"


def forget_kept_buckets(aws: Aws) -> None:
    """What a person decides after a destruction: the buckets that it keeps are no longer needed."""
    s3 = aws.client("s3")
    kept = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert kept == {"duskspendr-backups-production", "duskspendr-logs-production"}
    for bucket in kept:
        for item in s3.list_object_versions(Bucket=bucket).get("Versions", []):  # access logs
            s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
        s3.delete_bucket(Bucket=bucket)


@requirement("DS-11", "DS-117", "DS-118", "DS-179")
def test_the_whole_system_is_destroyed_and_created_and_destroyed_again(aws: Aws, command_line: CommandLine) -> None:
    """The last test of all: what the others look at is gone."""
    command_line.run("destroy", "--target", "local", "--yes", "--delete-protected", "database_instance.main")
    assert {stack["status"] for stack in command_line.json("status", "--target", "local")["stacks"]} == {"NOT_DEPLOYED"}
    assert aws.client("rds").describe_db_instances()["DBInstances"] == []
    assert aws.client("elasticache").describe_replication_groups()["ReplicationGroups"] == []
    assert aws.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    clusters = aws.client("ecs").describe_clusters(clusters=["DuskSpendr-cluster"])["clusters"]
    assert {cluster["status"] for cluster in clusters} <= {"INACTIVE"}  # ECS remembers a deleted cluster for a while
    vpcs = aws.client("ec2").describe_vpcs()["Vpcs"]
    assert [vpc for vpc in vpcs if not vpc["IsDefault"]] == []
    # C-18: a second destruction does not collide with the final snapshot of the first.
    forget_kept_buckets(aws)
    command_line.run("deploy", "--target", "local")
    command_line.run("destroy", "--target", "local", "--yes", "--delete-protected", "database_instance.main")
    snapshots = aws.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert len({snapshot["DBSnapshotIdentifier"] for snapshot in snapshots}) == len(snapshots) == 2
    assert all(snapshot["DBInstanceIdentifier"] == "duskspendr-db" for snapshot in snapshots)
