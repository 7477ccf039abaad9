"""Applying exactly what was planned."""

from __future__ import annotations

import time

from groundplan.errors import DeploymentError, GroundplanError
from groundplan.operations.deploy import Deployment, StackResult
from groundplan.operations.terraform.failures import explained
from groundplan.operations.terraform.folder import Root
from groundplan.operations.terraform.plan import SavedPlan
from groundplan.operations.terraform.state import read_state


def apply(root: Root, saved: SavedPlan, command: str) -> int:
    """Carry out a saved plan. Returns how many resources were created, changed or deleted.

    ``command`` is what a person runs again after a failure. Raises DeploymentError where something fails or was
    interrupted, with what is in the state by then, and EnvironmentalError where Terraform does not even begin.
    """
    outcome = root.terraform.stream("apply", "-input=false", str(saved.file))
    if not outcome.exit_code and not outcome.interrupted:
        return outcome.completed
    whole = len(saved.plan.changes)
    if not outcome.exit_code and outcome.completed == whole:
        return outcome.completed  # the interruption came too late to change anything
    failed = explained("terraform apply", outcome.diagnostics, root.terraform.around, deploying=True)
    if not isinstance(failed, DeploymentError):
        raise failed
    unnamed = [name for name in outcome.failed if name.partition(" ")[0] not in str(failed)]
    about = f" ({', '.join(unnamed)})" if unnamed else ""
    what = f"{failed}{about}. {outcome.completed} of {whole} changes were made"
    if outcome.interrupted:
        what = f"interrupted after {outcome.completed} of {whole} changes"
    raise DeploymentError(f"{what}. {_standing(root)}. Run {command} again: it goes on from there") from failed


def _standing(root: Root) -> str:
    try:
        state = read_state(root)
    except GroundplanError as error:
        return f"What is in the state cannot be read: {error}"
    halves = sum(item.tainted for item in state.resources)
    again = f", {halves} of which were not made whole and will be made anew" if halves else ""
    return f"The state has {len(state.resources)} resources{again}"


def deploy(root: Root, saved: SavedPlan) -> Deployment:
    """Apply a plan and collect the outputs. Raises what ``apply`` raises."""
    started = time.monotonic()
    done = apply(root, saved, "groundplan deploy") if saved.applicable else 0
    state = read_state(root)
    result = StackResult(root.name, "APPLIED", done, time.monotonic() - started)
    return Deployment((result,), state.outputs)
