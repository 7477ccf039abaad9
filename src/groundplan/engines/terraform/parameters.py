"""SecureString parameters, and what stands once in an account, in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Argument, Block, Call, Expression, Value
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import GENERATOR, VERSIONS
from groundplan.resources.account import AccountPasswordPolicy, CostAllocationTag
from groundplan.resources.parameters import SecureParameter

PARAMETER = "aws_ssm_parameter"
TO_BE_FILLED = "to be filled in by a person"
"""What a parameter holds until a person gives it its value."""
COST_TAGS = "activate_cost_tags"


def _arguments(parameter: SecureParameter, context: Context) -> dict[str, object]:
    """The value goes to a write-only argument: sent when its number changes, and kept in no state.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_parameter
    """
    value: Value
    number: Value
    if parameter.source:
        value = Expression(f"ephemeral.{PARAMETER}.{label(parameter.ref)}.value")
        number = _version(context.architecture[parameter.source])
    elif parameter.generate:
        value = Expression(f"ephemeral.{GENERATOR}.{label(parameter.ref)}.random_password")
        number = Call("lookup", Expression(VERSIONS), label(parameter.ref), 1)
    else:
        value, number = TO_BE_FILLED, 1
    key = {"key_id": context.refer(parameter.kms_key)} if parameter.kms_key else {}
    return {**key, "value_wo": value, "value_wo_version": number}


def _version(source: SecureParameter) -> Expression:
    """The number that a copy follows: the one that had the value made, or AWS's count of how often a person set it."""
    number = "version" if source.filled_by_a_person else "value_wo_version"
    return Expression(f"{PARAMETER}.{label(source.ref)}.{number}")


def _ephemeral(parameter: SecureParameter, context: Context) -> Iterator[Block]:
    name = label(parameter.ref)
    if parameter.source:
        source = context.architecture[parameter.source]
        read = Argument("arn", Expression(f"{PARAMETER}.{label(source.ref)}.arn"))
        yield context.within(source.region).ephemeral(PARAMETER, name, read)
    elif parameter.generate:
        made = {"password_length": parameter.generate, "exclude_punctuation": True}
        yield context.ephemeral(GENERATOR, name, *context.arguments(made))


def _ignored(parameter: SecureParameter) -> tuple[str, ...]:
    return ("description", "key_id") if parameter.filled_by_a_person else ("description",)


def _count(_: CostAllocationTag, __: Context) -> dict[str, object]:
    return {"count": Expression(f"var.{COST_TAGS} ? 1 : 0")}


ROWS = (
    Row(
        SecureParameter,
        PARAMETER,
        "secrets.tf",
        attributes={"id": "name", "arn": "arn"},
        rename={"parameter_name": "name"},
        fixed={"type": "SecureString"},
        arguments=_arguments,
        beside=_ephemeral,
        written=frozenset({"kms_key", "generate", "source"}),
        ignore_changes=_ignored,
        ignored_because="The provider would send an empty value with these, which AWS refuses",
        section=2,
    ),
    Row(
        AccountPasswordPolicy,
        "aws_iam_account_password_policy",
        "iam.tf",
        attributes={"id": "id"},
        first=("minimum_password_length", "password_reuse_prevention", "max_password_age"),
        section=1,
    ),
    Row(
        CostAllocationTag,
        "aws_ce_cost_allocation_tag",
        "budgets.tf",
        attributes={"id": "id"},
        first=("count", "tag_key"),
        fixed={"status": "Active"},
        arguments=_count,
        section=1,
    ),
)
