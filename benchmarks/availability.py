"""How long ten thousand years of personal-timeline's production take: ``.venv/bin/python benchmarks/availability.py``.

CPU time of this process and its largest memory. The formula that ``check`` uses is measured beside it. Exit code 1
where a figure is missed.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from pathlib import Path

from groundplan.blueprint.loading import load_environment
from groundplan.design import design
from groundplan.simulation.availability.montecarlo import simulate
from groundplan.simulation.availability.study import predict

EXAMPLE = Path(__file__).parents[1] / "examples/personal-timeline/groundplan.yaml"
YEARS = 10_000
MOST_SECONDS = 2.0
MOST_MEGABYTES = 300
"""Both bounds are those of the project's issue 9."""


def main() -> int:
    """Print the figures; 1 where one is missed."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("-n", "--runs", type=int, default=5)
    runs = arguments.parse_args().runs
    loaded = load_environment(EXAMPLE, "production")
    architecture = design(loaded)
    formula, simulated = [], []
    for seed in range(runs):
        started = time.process_time()
        found = predict(architecture, loaded.blueprint.reliability, loaded.blueprint.objectives.measured)
        formula.append(time.process_time() - started)
        started = time.process_time()
        for prediction in found:
            simulate(prediction.path.chain, years=YEARS, seed=seed, failover=prediction.path.failover)
        simulated.append(time.process_time() - started)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"formula, all paths, three cases: {statistics.median(formula):.3f} s CPU")
    print(f"{YEARS:,} years of all paths: {statistics.median(simulated):.2f} s CPU, at most {MOST_SECONDS} s")
    print(f"memory: {megabytes:.0f} MB, at most {MOST_MEGABYTES} MB")
    return int(statistics.median(simulated) > MOST_SECONDS or megabytes > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
