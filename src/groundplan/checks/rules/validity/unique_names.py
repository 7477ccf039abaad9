"""GP-VAL-009."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.rules.validity.resource_names import NAMED
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.containers import (
    EcsService,
)
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.scaling import ScalingPolicy, StepScalingPolicy

REPEATABLE: dict[type[Resource], frozenset[str]] = {
    # Two instances may hold databases of one name, and two services policies of one name.
    DatabaseInstance: frozenset({"database_name", "master_username"}),
    ScalingPolicy: frozenset({"policy_name"}),
    StepScalingPolicy: frozenset({"policy_name"}),
}


class UniqueNames(Rule):
    id = "GP-VAL-009"
    title = "No two resources of a kind have the same name"
    severity = "error"
    why = "AWS refuses the second one, or (worse) takes it for the first."
    fix = Fix(
        blueprint="Give one of the two another name:.",
        terraform="the argument that holds the name: bucket, identifier, name, family, ...",
        cloudformation="the property that holds the name: BucketName, DBInstanceIdentifier, Name, Family, ...",
    )
    source = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for kind, named in NAMED.items():
            for field in named:
                if field in REPEATABLE.get(kind, frozenset()):
                    continue
                owners: dict[tuple[object, ...], Resource] = {}
                for resource in architecture.of(kind):
                    name = getattr(resource, field)
                    if name is None:
                        continue
                    # A service's name is unique in its cluster, any other in its region.
                    scope = resource.cluster if isinstance(resource, EcsService) else region_of(architecture, resource)
                    first = owners.setdefault((scope, name), resource)
                    if first is not resource:
                        yield self.violation(
                            resource, f"has {field} {name}, which {first.address} has too; it has to be its own"
                        )
