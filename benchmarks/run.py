"""How long commands take and how much memory they need: ``.venv/bin/python benchmarks/run.py [-n RUNS] [WORD…]``.

Every figure is of a whole process, from its start to its end, as a person waits for it. With words, only the
measurements whose name holds one of them are taken. Exit code 1 where a figure is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from generate import blueprint  # the folder is no package

ROOT = Path(__file__).parents[1]
DUSKSPENDR = ROOT / "examples/duskspendr/groundplan.yaml"
TIMELINE = ROOT / "examples/personal-timeline/groundplan.yaml"
SYSTEMS = (
    ("spontime", "poc"),
    ("spendsense", "dev", "--set", "owner_id=jane"),
    ("spendsense", "staging", "--set", "owner_id=jane"),
    ("spendsense", "prod", "--set", "owner_id=jane"),
    ("solemate", "staging"),
    ("solemate", "production"),
)
"""The other examples: folder, environment, and what else the command needs."""
SCRIPT = Path(sys.executable).with_name("groundplan")


@dataclass(frozen=True)
class Run:
    """One run: wall clock and the processes' own time in seconds, the largest process in MB."""

    seconds: float
    cpu: float
    megabytes: float

    def __add__(self, other: Run) -> Run:
        """One after the other."""
        return Run(self.seconds + other.seconds, self.cpu + other.cpu, max(self.megabytes, other.megabytes))


@dataclass(frozen=True)
class Measurement:
    """What is measured, and what it may take at most."""

    name: str
    run: Callable[[], Run]
    seconds: float | None = None
    megabytes: float | None = None
    before: Callable[[], object] = lambda: None
    """What has to be done before each run; its time does not count."""
    runs: int | None = None
    """Fewer than asked for, where one takes long."""


def groundplan(*arguments: str | Path, expect: tuple[int, ...] = (0,)) -> Run:
    """Run one command."""
    return run([str(SCRIPT), *map(str, arguments)], expect)


def run(command: list[str], expect: tuple[int, ...] = (0,)) -> Run:
    """Run one process. Python may keep its compiled modules, as it does wherever Groundplan is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stderr is not None
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    process.stderr.close()
    if process.returncode not in expect:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{told.decode()}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def both(file: Path, folder: Path) -> Run:
    """Both renderings, one after the other."""
    total = Run(0, 0, 0)
    for engine in ("terraform", "cloudformation"):
        total += groundplan("render", "--engine", engine, "--out", folder / engine, "-f", file)
    return total


def all_three(file: Path, folder: Path) -> Run:
    """Check and both renderings, one after the other."""
    return groundplan("check", "-f", file, "--format", "json", expect=(0, 1)) + both(file, folder)


def in_one_process(file: Path, folder: Path) -> Run:
    """Check and both renderings in one process, as a program does that uses Groundplan as a library."""
    commands = [["check", "-f", str(file), "--format", "json"]]
    for engine in ("terraform", "cloudformation"):
        commands.append(["render", "--engine", engine, "--out", str(folder / engine), "-f", str(file)])
    program = f"from groundplan.cli.main import run\nassert all(run(command) < 2 for command in {commands!r})"
    return run([sys.executable, "-c", program])


ALL_PAIRS = """
import json, resource, sys, time
from pathlib import Path
from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.reachability.matrix import all_pairs
architecture = design(read_source(Path(sys.argv[1])).environment())
started, cpu = time.perf_counter(), time.process_time()
assert len(all_pairs(architecture)) > 100
took = time.perf_counter() - started, time.process_time() - cpu
print(json.dumps([*took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def all_pairs(file: Path) -> Run:
    """Who reaches whom, without the reading and designing before it: the bound is on the proof alone."""
    done = subprocess.run([sys.executable, "-c", ALL_PAIRS, str(file)], capture_output=True, text=True, check=True)
    return Run(*json.loads(done.stdout))


ALL_COSTS = """
import sys
from pathlib import Path
from groundplan import cost
from groundplan.api.files import read_source
from groundplan.design import design
for file in map(Path, sys.argv[1:]):
    source = read_source(file)
    source = source.with_settings(["owner_id=jane"]) if file.parent.name == "spendsense" else source
    for loaded in map(source.environment, source.environments):
        objectives = loaded.blueprint.objectives
        assert cost.estimate(design(loaded), loaded.blueprint.usage, objectives.budget).lines
"""


def all_costs() -> Run:
    """What every environment of the five systems costs, in one process."""
    return run([sys.executable, "-c", ALL_COSTS, *map(str, sorted(ROOT.glob("examples/*/groundplan.yaml")))])


DOCUMENTS = """
import contextlib, io, json, resource, sys, time
from groundplan.cli.main import run
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    assert run(["docs", "-f", sys.argv[1], "-e", "poc", "--out", sys.argv[3] + "/other"]) == 0
    started, cpu = time.perf_counter(), time.process_time()
    assert run(["docs", "-f", sys.argv[2], "-e", "production", "--out", sys.argv[3]]) == 0
took = time.perf_counter() - started, time.process_time() - cpu
print(json.dumps([*took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def documents(file: Path, folder: Path) -> Run:
    """All documents of a production environment, from reading the blueprint to the last file, without Python's start
    and imports: those of another system come first."""
    other = ROOT / "examples/spontime/groundplan.yaml"
    program = [sys.executable, "-c", DOCUMENTS, str(other), str(file), str(folder)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return Run(*json.loads(done.stdout))


def modules(folder: Path) -> Run:
    """personal-timeline's three environments through modules that they share."""
    return groundplan("render", "--engine", "terraform", "--layout", "modules", "--out", folder, "-f", TIMELINE)


def a_day() -> Run:
    """50,000 users over a day in steps of a second, on tasks that scale."""
    return groundplan("simulate", "traffic", "-f", DUSKSPENDR, "--users", "50000", expect=(1,))


def measurements(folder: Path) -> list[Measurement]:
    """All of them, in the order of the table. Sources of the bounds: the project's issues 1, 4, 6, 8, 10 and 11."""
    found = [
        Measurement("validate", lambda: groundplan("validate", "-f", DUSKSPENDR), 0.4, 120),
        Measurement("check", lambda: groundplan("check", "-f", DUSKSPENDR, expect=(0, 1)), 0.8, 120),
        Measurement("cost", lambda: groundplan("cost", "-f", DUSKSPENDR), 0.5, 120),
        Measurement("cost of all environments of the five systems, one process", all_costs, 1.0),
        Measurement("render for both engines", lambda: both(DUSKSPENDR, folder / "small"), 1.0, 120),
        Measurement("personal-timeline: render modules", lambda: modules(folder / "modules"), 1.5),
        Measurement("duskspendr: all documents, in process", lambda: documents(DUSKSPENDR, folder / "docs"), 1.0),
        Measurement("personal-timeline: all documents, in process", lambda: documents(TIMELINE, folder / "docs"), 1.0),
    ]
    for services in (25, 50, 100, 200):
        file = folder / f"{services}.yaml"
        file.write_text(blueprint(services))
        bounds = (2.0, 250) if services == 100 else (None, None)
        name = f"{services} services: check and render for both"
        found.append(
            Measurement(f"{name}, one process", partial(in_one_process, file, folder / f"{services}-one"), *bounds)
        )
        found.append(
            Measurement(f"{name}, three processes", partial(all_three, file, folder / f"{services}-three"), runs=3)
        )
    return [
        *found,
        Measurement("simulate traffic: a day at 50,000 users", a_day, 2.0, 300),
        Measurement("100 services: all pairs", lambda: all_pairs(folder / "100.yaml"), 1.0, 150),
        Measurement("local: deploy, cold", lambda: deployed("deploy", "-f", DUSKSPENDR), 15, before=reset, runs=3),
        Measurement("local: deploy, no change", lambda: groundplan("deploy", "-f", DUSKSPENDR), 3),
        Measurement("local: plan, no change", lambda: groundplan("plan", "-f", DUSKSPENDR), 3),
        *[of_system(*system) for system in SYSTEMS],
    ]


def of_system(name: str, environment: str, *options: str) -> Measurement:
    """The deployment of an example into an empty local AWS, which is started for it."""
    file = ROOT / "examples" / name / "groundplan.yaml"
    command: tuple[str | Path, ...] = ("deploy", "-f", file, "-e", environment, *options)
    deploy = partial(deployed, *command)
    return Measurement(f"{name}, {environment}: deploy, cold", deploy, 15, before=reset, runs=3)


def deployed(*command: str | Path) -> Run:
    """A deployment that starts the local AWS, whose own time and memory count, too: it is most of the work."""
    done = groundplan(*command)
    address = json.loads((Path(os.environ["GROUNDPLAN_STATE_DIR"]) / "daemon.json").read_text())
    process = Path("/proc") / str(address["pid"])
    if not process.exists():  # another system than Linux
        return done
    user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
    peak = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return done + Run(0, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) / 1024)


def reset() -> None:
    """No local AWS, and nothing that one would remember."""
    groundplan("local", "reset", "--yes")


def report(measured: dict[str, list[Run]], bounds: dict[str, Measurement]) -> bool:
    """Print the table; whether every figure is reached."""
    print("| measurement | median s | min s | max s | at most s | CPU s | peak MB | at most MB | |")
    print("|---|---|---|---|---|---|---|---|---|")
    reached = True
    for name, runs in measured.items():
        bound = bounds[name]
        median = statistics.median(run.seconds for run in runs)
        memory = max(run.megabytes for run in runs)
        late = bound.seconds is not None and median > bound.seconds
        large = bound.megabytes is not None and memory > bound.megabytes
        reached = reached and not late and not large
        cells = (
            name,
            f"{median:.2f}",
            f"{min(run.seconds for run in runs):.2f}",
            f"{max(run.seconds for run in runs):.2f}",
            bound.seconds or "",
            f"{statistics.median(run.cpu for run in runs):.2f}",
            f"{memory:.0f}",
            bound.megabytes or "",
            "missed" if late or large else "",
        )
        print("| " + " | ".join(map(str, cells)) + " |")
    return reached


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=5, help="runs of each measurement (default: 5)")
    parser.add_argument("words", nargs="*", help="only measurements whose name holds one of these words")
    arguments = parser.parse_args()
    measured: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory(prefix="groundplan-benchmark-") as name:
        folder = Path(name)
        os.environ["GROUNDPLAN_STATE_DIR"] = str(folder / "state")
        chosen = [
            item
            for item in measurements(folder)
            if not arguments.words or any(word in item.name for word in arguments.words)
        ]
        groundplan("check", "-f", DUSKSPENDR, expect=(0, 1))  # compiles the modules
        try:
            for item in chosen:
                print(f"{item.name} …", file=sys.stderr)
                for _ in range(min(arguments.runs, item.runs or arguments.runs)):
                    item.before()
                    measured.setdefault(item.name, []).append(item.run())
        finally:
            groundplan("local", "stop")
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}, load {load:.1f}\n")
    reached = report(measured, {item.name: item for item in chosen})
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
