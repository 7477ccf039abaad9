"""EventBridge Scheduler: what a deleted group leaves behind."""

from __future__ import annotations

from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once


@once
def schedule_groups_go_with_their_tags() -> None:
    """moto keeps the tags of a deleted schedule group for the next one of its name, and makes one name twice."""
    from moto.core.exceptions import JsonRESTError
    from moto.scheduler.models import EventBridgeSchedulerBackend

    create, delete = (
        EventBridgeSchedulerBackend.create_schedule_group,
        EventBridgeSchedulerBackend.delete_schedule_group,
    )

    @wraps(create)
    def create_group(self: Any, name: str, tags: list[dict[str, str]]) -> Any:
        if name in self.schedule_groups:
            raise JsonRESTError("ConflictException", f"Schedule group {name} already exists.")
        return create(self, name, tags)

    @wraps(delete)
    def delete_group(self: Any, name: str | None) -> None:
        self.tagger.delete_all_tags_for_resource(self.get_schedule_group(name).arn)
        delete(self, name)

    setattr(EventBridgeSchedulerBackend, "create_schedule_group", create_group)  # noqa: B010
    setattr(EventBridgeSchedulerBackend, "delete_schedule_group", delete_group)  # noqa: B010
