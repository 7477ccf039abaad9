"""Quantities as people write them: ``30s``, ``7d``, ``100 GB``, ``70%``, ``373 USD/month``, ``10.0.0.0/16``.

Each class parses the written form, keeps one exact value in a base unit, and prints the form that a person would
write. They work as field types of pydantic models (a ``ValueError`` from ``parse`` becomes an error with its place).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import TYPE_CHECKING, ClassVar, Self

from groundplan.record import Record, dataclass

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


def shown(value: object) -> str:
    """A value as a person would have written it, for messages: ``"30"``, ``true``, ``null``, ``a list``."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    text = text if len(text) <= 60 else f"{text[:57]}..."
    return json.dumps(text, ensure_ascii=False) if isinstance(value, str) else text


def counted(number: object, one: str) -> str:
    """``1 resource``, ``2 resources``."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


class Quantity(Record):
    """What the quantities share: a pydantic field type that reads ``parse`` and writes ``str``."""

    pattern: ClassVar[str]
    """A regular expression of the written form, for editors (JSON Schema)."""
    examples: ClassVar[tuple[str, ...]]

    @classmethod
    def parse(cls, written: object) -> Self:
        raise ValueError(f"{shown(written)} cannot be read")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        def read(value: object) -> object:
            return value if isinstance(value, cls) else cls.parse(value)

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": cls.pattern, "examples": list(cls.examples)}

    def __deepcopy__(self, memo: object) -> Self:
        """Itself: it never changes, and neither does what it holds. Pydantic copies a default with each use."""
        return self


_DURATION_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION_WORDS = {
    "second": "s", "seconds": "s", "minute": "m", "minutes": "m", "min": "m", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip


_LONGEST = 36_525 * 86400
"""A hundred years. AWS takes less everywhere, and more has no date in the calendar of most languages."""


@dataclass(frozen=True, order=True)
class Duration(Quantity):
    """A length of time in whole seconds. Written ``30s``, ``5m``, ``1h``, ``7d``, ``2w``, or ``30 seconds``."""

    seconds: int

    pattern: ClassVar[str] = r"^\s*\d+\s*(s|m|h|d|w|seconds?|min|minutes?|hours?|days?|weeks?)\s*$"
    examples: ClassVar[tuple[str, ...]] = ("30s", "5m", "7d")

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read a duration. Raises ValueError where the unit is missing or unknown."""
        match = re.fullmatch(r"\s*(\d+)\s*([a-z]+)\s*", written) if isinstance(written, str) else None
        unit = _DURATION_WORDS.get(match[2], match[2]) if match else ""
        if not match or unit not in _DURATION_UNITS:
            raise ValueError(
                f"{shown(written)} is not a duration; write a whole number and s, m, h, d or w, like 30s or 7d"
            )
        seconds = int(match[1]) * _DURATION_UNITS[unit] if len(match[1]) <= 20 else _LONGEST + 1
        if seconds > _LONGEST:
            raise ValueError(f"{shown(written)} is longer than a hundred years")
        return cls(seconds)

    @property
    def days(self) -> int:
        """Whole days, rounded down."""
        return self.seconds // 86400

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded down."""
        return self.seconds // 60

    def __str__(self) -> str:
        for unit in ("d", "h", "m"):
            if self.seconds and self.seconds % _DURATION_UNITS[unit] == 0:
                return f"{self.seconds // _DURATION_UNITS[unit]}{unit}"
        return f"{self.seconds}s"


_SIZE_UNITS = {"MB": 1, "MIB": 1, "GB": 1024, "GIB": 1024, "TB": 1024 * 1024, "TIB": 1024 * 1024}


@dataclass(frozen=True, order=True)
class DataSize(Quantity):
    """An amount of data in whole MiB. ``GB`` is read as GiB, which is what AWS provisions and bills under that name.

    Source: https://aws.amazon.com/ebs/pricing/ ("GB-month" of a volume whose size the API takes in GiB).
    """

    mib: int

    pattern: ClassVar[str] = r"^\s*\d+(\.\d+)?\s*([MGT]i?B)\s*$"
    examples: ClassVar[tuple[str, ...]] = ("512 MB", "100 GB", "2 TB")

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read a size. Raises ValueError where the unit is missing or unknown, or the size is no whole MiB."""
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([MGT]i?B)\s*", written, re.I) if isinstance(written, str) else None
        if not match:
            raise ValueError(f"{shown(written)} is not a size; write a number and MB, GB or TB, like 100 GB")
        mib = Decimal(match[1]) * _SIZE_UNITS[match[2].upper()]
        if mib != int(mib):
            raise ValueError(f"{shown(written)} is not a whole number of MiB")
        return cls(int(mib))

    @property
    def gib(self) -> int:
        """Whole GiB, rounded down."""
        return self.mib // 1024

    def __str__(self) -> str:
        for unit in ("TB", "GB"):
            if self.mib and self.mib % _SIZE_UNITS[unit] == 0:
                return f"{self.mib // _SIZE_UNITS[unit]} {unit}"
        return f"{self.mib} MB"


@dataclass(frozen=True, order=True)
class Percentage(Quantity):
    """A share in percent, exact. Written ``70%`` or ``99.9%``."""

    percent: Decimal

    pattern: ClassVar[str] = r"^\s*\d+(\.\d+)?\s*%\s*$"
    examples: ClassVar[tuple[str, ...]] = ("70%", "99.9%")

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read a percentage. Raises ValueError where it is outside 0 % to 100 % or has no percent sign."""
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", written) if isinstance(written, str) else None
        if not match:
            raise ValueError(f"{shown(written)} is not a percentage; write a number and %, like 70%")
        percent = Decimal(match[1])
        if percent > 100:
            raise ValueError(f"{shown(written)} is more than 100%")
        return cls(percent)

    @property
    def fraction(self) -> Decimal:
        """The share as a number between 0 and 1."""
        return self.percent / 100

    def __str__(self) -> str:
        return f"{self.percent.normalize():f}%"


@dataclass(frozen=True, order=True)
class MonthlyAmount(Quantity):
    """Money per month, exact, in US dollars: the currency of AWS's price lists. Written ``373 USD/month``."""

    usd: Decimal

    pattern: ClassVar[str] = r"^\s*\$?\s*\d[\d,]*(\.\d+)?\s*(USD|\$)?\s*(/|per)?\s*(month)?\s*$"
    examples: ClassVar[tuple[str, ...]] = ("373 USD/month",)

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read an amount. Raises ValueError where it is no number, has another currency or another period."""
        match = re.fullmatch(
            r"\s*(?:~|<)?\s*(\$)?\s*(\d[\d,]*(?:\.\d+)?)\s*(USD|\$)?\s*(?:(?:/|per)\s*month)?\s*", written
        ) if isinstance(written, str) else None  # fmt: skip
        if not match or not (match[1] or match[3]):
            other = re.fullmatch(r"[^A-Za-z]*([A-Z]{3}|[€£¥₹])[^A-Z]*", written) if isinstance(written, str) else None
            if other and other[1] != "USD":
                raise ValueError(
                    f"{shown(written)} is in {other[1]}; the only currency is USD, that of AWS's price lists: "
                    "write it like 373 USD/month"
                )
            if isinstance(written, str) and re.match(r"\s*\$?\s*-\s*\d", written):
                raise ValueError(f"{shown(written)} is less than nothing; write it like 373 USD/month")
            raise ValueError(f"{shown(written)} is not an amount of money; write it like 373 USD/month")
        try:
            return cls(Decimal(match[2].replace(",", "")))
        except InvalidOperation as error:
            raise ValueError(f"{shown(written)} is not an amount of money") from error

    def __str__(self) -> str:
        return f"{self.usd.normalize():f} USD/month"


_PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))


@dataclass(frozen=True, order=True)
class Latency(Quantity):
    """How long an answer takes, in whole milliseconds. Written ``200ms``, ``1.5s`` or ``2s``."""

    milliseconds: int

    pattern: ClassVar[str] = r"^\s*(\d+\s*ms|\d+(\.\d+)?\s*s)\s*$"
    examples: ClassVar[tuple[str, ...]] = ("200ms", "1.5s")

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read a latency. Raises ValueError where the unit is missing, or it is no whole number of ms above 0."""
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s)\s*", written) if isinstance(written, str) else None
        milliseconds = Decimal(match[1]) * (1000 if match[2] == "s" else 1) if match else Decimal(0)
        if milliseconds <= 0 or milliseconds != int(milliseconds):
            raise ValueError(
                f"{shown(written)} is not a latency; write whole ms above 0, or seconds, like 200ms or 1.5s"
            )
        return cls(int(milliseconds))

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.milliseconds / 1000

    def __str__(self) -> str:
        if self.milliseconds % 1000 == 0:
            return f"{self.milliseconds // 1000}s"
        return f"{self.milliseconds}ms"


_RATE_UNITS = {"s": 1, "min": 60, "h": 3600}


@dataclass(frozen=True, order=True)
class RequestRate(Quantity):
    """Requests in a time, exact. Written ``500/s``, ``30000/min`` or ``90000/h``."""

    per_second: Fraction

    pattern: ClassVar[str] = r"^\s*\d+(\.\d+)?\s*/\s*(s|min|h)\s*$"
    examples: ClassVar[tuple[str, ...]] = ("500/s", "30000/min")

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read a rate. Raises ValueError where the time is missing or nothing is asked."""
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*(s|min|h)\s*", written) if isinstance(written, str) else None
        rate = Fraction(found[1]) / _RATE_UNITS[found[2]] if found else Fraction(0)
        if rate <= 0:
            raise ValueError(
                f"{shown(written)} is not a rate of requests; write a number above 0 and /s, /min or /h, like 500/s"
            )
        return cls(rate)

    def __str__(self) -> str:
        for unit, seconds in _RATE_UNITS.items():
            amount = self.per_second * seconds
            if amount.denominator == 1:
                return f"{amount}/{unit}"
        return f"{float(self.per_second):g}/s"


_TIMES_A_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}


@dataclass(frozen=True, order=True)
class FailureRate(Quantity):
    """How often something fails, exact. Written ``0.2/year``, ``1/month``, ``2/week`` or ``1/day``."""

    per_year: Fraction

    pattern: ClassVar[str] = r"^\s*\d+(\.\d+)?\s*/\s*(day|week|month|year)\s*$"
    examples: ClassVar[tuple[str, ...]] = ("0.2/year", "1/month")

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read a rate. Raises ValueError where the time is missing, or it is negative or more than once an hour."""
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*([a-z]+)\s*", written) if isinstance(written, str) else None
        if not found or found[2] not in _TIMES_A_YEAR:
            raise ValueError(
                f"{shown(written)} is not a rate of failures; write a number and /day, /week, /month or /year, "
                "like 0.2/year"
            )
        rate = Fraction(Decimal(found[1])) * _TIMES_A_YEAR[found[2]]
        if rate > 365 * 24:
            raise ValueError(f"{shown(written)} is more than once an hour: that is no failure, it does not work")
        return cls(rate)

    def __str__(self) -> str:
        return f"{float(self.per_year):g}/year"


def parse_cidr(written: object) -> IPv4Network:
    """Read an IPv4 network like ``10.0.0.0/16``.

    Raises ValueError where it is no network in CIDR notation or has host bits set; the message names the
    network that was probably meant.
    """
    if not isinstance(written, str) or "/" not in written:
        raise ValueError(f"{shown(written)} is not a network in CIDR notation, like 10.0.0.0/16")
    try:
        return IPv4Network(written)
    except (AddressValueError, NetmaskValueError) as error:
        raise ValueError(f"{shown(written)} is not a network in CIDR notation, like 10.0.0.0/16") from error
    except ValueError as error:
        meant = IPv4Network(written, strict=False)
        raise ValueError(f"{shown(written)} has host bits set; the network is {meant}") from error


def is_private(network: IPv4Network) -> bool:
    """Whether the network lies in a range of RFC 1918, the ranges AWS recommends for a VPC.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """
    return any(network.subnet_of(private) for private in _PRIVATE)
