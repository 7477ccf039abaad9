"""Schedules of EventBridge Scheduler as cron of Kubernetes."""

from __future__ import annotations

import pytest

from groundplan.design.schedules import kubernetes_schedule


@pytest.mark.parametrize(
    ("aws", "kubernetes"),
    [
        ("cron(0 3 * * ? *)", "0 3 * * *"),
        ("cron(30 3 ? * 2-6 *)", "30 3 * * 1-5"),
        ("cron(0 0 ? * 1 *)", "0 0 * * 0"),
        ("cron(0 0 ? * 7,1 *)", "0 0 * * 6,0"),
        ("cron(0 0 ? * MON-FRI *)", "0 0 * * MON-FRI"),
        ("cron(0 0 ? * 2-7/2 *)", "0 0 * * 1-6/2"),
        ("cron(0/15 8-17 1 JUL,DEC ? *)", "0/15 8-17 1 JUL,DEC *"),
        ("rate(1 minute)", "* * * * *"),
        ("rate(15 minutes)", "*/15 * * * *"),
        ("rate(60 minutes)", "0 * * * *"),
        ("rate(1 hour)", "0 * * * *"),
        ("rate(6 hours)", "0 */6 * * *"),
        ("rate(24 hours)", "0 0 * * *"),
        ("rate(1 day)", "0 0 * * *"),
    ],
)
def test_a_schedule_means_the_same(aws: str, kubernetes: str) -> None:
    assert kubernetes_schedule(aws) == kubernetes


@pytest.mark.parametrize(
    ("aws", "why"),
    [
        ("at(2027-01-01T00:00:00)", "no single moment"),
        ("cron(0 3 * * ? 2027)", "no years"),
        ("cron(0 3 L * ? *)", "no L, W or #"),
        ("cron(0 3 15W * ? *)", "no L, W or #"),
        ("cron(0 3 ? * 6#3 *)", "no L, W or #"),
        ("cron(0 3 ? * FRIL *)", "no L, W or #"),
        ("rate(7 hours)", "does not divide a day evenly"),
        ("rate(90 minutes)", "does not divide an hour evenly"),
        ("rate(2 days)", "does not divide a week evenly"),
    ],
)
def test_what_kubernetes_does_not_know_is_refused(aws: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        kubernetes_schedule(aws)
