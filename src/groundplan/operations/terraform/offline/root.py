"""An environment in front of the stand-in, in a folder that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.catalog import terraform_providers
from groundplan.operations.changes import Plan
from groundplan.operations.events import Report
from groundplan.operations.terraform.folder import Root, Tags, open_folder, render_root
from groundplan.operations.terraform.offline.installation import (
    install,
    require_packages,
    surroundings,
    write_schema,
)
from groundplan.operations.terraform.plan import saved_plan
from groundplan.resources.architecture import Architecture
from groundplan.resources.state import state_key

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment


@contextmanager
def offline_root(
    loaded: LoadedEnvironment, architecture: Architecture, tags: Tags, inputs: Mapping[str, str], report: Report
) -> Iterator[Root]:
    """The environment, rendered and initialised without network. Its state begins empty and is kept nowhere.

    Raises EnvironmentalError where packages or an engine are missing, and what ``open_root`` raises.
    """
    require_packages()
    with tempfile.TemporaryDirectory(prefix="groundplan-offline-") as place:
        stand_in, schema = Path(place, "stand-in"), Path(place, "schema.json")
        install(stand_in, stand_in)
        folder = Path(place, "terraform", f"{architecture.project}-{architecture.stage}")
        around = surroundings(stand_in, schema)
        root = render_root(loaded, architecture, tags, inputs, report, alone=(folder, around))
        write_schema(schema, root.rendering.files)
        open_folder(root)
        yield root


def plan_offline(
    loaded: LoadedEnvironment, architecture: Architecture, tags: Tags, inputs: Mapping[str, str], report: Report
) -> Plan:
    """What a first deployment would create, as the engine sees it, and in the plan's notes what it could not see."""
    with offline_root(loaded, architecture, tags, inputs, report) as root, saved_plan(root) as saved:
        for gap in root.rendering.unsupported:
            report(f"warning: {gap.address}: {gap.reason}")
        plan = saved.plan
        return replace(plan, offline=True, notes=(*_notes(root, loaded), *plan.notes))


def _notes(root: Root, loaded: LoadedEnvironment) -> Iterator[str]:
    used = (
        name for name in terraform_providers.PROVIDERS if f'"hashicorp/{name}"' in root.rendering.files["versions.tf"]
    )
    told = " and ".join(f"hashicorp/{name} {terraform_providers.provider(name).version}" for name in used)
    yield (
        f"offline: {root.terraform.around.engine.told} has planned with the schemas of {told} alone. Values that AWS "
        "computes are unknown; existing infrastructure was not read, so that everything counts as new"
    )
    architecture = root.architecture
    key = state_key(architecture.project, architecture.stage)
    where = f"s3://{loaded.state_bucket or 'BUCKET'}/{key}" if loaded.blueprint.state.backend == "s3" else "its file"
    yield f"offline: the state in {where} was neither read nor locked; a local, empty one stood in for it"
