"""AWS Fault Injection Service in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row, present
from groundplan.resources import Architecture
from groundplan.resources.experiments import ExperimentTemplate


def _template(template: ExperimentTemplate, _: Architecture) -> dict[str, object]:
    return {
        "RoleArn": template.role.arn,
        "Targets": {
            target.name: present(
                ResourceType=target.resource_type,
                ResourceTags=target.resource_tags,
                Filters=[{"Path": path, "Values": list(values)} for path, values in target.filters.items()] or None,
                Parameters=target.parameters or None,
                SelectionMode=target.selection_mode,
            )
            for target in template.targets
        },
        "Actions": {
            action.name: present(
                ActionId=action.action_id,
                Description=action.description,
                Parameters=action.parameters or None,
                Targets={action.target_key: action.target},
            )
            for action in template.actions
        },
        "StopConditions": [{"Source": "aws:cloudwatch:alarm", "Value": alarm.arn} for alarm in template.stop_alarms],
        "ExperimentOptions": {"AccountTargeting": "single-account", "EmptyTargetResolutionMode": "skip"},
    }


ROWS = (
    Row(
        ExperimentTemplate,
        "AWS::FIS::ExperimentTemplate",
        attributes={"id": RETURNED},
        tag_form="map",
        write=_template,
        written=frozenset({"role", "targets", "actions", "stop_alarms"}),
    ),
)
