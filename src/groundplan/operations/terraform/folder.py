"""Where Terraform works on an environment: ``.groundplan/terraform/<project>-<stage>`` beside the blueprint.

The ``.tf`` files are rendered anew by every command. What stays is Terraform's own: ``.terraform.lock.hcl``, which
holds the provider's version and belongs under version control; ``.terraform`` with the provider; and for
``state: {backend: local}`` the state, ``terraform.tfstate``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.engines import terraform
from groundplan.engines.terraform.model import MARKER, Rendering
from groundplan.engines.terraform.table import ROWS
from groundplan.errors import EnvironmentalError, InputError
from groundplan.files import reason
from groundplan.operations.events import Report
from groundplan.operations.findings import packed
from groundplan.operations.terraform.engine import find_engine
from groundplan.operations.terraform.failures import Surroundings, explained
from groundplan.operations.terraform.run import Terraform
from groundplan.resources import Resource
from groundplan.resources.architecture import Architecture
from groundplan.resources.state import state_key
from groundplan.resources.values import Ref

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment

MONTHLY = "groundplan_monthly_usd"
"""The output that keeps the monthly cost in the state, so that a later plan can tell the difference."""
COSTS = "groundplan_monthly_usd_by_resource"
"""The same by address, as JSON."""
FOUND = "groundplan_findings"
"""The output that keeps what the checks found."""
OWN_OUTPUTS = frozenset({MONTHLY, COSTS, FOUND})
_OWN_FILE = "groundplan.tf"
_ERRORED = "errored.tfstate"
"""What Terraform leaves where it could not write the state: https://developer.hashicorp.com/terraform/cli/commands/apply"""
_IGNORED = (
    "# Only of this machine: states and plans tell all about an environment. The lock files are for everybody.\n"
    "*\n!*/\n!.terraform.lock.hcl\n!.gitignore\n.terraform/\n"
)


@dataclass(frozen=True)
class Tags:
    """What a later plan compares with, written into the state."""

    monthly: Decimal
    """USD a month of the whole environment."""
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    """The same by address."""
    found: frozenset[str] = frozenset()
    """What the checks found, see ``groundplan.operations.findings``."""


@dataclass(frozen=True)
class Root:
    """One environment as Terraform sees it, rendered and initialised."""

    architecture: Architecture
    rendering: Rendering
    terraform: Terraform
    tags: Tags

    @property
    def name(self) -> str:
        """``shop-production``"""
        return f"{self.architecture.project}-{self.architecture.stage}"

    @property
    def folder(self) -> Path:
        """Where Terraform works."""
        return self.terraform.folder

    def ref_of(self, address: str) -> Ref[Resource] | None:
        """The resource that has this Terraform address; None for what stands beside one, and for what is not ours."""
        return self._refs.get(address.partition("[")[0])

    @cached_property
    def _refs(self) -> Mapping[str, Ref[Resource]]:
        return {addresses[0]: ref for ref, addresses in self.rendering.addresses.items() if addresses}

    def holds_data(self, address: str, kind: str) -> bool:
        """Whether data is lost with it. What the blueprint no longer has is judged by its Terraform type."""
        ref = self.ref_of(address)
        return ref.kind.holds_data if ref else kind in _data_types()

    def telling(self, report: Report) -> Root:
        """The same root, with somebody else to tell what happens."""
        return replace(self, terraform=replace(self.terraform, report=report))

    def write(self, rendering: Rendering) -> None:
        """Make the folder hold this rendering."""
        terraform.write(rendering, self.folder)


@cache
def _data_types() -> frozenset[str]:
    return frozenset(row.type for kind, row in ROWS.items() if kind.holds_data and isinstance(row.type, str))


def folder_of(blueprint: Path, architecture: Architecture) -> Path:
    """Where Terraform works on an environment."""
    place = blueprint.resolve().parent / ".groundplan" / "terraform"
    return place / f"{architecture.project}-{architecture.stage}"


def open_root(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    tags: Tags,
    inputs: Mapping[str, str],
    report: Report,
) -> Root:
    """Find an engine, render the environment and initialise Terraform's folder.

    Raises InputError for what Terraform cannot express, and EnvironmentalError where there is no engine, or Terraform
    refuses to begin.
    """
    root = render_root(loaded, architecture, tags, inputs, report)
    open_folder(root)
    return root


def render_root(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    tags: Tags,
    inputs: Mapping[str, str],
    report: Report,
    alone: tuple[Path, Mapping[str, str]] | None = None,
) -> Root:
    """Find an engine and render the environment. ``alone``: another folder than its own, with a state of its own in a
    file, and the variables of the shell that Terraform is to see beside the person's.

    Raises InputError for what Terraform cannot express, and EnvironmentalError where there is no engine.
    """
    engine = find_engine()
    folder, shell = alone or (folder_of(loaded.source_file, architecture), {})
    backend = "local" if alone else loaded.blueprint.state.backend
    options = terraform.Options(backend=backend, state_bucket=loaded.state_bucket)
    rendering = terraform.render(architecture, options)
    gaps = [item for item in rendering.unsupported if not item.address.startswith("output.")]
    if gaps:
        told = "; ".join(f"{item.address}: {item.reason}" for item in gaps)
        raise InputError(f"Terraform cannot express everything in this blueprint: {told}")
    known = {address: ref.address for ref, several in rendering.addresses.items() for address in several}
    bucket = loaded.state_bucket if options.backend == "s3" else None
    key = state_key(architecture.project, architecture.stage)
    around = Surroundings(engine, str(folder), loaded.name, bucket, key, known)
    tagged = replace(rendering, files={**rendering.files, _OWN_FILE: _outputs(tags)})
    return Root(architecture, tagged, Terraform(around, folder, inputs, report, shell), tags)


def open_folder(root: Root) -> None:
    """Make the folder hold what was rendered, and have Terraform begin. Raises EnvironmentalError where it refuses."""
    _make(root.folder)
    _refuse_lost_state(root)
    root.write(root.rendering)
    initialise(root)


def initialise(root: Root) -> None:
    """Have Terraform read the backend and get the providers. Raises EnvironmentalError where that fails."""
    key = _key_of_state(root)
    options = (f"-backend-config=kms_key_id={key}",) if key else ()
    outcome = root.terraform.stream("init", "-input=false", *options)
    if outcome.interrupted:
        raise KeyboardInterrupt
    if outcome.exit_code:
        raise explained("terraform init", outcome.diagnostics, root.terraform.around, deploying=False)


def _key_of_state(root: Root) -> str | None:
    """The KMS key of the bucket that keeps the state. Without it Terraform asks S3 for a key of S3's own, whatever the
    bucket's default is: https://developer.hashicorp.com/terraform/language/backend/s3

    None where there is none, or where nobody tells us: then Terraform itself says what is wrong with the bucket.
    """
    bucket = root.terraform.around.state_bucket
    if bucket is None:
        return None
    from botocore.exceptions import BotoCoreError, ClientError

    from groundplan.targets.connection import connect

    try:
        found = connect("aws").s3(root.architecture.region).get_bucket_encryption(Bucket=bucket)
    except (BotoCoreError, ClientError):
        return None
    for rule in found["ServerSideEncryptionConfiguration"]["Rules"]:
        key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID", "")
        if key.startswith("arn:"):  # the backend takes nothing else
            return key
    return None


def given_inputs(architecture: Architecture, given: Mapping[str, str]) -> dict[str, str]:
    """What is given on the command line, and what Terraform's own variables ``TF_VAR_…`` give."""
    names = {item.name for item in architecture.inputs}
    from_shell = {name: os.environ[f"TF_VAR_{name}"] for name in names if f"TF_VAR_{name}" in os.environ}
    return {**from_shell, **given}


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)  # states and plans are not for other users of the machine
        ignored = folder.parent.parent / ".gitignore"
        if not ignored.exists():
            ignored.write_text(_IGNORED, encoding="utf-8")
    except OSError as error:
        raise EnvironmentalError(
            f"{error.filename or folder} cannot be written, and Terraform works there: {reason(error)}"
        ) from error


def _refuse_lost_state(root: Root) -> None:
    lost = root.folder / _ERRORED
    if lost.exists():
        prompt = root.terraform.around.engine.at_a_prompt or "terraform"
        raise EnvironmentalError(
            f"{lost} holds the state of a deployment whose end could not be written to where the state is kept. Push "
            f"it there first: {prompt} -chdir={root.folder} state push {_ERRORED}; then delete the file and run this "
            "again"
        )


def _outputs(tags: Tags) -> str:
    costs = {address: f"{cost:.4f}" for address, cost in sorted(tags.costs.items()) if cost}
    written = {
        MONTHLY: ("USD per month by the catalog of prices", f"{tags.monthly:.2f}"),
        COSTS: ("The same by resource, as JSON", json.dumps(costs, separators=(",", ":"))),
        FOUND: ("What groundplan check found, packed", packed(tags.found)),
    }
    outputs = (
        f'\noutput "{name}" {{\n  description = "{told}, for the next plan to compare with"\n'
        f"  value       = {json.dumps(value)}\n}}\n"
        for name, (told, value) in written.items()
    )
    return f"{MARKER}, which overwrites what is changed here.\n" + "".join(outputs)
