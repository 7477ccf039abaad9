"""The default security group of a VPC: closed where it is open, left alone where it is closed."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest
from tests.operations.test_direct import Answers, architecture, refusal

from groundplan.engines import cloudformation
from groundplan.errors import EnvironmentalError
from groundplan.operations import default_groups, direct
from groundplan.resources.network import Vpc
from groundplan.targets.connection import Connection

VPC = Vpc(name="main", concern="network", region="eu-west-1", cidr_block=IPv4Network("10.0.0.0/16"))
AMONG_EACH_OTHER = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}]}]
EVERYWHERE = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def answering(*groups: dict[str, Any], **given: Any) -> tuple[direct.Reach, Answers]:
    answers = {
        "describe_security_groups": {"SecurityGroups": groups},
        "revoke_security_group_ingress": {},
        "revoke_security_group_egress": {},
    }
    client, connection = Answers(answers | given), Connection("aws")
    connection._clients["ec2", "eu-west-1"] = client
    return direct.Reach(connection, architecture(VPC)), client


def group(inwards: object = (), outwards: object = ()) -> dict[str, Any]:
    return {"GroupId": "sg-1", "IpPermissions": inwards, "IpPermissionsEgress": outwards}


@pytest.mark.parametrize(
    ("found", "revoked"),
    [
        (group(AMONG_EACH_OTHER, EVERYWHERE), ["revoke_security_group_ingress", "revoke_security_group_egress"]),
        (group(outwards=EVERYWHERE), ["revoke_security_group_egress"]),
        (group(AMONG_EACH_OTHER), ["revoke_security_group_ingress"]),
    ],
)
def test_what_is_open_is_closed(found: dict[str, Any], revoked: list[str]) -> None:
    reach, client = answering(found)
    step = direct.default_group(reach, VPC, "vpc-1")
    assert step is not None
    assert (step.action, step.address, step.holds_data) == ("update", "vpc.main", False)
    assert [name for name, _ in client.calls] == ["describe_security_groups"], "looking changes nothing"
    assert direct.perform(step).changed
    assert [name for name, _ in client.calls[1:]] == revoked
    assert all(arguments["GroupId"] == "sg-1" and arguments["IpPermissions"] for _, arguments in client.calls[1:])


@pytest.mark.parametrize("groups", [(group(),), ()])
def test_what_is_closed_or_not_there_is_left_alone(groups: tuple[dict[str, Any], ...]) -> None:
    reach, client = answering(*groups)
    assert direct.default_group(reach, VPC, "vpc-1") is None
    filters = client.calls[0][1]["Filters"]
    assert {item["Name"]: item["Values"] for item in filters} == {"vpc-id": ["vpc-1"], "group-name": ["default"]}


def test_a_refusal_is_told_with_what_was_done() -> None:
    reach, _ = answering(
        group(AMONG_EACH_OTHER), revoke_security_group_ingress=refusal("UnauthorizedOperation", "You may not")
    )
    step = direct.default_group(reach, VPC, "vpc-1")
    assert step is not None
    with pytest.raises(EnvironmentalError, match=r"Closing the default security group of vpc\.main.*You may not"):
        direct.perform(step)


def test_a_vpc_of_a_stack_that_is_not_deployed_is_not_asked_for() -> None:
    rendering = cloudformation.render(architecture(VPC))
    assert default_groups.steps(Connection("aws"), architecture(VPC), rendering, ()) == []
