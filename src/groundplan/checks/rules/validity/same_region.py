"""GP-VAL-057."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.values import Ref, field_names

FIELDS = ("access_log_bucket", "actions", "kms_key", "log_group")
"""Fields whose target AWS looks for in the region of the resource itself."""


class SameRegion(Rule):
    id = "GP-VAL-057"
    title = "Keys, topics and log buckets are in the region of what uses them"
    severity = "error"
    why = "AWS looks for them in its own region, and says that they do not exist."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="the region argument of both resources",
        cloudformation="the region of the stacks of both resources",
    )
    source = "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        if all(resource.region is None for resource in architecture):
            return
        having = {
            kind: [field for field in FIELDS if field in field_names(kind)] for kind in set(map(type, architecture))
        }
        for resource in architecture:
            here = region_of(architecture, resource)
            for field in having[type(resource)]:
                value = getattr(resource, field)
                for target in value if isinstance(value, tuple) else (value,):
                    if not isinstance(target, Ref):
                        continue
                    there = region_of(architecture, architecture[target])
                    if there != here:
                        yield self.violation(resource, f"in {here} has {field} {target}, which is in {there}")
