"""Prices out of small offer files in AWS's format: the traps in them, and everything that can be wrong with one."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.operations.offer_files import COLUMNS, INSTANCE, OfferServer, offer, serving, usage

from groundplan.catalog import prices
from groundplan.catalog.price_list import selectors, usage_prefixes, without_selector
from groundplan.catalog.prices import Confidence
from groundplan.catalog.reservations import refreshed_with
from groundplan.errors import EnvironmentalError, InputError
from groundplan.operations.price_refresh import Fresh, Kept, Refresh, merged, refresh

MUMBAI = "ap-south-1"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OfferServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as running:
        yield running


def asked(server: OfferServer, service: str, *, region: str = MUMBAI, any_change: bool = False) -> Refresh:
    return refresh(
        prices.packaged(), services=[service], regions=[region], address=server.address, any_change=any_change
    )


def one(found: Refresh, sku: str) -> Fresh:
    (only,) = (each for each in found.fresh if each.new.sku == sku)
    return only


def why(found: Refresh, sku: str) -> str:
    (only,) = (each for each in found.kept if each.sku == sku)
    return only.why


def of(sku: str) -> Decimal:
    found = prices.packaged().find(sku, MUMBAI)
    assert found
    return found.usd


def test_every_sku_of_the_book_has_a_selector_or_a_reason() -> None:
    skus = set(prices.packaged().skus())
    terms = skus & set(refreshed_with())
    assert set(selectors()) | set(without_selector()) | terms == skus
    assert not set(selectors()) & set(without_selector())
    assert terms
    assert not terms & set(without_selector())
    assert all(without_selector().values())
    assert len(selectors()) > 190


@pytest.mark.parametrize(
    ("region", "prefixes"),
    [
        ("us-east-1", ("", "USE1-", "us-east-1-")),
        ("eu-west-1", ("EU-", "EUW1-", "eu-west-1-")),
        ("ap-south-1", ("APS3-", "ap-south-1-")),
        ("ap-southeast-1", ("APS1-", "ap-southeast-1-")),
        ("global", ("",)),
        ("nowhere-1", ()),
    ],
)
def test_prefixes(region: str, prefixes: tuple[str, ...]) -> None:
    assert usage_prefixes(region) == prefixes


def test_a_price_is_taken_with_its_publication_date_and_aws_sku(server: OfferServer) -> None:
    server.files["AmazonECS/ap-south-1"] = offer(
        "AmazonECS",
        usage("APS3-Fargate-vCPU-Hours:perCPU", "0.0430000000", SKU="VCPU1"),
        usage("APS3-Fargate-GB-Hours", str(of("fargate.gb_hour"))),
    )
    found = asked(server, "fargate")
    vcpu = one(found, "fargate.vcpu_hour")
    assert vcpu.new.usd == Decimal("0.043")
    assert (vcpu.new.source_date, vcpu.new.confidence) == ("2026-11-19", Confidence.HIGH)
    assert "version 20261119181331, SKU VCPU1" in vcpu.new.source
    assert vcpu.old == prices.packaged().find("fargate.vcpu_hour", MUMBAI)
    assert vcpu.percent is not None
    assert round(vcpu.percent, 1) == round((Decimal("0.043") / of("fargate.vcpu_hour") - 1) * 100, 1)
    assert [each.new.sku for each in found.changes] == ["fargate.vcpu_hour"]
    assert not one(found, "fargate.gb_hour").changed
    assert why(found, "fargate.arm.gb_hour") == "the price list has no row for Fargate-ARM-GB-Hours"
    assert "Spot" in why(found, "fargate.spot_discount_pct")
    assert server.asked == ["AmazonECS/ap-south-1"]


def test_other_tenancies_systems_zones_terms_and_regions_are_left_out(server: OfferServer) -> None:
    box = "APS3-BoxUsage:t3.medium"
    server.files["AmazonEC2/ap-south-1"] = offer(
        "AmazonEC2",
        usage(box, "0.0493", **{**INSTANCE, "Tenancy": "Dedicated"}),
        usage(box, "0.0632", **{**INSTANCE, "Operating System": "Windows", "operation": "RunInstances:0002"}),
        usage(box, "0.5248", **{**INSTANCE, "Pre Installed S/W": "SQL Web", "operation": "RunInstances:0200"}),
        usage(box, "0.0448", **{**INSTANCE, "CapacityStatus": "UnusedCapacityReservation"}),
        usage(box, "0.0200", **INSTANCE, TermType="Reserved", LeaseContractLength="3yr"),
        usage(box, "0.0560", **{**INSTANCE, "Location Type": "AWS Local Zone", "Region Code": "ap-south-1-del-1"}),
        usage(box, "0.3000", **INSTANCE, Currency="CNY"),
        usage("BoxUsage:t3.medium", "0.0416", **{**INSTANCE, "Region Code": "us-east-1"}),
        usage("APS1-BoxUsage:t3.medium", "0.0528", **{**INSTANCE, "Region Code": "ap-southeast-1"}),
        usage(box, "0.0450", **INSTANCE, SKU="RIGHT"),
    )
    fresh = one(asked(server, "ec2"), "ec2.t3_medium.hour").new
    assert fresh.usd == Decimal("0.045")
    assert fresh.source.endswith("SKU RIGHT")


def test_the_application_load_balancer_is_not_the_classic_one(server: OfferServer) -> None:
    server.files["AWSELB/ap-south-1"] = offer(
        "AWSELB",
        usage("APS3-LoadBalancerUsage", "0.0266", operation="LoadBalancing"),
        usage("APS3-LoadBalancerUsage", "0.0240", operation="LoadBalancing:Application"),
        usage("APS3-LoadBalancerUsage", "0.0241", operation="LoadBalancing:Network"),
        usage("APS3-LoadBalancerUsage", "0.0135", operation="LoadBalancing:Gateway"),
        usage("APS3-LCUUsage", "0.008", operation="LoadBalancing:Application"),
        usage("APS3-LCUUsage", "0.006", operation="LoadBalancing:Network"),
    )
    found = asked(server, "elb", any_change=True)
    assert one(found, "alb.hour").new.usd == Decimal("0.024")
    assert one(found, "nlb.hour").new.usd == Decimal("0.0241")
    assert one(found, "nlb.nlcu_hour").new.usd == Decimal("0.006")


def test_postgresql_is_not_mysql_and_two_zones_are_not_one(server: OfferServer) -> None:
    def row(usage_type: str, price: str, engine: str, zones: str) -> dict[str, str]:
        return usage(usage_type, price, **{"Database Engine": engine, "Deployment Option": zones})

    server.files["AmazonRDS/ap-south-1"] = offer(
        "AmazonRDS",
        row("APS3-InstanceUsage:db.t3.medium", "0.1010", "MySQL", "Single-AZ"),
        row("APS3-InstanceUsage:db.t3.medium", "0.1060", "PostgreSQL", "Single-AZ"),
        row("APS3-InstanceUsage:db.t3.medium", "0.2500", "Oracle", "Single-AZ"),
        row("APS3-Multi-AZUsage:db.t3.medium", "0.2020", "MySQL", "Multi-AZ"),
        row("APS3-Multi-AZUsage:db.t3.medium", "0.2120", "PostgreSQL", "Multi-AZ"),
        row("APS3-RDS:GP3-Storage", "0.131", "Any", "Single-AZ"),
        row("APS3-RDS:GP3-Storage", "0.115", "SQL Server", "Single-AZ"),
    )
    found = asked(server, "AmazonRDS")
    assert one(found, "rds.postgres.db_t3_medium.single_az.hour").new.usd == Decimal("0.106")
    assert one(found, "rds.postgres.db_t3_medium.multi_az.hour").new.usd == Decimal("0.212")
    assert one(found, "rds.storage.gp3.single_az.gb_month").new.usd == Decimal("0.131")


def test_the_first_paid_tier_and_the_named_one(server: OfferServer) -> None:
    def out(begins: str, price: str) -> dict[str, str]:
        return usage(
            "APS3-DataTransfer-Out-Bytes",
            price,
            **{"StartingRange": begins, "Transfer Type": "AWS Outbound", "Unit": "GB"},
        )

    server.files["AWSDataTransfer/ap-south-1"] = offer(
        "AWSDataTransfer", out("51200", "0.0816"), out("0", "0"), out("1", "0.1093"), out("10240", "0.0850"),
    )  # fmt: skip
    found = asked(server, "data_transfer")
    assert one(found, "dto.internet.gb_first10tb").new.usd == Decimal("0.1093")
    assert one(found, "dto.internet.gb_next40tb").new.usd == Decimal("0.085")
    assert one(found, "dto.internet.gb_next100tb").new.usd == Decimal("0.0816")
    assert why(found, "dto.internet.gb_over150tb") == "the price list has no tier that begins at 153600"


def test_prices_are_converted_to_the_units_of_the_book(server: OfferServer) -> None:
    server.files["AmazonEC2/ap-south-1"] = offer(
        "AmazonEC2", usage("APS3-EBS:VolumeP-Throughput.gp3", "46.694400", Unit="GiBps-mo")
    )
    server.files["awskms/ap-south-1"] = offer(
        "awskms", usage("ap-south-1-KMS-Requests", "0.0000030000", Unit="Requests", StartingRange="20000"),
        usage("ap-south-1-KMS-Requests", "0.0000000000", Unit="Requests"),
    )  # fmt: skip
    found = asked(server, "ebs", any_change=True)
    assert one(found, "ebs.gp3.mibps_month").new.usd == Decimal("0.0456")
    assert one(asked(server, "kms"), "kms.request.per_10k").new.usd == Decimal("0.03")
    server.files["AmazonEC2/ap-south-1"] = offer(
        "AmazonEC2", usage("APS3-EBS:VolumeP-Throughput.gp3", "46.694400", Unit="furlongs")
    )
    assert "furlongs, which is not a unit" in why(asked(server, "ebs"), "ebs.gp3.mibps_month")


def test_a_long_file_is_read_as_it_comes(server: OfferServer) -> None:
    """Only the rows that count are kept: 12 MB pass through far less memory."""
    other = [
        usage(f"APS3-BoxUsage:x{number}.large", "0.1", **INSTANCE, PriceDescription="x" * 500) for number in range(500)
    ]
    body = offer("AmazonEC2", *other, usage("APS3-BoxUsage:t3.medium", "0.045", **INSTANCE))
    heading, rows = body.split(b'"SKU001"', 1)
    server.files["AmazonEC2/ap-south-1"] = heading + (b'"SKU001"' + rows) * 30
    tracemalloc.start()
    try:
        fresh = one(asked(server, "ec2"), "ec2.t3_medium.hour")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert fresh.new.usd == Decimal("0.045")
    assert len(server.files["AmazonEC2/ap-south-1"]) > 10_000_000
    assert most < 4_000_000


def test_global_prices_come_from_the_file_of_all_regions(server: OfferServer) -> None:
    server.files["AmazonRoute53"] = offer(
        "AmazonRoute53",
        usage("HostedZone", "0.5", **{"Region Code": "", "Unit": "HostedZone"}),
        usage("HostedZone", "0.1", **{"Region Code": "", "StartingRange": "25"}),
        usage("DNS-Queries", "0.0000004", **{"Region Code": "", "Unit": "Queries"}),
    )
    found = asked(server, "route53", region="global")
    assert one(found, "route53.zone_month").new.usd == Decimal("0.5")
    assert one(found, "route53.query.per_1m").new.usd == Decimal("0.4")
    assert server.asked == ["AmazonRoute53"]


def test_two_prices_for_one_thing_are_not_guessed_between(server: OfferServer) -> None:
    server.files["AmazonECR/ap-south-1"] = offer(
        "AmazonECR", usage("APS3-TimedStorage-ByteHrs", "0.1"), usage("APS3-TimedStorage-ByteHrs", "0.05")
    )
    assert why(asked(server, "ecr"), "ecr.storage.gb_month") == (
        "the price list has several prices, and nothing tells which is meant: 0.1 (SKU001), 0.05 (SKU002)"
    )


def test_a_price_that_more_than_doubles_needs_a_word(server: OfferServer) -> None:
    server.files["AmazonECR/ap-south-1"] = offer("AmazonECR", usage("APS3-TimedStorage-ByteHrs", "0.9"))
    assert "0.9 USD instead of 0.1 is too great a change" in why(asked(server, "ecr"), "ecr.storage.gb_month")
    assert one(asked(server, "ecr", any_change=True), "ecr.storage.gb_month").new.usd == Decimal("0.9")


def test_a_region_that_the_book_does_not_know(server: OfferServer) -> None:
    server.files["AmazonECR/eu-central-1"] = offer(
        "AmazonECR", usage("EUC1-TimedStorage-ByteHrs", "0.1", **{"Region Code": "eu-central-1"})
    )
    fresh = one(asked(server, "ecr", region="eu-central-1"), "ecr.storage.gb_month")
    assert fresh.old is None
    assert fresh.changed
    assert (fresh.new.region, fresh.new.usd, fresh.new.unit) == ("eu-central-1", Decimal("0.1"), "GB-month")


def test_one_price_for_all_regions_is_read_in_one_of_them(server: OfferServer) -> None:
    book = prices.PriceBook(
        [replace(price, region="global") for price in prices.packaged() if price.sku == "eks.cluster.hour"][:1]
    )
    server.files["AmazonEKS/us-east-1"] = offer(
        "AmazonEKS", usage("USE1-AmazonEKS-Hours:perCluster", "0.11", **{"Region Code": "us-east-1"})
    )
    (fresh,) = refresh(book, address=server.address).fresh
    assert (fresh.new.region, fresh.new.usd) == ("global", Decimal("0.11"))


def test_a_service_that_is_not_in_a_region_keeps_its_price(server: OfferServer) -> None:
    found = asked(server, "ecr")
    assert found == Refresh(
        (), (Kept("ecr.storage.gb_month", MUMBAI, "AWS has no price list of AmazonECR in ap-south-1"),)
    )


GOOD = offer("AmazonECR", usage("APS3-TimedStorage-ByteHrs", "0.1"), usage("APS3-Else", "0.2"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (GOOD[:-20], "cut off"),
        (GOOD[: GOOD.index(b"APS3-Else")] + b'"\n', "of 33 columns"),
        (offer("AmazonECR", form="v2.0"), "has format version v2.0; this Groundplan reads v1.0"),
        (offer("AmazonEC2"), "holds the prices of AmazonEC2, not of AmazonECR"),
        (
            offer("AmazonECR", columns=tuple(each for each in COLUMNS if each not in ("usageType", "Currency"))),
            "has no column Currency, usageType",
        ),
        (offer("AmazonECR", published="soon"), "has no publication date but 'soon'"),
        (offer("AmazonECR", usage("APS3-TimedStorage-ByteHrs", "a lot")), "row 7: a price of 'a lot'"),
        (offer("AmazonECR", usage("APS3-TimedStorage-ByteHrs", "-1")), "row 7: a price of -1"),
        (offer("AmazonECR", usage("APS3-TimedStorage-ByteHrs", "NaN")), "row 7: a price of NaN"),
        (b"<html>Maintenance</html>\n", "no offer file of AWS: it should say FormatVersion"),
        (b'"FormatVersion","v1.0"\n\xff\xfe\n', "no text in UTF-8"),
        (b'"FormatVersion","v1.0', "cut off"),
    ],
)
def test_a_bad_file_is_refused(server: OfferServer, content: bytes, says: str) -> None:
    server.files["AmazonECR/ap-south-1"] = content
    with pytest.raises(InputError) as refused:
        asked(server, "ecr")
    assert says in str(refused.value)
    assert "AmazonECR/current/ap-south-1/index.csv" in str(refused.value)


def test_a_file_that_ends_before_its_announced_length_is_refused(server: OfferServer) -> None:
    server.files["AmazonECR/ap-south-1"] = GOOD
    server.lost["AmazonECR/ap-south-1"] = 1000
    with pytest.raises((InputError, EnvironmentalError), match=r"cut off|broke off"):
        asked(server, "ecr")


def test_the_server_fails(server: OfferServer) -> None:
    server.files["AmazonECR/ap-south-1"] = GOOD
    server.status["AmazonECR/ap-south-1"] = 503
    with pytest.raises(EnvironmentalError, match="answers 503"):
        asked(server, "ecr")


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(EnvironmentalError, match="cannot be reached"):
        refresh(prices.packaged(), services=["ecr"], regions=[MUMBAI], address="http://127.0.0.1:9")


@pytest.mark.parametrize(
    "address", ["file:///etc", "nonsense", "ftp://127.0.0.1", "http://", "http://a:b", "https://[x"]
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(InputError, match="should begin with https"):
        refresh(prices.packaged(), services=["ecr"], regions=[MUMBAI], address=address)


@pytest.mark.parametrize(
    ("services", "regions", "says"),
    [(["rsd"], [], 'did you mean "rds"?'), ([], ["ap-sout-1"], "there is no region ap-sout-1")],
)
def test_unknown_services_and_regions(services: list[str], regions: list[str], says: str) -> None:
    with pytest.raises(InputError) as refused:
        refresh(prices.packaged(), services=services, regions=regions, address="http://127.0.0.1:9")
    assert says in str(refused.value)


def test_a_second_refresh_keeps_what_the_first_one_brought(server: OfferServer) -> None:
    server.files["AmazonECR/ap-south-1"] = GOOD
    first = asked(server, "ecr").fresh[0].new
    server.files["AWSSecretsManager/ap-south-1"] = offer(
        "AWSSecretsManager", usage("APS3-AWSSecretsManager-Secret", "0.41")
    )
    both = merged([first], asked(server, "secretsmanager"))
    assert [price.sku for price in both] == ["ecr.storage.gb_month", "secretsmanager.secret.month"]
