"""AWS Systems Manager Automation in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.automation import AutomationDocument


def _after_role(document: AutomationDocument, context: Context) -> Iterator[str]:
    yield from after_policies((document.role,), context)


ROWS = (
    Row(
        AutomationDocument,
        "aws_ssm_document",
        "automation.tf",
        attributes={"id": "name"},
        rename={"document_name": "name"},
        fixed={"document_type": "Automation", "document_format": "JSON"},
        not_rendered={"role": "the content names it as what it is carried out as"},
        waits_for=_after_role,
    ),
)
