"""One at a time: who holds an environment's lock, how two processes share it, and how it ends without its holder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.commands import Command, Write
from tests.design.blueprints import designed
from tests.operations.running import REGION, Aws

from groundplan.errors import EnvironmentalError, ExitCode
from groundplan.operations import lock
from groundplan.operations.journal import Entries, Entry
from groundplan.operations.lock import HeldError, Holder, Lease, current, held, look, take
from groundplan.resources.architecture import Architecture
from groundplan.targets import local
from groundplan.targets.connection import Connection, connect

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANN = Holder("a", "deploy", "arn:aws:iam::123456789012:user/ann", "ann@desk", "there", 7, 70, NOON)


def silent(text: str, *, passing: bool = False) -> None:
    raise AssertionError(text)


def environment(project: str) -> Architecture:
    return designed(f"project: {project}\nregion: {REGION}\nprofile: poc\n")


@pytest.fixture
def connection() -> Connection:
    return connect("local")


@pytest.fixture
def architecture(project: str) -> Architecture:
    return environment(project)


def entries(*holders: Holder, first: int = 1, now: datetime = NOON) -> Entries:
    texts = (lock._text(holder) for holder in holders)
    return Entries(tuple(Entry(first + number, text, NOON) for number, text in enumerate(texts)), now)


def chain(*links: tuple[str, str | None]) -> list[Holder]:
    return [replace(ANN, token=token, after=after) for token, after in links]


@pytest.mark.parametrize(
    ("links", "first", "holds"),
    [
        ([], 1, None),
        ([("a", None)], 1, "a"),
        ([("a", None), ("b", None)], 1, "a"),
        ([("a", None), ("b", "a"), ("c", "a")], 1, "b"),
        ([("a", None), ("b", "a"), ("c", "a"), ("d", "b")], 1, "d"),
        ([("a", None), ("b", "of another life")], 1, "a"),
        ([("loser", None), ("b", "forgotten"), ("c", "b"), ("d", "forgotten")], 5, "c"),
        ([("loser", "forgotten"), ("b", "forgotten"), ("c", "b")], 5, "c"),
    ],
)
def test_an_entry_counts_only_after_the_one_that_it_follows(
    links: list[tuple[str, str | None]], first: int, holds: str | None
) -> None:
    found = current(entries(*chain(*links), first=first))
    assert (found.token if found else None) == holds


def test_what_somebody_else_has_written_is_passed_over() -> None:
    found = entries(*chain(("a", None)))
    strange = [Entry(number + 2, text, NOON) for number, text in enumerate(("", "{}", '{"token": 1}', "[]"))]
    holder = current(Entries((*found.all, *strange), NOON))
    assert holder is not None
    assert holder.token == "a"


def test_who_gives_no_sign_of_life_is_dead() -> None:
    for idle, dead in ((lock.LEASE, False), (lock.LEASE + timedelta(seconds=1), True)):
        found = current(entries(ANN, now=NOON + idle))
        assert found is not None
        assert found.dead is dead


def test_a_process_of_this_machine_that_has_ended_is_dead() -> None:
    ended = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True)
    beginning = lock._beginning(ended.pid)
    ended.communicate("go\n")
    here = replace(ANN, machine=lock.this_machine())
    me = os.getpid()
    assert beginning, "it ran"
    assert replace(here, process=ended.pid, began=beginning).dead
    assert not replace(here, process=me, began=lock._beginning(me) or 0).dead
    assert replace(here, process=me, began=1).dead, "another process had this number before"
    assert not replace(ANN, process=ended.pid).dead, "of another machine nobody knows"


def test_the_second_is_told_who_holds_it(connection: Connection, architecture: Architecture) -> None:
    with held(connection, architecture, "deploy", report=silent):
        with pytest.raises(HeldError) as raised:
            take(connection, architecture, "destroy")
        assert raised.value.holder.process == os.getpid()
        told = str(raised.value)
        assert told.startswith("production is being worked on by somebody else: `groundplan deploy` of arn:aws:")
        assert f"process {os.getpid()}), since 20" in told
        assert "or at once with --break-lock" in told
        [holder] = look(connection, architecture)
        assert holder.doing == "deploy"
    assert look(connection, architecture) == []
    with pytest.raises(ZeroDivisionError), held(connection, architecture, "deploy", report=silent):
        raise ZeroDivisionError
    assert look(connection, architecture) == [], "given back after a failure, too"
    take(connection, environment(f"{architecture.project}x"), "deploy").give_back()


def test_a_lock_that_is_broken_is_lost(connection: Connection, architecture: Architecture) -> None:
    lost: list[bool] = []
    with held(connection, architecture, "deploy", report=silent, every=0.05) as mine:
        mine.when_lost = lambda: lost.append(True)
        theirs = take(connection, architecture, "deploy", break_lock=True)
        assert mine.lost.wait(10), "the next sign of life shows it"
        with pytest.raises(EnvironmentalError, match=r"The lock of production was taken by arn:aws:.* meanwhile"):
            mine.require()
    assert lost == [True]
    [holder] = look(connection, architecture)
    assert holder.token == theirs.mine.token, "who lost it does not give it back"
    theirs.give_back()


def test_releases_go_side_by_side_and_none_beside_a_deployment(connection: Connection, project: str) -> None:
    services = "services: {web: {image: {repository: web}}, api: {image: {repository: api}}}"
    shop = designed(f"project: {project}\nregion: {REGION}\nprofile: poc\n{services}\n")
    web = take(connection, shop, "release web", part="web")
    with held(connection, shop, "release api", part="api", report=silent):
        assert [item.doing for item in look(connection, shop)] == ["release web", "release api"]
        assert [item.doing for item in look(connection, shop, "web")] == ["release web"]
    for part, doing in (("web", "release web"), ("web", "rollback web"), ("", "deploy")):
        with pytest.raises(HeldError, match="`groundplan release web` of"):
            take(connection, shop, doing, part=part)
    assert [item.doing for item in look(connection, shop)] == ["release web"], "who was refused holds nothing"

    deployment = take(connection, shop, "deploy", break_lock=True)
    web.refresh()
    assert web.lost.is_set()
    for part in ("web", "api"):
        with pytest.raises(HeldError, match="`groundplan deploy` of"):
            take(connection, shop, f"release {part}", part=part)
    api = take(connection, shop, "release api", part="api", break_lock=True)
    deployment.refresh()
    assert deployment.lost.is_set()
    api.give_back()
    assert look(connection, shop) == []


def test_a_rollback_takes_over_from_the_release_and_from_nobody_else(
    connection: Connection, architecture: Architecture
) -> None:
    release = take(connection, architecture, "release web", part="web")
    rollback = take(connection, architecture, "rollback web", part="web", instead_of="release web")
    release.refresh()
    assert release.lost.is_set()
    with pytest.raises(HeldError, match="`groundplan rollback web` of"):
        take(connection, architecture, "rollback web", part="web", instead_of="release web")
    rollback.give_back()
    deployment = take(connection, architecture, "deploy")
    with pytest.raises(HeldError, match="`groundplan deploy` of"):
        take(connection, architecture, "rollback web", part="web", instead_of="release web")
    deployment.give_back()


def test_what_is_restored_beside_is_in_no_deployments_way(connection: Connection, architecture: Architecture) -> None:
    beside = take(connection, architecture, "restore database.main", part="database.main")
    take(connection, architecture, "deploy").give_back()
    with pytest.raises(HeldError, match=r"`groundplan restore database\.main` of"):
        take(connection, architecture, "restore database.main", part="database.main")
    beside.give_back()


def test_a_lock_that_lasts_long_outlives_what_aws_remembers(connection: Connection, architecture: Architecture) -> None:
    """AWS keeps a hundred versions."""
    mine = take(connection, architecture, "deploy")
    for _ in range(105):
        mine.refresh()
    with pytest.raises(HeldError):
        take(connection, architecture, "deploy")
    mine.give_back()
    take(connection, architecture, "deploy").give_back()


BEGIN = """
import json, os, pathlib, sys, time
from tests.design.blueprints import designed
from groundplan.operations.lock import HeldError, take
from groundplan.targets.connection import connect
project, folder = sys.argv[1], pathlib.Path(sys.argv[2])
architecture = designed(f"project: {project}\\nregion: ap-south-1\\nprofile: poc\\n")
connection = connect("local")
"""
RACE = """
inside, won, refused = folder / "inside", 0, 0
(folder / f"ready-{os.getpid()}").touch()
while len(list(folder.glob("ready-*"))) < 2:
    time.sleep(0.01)
while won < 10:
    try:
        lease = take(connection, architecture, "deploy")
    except HeldError:
        refused += 1
        continue
    os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails where somebody is inside
    won += 1
    inside.unlink()
    lease.give_back()
print(json.dumps({"won": won, "refused": refused}))
"""
DIE = """
take(connection, architecture, "deploy")
os.kill(os.getpid(), 9)
"""


def process(code: str, project: str, folder: Path) -> subprocess.Popen[str]:
    """A process of its own at the same local AWS."""
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + code, project, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_of_two_processes_one_is_inside(project: str, folder: Path) -> None:
    local.start()
    racers = [process(RACE, project, folder) for _ in range(2)]
    results = []
    for racer in racers:
        out, err = racer.communicate(timeout=60)
        assert racer.returncode == 0, err
        results.append(json.loads(out))
    assert [result["won"] for result in results] == [10, 10]
    assert sum(result["refused"] for result in results) > 0, "they did meet"


def test_a_killed_holder_leaves_nothing_locked(
    project: str, folder: Path, connection: Connection, architecture: Architecture
) -> None:
    killed = process(DIE, project, folder)
    killed.communicate(timeout=30)
    assert killed.returncode == -signal.SIGKILL
    assert look(connection, architecture) == []
    take(connection, architecture, "deploy").give_back()


def test_a_deployment_beside_another_is_refused_before_anything_is_touched(
    groundplan: Command, write: Write, aws: Aws, project: str, connection: Connection, architecture: Architecture
) -> None:
    write(f"project: {project}\nregion: {REGION}\nprofile: poc\n")
    lease: Lease = take(connection, architecture, "destroy")
    refused = groundplan("deploy")
    assert refused.code == ExitCode.BAD_INPUT
    assert refused.err.splitlines()[-1].startswith(
        "error: production is being worked on by somebody else: `groundplan destroy` of arn:aws:"
    )
    assert aws.stacks(project) == {}
    unasked = groundplan("deploy", "--break-lock")
    assert unasked.code == ExitCode.BAD_INPUT
    assert "`groundplan destroy` of arn:aws:" in unasked.err
    assert "Take the lock of production from them? There is no terminal to ask on: answer with --yes" in unasked.err
    assert groundplan("deploy", "--break-lock", "--yes").code == ExitCode.FINE
    lease.refresh()
    assert lease.lost.is_set()
    assert groundplan("destroy", "-y").code == ExitCode.FINE
