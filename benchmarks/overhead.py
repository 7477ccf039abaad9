"""How much longer a deployment takes than CloudFormation: ``.venv/bin/python benchmarks/overhead.py [-n RUNS]``.

Two runs of ``groundplan deploy`` against the local AWS, from nothing and then with another tag, which nearly every
resource gets. CloudFormation's time is when at least one stack is under way, by the events of the stacks; the rest is
our own: Python's start, design, plan, change sets, and noticing late that a stack has ended. How long AWS takes is
reckoned from the usual creation times of the longest chain of stacks (``catalog/data/creation_times``): our own time is
the same there, but for the looks, of which each costs at most a sixteenth of what is waited for.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from groundplan.api.files import read_source
from groundplan.catalog.creation_times import usual_seconds
from groundplan.cli.engine import prepared
from groundplan.design import design
from groundplan.engines.cloudformation import Rendering
from groundplan.targets.connection import Connection, connect

EXAMPLES = Path(__file__).parents[1] / "examples"
SYSTEMS = (("duskspendr", "production", ""), ("personal-timeline", "production", "shared"))
"""Example, environment, and what has to stand in its account first."""
SCRIPT = Path(sys.executable).with_name("groundplan")


def deploy(system: str, environment: str, *options: str) -> float:
    """Seconds of the whole process."""
    file = EXAMPLES / system / "groundplan.yaml"
    started = time.perf_counter()
    subprocess.run(
        [SCRIPT, "deploy", "-f", file, "-e", environment, *options], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - started


def busy(connection: Connection, rendering: Rendering, since: datetime) -> list[tuple[datetime, datetime]]:
    """When CloudFormation was at work on each stack."""
    found = []
    for stack in rendering.stacks:
        pages = connection.cloudformation(stack.region).get_paginator("describe_stack_events")
        times = [
            event["Timestamp"]
            for page in pages.paginate(StackName=stack.name)
            for event in page["StackEvents"]
            if event["Timestamp"] >= since and event.get("ResourceStatus") != "REVIEW_IN_PROGRESS"
        ]
        if times:
            found.append((min(times), max(times)))
    return found


def together(intervals: Iterable[tuple[datetime, datetime]]) -> float:
    """Seconds that at least one of them covers."""
    seconds, end = 0.0, None
    for first, last in sorted(intervals):
        first = max(first, end) if end else first
        if last > first:
            seconds += (last - first).total_seconds()
        end = max(last, end) if end else last
    return seconds


def on_aws(rendering: Rendering) -> float:
    """Seconds that AWS usually takes for the longest chain of stacks, each as long as its slowest resource."""
    done: dict[str, float] = {}
    for stack in rendering.stacks:  # each stands behind those that it needs
        resources = stack.template["Resources"]
        assert isinstance(resources, dict)
        slowest = max((usual_seconds(item["Type"]) or 0 for item in resources.values()), default=0)
        done[stack.name] = slowest + max((done[name] for name in stack.depends_on), default=0.0)
    return max(done.values())


def measure(system: str, environment: str, shared: str) -> None:
    """Print a line for each of two deployments."""
    subprocess.run([SCRIPT, "local", "reset", "--yes"], check=True, capture_output=True)
    subprocess.run([SCRIPT, "local", "start"], check=True, capture_output=True)
    connection = connect("local")
    if shared:
        deploy(system, shared)
    for what, options in (("from nothing", ()), ("every tag", ("--set", "tags.Revision=2"))):
        loaded = read_source(EXAMPLES / system / "groundplan.yaml").with_settings(options[1:]).environment(environment)
        _, rendering = prepared(loaded, design(loaded))
        since = datetime.now().astimezone()
        whole = deploy(system, environment, *options)
        theirs = together(busy(connection, rendering, since))
        own = whole - theirs
        aws = on_aws(rendering)
        print(
            f"| {system} {environment}, {what} | {whole:.1f} | {theirs:.1f} | {own:.1f} | {own / theirs:.0%} | "
            f"{aws / 60:.0f} min | {own / aws:.1%} |"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=1)
    runs = parser.parse_args().runs
    print("| deployment | whole s | CloudFormation s | our own s | of the local AWS's | AWS's usual | of AWS's |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="groundplan-benchmark-") as folder:
        os.environ["GROUNDPLAN_STATE_DIR"] = folder
        try:
            for _ in range(runs):
                for system in SYSTEMS:
                    measure(*system)
        finally:
            subprocess.run([SCRIPT, "local", "stop"], capture_output=True)


if __name__ == "__main__":
    main()
