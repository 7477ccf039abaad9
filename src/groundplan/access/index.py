"""Who and what an architecture has, and every policy in it, made ready once for all questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import is_

from groundplan.access.arns import Arns
from groundplan.access.clauses import Clause, Statements, of_document, of_managed
from groundplan.access.evaluation import (
    Caller,
    Decision,
    Policies,
    Request,
    Speaking,
    Spoken,
    decide,
    decide_spoken,
    speaking,
)
from groundplan.access.patterns import covers, is_pattern, overlapping_arns
from groundplan.catalog import iam
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.messaging import QueuePolicy
from groundplan.resources.monitoring import TopicPolicy
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import BucketPolicy
from groundplan.resources.values import Ref


@dataclass(frozen=True)
class Touched(Record):
    """What a statement reaches."""

    resource: Resource | None
    """None: something that is not in the architecture."""
    arn: str
    """What is asked for: the resource, what is in it (``…/*``), or what the statement says where it is none of ours."""


class Asker:
    """A role that asks for much, as when everything is asked that its policies speak of.

    An action counts only by the statements that are about it: what IAM says of one action, it says of every other that
    the same statements are about, of the same resource. That is worked out once; ``ReadOnlyAccess`` alone allows 1,600.
    """

    def __init__(self, access: Access, role: Role) -> None:
        self._access = access
        self._role = role
        self._caller = access.caller(role)
        self._identity: dict[str, Speaking] = {}
        self._known: dict[tuple[str, Spoken], Decision] = {}

    def decide(self, action: str, touched: Touched) -> Decision:
        """What IAM says when the role asks for what a statement reaches."""
        of_resource, resource_decides = self._access.of_resource(touched.resource, action)
        identity = self._identity.get(action)
        if identity is None:
            identity = self._identity[action] = speaking(self._access.about(self._role, action), action)
        spoken = Spoken(identity, speaking(of_resource, action) if of_resource else (), None, resource_decides)
        found = self._known.get((touched.arn, spoken))
        if found is None:
            found = decide_spoken(Request(self._caller, action, touched.arn), spoken)
            self._known[touched.arn, spoken] = found
        return found


class Access:
    """Every right in an architecture."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture
        self.arns = Arns(architecture)
        self._identity: dict[Ref[Role], Statements] = {}
        self._askers: dict[Ref[Role], Asker] = {}
        self._touched: dict[tuple[str, tuple[str, tuple[str, ...]] | None], tuple[Touched, ...]] = {}

    def __eq__(self, other: object) -> bool:
        """Whether every decision is the same, and is told in the same words: the very same policies, of resources with
        the same ARNs. What a resource is beside, how large or of which version, decides about no right."""
        if self is other:
            return True
        if not isinstance(other, Access) or self.architecture.region != other.architecture.region:
            return False
        own, others = self._policies, other._policies
        if len(own) != len(others) or not all(map(is_, own, others)):
            return False
        # A resource that is the same has the same ARN: whatever that names has an ARN with its name as well.
        named, others_named = self._with_arn, other._with_arn
        return len(named) == len(others_named) and all(
            one is another or self._place(one) == other._place(another)
            for one, another in zip(named, others_named, strict=True)
        )

    __hash__ = object.__hash__

    @cached_property
    def _policies(self) -> list[Resource]:
        kinds: tuple[type[Resource], ...] = (Role, Key, BucketPolicy, QueuePolicy, TopicPolicy)
        return [item for kind in kinds for item in self.architecture.of(kind)]

    @cached_property
    def _with_arn(self) -> list[Resource]:
        return [item for item in self.architecture if item.cloud == "aws" and "arn" in item.attributes]

    def _place(self, resource: Resource) -> tuple[str, Ref[Resource], str | None]:
        return self.arns.of(resource), resource.ref, resource.region

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Who can ask for something."""
        return self.architecture.of(Role)

    def identity(self, role: Role) -> tuple[Clause, ...]:
        """What a role's own policies say, those that live in it and the managed ones."""
        return self._statements(role).clauses

    def _statements(self, role: Role) -> Statements:
        found = self._identity.get(role.ref)
        if found is None:
            found = self._identity[role.ref] = Statements((*self.inline(role), *self._managed(role)))
        return found

    @cached_property
    def _inline(self) -> Mapping[Ref[Role], tuple[Clause, ...]]:
        return {
            role.ref: tuple(
                clause
                for policy in role.inline_policies
                for clause in of_document(policy.document, role, "identity", self.arns, policy=policy.policy_name)
            )
            for role in self.roles
        }

    def inline(self, role: Role) -> tuple[Clause, ...]:
        """What the policies say that live in a role."""
        return self._inline[role.ref]

    def managed_names(self, role: Role) -> Iterator[tuple[str, str]]:
        """The ARNs of a role's managed policies, each with its name as AWS's own have it."""
        for arn in role.managed_policy_arns:
            written = self.arns.text(arn, role)
            yield written, written.partition(":iam::aws:policy/")[2]

    def _managed(self, role: Role) -> Iterator[Clause]:
        for _, name in self.managed_names(role):
            policy = iam.managed_policy(name)
            if policy is not None:
                # What asks for the role asks for them.
                causes = tuple(cause for statement in role.trust.statements for cause in statement.because)
                yield from of_managed(policy, role, causes)

    def unknown_policies(self, role: Role) -> tuple[str, ...]:
        """Managed policies of a role whose contents are not known: what they give is not seen here."""
        return tuple(arn for arn, name in self.managed_names(role) if iam.managed_policy(name) is None)

    @cached_property
    def resource_clauses(self) -> Mapping[Ref[Resource], tuple[Clause, ...]]:
        """What the policy of each bucket, key, queue, topic and role (its trust) says."""
        found: dict[Ref[Resource], tuple[Clause, ...]] = {}
        for key in self.architecture.of(Key):
            found[key.ref] = of_document(key.policy, key, "resource", self.arns)
        for bucket in self.architecture.of(BucketPolicy):
            found[bucket.bucket] = of_document(bucket.policy, bucket, "resource", self.arns)
        for queue in self.architecture.of(QueuePolicy):
            found[queue.queue] = of_document(queue.policy, queue, "resource", self.arns)
        for topic in self.architecture.of(TopicPolicy):
            found[topic.topic] = of_document(topic.policy, topic, "resource", self.arns)
        for role in self.roles:
            found[role.ref] = of_document(role.trust, role, "trust", self.arns)
        return found

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every statement that stands in the architecture itself."""
        return tuple(
            clause for clauses in (*self._inline.values(), *self.resource_clauses.values()) for clause in clauses
        )

    @cached_property
    def _by_service(self) -> Mapping[str, tuple[tuple[str, Resource], ...]]:
        """Resources with an ARN, by the service in it."""
        found: dict[str, list[tuple[str, Resource]]] = {}
        for resource in self._with_arn:
            arn = self.arns.of(resource)
            service = arn.split(":", 3)[2] if arn.startswith("arn:") else ""
            found.setdefault(service, []).append((arn, resource))
        return {service: tuple(pairs) for service, pairs in found.items()}

    @cached_property
    def _by_arn(self) -> Mapping[str, Resource]:
        return {arn: resource for pairs in self._by_service.values() for arn, resource in pairs}

    def caller(self, role: Role) -> Caller:
        """A role as it asks."""
        return Caller("AWS", self.arns.of(role))

    def about(self, role: Role, action: str) -> tuple[Clause, ...]:
        """What a role's own policies say that can be about an action."""
        return self._statements(role).about(action)

    def policies(self, caller: Role | None, resource: Resource | None, action: str) -> Policies:
        """The policies that have a say when a role asks for something."""
        of_resource, resource_decides = self.of_resource(resource, action)
        return Policies(
            identity=self.about(caller, action) if caller is not None else (),
            resource=of_resource,
            resource_decides=resource_decides,
        )

    def of_resource(self, resource: Resource | None, action: str) -> tuple[tuple[Clause, ...], bool]:
        """What the policy of a resource says that has a say in an action, and whether it alone decides."""
        if resource is None:
            return (), False
        if isinstance(resource, Role) and not action.lower().startswith("sts:assumerole"):
            return (), False  # a trust policy is about taking the role alone
        return self.resource_clauses.get(resource.ref, ()), isinstance(resource, Key | Role)

    def decide(self, role: Role, action: str, resource: Resource, *, within: str | None = None) -> Decision:
        """Whether a role may do something to a resource, or to what is in it: ``within`` is an ARN or a pattern."""
        request = Request(self.caller(role), action, within or self.arns.of(resource))
        return decide(request, self.policies(role, resource, action))

    def asked(self, role: Role, action: str, touched: Touched) -> Decision:
        """What IAM says when a role asks for what a statement reaches."""
        asker = self._askers.get(role.ref)
        if asker is None:
            asker = self._askers[role.ref] = Asker(self, role)
        return asker.decide(action, touched)

    def touched(self, pattern: str, action: iam.Action | None) -> tuple[Touched, ...]:
        """What a statement's resource means for an action: of the architecture, else as it is written.

        Nothing where the action knows no resources and the statement names some.
        """
        # Of an action only the resource types count.
        key = (pattern, (action.service, action.types) if action is not None else None)
        found = self._touched.get(key)
        if found is None:
            found = self._touched[key] = self._touch(pattern, action)
        return found

    def _touch(self, pattern: str, action: iam.Action | None) -> tuple[Touched, ...]:
        if action is not None and not action.types:
            return (Touched(None, "*"),) if pattern == "*" else ()
        # Nearly all name one resource, or all that is in it: no other can be meant.
        for arn in (pattern, pattern[:-2] if pattern.endswith(("/*", ":*")) else ""):
            resource = self._by_arn.get(arn)
            if resource is not None:
                asked = _asked(pattern, arn, action)
                return (Touched(resource, asked),) if asked else ()
        if pattern == "*":
            services = {arn.split(":", 3)[2] for arn in _arns(action)} if action else set(self._by_service)
        else:
            services = {pattern.split(":", 3)[2]} if pattern.count(":") > 2 else set()
        found = [
            Touched(resource, asked)
            for service in sorted(services)
            for arn, resource in self._by_service.get(service, ())
            if (asked := _asked(pattern, arn, action))
        ]
        return tuple(found) or (Touched(None, pattern),)


def _arns(action: iam.Action) -> tuple[str, ...]:
    service = iam.service(action.service)
    return tuple(service.arns[kind] for kind in action.types if kind in service.arns) if service else ()


def _asked(pattern: str, arn: str, action: iam.Action | None) -> str:
    """What of a resource a pattern means for an action; empty where nothing.

    Objects of a bucket and streams of a log group are in a resource: ``arn:aws:s3:::files/*``.
    """
    if any(pattern.startswith(arn + sign) for sign in "/:"):
        return pattern
    if pattern != arn and not (is_pattern(pattern) and (pattern == "*" or overlapping_arns(pattern, arn))):
        return ""
    if action is None:
        return arn
    fitting = _arns(action)
    for inside in ("", "/*", ":*"):
        if any(fits(kind, arn + inside) for kind in fitting):
            return arn + inside
    return arn if pattern == arn else ""


def fits(kind: str, arn: str) -> bool:
    """Whether an ARN is of a resource type, whose pattern is ``kind``. No name of a bucket has a slash."""
    if kind == "arn:*:s3:::*" and "/" in arn:
        return False
    return covers(kind, arn) or (is_pattern(arn) and overlapping_arns(kind, arn))


def access_of(architecture: Architecture) -> Access:
    """The rights in an architecture, read when first asked for and kept as long as the architecture."""
    return architecture.made_by(Access)
