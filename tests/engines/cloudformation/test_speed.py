"""A hundred services are rendered in a part of the two seconds that checking and both renderings may take."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.engines.cloudformation.large import many_services
from tests.engines.samples import sample_architecture

from groundplan.engines.cloudformation import render


def seconds(services: int) -> float:
    """Processor time, the best of three: what the machine does beside it is not this engine's."""
    architecture = many_services(services)
    times = []
    for _ in range(3):
        start = time.process_time()
        render(architecture)
        times.append(time.process_time() - start)
    return min(times)


def test_a_hundred_services_take_less_than_600_ms() -> None:
    assert seconds(100) < 0.6


def test_time_grows_with_the_number_of_services() -> None:
    assert seconds(160) < 6 * seconds(40)


def test_the_sample_takes_less_than_100_ms() -> None:
    architecture = sample_architecture()
    start = time.process_time()
    render(architecture)
    assert time.process_time() - start < 0.1


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, groundplan.engines.cloudformation\n"
        "heavy = {'boto3', 'botocore', 'moto', 'cfnlint', 'numpy', 'rich', 'pydantic', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
