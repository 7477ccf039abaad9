from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from groundplan.units import DataSize, Duration, MonthlyAmount, Percentage, counted, is_private, parse_cidr, shown


@pytest.mark.parametrize(
    ("written", "seconds", "canonical"),
    [
        ("30s", 30, "30s"),
        ("5m", 300, "5m"),
        ("90s", 90, "90s"),
        ("60s", 60, "1m"),
        ("1h", 3600, "1h"),
        ("7d", 604800, "7d"),
        ("2w", 1209600, "14d"),
        ("30 seconds", 30, "30s"),
        (" 1 day ", 86400, "1d"),
        ("5 min", 300, "5m"),
        ("0d", 0, "0s"),
    ],
)
def test_durations(written: str, seconds: int, canonical: str) -> None:
    assert Duration.parse(written).seconds == seconds
    assert str(Duration.parse(written)) == canonical


@pytest.mark.parametrize(
    ("written", "mib", "canonical"),
    [
        ("512 MB", 512, "512 MB"),
        ("100GB", 102400, "100 GB"),
        ("100 GiB", 102400, "100 GB"),
        ("0.5 GB", 512, "512 MB"),
        ("2 TB", 2097152, "2 TB"),
        ("1024 gb", 1048576, "1 TB"),
    ],
)
def test_sizes(written: str, mib: int, canonical: str) -> None:
    assert DataSize.parse(written).mib == mib
    assert str(DataSize.parse(written)) == canonical


@pytest.mark.parametrize(
    ("written", "percent"), [("70%", "70"), ("99.9%", "99.9"), ("0%", "0"), ("100 %", "100"), ("99.95 %", "99.95")]
)
def test_percentages(written: str, percent: str) -> None:
    assert Percentage.parse(written).percent == Decimal(percent)
    assert Percentage.parse(written).fraction == Decimal(percent) / 100


@pytest.mark.parametrize(
    ("written", "usd"),
    [
        ("373 USD/month", "373"),
        ("$373", "373"),
        ("373$ per month", "373"),
        ("1,200.50 USD / month", "1200.50"),
        ("~15 USD/month", "15"),
    ],
)
def test_monthly_amounts(written: str, usd: str) -> None:
    assert MonthlyAmount.parse(written).usd == Decimal(usd)


@pytest.mark.parametrize(
    ("parse", "written", "message"),
    [
        (Duration.parse, "30", '"30" is not a duration; write a whole number and s, m, h, d or w, like 30s or 7d'),
        (Duration.parse, 30, "30 is not a duration; write a whole number and s, m, h, d or w, like 30s or 7d"),
        (Duration.parse, "1.5h", '"1.5h" is not a duration; write a whole number and s, m, h, d or w, like 30s or 7d'),
        (Duration.parse, "-5s", '"-5s" is not a duration; write a whole number and s, m, h, d or w, like 30s or 7d'),
        (Duration.parse, None, "null is not a duration; write a whole number and s, m, h, d or w, like 30s or 7d"),
        (DataSize.parse, 100, "100 is not a size; write a number and MB, GB or TB, like 100 GB"),
        (DataSize.parse, "100", '"100" is not a size; write a number and MB, GB or TB, like 100 GB'),
        (DataSize.parse, "0.0001 GB", '"0.0001 GB" is not a whole number of MiB'),
        (Percentage.parse, 70, "70 is not a percentage; write a number and %, like 70%"),
        (Percentage.parse, "101%", '"101%" is more than 100%'),
        (MonthlyAmount.parse, 373, "373 is not an amount of money; write it like 373 USD/month"),
        (MonthlyAmount.parse, "373", '"373" is not an amount of money; write it like 373 USD/month'),
        (MonthlyAmount.parse, "373 EUR", "\"373 EUR\" is in EUR; the only currency is USD, that of AWS's price lists: "
         "write it like 373 USD/month"),
        (MonthlyAmount.parse, "-3 USD", '"-3 USD" is less than nothing; write it like 373 USD/month'),
        (MonthlyAmount.parse, "about four hundred", '"about four hundred" is not an amount of money; write it like '
         "373 USD/month"),
        (MonthlyAmount.parse, "10 USD/year", '"10 USD/year" is not an amount of money; write it like 373 USD/month'),
        (parse_cidr, "10.0.0.0", '"10.0.0.0" is not a network in CIDR notation, like 10.0.0.0/16'),
        (parse_cidr, "10.0.0.300/16", '"10.0.0.300/16" is not a network in CIDR notation, like 10.0.0.0/16'),
        (parse_cidr, "10.0.0.0/33", '"10.0.0.0/33" is not a network in CIDR notation, like 10.0.0.0/16'),
        (parse_cidr, "10.0.0.1/16", '"10.0.0.1/16" has host bits set; the network is 10.0.0.0/16'),
        (parse_cidr, {"a": 1}, "a mapping is not a network in CIDR notation, like 10.0.0.0/16"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_plainly(parse: Callable[[object], object], written: object, message: str) -> None:
    with pytest.raises(ValueError, match="is") as caught:
        parse(written)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ("a", '"a"'),
        ("ü", '"ü"'),
        (1.5, "1.5"),
        ([1], "a list"),
        ({}, "a mapping"),
        ("x" * 99, f'"{"x" * 57}..."'),
    ],
)
def test_values_are_shown_as_written(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("network", "private"),
    [
        ("10.0.0.0/16", True),
        ("172.16.0.0/12", True),
        ("172.32.0.0/16", False),
        ("192.168.4.0/22", True),
        ("8.0.0.0/16", False),
        ("0.0.0.0/0", False),
    ],
)
def test_private_ranges(network: str, private: bool) -> None:
    assert is_private(IPv4Network(network)) is private


@given(st.integers(min_value=0, max_value=10**9))
def test_a_duration_reads_what_it_writes(seconds: int) -> None:
    assert Duration.parse(str(Duration(seconds))) == Duration(seconds)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_size_reads_what_it_writes(mib: int) -> None:
    assert DataSize.parse(str(DataSize(mib))) == DataSize(mib)


@given(st.decimals(min_value=0, max_value=100, places=3))
def test_a_percentage_reads_what_it_writes(percent: Decimal) -> None:
    assert Percentage.parse(str(Percentage(percent))) == Percentage(percent)


@given(st.decimals(min_value=0, max_value=10**7, places=2))
def test_an_amount_reads_what_it_writes(usd: Decimal) -> None:
    assert MonthlyAmount.parse(str(MonthlyAmount(usd))) == MonthlyAmount(usd)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.integers())))
def test_nothing_but_value_errors_comes_out(written: object) -> None:
    for parse in (Duration.parse, DataSize.parse, Percentage.parse, MonthlyAmount.parse, parse_cidr):
        with suppress(ValueError):
            parse(written)


class _Model(BaseModel):
    pause: Duration
    share: Percentage = Percentage.parse("5%")


def test_units_are_field_types() -> None:
    model = _Model.model_validate({"pause": "30s"})
    assert model.pause == Duration(30)
    assert model.model_dump(mode="json") == {"pause": "30s", "share": "5%"}
    assert _Model(pause=Duration(5)).pause.seconds == 5
    with pytest.raises(ValidationError, match="is not a duration"):
        _Model.model_validate({"pause": 30})


def test_units_describe_themselves_to_editors() -> None:
    schema = _Model.model_json_schema()["properties"]["pause"]
    assert (schema["type"], schema["examples"]) == ("string", ["30s", "5m", "7d"])


def test_a_quantity_is_its_own_copy() -> None:
    """Each service takes a copy of every default."""
    for quantity in (Duration(30), Percentage(Decimal(70))):
        assert copy.deepcopy([quantity])[0] is quantity


def test_what_is_counted_agrees_with_its_number() -> None:
    assert [counted(number, "stack") for number in (0, 1, 2)] == ["0 stacks", "1 stack", "2 stacks"]


def test_a_hundred_years_are_the_longest() -> None:
    assert Duration.parse("36525d").days == 36_525
    for written in ("36526d", f"{'9' * 5000}s"):
        with pytest.raises(ValueError, match=r"is longer than a hundred years$"):
            Duration.parse(written)
