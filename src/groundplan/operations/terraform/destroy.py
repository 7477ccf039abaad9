"""Destruction by Terraform, with the rules that hold for CloudFormation: what keeps data stays unless it is to go.

First whatever protects from deletion is taken off, with as narrow a plan as there is. Then a root without resources
is planned and applied: Terraform deletes what it has made. What stays is in a ``removed`` block, so that Terraform
forgets it: https://developer.hashicorp.com/terraform/language/block/removed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from groundplan.engines import cloudformation, terraform
from groundplan.engines.terraform.model import MARKER, Rendering
from groundplan.operations.deletion_protection import without_protection
from groundplan.operations.destroy import fate
from groundplan.operations.events import Report
from groundplan.operations.holdings import FATES, NOTHING, Fate, Forfeit, Holding, is_protected, with_contents
from groundplan.operations.instances import release
from groundplan.operations.last_snapshots import Promoted, promoted, take_last_snapshots
from groundplan.operations.terraform.apply import apply
from groundplan.operations.terraform.folder import Root
from groundplan.operations.terraform.plan import saved_plan
from groundplan.operations.terraform.state import State
from groundplan.resources import Resource
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.parameters import SecureParameter
from groundplan.targets.connection import Connection

_COMMAND = "groundplan destroy"
_EMPTIED = {
    "aws_backup_vault": "force_destroy",
    "aws_ecr_repository": "force_delete",
    "aws_route53_zone": "force_destroy",
    "aws_s3_bucket": "force_destroy",
    "google_storage_bucket": "force_destroy",
}
"""What Terraform deletes together with all that is inside only where this argument says so."""
KEYS = "aws_kms_key"
_ALIASES = "aws_kms_alias."
"""Goes where its key stays: another deployment makes a key of that name."""
_OVERRIDE = "destroy_override.tf"
_REMOVED = "removed.tf"
_WITHOUT_RESOURCES = (
    "backend.tf", "google_provider.tf", "providers.tf", "terraform.tfvars", "variables.tf", "versions.tf", ".gitignore",
)  # fmt: skip


@dataclass(frozen=True)
class Destruction:
    """What a destruction is about to take away."""

    standing: tuple[str, ...]
    """Terraform addresses of everything in the state."""
    holdings: tuple[Holding, ...]
    """What holds data, and what becomes of it."""
    promoted: tuple[Promoted, ...] = ()
    """Replicas that are databases of their own by now: each keeps a last snapshot, which Terraform would not take."""

    def fate(self, holding: Holding, forfeit: Forfeit) -> Fate:
        """What becomes of it. Of what stays that goes, too, which a person gives up; but keys stay as long as a last
        snapshot needs one of them."""
        return fate(holding, self.holdings, forfeit, keys=KEYS)

    def staying(self, forfeit: Forfeit) -> tuple[Holding, ...]:
        """What stays in the account."""
        return tuple(item for item in self.holdings if self.fate(item, forfeit) == "stays")


def look_ahead(root: Root, state: State, connection: Connection) -> Destruction:
    """What would be destroyed, without destroying anything."""
    fates = _fates(root.architecture)
    region = root.architecture.region
    alone = promoted(connection, root.architecture)
    fates |= {item.address: "keeps a last snapshot" for item in alone}
    protected = {resource.address for resource in root.architecture if is_protected(resource)}
    found = []
    for item in state.resources:
        if not root.holds_data(item.address, item.type):
            continue
        name = root.terraform.around.name(item.address)
        where = str(item.values.get("region") or region)
        found.append(
            Holding(
                name or item.address,
                item.type,
                str(item.values.get("identifier") or item.physical_id),
                where,
                fates.get(name or "", "goes"),
                protected=name in protected,
            )
        )
    held = with_contents(connection, found, _types())
    return Destruction(tuple(item.address for item in state.resources), held, alone)


def by_cloudformations_types(found: Iterable[Holding]) -> tuple[Holding, ...]:
    """The same, as what knows CloudFormation's types understands them."""
    return tuple(replace(item, type=_types().get(item.type, item.type)) for item in found)


@cache
def _types() -> Mapping[str, str]:
    """Terraform's type to CloudFormation's, of what holds data."""
    from groundplan.engines.cloudformation.table import ROWS as TEMPLATE_ROWS
    from groundplan.engines.terraform.table import ROWS

    pairs = ((row.type, TEMPLATE_ROWS[kind].type) for kind, row in ROWS.items() if kind in TEMPLATE_ROWS)
    return {ours: theirs for ours, theirs in pairs if isinstance(ours, str) and isinstance(theirs, str)}


def _fates(architecture: Architecture) -> dict[str, Fate]:
    """What becomes of each resource that holds data, by its address: what its CloudFormation template says."""
    of_aws, _ = cloudformation.of_aws(architecture)
    rendering = cloudformation.render(of_aws)
    templates = {stack.name: stack.template["Resources"] for stack in rendering.stacks}
    fates: dict[str, Fate] = {}
    for resource in architecture:
        if isinstance(resource, SecureParameter):
            fates[resource.address] = "stays" if resource.filled_by_a_person else "goes"
        for place in rendering.locations.get(resource.ref, ())[:1]:
            resources = templates[place.stack]
            assert isinstance(resources, Mapping)
            fates[resource.address] = FATES.get(str(resources[place.logical_id].get("DeletionPolicy", "")), "goes")
    return fates


def destroy(
    root: Root,
    ahead: Destruction,
    state: State,
    connection: Connection,
    report: Report,
    *,
    forfeit: Forfeit = NOTHING,
) -> tuple[int, tuple[str, ...]]:
    """Take protection off, then delete everything but what stays. Returns how much was deleted, and what stays.

    Raises DeploymentError where something refuses to go; the next call goes on from there.
    """
    forfeit.require(ahead.holdings, [resource.address for resource in root.architecture])
    take_last_snapshots(connection, ahead.promoted, report)
    kept = {item.address for item in ahead.staying(forfeit)}
    _unprotect(root, state, kept)
    for group in root.architecture.of(AutoScalingGroup):
        if any(item.type == "aws_autoscaling_group" for item in state.resources):
            release(connection, group, group.region or root.architecture.region)
    staying = sorted(
        address
        for address in _bare(ahead.standing)
        if root.terraform.around.name(address) in kept and not address.startswith(_ALIASES)
    )
    root.write(_without_resources(root.rendering, staying))
    with saved_plan(root) as saved:
        done = apply(root, saved, _COMMAND) if saved.applicable else 0
    return done, tuple(sorted(kept))


def _unprotect(root: Root, state: State, kept: set[str]) -> None:
    """Deletion protection off, and let Terraform empty what goes with all that is inside. Nothing else changes."""
    unprotected = _all_unprotected(root.architecture)
    changed = {item.ref for item, before in zip(unprotected, root.architecture, strict=True) if item is not before}
    protected = {address for ref in changed for address in root.rendering.addresses.get(ref, ())[:1]}
    full = (
        item.address
        for item in state.resources
        if item.type in _EMPTIED
        and item.values.get(_EMPTIED[item.type]) is not True
        and root.terraform.around.name(item.address) not in {None, *kept}
    )
    emptied = set(_bare(full))
    targets = sorted({*_bare(item.address for item in state.resources)} & {*protected, *emptied})
    if not targets:
        return
    rendered = terraform.render(unprotected)
    backend = {"backend.tf": root.rendering.files["backend.tf"]}
    override = {_OVERRIDE: _forced(emptied)} if emptied else {}
    root.write(replace(rendered, files={**rendered.files, **backend, **override}))
    with saved_plan(root, *(f"-target={address}" for address in targets)) as saved:
        if saved.applicable:
            root.terraform.report(f"taking protection from deletion off {', '.join(targets)}")
            apply(root, saved, _COMMAND)


def _all_unprotected(architecture: Architecture) -> Architecture:
    """Without the deletion protection that AWS, and the other cloud, offers."""
    return (bare := without_protection(architecture)).with_resources(map(_unprotected, bare))


def _unprotected(resource: Resource) -> Resource:
    open_to_deletion: dict[str, Any] = {"deletion_protection": False}
    protected = getattr(resource, "deletion_protection", None) is True
    return replace(resource, **open_to_deletion) if protected else resource


def _bare(addresses: Iterable[str]) -> Iterator[str]:
    """Without the index of one of several, once each."""
    return iter(dict.fromkeys(address.partition("[")[0] for address in addresses))


def _forced(addresses: Iterable[str]) -> str:
    """Arguments that Terraform merges into the resources of the same name.

    Source: https://developer.hashicorp.com/terraform/language/files/override
    """
    blocks = []
    for address in sorted(addresses):
        kind, _, label = address.partition(".")
        blocks.append(f'resource "{kind}" "{label}" {{\n  {_EMPTIED[kind]} = true\n}}\n')
    return "\n".join((_heading("what goes with all that is inside"), *blocks))


def _without_resources(rendering: Rendering, staying: Iterable[str]) -> Rendering:
    """A root that asks for nothing any more, and lets go of what stays."""
    files = {name: text for name, text in rendering.files.items() if name in _WITHOUT_RESOURCES}
    blocks = [f"removed {{\n  from = {item}\n\n  lifecycle {{\n    destroy = false\n  }}\n}}\n" for item in staying]
    return replace(rendering, files={**files, _REMOVED: "\n".join((_heading("what stays in the account"), *blocks))})


def _heading(about: str) -> str:
    return f"{MARKER}: {about}, while the environment is destroyed.\n"
