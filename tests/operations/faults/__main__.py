"""``make faults``: every fault of every system, or as many as there is time for, in an order that a seed decides.

    python -m tests.operations.faults [--system NAME] [--seconds N] [--seed N] [--log FILE]

With ``--log`` what was tried is written down, fault by fault, and a later run goes on from there. Exit code 1: after a
fault the next run did not end in the wanted state.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tests.operations.faults.account import Account
from tests.operations.faults.trial import CHANGE, Environment, attempt

SYSTEMS = (
    ("spontime", "poc", None, CHANGE),
    ("spendsense", "prod", None, CHANGE),
    ("duskspendr", "production", None, "alarms.cpu=81%"),
    ("solemate", "production", None, "alarms.cpu=81%"),
    ("personal-timeline", "production", "shared", "alarms.cpu=81%"),
)
"""Example, environment, what has to stand in its account first, and what an earlier revision did not have."""


def main() -> int:
    """Try faults and tell what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.operations.faults")
    parser.add_argument("--system", choices=[system[0] for system in SYSTEMS])
    parser.add_argument("--seconds", type=float, default=float("inf"), help="for each system")
    parser.add_argument("--seed", type=int, default=10)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    done = given.log.read_text().splitlines() if given.log and given.log.exists() else []
    told, failed = {str(json.loads(line)["fault"]) for line in done}, 0
    account = Account()
    with tempfile.TemporaryDirectory() as folder:
        for system, name, shared, change in SYSTEMS:
            if given.system in (None, system):
                environment = Environment(system, name, account, Path(folder), shared, change)
                failed += _try(environment, given.seconds, given.seed, told, given.log)
    return 1 if failed else 0


def _try(environment: Environment, seconds: float, seed: int, told: set[str], log: Path | None) -> int:
    """Try the faults of an environment. Returns after how many of them something does not hold."""
    faults = list(environment.faults())
    random.Random(seed).shuffle(faults)
    counts: Counter[str] = Counter()
    begun = time.monotonic()
    for fault in faults:
        title = f"{environment.system} {fault}"
        if title in told:
            continue
        if time.monotonic() - begun > seconds:
            break
        outcome = attempt(environment, fault)
        counts["tried"] += outcome.happened
        counts["never reached"] += not outcome.happened
        counts["told as failed"] += outcome.happened and not outcome.first
        counts["not mended"] += bool(outcome.problems)
        for problem in outcome.problems:
            sys.stdout.write(f"{title}: {problem}\n")
        if log:
            with log.open("a") as file:
                file.write(json.dumps({"fault": title, **asdict(outcome) | {"fault": title}}) + "\n")
    mended = counts["tried"] - counts["not mended"]
    sys.stdout.write(
        f"{environment.system} {environment.name}: {counts['tried']} of {len(faults)} faults tried "
        f"({counts['told as failed']} failed the deployment), {mended} mended by the next run, "
        f"{counts['never reached']} never reached\n"
    )
    sys.stdout.flush()
    return counts["not mended"]


if __name__ == "__main__":
    sys.exit(main())
