"""``make faults``: every fault of every system, or as many as there is time for.

    python -m tests.operations.faults [--system NAME] [--seconds N] [--log FILE]

With ``--log`` what was tried is written down, and a later run goes on from there. Exit code 1: after faults a run did
not end in the wanted state.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.operations.faults.account import Account
from tests.operations.faults.chain import Pass, passes, sorts
from tests.operations.faults.trial import Environment

SYSTEMS = (
    ("spontime", "poc", None),
    ("spendsense", "prod", None),
    ("duskspendr", "production", None),
    ("solemate", "production", None),
    ("personal-timeline", "production", "shared"),
)
"""Example, environment, and what has to stand in its account first."""


def main() -> int:
    """Try faults and tell what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.operations.faults")
    parser.add_argument("--system", choices=[system[0] for system in SYSTEMS])
    parser.add_argument("--seconds", type=float, default=float("inf"), help="for each system")
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    done = given.log.read_text().splitlines() if given.log and given.log.exists() else []
    told, failed = {str(json.loads(line)["fault"]) for line in done}, 0
    account = Account()
    with tempfile.TemporaryDirectory() as folder:
        for system, name, shared in SYSTEMS:
            if given.system in (None, system):
                environment = Environment(system, name, account, Path(folder), shared)
                failed += _try(environment, given.seconds, told, given.log)
    return 1 if failed else 0


def _try(environment: Environment, seconds: float, told: set[str], log: Path | None) -> int:
    """Try the faults of an environment. Returns how many series of them ended with something that does not hold."""
    faults = list(environment.faults())
    left = [fault for fault in faults if f"{environment.system} {fault}" not in told]
    met, over, failed, begun = 0, 0, 0, time.monotonic()
    for sort in sorts(left):
        for done in passes(environment, sort):
            met += len(done.met)
            failed += bool(done.problems)
            for problem in done.problems:
                sys.stdout.write(f"{environment.system} {environment.name}: {problem}\n")
            if log:
                _log(log, environment, done)
            if time.monotonic() - begun > seconds:
                break
        over += len(done.passed_over)
        sys.stdout.write(f"{environment.system}: {sort[0].start}, {sort[0].kind}, {sort[0].loses} lost: {met} by now\n")
        sys.stdout.flush()
        if time.monotonic() - begun > seconds:
            break
    sys.stdout.write(
        f"{environment.system} {environment.name}: of {len(faults)} faults {met} tried now and "
        f"{len(faults) - len(left)} before; {over} never reached; {failed} series ended otherwise than wanted\n"
    )
    sys.stdout.flush()
    return failed


def _log(log: Path, environment: Environment, done: Pass) -> None:
    with log.open("a") as file:
        for fault in done.met:
            told = {"fault": f"{environment.system} {fault}", "happened": True, "problems": done.problems}
            file.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    sys.exit(main())
