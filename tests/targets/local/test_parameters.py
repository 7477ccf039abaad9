"""Parameters of AWS Systems Manager: the account's own, and Amazon's beside them."""

from __future__ import annotations

from .conftest import Aws

PUBLIC = "/aws/service/global-infrastructure/regions/eu-west-1"


def test_descriptions_are_of_own_parameters(aws: Aws) -> None:
    ssm = aws.client("ssm", "eu-west-3")
    ssm.put_parameter(Name="/described/one", Value="1", Type="String")
    assert ssm.get_parameter(Name=PUBLIC)["Parameter"]["Value"] == "eu-west-1"
    assert [item["Name"] for item in ssm.describe_parameters()["Parameters"]] == ["/described/one"]
    other = [{"Key": "Name", "Option": "BeginsWith", "Values": ["/aws/service/"]}]
    assert ssm.describe_parameters(ParameterFilters=other)["Parameters"] == []
    assert ssm.get_parameter(Name=PUBLIC)["Parameter"]["Value"] == "eu-west-1", "it is there all the same"
    ssm.delete_parameter(Name="/described/one")


def test_tags_are_those_of_the_resource(aws: Aws) -> None:
    ec2 = aws.client("ec2", "eu-west-3")
    made = [ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"] for _ in range(3)]
    for number, vpc in enumerate(made[:2]):
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": f"vpc {number}"}])
    found = {item["VpcId"]: item.get("Tags", []) for item in ec2.describe_vpcs(VpcIds=made)["Vpcs"]}
    assert found == {
        made[0]: [{"Key": "Name", "Value": "vpc 0"}], made[1]: [{"Key": "Name", "Value": "vpc 1"}], made[2]: [],
    }  # fmt: skip
    named = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["vpc 1"]}])["Vpcs"]
    assert [item["VpcId"] for item in named] == [made[1]]
    for vpc in made:
        ec2.delete_vpc(VpcId=vpc)
