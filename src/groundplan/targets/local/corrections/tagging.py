"""Tags: of resources of EC2, and Resource Groups Tagging API."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from types import SimpleNamespace
from typing import Any

from groundplan.targets.local.corrections.once import once

_MOST_TAGS = 50


@once
def pages_can_be_saved() -> None:
    """moto keeps a generator between two pages, which no state can be saved with; a list's iterator can."""
    from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

    original = ResourceGroupsTaggingAPIBackend._get_resources_generator

    @wraps(original)
    def listed(self: Any, *arguments: Any, **named: Any) -> Iterator[Any]:
        return iter(list(original(self, *arguments, **named)))

    setattr(ResourceGroupsTaggingAPIBackend, "_get_resources_generator", listed)  # noqa: B010 - as in the others


@once
def tags_are_looked_up() -> None:
    """For the tags of one resource moto goes through those of all."""
    from moto.ec2.models.core import TaggedEC2Resource
    from moto.ec2.models.tags import TagBackend

    described: Any = TagBackend.describe_tags

    def get_tags(self: Any) -> Any:
        own = self.ec2_backend.tags.get(self.id)
        return described(SimpleNamespace(tags={self.id: own})) if self.id and own else []

    setattr(TaggedEC2Resource, "get_tags", get_tags)  # noqa: B010 - as in the others


@once
def load_balancers_take_fifty_tags() -> None:
    """moto stops at ten tags, CloudFormation's own among them. AWS takes fifty, and does not count its own.

    Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-tags.html,
    https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices
    """
    from moto.elbv2.exceptions import TooManyTagsError
    from moto.elbv2.models import ELBv2Backend

    def add_tags(self: Any, resource_arns: list[str], tags: list[dict[str, str]]) -> None:
        for arn in resource_arns:
            self._get_resource_by_arn(arn)
            after = self.tagging_service.get_tag_dict_for_resource(arn).keys() | {tag["Key"] for tag in tags}
            if sum(not key.startswith("aws:") for key in after) > _MOST_TAGS:
                raise TooManyTagsError()
            self.tagging_service.tag_resource(arn, tags)

    setattr(ELBv2Backend, "add_tags", add_tags)  # noqa: B010 - as in the others
