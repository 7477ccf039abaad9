"""What a deployment by Terraform would change, in the form that CloudFormation's plans have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from groundplan.operations.change_sets import Action
from groundplan.operations.changes import EVERYTHING, LAST_SNAPSHOT, Change, Found, Plan, with_costs
from groundplan.operations.findings import found_in
from groundplan.operations.protection import taken_off
from groundplan.operations.terraform.failures import explained
from groundplan.operations.terraform.folder import OWN_OUTPUTS, Root
from groundplan.operations.terraform.properties import changed, drifted, left_to_others, listed, path
from groundplan.operations.terraform.run import mapping, sequence
from groundplan.operations.terraform.state import State, of_json

SAVED = "groundplan.tfplan"
_REASONS = {
    "replace_because_tainted": "was not made whole the last time",
    "replace_by_request": "somebody asked for it",
    "replace_by_triggers": "what it is made from is replaced",
    "delete_because_no_resource_config": "no longer in the blueprint",
}
"""Source: https://developer.hashicorp.com/terraform/internals/json-format#plan-representation"""


@dataclass(frozen=True)
class SavedPlan:
    """A plan in a file, which is applied exactly or not at all."""

    file: Path
    plan: Plan
    forgotten: tuple[str, ...] = ()
    """Terraform addresses that leave the state while the resource stays."""
    applicable: bool = True
    """Whether applying it would change anything but the price tag."""


@contextmanager
def saved_plan(root: Root, *options: str) -> Iterator[SavedPlan]:
    """Have Terraform plan into a file, which is deleted at the end: it may tell values that are nobody's business.

    Raises EnvironmentalError where Terraform refuses, KeyboardInterrupt where a person has ended it.
    """
    file = root.terraform.data / SAVED
    try:
        yield SavedPlan(file, *read_plan(root, make_plan(root, file, *options)))
    finally:
        file.unlink(missing_ok=True)


def make_plan(root: Root, file: Path, *options: str) -> Mapping[str, object]:
    """Plan into a file. Returns the plan in Terraform's JSON form."""
    outcome = root.terraform.stream("plan", "-input=false", f"-out={file}", *options)
    if outcome.interrupted:
        raise KeyboardInterrupt
    if outcome.exit_code:
        raise explained("terraform plan", outcome.diagnostics, root.terraform.around, deploying=False)
    file.chmod(0o600)
    return mapping(json.loads(root.terraform.read("show", "-json", str(file))))


def read_plan(root: Root, content: Mapping[str, object]) -> tuple[Plan, tuple[str, ...], bool]:
    """The plan as Groundplan tells it; what Terraform forgets; and whether there is anything to apply."""
    found: list[tuple[str, Change]] = []
    notes = list(_drift_notes(root, content))
    forgotten = []
    for item in _items(content, "resource_changes"):
        address = str(item.get("address"))
        actions = sequence(mapping(item.get("change")).get("actions"))
        if actions == ["forget"]:
            forgotten.append(address)
        elif item.get("previous_address") and item.get("mode") == "managed":
            notes.append(f"{address}: has that name now instead of {item['previous_address']}, and stays as it is")
        if (change := _change(root, item)) is not None:
            found.append((address, change))
    order = {ref.address: number for number, ref in enumerate(root.rendering.addresses)}
    found.sort(key=lambda pair: (order.get(pair[1].resource, len(order)), pair[0]))
    before = of_json(mapping(content.get("prior_state")))
    first = not before.resources
    changes = tuple(with_costs((change for _, change in found), root.tags.costs, _costs(before), fresh=first))
    outputs = [name for name, item in mapping(content.get("output_changes")).items() if _differs(mapping(item))]
    applicable = bool(changes or forgotten or set(outputs) - OWN_OUTPUTS)
    known = Found(frozenset()) if first else found_in(before.found)
    monthly = _monthly_change(root, before, bool(changes))
    plan = Plan("aws", changes, monthly, tuple(notes), found_before=known)
    return plan, tuple(forgotten), applicable


def _items(content: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    return [mapping(item) for item in sequence(content.get(name))]


def _differs(change: Mapping[str, object]) -> bool:
    return change.get("actions") != ["no-op"]


def _change(root: Root, item: Mapping[str, object]) -> Change | None:
    """None for what is only read, or stays."""
    address = str(item.get("address"))
    change = mapping(item.get("change"))
    reason = _REASONS.get(str(item.get("action_reason", "")))
    kind = str(item.get("type"))
    action: Action
    match change.get("actions"):
        case ["create"] if item.get("mode") == "managed":
            action, why = "create", "new in the blueprint"
        case ["update"]:
            action, why = "update", f"changes {listed(changed(change)) or 'what is known only afterwards'}"
        case ["delete"]:
            action, why = "delete", reason or "no longer in the blueprint"
        case ["delete", "create"] | ["create", "delete"]:
            paths = sorted({path(sequence(steps)) for steps in sequence(change.get("replace_paths"))})
            cannot = f"changes {', '.join(paths)}, which AWS cannot change in place"
            action, why = "replace", reason or (cannot if paths else "AWS cannot change it in place")
        case _:
            return None
    if imported := mapping(change.get("importing")).get("id"):
        why = f"takes over {imported}, which exists; {why}"
    name = root.terraform.around.name(address) or address
    before, after = mapping(change.get("before")), mapping(change.get("after"))
    return Change(
        action,
        name,
        kind,
        "",
        why,
        root.holds_data(address, kind),
        loses=_loss(kind, before),
        unprotects=taken_off("terraform", kind, before, after) if action in ("update", "replace") else (),
    )


def _loss(kind: str, before: Mapping[str, object]) -> str:
    """What is lost with a resource that goes, by what the state says of it."""
    if kind == "aws_db_instance" and before.get("skip_final_snapshot") is False:
        return LAST_SNAPSHOT
    if kind == "aws_elasticache_replication_group" and before.get("final_snapshot_identifier"):
        return LAST_SNAPSHOT
    if kind in ("aws_s3_bucket", "aws_ecr_repository", "aws_backup_vault"):
        forced = before.get("force_destroy") or before.get("force_delete")
        return EVERYTHING if forced else f"{EVERYTHING}: AWS refuses as long as there is anything"
    for days in ("deletion_window_in_days", "recovery_window_in_days"):
        if before.get(days):
            return f"{EVERYTHING}, after {before[days]} days, until which it can be brought back"
    return EVERYTHING


def _drift_notes(root: Root, content: Mapping[str, object]) -> Iterator[str]:
    for item in _items(content, "resource_drift"):
        change, address = mapping(item.get("change")), str(item.get("address"))
        name = root.terraform.around.name(address) or address
        if change.get("actions") == ["delete"]:
            yield f"{name}: somebody has deleted it, not Terraform"
        elif found := drifted(change, left_to_others(root, address)):
            yield f"{name}: somebody has changed {listed(found)}, not Terraform"


def _monthly_change(root: Root, before: State, changes: bool) -> Decimal | None:
    """By the price tag in the state: unknown where something is deployed that has none."""
    if not changes:
        return Decimal(0)
    if not before.resources:
        return root.tags.monthly
    try:
        return round(root.tags.monthly, 2) - Decimal(before.monthly) if before.monthly else None
    except InvalidOperation:
        return None


def _costs(before: State) -> dict[str, Decimal] | None:
    try:
        told = mapping(json.loads(before.costs or "null"))
        return {address: Decimal(str(cost)) for address, cost in told.items()} if before.costs else None
    except (ValueError, InvalidOperation):  # edited by hand
        return None
