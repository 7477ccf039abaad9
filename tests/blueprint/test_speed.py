"""``groundplan validate`` has 0.4 s for everything; what the blueprint takes of that is held here."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.blueprint.conftest import Write

from groundplan.blueprint.loading import load_all

ENTRY = """
  s{n}:
    image: {{repository: s{n}}}
    port: 3000
    size: {{cpu: 512, memory: 1024}}
    health: {{path: /health, interval: 30s, timeout: 5s}}
    tasks: {{desired: 3, min: 3, max: 20}}
    scaling: {{cpu: 70%, memory: 80%}}
    public: {{domain: s{n}.example.com}}
    needs: [main]
"""
HEAD = "project: shop\nregion: eu-west-1\ndatabases: {main: {engine: postgres 15, class: db.t4g.micro}}\nservices:"


def median_seconds(file: Path) -> float:
    load_all(file)  # the models are built once
    times = []
    for _ in range(7):
        start = time.perf_counter()
        load_all(file)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def test_a_hundred_lines_take_less_than_60_ms(write: Write) -> None:
    text = HEAD + "".join(ENTRY.format(n=n) for n in range(11))
    assert 100 <= len(text.split("\n")) <= 130
    assert median_seconds(write(text)) < 0.060


def test_time_grows_with_the_file_and_no_faster(write: Write) -> None:
    small = median_seconds(write(HEAD + "".join(ENTRY.format(n=n) for n in range(20))))
    large = median_seconds(write(HEAD + "".join(ENTRY.format(n=n) for n in range(200))))
    assert large < 25 * small  # ten times the entries


def test_nothing_heavy_is_imported() -> None:
    program = "import groundplan.blueprint.loading, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert not {"boto3", "botocore", "moto", "cfnlint", "numpy", "rich", "typer", "jsonschema"} & set(loaded)
