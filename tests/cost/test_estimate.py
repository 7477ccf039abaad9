"""The sample architecture, priced: each figure is recomputed here by hand from the published price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.cost.book import line, reasons, without
from tests.engines.samples import sample_architecture

from groundplan.blueprint.models import Usage
from groundplan.cost import Allowances, estimate
from groundplan.units import DataSize, MonthlyAmount

USAGE = Usage(
    requests=90_000_000,
    internet_out=DataSize.parse("500 GB"),
    nat=DataSize.parse("100 GB"),
    logs=DataSize.parse("20 GB"),
    stored={"backups": DataSize.parse("200 GB"), "uploads": DataSize.parse("512 MB"), "logs": DataSize(0)},
)

# Hours are 24 × 365 / 12 = 730. Prices are those of ap-south-1 in US dollars.
FIXED = {
    # 1,095 vCPU-hours of 3 tasks with 0.5 vCPU, at 0.04256: 1095 × 0.04256
    ("ecs_service.api", "fargate.vcpu_hour"): "46.6032",
    # 2,190 GB-hours of 3 tasks with 1 GB, at 0.004655
    ("ecs_service.api", "fargate.gb_hour"): "10.19445",
    # ARM64: 182.5 vCPU-hours at 0.02383 and 365 GB-hours at 0.00261
    ("ecs_service.worker", "fargate.arm.vcpu_hour"): "4.348975",
    ("ecs_service.worker", "fargate.arm.gb_hour"): "0.95265",
    # ten t3.small at 0.0224: 7300 × 0.0224; and 30 GB gp3 for each of ten instances, on demand and Spot, at 0.0912
    ("auto_scaling_group.machines", "ec2.t3_small.hour"): "163.52",
    ("auto_scaling_group.machines", "ebs.gp3.gb_month"): "27.36",
    ("auto_scaling_group.leftovers", "ebs.gp3.gb_month"): "27.36",
    # a control plane at 0.10; twenty t3.large at 0.0896, and 50 GB gp3 for each of twenty nodes, on demand and Spot
    ("kubernetes_cluster.pods", "eks.cluster.hour"): "73.00",
    ("node_group.general", "ec2.t3_large.hour"): "1308.16",
    ("node_group.general", "ebs.gp3.gb_month"): "91.20",
    ("node_group.batch", "ebs.gp3.gb_month"): "91.20",
    # db.t3.medium, Multi-AZ at 0.212: 730 × 0.212
    ("database_instance.main", "rds.postgres.db_t3_medium.multi_az.hour"): "154.76",
    # 100 GB gp3, Multi-AZ at 0.262
    ("database_instance.main", "rds.storage.gp3.multi_az.gb_month"): "26.20",
    # The replica stands in one zone: 730 × 0.106, and 100 GB like its primary at 0.131
    ("database_instance.main-replica[1]", "rds.postgres.db_t3_medium.single_az.hour"): "77.38",
    ("database_instance.main-replica[1]", "rds.storage.gp3.single_az.gb_month"): "13.10",
    # db.t4g.micro at 0.021 and 20 GB at 0.131
    ("database_instance.reports", "rds.postgres.db_t4g_micro.single_az.hour"): "15.33",
    ("database_instance.reports", "rds.storage.gp3.single_az.gb_month"): "2.62",
    # two cache.t3.medium at 0.085: 1460 × 0.085
    ("cache_replication_group.sessions", "elasticache.redis.cache_t3_medium.hour"): "124.10",
    # two shards of two such nodes: 2920 × 0.085
    ("cache_replication_group.catalogue", "elasticache.redis.cache_t3_medium.hour"): "248.20",
    # 730 × 0.0239, and an address at 0.005 in each of two zones: 1460 × 0.005
    ("load_balancer.main", "alb.hour"): "17.447",
    ("load_balancer.main", "public_ipv4.hour"): "7.30",
    # 730 × 0.056 each, and their addresses: 730 × 0.005
    ("nat_gateway.main[a]", "nat.hour"): "40.88",
    ("nat_gateway.main[b]", "nat.hour"): "40.88",
    ("elastic_ip.nat[a]", "public_ipv4.hour"): "3.65",
    ("elastic_ip.nat[b]", "public_ipv4.hour"): "3.65",
    # one endpoint in two zones at 0.013: 1460 × 0.013
    ("vpc_endpoint.ecr-api", "vpce.interface.hour"): "18.98",
    ("key.data", "kms.key.month"): "1.00",
    ("key.logs", "kms.key.month"): "1.00",
    # free certificates and budgets, and the first of three free dashboards
    ("certificate.api", "acm.public_certificate"): "0",
    ("certificate.admin", "acm.public_certificate"): "0",
    ("certificate.global", "acm.public_certificate"): "0",
    ("certificate.website", "acm.public_certificate"): "0",
    # a web ACL of CloudFront and its two rules, and a hosted zone
    ("web_acl.cdn", "waf.web_acl.month"): "5",
    ("web_acl.cdn", "waf.rule.month"): "2",
    ("hosted_zone.main", "route53.zone_month"): "0.5",
    # three of 50 free health checks; one of them with HTTPS and a fast interval, 1 each
    ("health_check.app", "route53.health_check_aws.month"): "0",
    ("health_check.app", "route53.health_check_option_aws.month"): "2",
    ("health_check.plain", "route53.health_check_aws.month"): "0",
    ("calculated_health_check.both", "route53.health_check_aws.month"): "0",
    ("dashboard.main", "cloudwatch.dashboard.month"): "0",
    ("budget.monthly", "budgets.budget.month"): "0",
}
TEN_NODES = Decimal("745.28")
"""10 × (730 × 0.0896 + 50 × 0.0912) on demand, and 10 × 50 × 0.0912 as Spot: what the groups may do without."""
USED = {
    # 90 million requests / 90,000 connections per LCU-hour = 1,000 LCU-hours at 0.008; 500 GB would be only 500
    ("load_balancer.main", "alb.lcu_hour"): "8.00",
    # 90 million at 3.50 a million
    ("rest_api.api", "apigateway.rest.per_1m"): "315",
    # 100 GB at 0.056
    ("nat_gateway.*", "nat.gb"): "5.60",
    # 500 GB less 100 free, at 0.1093
    ("internet_gateway.main", "dto.internet.gb_first10tb"): "43.72",
    # 200 GB, half a GB and nothing at 0.025
    ("bucket.backups", "s3.standard.gb_month"): "5.00",
    ("bucket.uploads", "s3.standard.gb_month"): "0.0125",
    ("bucket.logs", "s3.standard.gb_month"): "0",
    # 20 GB less 5 free, at 0.67
    ("log_group.*", "cloudwatch.logs_ingest.gb"): "10.05",
}


def test_every_line_of_the_sample_is_what_the_published_prices_make() -> None:
    found = estimate(sample_architecture(), USAGE, None)
    assert {(item.resource, item.sku): item.monthly for item in found.lines} == {
        key: Decimal(monthly) for key, monthly in (FIXED | USED).items()
    }
    assert found.fixed == Decimal("2649.876275")  # the column above, added by hand
    assert found.usage == Decimal("387.3825")
    assert found.monthly == Decimal("3037.258775")


def test_without_usage_only_the_fixed_floor_is_priced_and_each_gap_is_named() -> None:
    found = estimate(sample_architecture(), Usage(), None)
    assert {(item.resource, item.sku) for item in found.lines} == FIXED.keys()
    assert found.monthly == Decimal("2649.876275")
    assert found.usage == 0
    assert reasons(found, "nat_gateway.*") == ["usage.nat is not stated"]
    assert reasons(found, "internet_gateway.main") == ["usage.internet_out is not stated"]
    assert reasons(found, "bucket.backups") == ["usage.stored.backups is not stated"]
    assert any("usage.requests is not stated" in why for why in reasons(found, "load_balancer.main"))
    assert any("usage.logs is not stated" in why for why in reasons(found, "log_group.*"))
    assert any("usage.logs is not stated" in why for why in reasons(found, "database_instance.main"))


def test_a_formula_says_the_arithmetic_in_words_and_numbers() -> None:
    found = estimate(sample_architecture(), USAGE, None)
    formulas = {
        ("ecs_service.api", "fargate.vcpu_hour"): "3 tasks × 0.5 vCPU × 730 h × 0.04256 USD",
        ("vpc_endpoint.ecr-api", "vpce.interface.hour"): "1 endpoint × 2 zones × 730 h × 0.013 USD",
        ("dashboard.main", "cloudwatch.dashboard.month"): "(1 dashboard − 1 of 3 free per account) × 3 USD",
        (
            "internet_gateway.main",
            "dto.internet.gb_first10tb",
        ): "(500 GB to the internet − 100 of 100 free per account) × 0.1093 USD",
    }
    assert {key: line(found, *key).formula for key in formulas} == formulas


def test_every_line_carries_its_source_date_and_confidence() -> None:
    for item in estimate(sample_architecture(), USAGE, None).lines:
        assert item.source
        assert item.source_date
        assert str(item.confidence) in ("medium", "high")
        assert item.monthly == item.quantity * item.unit_price


def test_every_resource_is_priced_or_free_or_unpriced() -> None:
    architecture = sample_architecture()
    found = estimate(architecture, Usage(), None)
    answered = {item.resource for item in found.lines} | {item.resource for item in found.unpriced}
    answered |= {item.resource for item in found.free}
    for resource in architecture:
        assert resource.address in answered or f"{resource.kind_name()}.*" in answered, resource.address


def test_a_price_that_is_missing_makes_the_line_unpriced_and_never_guessed() -> None:
    sku = "rds.postgres.db_t3_medium.multi_az.hour"
    found = estimate(sample_architecture(), USAGE, None, prices=without(sku))
    assert found.monthly == Decimal("3037.258775") - Decimal("154.76")
    assert f"1 Multi-AZ instance × 730 h: no price of {sku} is known in ap-south-1" in reasons(
        found, "database_instance.main"
    )


def test_a_low_confidence_price_is_named_but_stays_out_of_the_total() -> None:
    found = estimate(sample_architecture(), USAGE, None)
    assert not found.of("secret.cache")
    (why,) = reasons(found, "secret.cache")
    assert why == (
        "1 secret: only a low-confidence price of secretsmanager.secret.month is known in ap-south-1: "
        "0.4 USD per secret-month from background knowledge (no source found)"
    )
    assert any("secret that RDS keeps" in why for why in reasons(found, "database_instance.reports"))


def test_a_region_without_prices_costs_nothing_and_says_so() -> None:
    mumbai = sample_architecture()
    elsewhere = type(mumbai)(
        project="sample", title="Sample", environment="production", region="eu-north-1", resources=mumbai.resources
    )
    found = estimate(elsewhere, USAGE, None)
    # What AWS gives away in every region, a hosted zone, health checks and an EKS control plane, which cost the same
    # everywhere, and the web ACL of CloudFront, which is in us-east-1.
    assert {(item.sku, item.monthly) for item in found.lines} == {
        ("acm.public_certificate", 0),
        ("budgets.budget.month", 0),
        ("cloudwatch.dashboard.month", 0),
        ("eks.cluster.hour", 73),
        ("route53.zone_month", Decimal("0.5")),
        ("route53.health_check_aws.month", 0),
        ("route53.health_check_option_aws.month", 2),
        ("waf.web_acl.month", 5),
        ("waf.rule.month", 2),
    }
    for resource in ("ecs_service.api", "cache_replication_group.sessions", "nat_gateway.main[a]", "key.data"):
        assert any("is known in eu-north-1" in why for why in reasons(found, resource)), resource
    assert not any("ap-south-1" in item.why for item in found.unpriced)


def test_a_resource_in_another_region_is_priced_there() -> None:
    architecture = sample_architecture()
    key = next(resource for resource in architecture if resource.address == "key.logs")
    found = estimate(architecture.changed(key, region="eu-north-1"), USAGE, None)
    assert not found.of("key.logs")
    assert any("kms.key.month is known in eu-north-1" in why for why in reasons(found, "key.logs"))
    assert found.of("key.data")


@pytest.mark.parametrize(("budget", "margin"), [("373 USD/month", "-2664.258775"), ("3054.26 USD/month", "17.001225")])
def test_the_budget_is_compared(budget: str, margin: str) -> None:
    found = estimate(sample_architecture(), USAGE, MonthlyAmount.parse(budget))
    assert found.margin == Decimal(margin)
    assert estimate(sample_architecture(), USAGE, None).margin is None


def test_a_store_that_does_not_exist_is_named_with_the_nearest() -> None:
    found = estimate(sample_architecture(), Usage(stored={"upload": DataSize.parse("1 GB")}), None)
    assert reasons(found, "usage.stored.upload") == [
        'no bucket, repository or file system has this name; did you mean "uploads"?'
    ]


def test_usage_of_what_does_not_exist_costs_nothing() -> None:
    architecture = sample_architecture()
    bare = architecture.with_resources(resource for resource in architecture if resource.address == "topic.none")
    found = estimate(bare, Usage(requests=10**9, nat=DataSize.parse("9 TB"), logs=DataSize.parse("9 TB")), None)
    assert found.monthly == 0
    assert not found.lines
    assert not found.unpriced


def test_environments_of_one_account_share_its_allowances() -> None:
    shared = Allowances()
    staging = estimate(sample_architecture(), USAGE, None, allowances=shared)
    production = estimate(sample_architecture(), USAGE, None, allowances=shared)
    # The second pays for the 100 GB to the internet and the 5 GB of logs that the first had free.
    assert production.monthly - staging.monthly == Decimal("100") * Decimal("0.1093") + 5 * Decimal("0.67")
    assert line(production, "log_group.*", "cloudwatch.logs_ingest.gb").formula.startswith("20 GB × 0.67 USD")
    for found in (staging, production):  # the range is reckoned with the same rest of the allowances
        assert found.range.least == found.monthly - TEN_NODES
    # Ten free alarms: staging has more than that.
    assert not any("free per account" in item.why for item in production.free if item.resource.startswith("alarm."))
    assert any("alarms of target tracking" in why for why in reasons(production, "scaling_policy.api-requests"))


def test_the_same_input_gives_the_same_estimate() -> None:
    assert estimate(sample_architecture(), USAGE, None) == estimate(sample_architecture(), USAGE, None)
