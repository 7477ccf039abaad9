"""AWS Fault Injection Service in Terraform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.experiments import ExperimentTemplate


def _blocks(template: ExperimentTemplate, context: Context) -> Iterator[Block]:
    for action in template.actions:
        yield context.block(
            "action",
            {"name": action.name, "action_id": action.action_id, "description": action.description},
            *_pairs("parameter", action.parameters, context),
            context.block("target", {"key": action.target_key, "value": action.target}),
        )
    for target in template.targets:
        yield context.block(
            "target",
            {
                "name": target.name,
                "resource_type": target.resource_type,
                "selection_mode": target.selection_mode,
                "parameters": target.parameters,
            },
            *_pairs("resource_tag", target.resource_tags, context),
            *(
                context.block("filter", {"path": path, "values": list(values)})
                for path, values in target.filters.items()
            ),
        )
    for alarm in template.stop_alarms:
        yield context.block("stop_condition", {"source": "aws:cloudwatch:alarm", "value": alarm.arn})
    yield context.block(
        "experiment_options", {"account_targeting": "single-account", "empty_target_resolution_mode": "skip"}
    )


def _pairs(type_: str, values: Mapping[str, str], context: Context) -> Iterator[Block]:
    for key, value in values.items():
        yield context.block(type_, {"key": key, "value": value})


def _role(template: ExperimentTemplate, _: Context) -> dict[str, object]:
    return {"role_arn": template.role.arn}


def _after_role(template: ExperimentTemplate, context: Context) -> Iterator[str]:
    yield from after_policies((template.role,), context)


ROWS = (
    Row(
        ExperimentTemplate,
        "aws_fis_experiment_template",
        "experiments.tf",
        attributes={"id": "id"},
        arguments=_role,
        blocks=_blocks,
        written=frozenset({"role", "targets", "actions", "stop_alarms"}),
        waits_for=_after_role,
    ),
)
