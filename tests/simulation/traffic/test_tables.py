"""CSV files of people: what is read, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.errors import EnvironmentalError, InputError
from groundplan.simulation.traffic.tables import read_measured, read_replay


def written(folder: Path, text: str) -> Path:
    file = folder / "data.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_load_test_says_what_a_request_costs(tmp_path: Path) -> None:
    """40 ms of a vCPU at every step, on half a vCPU: 80 ms of service, and 25 ms beside it."""
    file = written(
        tmp_path,
        "# k6, 2026-11-20\nrequests_per_second,cpu_percent,latency_ms,tasks\n5,40,130,1\n10,40,131,2\n2,16,105,1\n",
    )
    measured = read_measured(file, 0.5)
    assert measured.cpu_ms == pytest.approx(40.0)
    assert measured.wait_ms == pytest.approx(25.0)
    assert measured.steps == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: is empty; its first line is requests_per_second,cpu_percent,latency_ms"),
        ("requests_per_second,cpu,latency_ms\n", "1:1: has no column cpu_percent"),
        ("requests_per_second,cpu_percent,latency_ms,task\n", '1:4: unknown column task; did you mean "tasks"?'),
        ("requests_per_second,cpu_percent,latency_ms\n", "1:1: has no step"),
        ("requests_per_second,cpu_percent,latency_ms\n5,40\n", "2:1: has 2 fields, and the heading has 3"),
        ("requests_per_second,cpu_percent,latency_ms\n5,x,1\n", '2:2: cpu_percent: "x" is not a number'),
        ("requests_per_second,cpu_percent,latency_ms\n5,nan,1\n", '2:2: cpu_percent: "nan" is not a number'),
        ("requests_per_second,cpu_percent,latency_ms\n-5,40,1\n", "2:1: requests_per_second: -5 is less than nothing"),
        ("requests_per_second,cpu_percent,latency_ms\n5,140,1\n", "2:2: 140 is more than 100 %"),
        ("requests_per_second,cpu_percent,latency_ms\n0,40,1\n", "2:1: a step without requests"),
        ("requests_per_second,cpu_percent,latency_ms\n5,0,1\n", "2:1: cpu_percent is 0 in every step"),
    ],
)
def test_a_load_test_that_cannot_be_read_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=r"data\.csv:") as error:
        read_measured(written(tmp_path, text), 1.0)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "times",
    [
        ("0", "60", "120"),
        ("08:00", "08:01", "08:02"),
        ("23:58:00", "23:59:00", "24:00:00"),
        ("2026-11-21T08:00:00", "2026-11-21T08:01:00", "2026-11-21T08:02:00"),
        ("2026-11-21 08:00:00", "2026-11-21 08:01:00", "2026-11-21 08:02:00"),
    ],
)
def test_requests_over_time_are_spread_over_their_step(tmp_path: Path, times: tuple[str, ...]) -> None:
    rows = "".join(f"{time},{count}\n" for time, count in zip(times, (600, 0, 1200), strict=True))
    replay = read_replay(written(tmp_path, f"time,requests\n{rows}"))
    assert replay.rates == (10.0,) * 60 + (0.0,) * 60 + (20.0,) * 60
    assert (replay.start, replay.step) == (times[0], 60)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("0,1\n", "1:1: has fewer than two lines"),
        ("0,1\n60,1\n30,1\n", "4:1: the clock goes back or stands still: 30 follows 60 s"),
        ("0,1\n5,1\n", "1:1: lasts less than a minute"),
        ("0,1\n0,1\n", "3:1: the clock goes back or stands still"),
        ("0,1\n60,1\n180,1\n", "4:1: gap: 60 s lie between the first lines, and 120 s before this one"),
        ("0,1\n0.5,1\n", "3:1: lines are a whole number of seconds apart"),
        ("0,1\n60,-1\n", "3:2: requests: -1 is less than nothing"),
        ("0,1\n60,many\n", '3:2: requests: "many" is not a number'),
        ("noon,1\n60,1\n", '2:1: "noon" is not a time; write seconds, HH:MM:SS or'),
        ("08:61,1\n", '2:1: "08:61" is not a time'),
        ("0,1\n2678400,1\n", "3:1: a trace of more than 31 days"),
    ],
)
def test_a_trace_that_cannot_be_replayed_is_refused(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_replay(written(tmp_path, f"time,requests\n{rows}"))
    assert message in str(error.value)


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentalError, match=r"none\.csv cannot be read: no such file"):
        read_replay(tmp_path / "none.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is no text in UTF-8"):
        read_replay(binary)
