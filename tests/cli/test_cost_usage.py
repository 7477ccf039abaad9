"""``cost`` with usage as low, expected and high, and where nothing is known."""

from __future__ import annotations

from tests.cli.commands import Command, Write

from groundplan.errors import ExitCode

BLUEPRINT = """
    project: shop
    region: ap-south-1
    network: {nat: single}
    services:
      web: {image: {repository: web, tag: "1"}}
    usage: {nat: {low: 10 GB, expected: 100 GB, high: 1 TB}, bucket_reads: 1M}
    environments:
      production: {}
    """


def test_the_table_has_three_columns_and_three_sums(groundplan: Command, write: Write) -> None:
    write(BLUEPRINT)
    result = groundplan("cost")
    assert result.code == ExitCode.FINE
    (nat,) = (row for row in result.out.splitlines() if "100 GB × 0.056 USD" in row)
    assert [part for part in nat.split() if part in ("0.56", "5.60", "57.34")] == ["0.56", "5.60", "57.34"]
    (sums,) = (row for row in result.out.splitlines() if row.startswith("in a quiet month"))
    assert "(0.56 by usage), in a busy one" in sums
    assert sums.endswith("(57.34 by usage)")


def test_json_has_the_three_sums(groundplan: Command, write: Write) -> None:
    write(BLUEPRINT)
    document = groundplan("cost", "--format", "json").json
    usage = {case: sums["usage"] for case, sums in document["forecast"].items()}
    assert usage == {"low": 0.56, "expected": 5.6, "high": 57.34}
    (nat,) = (line for line in document["lines"] if line["sku"] == "nat.gb")
    assert (nat["low"], nat["monthly"], nat["high"]) == (0.56, 5.6, 57.34)


def test_a_region_without_prices_says_so(groundplan: Command, write: Write) -> None:
    write(BLUEPRINT.replace("ap-south-1", "eu-north-1"))
    result = groundplan("cost")
    assert result.code == ExitCode.FINE
    assert "no price of fargate.vcpu_hour is known in eu-north-1" in " ".join(result.out.split())
    assert "have no price that may be quoted in eu-north-1" in result.out
    assert "ap-south-1" not in result.out


def test_absurd_usage_is_bad_input_with_its_place(groundplan: Command, write: Write) -> None:
    write(BLUEPRINT.replace("low: 10 GB", "low: -10 GB"))
    result = groundplan("cost")
    assert result.code == ExitCode.BAD_INPUT
    assert 'usage.nat.low: "-10 GB" is too little; the least is 0 GB' in result.err
    assert "groundplan.yaml:" in result.err
