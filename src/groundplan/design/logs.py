"""Log groups: encrypted, with a retention, named ``/<title>/<environment>/<what>``."""

from __future__ import annotations

from groundplan.design.draft import Draft
from groundplan.design.encryption import main_key
from groundplan.resources.base import Concern
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.values import Ref


def add_log_group(
    draft: Draft,
    name: str,
    what: str,
    days: int,
    concern: Concern,
    path: str,
    *,
    full_name: str | None = None,
    region: str | None = None,
) -> Ref[LogGroup]:
    """A log group. ``full_name`` is for groups whose name AWS prescribes. A key works in its own region only, so that
    in another one CloudWatch's own encrypts."""
    group_name = full_name or f"/{draft.title}/{draft.stage}/{what}"
    return draft.add(
        LogGroup(
            name=name,
            concern=concern,
            region=region,
            log_group_name=draft.legal("log_group", group_name, path),
            retention_in_days=days,
            kms_key=None if region else main_key(draft),
            tags={"Name": group_name},
        )
    )
