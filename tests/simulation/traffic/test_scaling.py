"""Scaling minute by minute, as AWS and Kubernetes document it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from tests.simulation.traffic.services import PLAIN

from groundplan.simulation.traffic.facts import Metric
from groundplan.simulation.traffic.scaling import PodAutoscaler, Scaler, Steps, TargetTracking, scaler


def tracking(
    targets: dict[Metric, float] | None = None, *, least: int = 1, most: int = 50, into: int = 300, out: int = 60
) -> TargetTracking:
    return TargetTracking(targets or {"cpu": 50.0}, least, most, into, out)


def minutes(scaling: Scaler, samples: Iterable[dict[Metric, float | None]], tasks: int) -> list[int]:
    """Tasks after each sample, where tasks run as soon as they are wanted."""
    counts = []
    for number, sample in enumerate(samples, start=1):
        tasks = scaling.decide(number * scaling.period, sample, tasks, tasks)
        counts.append(tasks)
    return counts


def cpu(*values: float | None) -> list[dict[Metric, float | None]]:
    return [{"cpu": value} for value in values]


def test_it_scales_out_after_three_of_three_datapoints_above_the_target() -> None:
    assert minutes(tracking(), cpu(60, 60, 49, 60, 60, 60), 10) == [10, 10, 10, 10, 10, 12]


def test_the_capacity_is_rounded_up_when_it_adds_and_when_it_removes() -> None:
    """AWS's own words: adding 1.5 instances adds two, removing 1.5 removes one.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
    """
    assert minutes(tracking(), cpu(65, 65, 65), 5)[-1] == 7  # 5 x 65 / 50 = 6.5
    assert minutes(tracking(), cpu(*[35] * 15), 5)[-1] == 4  # 5 x 35 / 50 = 3.5


def test_it_scales_in_after_fifteen_of_fifteen_below_ninety_percent_of_the_target() -> None:
    counts = minutes(tracking(), cpu(*[40] * 15), 10)
    assert counts == [10] * 14 + [8]
    # One datapoint at 46, above 45, and the fifteen minutes begin anew.
    assert minutes(tracking(), cpu(*[40] * 14, 46, *[40] * 14), 10)[-1] == 10


def test_between_ninety_percent_and_the_target_nothing_happens_and_the_reason_says_so() -> None:
    scaling = tracking(least=2)
    assert minutes(scaling, cpu(*[45.5] * 20), 20) == [20] * 20
    (held,) = scaling.decisions
    assert held.kind == "held"
    assert held.until - held.at == 19 * 60
    assert held.reason == "cpu 45.5 % is not below 45, 90 % of its target; all have to agree"


def test_in_the_cooldown_what_was_added_counts_and_only_a_larger_wish_goes_on() -> None:
    """10 tasks at 60 % become 12. A minute later the metric still shows the ten: at 60 % nothing is added, at 75 % the
    wish is 15, of which 2 are there already."""
    same = tracking(out=120)
    assert minutes(same, cpu(60, 60, 60, 60), 10)[-2:] == [12, 12]
    assert same.decisions[-1].reason.endswith("what was added is waited for (cooldown)")
    more = tracking(out=120)
    assert minutes(more, cpu(60, 60, 60, 75), 10)[-2:] == [12, 15]
    # After the cooldown it is counted from the capacity that is there.
    assert minutes(tracking(out=60), cpu(60, 60, 60, 60), 10)[-1] == 15


def test_of_several_policies_the_largest_wins_for_out() -> None:
    scaling = tracking({"cpu": 50.0, "requests": 1000.0})
    sample: dict[Metric, float | None] = {"cpu": 60.0, "requests": 1500.0}
    assert minutes(scaling, [sample] * 3, 10)[-1] == 15
    assert scaling.decisions[-1].reason.startswith("requests 1500 requests a minute and task, above 1000 for 3 minutes")


def test_all_policies_have_to_agree_for_in() -> None:
    scaling = tracking({"cpu": 50.0, "requests": 1000.0})
    busy: dict[Metric, float | None] = {"cpu": 20.0, "requests": 950.0}
    assert minutes(scaling, [busy] * 20, 10)[-1] == 10
    assert "requests 950" in scaling.decisions[-1].reason
    assert "all have to agree" in scaling.decisions[-1].reason
    agreed: dict[Metric, float | None] = {"cpu": 20.0, "requests": 600.0}
    assert minutes(tracking({"cpu": 50.0, "requests": 1000.0}), [agreed] * 15, 10)[-1] == 6


def test_missing_data_are_not_low() -> None:
    assert minutes(tracking(), cpu(*[20] * 14, None, *[20] * 14), 10)[-1] == 10
    scaling = tracking({"cpu": 50.0, "requests": 1000.0})
    assert minutes(scaling, [{"cpu": 20.0, "requests": None}] * 20, 10)[-1] == 10


def test_the_cooldown_after_scaling_in_stops_scaling_in_but_not_out() -> None:
    scaling = tracking(into=300)
    counts = minutes(scaling, cpu(*[40] * 15, *[20] * 4), 10)
    assert counts[14:] == [8, 8, 8, 8, 8]
    assert scaling.decisions[-1].reason == "the cooldown after scaling in is not over"
    assert minutes(tracking(into=300), cpu(*[40] * 15, 90, 90, 90), 10)[-1] == 15


def test_the_bounds_hold_and_are_told() -> None:
    scaling = tracking(least=8, most=12)
    assert minutes(scaling, cpu(100, 100, 100, 100), 10)[-1] == 12
    assert scaling.decisions[-1].reason.endswith("asks for 24 tasks, and 12 are the most")
    low = tracking(least=8, most=12)
    assert minutes(low, cpu(*[5] * 20), 10)[-1] == 8
    assert low.decisions[-1].reason == "1 tasks would do, and 8 are the fewest"


def test_steps_are_of_one_task() -> None:
    scaling = Steps({"cpu": 50.0}, 1, 4, 300, 60)
    assert minutes(scaling, cpu(90, 90, 90, 90), 2) == [3, 4, 4, 4]
    assert scaling.decisions[-1].reason.endswith("4 are the most")
    assert minutes(Steps({"cpu": 50.0}, 1, 4, 300, 60), cpu(*[10] * 10), 4) == [4] * 4 + [3] * 5 + [2]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(200.0, 20, id="twice the target doubles"),
        pytest.param(109.9, 10, id="within the tolerance"),
        pytest.param(112.0, 12, id="beyond it, rounded up"),
    ],
)
def test_pods_follow_the_documented_formula(value: float, wanted: int) -> None:
    """desiredReplicas = ceil(currentReplicas x currentMetricValue / desiredMetricValue).

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
    """
    assert PodAutoscaler({"cpu": 100.0}, 1, 100, 300, 0).decide(15, {"cpu": value}, 10, 10) == wanted


def test_pods_that_start_count_as_idle_and_the_rate_is_limited() -> None:
    # 5 of 10 pods are ready: 120 % of them is 60 % of all.
    assert PodAutoscaler({"cpu": 70.0}, 1, 100, 300, 0).decide(15, {"cpu": 120.0}, 10, 5) == 10
    # At most 4 more, or twice as many.
    assert PodAutoscaler({"cpu": 10.0}, 1, 100, 300, 0).decide(15, {"cpu": 100.0}, 2, 2) == 6


def test_pods_go_when_fewer_were_wanted_for_all_of_the_window() -> None:
    scaling = PodAutoscaler({"cpu": 50.0}, 1, 100, 300, 60)
    counts = minutes(scaling, cpu(*[50] * 4, *[20] * 21), 10)
    assert counts.index(4) == 4 + 19  # five minutes of looks every 15 seconds
    assert "in the last 300 s 10 were wanted" in scaling.decisions[0].reason


def test_what_scales_a_service() -> None:
    assert scaler(PLAIN) is None
    targets: dict[Metric, float] = {"cpu": 70.0}
    assert isinstance(scaler(replace(PLAIN, targets=targets)), TargetTracking)
    assert isinstance(scaler(replace(PLAIN, targets=targets, steps=True)), Steps)
    assert isinstance(scaler(replace(PLAIN, targets=targets, platform="pods")), PodAutoscaler)
