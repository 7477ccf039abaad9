"""What only the whole blueprint can tell."""

from __future__ import annotations

import pytest
from tests.blueprint.conftest import Problems

from groundplan.blueprint.validation.base import LOG_RETENTION_DAYS

BASE = """\
project: shop
region: eu-west-1
"""
API = "{image: {repository: api}, port: 80, "
DATABASE = "{engine: postgres 15, class: db.t4g.micro, "
CACHE = "{engine: redis 7.1, class: cache.t4g.micro, "


@pytest.mark.parametrize(
    "text",
    [
        "network: {cidr: 192.168.0.0/28, zones: [a], subnets: {public: {a: 192.168.0.0/28}}}",
        "network: {subnets: {public: {a: 10.0.0.0/24, b: 10.0.1.0/24}, private: {a: 10.0.2.0/23}}, flow_logs: null}",
        f"services: {{a: {API}public: {{domain: x.de}}}}, b: {API}public: {{domain: y.de}}}}}}",
        f"services: {{a: {API}public: {{}}}}, b: {API}public: {{tls: false}}}}, c: {API}public: {{path: /c}}}}}}",
        f"services: {{a: {API}needs: [b, c]}}, b: {API}needs: [c]}}, c: {API}}}}}",
        f"services: {{a: {API}needs: [{{files: read}}]}}}}\nbuckets: {{files: {{}}}}",
        f"services: {{a: {API}health: {{interval: 300s, timeout: 60s, start: 0s, retries: 1}}}}}}",
        f"services: {{a: {API}scaling: {{requests: 100}}, public: {{}}, logs: 3653d}}}}",
        f"services: {{a: {API}environment: {{PASSWORD: '', KEY_PREFIX: a, STRIPE_PUBLIC_KEY: b, TOKEN_TTL: 5}}}}}}",
        f'databases: {{main: {DATABASE}maintenance_window: "sun:02:00-sun:03:00", backups: 35d, monitoring: null}}}}',
        f'databases: {{main: {DATABASE}backup_window: "23:30-00:30", maintenance_window: "sun:00:30-sun:01:00"}}}}',
        f"databases: {{main: {DATABASE}username: postgres, performance_insights: 62d, storage: 20..21 GB}}}}",
        "buckets: {b: {lifecycle: {r: {archive: 0d, expire_noncurrent: 1d}}}}",
    ],
)
def test_what_is_fine(text: str, problems: Problems) -> None:
    assert problems(BASE + text + "\n") == []


@pytest.mark.parametrize(
    ("daily", "weekly"),
    [
        ("23:30-00:30", "mon:00:00-mon:01:00"),  # from Sunday into Monday
        ("23:30-00:30", "sun:23:00-mon:00:00"),
        ("03:00-04:00", "sat:23:00-sun:22:00"),  # a long one, with the short one inside
        ("00:00-00:30", "sun:23:45-mon:00:15"),  # over the end of the week
    ],
)
def test_windows_overlap_over_midnight_and_over_the_week(daily: str, weekly: str, problems: Problems) -> None:
    text = f'{BASE}databases: {{main: {DATABASE}backup_window: "{daily}", maintenance_window: "{weekly}"}}}}\n'
    assert [problem.split(": ", 2)[2] for problem in problems(text)] == [
        f"overlaps backup_window ({daily}); they may touch, not overlap"
    ]


def test_every_circle_is_told_once(problems: Problems) -> None:
    names = {"a": "b", "b": "a", "c": "d", "d": "e", "e": "d"}
    services = ", ".join(f"{name}: {API}needs: [{need}]}}" for name, need in names.items())
    assert [problem.split(": ", 2)[2] for problem in problems(f"{BASE}services: {{{services}}}\n")] == [
        "needs go in a circle: a → b → a",
        "needs go in a circle: d → e → d",
    ]


def test_a_thousand_services_in_a_row_are_no_circle(problems: Problems) -> None:
    services = "".join(f"  s{n}: {API}needs: [s{n + 1}]}}\n" for n in range(999))
    assert problems(f"{BASE}services:\n{services}  s999: {API}}}\n") == []


@pytest.mark.parametrize("days", LOG_RETENTION_DAYS)
def test_all_retentions_of_cloudwatch_are_taken(days: int, problems: Problems) -> None:
    assert problems(f"{BASE}network: {{flow_logs: {days}d}}\n") == []


def test_many_ways_to_one_service_are_each_gone_once(problems: Problems) -> None:
    services = ""
    for layer in range(40):  # 2 to the power of 40 ways lead from the first to the last
        needs = f"[a{layer + 1}, b{layer + 1}]" if layer < 39 else "[]"
        services += "".join(f"  {side}{layer}: {API}needs: {needs}}}\n" for side in "ab")
    assert problems(f"{BASE}services:\n{services}") == []
