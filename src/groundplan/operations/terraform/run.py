"""Running Terraform: what it says becomes progress and errors, and Ctrl-C an end that leaves the state whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import IO, Literal

from groundplan.errors import EnvironmentalError
from groundplan.files import reason
from groundplan.operations.events import Report
from groundplan.operations.terraform.failures import Diagnostic, Surroundings, explained, plain

Event = Mapping[str, object]
"""One line of Terraform's ``-json``: https://developer.hashicorp.com/terraform/internals/machine-readable-ui"""

_NOT_OURS = ("TF_DATA_DIR", "TF_WORKSPACE", "TF_IN_AUTOMATION", "TF_INPUT")
"""What a shell may have set for another folder, and would lead astray here."""

_EXPECTED = frozenset(
    {
        "Incomplete lock file information for providers",  # where providers come from a folder
        "Resource targeting is in effect",  # a destruction takes protection off what is protected, and no more
        "Applied changes may be incomplete",
        "Some objects will no longer be managed by Terraform",  # what stays of a destroyed environment is named by us
    }
)
"""Warnings that say nothing new."""

_FIRST = (
    "interrupted: Terraform begins nothing new, waits for what AWS is at work on and writes the state. That can take "
    "minutes; everything that was made is then known"
)
_SECOND = (
    "still waiting for AWS. A third Ctrl-C ends Terraform at once: what AWS is making at this moment would then be in "
    "no state, would have to be looked up and imported or deleted by hand, and the state may stay locked"
)
_THIRD = "ending Terraform at once"


@dataclass
class Outcome:
    """How a command ended."""

    exit_code: int
    diagnostics: list[Diagnostic] = field(default_factory=list)
    completed: int = 0
    """Resources that were created, changed or deleted."""
    failed: list[str] = field(default_factory=list)
    """Resources on which the work failed, which the errors of deletions do not name."""
    interrupted: int = 0
    """How often the person has asked for an end."""


@dataclass(frozen=True)
class Terraform:
    """Terraform in one folder. ``inputs`` go to it through the environment, where other users cannot read them."""

    around: Surroundings
    folder: Path
    inputs: Mapping[str, str]
    report: Report
    shell: Mapping[str, str] = field(default_factory=dict)
    """Variables of the shell that it is to see beside the person's, or in their place."""

    @property
    def data(self) -> Path:
        """Where Terraform keeps providers and we keep the saved plan."""
        return self.folder / ".terraform"

    def read(self, *arguments: str) -> str:
        """What a command writes that only reads. Raises EnvironmentalError where it fails."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell
                (*self.around.engine.command, *arguments, "-no-color"),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise _not_startable(self.around, error) from error
        if done.returncode:
            raise explained(
                f"terraform {arguments[0]}", plain(done.stderr or done.stdout), self.around, deploying=False
            )
        return done.stdout

    def stream(self, command: str, *arguments: str) -> Outcome:
        """Run a command with ``-json`` and tell what happens. Ctrl-C goes to Terraform, which ends in good order."""
        heard = SimpleQueue[str | None]()
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell
                (*self.around.engine.command, command, "-json", *arguments),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # else a terminal sends Ctrl-C to it and to its providers, past us
            )
        except OSError as error:
            raise _not_startable(self.around, error) from error
        assert process.stdout is not None
        outcome = Outcome(0)
        listener = threading.Thread(target=_listen, args=(process.stdout, heard), daemon=True)
        with _passing_on(process, heard, outcome):
            listener.start()
            rest = self._tell_all(heard, outcome)
            outcome.exit_code = process.wait()
        if outcome.exit_code and not any(item.severity == "error" for item in outcome.diagnostics):
            ended = f"it was ended by the signal {-outcome.exit_code}" if outcome.exit_code < 0 else ""
            outcome.diagnostics += plain("\n".join(rest)) or [Diagnostic("error", ended)] * bool(ended)
        return outcome

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        given = {f"TF_VAR_{name}": value for name, value in self.inputs.items()}
        own = {"TF_DATA_DIR": str(self.data), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
        return kept | given | own | dict(self.shell)

    def _tell_all(self, heard: SimpleQueue[str | None], outcome: Outcome) -> list[str]:
        """Until Terraform falls silent. Returns the lines that are no JSON."""
        rest: list[str] = []
        while (line := heard.get()) is not None:
            if line in (_FIRST, _SECOND, _THIRD):
                self.report(line)
                continue
            try:
                event = json.loads(line)
            except ValueError:
                rest.append(line)
                continue
            if isinstance(event, dict):
                self._tell(event, outcome)
        return rest

    def _tell(self, event: Event, outcome: Outcome) -> None:
        match event.get("type"):
            case "apply_start" | "refresh_start" | "apply_progress" if _action(event) != "read":
                self.report(f"{self._name(event)}: {_doing(event)}", passing=True)
            case "apply_complete" if _action(event) != "read":
                outcome.completed += 1
                seconds = _hook(event).get("elapsed_seconds")
                self.report(f"{self._name(event)}: {_DONE.get(_action(event), 'done')} in {seconds} s")
            case "apply_errored":
                outcome.failed.append(self._name(event))
                self.report(f"{self._name(event)}: {_doing(event)} failed")
            case "log" if (said := str(event.get("@message"))).startswith("Installing"):
                self.report(said, passing=True)
            case "diagnostic" if isinstance(content := event.get("diagnostic"), dict):
                found = Diagnostic.read(content)
                outcome.diagnostics.append(found)
                if found.severity == "warning" and found.summary not in _EXPECTED:
                    self.report(f"warning: {found.told(self.around)}")
            case _:
                pass

    def _name(self, event: Event) -> str:
        resource = _hook(event).get("resource")
        address = str(resource.get("addr")) if isinstance(resource, dict) else ""
        ours = self.around.name(address)
        return f"{ours} ({address})" if ours else address


_DOING = {
    "create": "waiting for create", "update": "waiting for update", "delete": "waiting for delete", "read": "reading",
}  # fmt: skip
_DONE = {"create": "created", "update": "updated", "delete": "deleted"}


def _hook(event: Event) -> Mapping[str, object]:
    hook = event.get("hook")
    return hook if isinstance(hook, dict) else {}


def _action(event: Event) -> str:
    return str(_hook(event).get("action", "read"))


def _doing(event: Event) -> str:
    return _DOING.get(_action(event), _action(event))


def _listen(stream: IO[str], heard: SimpleQueue[str | None]) -> None:
    try:
        for line in stream:
            heard.put(line.rstrip("\n"))
    finally:
        heard.put(None)


@contextmanager
def _passing_on(process: subprocess.Popen[str], heard: SimpleQueue[str | None], outcome: Outcome) -> Iterator[None]:
    """Hand a first Ctrl-C on, say what ending it hard would mean at a second, do that at a third.

    Only a main thread may listen to signals; elsewhere whoever owns it decides. Should we fail, Terraform is asked to
    end and waited for.
    """

    def asked(number: int, frame: FrameType | None) -> None:
        outcome.interrupted += 1
        # A queue of this kind may be written to in the middle of anything, which standard error may not.
        heard.put((_FIRST, _SECOND, _THIRD)[min(outcome.interrupted, 3) - 1])
        if outcome.interrupted in (1, 3):
            process.send_signal(signal.SIGINT)

    listening: Sequence[Literal[signal.Signals.SIGINT, signal.Signals.SIGTERM]] = ()
    if threading.current_thread() is threading.main_thread():
        listening = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, asked) for number in listening}
    try:
        yield
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _not_startable(around: Surroundings, error: OSError) -> EnvironmentalError:
    return EnvironmentalError(f"{around.engine.told} cannot be started: {reason(error)}")


def sequence(content: object) -> Sequence[object]:
    """A JSON array; empty for anything else."""
    return content if isinstance(content, list) else ()


def mapping(content: object) -> Mapping[str, object]:
    """A JSON object; empty for anything else."""
    return content if isinstance(content, dict) else {}
