"""Usage as low, expected and high: three sums, tiers and allowances in each, and what nobody can mean."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cost.book import REGION, architecture_of, line, reasons
from tests.engines.samples import sample_architecture

from groundplan.blueprint.loading import load_all
from groundplan.blueprint.models import Usage
from groundplan.cost import Allowances, Estimate, estimate, to_json
from groundplan.cost.bill import known_allowances, known_tiers
from groundplan.cost.model import total
from groundplan.errors import InputError
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.monitoring import Topic, TopicSubscription
from groundplan.resources.values import Ref

ALL = {
    "requests": {"low": "9M", "expected": "90M", "high": "180M"},
    "internet_out": {"low": "50 GB", "expected": "500 GB", "high": "20 TB"},
}


def _of(usage: dict[str, object], region: str = REGION, allowances: Allowances | None = None) -> Estimate:
    architecture = architecture_of(sample_architecture(), region)
    return estimate(architecture, Usage.model_validate(usage), None, allowances=allowances)


def test_three_sums_have_the_same_floor_and_their_own_usage() -> None:
    found = _of(dict(ALL))
    assert found.forecast is not None
    low, expected, high = found.forecast.low, found.forecast.expected, found.forecast.high
    assert low.fixed == expected.fixed == high.fixed == found.fixed
    assert (expected.usage, expected.monthly) == (found.usage, found.monthly)
    # LCU-hours of 9M, 90M and of 20,480 GB at 0.008; the API by the million at 3.50; 100 GB to the internet are free.
    assert low.usage == Decimal("0.8") + Decimal("31.5")
    assert expected.usage == Decimal("8") + Decimal("315") + 400 * Decimal("0.1093")
    internet = 10140 * Decimal("0.1093") + 10240 * Decimal("0.085")
    assert high.usage == 20480 * Decimal("0.008") + 180 * Decimal("3.5") + internet


def test_each_column_of_the_lines_adds_up_to_its_sum() -> None:
    found = _of(dict(ALL))
    assert found.forecast is not None
    assert sum(item.low or Decimal(0) for item in found.lines) == found.forecast.low.monthly
    assert total(found.lines) == found.monthly == found.forecast.expected.monthly
    assert sum(item.high or Decimal(0) for item in found.lines) == found.forecast.high.monthly
    assert all(item.low is not None and item.high is not None for item in found.lines)
    further = line(found, "internet_gateway.main", "dto.internet.gb_next40tb")
    assert not further.monthly
    assert not further.low
    assert further.high == Decimal("870.40")
    assert further.formula == "in a busy month: 10,240 of 20,480 GB to the internet × 0.085 USD"


def test_json_has_low_and_high_only_where_they_are_given() -> None:
    data = json.loads(json.dumps(to_json(_of(dict(ALL)), "production")))
    assert list(data["forecast"]) == ["low", "expected", "high"]
    assert list(data["forecast"]["low"]) == ["fixed", "usage", "monthly"]
    assert data["forecast"]["expected"]["monthly"] == data["monthly"]
    assert all({"low", "high"} <= item.keys() for item in data["lines"])
    plain = to_json(_of({"requests": "90M"}), "production")
    assert "forecast" not in plain
    assert not any("low" in item for item in plain["lines"])


@pytest.mark.parametrize(
    ("written", "plain"),
    [("5M", 5_000_000), ("300k", 300_000), ("1.5B", 1_500_000_000), ("12", 12), (7, 7), ("0", 0)],
)
def test_numbers_may_be_written_short(written: object, plain: int) -> None:
    assert _of({"requests": written}).usage == _of({"requests": plain}).usage
    assert _of({"requests": {"expected": written, "high": written}}).forecast is None, "no range"


def test_a_tier_is_filled_once_per_account() -> None:
    account = Allowances()
    first = _of({"internet_out": "8 TB"}, allowances=account)
    second = _of({"internet_out": "8 TB"}, allowances=account)
    assert [item.sku for item in first.lines if item.sku.startswith("dto.")] == ["dto.internet.gb_first10tb"]
    assert line(second, "internet_gateway.main", "dto.internet.gb_first10tb").monthly == 2048 * Decimal("0.1093")
    assert line(second, "internet_gateway.main", "dto.internet.gb_next40tb").monthly == 6144 * Decimal("0.085")


def test_a_tier_of_one_region_leaves_another_alone() -> None:
    account = Allowances()
    _of({"internet_out": "60 TB"}, allowances=account)
    other = _of({"internet_out": "1 TB"}, "us-east-1", account)
    assert [item.sku for item in other.lines if item.sku.startswith("dto.")] == ["dto.internet.gb_first10tb"]


def test_a_tier_of_what_costs_the_same_everywhere_is_the_accounts() -> None:
    account = Allowances()
    first = _of({"cdn_out": "8 TB"}, allowances=account)
    other = _of({"cdn_out": "8 TB"}, "us-east-1", account)
    assert line(first, "distribution.*", "cloudfront.us.gb").quantity == 8192 - 1024
    assert line(other, "distribution.*", "cloudfront.us.gb").quantity == 10240 - 8192


def test_a_busy_month_of_one_environment_leaves_less_to_the_next() -> None:
    account = Allowances()
    _of({"internet_out": {"low": "20 GB", "expected": "40 GB", "high": "100 GB"}}, allowances=account)
    plain = _of({"internet_out": "70 GB"}, allowances=account)
    assert plain.forecast is not None, "the same use costs more in a month in which the other used up what is free"
    price = Decimal("0.1093")
    sums = plain.forecast
    assert (sums.low.usage, sums.expected.usage, sums.high.usage) == (Decimal(0), 10 * price, 70 * price)


def test_beyond_the_last_known_tier_nothing_is_guessed() -> None:
    found = _of({"cdn_out": "12 TB"})
    assert line(found, "distribution.*", "cloudfront.us.gb").quantity == 10240 - 1024
    assert any(
        why == "2,048 of 12,288 GB: no price of cloudfront.us.gb beyond the first 10 TB is known"
        for why in reasons(found, "distribution.*")
    )
    assert found.without_price > _of({"cdn_out": "1 TB"}).without_price


def test_what_a_busy_month_alone_has_no_price_for_is_said() -> None:
    found = _of({"cdn_out": {"expected": "2 TB", "high": "12 TB"}, "bucket_reads": {"expected": "2M", "high": "3M"}})
    assert reasons(found, "distribution.*") == [
        "usage.cdn_requests is not stated: requests are paid by their number",
        "in a busy month: 2,048 of 12,288 GB: no price of cloudfront.us.gb beyond the first 10 TB is known",
    ]
    assert found.without_price == _of({"cdn_out": "2 TB", "bucket_reads": "2M"}).without_price
    more = _of({"cdn_out": {"expected": "12 TB", "high": "20 TB"}})
    assert [why.partition(": no price")[0] for why in reasons(more, "distribution.*") if "no price" in why] == [
        "2,048 of 12,288 GB",
        "in a busy month: 10,240 of 20,480 GB",
    ]


def test_tiers_and_allowances_have_a_source() -> None:
    for tier in known_tiers().values():
        assert tier.quantity > 0
        assert tier.source.startswith("https://aws.amazon.com/")
        assert tier.source_date
        assert not tier.next or tier.next != tier.sku
    assert {"kms.request.per_10k", "sns.publish.per_1m"} <= known_allowances().keys()


def test_a_price_of_low_confidence_is_flagged_with_what_it_would_add() -> None:
    # In Mumbai 2,000,000 GET requests at 0.0004 for a thousand, which nobody vouches for.
    found = _of({"bucket_reads": "2M"})
    (flagged,) = (item for item in found.unpriced if "s3.get.per_1k" in item.why)
    assert flagged.doubtful == Decimal("0.8")
    assert found.doubtful >= flagged.doubtful
    assert not any(item.sku == "s3.get.per_1k" for item in found.lines)
    data = to_json(found, "production")
    assert {"resource": "bucket.*", "why": flagged.why, "doubtful": 0.8} in data["unpriced"]


def test_a_region_without_prices_has_each_charge_unpriced_with_its_reason() -> None:
    usage: dict[str, object] = {"between_zones": "1 GB", "endpoints": "1 GB", "key_requests": "1M", "nat": "1 GB"}
    found = _of(usage, "ap-northeast-3")
    for sku in ("dto.cross_az.gb", "vpce.interface.gb", "kms.request.per_10k", "nat.gb"):
        assert any(f"no price of {sku} is known in ap-northeast-3" in item.why for item in found.unpriced), sku
    assert found.doubtful == 0, "no other region's price is borrowed"


BLUEPRINT = """\
project: demo
region: ap-south-1
services: {api: {image: {repository: api}, port: 3000}}
jobs: {report: {image: {repository: api}, schedule: "cron(0 3 * * ? *)"}}
environments: {production: {}}
"""


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        ("{requests: -1}", "6:19: usage.requests: -1 is too little; the least is 0"),
        ("{nat: -5 GB}", '6:14: usage.nat: "-5 GB" is too little; the least is 0 GB'),
        ("{requests: {expected: -1}}", "6:30: usage.requests.expected: -1 is too little; the least is 0"),
        ("{requests: 5000000000000}", "6:19: usage.requests: 5,000,000,000,000 a month is more than 380,000 a second"),
        ("{logs: 200000 TB}", '6:15: usage.logs: "200000 TB" is too much; the most is 100,000 TB'),
        ("{requests: many}", '6:19: usage.requests: "many" is not a whole number; write it like 5000000, 300k, 5M'),
        ("{requests: 1.5}", "6:19: usage.requests: 1.5 is not a whole number"),
        ("{requests: true}", "6:19: usage.requests: true is not a whole number"),
        ("{requests: {low: 9M, expected: 5M}}", "6:9: usage.requests: low (9000000) is more than expected (5000000)"),
        ("{nat: {expected: 2 GB, high: 1 GB}}", "6:9: usage.nat: high (1 GB) is less than expected (2 GB)"),
        ("{requests: {high: 9M}}", 'usage.requests: "expected" is missing'),
        ("{requests: {expected: 9M, hihg: 10M}}", 'did you mean "high"?'),
        ("{messages: {orders: 3}}", 'there is no queue "orders"'),
        ("{job_hours: {reprot: 3h}}", '6:21: usage.job_hours.reprot: there is no job "reprot"; did you mean "report"?'),
        ("{job_hours: {report: 800000h}}", "is more than 1,000 tasks run in a month of 730 hours"),
        ("{recovery_points: {api: 3 GB}}", 'there is no database, bucket or shared volume "api"'),
        ("{stored: {api: -1 GB}}", '6:23: usage.stored.api: "-1 GB" is too little; the least is 0 GB'),
    ],
)
def test_what_nobody_can_mean_is_told_with_its_place(usage: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(f"{BLUEPRINT}usage: {usage}\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_all(file)
    assert said in str(error.value)


def test_another_currency_is_told_what_the_only_one_is(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(f"{BLUEPRINT}objectives: {{budget: 300 EUR/month}}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"6:22: objectives.budget: .* is in EUR; the only currency is USD"):
        load_all(file)


def test_an_environment_changes_one_figure_of_a_range(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    blueprint = BLUEPRINT.replace(
        "{production: {}}",
        "{production: {usage: {nat: {high: 9 GB}, requests: 2M}}, development: {usage: {nat: null}}}",
    )
    file.write_text(
        f"{blueprint}usage: {{nat: 2 GB, requests: {{low: 1M, expected: 5M, high: 20M}}}}\n", encoding="utf-8"
    )
    production, development = load_all(file)
    usage = production.blueprint.usage.model_dump(mode="json")
    assert usage["nat"] == {"low": None, "expected": "2 GB", "high": "9 GB"}
    assert usage["requests"] == {"low": None, "expected": 2_000_000, "high": None}
    assert development.blueprint.usage.nat is None


def test_what_is_copied_between_regions_is_charged_once() -> None:
    usage = {"between_regions": "100 GB"}
    architecture = sample_architecture()
    found = estimate(architecture, Usage.model_validate(usage), None)
    lines = [item for item in found.lines if item.sku == "dto.inter_region.gb"]
    assert [item.monthly for item in lines] == [Decimal("8.6")]  # 100 × 0.086 out of Mumbai


def test_extended_support_of_a_database_is_paid_by_vcpu_and_side() -> None:
    architecture = architecture_of(sample_architecture(), "us-east-1")
    main = architecture.at("database_instance.main")
    assert isinstance(main, DatabaseInstance)
    first = estimate(architecture.changed(main, engine_version="13.23"), Usage(), None)
    support = line(first, main.address, "rds.extended_support_y1.vcpu_hour")
    assert support.monthly == 292  # 2 vCPU × 2 sides × 730 h × 0.10
    old = estimate(architecture.changed(main, engine_version="13.23", instance_class="db.z9.huge"), Usage(), None)
    assert any("paid by vCPU, and db.z9.huge is not known" in why for why in reasons(old, main.address))
    third = estimate(architecture.changed(main, engine="mysql", engine_version="5.7.44"), Usage(), None)
    assert "mysql 5.7.44 is in extended support in its third year, of which no price is known" in reasons(
        third, main.address
    )
    current = estimate(architecture, Usage(), None)
    assert not [item for item in current.lines if item.sku.startswith("rds.extended_support")]


def test_mails_go_to_each_address_that_listens() -> None:
    mails = [TopicSubscription(name=f"who-{one}", concern="monitoring", topic=Ref(Topic, "alarms"), protocol="email",
                               endpoint=f"{one}@bill-of-dns.com") for one in ("first", "second")]  # fmt: skip
    topic = Topic(name="alarms", concern="monitoring", topic_name="alarms", display_name="Alarms")
    virginia = architecture_of([topic, *mails], "us-east-1")
    found = estimate(virginia, Usage(notifications=2_000_000), None)
    # A million publishes are free, and 1,000 of four million e-mails.
    assert line(found, "topic.alarms", "sns.publish.per_1m").monthly == Decimal("0.5")
    assert line(found, "topic.alarms", "sns.email.per_100k").monthly == (40 - Decimal("0.01")) * 2
