"""Ways for a role to more rights than it has, over what it may do effectively.

The paths are data: ``catalog/data/privilege_escalation.toml``, with their source.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.access.evaluation import Decision, Request, decide
from groundplan.access.index import Access
from groundplan.catalog import iam
from groundplan.record import Record, dataclass
from groundplan.resources.security import Role

HAND_ON = "iam:PassRole"
CODE = frozenset(
    {
        "airflow-env.amazonaws.com", "apprunner.amazonaws.com", "batch.amazonaws.com", "cloudformation.amazonaws.com",
        "codebuild.amazonaws.com", "datapipeline.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com",
        "eks-fargate-pods.amazonaws.com", "elasticmapreduce.amazonaws.com", "glue.amazonaws.com",
        "lambda.amazonaws.com", "pods.eks.amazonaws.com", "sagemaker.amazonaws.com", "ssm.amazonaws.com",
        "states.amazonaws.com", "tasks.apprunner.amazonaws.com",
    }
)  # fmt: skip
"""Services that do what a customer's code or definition says. Others do their own work alone with the role they get, so
that nobody can have them use it for something else."""


@dataclass(frozen=True)
class Escalation(Record):
    """A way that is open to a role."""

    path: iam.EscalationPath
    only_if: tuple[str, ...]
    """What has to hold for it."""


def escalations(access: Access, role: Role) -> Iterator[Escalation]:
    """The ways that are open to a role. None for one that has every right already, or that no code runs with."""
    if not _runs_code(access, role):
        return
    clauses = [clause for clause in access.identity(role) if clause.effect == "Allow"]
    if any("*" in clause.actions and not clause.conditions for clause in clauses):
        return
    services = {action.partition(":")[0].lower() for clause in clauses for action in clause.actions}
    services |= {"*"} if any(clause.not_actions for clause in clauses) else set()
    for path in iam.escalation_paths():
        if "*" not in services and not services.issuperset(path.services):
            continue
        if not all(any(clause.has_action(action) for clause in clauses) for action in path.actions):
            continue
        conditions: dict[str, None] = {}
        for action in path.actions:
            decision = _possible(access, role, action, path)
            if decision is None:
                break
            conditions.update(dict.fromkeys(map(str, decision.conditions)))
        else:
            yield Escalation(path, tuple(conditions))


def _runs_code(access: Access, role: Role) -> bool:
    who = [pair for clause in access.resource_clauses[role.ref] for pair in clause.principals]
    return any(kind != "Service" or name in CODE for kind, name in who)


def _possible(access: Access, role: Role, action: str, path: iam.EscalationPath) -> Decision | None:
    """A decision by which a role may do this to something that leads on; None where there is none."""
    known = iam.action(action)
    passed = {"iam:passedtoservice": (path.service,)} if action == HAND_ON else {}
    for clause in access.identity(role):
        if clause.effect == "Deny" or not clause.has_action(action):
            continue
        for pattern in clause.resources:
            for touched in access.touched(pattern, known):
                target = touched.resource
                if passed and isinstance(target, Role) and not _trusts(access, target, path.service):
                    continue
                request = Request(access.caller(role), action, touched.arn, passed)
                decision = decide(request, access.policies(role, target, action))
                if decision.is_possible:
                    return decision
    return None


def _trusts(access: Access, role: Role, service: str) -> bool:
    return any(
        ("Service", service) in clause.principals
        for clause in access.resource_clauses[role.ref]
        if clause.effect == "Allow"
    )
