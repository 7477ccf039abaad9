"""What the role that deploys one environment may do, worked out from the types of its rendered templates.

Each type brings the actions that deploying it calls (``catalog.deployment_actions``). An action is kept to what has a
name of the environment's, where IAM knows resources for it; else to the environment's regions and, where it changes
something, away from whatever is tagged as another environment's. What would let somebody climb has a statement of its
own: making roles, handing them on, and the use of keys.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from groundplan.access.arns import Arns
from groundplan.catalog import iam
from groundplan.catalog.deployment_actions import deployment_actions
from groundplan.design.deployer import boundary_arn, is_bounded
from groundplan.design.state import key_of
from groundplan.operations.deployer.scopes import ACCOUNT, Scopes, textual
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.policies import Condition, Statement
from groundplan.resources.security import Role
from groundplan.resources.state import LOCK_SUFFIX

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.engines.cloudformation import Rendering

LINKED = "iam:CreateServiceLinkedRole"
HAND_ON = "iam:PassRole"
_PUBLIC_PARAMETERS = "aws/service/*"


@cache
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Environment:
    """An environment as whoever deploys it meets it."""

    loaded: LoadedEnvironment
    architecture: Architecture
    rendering: Rendering
    others: tuple[Architecture, ...]
    """The other environments of the file, which may stand in the same account."""

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The CloudFormation types of all that it has, whichever engine renders it."""
        return tuple(sorted({place.type for places in self.rendering.locations.values() for place in places}))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of its resources, those that are beside CloudFormation as well."""
        return frozenset(resource.kind_name() for resource in self.architecture if resource.cloud == "aws")

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Where it has anything."""
        return tuple(sorted({self.architecture.region, *(stack.region for stack in self.rendering.stacks)}))

    @cached_property
    def terraform(self) -> bool:
        """Whether Terraform deploys it to AWS."""
        return self.loaded.blueprint.engine == "terraform"


def rights(environment: Environment) -> tuple[Statement, ...]:
    """The statements, in order. Raises InputError where the environment has no permissions boundary."""
    return tuple(_Rights(environment).statements())


class _Rights:
    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.scopes = Scopes(environment.architecture, environment.others)
        self.limits = _table("limits")
        self.commands = _table("commands")
        if "database_instance" in environment.kinds:
            # CloudFormation names the last snapshots that it takes after the stack.
            front = _stack_front(environment.architecture).lower()
            self.scopes.add("rds", *(self.scopes.arn("rds", f"snapshot:{front}-*", it) for it in environment.regions))
        for region in environment.regions:
            self.scopes.add("ssm", f"arn:*:ssm:{region}::parameter/{_PUBLIC_PARAMETERS}")
        for stack in environment.rendering.stacks:
            for name in stack.looked_up:
                self.scopes.add("ssm", self.scopes.arn("ssm", f"parameter{name}", stack.region))

    def statements(self) -> Iterator[Statement]:
        special = {HAND_ON, LINKED, *self.limits["bounded"], *self.limits["key_use"], *self.limits["never"]}
        plain = [action for action in map(iam.action, sorted(self.actions - special)) if action is not None]
        yield from self._looks([action for action in plain if self._is_look(action)])
        yield from self._changes([action for action in plain if not self._is_look(action)])
        yield from self._roles()
        yield from self._keys()
        yield from self._master_users()
        yield from self._commands()

    @cached_property
    def actions(self) -> frozenset[str]:
        """Everything that is called, limited later."""
        found = {
            item.action
            for kind in self.environment.types
            for item in deployment_actions(kind)
            if item.source != "terraform" or self.environment.terraform
        }
        for kind in self.environment.kinds & self.commands["kinds"].keys():
            found.update(self.commands["kinds"][kind])
        if any(stack.looked_up for stack in self.environment.rendering.stacks):
            found.update(self.commands["looked_up"])
        return frozenset(found | set(self.commands["always"]))

    def _is_look(self, action: iam.Action) -> bool:
        """Whether it tells how things are set, for all of a region at once."""
        if str(action) in self.limits["contents"]:
            return False
        return action.level == "List" or (action.level == "Read" and not self.scopes.known(action))

    def _is_global(self, action: iam.Action) -> bool:
        return action.service in self.limits["global"]

    def _in_regions(self) -> Condition:
        return Condition(operator="StringEquals", key="aws:RequestedRegion", values=self.environment.regions)

    def _not_of_others(self) -> tuple[Condition, ...]:
        """What is tagged has to be tagged as the environment's; what cannot be, or is only made, has no tags."""
        tags = self.environment.architecture.tags
        return tuple(
            Condition(operator="StringEqualsIfExists", key=f"aws:ResourceTag/{key}", values=(tags[key],))
            for key in ("Environment", "Project")
            if key in tags
        )

    def _looks(self, actions: Sequence[iam.Action]) -> Iterator[Statement]:
        yield from _statement("Look", [one for one in actions if not self._is_global(one)], ("*",), self._in_regions())
        yield from _statement("LookGlobally", [one for one in actions if self._is_global(one)], ("*",))

    def _changes(self, actions: Sequence[iam.Action]) -> Iterator[Statement]:
        named: dict[str, list[iam.Action]] = {}
        partly: dict[tuple[str, ...], list[iam.Action]] = {}
        rest: list[iam.Action] = []
        for action in actions:
            known, unnamed = self.scopes.known(action), self.scopes.unnamed(action)
            if known and not unnamed:
                named.setdefault(action.service, []).append(action)
            elif known:
                partly.setdefault((*known, *unnamed), []).append(action)
            elif str(action) not in self.limits["contents"]:
                rest.append(action)
        for service, several in named.items():
            patterns = dict.fromkeys(pattern for action in several for pattern in self.scopes.known(action))
            yield from _statement(_sid(service), several, tuple(sorted(patterns)))
        for number, (patterns_of, several) in enumerate(partly.items(), 1):
            yield from _statement(f"InPart{number}", several, patterns_of, *self._not_of_others())
        at_home = [one for one in rest if not self._is_global(one)]
        yield from _statement("Change", at_home, ("*",), self._in_regions(), *self._not_of_others())
        untagged = self.limits["untagged"]
        globally = [one for one in rest if self._is_global(one)]
        tagged = [one for one in globally if one.service not in untagged]
        yield from _statement("ChangeGlobally", tagged, ("*",), *self._not_of_others())
        yield from _statement("ChangeShared", [one for one in globally if one.service in untagged], ("*",))

    def _roles(self) -> Iterator[Statement]:
        roles = self.environment.architecture.of(Role)
        ours = self.scopes.roles
        if self.environment.loaded.blueprint.permissions_boundary is None:
            yield from self._roles_of_services([role for role in roles if not is_bounded(role)])
        bounded = sorted(self.actions & {*self.limits["bounded"]})
        if bounded and ours:
            boundary = boundary_arn(self.environment.loaded)
            assert boundary is not None, "bootstrapping gives every environment whose role it makes a boundary"
            only = Condition(operator="StringEquals", key="iam:PermissionsBoundary", values=(boundary,))
            yield from _statement("BoundedRoles", bounded, ours, only)
        services = {
            name
            for role in roles
            for statement in role.trust.statements
            for principal in statement.principals
            if principal.type == "Service"
            for name in principal.identifiers
            if isinstance(name, str)
        }
        if HAND_ON in self.actions and ours and services:
            passed = Condition(operator="StringEquals", key="iam:PassedToService", values=tuple(sorted(services)))
            yield from _statement("PassRoles", [HAND_ON], ours, passed)
        table = self.limits["linked_roles"]
        linked = sorted({name for kind in self.environment.types for name in table.get(kind, ())})
        if LINKED in self.actions and linked:
            named = Condition(operator="StringEquals", key="iam:AWSServiceName", values=tuple(linked))
            arns = [self.scopes.arn("iam", f"role/aws-service-role/{name}/*", "") for name in linked]
            yield from _statement("LinkedRoles", [LINKED], arns, named)

    def _roles_of_services(self, roles: Sequence[Role]) -> Iterator[Statement]:
        """Roles that AWS's own policies alone give rights, without a boundary: these policies, and no others."""
        arns = Arns(self.environment.architecture)
        by_policies: dict[tuple[str, ...], list[str]] = {}
        for role in roles:
            attached = tuple(sorted(arns.text(arn, role) for arn in role.managed_policy_arns))
            by_policies.setdefault(attached, []).append(self.scopes.arn("iam", f"role/{role.role_name}", ""))
        if by_policies:
            every = sorted(arn for several in by_policies.values() for arn in several)
            yield from _statement("RolesOfServices", ["iam:CreateRole"], every)
        for number, (attached, several) in enumerate(sorted(by_policies.items()), 1):
            values = tuple(textual(f"arn:*:{arn.split(':', 2)[2]}") for arn in attached)
            only = Condition(operator="ArnEquals", key="iam:PolicyARN", values=values)
            actions = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
            yield from _statement(f"PoliciesOfServices{number}", actions, sorted(several), only)

    def _keys(self) -> Iterator[Statement]:
        """Keys are used through the services that encrypt with them, and lent to AWS only."""
        used = sorted(self.actions & {*self.limits["key_use"]})
        keys = [self.scopes.arn("kms", "key/*", region) for region in self.environment.regions]
        through = Condition(
            operator="StringLike",
            key="kms:ViaService",
            values=tuple(f"*.{region}.amazonaws.com*" for region in self.environment.regions),
        )
        lent = Condition(operator="Bool", key="kms:GrantIsForAWSResource", values=("true",))
        grants = [action for action in used if action == "kms:CreateGrant"]
        others = self._not_of_others()
        yield from _statement("UseKeys", [one for one in used if one not in grants], keys, through, *others)
        yield from _statement("LendKeys", grants, keys, lent, *others)

    def _master_users(self) -> Iterator[Statement]:
        """Secrets that RDS makes for the master users of databases, and names itself. Nobody here reads them."""
        if "database_instance" in self.environment.kinds:
            secrets = [
                self.scopes.arn("secretsmanager", "secret:rds!db-*", region) for region in self.environment.regions
            ]
            made = sorted(self.actions & {*self.limits["master_users"]})
            yield from _statement("MasterUsers", made, secrets, *self._not_of_others())

    def _commands(self) -> Iterator[Statement]:
        architecture = self.environment.architecture
        path = f"parameter/groundplan/{architecture.project}/{architecture.stage}/*"
        yield from _statement("Journal", self.commands["journal"], [self.scopes.arn("ssm", path)])
        if architecture.of(KubernetesCluster) and "eks:DescribeCluster" not in self.actions:
            yield from _statement("Cluster", ["eks:DescribeCluster"], ("*",), self._in_regions())
        if not self.environment.terraform:
            stacks = [
                self.scopes.arn("cloudformation", f"stack/{name}/*", region) for name, region in self._stack_names()
            ]
            yield from _statement("Stacks", self.commands["stacks"], stacks)
            yield from _statement("Detection", self.commands["detection"], ("*",), self._in_regions())
        elif self.environment.loaded.blueprint.state.backend == "s3":
            yield from self._state()

    def _stack_names(self) -> list[tuple[str, str]]:
        """Those of the templates; where no other environment's begin so too, whatever begins as they do."""
        front = f"{_stack_front(self.environment.architecture)}-"
        every = [(stack.name, stack.region) for stack in self.environment.rendering.stacks]
        if any(_stack_front(other).startswith(front) for other in self.environment.others):
            return every
        beginnings = {(f"{front}*" if name.startswith(front) else name, region) for name, region in every}
        return sorted(beginnings)

    def _state(self) -> Iterator[Statement]:
        """Terraform's state of this environment. See ``design.state`` for what Terraform asks."""
        loaded = self.environment.loaded
        bucket, key = f"arn:*:s3:::{loaded.state_bucket}", key_of(loaded)
        yield from _statement("FindState", ["s3:ListBucket"], [bucket])
        objects = [f"{bucket}/{key}", f"{bucket}/{key}{LOCK_SUFFIX}"]
        yield from _statement("State", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], objects)
        table = [self.scopes.arn("dynamodb", f"table/{loaded.state_bucket}-lock")]
        locks = ["dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem"]
        yield from _statement("Locks", locks, table)
        named = Condition(
            operator="StringEquals",
            key="kms:ResourceAliases",
            values=(f"alias/{loaded.state_bucket.replace('.', '-')}",),
        )
        yield from _statement(
            "StateKey", ["kms:Decrypt", "kms:GenerateDataKey"], [f"arn:*:kms:*:{ACCOUNT}:key/*"], named
        )


def _stack_front(architecture: Architecture) -> str:
    from groundplan.engines.cloudformation.stacks import stack_name

    return stack_name(architecture, None, architecture.region, 1)


def _sid(service: str) -> str:
    return "".join(word.capitalize() for word in service.split("-"))


def _statement(
    sid: str, actions: Iterable[iam.Action | str], patterns: Iterable[str], *conditions: Condition
) -> Iterator[Statement]:
    """One statement; none without actions."""
    names = tuple(sorted(map(str, actions)))
    if names:
        yield Statement(
            sid=sid, actions=names, resources=tuple(map(textual, dict.fromkeys(patterns))), conditions=conditions
        )
