"""Restore testing of AWS Backup: what names a plan or a selection is not among what an update takes."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles


class _Named(Handler):
    lasting: frozenset[str]

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().update_arguments(state, properties)
        wrapped = {name: value for name, value in arguments[self.row.wrap].items() if name not in self.lasting}
        return {name: value for name, value in arguments.items() if name != "Tags"} | {self.row.wrap: wrapped}


@handles("AWS::Backup::RestoreTestingPlan")
class RestoreTestingPlan(_Named):
    lasting = frozenset({"RestoreTestingPlanName"})


@handles("AWS::Backup::RestoreTestingSelection")
class RestoreTestingSelection(_Named):
    lasting = frozenset({"RestoreTestingSelectionName", "ProtectedResourceType"})
