"""docs/second-opinion.md: each check that failed, in each environment, and what becomes of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from tests.second_opinion.verdicts import Exemption, Failure, Kind, Verdict

DOCUMENT = Path(__file__).parents[2] / "docs" / "second-opinion.md"
_HEAD = """\
# A second opinion

What [Checkov](https://www.checkov.io) and [cfn-lint](https://github.com/aws-cloudformation/cfn-lint) find in the
examples, and what becomes of it. `make second-opinion` writes this page: for every environment of the five systems it
renders both engines, plans the Terraform with the real core and a stand-in for the provider, and runs Checkov on the
plan and on the CloudFormation templates, cfn-lint on the templates. It is no part of `make test`; Checkov gets an
environment of its own, `.checkov-venv`.

A check that fails ends in one of four ways:

- **accepted**: a rule of Groundplan corresponds to it, speaks of the same resource, and the blueprint accepts that
  finding with a reason.
- **exempt**: Checkov cannot see what is there, or asks for what is not right;
  `tests/second_opinion/exemptions.toml` says why. An entry that is about nothing found is itself a failure.
- **said**: in an environment that is not production, a corresponding rule says it; nobody has to accept it there.
- **open**: none of these. Then the command fails.
"""


@dataclass(frozen=True)
class Opinion:
    """What was found in one environment."""

    name: str
    is_production: bool
    verdicts: tuple[Verdict, ...]
    templates: int
    linted: tuple[str, ...]
    """What cfn-lint found and nobody accepted."""


def written(
    opinions: Sequence[Opinion],
    titles: Mapping[str, str],
    exemptions: Sequence[Exemption],
    versions: Mapping[str, str],
    day: str,
) -> str:
    """The page."""
    return "\n".join(
        (
            _HEAD,
            f"{day}, with {', '.join(f'{name} {version}' for name, version in versions.items())}.",
            "",
            *_summary(opinions),
            *_checks(opinions, titles),
            *_accepted(opinions),
            *_exempt(exemptions),
        )
    )


def _summary(opinions: Sequence[Opinion]) -> Iterator[str]:
    yield "## Environments\n"
    yield "| environment | Checkov: accepted | exempt | said | open | cfn-lint: templates | findings |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for opinion in opinions:
        kinds = [verdict.kind for verdict in opinion.verdicts]
        counts = [kinds.count(kind) for kind in get_args(Kind)]
        name = f"**{opinion.name}**" if opinion.is_production else opinion.name
        yield f"| {name} | {' | '.join(map(str, counts))} | {opinion.templates} | {len(opinion.linted)} |"
    yield "\nProduction is printed bold. Counted are pairs of a check and a resource.\n"


def _checks(opinions: Sequence[Opinion], titles: Mapping[str, str]) -> Iterator[str]:
    found: dict[str, dict[str, list[Verdict]]] = {}
    for opinion in opinions:
        for verdict in opinion.verdicts:
            found.setdefault(verdict.failure.check, {}).setdefault(opinion.name, []).append(verdict)
    yield "## Checks\n"
    yield "| check | what it asks for | where, and what becomes of it |"
    yield "|---|---|---|"
    for check in sorted(found):
        places = "<br>".join(f"{name}: {_counted(verdicts)}" for name, verdicts in found[check].items())
        yield f"| {check} | {titles[check]} | {places} |"
    yield ""


def _counted(verdicts: Sequence[Verdict]) -> str:
    counts: dict[str, int] = {}
    for verdict in verdicts:
        word = f"{verdict.kind} ({verdict.by})" if verdict.by else verdict.kind
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))


def _accepted(opinions: Sequence[Opinion]) -> Iterator[str]:
    yield "## Accepted in the blueprints\n"
    yield "| environment | rule | checks | reason |"
    yield "|---|---|---|---|"
    for opinion in opinions:
        groups: dict[tuple[str, str], set[str]] = {}
        for verdict in opinion.verdicts:
            if verdict.kind == "accepted":
                groups.setdefault((verdict.by, verdict.reason), set()).add(verdict.failure.check)
        for (rule, reason), checks in sorted(groups.items()):
            yield f"| {opinion.name} | {rule} | {', '.join(sorted(checks))} | {reason} |"
    yield ""


def _exempt(exemptions: Sequence[Exemption]) -> Iterator[str]:
    yield "## Exempt\n"
    yield "| check | resources | reason |"
    yield "|---|---|---|"
    for item in exemptions:
        resources = ", ".join(f"`{pattern}`" for pattern in item.resources)
        yield f"| {item.check} | {resources} | {item.reason} ([source]({item.source})) |"
    yield ""


def record(failures: Mapping[str, Sequence[Failure]], titles: Mapping[str, str]) -> str:
    """What was found, as data: environment, check, resource and the check's title, a line each."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("environment", "check", "resource", "title"))
    for name in failures:
        lines.writerows((name, item.check, item.resource, titles[item.check]) for item in sorted(set(failures[name])))
    return text.getvalue()


def recorded(text: str) -> tuple[dict[str, list[Failure]], dict[str, str]]:
    """What ``record`` wrote: failures by environment, and titles by check."""
    found: dict[str, list[Failure]] = {}
    titles: dict[str, str] = {}
    for line in csv.DictReader(text.splitlines()):
        found.setdefault(line["environment"], []).append(Failure(line["check"], line["resource"]))
        titles[line["check"]] = line["title"]
    return found, titles
