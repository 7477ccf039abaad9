"""Steps beside CloudFormation against answers that the local AWS does not give, and copies between regions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from tests.operations.running import Aws

from groundplan.errors import DeploymentError, EnvironmentalError
from groundplan.operations import direct
from groundplan.operations.direct.cost_tags import UNKNOWN
from groundplan.resources import Architecture, Resource
from groundplan.resources.account import AccountPasswordPolicy, CostAllocationTag
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Key
from groundplan.resources.values import Ref
from groundplan.targets.connection import Connection, connect

TAG = CostAllocationTag(name="team", concern="monitoring", tag_key="Team")
POLICY = AccountPasswordPolicy(name="main", concern="audit", minimum_password_length=14)
HOME, AWAY = "ap-south-1", "ap-southeast-1"


def architecture(*resources: Resource, project: str = "copies") -> Architecture:
    tags = {"Project": project, "Environment": "production", "ManagedBy": "Groundplan"}
    return Architecture(
        project=project, title=project, environment="production", region=HOME, resources=resources, tags=tags
    )


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Anything")


@dataclass
class Answers:
    """Stands for a client: every call is answered, or refused, by what the test says for it."""

    given: dict[str, Any]
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.calls.append((name, arguments))
            answer = self.given[name]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, name: str) -> Answers:
        return self

    def paginate(self, **arguments: Any) -> Iterator[Any]:
        answer = self.given["paginate"]
        if isinstance(answer, Exception):
            raise answer
        return iter([answer])


def answering(**given: Any) -> tuple[Connection, Answers]:
    client, connection = Answers(given), Connection("aws")
    for service, region in (("ce", "us-east-1"), ("iam", HOME), ("ssm", HOME), ("kms", HOME)):
        connection._clients[service, region] = client
    return connection, client


def known(status: str) -> dict[str, Any]:
    return {"CostAllocationTags": [{"TagKey": "Team", "Status": status, "Type": "UserDefined"}]}


@pytest.mark.parametrize(
    "answer",
    [
        {"Errors": [{"TagKey": "Team", "Code": "ValidationException", "Message": "Tag keys not found: Team"}]},
        refusal("ValidationException", "Tag keys not found: Team"),
    ],
)
def test_a_tag_that_cost_explorer_forgets_meanwhile_is_no_failure(answer: Any) -> None:
    connection, _ = answering(list_cost_allocation_tags=known("Inactive"), update_cost_allocation_tags_status=answer)
    made = direct.make(direct.Reach(connection, architecture(TAG)), TAG)
    assert (made.told, made.changed, made.waits) == (UNKNOWN, False, True)


def test_a_tag_that_cost_explorer_does_not_know_yet_has_to_wait() -> None:
    connection, client = answering(list_cost_allocation_tags={"CostAllocationTags": []})
    made = direct.make(direct.Reach(connection, architecture(TAG)), TAG)
    assert (made.told, made.changed, made.waits) == (UNKNOWN, False, True)
    assert [name for name, _ in client.calls] == ["list_cost_allocation_tags"]


def test_all_tags_are_asked_for_at_once() -> None:
    other = CostAllocationTag(name="project", concern="monitoring", tag_key="Project")
    connection, client = answering(list_cost_allocation_tags=known("Active"))
    steps = direct.plan(direct.Reach(connection, architecture(TAG, other)), set())
    assert [(step.action, step.address) for step in steps] == [("wait", "cost_allocation_tag.project")]
    assert [arguments["TagKeys"] for _, arguments in client.calls] == [["Team", "Project"]]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            refusal("AccessDeniedException", "Linked account doesn't have access to cost allocation tags."),
            "cost_allocation_tag.team: AWS says Linked account doesn't have access to cost allocation tags. Activate "
            "the tag Team in the management account, and write account: {cost_tags: false}",
        ),
        (
            refusal("AccessDeniedException", "not authorized to perform: ce:UpdateCostAllocationTagsStatus"),
            "Activating cost_allocation_tag.team: AWS says AccessDeniedException: not authorized",
        ),
        (
            {"Errors": [{"TagKey": "Team", "Code": "LimitExceeded", "Message": "too many"}]},
            "Activating cost_allocation_tag.team: AWS says LimitExceeded: too many",
        ),
    ],
)
def test_a_refusal_is_a_failure_with_its_reason(answer: Any, told: str) -> None:
    connection, _ = answering(list_cost_allocation_tags=known("Inactive"), update_cost_allocation_tags_status=answer)
    with pytest.raises(DeploymentError) as caught:
        direct.make(direct.Reach(connection, architecture(TAG)), TAG)
    assert str(caught.value).startswith(told)


def test_a_password_policy_that_may_not_be_set() -> None:
    connection, _ = answering(
        get_account_password_policy=refusal("NoSuchEntity", "none"),
        update_account_password_policy=refusal("AccessDenied", "not authorized to perform: iam:Update"),
    )
    with pytest.raises(DeploymentError, match=r"Setting account_password_policy.main: AWS says AccessDenied: not auth"):
        direct.make(direct.Reach(connection, architecture(POLICY)), POLICY)


def test_a_password_policy_is_told_in_full() -> None:
    """What is left out of the request would become IAM's own default."""
    answer = {"PasswordPolicy": {"MinimumPasswordLength": 6, "RequireSymbols": False, "ExpirePasswords": False}}
    connection, client = answering(get_account_password_policy=answer, update_account_password_policy={})
    made = direct.make(direct.Reach(connection, architecture(POLICY)), POLICY)
    assert made.told == "updated"
    _, request = client.calls[-1]
    assert len(request) == 7
    assert request["RequireSymbols"]


def test_who_has_no_parameters_needs_no_right_to_list_them() -> None:
    connection, _ = answering(paginate=refusal("AccessDeniedException", "not authorized to perform: ssm:Describe"))
    assert direct.unasked(direct.Reach(connection, architecture(POLICY)), {HOME}) == ([], [])
    one = SecureParameter(name="one", concern="services", parameter_name="/a/b", description="One", generate=20)
    with pytest.raises(EnvironmentalError, match="Listing the parameters of ap-south-1: AWS says AccessDenied"):
        direct.unasked(direct.Reach(connection, architecture(one)), {HOME})


def test_an_answer_that_got_lost_is_said() -> None:
    connection, _ = answering(paginate=ConnectionClosedError(endpoint_url="https://ssm.ap-south-1.amazonaws.com/"))
    with pytest.raises(EnvironmentalError, match="Listing the parameters of ap-south-1: Connection was closed"):
        direct.unasked(direct.Reach(connection, architecture(POLICY)), {HOME})


def token(**changes: Any) -> SecureParameter:
    values: dict[str, Any] = {
        "name": "token",
        "concern": "services",
        "parameter_name": "/copies/production/token",
        "description": "Token",
    }
    return SecureParameter(**{**values, **changes})


COPY = SecureParameter(
    name="standby_token",
    concern="services",
    region=AWAY,
    parameter_name="/copies/standby/token",
    description="Token",
    source=Ref(SecureParameter, "token"),
)


def test_a_copy_in_another_region_always_has_the_value_of_its_source(aws: Aws) -> None:
    reach = direct.Reach(connect("local"), architecture(token(generate=30), COPY))
    with pytest.raises(DeploymentError, match=r"secure_parameter.standby_token: secure_parameter.token is not there"):
        direct.make(reach, COPY)
    for parameter in reach.architecture.of(SecureParameter):
        assert direct.make(reach, parameter).told == "created"

    def values() -> list[str]:
        places = ((HOME, "/copies/production/token"), (AWAY, COPY.parameter_name))
        found = [aws.client("ssm", region).get_parameter(Name=name, WithDecryption=True) for region, name in places]
        return [item["Parameter"]["Value"] for item in found]

    first, copied = values()
    assert first == copied
    assert direct.plan(reach, {HOME, AWAY}) == []
    aws.client("ssm").put_parameter(
        Name="/copies/production/token", Value="another", Type="SecureString", Overwrite=True
    )
    (step,) = direct.plan(reach, {HOME, AWAY})
    assert (step.action, step.address) == ("update", "secure_parameter.standby_token")
    assert step.why == "the value of secure_parameter.token changed"
    assert direct.perform(step).changed
    assert values() == ["another", "another"]
    assert direct.plan(reach, {HOME, AWAY}) == []


def test_a_parameter_whose_key_is_not_there_yet(aws: Aws) -> None:
    from groundplan.resources.policies import PolicyDocument

    key = Key(name="main", concern="encryption", description="Key", alias="nobody-has-it", policy=PolicyDocument(()))
    keyed = token(parameter_name="/copies/production/keyed", kms_key=key.ref, generate=20)
    reach = direct.Reach(connect("local"), architecture(key, keyed))
    assert [step.action for step in direct.plan(reach, set()) if step.address == keyed.address] == ["create"]
    with pytest.raises(DeploymentError, match=r"secure_parameter.token: its key key.main is not there yet"):
        direct.make(reach, keyed)


def test_a_value_is_as_lost_as_its_key(aws: Aws) -> None:
    """The local AWS is no more forgiving than AWS."""
    kms, ssm = aws.client("kms"), aws.client("ssm")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    put: dict[str, Any] = {"Name": "/copies/lost", "Type": "SecureString", "Overwrite": True, "Value": "x"}
    ssm.put_parameter(**put, KeyId=key)
    assert ssm.get_parameter(Name="/copies/lost", WithDecryption=True)["Parameter"]["Value"] == "x"
    kms.schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=7)
    with pytest.raises(ClientError, match="InvalidKeyId"):
        ssm.get_parameter(Name="/copies/lost", WithDecryption=True)
    for gone in (key, "alias/nobody-has-it"):
        with pytest.raises(ClientError, match="InvalidKeyId"):
            ssm.put_parameter(**put, KeyId=gone)


def test_who_has_no_parameters_can_be_destroyed_without_that_right() -> None:
    connection, _ = answering(paginate=refusal("AccessDeniedException", "not authorized to perform: ssm:Describe"))
    reach = direct.Reach(connection, architecture(POLICY, TAG))
    assert direct.remains(reach, {HOME}) == []
    assert direct.staying(reach) == [
        "account_password_policy.main: stays as it is: it is the account's",
        "cost_allocation_tag.team: stays active: bills are divided by it",
    ]
