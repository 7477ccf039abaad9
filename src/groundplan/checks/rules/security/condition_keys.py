"""GP-SEC-074."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from groundplan.access.clauses import Clause
from groundplan.access.conditions import is_operator
from groundplan.access.patterns import covers
from groundplan.catalog import iam
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.statements import clauses, place
from groundplan.errors import suggestion
from groundplan.resources.architecture import Architecture


class ConditionKeys(Rule):
    id = "GP-SEC-074"
    title = "Conditions ask for keys that the actions' requests have"
    severity = "error"
    why = "A condition on a key that no request has never holds: what it allows is denied, what it denies is allowed."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy and others: a condition key of the service, or a global one",
        cloudformation="AWS::IAM::Role and others: a condition key of the service, or a global one",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for clause in clauses(architecture):
            for test in clause.conditions:
                if not is_operator(test.operator):
                    yield self.violation(
                        clause.holder, f"{place(clause)} has the operator {test.operator}, which IAM does not know"
                    )
                elif not _is_known(test.key, clause):
                    near = suggestion(test.key, sorted({*iam.GLOBAL_KEYS, *_keys(clause)}))
                    near = near if near.startswith("; did you mean") else "; a key of theirs, or a global one, is right"
                    message = f"asks for {test.key}, which its actions' requests never have{near}"
                    yield self.violation(clause.holder, f"{place(clause)} {message}")


def _is_known(key: str, clause: Clause) -> bool:
    """Identity providers have keys of their own: ``token.actions.githubusercontent.com:sub``."""
    if any(kind == "Federated" for kind, _ in clause.principals) or any(action == "*" for action in clause.actions):
        return True
    return any(_has(prefix, key.lower()) for prefix in _prefixes(clause)) or _has("", key.lower())


def _prefixes(clause: Clause) -> set[str]:
    return {action.partition(":")[0].lower() for action in clause.actions}


def _keys(clause: Clause) -> Iterator[str]:
    for prefix in _prefixes(clause):
        service = iam.service(prefix)
        yield from service.keys if service else ()


@cache
def _has(prefix: str, key: str) -> bool:
    """Whether a service has a key; without one, whether all have it."""
    service = iam.service(prefix) if prefix else None
    keys = service.keys if service else () if prefix else iam.GLOBAL_KEYS
    return any(covers(known.lower(), key) for known in keys)
