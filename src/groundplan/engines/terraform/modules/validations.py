"""What a variable may be, where AWS or the catalog says so: Terraform then refuses it before it plans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from groundplan.catalog import logs
from groundplan.engines.terraform.hcl import Argument, Block, Expression
from groundplan.engines.terraform.modules.variables import SETTINGS, Variable

Condition = Callable[[str], tuple[str, str]]
"""From the code of the value to a condition and to what is right."""


def _one_of(values: Iterable[str | int]) -> Condition:
    written = ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    return lambda code: (f"contains([{written}], {code})", f"one of {written.replace(chr(34), '')}")


def _matches(pattern: str, example: str) -> Condition:
    return lambda code: (f'can(regex("{pattern}", {code}))', f"like {example}")


def _between(least: int, most: int) -> Condition:
    return lambda code: (f"{code} >= {least} && {code} <= {most}", f"from {least} to {most}")


def _range(code: str) -> tuple[str, str]:
    return f"can(cidrnetmask({code}))", "a range of IPv4 addresses like 10.0.0.0/16"


_REGION = _matches("^[a-z]{2}(-[a-z]+)+-[0-9]+$", "ap-south-1")
_NAMES = ("name_prefix", "short_name")

CONDITIONS: Mapping[tuple[str, str], Condition] = {
    ("aws_vpc", "cidr_block"): _range,
    ("aws_cloudwatch_log_group", "retention_in_days"): _one_of(logs.retention_days()),
    ("aws_db_instance", "instance_class"): _matches("^db[.][a-z0-9]+[.][a-z0-9]+$", "db.t4g.medium"),
    ("aws_db_instance", "backup_retention_period"): _between(0, 35),
    ("aws_db_instance", "monitoring_interval"): _one_of((0, 1, 5, 10, 15, 30, 60)),
    ("aws_elasticache_replication_group", "node_type"): _matches("^cache[.][a-z0-9]+[.][a-z0-9]+$", "cache.t4g.small"),
    ("aws_elasticache_replication_group", "snapshot_retention_limit"): _between(0, 35),
    ("aws_eks_node_group", "capacity_type"): _one_of(("ON_DEMAND", "SPOT")),
    ("aws_secretsmanager_secret", "recovery_window_in_days"): _one_of((0, *range(7, 31))),
    ("aws_lb_listener", "default_action.type"): _one_of(("fixed-response", "forward", "redirect")),
    ("aws_ecr_repository", "image_tag_mutability"): _one_of(("IMMUTABLE", "MUTABLE")),
}
"""By type and argument. Sources: the API references of CreateVpc, PutRetentionPolicy, CreateDBInstance,
CreateReplicationGroup, CreateNodegroup, DeleteSecret, CreateListener and CreateRepository."""


SIZES = frozenset(
    {
        ("aws_appautoscaling_target", "max_capacity"),
        ("aws_appautoscaling_target", "min_capacity"),
        ("aws_db_instance", "instance_class"),
        ("aws_ecs_task_definition", "cpu"),
        ("aws_ecs_task_definition", "memory"),
        ("aws_elasticache_replication_group", "node_type"),
    }
)
"""What is paid for by size, by type and argument. A module says it in one place, though it is the same everywhere."""


def allowed(name: str, environments: Iterable[str]) -> Block | None:
    """The block of a root's variable that every environment has; None for any other variable."""
    if name in _NAMES:
        condition = f'can(regex("^[A-Za-z0-9][A-Za-z0-9_./-]*$", var.{name}))'
        return _block(condition, f"The value of {name} must be: letters, digits, hyphens, underscores, dots, slashes.")
    known = {"environment": _one_of(environments), "standby_region": _REGION}.get(name)
    if known is None:
        return None
    condition, right = known(f"var.{name}")
    return _block(condition, f"The value of {name} must be {right}.")


def validation(variable: Variable, *, optional: bool) -> Block | None:
    """The block that refuses what AWS would; None where nothing is known."""
    kinds = {address.partition(".")[0] for address in variable.of}
    known = CONDITIONS.get((kinds.pop(), variable.what)) if len(kinds) == 1 else None
    if known is None:
        return None
    code = f"var.{SETTINGS}.{variable.name}"
    condition, right = known(code)
    return _block(
        f"{code} == null ? true : {condition}" if optional else condition,
        f"The value of {variable.name} must be {right}.",
    )


def _block(condition: str, message: str) -> Block:
    body = (Argument("condition", Expression(condition)), Argument("error_message", message))
    return Block("validation", (), body)
