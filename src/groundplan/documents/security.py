"""SECURITY.md: which controls hold, which risks are accepted, who may do what, what is encrypted and recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from groundplan.checks import catalogue
from groundplan.documents.naming import called, code, of_concern
from groundplan.resources.containers import ContainerRepository
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance, Table
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import BackupVault, Trail
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import LogGroup, Topic
from groundplan.resources.network import SecurityGroupRule
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Key, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

if TYPE_CHECKING:
    from groundplan.documents.facts import Facts
    from groundplan.documents.templating import Row
    from groundplan.resources import Resource

FAMILY = "GP-SEC-"
TARGETS = 6
"""More targets of one principal are only counted."""
OPEN = "open"
BUCKET_TLS, DATABASE_TLS, QUEUE_TLS, CACHE_TLS = "GP-SEC-006", "GP-SEC-024", "GP-SEC-040", "GP-SEC-004"
"""The rules that find a store which can be reached without TLS."""


def controls(environments: Sequence[Facts]) -> list[Row]:
    """Every rule of the security family: what it corresponds to elsewhere, and how each environment stands."""
    return [
        (
            rule.id,
            rule.title,
            rule.severity,
            ", ".join(rule.references.security_hub),
            ", ".join(rule.references.cis),
            *(status(facts, rule.id) for facts in environments),
        )
        for rule in catalogue()
        if rule.id.startswith(FAMILY)
    ]


def status(facts: Facts, rule: str) -> str:
    """``held``, ``accepted``, or how many places are open."""
    found = [finding for finding in facts.report.findings if finding.rule == rule]
    standing = sum(not finding.accepted for finding in found)
    return f"**{standing} {OPEN}**" if standing else "accepted" if found else "held"


def chapter(facts: Facts) -> Mapping[str, object]:
    """What the template says of one environment."""
    mine = [finding for finding in facts.report.findings if finding.rule.startswith(FAMILY)]
    return {
        "name": facts.name,
        "open": sum(not finding.accepted for finding in mine),
        "accepted": sum(finding.accepted for finding in mine),
        "standing": [
            (finding.severity, finding.rule, finding.resource, finding.message, finding.fix)
            for finding in mine
            if not finding.accepted
        ],
        "risks": risks(facts),
        "principals": _principals(facts),
        "entries": _entries(facts),
        "encryption": list(_encryption(facts)),
        "kms_keys": [
            (code(called(key)), key.description, "every year" if key.enable_key_rotation else "no",
             f"{key.deletion_window_in_days} days")
            for key in facts.architecture.of(Key)
        ],
        "secrets": list(_secrets(facts)),
        "audit": [
            (item.title, code(called(item)))
            for concern in ("audit", "security")
            for item in of_concern(facts.architecture, concern)
            if not isinstance(item, Bucket) and called(item)
        ],
        "trail": bool(facts.architecture.of(Trail)),
        "logs": [
            (code(group.log_group_name), f"{group.retention_in_days} days", _key(facts, group.kms_key))
            for group in facts.architecture.of(LogGroup)
        ],
    }  # fmt: skip


def risks(facts: Facts) -> list[Row]:
    """What the blueprint accepts: rule, what it says, where, why, and until when."""
    titles = {rule.id: rule.title for rule in catalogue()}
    return [
        (entry.rule, titles.get(entry.rule, "a rule of your own"), entry.resource, entry.reason,
         entry.expires or "none")
        for entry in facts.blueprint.accept
    ]  # fmt: skip


def _principals(facts: Facts) -> list[Row]:
    """Each principal with what it may do, by level of access."""
    rows: dict[tuple[str, str], tuple[set[str], dict[str, None]]] = {}
    for item in facts.permissions:
        actions, targets = rows.setdefault((str(item.principal), item.level), (set(), {}))
        actions.add(item.action)
        targets[str(item.target)] = None
    return [
        (who, level, len(actions), _some(list(targets))) for (who, level), (actions, targets) in rows.items()
    ]  # fmt: skip


def _some(targets: Sequence[str]) -> str:
    more = len(targets) - TARGETS
    return ", ".join(targets[:TARGETS]) + (f" and {more} more" if more > 0 else "")


def _entries(facts: Facts) -> list[Row]:
    """Who from outside of the network may connect."""
    architecture = facts.architecture
    return [
        (str(rule.peer), code(called(architecture[rule.security_group])),
         rule.protocol if rule.from_port is None else f"{rule.protocol} {rule.from_port}"
         + ("" if rule.to_port == rule.from_port else f" to {rule.to_port}"), rule.description)
        for rule in architecture.of(SecurityGroupRule)
        if rule.direction == "ingress" and not isinstance(rule.peer, Ref)
    ]  # fmt: skip


def _encryption(facts: Facts) -> Iterator[Row]:
    """How each store is encrypted at rest, and on its way."""
    architecture = facts.architecture
    plain = {(finding.rule, finding.resource) for finding in facts.report.findings}

    def row(item: Resource, at_rest: str, rule: str = "") -> Row:
        """``rule``: the one that finds it where it can be reached without TLS."""
        on_its_way = (
            "" if not rule else "TLS if the client asks for it" if (rule, item.address) in plain else "TLS only"
        )
        return item.title, code(called(item)), at_rest, on_its_way

    for database in architecture.of(DatabaseInstance):
        encrypted = database.storage_encrypted is not False
        yield row(database, _key(facts, database.kms_key) if encrypted else "no", DATABASE_TLS)
    for cache in architecture.of(CacheReplicationGroup):
        at_rest = _key(facts, cache.kms_key) if cache.at_rest_encryption_enabled else "no"
        yield row(cache, at_rest, CACHE_TLS)
    for bucket in architecture.of(Bucket):
        yield row(
            bucket, _key(facts, bucket.kms_key) if bucket.sse_algorithm == "aws:kms" else "S3's own keys", BUCKET_TLS
        )
    for queue in architecture.of(Queue):
        yield row(queue, _key(facts, queue.kms_key), QUEUE_TLS)
    for files in architecture.of(FileSystem):
        yield row(files, _key(facts, files.kms_key) if files.encrypted else "no")
    for cluster in architecture.of(KubernetesCluster):
        yield row(cluster, f"secrets: {_key(facts, cluster.secrets_key)}")
    kinds: tuple[type[Table | ContainerRepository | Topic | BackupVault | Trail], ...] = (
        Table, ContainerRepository, Topic, BackupVault, Trail,
    )  # fmt: skip
    for kind in kinds:
        for item in architecture.of(kind):
            yield row(item, _key(facts, item.kms_key))


def _key(facts: Facts, key: Ref[Key] | None) -> str:
    """The key by its name; without one AWS's own."""
    return code(called(facts.architecture[key])) if key else "a key of AWS"


def _secrets(facts: Facts) -> Iterator[Row]:
    for secret in facts.architecture.of(Secret):
        made = (
            "Secrets Manager" if secret.generate else "put together by the deployment" if secret.value else "a person"
        )
        yield code(secret.secret_name), secret.description, made
    for parameter in facts.architecture.of(SecureParameter):
        made = "the deployment" if parameter.generate else "copied from the primary" if parameter.source else "a person"
        yield code(parameter.parameter_name), parameter.description, made
