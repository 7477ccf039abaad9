"""Change sets as CloudFormation answers them: read into changes, refusals into errors, nothing into None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from groundplan.engines.cloudformation import Stack
from groundplan.errors import EnvironmentalError, InputError
from groundplan.operations import change_sets
from groundplan.operations.change_sets import INLINE_LIMIT, StackChange
from groundplan.operations.changes import Change, Plan
from groundplan.operations.plan import as_changes
from groundplan.targets.connection import Connection

REGION = "eu-central-1"


@dataclass
class CloudFormation:
    """Answers like the API, page by page."""

    pages: list[Mapping[str, Any]]
    asked: dict[str, Any] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    def create_change_set(self, **asked: Any) -> Mapping[str, str]:
        self.asked = asked
        return {"Id": "arn:change-set"}

    def describe_change_set(self, **asked: Any) -> Mapping[str, Any]:
        assert asked["ChangeSetName"] == "arn:change-set"
        return self.pages.pop(0)

    def delete_change_set(self, **asked: Any) -> None:
        self.deleted.append(asked["ChangeSetName"])


@dataclass
class S3:
    """Keeps what is put, in buckets that are all in one place."""

    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    location: str | None = REGION

    def get_bucket_location(self, *, Bucket: str) -> Mapping[str, str | None]:  # noqa: N803 - as boto3 has it
        return {"LocationConstraint": self.location}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803 - as boto3 has it
        self.objects[Bucket, Key] = Body


def stack(body: str = "Resources: {}\n") -> Stack:
    return Stack(
        name="shop-production-network", concern="network", region=REGION, template={"Resources": {}}, body=body,
        parameters={}, depends_on=(),
    )  # fmt: skip


def connection(api: CloudFormation, s3: S3 | None = None) -> Connection:
    return Connection("aws", {}, {("cloudformation", REGION): api, ("s3", REGION): s3 or S3()})


def resource(action: str, name: str, **more: Any) -> Mapping[str, Any]:
    change = {"Action": action, "LogicalResourceId": name, "ResourceType": "AWS::EC2::VPC", **more}
    return {"Type": "Resource", "ResourceChange": change}


def property_of(name: str, recreation: str = "Conditionally") -> Mapping[str, Any]:
    return {"Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}}


CONDITIONAL = {"Replacement": "Conditional", "ResourceType": "AWS::RDS::DBInstance"}


def test_every_kind_of_change_is_told_with_its_reason() -> None:
    first = {
        "Status": "CREATE_COMPLETE",
        "NextToken": "more",
        "Changes": [
            resource("Add", "New"),
            resource("Remove", "Old"),
            resource("Modify", "Same", Replacement="False", Details=[property_of("Tags"), property_of("Cidr")]),
        ],
    }
    second = {
        "Status": "CREATE_COMPLETE",
        "Changes": [
            resource(
                "Modify", "Other", Replacement="True", Details=[property_of("CidrBlock"), property_of("CidrBlock")]
            ),
            resource("Modify", "Perhaps", Replacement="Conditional", Details=[property_of("Name")]),
            resource("Modify", "Kept", **CONDITIONAL, Details=[property_of("MultiAZ"), property_of("Port", "Never")]),
            resource(
                "Modify", "Moved", **CONDITIONAL, Details=[property_of("MultiAZ"), property_of("AvailabilityZone")]
            ),
            resource("Modify", "Tagged", Replacement="False", Details=[{"Target": {"Attribute": "Tags"}}]),
            resource("Modify", "Unsaid", Replacement="False"),
        ],
    }
    api = CloudFormation([first, second])
    found = change_sets.create(connection(api), stack(), {"A": "1"}, {"Project": "shop"}, update=True)
    assert found is not None
    assert [(change.action, change.logical_id, change.why) for change in found.changes] == [
        ("create", "New", "new in the blueprint"),
        ("delete", "Old", "no longer in the blueprint"),
        ("update", "Same", "changes Cidr, Tags"),
        ("replace", "Other", "changes CidrBlock, which AWS cannot change in place"),
        ("may replace", "Perhaps", "changes Name, which AWS can change in place in some cases only"),
        ("update", "Kept", "changes MultiAZ, Port, in place and perhaps with an interruption"),
        ("may replace", "Moved", "changes AvailabilityZone, MultiAZ, which AWS can change in place in some cases only"),
        ("update", "Tagged", "changes Tags"),
        ("update", "Unsaid", "changes tags"),
    ]
    assert api.asked["ChangeSetType"] == "UPDATE"
    assert api.asked["Parameters"] == [{"ParameterKey": "A", "ParameterValue": "1"}]
    assert api.asked["Tags"] == [{"Key": "Project", "Value": "shop"}]
    assert api.asked["Capabilities"] == []
    assert api.deleted == []


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_no_change_is_no_change_set(reason: str) -> None:
    api = CloudFormation([{"Status": "FAILED", "StatusReason": reason}])
    assert change_sets.create(connection(api), stack(), {}, {}, update=True) is None
    assert api.deleted == ["arn:change-set"], "it is not left behind"


def test_a_refusal_is_told_in_aws_words() -> None:
    api = CloudFormation([{"Status": "FAILED", "StatusReason": "Template error: no such resource"}])
    with pytest.raises(EnvironmentalError, match="Planning the stack shop-production-network: Template error: no such"):
        change_sets.create(connection(api), stack(), {}, {}, update=False)
    assert api.deleted == ["arn:change-set"]


def test_a_template_too_large_for_the_api_goes_through_a_bucket() -> None:
    large, done = "#" * (INLINE_LIMIT + 1), {"Status": "CREATE_COMPLETE", "Changes": []}
    with pytest.raises(InputError, match=r"has 51,201 bytes; AWS takes up to 51,200 inline .* --template-bucket"):
        change_sets.create(connection(CloudFormation([done])), stack(large), {}, {}, update=True)
    api, s3 = CloudFormation([done]), S3()
    change_sets.create(connection(api, s3), stack(large), {}, {}, update=True, template_bucket="templates")
    assert s3.objects == {("templates", "groundplan/shop-production-network.yaml"): large.encode()}
    assert api.asked["TemplateURL"] == (
        "https://templates.s3.eu-central-1.amazonaws.com/groundplan/shop-production-network.yaml"
    )
    assert "TemplateBody" not in api.asked
    api = CloudFormation([done])
    change_sets.create(connection(api), stack(large[1:]), {}, {}, update=True)
    assert api.asked["TemplateBody"] == large[1:]


@pytest.mark.parametrize(
    ("location", "region"), [(None, "us-east-1"), ("EU", "eu-west-1"), ("cn-north-1", "cn-north-1")]
)
def test_one_bucket_serves_the_stacks_of_every_region(location: str | None, region: str) -> None:
    large = "#" * (INLINE_LIMIT + 1)
    api, there = CloudFormation([{"Status": "CREATE_COMPLETE", "Changes": []}]), S3()
    clients = {("cloudformation", REGION): api, ("s3", REGION): S3(location=location), ("s3", region): there}
    change_sets.create(Connection("aws", {}, clients), stack(large), {}, {}, update=True, template_bucket="templates")
    assert list(there.objects) == [("templates", "groundplan/shop-production-network.yaml")]
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    assert api.asked["TemplateURL"].startswith(f"https://templates.s3.{region}.{domain}/")


def test_what_loses_data_is_dangerous() -> None:
    changes = as_changes(
        "shop-production-databases",
        [
            StackChange("replace", "MainInstance", "AWS::RDS::DBInstance", "changes Engine"),
            StackChange("update", "OtherInstance", "AWS::RDS::DBInstance", "changes Port"),
            StackChange("delete", "Files", "AWS::S3::Bucket", "no longer in the blueprint"),
            StackChange("delete", "Group", "AWS::EC2::SecurityGroup", "no longer in the blueprint"),
        ],
        {("shop-production-databases", "MainInstance"): "database_instance.main"},
    )
    assert changes[0] == Change(
        "replace", "database_instance.main", "AWS::RDS::DBInstance", "shop-production-databases", "changes Engine", True
    )
    plan = Plan("aws", tuple(changes), Decimal(0))
    assert [change.resource for change in plan.dangerous] == ["database_instance.main", "Files"]
