"""personal-timeline's production: three zones, replica, cluster mode, firewall, and a standby in another region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.acceptance.everywhere import EveryEnvironment
from tests.acceptance.personal_timeline.cluster import Cluster, node_groups
from tests.acceptance.personal_timeline.data import Data, cache, database
from tests.acceptance.personal_timeline.edge import Edge, balancer_of
from tests.acceptance.personal_timeline.expected import BUCKETS, ZONES
from tests.acceptance.personal_timeline.manifests import Manifests
from tests.acceptance.personal_timeline.monitoring import Monitoring
from tests.acceptance.personal_timeline.network import Network, vpc_of
from tests.acceptance.personal_timeline.recovery import Recovery
from tests.acceptance.personal_timeline.remains import remains
from tests.acceptance.personal_timeline.security import Security
from tests.acceptance.personal_timeline.storage import Storage, distribution_of
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, Templates, TerraformRoot

from groundplan.resources import Architecture
from groundplan.resources.network import NatGateway

ENVIRONMENT = "production"


@requirement("PT-04", "PT-05", "PT-09", "PT-10", "PT-86", "PT-193", "PT-235", "PT-242")
class TestProduction(EveryEnvironment):
    """What holds for every environment."""


class TestNetwork(Network):
    """Three tiers over three zones."""


class TestCluster(Cluster):
    """Three node groups."""


class TestManifests(Manifests):
    """Each service where it belongs."""


class TestData(Data):
    """Standby, replica, cluster mode."""


class TestStorage(Storage):
    """As everywhere."""


class TestEdge(Edge):
    """As everywhere."""


class TestSecurity(Security):
    """As everywhere."""


class TestMonitoring(Monitoring):
    """All of it."""


class TestRecovery(Recovery):
    """Copies, a standby, and the way there."""


@requirement("PT-100")
def test_range(aws: Aws, system: System) -> None:
    (vpc,) = aws.client("ec2").describe_vpcs(VpcIds=[vpc_of(aws, system)])["Vpcs"]
    assert vpc["CidrBlock"] == "10.0.0.0/16"


@requirement("PT-207", "PT-115", "PT-117", "PT-118")
def test_nodes(aws: Aws, system: System) -> None:
    groups = node_groups(aws, system)
    assert groups["general"]["scalingConfig"] == {"minSize": 3, "maxSize": 12, "desiredSize": 6}
    assert groups["general"]["instanceTypes"] == ["t3.large"]
    assert {name: group["instanceTypes"] for name, group in groups.items() if name != "general"} == {
        "memory": ["r5.large"], "compute": ["c5.large"],
    }  # fmt: skip
    assert {name for name, group in groups.items() if group["capacityType"] == "SPOT"} == {"compute"}


@requirement("PT-75", "PT-208")
def test_firewalls(aws: Aws, system: System) -> None:
    """In front of the load balancer and of the CDN."""
    waf = aws.client("wafv2")
    found = waf.get_web_acl_for_resource(ResourceArn=balancer_of(aws, system)["LoadBalancerArn"])["WebACL"]
    assert found["Name"].startswith("personal-timeline-prod-")
    names = {rule["Name"] for rule in found["Rules"]}
    assert {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "RateLimit"} <= names
    assert ":global/webacl/personal-timeline-prod-" in distribution_of(aws, system)["DistributionConfig"]["WebACLId"]


@requirement("PT-41", "PT-71", "PT-128")
def test_database_has_a_replica(aws: Aws) -> None:
    replica = database(aws, "personal-timeline-prod-db-primary-replica")
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "personal-timeline-prod-db-primary"
    assert replica["DBInstanceClass"] == "db.r5.large"


@requirement("PT-135", "PT-136", "PT-42")
def test_cache_is_a_cluster(aws: Aws, terraform: TerraformRoot, templates: Templates) -> None:
    """C-50: 2 shards with a replica each."""
    found = cache(aws, "personal-timeline-prod-cache-redis")
    assert (found["ClusterEnabled"], len(found["NodeGroups"]), len(found["MemberClusters"])) == (True, 2, 4)
    (planned,) = (
        values
        for values in terraform.values.values()
        if values.get("replication_group_id") == "personal-timeline-prod-cache-redis" and "num_node_groups" in values
    )
    assert (planned["num_node_groups"], planned["replicas_per_node_group"]) == (2, 1)
    parameters = [
        entry["Properties"].get("Properties", {})
        for _, entry in templates.every()
        if entry["Type"] == "AWS::ElastiCache::ParameterGroup"
    ]
    assert {"cluster-enabled": "yes"}.items() <= parameters[0].items()


@requirement("PT-71", "PT-35")
def test_no_tier_hangs_on_one_zone(aws: Aws, system: System, architecture: Architecture) -> None:
    gateways = [gateway for gateway in architecture.of(NatGateway) if gateway.region is None]
    assert {gateway.key for gateway in gateways} == set(ZONES)
    assert len(balancer_of(aws, system)["AvailabilityZones"]) == 3
    assert database(aws, "personal-timeline-prod-db-primary")["MultiAZ"] is True
    assert all(len(group["subnets"]) == 3 for group in node_groups(aws, system).values())


@requirement("PT-54", "PT-57", "PT-58", "PT-59", "PT-70")
def test_three_regions(terraform: TerraformRoot, templates: Templates, aws: Aws) -> None:
    """Each region's resources in stacks of that region, or with Terraform's argument for it."""
    assert {stack.region for stack in templates.rendering.stacks} == {"us-east-1", "us-west-2", "eu-west-1"}
    planned: dict[str, int] = {}
    for values in terraform.values.values():
        if isinstance(values.get("region"), str):
            planned[values["region"]] = planned.get(values["region"], 0) + 1
    assert set(planned) == {"us-east-1", "us-west-2", "eu-west-1"}
    assert planned["us-west-2"] > 100
    found: Any = aws.client("cloudformation", "us-west-2").describe_stacks()["Stacks"]
    own = [stack for stack in found if stack["StackName"].startswith("personal-timeline-production-")]
    assert {stack["StackStatus"] for stack in own} <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert len(own) > 3


KEPT = {
    "backup", "backup-copies", "processor-imports", "standby-processor-imports", "logs-us-west-2",
    *BUCKETS, *(f"standby-{name}" for name in BUCKETS),
}  # fmt: skip
"""What a production must not lose: buckets, files and vaults, in all regions."""


@requirement("PT-253")
def test_recovery_is_drilled(system: System, aws: Aws, tmp_path: Path) -> None:
    """The standby of the database takes over, and all that a takeover of the region needs is ready. Neither is done in
    production where its blueprint does not say so."""
    line, where = system.command_line, ("--target", "local", *system.chosen, "--yes", "--out", str(tmp_path))
    line.run("drill", "database", *where, expect=2)
    allowed = (*where, "--set", "drills=allowed")
    before = database(aws, "personal-timeline-prod-db-primary")["AvailabilityZone"]
    told = line.json("drill", "database", *allowed)
    assert database(aws, "personal-timeline-prod-db-primary")["AvailabilityZone"] != before
    assert told["measured"]["whole"] > 0
    assert told["expected"]["users"]["high"] <= told["expected"]["objective"] == 1800

    region = line.json("drill", "region", *allowed)
    assert {check["ok"] for check in region["checks"]} == {True}, region["checks"]
    whats = " ".join(check["what"] for check in region["checks"])
    for needed in ("the replica ", "the document ", "the nodes ", "the health check of "):
        assert needed in whats
    assert region["expected"]["objective"] == 900
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".json", ".md", ".md"]


@requirement("PT-92", "PT-210")
def test_destroying_keeps_the_data(aws: Aws, system: System) -> None:
    """The last test of this file: what the others look at is gone, the standby before what it follows."""
    system.command_line.run(
        "destroy", "--target", "local", *system.chosen, "--yes", "--delete-protected", "database_instance.main"
    )
    assert remains(aws, "prod") == {f"personal-timeline-prod-{name}" for name in KEPT}
    snapshots = aws.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert [item["DBInstanceIdentifier"] for item in snapshots] == ["personal-timeline-prod-db-primary"]
