"""Each resource type: created, read back through its own API, updated, deleted. The cases are types.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from groundplan.targets.local.cloudformation.references import references
from groundplan.targets.local.cloudformation.stacks import Stack
from groundplan.targets.local.cloudformation.templates import TemplateLoader
from groundplan.targets.local.types.paths import search
from groundplan.targets.local.types.rows import all_rows
from groundplan.targets.local.types.schemas import schema_of

from .conftest import Aws, failures, physical

_DATA = yaml.load((Path(__file__).parent / "types.yaml").read_text(), TemplateLoader)
CASES: list[dict[str, Any]] = _DATA["cases"]


def test_every_type_has_a_case() -> None:
    assert {case["type"] for case in CASES} == all_rows().keys()
    assert len(all_rows()) >= 97


def template(case: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """T, the shared resources it uses, and what those use in turn."""
    used = dict(case.get("with", {}))
    waiting = sorted(references([properties, used])) + case.get("uses", [])
    while waiting:
        name = waiting.pop()
        if name in _DATA["shared"] and name not in used:
            used[name] = _DATA["shared"][name]
            waiting += [*sorted(references(used[name])), used[name].get("DependsOn", "")]
    tested = {"Type": case["type"], "DeletionPolicy": "Delete", "Properties": properties}
    after = [*([case["after"]] if "after" in case else []), *case.get("uses", [])]
    if after:  # resources that nothing connects are made in no certain order
        tested["DependsOn"] = after
    return {"Resources": {**used, "T": tested}}


def with_ids(value: Any, stack: Stack) -> Any:
    if isinstance(value, str) and value.startswith("$") and value[1:] in stack.resources:
        return physical(stack, value[1:])
    if isinstance(value, dict):
        return {key: with_ids(item, stack) for key, item in value.items()}
    return [with_ids(item, stack) for item in value] if isinstance(value, list) else value


def ask(aws: Aws, question: dict[str, Any], arguments: dict[str, Any]) -> Any:
    answer = getattr(aws.client(question["service"]), question["operation"])(**arguments)
    answer.pop("ResponseMetadata", None)
    return search(question.get("path", ""), answer)


def check(aws: Aws, question: dict[str, Any], stack: Stack) -> None:
    found = ask(aws, question, with_ids(question["arguments"], stack))
    if "contains" in question:
        assert with_ids(question["contains"], stack) in json.dumps(found, default=str)
    else:
        wanted = with_ids(question["equals"], stack)
        assert found == wanted or (wanted == "900" and float(found) == 900.0)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['type'][5:]}-{number}" for number, case in enumerate(CASES)])
def test_type(aws: Aws, case: dict[str, Any]) -> None:
    stack = aws.deploy(template(case, case["properties"]), tags={"team": "types"})
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    check(aws, case["verify"], stack)
    if "update" in case:
        before = physical(stack, "T")
        aws.update(stack, template(case, case["update"]))
        assert stack.status == "UPDATE_COMPLETE", failures(stack)
        check(aws, case["then"], stack)
        assert (physical(stack, "T") != before) is case.get("replaced", False)
    question = case.get("then", case["verify"])
    arguments = with_ids(question["arguments"], stack)
    wanted = with_ids(question.get("equals"), stack)
    text = with_ids(question.get("contains"), stack)
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)
    if case.get("gone", True):
        try:
            left = ask(aws, question, arguments)
        except ClientError:
            return
        gone = text not in json.dumps(left, default=str) if text else not left or left != wanted
        assert gone or case["type"] == "AWS::ECS::TaskDefinition"


@pytest.mark.parametrize("row", all_rows().values(), ids=lambda row: str(row.type))
def test_row_names_what_exists(aws: Aws, row: Any) -> None:
    """The data speaks of operations that botocore has and of properties that the schema has."""
    methods = aws.client(row.service).meta.method_to_api_mapping
    calls = [call.operation for call in (row.delete, row.update, row.read) if call]
    calls += [call.operation for part in row.parts for call in (part.call, part.read, part.remove) if call]
    assert not [name for name in [*calls, *filter(None, [row.create])] if name not in methods]
    schema = schema_of(row.type)
    assert schema is not None
    named = {name for part in row.parts for name in part.properties} | row.accepted.keys() | ({row.name} - {""})
    assert named <= schema.properties


# What the emulator has no value for, although the schema names it: parts of settings that the case does not use, and
# states of things that never run here.
ATTRIBUTES = {
    "AWS::EC2::VPC": {"DefaultSecurityGroup", "DefaultNetworkAcl", "CidrBlockAssociations", "CidrBlock", "VpcId"},
    "AWS::EC2::SubnetNetworkAclAssociation": {"AssociationId"},
    "AWS::EKS::Cluster": {"Arn", "Endpoint", "CertificateAuthorityData", "OpenIdConnectIssuerUrl",
                          "ClusterSecurityGroupId"},
    "AWS::ElastiCache::ReplicationGroup": {"PrimaryEndPoint.Address", "PrimaryEndPoint.Port", "ReaderEndPoint.Address",
                                           "ReaderEndPoint.Port"},
    "AWS::CloudFront::Distribution": {"Id", "DomainName"},
    "AWS::RDS::DBInstance": {"Endpoint.Address", "Endpoint.Port", "DBInstanceArn", "DbiResourceId"},
    "AWS::DynamoDB::Table": {"Arn", "StreamArn"},
    "AWS::Backup::BackupPlan": {"BackupPlanArn", "BackupPlanId", "VersionId"},
    "AWS::EKS::PodIdentityAssociation": {"AssociationArn", "AssociationId"},
    "AWS::Config::ConfigRule": {"Arn", "ConfigRuleId"},
    "AWS::Grafana::Workspace": {"Id", "Endpoint", "Status", "GrafanaVersion"},
    "AWS::APS::Workspace": {"Arn", "WorkspaceId", "PrometheusEndpoint"},
}  # fmt: skip


@pytest.mark.parametrize("type_name", ATTRIBUTES)
def test_attributes_have_values(aws: Aws, type_name: str) -> None:
    case = next(case for case in CASES if case["type"] == type_name)
    names = sorted(ATTRIBUTES[type_name])
    outputs: dict[str, Any] = {
        f"O{number}": {"Value": {"Fn::GetAtt": ["T", name]}} for number, name in enumerate(names)
    }
    for number, name in enumerate(names):
        if name == "CidrBlockAssociations":
            outputs[f"O{number}"] = {"Value": {"Fn::Join": [",", {"Fn::GetAtt": ["T", name]}]}}
    stack = aws.deploy({**template(case, case["properties"]), "Outputs": outputs})
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    described = aws.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"][0]["Outputs"]
    values = {output["OutputKey"]: output["OutputValue"] for output in described}
    assert values.keys() == outputs.keys()
    assert all(values.values()), values
    aws.delete(stack)
