"""Secrets in Parameter Store, and what an account has once: what the blueprint's words become."""

from __future__ import annotations

import pytest
from tests.design.blueprints import designed

from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.account import AccountPasswordPolicy, CostAllocationTag
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.policies import Statement
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.values import Ref

START = "project: shop\nregion: eu-central-1\n"
SERVICES = """
services:
  web:
    image: {repository: web, tag: '1'}
    secrets: {TOKEN: token, MAPS: maps-key, OTHER: other}
  worker: {image: {repository: web, tag: '1'}, secrets: {TOKEN: token}, reads_secrets: true}
secrets:
  token: {store: parameter-store, generate: 48}
  maps-key: {store: parameter-store, description: Key of the maps}
"""
TOKEN, MAPS = Ref(SecureParameter, "token"), Ref(SecureParameter, "maps_key")


def statements(found: Architecture, role: str) -> dict[str, Statement]:
    (policy,) = found[Ref(Role, role)].inline_policies
    return {item.sid: item for item in policy.document.statements}


def test_a_secret_in_parameter_store() -> None:
    found = designed(START + "short_name: prod\n" + SERVICES)
    token, maps = found[TOKEN], found[MAPS]
    assert (token.parameter_name, token.generate, token.kms_key) == ("/shop/prod/token", 48, Ref(Key, "main"))
    assert (maps.parameter_name, maps.generate, maps.description) == ("/shop/prod/maps-key", None, "Key of the maps")
    assert maps.filled_by_a_person
    assert not token.filled_by_a_person
    assert [secret.name for secret in found.of(Secret)] == ["other"]


def test_ecs_may_read_exactly_what_it_injects() -> None:
    found = designed(START + SERVICES)
    (container,) = found[Ref(TaskDefinition, "web")].containers
    assert container.secrets == {"TOKEN": TOKEN.arn, "MAPS": MAPS.arn, "OTHER": Ref(Secret, "other").arn}
    web, worker = statements(found, "web_execution"), statements(found, "worker_execution")
    assert web["ReadInjectedParameters"].actions == ("ssm:GetParameters",)
    assert web["ReadInjectedParameters"].resources == (TOKEN.arn, MAPS.arn)
    assert web["ReadInjectedSecrets"].resources == (Ref(Secret, "other").arn,)
    assert worker["ReadInjectedParameters"].resources == (TOKEN.arn,)
    assert "ReadInjectedSecrets" not in worker
    assert worker["DecryptInjectedSecrets"].resources == (Ref(Key, "main").arn,)
    below = statements(found, "worker_task")["ReadParameters"].resources
    assert str(below).count(":parameter/shop/production/*") == 1


def test_without_a_key_of_its_own_the_accounts_key_encrypts() -> None:
    found = designed(START + "keys: aws\n" + SERVICES)
    assert found[TOKEN].kms_key is None
    assert "DecryptInjectedSecrets" not in statements(found, "worker_execution")


EKS = START + "platform: eks\nkubernetes: {nodes: {general: {instances: [t3.large], desired: 2, min: 1, max: 3}}}\n"


def test_the_operator_in_the_cluster_may_read_parameters_alone() -> None:
    rights = statements(designed(EKS + SERVICES), "external_secrets")
    assert rights["ReadParameters"].actions == ("ssm:GetParameter",)
    assert set(rights["ReadParameters"].resources) == {TOKEN.arn, MAPS.arn}
    assert rights["Act"].resources == (Ref(Secret, "other").arn,)
    only = designed(EKS + SERVICES.replace(", OTHER: other", "").replace(", reads_secrets: true", ""))
    assert "Act" not in statements(only, "external_secrets")


def test_what_an_account_has_once() -> None:
    found = designed(START + "tags: {CostCenter: shop, Team: a}\naccount: {passwords: {length: 20, expire: 90d}}\n")
    policy = found[Ref(AccountPasswordPolicy, "main")]
    assert (policy.minimum_password_length, policy.password_reuse_prevention, policy.max_password_age) == (20, 24, 90)
    keys = [tag.tag_key for tag in found.of(CostAllocationTag)]
    assert keys == ["Project", "Environment", "ManagedBy", "CostCenter", "Team"]


def test_what_an_account_is_to_keep_as_it_is() -> None:
    found = designed(START + "account: {passwords: null, cost_tags: false, administrators: []}\n")
    assert not found.of(AccountPasswordPolicy)
    assert not found.of(CostAllocationTag)
    assert not designed(START).of(CostAllocationTag)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "services: {web: {image: {repository: web, tag: '1'}, needs: [main], secrets: {A: main-url}}}\n"
            "databases: {main: {engine: postgres 16, class: db.t4g.micro}}\n"
            "secrets: {main-url: {store: parameter-store}}\n",
            "main-url is a secret that Groundplan fills itself; choose another name",
        ),
        (
            "services: {web: {image: {repository: web, tag: '1'}, secrets: {A: a-b, B: a_b}}}\n"
            "secrets: {a-b: {store: parameter-store}, a_b: {store: parameter-store}}\n",
            "are too much alike",
        ),
    ],
)
def test_names_that_are_taken(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        designed(START + text)


def test_a_name_that_aws_keeps_for_itself() -> None:
    with pytest.raises(InputError, match='starts with "/aws", which AWS keeps for itself'):
        designed((START + SERVICES).replace("project: shop", "project: aws-shop"))
