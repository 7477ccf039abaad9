"""An architecture as one Terraform root: a file for each concern, each resource where a person looks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from groundplan.engines.terraform import hcl, import_blocks, moved, root
from groundplan.engines.terraform.context import CannotExpressError, Context, label
from groundplan.engines.terraform.google import CONTENTS as GOOGLE_CONTENTS
from groundplan.engines.terraform.google import provider as google_provider
from groundplan.engines.terraform.hcl import Blank, Block, Comment, Item
from groundplan.engines.terraform.import_blocks import Import, Importable
from groundplan.engines.terraform.model import GITIGNORE, MARKER, Moves, Options, Rendering, Unsupported
from groundplan.engines.terraform.rows import Row, body
from groundplan.engines.terraform.security import secret_readers
from groundplan.engines.terraform.table import ROWS
from groundplan.errors import InputError, Problem
from groundplan.record import Record, dataclass
from groundplan.resources import Architecture, Resource
from groundplan.resources.security import Secret
from groundplan.resources.values import Attribute, Ref, SecretValue, dynamic_values

CONCERNS: Mapping[str, str] = {
    GITIGNORE: "what stays on this machine, since state and plans tell all about the environment",
    "alb.tf": "load balancer, certificates, listeners and target groups",
    "api_gateway.tf": "APIs in front of services",
    "audit.tf": "CloudTrail and AWS Config",
    "automation.tf": "runbooks that Systems Manager carries out",
    "autoscaling.tf": "how many tasks a service runs",
    "backend.tf": "where Terraform keeps its state",
    "backup.tf": "AWS Backup: vaults, plans and what they back up",
    "budgets.tf": "budgets",
    "cloudfront.tf": "content delivery, and where its logs go",
    "cloudwatch.tf": "log groups, alarms, whom they tell, and dashboards",
    "compute.tf": "EC2 instances that tasks run on",
    "data.tf": "what Terraform asks AWS about",
    "dns.tf": "DNS zone and records",
    "dynamodb.tf": "tables",
    "ecr.tf": "repositories of container images",
    "ecs.tf": "cluster, task definitions and services",
    "efs.tf": "files that pods share",
    "eks.tf": "Kubernetes cluster, node groups, add-ons, and who gets which rights",
    "elasticache.tf": "caches",
    "events.tf": "which events are told, and to whom",
    "experiments.tf": "what drills take away on purpose",
    "iam.tf": "roles and what they allow",
    "kms.tf": "encryption keys",
    import_blocks.FILE: "what exists already and becomes Terraform's",
    moved.FILE: "what Terraform finds under another address than before",
    "network.tf": "VPC, subnets, gateways, routes, network ACLs, flow logs and endpoints",
    "outputs.tf": "what people and other systems want to know",
    "parameters.tf": "values that other environments look up",
    "providers.tf": "the AWS provider, and tags on everything",
    "rds.tf": "databases",
    "s3.tf": "buckets",
    "scheduler.tf": "when jobs run",
    "secrets.tf": "secrets. Their values are in no state; var.secret_versions has one made anew",
    "security.tf": "GuardDuty, Security Hub and IAM Access Analyzer",
    "security_groups.tf": "security groups and what each allows",
    "sqs.tf": "queues and who may use them",
    "terraform.tfvars": "the values of this environment",
    "variables.tf": "what is decided outside of these files",
    "versions.tf": "versions of Terraform and of its providers",
    "waf.tf": "web application firewall",
    "xray.tf": "which requests are traced, and their traces",
    **GOOGLE_CONTENTS,
}
"""What stands in each file, for its first lines."""

Place = tuple[int, str, int, str]
"""Where in its file a resource stands: section, group, kind and label."""


@dataclass(frozen=True)
class Entry(Record):
    """A resource with its blocks, and where they stand."""

    place: Place
    resource: Resource
    blocks: tuple[Block, ...]

    @property
    def file(self) -> str:
        """``network.tf``."""
        return ROWS[type(self.resource)].file


def render(
    architecture: Architecture,
    options: Options | None = None,
    previous: Architecture | None = None,
    ids: Mapping[str, str] | None = None,
) -> Rendering:
    """The files of a Terraform root for the architecture.

    ``previous`` is what was applied last, where that is known: ``moved`` blocks lead from its addresses to the new
    ones. Without it they lead from those that the resources had before the blueprint said ``renamed:``.

    ``ids`` are what exists already and is taken over, by address; see :func:`groundplan.engines.terraform.imports`.

    A resource that Terraform cannot express is left out, with everything that refers to it, and reported in
    ``Rendering.unsupported``. Raises InputError where two resources would share an address.
    """
    options = options or Options()
    context = Context(architecture, ROWS)
    entries, unsupported = all_entries(context)
    addresses = _addresses(entries)
    moves_found = moves_since(previous, architecture, addresses)
    outputs, unsupported_outputs = outputs_of(context, unsupported)
    items: dict[str, list[Item]] = {
        "versions.tf": list(root.versions(architecture)),
        "providers.tf": list(root.providers(architecture)),
        "backend.tf": list(root.backend(architecture, options)),
        "variables.tf": list(root.variables(architecture)),
        "terraform.tfvars": list(root.values(architecture)),
        "outputs.tf": outputs,
        moved.FILE: list(moved.blocks(moves_found.pairs)),
        import_blocks.FILE: list(import_blocks.blocks(_imports(entries, addresses, ids or {}))),
        "google_provider.tf": list(google_provider.providers(architecture)),
    }
    for entry in sorted(entries, key=lambda entry: entry.place):
        items.setdefault(entry.file, []).extend(entry.blocks)
    items["data.tf"] = list(root.data(context))
    files = {name: _file(name, content, architecture) for name, content in sorted(items.items()) if content}
    if options.backend == "local":
        files = {GITIGNORE: _file(GITIGNORE, (), architecture) + root.unversioned(), **files}
    return Rendering(files, addresses, (*unsupported.values(), *unsupported_outputs), moves_found)


def addresses_of(architecture: Architecture) -> Mapping[Ref[Resource], tuple[str, ...]]:
    """The Terraform addresses of every resource that can be rendered, in one root without modules."""
    return _addresses(_entries(Context(architecture, ROWS))[0])


def importable(architecture: Architecture) -> Mapping[str, Importable]:
    """Every resource block by its address, with what an import has to know of it."""
    return _importable(_entries(Context(architecture, ROWS))[0])


def imports(architecture: Architecture, ids: Mapping[str, str]) -> tuple[Import, ...]:
    """What exists already and is taken over, with its addresses in one root without modules.

    ``ids``: what the provider's documentation takes for an import, by Terraform address (``aws_vpc.main``) or by
    Groundplan's (``vpc.main``). Raises InputError for what cannot be imported.
    """
    entries, _ = _entries(Context(architecture, ROWS))
    return _imports(entries, _addresses(entries), ids)


def _importable(entries: Iterable[Entry]) -> dict[str, Importable]:
    found = (block for entry in entries for block in entry.blocks if block.type == "resource")
    return {item.address: item for item in map(import_blocks.importable, found)}


def _imports(
    entries: Iterable[Entry], addresses: Mapping[Ref[Resource], tuple[str, ...]], ids: Mapping[str, str]
) -> tuple[Import, ...]:
    if not ids:
        return ()
    names = {ref.address: found[0] for ref, found in addresses.items() if found}
    return import_blocks.imports(_importable(entries), ids, names)


def moves(previous: Architecture, current: Architecture) -> Moves:
    """What of an earlier architecture stands at another address now, in one root without modules.

    A resource is the same where AWS has it under the same name (``renamed:`` of the blueprint).
    """
    return moved.compare(previous, current, addresses_of(previous), addresses_of(current))


def moves_since(
    previous: Architecture | None,
    current: Architecture,
    addresses: Mapping[Ref[Resource], tuple[str, ...]] | None = None,
) -> Moves:
    """What of the architecture that was applied last stands at another address now. Where that is not known, what the
    blueprint says is ``renamed:`` since it was made."""
    if previous is None and not current.formerly:
        return Moves()
    from groundplan.design.renames import as_before  # here, since few blueprints were renamed

    before = previous or as_before(current)
    return moved.compare(before, current, addresses_of(before), addresses or addresses_of(current))


def all_entries(context: Context) -> tuple[list[Entry], dict[Ref[Resource], Unsupported]]:
    """Every resource that Terraform can express, in the architecture's order, and what it cannot."""
    entries, unsupported = _entries(context)
    for number, entry in enumerate(entries):
        secret = entry.resource
        if isinstance(secret, Secret) and secret.ref in context.secrets_read:
            readers = secret_readers(secret, context.within(secret.region))
            entries[number] = replace(entry, blocks=(*entry.blocks, *readers))
    return entries, unsupported


def _entries(context: Context) -> tuple[list[Entry], dict[Ref[Resource], Unsupported]]:
    entries: list[Entry] = []
    unsupported: dict[Ref[Resource], Unsupported] = {}
    order = {kind: number for number, kind in enumerate(ROWS)}
    for resource in context.architecture:
        kind, ref = type(resource), resource.ref
        try:
            if kind not in ROWS:
                raise CannotExpressError(f"Terraform is not rendered for {resource.title or resource.kind_name()} yet")
            if unsupported:
                _check_references(resource.references(), unsupported)
            row = ROWS[kind]
            blocks = _blocks(row, resource, context.within(resource.region))
        except CannotExpressError as reason:
            unsupported[ref] = Unsupported(resource.address, str(reason))
            continue
        group = row.group(resource) if row.group else resource.name
        entries.append(Entry((row.section, group, order[kind], label(ref)), resource, blocks))
    return entries, unsupported


def _check_references(refs: Iterable[Ref[Resource]], unsupported: Mapping[Ref[Resource], Unsupported]) -> None:
    for ref in refs:
        if ref in unsupported:
            raise CannotExpressError(f"it refers to {ref}, which is not rendered: {unsupported[ref].reason}")


def _blocks(row: Row[Any], resource: Resource, context: Context) -> tuple[Block, ...]:
    waits_for = [address for ref in resource.depends_on for address in _ready(ref, context)]
    own = context.resource(row.type_of(resource), label(resource.ref), *body(row, resource, context, waits_for))
    return (own, *row.beside(resource, context)) if row.beside else (own,)


def _ready(ref: Ref[Resource], context: Context) -> list[str]:
    """What has to exist before a resource is of use: itself, and some of what stands beside it."""
    row, target = ROWS[ref.kind], context.architecture[ref]
    beside = row.beside(target, context) if row.ready and row.beside else ()
    ready = [".".join(block.labels) for block in beside if block.type == "resource" and block.labels[0] in row.ready]
    return ready or [context.address(ref)]


def _addresses(entries: Iterable[Entry]) -> dict[Ref[Resource], tuple[str, ...]]:
    """Every resource's addresses, in the architecture's order."""
    owners: dict[str, Resource] = {}
    problems = []
    found: dict[Ref[Resource], tuple[str, ...]] = {}
    for entry in entries:
        addresses = tuple(".".join(block.labels) for block in entry.blocks if block.type == "resource")
        for address in addresses:
            other = owners.setdefault(address, entry.resource)
            if other is not entry.resource:
                problems.append(
                    Problem(
                        f"{other.address} and {entry.resource.address} would both be {address} in Terraform; "
                        "give one of them another name"
                    )
                )
        found[entry.resource.ref] = addresses
    if problems:
        raise InputError(problems)
    return found


def outputs_of(
    context: Context, unsupported: Mapping[Ref[Resource], Unsupported]
) -> tuple[list[Item], tuple[Unsupported, ...]]:
    """The outputs, without those of resources that are not rendered."""
    left_out: dict[str, Unsupported] = {}
    for output in context.architecture.outputs:
        refs = [
            value.ref if isinstance(value, Attribute) else value.secret
            for value in dynamic_values(output.value)
            if isinstance(value, Attribute | SecretValue)
        ]
        try:
            _check_references(refs, unsupported)
        except CannotExpressError as reason:
            left_out[output.name] = Unsupported(f"output.{output.name}", str(reason))
    items, without_secrets = root.outputs(context, frozenset(left_out))
    return items, (*left_out.values(), *without_secrets)


def about(file: str) -> str:
    """What stands in a file of the flat rendering."""
    return CONCERNS[file]


def _file(name: str, items: Iterable[Item], architecture: Architecture) -> str:
    heading = (
        f"{MARKER.removeprefix('# ')}, which overwrites what is changed here.\n"
        f"{architecture.title} {architecture.stage}: {CONCERNS[name]}."
    )
    return hcl.render((Comment(heading), Blank(), *items))
