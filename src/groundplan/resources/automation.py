"""AWS Systems Manager Automation: steps that AWS carries out in order."""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.security import Role
from groundplan.resources.values import JsonDocument, Ref


@dataclass(frozen=True, kw_only=True)
class AutomationDocument(Resource):
    """A runbook of Systems Manager. Whoever starts it may pass its role on, and needs no right to what it does.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
    """

    title: ClassVar[str] = "Systems Manager automation document"
    document_name: str
    role: Ref[Role]
    """What the steps are carried out as; the content names it as ``assumeRole``."""
    content: JsonDocument
    """Schema version 0.3."""
