"""Released images through deployments by Terraform: the variables for their tags count when something is made.

Terraform ignores which revision a service runs. A revision that it registers itself, because something else of the
task definition has changed, gets the image that runs; so a plan finds nothing to change however often images are
released, and the next start of a job is no step back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from groundplan.operations.release import kept
from groundplan.operations.release.images import tag_of
from groundplan.operations.release.workloads import Workload, workloads
from groundplan.operations.terraform.folder import Root
from groundplan.operations.terraform.plan import SavedPlan, saved_plan
from groundplan.operations.terraform.state import State, read_state
from groundplan.targets.connection import connect


@contextmanager
def plan_with_images(root: Root) -> Iterator[tuple[Root, SavedPlan]]:
    """A plan that leaves the released images as they are, and the root that it was made with.

    Raises what ``saved_plan`` raises, and EnvironmentalError where ECS does not say what runs.
    """
    known = {item.definition.address: item for item in workloads(root.architecture)}
    if known:
        root = _with(root, in_state(root, read_state(root), known))
    with saved_plan(root) as saved:
        changed = {change.resource for change in saved.plan.changes if change.action != "create"} & known.keys()
        if not changed:
            yield root, saved
            return
    running = kept.tags_of(connect("aws"), [known[address] for address in sorted(changed)])
    root = _with(root, running)
    with saved_plan(root) as saved:
        yield root, saved


def in_state(root: Root, state: State, known: Mapping[str, Workload]) -> dict[str, str]:
    """The tag in the revision that Terraform registered last, for the input of each service and job."""
    found: dict[str, str] = {}
    for standing in state.resources:
        ref = root.ref_of(standing.address)
        item = known.get(ref.address) if ref else None
        written = standing.values.get("container_definitions")
        if item is None or not isinstance(written, str):
            continue
        for container in json.loads(written):
            if container.get("name") == item.name and not item.standby:
                found[item.input] = tag_of(str(container.get("image")))
    return found


def _with(root: Root, tags: Mapping[str, str]) -> Root:
    return replace(root, terraform=replace(root.terraform, inputs={**root.terraform.inputs, **tags}))
