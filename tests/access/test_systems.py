"""The five systems: every statement has its cause, and nobody may do more than what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from groundplan.access import Access, Permission, Request, access_of, decide, of_role
from groundplan.access.naming import roles_called, targets_called
from groundplan.api.files import read_source
from groundplan.checks import all_rules
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement
from groundplan.resources.security import Key, Role

EXAMPLES = Path(__file__).parents[2] / "examples"
SYSTEMS = ("duskspendr", "personal-timeline", "solemate", "spendsense", "spontime")
RULES = tuple(f"GP-SEC-0{number}" for number in (11, 12, 22, 23, 67, 68, 69, 72, 73, 74, 75))


@cache
def architectures(system: str) -> dict[str, Architecture]:
    return {item.name: design(item) for item in read_source(EXAMPLES / system / "groundplan.yaml").all()}


def rights(system: str, environment: str) -> Access:
    return access_of(architectures(system)[environment])


def statements(architecture: Architecture) -> Iterator[tuple[str, Statement]]:
    """Every statement of every policy, wherever a resource has one."""
    for resource in architecture:
        for item in fields(resource):
            value = getattr(resource, item.name)
            for part in value if isinstance(value, tuple) else (value,):
                document = part.document if isinstance(part, InlinePolicy) else part
                if isinstance(document, PolicyDocument):
                    yield from ((resource.address, statement) for statement in document.statements)


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_statement_says_what_asked_for_it(system: str) -> None:
    for architecture in architectures(system).values():
        found = list(statements(architecture))
        assert found
        for address, statement in found:
            assert statement.because, f"{address} {statement.sid} has no cause"
            for cause in statement.because:
                assert cause.path, address
                assert cause.position is not None, f"{address} {statement.sid}: {cause.path} stands nowhere"
                assert cause.position.file.name == "groundplan.yaml"


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_right_is_found_wrong(system: str) -> None:
    rules = [rule for rule in all_rules() if rule.id in RULES]
    assert len(rules) == len(RULES)
    for architecture in architectures(system).values():
        assert [violation for rule in rules for violation in rule.check(architecture)] == []


def test_causes_are_no_part_of_what_is_rendered_or_compared() -> None:
    architecture = architectures("duskspendr")["production"]
    role = architecture.find(Role, "api_task")
    assert role is not None
    bare = InlinePolicy(
        role.inline_policies[0].policy_name,
        PolicyDocument(
            tuple(
                Statement(sid=item.sid, actions=item.actions, resources=item.resources, conditions=item.conditions)
                for item in role.inline_policies[0].document.statements
            )
        ),
    )
    assert bare == role.inline_policies[0]
    assert bare.document.json() == role.inline_policies[0].document.json()
    assert "because" not in repr(bare)


def of(access: Access, name: str) -> list[Permission]:
    return [item for role in roles_called(access, name) for item in of_role(access, role)]


def test_a_task_may_do_what_its_needs_say_and_each_right_names_the_need() -> None:
    access = rights("duskspendr", "production")
    role = access.architecture.find(Role, "api_task")
    assert role is not None
    found = {(item.action, item.target): [cause.path for cause in item.because] for item in of_role(access, role)}
    need, secrets = ["services.api.needs[2]"], ["services.api.reads_secrets"]
    assert found == {
        ("s3:GetObject", "bucket.backups"): need,
        ("s3:PutObject", "bucket.backups"): need,
        ("kms:Decrypt", "key.backups"): need,
        ("kms:GenerateDataKey", "key.backups"): need,
        ("kms:Decrypt", "key.main"): secrets,
        ("secretsmanager:GetSecretValue", "secret.main_password"): secrets,
        ("secretsmanager:GetSecretValue", "secret.main_url"): secrets,
        ("secretsmanager:GetSecretValue", "secret.sessions_token"): secrets,
        ("secretsmanager:GetSecretValue", "secret.sessions_url"): secrets,
    }
    place = next(item for item in of_role(access, role) if item.target == "bucket.backups").because[0].position
    assert place is not None
    line = place.file.read_text(encoding="utf-8").splitlines()[place.line - 1]
    assert line[place.column - 1 :].startswith("backups]")


def test_the_right_to_a_queues_key_is_for_the_queue_alone() -> None:
    found = [item for item in of(rights("personal-timeline", "staging"), "processor") if item.target == "key.main"]
    through_sqs = [item for item in found if item.decision.verdict == "conditional"]
    assert {item.action for item in through_sqs} == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert {item.only_if for item in through_sqs} == {("StringEquals kms:ViaService sqs.us-east-1.amazonaws.com",)}


def test_managed_policies_are_seen() -> None:
    access = rights("solemate", "production")
    role = access.architecture.find(Role, "rds_monitoring")
    assert role is not None
    assert access.unknown_policies(role) == ()
    assert "logs:PutLogEvents" in {item.action for item in of_role(access, role)}


def test_a_managed_policy_that_is_not_known_is_said_to_be() -> None:
    architecture = architectures("duskspendr")["production"]
    role = architecture.find(Role, "api_task")
    assert role is not None
    own = "arn:aws:iam::123456789012:policy/mine"
    access = access_of(architecture.changed(role, managed_policy_arns=(own,)))
    assert access.unknown_policies(access.architecture[role.ref]) == (own,)


def test_a_key_that_does_not_trust_its_account_is_nobodys() -> None:
    architecture = architectures("duskspendr")["production"]
    key, role = architecture.find(Key, "backups"), architecture.find(Role, "api_task")
    assert key is not None
    assert role is not None
    assert access_of(architecture).decide(role, "kms:Decrypt", key).verdict == "allowed"
    shut = access_of(architecture.changed(key, policy=PolicyDocument(())))
    assert shut.decide(role, "kms:Decrypt", key).verdict == "implicit deny"


@pytest.mark.parametrize(("name", "near"), [("apu", '"api"'), ("nonsense", "known here: api, flow_logs")])
def test_an_unknown_principal_is_told_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(InputError, match="nobody here is called") as error:
        roles_called(rights("duskspendr", "production"), name)
    assert near in str(error.value)


@pytest.mark.parametrize(("name", "near"), [("mian", '"main"'), ("bucket.backup", '"bucket.backups"')])
def test_an_unknown_target_is_told_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(InputError, match="there is nothing here called") as error:
        targets_called(rights("duskspendr", "production"), name)
    assert near in str(error.value)


def test_names_of_the_blueprint_find_what_belongs_to_them() -> None:
    access = rights("personal-timeline", "production")
    assert {role.name for role in roles_called(access, "api")} == {"api_pod", "standby_api_pod"}
    assert [role.name for role in roles_called(access, "role.api_pod")] == ["api_pod"]
    targets = {item.address for item in targets_called(access, "main")}
    assert {"database_instance.main", "database_instance.standby_main", "key.main"} <= targets


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_known_of_other_actions_decides_no_differently(system: str) -> None:
    """Each decision is the one that IAM makes of that request alone."""
    environment, architecture = next(reversed(architectures(system).items()))
    access = rights(system, environment)
    for role in architecture.of(Role):
        for item in of_role(access, role)[::7]:
            resource = architecture.at(item.target)
            request = Request(access.caller(role), item.action, item.part)
            assert item.decision == decide(request, access.policies(role, resource, item.action)), item
