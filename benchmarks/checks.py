"""How long all rules take in process, and which take longest: ``.venv/bin/python benchmarks/checks.py [-n RUNS]``.

CPU time of this process, so that other work on the machine counts little. Each run checks a new architecture, for
rules may remember what they found out about one. Exit code 1 where a figure is missed.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from generate import blueprint  # the folder is no package

from groundplan.blueprint.loading import load_environment
from groundplan.checks import all_rules, run
from groundplan.design import design
from groundplan.resources import Architecture

EXAMPLES = Path(__file__).parents[1] / "examples"
SERVICES = 42
"""So many make an architecture of 1,000 resources."""
MEGABYTES = 150
SLOWEST = 8


def architectures(folder: Path) -> list[tuple[str, Architecture, float]]:
    """What is checked: its name, and the seconds that it may take. Sources of the bounds: the project's issue 7."""
    large = folder / "groundplan.yaml"
    large.write_text(blueprint(SERVICES))
    files = {
        "duskspendr, production": (EXAMPLES / "duskspendr/groundplan.yaml", "production", 0.1),
        "solemate, production": (EXAMPLES / "solemate/groundplan.yaml", "production", 0.1),
        "personal-timeline, production": (EXAMPLES / "personal-timeline/groundplan.yaml", "production", 0.1),
        f"{SERVICES} services": (large, None, 1.0),
    }
    return [(name, design(load_environment(file, chosen)), bound) for name, (file, chosen, bound) in files.items()]


def seconds(architecture: Architecture) -> float:
    """CPU seconds of one check of an architecture that no rule has seen."""
    anew = architecture.with_resources(architecture.resources)
    started = time.process_time()
    run(anew)
    return time.process_time() - started


def slowest(architecture: Architecture) -> list[tuple[float, str]]:
    """The rules that take longest, in seconds. What several share counts for the first of them."""
    anew = architecture.with_resources(architecture.resources)
    taken = []
    for rule in all_rules():
        started = time.process_time()
        list(rule.check(anew))
        taken.append((time.process_time() - started, rule.id))
    return sorted(taken, reverse=True)[:SLOWEST]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=9, help="runs of each measurement (default: 9)")
    runs = parser.parse_args().runs
    started = time.process_time()
    count = len(all_rules())
    print(f"{count} rules imported in {time.process_time() - started:.3f} s\n")
    print("| architecture | resources | first ms | median ms | at most ms | slowest rules, ms | |")
    print("|---|---|---|---|---|---|---|")
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, architecture, bound in architectures(Path(folder)):
            first, *others = (seconds(architecture) for _ in range(runs + 1))
            median = statistics.median(others)
            late = max(first, median) > bound
            missed = missed or late
            rules = ", ".join(f"{rule} {taken * 1000:.1f}" for taken, rule in slowest(architecture))
            print(
                f"| {name} | {len(architecture)} | {first * 1000:.0f} | {median * 1000:.0f} | {bound * 1000:.0f} "
                f"| {rules} | {'missed' if late else ''} |"
            )
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    missed = missed or megabytes > MEGABYTES
    print(f"\npeak {megabytes:.0f} MB, at most {MEGABYTES}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
