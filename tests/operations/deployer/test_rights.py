"""What the role that deploys may do, by IAM's own evaluation: its environment, and nothing of what stands beside it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from groundplan.access import Caller, Decision, Policies, Request, access_of, decide
from groundplan.access.arns import ACCOUNT as UNKNOWN
from groundplan.access.arns import Arns
from groundplan.access.clauses import Clause, of_document
from groundplan.access.conditions import Context
from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.pipelines import Pipelines
from groundplan.catalog import iam
from groundplan.catalog.deployment_actions import deployment_actions
from groundplan.design.deployer import is_bounded
from groundplan.errors import InputError
from groundplan.operations.deployer import Environment, design_deployer, environments
from groundplan.operations.deployer.sizes import MOST_CHARACTERS, MOST_POLICIES, characters
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import ManagedPolicy, OidcProvider, Role

EXAMPLES = Path(__file__).parents[3] / "examples"
SYSTEMS = ("duskspendr", "personal-timeline", "solemate", "spendsense", "spontime")
ACCOUNT = "123456789012"
UNBOUNDED = ("solemate/production", "personal-timeline/shared")
"""Whose roles need what no boundary holds: AWS Config's, and administrators'."""


def bootstrapped(loaded: LoadedEnvironment) -> LoadedEnvironment:
    """The environment as it were with ``deploy_role: bootstrap``."""
    spec = loaded.blueprint.pipelines or Pipelines(repository="acme/shop")
    spec = spec.model_copy(update={"deploy_role": "bootstrap"})
    return replace(loaded, blueprint=loaded.blueprint.model_copy(update={"pipelines": spec}))


@cache
def every() -> dict[str, Environment]:
    found: dict[str, Environment] = {}
    for system in SYSTEMS:
        loaded = [bootstrapped(one) for one in read_source(EXAMPLES / system / "groundplan.yaml").all()]
        found |= {f"{system}/{one.loaded.name}": one for one in environments(loaded)}
    return found


@cache
def deployer(name: str) -> Architecture:
    return design_deployer(every()[name])


@cache
def clauses(name: str) -> tuple[Clause, ...]:
    architecture = deployer(name)
    (role,) = architecture.of(Role)
    arns = Arns(architecture)
    return tuple(
        in_account(clause)
        for policy in architecture.of(ManagedPolicy)
        if policy.name != "boundary"
        for clause in of_document(policy.document, role, "identity", arns)
    )


def in_account(clause: Clause) -> Clause:
    """The statement as it is in an account that is known."""
    return replace(
        clause,
        resources=tuple(one.replace(UNKNOWN, ACCOUNT) for one in clause.resources),
        conditions=tuple(
            replace(test, values=tuple(one.replace(UNKNOWN, ACCOUNT) for one in test.values))
            for test in clause.conditions
        ),
    )


def asked(name: str, action: str, resource: str, context: Context | None = None) -> Decision:
    """What IAM says when the role asks, in its environment's own region."""
    environment = every()[name]
    known = {"aws:requestedregion": (environment.architecture.region,), **(context or {})}
    caller = Caller("AWS", f"arn:aws:iam::{ACCOUNT}:role/groundplan-deploy", ACCOUNT)
    request = Request(caller, action, resource, known, ACCOUNT)
    return decide(request, Policies(identity=tuple(one for one in clauses(name) if one.has_action(action))))


def arn(name: str, service: str, rest: str) -> str:
    return f"arn:aws:{service}:{every()[name].architecture.region}:{ACCOUNT}:{rest}"


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def boundary_of(name: str) -> str:
    environment = every()[name]
    arns = Arns(environment.architecture)
    (found,) = {
        arns.text(role.permissions_boundary, role)
        for role in environment.architecture.of(Role)
        if role.permissions_boundary is not None
    }
    return found.replace(UNKNOWN, ACCOUNT)


NAMES = (
    "duskspendr/production", "personal-timeline/development", "personal-timeline/staging",
    "personal-timeline/production", "solemate/staging", "spendsense/dev", "spendsense/staging", "spendsense/prod",
    "spontime/poc",
)  # fmt: skip


def test_every_environment_is_looked_at() -> None:
    assert sorted((*NAMES, *UNBOUNDED)) == sorted(every())


@pytest.mark.parametrize("name", NAMES)
def test_every_type_is_deployed_with_exactly_what_its_types_call(name: str) -> None:
    environment = every()[name]
    allowed = {action for clause in clauses(name) for action in clause.actions}
    engine = environment.loaded.blueprint.engine
    called = {
        item.action
        for kind in environment.types
        for item in deployment_actions(kind)
        if item.source != "terraform" or engine == "terraform"
    }
    known = {action: iam.action(action) for action in called | allowed}
    assert None not in known.values(), "no families, and nothing that IAM does not know"
    # Nobody takes a boundary off; what reads contents is given for what has a name only.
    missing = called - allowed - {"iam:DeleteRolePermissionsBoundary"}
    assert missing <= {"ssm:GetParameters", "s3:ListBucket", "iam:CreateServiceLinkedRole", "ssm:GetParameter"}, missing
    own = {action.partition(":")[0] for action in called} | {"cloudformation", "cloudtrail", "ssm", "s3", "dynamodb"}
    assert {action.partition(":")[0] for action in allowed} <= own | {"kms"}


@pytest.mark.parametrize("name", NAMES)
def test_policies_fit_and_are_divided_in_the_same_way_again(name: str) -> None:
    architecture = deployer(name)
    policies = architecture.of(ManagedPolicy)
    (role,) = architecture.of(Role)
    assert len(role.managed_policy_arns) == len(policies) - 1 <= MOST_POLICIES
    assert all(characters(policy.document) <= MOST_CHARACTERS for policy in policies)
    again = design_deployer(every()[name])
    assert [one.document for one in again.of(ManagedPolicy)] == [one.document for one in policies]


@pytest.mark.parametrize("name", NAMES)
def test_boundary_allows_what_the_designed_roles_are_allowed(name: str) -> None:
    environment = every()[name]
    architecture = deployer(name)
    (limit,) = [policy for policy in architecture.of(ManagedPolicy) if policy.name == "boundary"]
    access = access_of(environment.architecture)
    within = of_document(limit.document, limit, "identity", Arns(architecture))
    for role in access.roles:
        assert (role.permissions_boundary is not None) is is_bounded(role)
        for clause in access.identity(role) if is_bounded(role) else ():
            for action in clause.actions:
                for resource in clause.resources:
                    request = Request(access.caller(role), action, resource)
                    found = decide(request, Policies(identity=(clause,), boundary=within))
                    alone = decide(request, Policies(identity=(clause,)))
                    assert found.verdict == alone.verdict, f"{role.role_name}: {action} on {resource}"
    given = {action for statement in limit.document.statements for action in statement.actions}
    everything = [one for one in limit.document.statements if one.resources == ("*",)]
    assert not any(action.endswith(":*") for one in everything for action in one.actions)
    changing = {found for action in given for found in iam.expand(action) if found.service == "iam"}
    assert {str(one) for one in changing if one.level not in ("List", "Read")} <= {
        "iam:PassRole", "iam:CreateServiceLinkedRole",
    }  # fmt: skip


def test_boundary_lets_controllers_make_the_roles_of_services() -> None:
    """The load balancer controller of a cluster does; with any other name the boundary holds it."""
    name = "personal-timeline/production"
    (limit,) = [policy for policy in deployer(name).of(ManagedPolicy) if policy.name == "boundary"]
    within = [in_account(one) for one in of_document(limit.document, limit, "identity", Arns(deployer(name)))]
    for rest, verdict in (
        ("aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing", "allowed"),
        ("administrator", "implicit deny"),
    ):
        request = Request(
            Caller("AWS", role_arn("any"), ACCOUNT), "iam:CreateServiceLinkedRole", role_arn(rest), {}, ACCOUNT
        )
        assert decide(request, Policies(identity=tuple(within))).verdict == verdict


def test_own_things_are_deployed_and_those_of_other_environments_are_not_touched() -> None:
    name = "solemate/staging"
    own, other = arn(name, "rds", "db:solemate-staging-main"), arn(name, "rds", "db:solemate-production-main")
    assert asked(name, "rds:CreateDBInstance", own).verdict == "allowed"
    for action in ("rds:CreateDBInstance", "rds:ModifyDBInstance", "rds:DeleteDBInstance"):
        assert asked(name, action, other).verdict == "implicit deny"
    assert asked(name, "s3:PutBucketPolicy", "arn:aws:s3:::solemate-assets-staging").verdict == "allowed"
    assert asked(name, "s3:PutBucketPolicy", "arn:aws:s3:::solemate-assets-production").verdict == "implicit deny"
    secret = arn(name, "secretsmanager", "secret:Solemate/production/x-AbCdEf")
    assert asked(name, "secretsmanager:GetSecretValue", secret).verdict == "implicit deny"
    master = arn(name, "secretsmanager", "secret:rds!db-0b1c-AbCdEf")
    assert asked(name, "secretsmanager:GetSecretValue", master).verdict == "implicit deny"
    stack = arn(name, "cloudformation", "stack/Solemate-production-network/1")
    assert asked(name, "cloudformation:ExecuteChangeSet", stack).verdict == "implicit deny"
    assert asked(name, "cloudformation:ExecuteChangeSet", stack.replace("production", "staging")).verdict == "allowed"


def test_what_has_no_name_is_told_apart_by_its_tags_and_regions() -> None:
    name, vpc = "solemate/staging", arn("solemate/staging", "ec2", "vpc/vpc-1")
    tags = {"aws:resourcetag/project": ("Solemate",)}
    own, other = ({**tags, "aws:resourcetag/environment": (one,)} for one in ("staging", "production"))
    for action in ("ec2:DeleteVpc", "ec2:CreateSubnet"):
        assert asked(name, action, vpc, own).verdict == "allowed"
        assert asked(name, action, vpc, other).verdict == "implicit deny"
    assert asked(name, "ec2:DeleteVpc", vpc, {**own, "aws:requestedregion": ("eu-west-3",)}).verdict == "implicit deny"
    key = arn(name, "kms", "key/1")
    assert asked(name, "kms:ScheduleKeyDeletion", key, other).verdict == "implicit deny"
    assert asked(name, "kms:ScheduleKeyDeletion", key, own).verdict == "allowed"
    assert asked(name, "kms:Decrypt", key, {**own, "kms:viaservice": None}).verdict == "implicit deny"


def test_beginning_that_another_environment_shares_limits_nothing() -> None:
    """``spendsense-…`` is production, ``spendsense-dev-…`` another environment: production's names stand whole."""
    name = "spendsense/prod"
    assert asked(name, "ecs:DeleteCluster", arn(name, "ecs", "cluster/spendsense-dev-main")).verdict == "implicit deny"
    assert asked(name, "rds:DeleteDBInstance", arn(name, "rds", "db:spendsense-dev-main")).verdict == "implicit deny"
    patterns = {resource for clause in clauses(name) for resource in clause.resources}
    assert not any(pattern.endswith(("spendsense-*", "spendsense*")) for pattern in patterns)


def test_roles_are_made_and_changed_with_the_boundary_only() -> None:
    name = "solemate/staging"
    role, limit = role_arn("Solemate-staging-new-task-role"), "iam:permissionsboundary"
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert asked(name, action, role, {limit: (boundary_of(name),)}).verdict == "allowed"
        assert asked(name, action, role, {limit: None}).verdict == "implicit deny"
        assert asked(name, action, role, {limit: ("arn:aws:iam::aws:policy/AdministratorAccess",)}).verdict == (
            "implicit deny"
        )
    for other in ("Solemate-production-backend-task-role", "administrator"):
        assert asked(name, "iam:CreateRole", role_arn(other), {limit: (boundary_of(name),)}).verdict == "implicit deny"
    for action in ("iam:DeleteRolePermissionsBoundary", "iam:CreateUser", "iam:CreateAccessKey", "iam:CreatePolicy"):
        assert asked(name, action, "*", {limit: (boundary_of(name),)}).verdict == "implicit deny"


def test_roles_of_services_get_the_policies_of_their_service_only() -> None:
    name = "solemate/staging"
    environment = every()[name]
    role = next(role for role in environment.architecture.of(Role) if not is_bounded(role))
    policy = Arns(environment.architecture).text(role.managed_policy_arns[0], role)
    without = {"iam:permissionsboundary": None}
    attach = "iam:AttachRolePolicy"
    assert asked(name, "iam:CreateRole", role_arn(role.role_name), without).verdict == "allowed"
    assert asked(name, attach, role_arn(role.role_name), {**without, "iam:policyarn": (policy,)}).verdict == "allowed"
    other = {**without, "iam:policyarn": ("arn:aws:iam::aws:policy/AdministratorAccess",)}
    assert asked(name, attach, role_arn(role.role_name), other).verdict == "implicit deny"
    assert asked(name, "iam:PutRolePolicy", role_arn(role.role_name), without).verdict == "implicit deny"


def test_roles_are_handed_to_their_services_only() -> None:
    name, passed = "solemate/staging", "iam:passedtoservice"
    own = role_arn("Solemate-staging-backend-task-role")
    assert asked(name, "iam:PassRole", own, {passed: ("ecs-tasks.amazonaws.com",)}).verdict == "allowed"
    assert asked(name, "iam:PassRole", own, {passed: ("lambda.amazonaws.com",)}).verdict == "implicit deny"
    other = role_arn("Solemate-production-backend-task-role")
    assert asked(name, "iam:PassRole", other, {passed: ("ecs-tasks.amazonaws.com",)}).verdict == "implicit deny"


@pytest.mark.parametrize("name", NAMES)
def test_role_reaches_neither_itself_nor_its_policies_nor_the_boundary(name: str) -> None:
    architecture = deployer(name)
    (role,) = architecture.of(Role)
    targets = [role_arn(role.role_name)]
    targets += [f"arn:aws:iam::{ACCOUNT}:policy/{policy.policy_name}" for policy in architecture.of(ManagedPolicy)]
    for action in iam.expand("iam:*"):
        if action.level in ("List", "Read") or str(action) == "iam:CreateServiceLinkedRole":
            continue
        for target in targets:
            found = asked(name, str(action), target, {"iam:permissionsboundary": (boundary_of(name),)})
            assert found.verdict == "implicit deny", f"{action} on {target}"
    stack = arn(name, "cloudformation", f"stack/{role.role_name}-bootstrap/1")
    assert asked(name, "cloudformation:CreateChangeSet", stack).verdict == "implicit deny"


def test_trust_is_for_one_repository_and_its_environment() -> None:
    for name, subject in (
        ("spendsense/prod", "repo:spendsense/backend:environment:prod"),
        ("spontime/poc", "repo:spontime/spontime:ref:refs/heads/main"),
    ):
        (role,) = deployer(name).of(Role)
        (statement,) = role.trust.statements
        found = {one.key.rpartition(":")[2]: (one.operator, one.values) for one in statement.conditions}
        assert found == {"aud": ("StringEquals", ("sts.amazonaws.com",)), "sub": ("StringEquals", (subject,))}


def test_identity_provider_is_made_once_and_not_by_the_environment() -> None:
    spec = every()["spontime/poc"].loaded.blueprint.pipelines
    assert spec is not None
    assert spec.provider == "create"
    assert len(deployer("spontime/poc").of(OidcProvider)) == 1
    assert every()["spontime/poc"].architecture.of(OidcProvider) == ()
    assert deployer("spendsense/prod").of(OidcProvider) == ()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("solemate/production", "what the roles of this environment need does not fit into one policy"),
        ("personal-timeline/shared", "has every right, so that no boundary could hold what may make such a role"),
    ],
)
def test_role_that_no_boundary_can_hold_is_refused(name: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        design_deployer(every()[name])


def test_nothing_is_designed_where_no_environment_asks_for_it() -> None:
    assert environments(read_source(EXAMPLES / "solemate" / "groundplan.yaml").all()) == []
