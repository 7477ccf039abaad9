"""What variables refer to, routes, and what workloads say together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.blueprint.conftest import Problems

from groundplan.blueprint.references import Reference, parts

BASE = "project: shop\nregion: eu-west-1\n"
WEB = BASE + "services:\n  web:\n    image: {repository: web}\n    port: 80\n"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("", []),
        ("plain $5 $", ["plain $5 $"]),
        ("$$", ["$"]),
        ("a$${b}", ["a", "$", "{b}"]),
        ("$$$${region}", ["$", "$", "{region}"]),
        ("$$${region}", ["$", Reference("region")]),
        ("x${cdn.assets}y", ["x", Reference("cdn", "assets"), "y"]),
        ("${region", [Reference("region", closed=False)]),
        ("${}", [Reference("")]),
    ],
)
def test_parts(written: str, found: list[object]) -> None:
    assert list(parts(written)) == found


@given(st.text(alphabet="$a{}"))
def test_what_is_escaped_comes_back(text: str) -> None:
    assert "".join(str(part) for part in parts(text.replace("$", "$$"))) == text


@pytest.mark.parametrize(
    ("below", "said"),
    [
        ('environment: {A: "${loadbalancer}"}', '"${loadbalancer}" stands for nothing; did you mean "load_balancer"?'),
        ('environment: {A: "${load_balancer}"}', "there is no load balancer: no service is public"),
        ('environment: {A: "${cdn}"}', '"${cdn}" stands for nothing'),
        ('environment: {A: "${region.x}"}', '"${region.x}" stands for nothing'),
        ('environment: {A: "${cdn.files}"}', 'there is no bucket "files"'),
        ('environment: {A: "x${region"}', "the brace of ${region is not closed; a $ itself is written $$"),
        ('logs: {routes: {a: "(GET"}}', "is not a regular expression: missing ), unterminated subpattern"),
        ('logs: {routes: {a: ""}}', "has to be one line of printable characters"),
        ('logs: {routes: {a: "a\\nb"}}', "has to be one line of printable characters"),
        ("logs: {routes: {a: 'GET|'}}", "finds the empty text, which every line has"),
        ("logs: {routes: {a: 'x*'}}", "finds the empty text, which every line has"),
        ("logs: {routes: {a: '(?P<m>GET)'}}", "named groups are written (?<name>...)"),
        ("logs: {routes: {a: '(?s)a.b'}}", "only i is read alike everywhere"),
        ("logs: {routes: {a: '(?ix: a b)'}}", "only i is read alike everywhere"),
        ("logs: {routes: {a: 'a${2}'}}", "would be taken for a variable of Fluent Bit"),
        ("logs: {routes: {a: '[[a]'}}", "is not read alike everywhere (possible nested set)"),
        (
            "scaling: {method: step, cpu: 70%, out: 90s}",
            "steps are made after whole minutes, 1m to 24h, and out is 90s",
        ),
        ("scaling: {method: step, backlog: 5}", "a backlog is held by target-tracking"),
    ],
)
def test_what_is_wrong(below: str, said: str, problems: Problems) -> None:
    (problem,) = problems(f"{WEB}    {below}\n")
    assert said in problem


@pytest.mark.parametrize(
    "pattern",
    [
        "GET|POST",
        '"level": ?"ERROR"',
        r"^\s*$",
        r"(?<verb>GET) /",
        r"\d{3}$",
        "(?i)error",
        "(?i:error)|(?:warn)",
        ".*",
        "5..",
        r"\[",
    ],
)
def test_patterns_that_both_read(pattern: str, problems: Problems) -> None:
    quoted = pattern.replace("'", "''")
    assert problems(f"{WEB}    logs: {{routes: {{a: '{quoted}'}}}}\n") == []


def test_a_bucket_without_a_cdn(problems: Problems) -> None:
    (problem,) = problems(f'{WEB}    environment: {{A: "${{cdn.files}}"}}\nbuckets: {{files: {{}}}}\n')
    assert "the bucket files has no CDN; write cdn: {} below buckets.files" in problem
    text = f'{WEB}    environment: {{A: "${{cdn.files}}"}}\nbuckets: {{files: {{cdn: {{}}, encryption: s3}}}}\n'
    assert problems(text) == []


def test_a_repository_is_described_once(problems: Problems) -> None:
    text = BASE + (
        "services:\n"
        "  a: {image: {repository: app, keep: 5}}\n"
        "  b: {image: {repository: app, keep: 6, scan: false}}\n"
        "  c: {image: {repository: app}}\n"
    )
    (problem,) = problems(text)
    assert "services.b.image.keep: a says another keep of the repository app; write it once" in problem


def test_a_log_group_has_one_owner(problems: Problems) -> None:
    text = BASE + (
        "services:\n"
        "  a: {image: {repository: app}, logs: {group: /ecs/app, routes: {b: ERROR}}}\n"
        "  b: {image: {repository: app}, logs: {group: /ecs/app/b}}\n"
    )
    (problem,) = problems(text)
    assert "services.b.logs.group: a already has the log group /ecs/app/b" in problem


def test_a_log_group_takes_the_placeholders_of_names(problems: Problems) -> None:
    text = BASE + (
        "services:\n"
        "  a: {image: {repository: app}, logs: {group: '/ecs/{environment}-{name}'}}\n"
        "  b: {image: {repository: app}, logs: {group: '/ecs/{environment}-{name}'}}\n"
    )
    assert problems(text) == []
    wrong = text.replace("{environment}-{name}'}}\n  b", "{enviroment}-{name}'}}\n  b").replace(
        "-{name}'}}\n", "-a'}}\n"
    )
    assert [line.partition("services.")[2] for line in problems(wrong)] == [
        'a.logs.group: "{enviroment}" stands for nothing; did you mean "environment"?',
    ]
    (problem,) = problems(
        text.replace(
            "b: {image: {repository: app}, logs: {group: '/ecs/{environment}-{name}'",
            "b: {image: {repository: app}, logs: {group: '/ecs/{environment}-a'",
        )
    )
    assert "services.b.logs.group: a already has the log group /ecs/{environment}-a" in problem
    (problem,) = problems(text.replace("'/ecs/{environment}-{name}'}}\n  b", "'/ecs/{environment-{name}'}}\n  b"))
    assert "services.a.logs.group: a brace is not closed" in problem


def test_extensions_that_nobody_creates(problems: Problems) -> None:
    text = BASE + "databases: {main: {engine: postgres 16, class: db.t4g.micro, extensions: [hstore, hstore]}}\n"
    first, second = problems(text)
    assert "nothing creates them: no service or job needs main" in first
    assert '"hstore" already stands above' in second
