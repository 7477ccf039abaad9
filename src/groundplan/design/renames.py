"""``renamed:``: what stands in AWS keeps all that it has there, and is called in Groundplan as the blueprint calls it.

The environment is designed twice: in the names that AWS has, which says everything about every resource, and in those
of the blueprint, which says what Groundplan calls it: in reports, in Terraform's addresses, in plans. Whatever a
service is made of does not depend on its name, so that both designs are the same resources in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from groundplan.design.regions import of_primary
from groundplan.design.rewriting import Rewriter
from groundplan.errors import InputError
from groundplan.record import replace
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.values import Ref

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment

Names = Mapping[Ref[Resource], Ref[Resource]]


def renamed(loaded: LoadedEnvironment, in_aws: Architecture, now: Architecture) -> Architecture:
    """The architecture in the names that AWS has, with its resources called as they are called now.

    Inputs and outputs keep their names as well: whoever gives or reads them goes on as before.

    Raises InputError where a name makes a difference beyond itself, like that of the bucket ``logs``.
    """
    names = _pairs(loaded, in_aws, now, {})
    called = _called(in_aws, now, names)
    if in_aws.standby is None or now.standby is None:
        return called
    primary = {of_primary(old): of_primary(new) for old, new in names.items()}
    there = _pairs(loaded, in_aws.standby, now.standby, primary)
    return replace(called, standby=_called(in_aws.standby, now.standby, there))


def as_before(architecture: Architecture) -> Architecture:
    """The same architecture with its resources called as they are in AWS, as if nothing had been renamed."""
    return replace(_with_names(architecture, architecture.formerly), formerly={})


def _pairs(loaded: LoadedEnvironment, in_aws: Architecture, now: Architecture, others: Names) -> Names:
    """Every resource's name in AWS's architecture with the one that it has now; ``others`` are those of what stands
    elsewhere."""
    names = {**others, **{old.ref: new.ref for old, new in zip(in_aws.resources, now.resources, strict=False)}}
    same = len(in_aws) == len(now) and all(
        _likeness(old, names) == _likeness(new, {}) for old, new in zip(in_aws, now, strict=True)
    )
    if not same:
        kept = {resource.ref for resource in now}
        other = [old.address for old in in_aws if old.ref not in kept]
        problem = loaded.problem(
            "renamed",
            "what AWS has under the old names is not made of the same resources as what the blueprint says now: a name "
            "among them means something by itself, as that of the bucket logs does, which takes the access logs. "
            f"Leave out the rename of that one; only under the old names there are {', '.join(other[:5]) or 'none'}",
        )
        raise InputError([problem])
    return names


def _likeness(resource: Resource, names: Names) -> tuple[object, ...]:
    return type(resource), resource.region, [names.get(ref, ref) for ref in resource.references()]


def _called(in_aws: Architecture, now: Architecture, names: Names) -> Architecture:
    formerly = {names[item.ref]: item.ref for item in in_aws if names[item.ref] != item.ref}
    return replace(_with_names(in_aws, names), needs=now.needs, formerly=formerly)


def _with_names(architecture: Architecture, names: Names) -> Architecture:
    rename = _Rename(names)
    return replace(
        architecture,
        resources=tuple(rename.resource(resource) for resource in architecture),
        outputs=tuple(replace(item, value=rename.textual(item.value)) for item in architecture.outputs),
        workloads=rename.value(architecture.workloads),
        off_hours=rename.value(architecture.off_hours),
        beyond={rename.ref(ref): rename.resource(resource) for ref, resource in architecture.beyond.items()},
    )


class _Rename(Rewriter):
    def __init__(self, names: Names) -> None:
        self._names = names

    def ref(self, ref: Ref[Resource]) -> Ref[Resource]:
        return self._names.get(ref, ref)

    def resource(self, resource: Resource) -> Resource:
        new = self.ref(resource.ref)
        changes = self.changes(resource, but=("name", "key"))
        if new != resource.ref:
            changes |= {"name": new.name, "key": new.key}
        return replace(resource, **changes) if changes else resource
