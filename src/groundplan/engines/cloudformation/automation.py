"""AWS Systems Manager Automation in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row
from groundplan.resources import Architecture
from groundplan.resources.automation import AutomationDocument


def _document(document: AutomationDocument, _: Architecture) -> dict[str, object]:
    return {"Content": document.content.content}


ROWS = (
    Row(
        AutomationDocument,
        "AWS::SSM::Document",
        attributes={"id": RETURNED},
        rename={"document_name": "Name"},
        # By itself CloudFormation replaces a document that changes, which its name forbids.
        fixed={"DocumentType": "Automation", "DocumentFormat": "JSON", "UpdateMethod": "NewVersion"},
        write=_document,
        written=frozenset({"content"}),
        not_rendered={"role": "the content names it as what it is carried out as"},
    ),
)
