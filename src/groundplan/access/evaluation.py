"""Whether a request is allowed: IAM's own evaluation logic, as far as the request is known.

In this order, within one account: an explicit deny anywhere ends it. A resource policy that names who asks allows by
itself; else a policy of who asks has to. A permissions boundary has to allow it as well. Keys and roles are stricter:
what their own policy does not let in, no other policy can: neither by naming it nor by leaving the decision to its
account. Between accounts both sides have to allow. Session policies and those of an organisation are not looked at:
they stand outside an architecture, and can only take rights away.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross-account.html,
https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Literal, NamedTuple

from groundplan.access.arns import ACCOUNT
from groundplan.access.clauses import Clause
from groundplan.access.conditions import Context, Restriction, evaluate
from groundplan.access.patterns import match_resource
from groundplan.access.truth import Truth
from groundplan.record import Record, dataclass

Verdict = Literal["allowed", "conditional", "explicit deny", "implicit deny"]
"""``conditional``: allowed where the conditions hold that are named."""
Speaking = tuple[tuple[Clause, Truth], ...]
"""The statements of a policy that are about an action, each with whether it is about all that is asked."""
USUAL: Context = MappingProxyType({"aws:securetransport": ("true",)})
"""What is taken for granted: AWS's own tools speak HTTPS."""


@dataclass(frozen=True)
class Caller(Record):
    """Who asks."""

    type: Literal["AWS", "Service", "Federated"]
    identifier: str
    """An ARN, ``ecs-tasks.amazonaws.com``, or the provider of an identity."""
    account: str = ACCOUNT

    def context(self) -> dict[str, tuple[str, ...] | None]:
        """What each request of it says. A role that asks by itself is no service that does so for somebody."""
        if self.type != "AWS":
            return {"aws:principalisawsservice": ("true",)} if self.type == "Service" else {}
        return {
            "aws:principalarn": (self.identifier,),
            "aws:principalaccount": (self.account,),
            "aws:principalisawsservice": ("false",),
            "aws:sourcearn": None,
            "aws:sourceaccount": None,
            "aws:principalservicename": None,
        }


@dataclass(frozen=True)
class Request(Record):
    """What is asked."""

    caller: Caller
    action: str
    resource: str
    """An ARN, or a pattern of ARNs: then everything that it means is asked for."""
    context: Context = field(default_factory=dict)
    """What is known beside :data:`USUAL` and what the caller's requests say."""
    account: str = ACCOUNT
    """The account of what is asked for."""


@dataclass(frozen=True)
class Policies(Record):
    """The policies that have a say."""

    identity: tuple[Clause, ...] = ()
    resource: tuple[Clause, ...] = ()
    boundary: tuple[Clause, ...] | None = None
    """None: no boundary is set."""
    resource_decides: bool = False
    """Whether what is asked for is a key or a role, whose own policy has to let the caller or its account in."""

    def speaking(self, action: str) -> Spoken:
        """What of them is about an action."""
        return Spoken(
            speaking(self.identity, action),
            speaking(self.resource, action),
            None if self.boundary is None else speaking(self.boundary, action),
            self.resource_decides,
        )


class Spoken(NamedTuple):
    """The policies that have a say, and of each the statements that are about what is asked."""

    identity: Speaking
    resource: Speaking
    boundary: Speaking | None
    resource_decides: bool


@dataclass(frozen=True)
class Decision(Record):
    """What IAM says, and why."""

    verdict: Verdict
    why: str
    by: tuple[Clause, ...] = ()
    """The statements that allow it, or that deny it."""
    conditions: tuple[Restriction, ...] = ()
    """What has to hold."""
    unless: tuple[Clause, ...] = ()
    """Statements that deny it where their conditions hold, or for a part of what is asked for."""

    @property
    def is_possible(self) -> bool:
        """Whether some request of this kind is allowed."""
        return self.verdict in ("allowed", "conditional")


def speaking(clauses: Iterable[Clause], action: str) -> Speaking:
    """Those of some statements that are about an action, whatever else they say."""
    found = ((clause, clause.has_action(action)) for clause in clauses)
    return tuple(
        (clause, about)
        for clause, named in found
        if (about := named.opposite if clause.not_actions else named) is not Truth.FALSE
    )


def applies(clause: Clause, about: Truth, resource: str, context: Context) -> Truth:
    """Whether a statement that is ``about`` an action is about a resource as well, its principals left aside."""
    found = about
    if clause.sort != "trust":
        matched = _any(match_resource(item, resource) for item in clause.resources)
        found = min(found, matched.opposite if clause.not_resources else matched)
    for test in clause.conditions:
        if not found:
            break
        found = min(found, evaluate(test, context))
    return found


def _any(found: Iterable[Truth]) -> Truth:
    return max(found, default=Truth.FALSE)


def names(clause: Clause, caller: Caller) -> Literal["", "account", "caller"]:
    """Whether a statement speaks of who asks: of everyone, by name, or of all its account."""
    by_account = False
    for kind, identifier in clause.principals:
        if kind == "*" or (kind == "AWS" and identifier == "*"):
            return "caller"
        if kind != caller.type:
            continue
        if identifier == caller.identifier:
            return "caller"
        by_account |= kind == "AWS" and is_root(identifier, caller.account)
    return "account" if by_account else ""


def is_root(identifier: str, account: str) -> bool:
    """Whether a principal is an account as a whole."""
    return identifier == account or (identifier.startswith("arn:") and identifier.endswith(f":iam::{account}:root"))


class _Side:
    """The statements of one policy that are about a request, by what they say."""

    def __init__(self, clauses: Speaking, caller: Caller, resource: str, context: Context, *, named: bool) -> None:
        self.denying: list[tuple[Clause, Truth]] = []
        self.allowing: list[tuple[Clause, Truth]] = []
        self.to_account: list[tuple[Clause, Truth]] = []
        for clause, about in clauses:
            who = names(clause, caller) if named else "caller"
            found = applies(clause, about, resource, context) if who else Truth.FALSE
            if found is Truth.FALSE:
                continue
            if clause.effect == "Deny":
                self.denying.append((clause, found))
            elif who == "account":
                self.to_account.append((clause, found))
            else:
                self.allowing.append((clause, found))

    @property
    def allows(self) -> Truth:
        return _any(truth for _, truth in self.allowing)

    @property
    def trusts_account(self) -> Truth:
        return _any(truth for _, truth in self.to_account)


def _context(request: Request) -> Mapping[str, tuple[str, ...] | None]:
    """Key by key: what is said of the request goes over what its caller's requests say, and that over the usual."""
    said = {key.lower(): value for key, value in request.context.items()}
    return {**USUAL, **request.caller.context(), "aws:resourceaccount": (request.account,), **said}


def decide(request: Request, policies: Policies) -> Decision:
    """What IAM says to a request."""
    return decide_spoken(request, policies.speaking(request.action))


def decide_spoken(request: Request, policies: Spoken) -> Decision:
    """What IAM says to a request, by the statements that are about its action."""
    context = _context(request)
    caller, asked = request.caller, request.resource
    identity = _Side(policies.identity, caller, asked, context, named=False)
    resource = _Side(policies.resource, caller, asked, context, named=True)
    boundary = None if policies.boundary is None else _Side(policies.boundary, caller, asked, context, named=False)
    denying = [*identity.denying, *resource.denying, *(boundary.denying if boundary else ())]
    certain = tuple(clause for clause, truth in denying if truth is Truth.TRUE)
    if certain:
        return Decision("explicit deny", "a statement denies it, whatever else allows it", certain)
    granted, used, why = _granted(request, policies, identity, resource)
    if boundary is not None and granted is not Truth.FALSE:
        granted = min(granted, boundary.allows)
        used += boundary.allowing
        if granted is Truth.FALSE:
            return Decision("implicit deny", "the permissions boundary does not allow it")
    if granted is Truth.FALSE:
        return Decision("implicit deny", why)
    unless = tuple(clause for clause, _ in denying)
    conditions = () if granted is Truth.TRUE else _open_conditions(used, context)
    verdict: Verdict = "allowed" if granted is Truth.TRUE and not unless else "conditional"
    by = tuple(clause for clause, truth in used if truth is Truth.TRUE or granted is Truth.DEPENDS)
    return Decision(verdict, why, by, conditions, unless)


def _granted(
    request: Request, policies: Spoken, identity: _Side, resource: _Side
) -> tuple[Truth, list[tuple[Clause, Truth]], str]:
    """How far the policies allow it, by which statements, and by which branch of the logic."""
    if request.caller.type != "AWS":
        return resource.allows, resource.allowing, _said(resource.allows, "the resource's policy", "names the caller")
    if request.caller.account != request.account:
        there = max(resource.allows, resource.trusts_account)
        used = [*identity.allowing, *resource.allowing, *resource.to_account]
        if there is Truth.FALSE:
            return there, used, "the policy of a resource in another account does not let it in"
        if identity.allows is Truth.FALSE:
            return Truth.FALSE, used, "the resource's policy lets it in, but no policy of its own account does"
        return min(there, identity.allows), used, "its own policy and that of the resource in another account allow it"
    direct, through, used = resource.allows, identity.allows, list(identity.allowing)
    if policies.resource_decides:
        if max(direct, resource.trusts_account) is Truth.FALSE:
            return Truth.FALSE, [], "the resource's own policy lets neither it nor its account in"
        through = min(through, resource.trusts_account)
        used += [(clause, truth) for clause, truth in resource.to_account if truth is Truth.DEPENDS]
    if max(direct, through) is Truth.FALSE:
        return Truth.FALSE, [], "no statement allows it"
    if direct > through:
        return direct, resource.allowing, "the resource's policy names it"
    if direct is Truth.DEPENDS:
        used += resource.allowing
    beside = ", and the resource's policy leaves it to the account" if policies.resource_decides else ""
    return through, used, f"its own policy allows it{beside}"


def _said(truth: Truth, policy: str, what: str) -> str:
    return f"{policy} {what}" if truth is not Truth.FALSE else f"no statement of {policy} {what}"


def _open_conditions(used: Iterable[tuple[Clause, Truth]], context: Context) -> tuple[Restriction, ...]:
    """What is left to hold: the conditions that a request has yet to meet."""
    tests = (test for clause, _ in used for test in clause.conditions)
    return tuple(dict.fromkeys(test for test in tests if evaluate(test, context) is Truth.DEPENDS))
