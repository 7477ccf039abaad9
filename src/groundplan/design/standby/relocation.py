"""From a standby by itself to a part of the whole: every name and reference as it is beside the primary's."""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.design.regions import PRIMARY, in_standby
from groundplan.design.rewriting import Rewriter
from groundplan.record import replace
from groundplan.resources.base import Resource
from groundplan.resources.values import Pseudo, Ref

_PLACE = ("name", "key", "region")


def name_in_whole(ref: Ref[Resource]) -> Ref[Resource]:
    """What a reference of the standby is beside the primary: its own with another name, the primary's with theirs."""
    if ref.name.startswith(PRIMARY):
        return Ref(ref.kind, ref.name.removeprefix(PRIMARY), ref.key)
    return in_standby(ref)


class Relocation(Rewriter):
    """Moves what was designed for a region as if it were alone. Values that do not change stay the same objects."""

    def __init__(self, region: str, home: str) -> None:
        self.region, self.home = region, home

    def ref(self, ref: Ref[Resource]) -> Ref[Resource]:
        """Its name beside the primary's."""
        return name_in_whole(ref)

    def pseudo(self, value: Pseudo) -> Pseudo | str:
        """The region is no longer the one that everything is in."""
        return self.region if value is Pseudo.REGION else value

    def resources(self, resources: Iterable[Resource]) -> list[Resource]:
        """Each of some resources."""
        return [self.resource(resource) for resource in resources]

    def resource(self, resource: Resource) -> Resource:
        """A resource with the name, the region and the references that it has in the whole."""
        region = resource.region or self.region
        return replace(
            resource,
            **self.changes(resource, but=_PLACE),
            name=name_in_whole(resource.ref).name,
            region=None if region == self.home else region,
        )
