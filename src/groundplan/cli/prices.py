"""``prices``: which price book holds, and how it is brought up to date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import Format, OutputFormat, Yes, confirm
from groundplan.cli.output import Progress, write, write_json, write_table
from groundplan.errors import InputError
from groundplan.units import counted

if TYPE_CHECKING:
    from groundplan.catalog.prices import Price, PriceBook
    from groundplan.operations.price_refresh import Fresh, Refresh

app = typer.Typer(help="The price book: which one holds, and how it is brought up to date.", no_args_is_help=True)


@app.command()
def show(format: Format = OutputFormat.TABLE) -> None:
    """Which price book `groundplan cost` uses, and of which day it is."""
    from groundplan.catalog import price_file, prices

    refreshed = price_file.refreshed()
    packaged = prices.packaged()
    document: dict[str, object] = {
        "packaged": {"prices": len(packaged), "newest": _newest(packaged)},
        "refreshed": None,
    }
    if refreshed:
        document["refreshed"] = {
            "file": str(refreshed.path),
            "at": refreshed.at.isoformat(),
            "prices": len(refreshed.prices),
            "newest": max((price.source_date for price in refreshed.prices), default=""),
        }
    if format is OutputFormat.JSON:
        write_json(document)
        return
    write(f"packaged: {counted(len(packaged), 'price')}, the newest of {_newest(packaged)}")
    write(_said_of_refreshed(packaged))


def _said_of_refreshed(packaged: PriceBook) -> str:
    from groundplan.catalog import price_file

    refreshed = price_file.refreshed()
    if not refreshed:
        where = price_file.location()
        return f"refreshed: none ({where or f'{price_file.VARIABLE}={price_file.PACKAGED}'})"
    newest = max((price.source_date for price in refreshed.prices), default="")
    older = newest < _newest(packaged)
    return (
        f"refreshed: {len(refreshed.prices)} prices, the newest of {newest}, which hold before the packaged ones: "
        f"{refreshed.path}, made {refreshed.at:%Y-%m-%d}"
        + (". They are older than the packaged ones: refresh or reset them" if older else "")
    )


def _newest(book: PriceBook) -> str:
    """The latest day that any source of the book names."""
    return max((day for price in book for day in re.findall(r"\d{4}-\d\d-\d\d", price.source_date)), default="")


@app.command()
def refresh(
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service", help="Only this service, like rds or AmazonRDS. May be repeated.", show_default=False
        ),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(
            "--region",
            help="Only this region, or one that the book has no prices of yet. May be repeated. Default: every region "
            "of the book.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")] = False,
    any_change: Annotated[
        bool, typer.Option("--any-change", help="Take prices that have more than doubled or halved, too.")
    ] = False,
    mirror: Annotated[
        str | None,
        typer.Option("--from", help="Address of a mirror of AWS's offer files.", metavar="URL", show_default=False),
    ] = None,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Read today's prices from AWS's public price list, show what changes, and write them once it is confirmed.

    With the prices of EC2, RDS and ElastiCache come the reserved terms that `groundplan savings` quotes. No account is
    needed. The files of Amazon EC2 are some 250 MB for each region: --service and --region save time.
    """
    from datetime import UTC, datetime

    from groundplan.catalog import price_file, prices
    from groundplan.operations.price_refresh import ADDRESS, merged
    from groundplan.operations.price_refresh import refresh as ask

    path = price_file.location()
    if path is None and not dry_run:
        raise InputError(
            f"{price_file.VARIABLE}={price_file.PACKAGED} says that no refreshed prices are used: unset it"
        )
    with Progress() as progress:
        found = ask(
            prices.book(),
            services=service or (),
            regions=region or (),
            address=mirror or ADDRESS,
            any_change=any_change,
            report=lambda text: progress(text, passing=True),
        )
    if format is OutputFormat.JSON:
        write_json(_data(found))
    else:
        _write(found)
    if dry_run or not found.fresh or path is None:
        return
    confirm(f"Write {counted(len(found.fresh), 'price')} to {path}?", yes=yes)
    before = price_file.refreshed()
    price_file.write(path, merged(before.prices if before else (), found), datetime.now(UTC).replace(microsecond=0))
    prices.book.cache_clear()
    if format is OutputFormat.TABLE:
        write(f"written: {path}")


@app.command()
def reset(yes: Yes = False) -> None:
    """Remove the refreshed prices: the packaged price book holds again."""
    from groundplan.catalog import price_file, prices

    path = price_file.location()
    if path is None or not path.exists():
        write("there are no refreshed prices")
        return
    confirm(f"Remove {path}?", yes=yes)
    price_file.remove(path)
    prices.book.cache_clear()
    write(f"removed: {path}")


def _write(found: Refresh) -> None:
    rows = [
        (
            each.new.sku,
            each.new.region,
            "" if each.old is None else _amount(each.old),
            _amount(each.new),
            _change(each),
            each.new.source_date,
        )
        for each in found.changes
    ]
    if rows:
        write_table(("sku", "region", "USD", "now", "change", "published"), rows, right=("USD", "now", "change"))
    if found.kept:
        write("Stay as they are:")
        reasons: dict[str, list[str]] = {}
        for kept in found.kept:
            reasons.setdefault(kept.why, []).append(f"{kept.sku} ({kept.region})")
        for why, which in reasons.items():
            write(f"  {why}: {', '.join(which[:6])}{f' and {len(which) - 6} more' if len(which) > 6 else ''}")
    same = len(found.fresh) - len(found.changes)
    write(f"{len(found.changes)} prices change, {same} are confirmed, {len(found.kept)} stay as they are")


def _amount(price: Price) -> str:
    """A price in USD, or what a term takes off the price on demand."""
    from groundplan.catalog.reservations import UNIT

    return f"{price.usd:.2f} %" if price.unit == UNIT else f"{price.usd:f}"


def _change(fresh: Fresh) -> str:
    from groundplan.catalog.reservations import UNIT

    if fresh.percent is None:
        return "new"
    return f"{fresh.percent:+.1f} {'points' if fresh.new.unit == UNIT else '%'}"


def _data(found: Refresh) -> dict[str, object]:
    return {
        "changes": [
            {
                "sku": each.new.sku,
                "region": each.new.region,
                "old": each.old.usd if each.old else None,
                "new": each.new.usd,
                "unit": each.new.unit,
                "published": each.new.source_date,
                "source": each.new.source,
            }
            for each in found.changes
        ],
        "confirmed": [f"{each.new.sku} in {each.new.region}" for each in found.fresh if not each.changed],
        "kept": [{"sku": kept.sku, "region": kept.region, "why": kept.why} for kept in found.kept],
    }
