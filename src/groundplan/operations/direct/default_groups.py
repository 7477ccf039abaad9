"""The default security group of a VPC, closed: what names no group of its own gets it, and is then reached by nobody.

AWS makes it with the VPC and lets its members reach one another and everything outside. CloudFormation neither owns
nor changes it; in Terraform ``aws_default_security_group`` does the same. It goes when its VPC goes.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
"""

from __future__ import annotations

from groundplan.operations.direct.step import Reach, Step
from groundplan.resources.network import Vpc
from groundplan.targets.connection import explained

TYPE = "default security group"


def step(reach: Reach, vpc: Vpc, id_: str) -> Step | None:
    """What is to be done in the VPC with that id. None: nothing."""
    client = reach.connection.ec2(reach.region(vpc.region))
    filters = [{"Name": "vpc-id", "Values": [id_]}, {"Name": "group-name", "Values": ["default"]}]
    with explained(f"Reading the default security group of {vpc.address}"):
        groups = client.describe_security_groups(Filters=filters)["SecurityGroups"]
    if not groups:
        return None
    group = groups[0]["GroupId"]
    inwards, outwards = groups[0].get("IpPermissions", []), groups[0].get("IpPermissionsEgress", [])
    if not inwards and not outwards:
        return None

    def close() -> str:
        with explained(f"Closing the default security group of {vpc.address}"):
            if inwards:
                client.revoke_security_group_ingress(GroupId=group, IpPermissions=inwards)
            if outwards:
                client.revoke_security_group_egress(GroupId=group, IpPermissions=outwards)
        return "default security group closed"

    return Step("update", vpc.address, TYPE, "the default security group has rules", close)
