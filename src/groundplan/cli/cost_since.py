"""``cost --since``: what has changed on the bill since a revision of the blueprint."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.cli.options import OutputFormat
from groundplan.cli.output import say, write, write_json, write_table

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.cost import Estimate
    from groundplan.cost.difference import Difference
    from groundplan.cost.model import Line


def write_difference(
    file: Path,
    revision: str,
    chosen: Sequence[LoadedEnvironment],
    estimates: Sequence[Estimate],
    settings: list[str] | None,
    format: OutputFormat,
    *,
    several: bool,
) -> None:
    """Each line that is added, removed or changed, at today's prices. Raises as ``api.files.read_revision``."""
    from groundplan.cost.difference import difference

    earlier = _earlier(file, revision, chosen, settings)
    found = [difference(earlier.get(one.name), now) for one, now in zip(chosen, estimates, strict=True)]
    names = [loaded.name for loaded in chosen]
    if format is OutputFormat.JSON:
        data = [_data(each, name, revision) for each, name in zip(found, names, strict=True)]
        write_json(data if several else data[0])
        return
    for each, name in zip(found, names, strict=True):
        _write(each, name, revision)
    if several:
        from groundplan.cost.report import cents

        together = cents(sum((each.monthly for each in found), Decimal(0)))
        write(f"Together: {together:+} USD/month since {revision}")


def _earlier(
    file: Path, revision: str, chosen: Sequence[LoadedEnvironment], settings: list[str] | None
) -> dict[str, Estimate]:
    """The estimates that the revision had, by what the environment is called now."""
    from groundplan.api.files import read_revision
    from groundplan.cost import estimate_together
    from groundplan.design import design

    source = read_revision(file, revision).with_settings(settings or [])
    before: dict[str, LoadedEnvironment] = {}
    for loaded in chosen:
        called = (loaded.name, loaded.blueprint.renamed.environment)
        was = next((name for name in called if name in source.environments), None)
        if was is None:
            say(f"the revision {revision} has no environment {loaded.name}: everything in it is new")
        else:
            before[loaded.name] = source.environment(was)
    estimates = estimate_together((loaded, design(loaded)) for loaded in before.values())
    return dict(zip(before, estimates, strict=True))


def _write(found: Difference, name: str, revision: str) -> None:
    from groundplan.cost.report import cents

    if found.lines:
        rows = [
            (each.change, each.line.resource, _formulas(each.before, each.after), f"{cents(each.monthly):+}")
            for each in found.lines
        ]
        write_table(("change", "resource", "formula", "USD/month"), rows, right=("USD/month",))
    for title, items in (("Now", found.unpriced), ("No longer", found.no_longer_unpriced)):
        if items:
            write(f"{title} among what is not in the sum:")
            write_table(("resource", "why"), [(item.resource, item.why) for item in items])
    before = found.before.monthly if found.before else Decimal(0)
    write(
        f"{name}: {cents(found.monthly):+} USD/month since {revision}, "
        f"from {cents(before)} to {cents(found.after.monthly)} at today's prices"
    )
    if found.quiet_and_busy:
        quiet, busy = found.quiet_and_busy
        write(f"in a quiet month {cents(quiet):+} USD, in a busy one {cents(busy):+} USD")


def _formulas(before: Line | None, after: Line | None) -> str:
    return "\nwas ".join(line.formula for line in (after, before) if line is not None)


def _data(found: Difference, name: str, revision: str) -> dict[str, object]:
    from groundplan.cost.report import cents

    data: dict[str, object] = {
        "environment": name,
        "since": revision,
        "before": cents(found.before.monthly) if found.before else None,
        "after": cents(found.after.monthly),
        "difference": cents(found.monthly),
        "lines": [
            {
                "change": each.change,
                "resource": each.line.resource,
                "sku": each.line.sku,
                "before": _side(each.before),
                "after": _side(each.after),
                "difference": cents(each.monthly),
            }
            for each in found.lines
        ],
        "unpriced": [{"resource": item.resource, "why": item.why} for item in found.unpriced],
        "no_longer_unpriced": [{"resource": item.resource, "why": item.why} for item in found.no_longer_unpriced],
    }
    if found.quiet_and_busy:
        quiet, busy = found.quiet_and_busy
        data["quiet_month"], data["busy_month"] = cents(quiet), cents(busy)
    return data


def _side(line: Line | None) -> dict[str, object] | None:
    from groundplan.cost.report import cents

    return None if line is None else {"monthly": cents(line.monthly), "formula": line.formula}
