"""INFRASTRUCTURE.md: what stands where, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from groundplan.documents.naming import CONCERNS, called, code, kinds, of_concern
from groundplan.engines.terraform.modules.share import CONTENTS, module_of
from groundplan.engines.terraform.table import ROWS
from groundplan.resources.network import NatGateway, SecurityGroupRule, Subnet, Vpc
from groundplan.resources.values import Ref

if TYPE_CHECKING:
    from groundplan.blueprint.data import Storage
    from groundplan.blueprint.services import Scaling, Service
    from groundplan.documents.facts import Facts
    from groundplan.documents.templating import Row
    from groundplan.resources import Resource


def chapter(facts: Facts) -> Mapping[str, object]:
    """What the template says of one environment."""
    architecture = facts.architecture
    return {
        "name": facts.name,
        "profile": facts.blueprint.profile,
        "region": architecture.region,
        "standby": architecture.standby.region if architecture.standby else None,
        "count": len(architecture),
        "engine": facts.blueprint.engine,
        "platform": facts.blueprint.platform,
        "prefix": architecture.name_prefix,
        "tags": [(key, value) for key, value in sorted(architecture.tags.items())],
        "modules": _modules(facts) if facts.blueprint.engine == "terraform" and not facts.loaded.is_shared else [],
        "vpcs": [
            (code(called(vpc)), vpc.cidr_block, vpc.region or architecture.region) for vpc in architecture.of(Vpc)
        ],
        "subnets": [
            (item.tier, item.availability_zone, item.cidr_block, item.cidr_block.num_addresses - 5, code(called(item)))
            for item in architecture.of(Subnet)
        ],
        "nat": [
            (code(called(item)), architecture[item.subnet].availability_zone) for item in architecture.of(NatGateway)
        ],
        "groups": _groups(facts),
        "services": [_service(name, service) for name, service in facts.blueprint.services.items()],
        "jobs": [
            (name, job.image.repository, f"{job.size.cpu} units, {job.size.memory} MiB", job.schedule, job.timezone)
            for name, job in facts.blueprint.jobs.items()
        ],
        "nodes": [
            (name, ", ".join(group.instances), f"{group.min} to {group.max}, first {group.desired}",
             "Spot" if group.spot else "on demand", ", ".join(group.taints))
            for name, group in (facts.blueprint.kubernetes.nodes if facts.blueprint.platform == "eks" else {}).items()
        ],
        "databases": [
            (name, f"{item.engine.name} {item.engine.version}", item.instance_class, _storage(item.storage),
             "yes" if item.standby else "no", item.replicas, item.backups)
            for name, item in facts.blueprint.databases.items()
        ],
        "caches": [
            (name, f"{item.engine.name} {item.engine.version}", item.node_class, item.shards or 1, item.nodes,
             item.snapshots)
            for name, item in facts.blueprint.caches.items()
        ],
        "buckets": [
            (name, "yes" if item.versioning else "no", item.encryption, ", ".join(item.lifecycle) or "none",
             item.replicate.region if item.replicate else "none")
            for name, item in facts.blueprint.buckets.items()
        ],
        "queues": [
            (name, item.visibility, item.keep, "yes" if item.dead_letters else "no")
            for name, item in facts.blueprint.queues.items()
        ],
        "concerns": [
            (title, len(found), [_kind(title_of, these) for title_of, these in kinds(found)])
            for concern, title in CONCERNS.items()
            if (found := of_concern(architecture, concern))
        ],
        "outputs": [(code(item.name), item.description) for item in architecture.outputs],
    }  # fmt: skip


def _modules(facts: Facts) -> list[Row]:
    """Where each resource stands in Terraform."""
    files: dict[str, Counter[str]] = {}
    for resource in facts.architecture:
        row = ROWS.get(type(resource))
        if row is not None:
            files.setdefault(module_of(row.file), Counter())[row.file] += 1
    return [
        (code(f"modules/{module}/"), about, files[module].total(), ", ".join(map(code, sorted(files[module]))))
        for module, about in CONTENTS.items()
        if module in files
    ]  # fmt: skip


def _groups(facts: Facts) -> list[Row]:
    """Who may connect to what, by security group."""
    architecture = facts.architecture
    rows: list[Row] = []
    for rule in architecture.of(SecurityGroupRule):
        if rule.direction != "ingress":
            continue
        source = called(architecture[rule.peer]) if isinstance(rule.peer, Ref) else str(rule.peer)
        rows.append((code(called(architecture[rule.security_group])), code(source), _ports(rule), rule.description))
    return rows


def _ports(rule: SecurityGroupRule) -> str:
    if rule.from_port is None:
        return rule.protocol
    ports = str(rule.from_port) if rule.from_port == rule.to_port else f"{rule.from_port} to {rule.to_port}"
    return f"{rule.protocol} {ports}"


def _service(name: str, service: Service) -> Row:
    scaling = service.scaling
    tasks = service.tasks
    return (
        name,
        service.image.repository,
        f"{service.size.cpu} units, {service.size.memory} MiB",
        f"{tasks.desired}, {tasks.min} to {tasks.max}" if scaling else str(tasks.desired),
        ", ".join(_targets(scaling)) if scaling else "none",
        (service.public.domain or "every host") if service.public else "",
        service.deployment.strategy,
        ", ".join(need.name for need in service.needs),
    )


def _targets(scaling: Scaling) -> list[str]:
    """What scaling holds."""
    targets = (
        ("CPU", scaling.cpu),
        ("memory", scaling.memory),
        ("requests", scaling.requests),
        ("backlog", scaling.backlog),
    )
    return [f"{what} {target}" for what, target in targets if target is not None]


def _storage(storage: Storage) -> str:
    return f"{storage.size}, grows to {storage.max}" if storage.max else str(storage.size)


def _kind(title: str, resources: list[Resource]) -> Row:
    names = dict.fromkeys(called(item) for item in resources)
    return title, len(resources), ", ".join(code(name) for name in names if name)
