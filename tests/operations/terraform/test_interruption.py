"""Ctrl-C while Terraform is at work: the state says what was made, and the next deployment goes on from there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.cli.commands import Command
from tests.operations.terraform.conftest import SHOP, STATE, Blueprint
from tests.operations.terraform.test_lifecycle import MANAGED, in_state
from tests.terraform_core.behaviour import Behaviour

from groundplan.errors import ExitCode

Behave = Callable[[Behaviour], None]
PATIENCE = 60


class Running:
    """A command in a process of its own, which hears signals as one in a terminal does."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            (sys.executable, "-c", "from groundplan.cli.main import main; main()", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)

    def wait_for(self, words: str) -> None:
        """Until it has said so."""
        deadline = time.monotonic() + PATIENCE
        while not any(words in line for line in self.said):
            assert time.monotonic() < deadline, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.02)

    def interrupt(self) -> None:
        """As a terminal does: everybody in the foreground hears it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> tuple[int, str]:
        """Exit code and what was said."""
        try:
            code = self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self._listener.join()
        return code, "".join(self.said)


def test_the_first_ends_in_good_order(groundplan: Command, blueprint: Blueprint, behave: Behave) -> None:
    blueprint(SHOP)
    behave(Behaviour(seconds=1))
    running = Running("deploy", "--target", "aws", "--yes")
    running.wait_for("vpc.main (aws_vpc.main): waiting for create")
    running.interrupt()
    code, said = running.end()
    assert code == ExitCode.DEPLOYMENT_FAILED, said
    assert "interrupted: Terraform begins nothing new, waits for what AWS is at work on and writes the state" in said
    there = len(in_state())
    assert 0 < there < MANAGED, "what had begun is in the state"
    assert "aws_vpc.main" in in_state()
    assert f"interrupted after {there} of {MANAGED} changes. The state has {there} resources" in said
    assert "Run groundplan deploy again: it goes on from there" in said
    assert not list(STATE.parent.glob("*.lock.info")), "nobody holds the state"
    assert "Traceback" not in said

    behave(Behaviour())
    status = groundplan("status", "--target", "aws", "--format", "json").json
    assert status["resources"] == there
    again = groundplan("deploy", "--target", "aws", "--yes")
    assert again.code == ExitCode.FINE, again.err
    assert f"{MANAGED - there} changes" in again.out
    assert len(in_state()) == MANAGED


def test_the_second_warns_and_the_third_ends_at_once(blueprint: Blueprint, behave: Behave) -> None:
    blueprint(SHOP)
    behave(Behaviour(seconds=30))
    running = Running("deploy", "--target", "aws", "--yes")
    running.wait_for("vpc.main (aws_vpc.main): waiting for create")
    started = time.monotonic()
    running.interrupt()
    running.wait_for("interrupted: Terraform begins nothing new")
    running.interrupt()
    running.wait_for(
        "A third Ctrl-C ends Terraform at once: what AWS is making at this moment would then be in no state"
    )
    assert running.process.poll() is None
    running.interrupt()
    code, said = running.end()
    assert time.monotonic() - started < 20, "it did not wait for AWS"
    assert code == ExitCode.DEPLOYMENT_FAILED, said
    assert "ending Terraform at once" in said
    assert f"interrupted after 0 of {MANAGED} changes. The state has 0 resources" in said


def test_of_a_plan_nothing_is_left(blueprint: Blueprint) -> None:
    blueprint(SHOP)
    running = Running("plan", "--target", "aws")
    running.wait_for("works in")
    running.process.send_signal(signal.SIGTERM)
    code, said = running.end()
    assert code == 130, said
    assert not STATE.exists()
    assert not list(Path(".groundplan").rglob("*.tfplan"))
