"""What was spent, read from the local AWS's Cost Explorer with a recorded bill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.cli.commands import DUSKSPENDR, Command
from tests.operations.running import Aws

from groundplan.errors import EnvironmentalError, ExitCode
from groundplan.operations.spending import month_to_date
from groundplan.targets.connection import Connection, connect

HEADING = "date,service,usage_type,usd,tags\n"
MARKS = {"Project": "Shop", "Environment": "production"}
TAGS = "Project=Shop;Environment=production"
TODAY = date(2026, 11, 11)

Record = Callable[..., None]


@pytest.fixture
def record(state_folder: Path) -> Iterator[Record]:
    """Writes the recorded bill."""
    file = state_folder / "spend.csv"

    def write(*lines: str, heading: str = HEADING) -> None:
        file.write_text(heading + "".join(f"{line}\n" for line in lines), encoding="utf-8")

    yield write
    file.unlink(missing_ok=True)


@pytest.fixture
def local_aws(aws: Aws) -> Connection:
    return connect("local")


def test_month_to_date_by_tags_and_the_forecast(record: Record, local_aws: Connection) -> None:
    record(
        f"2026-11-01,AWS WAF,APS3-WebACLV2,1.5,{TAGS}",
        f"2026-11-02,AWS WAF,APS3-WebACLV2,0.5,{TAGS}",
        f"2026-11-02,EC2 - Other,APS3-NatGateway-Hours,2,{TAGS}",
        "2026-11-02,EC2 - Other,APS3-NatGateway-Hours,99,Project=Shop;Environment=staging",
        "2026-11-02,EC2 - Other,APS3-NatGateway-Hours,99,",
        f"2026-10-31,EC2 - Other,APS3-NatGateway-Hours,4,{TAGS}",
        f"2026-11-11,EC2 - Other,APS3-NatGateway-Hours,99,{TAGS}",
    )
    found = month_to_date(local_aws, MARKS, TODAY)
    assert (found.start, found.end) == (date(2026, 11, 1), TODAY)
    assert {(each.usage_type, each.usd) for each in found.items} == {
        ("APS3-WebACLV2", Decimal("2.0")), ("APS3-NatGateway-Hours", Decimal(2)),
    }  # fmt: skip
    # 8 USD on three days, for the 20 days that are left.
    assert found.forecast is not None
    assert round(found.forecast, 6) == round(Decimal(8) / 3 * 20, 6)


def test_on_the_first_of_a_month_the_month_before_is_read(record: Record, local_aws: Connection) -> None:
    record(f"2026-10-31,AWS WAF,APS3-WebACLV2,1,{TAGS}", f"2026-09-30,AWS WAF,APS3-WebACLV2,9,{TAGS}")
    found = month_to_date(local_aws, MARKS, date(2026, 11, 1))
    assert (found.start, found.end) == (date(2026, 10, 1), date(2026, 11, 1))
    assert (found.usd, found.forecast) == (Decimal(1), Decimal(0))


def test_without_a_recording_cost_explorer_has_no_data(local_aws: Connection) -> None:
    with pytest.raises(EnvironmentalError, match=r"has no data yet .*spend\.csv.* about a day after"):
        month_to_date(local_aws, MARKS, TODAY)


def test_tags_that_are_not_active_are_named(record: Record, local_aws: Connection) -> None:
    record("2026-11-02,AWS WAF,APS3-WebACLV2,1,Project=Other")
    local_aws.cost_explorer("us-east-1").update_cost_allocation_tags_status(
        CostAllocationTagsStatus=[{"TagKey": tag, "Status": "Inactive"} for tag in MARKS]
    )  # other tests of this process may have made them active
    with pytest.raises(EnvironmentalError, match="Project, Environment are not active as cost allocation tags"):
        month_to_date(local_aws, MARKS, TODAY)


@pytest.mark.parametrize(
    ("heading", "line", "says"),
    [
        ("date,usd\n", "2026-11-02,1", "the columns should be date, service"),
        (HEADING, f"yesterday,AWS WAF,x,1,{TAGS}", "spend.csv:2 is no charge"),
        (HEADING, f"2026-11-02,AWS WAF,x,much,{TAGS}", "spend.csv:2 is no charge"),
        (HEADING, "2026-11-02,AWS WAF,x,1,Project", "spend.csv:2 is no charge"),
        (HEADING, "2026-11-02,AWS WAF", "spend.csv:2 is no charge"),
    ],
)
def test_a_bad_recording_is_named(record: Record, local_aws: Connection, heading: str, line: str, says: str) -> None:
    record(line, heading=heading)
    with pytest.raises(EnvironmentalError) as refused:
        month_to_date(local_aws, MARKS, TODAY)
    assert says in str(refused.value)


class Refusing:
    """A Cost Explorer that says no."""

    def __init__(self, code: str, message: str) -> None:
        self.error = ClientError({"Error": {"Code": code, "Message": message}}, "GetCostAndUsage")

    def get_cost_and_usage(self, **_: Any) -> Any:
        raise self.error


@pytest.mark.parametrize(
    ("code", "message", "says"),
    [
        ("AccessDeniedException", "User not enabled for cost explorer access", "Activate it in the management account"),
        ("DataUnavailableException", "Data is not available.", "about a day after it was activated"),
        ("LimitExceededException", "Rate exceeded", "AWS says LimitExceededException: Rate exceeded"),
    ],
)
def test_refusals(monkeypatch: pytest.MonkeyPatch, code: str, message: str, says: str) -> None:
    monkeypatch.setattr(Connection, "cost_explorer", lambda *_: Refusing(code, message))
    with pytest.raises(EnvironmentalError) as refused:
        month_to_date(Connection("aws"), MARKS, TODAY)
    assert says in str(refused.value)
    assert message in str(refused.value)


class Paged:
    """A Cost Explorer whose answer comes in two parts, and that has no forecast."""

    def get_cost_and_usage(self, **request: Any) -> Any:
        last = "NextPageToken" in request
        usage_type = "APS3-B" if last else "APS3-A"
        group = {"Keys": ["AWS WAF", usage_type], "Metrics": {"UnblendedCost": {"Amount": "1", "Unit": "USD"}}}
        return {"ResultsByTime": [{"Groups": [group]}]} | ({} if last else {"NextPageToken": "more"})

    def get_cost_forecast(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "DataUnavailableException", "Message": "Insufficient"}}, "GetCostForecast")


def test_all_pages_are_read_and_a_forecast_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "cost_explorer", lambda *_: Paged())
    found = month_to_date(Connection("aws"), MARKS, TODAY)
    assert [item.usage_type for item in found.items] == ["APS3-A", "APS3-B"]
    assert found.forecast is None


def test_the_command_names_what_drifts(groundplan: Command, record: Record, aws: Aws) -> None:
    today = datetime.now(UTC).date()
    first = today.replace(day=1) if today.day > 1 else (today - timedelta(days=1)).replace(day=1)
    tags = "Project=DuskSpendr;Environment=production"
    record(
        f"{first},Amazon SageMaker,APS3-Notebook,55,{tags}",
        f"{first},Amazon ElastiCache,APS3-NodeUsage:cache.t3.medium,700,{tags}",
    )
    result = groundplan("cost", "-f", DUSKSPENDR, "-e", "production", "--actual", "--target", "local")
    assert result.code == ExitCode.FINDINGS, result.err
    assert "caches" in result.out
    assert "Amazon ElastiCache: APS3-NodeUsage:cache.t3.medium" in result.out
    assert "Amazon SageMaker: APS3-Notebook" in result.out
    assert "not in the estimate" in result.out
    assert "production: 755.00 USD in" in result.out
    result = groundplan(
        "cost", "-f", DUSKSPENDR, "-e", "production", "--actual", "--target", "local", "--format", "json"
    )
    assert result.json["actual"] == 755
    assert {"concern": None, "estimated": 0, "actual": 55} in result.json["concerns"]
    assert result.json["drifts"][0]["charge"] == "Amazon ElastiCache: APS3-NodeUsage:cache.t3.medium"


def test_the_command_without_credentials(groundplan: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    result = groundplan("cost", "-f", DUSKSPENDR, "-e", "production", "--actual")
    assert result.code == ExitCode.BAD_INPUT
    assert "no AWS credentials were found" in result.err
