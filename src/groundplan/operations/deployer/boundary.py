"""The permissions boundary of an environment's roles: what the designed roles need, put together, and nothing else.

It limits, and gives nothing by itself. So it may be wider than each role's own policies, but never wide enough to make
somebody an administrator: the rights over IAM in it are those over the environment's own roles.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from groundplan.access import access_of
from groundplan.access.clauses import Clause
from groundplan.access.patterns import covers, is_pattern
from groundplan.catalog import iam
from groundplan.design.deployer import is_bounded
from groundplan.errors import InputError
from groundplan.operations.deployer.rights import LINKED, Environment
from groundplan.operations.deployer.scopes import Scopes, textual
from groundplan.operations.deployer.sizes import MOST_CHARACTERS, characters
from groundplan.resources.policies import PolicyDocument, Statement

_MADE_UP = re.compile(r"\{(?!account_id\})[^}]*\}")
_VERB = re.compile(r"^([^:]+:[A-Z][a-z]+).*")
_LOOKS = ("List", "Read")
_HARMLESS = ("CreateServiceLinkedRole", "PassRole")


@dataclass
class _Part:
    """What the roles need of one service: for everything, or for what has a name."""

    service: str
    resources: set[str] = field(default_factory=set)
    """Empty: for everything."""
    actions: set[str] = field(default_factory=set)
    widened: int = 0

    @property
    def may_be_widened(self) -> bool:
        """Rights over IAM stay as they are, and nothing is allowed all of a service for everything."""
        return self.widened < (2 if self.resources else 1) and self.service not in ("iam", "sts")

    def widen(self) -> None:
        """Say the same and more in less text: ``s3:Get*`` for all that reads, then ``s3:*``."""
        self.widened += 1
        if self.widened == 1:
            self.actions = {*_shortest({_VERB.sub(r"\1*", action) for action in self.actions})}
        else:
            self.actions = {f"{self.service}:*"}

    @property
    def length(self) -> int:
        """How much text its actions are."""
        return sum(len(action) + 3 for action in self.actions)


def boundary(environment: Environment) -> PolicyDocument:
    """The policy. It fits into one, which a boundary has to: what is too long is widened, service by service.

    Raises InputError where a role of the environment has every right, or it does not fit all the same.
    """
    scopes = Scopes(environment.architecture, environment.others)
    parts: dict[tuple[str, bool], _Part] = {}
    for clause in _allowed(environment):
        # What AWS writes for its own services names whatever they work on, in any environment.
        everything = clause.managed or clause.not_resources
        resources = {"*"} if everything else {_pattern(resource, scopes) for resource in clause.resources}
        for action in clause.actions:
            service = action.partition(":")[0].lower()
            named = resources
            if action == LINKED:
                named = {scopes.arn("iam", "role/aws-service-role/*", "")}
            elif service == "iam" and any(found.level not in _LOOKS for found in iam.expand(action)):
                named = set(scopes.roles)
            wide = "*" in named
            part = parts.setdefault((service, wide), _Part(service))
            part.actions.add(action)
            part.resources |= set() if wide else named
    for part in parts.values():
        part.actions = {*_shortest(part.actions)}
    return _fitted(environment, [parts[key] for key in sorted(parts)])


def _pattern(resource: str, scopes: Scopes) -> str:
    return scopes.widened(_MADE_UP.sub("*", resource))


def _fitted(environment: Environment, parts: list[_Part]) -> PolicyDocument:
    while characters(document := _document(parts)) > MOST_CHARACTERS:
        wide = [part for part in parts if part.may_be_widened]
        if not wide:
            raise InputError(
                [
                    environment.loaded.problem(
                        "permissions_boundary",
                        "what the roles of this environment need does not fit into one policy of 6,144 characters; "
                        "name a boundary of your own",
                    )
                ]
            )
        max(wide, key=lambda part: (part.length, part.service)).widen()
    return document


def _document(parts: list[_Part]) -> PolicyDocument:
    everything = tuple(sorted(action for part in parts if not part.resources for action in part.actions))
    statements = [Statement(sid="Everything", actions=everything, resources=("*",))] if everything else []
    statements += [
        Statement(
            sid="".join(word.capitalize() for word in part.service.split("-")),
            actions=tuple(sorted(part.actions)),
            resources=tuple(map(textual, sorted(part.resources))),
        )
        for part in parts
        if part.resources
    ]
    return PolicyDocument(tuple(statements))


def _shortest(actions: set[str]) -> tuple[str, ...]:
    """Sorted, without those that another one means as well."""
    patterns = [action for action in actions if is_pattern(action)]
    return tuple(
        sorted(action for action in actions if not any(covers(one, action) and one != action for one in patterns))
    )


def _allowed(environment: Environment) -> Iterator[Clause]:
    """What the roles that have the boundary are allowed. Raises InputError for what no role of the environment may be,
    with a boundary or without."""
    access = access_of(environment.architecture)
    for role in access.roles:
        for arn in access.unknown_policies(role):
            raise _unbounded(environment, f"{role.role_name} has the policy {arn}, whose contents are not known here")
        for clause in access.identity(role):
            if clause.effect != "Allow":
                continue
            if clause.not_actions or "*" in clause.actions:
                raise _unbounded(environment, f"{role.role_name} has every right")
            rights = sorted({str(one) for action in clause.actions for one in iam.expand(action) if _climbs(one)})
            if rights:
                raise _unbounded(environment, f"{role.role_name} may change rights ({', '.join(rights[:3])})")
            if is_bounded(role):
                yield clause


def _climbs(action: iam.Action) -> bool:
    """Whether it changes what somebody may do. Handing on the environment's own roles, and what AWS makes for its
    services, does not."""
    return action.service == "iam" and action.level not in _LOOKS and action.name not in _HARMLESS


def _unbounded(environment: Environment, why: str) -> InputError:
    return InputError(
        [
            environment.loaded.problem(
                "pipelines.deploy_role",
                f"{why}, so that no boundary could hold what may make such a role. Let a person deploy this "
                "environment (deploy_role: null), or name a role of your own",
            )
        ]
    )
