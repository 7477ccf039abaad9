"""Stacks as a whole: order, values handed on, what waits for what, what CloudFormation keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Any

import pytest
from tests.engines.cloudformation.reading import read
from tests.engines.samples import sample_architecture

from groundplan.engines.cloudformation import Rendering, Stack, StackOutput, Unsupported, render
from groundplan.engines.cloudformation.intrinsics import Scope
from groundplan.engines.cloudformation.rows import attribute_refs
from groundplan.resources import CONCERNS, Architecture, Input, Output, Resource
from groundplan.resources.containers import (
    EcsService,
)
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import Certificate, LoadBalancer
from groundplan.resources.monitoring import LogGroup, Topic, TopicSubscription
from groundplan.resources.network import InternetGateway, Route, SecurityGroup, Vpc
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.security import Key, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Attribute, InputValue, Pseudo, Ref, SecretValue, text

RENDERING = render(sample_architecture())
STACKS = {stack.name: stack for stack in RENDERING.stacks}


def small(*resources: Resource, **more: Any) -> Architecture:
    return Architecture(
        project="tiny", title="Tiny", environment="test", region="eu-west-1", resources=resources, **more
    )


def entry(ref: Ref[Any], rendering: Rendering = RENDERING) -> Any:
    """A resource as its template has it."""
    place = rendering.locations[ref][0]
    (stack,) = [stack for stack in rendering.stacks if stack.name == place.stack]
    return _resources(stack)[place.logical_id]


def _resources(stack: Stack) -> Mapping[str, Any]:
    found = stack.template["Resources"]
    assert isinstance(found, dict)
    return found


def _section(stack: Stack, name: str) -> Mapping[str, Any]:
    found = stack.template.get(name, {})
    assert isinstance(found, dict)
    return found


def _walk(value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key, item
            yield from _walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item)


def test_stacks_are_named_and_ordered_by_concern() -> None:
    names = [stack.name for stack in RENDERING.stacks if stack.region == sample_architecture().region]
    assert names[:3] == ["Sample-production-encryption", "Sample-production-network", "Sample-production-storage"]
    ranks = [CONCERNS.index(stack.concern) for stack in RENDERING.stacks]
    assert ranks == sorted(ranks)


def test_a_stack_comes_after_all_that_it_needs() -> None:
    seen: set[str] = set()
    for stack in RENDERING.stacks:
        assert set(stack.depends_on) <= seen
        assert {source.stack for source in stack.parameters.values() if isinstance(source, StackOutput)} <= seen
        seen.add(stack.name)


def test_another_region_is_a_stack_of_its_own() -> None:
    stack = STACKS["Sample-production-edge-us-east-1"]
    assert stack.region == "us-east-1"
    assert list(_resources(stack)) == ["GlobalCertificate"]


def test_the_text_says_what_the_template_says() -> None:
    for stack in RENDERING.stacks:
        assert read(stack.body) == stack.template
        assert stack.body.startswith("# Written by Groundplan")


def test_every_parameter_is_used_and_every_source_exists() -> None:
    inputs = {item.name for item in sample_architecture().inputs}
    for stack in RENDERING.stacks:
        for name, source in stack.parameters.items():
            assert name in _section(stack, "Parameters")
            assert f"{{'Ref': '{name}'}}" in repr(stack.template) or f"${{{name}}}" in stack.body
            if isinstance(source, StackOutput):
                assert source.output in _section(STACKS[source.stack], "Outputs")
            else:
                assert source.name in inputs
        own_defaults = set(_section(stack, "Parameters")) - set(stack.parameters)
        assert own_defaults == set(stack.update_parameters)


def test_every_output_is_for_a_stack_or_a_person() -> None:
    handed_on = {
        (source.stack, source.output)
        for stack in RENDERING.stacks
        for source in stack.parameters.values()
        if isinstance(source, StackOutput)
    }
    people = {"LoadBalancerAddress", "ApiUrl", "DatabaseAddress"}
    for stack in RENDERING.stacks:
        for name in _section(stack, "Outputs"):
            assert (stack.name, name) in handed_on or name in people


def test_every_reference_leads_somewhere() -> None:
    for stack in RENDERING.stacks:
        known = {*_resources(stack), *_section(stack, "Parameters")}
        for key, value in _walk(stack.template):
            if key == "Ref" and not value.startswith("AWS::"):
                assert value in known
            elif key == "Fn::GetAtt":
                assert value[0] in known


def test_the_same_architecture_in_any_order_gives_the_same_bytes() -> None:
    sample = sample_architecture()
    again = render(replace(sample, resources=tuple(reversed(sample.resources))))
    assert [stack.body for stack in again.stacks] == [stack.body for stack in RENDERING.stacks]
    assert again.stacks == RENDERING.stacks


def test_values_from_elsewhere_have_the_type_that_aws_checks() -> None:
    parameters = _section(STACKS["Sample-production-edge"], "Parameters")
    assert parameters["MainVpcId"]["Type"] == "AWS::EC2::VPC::Id"
    assert parameters["PublicSubnetAId"]["Type"] == "AWS::EC2::Subnet::Id"
    assert parameters["AlbSecurityGroupId"]["Type"] == "AWS::EC2::SecurityGroup::Id"
    assert parameters["LogsBucketId"]["Type"] == "String"


def test_inputs_keep_their_rules() -> None:
    parameter = _section(STACKS["Sample-production-services"], "Parameters")["ApiImageTag"]
    assert parameter["Default"] == "v1.0.0"
    assert parameter["AllowedPattern"] == "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"
    assert "at most 128" in parameter["ConstraintDescription"]
    assert "Default" not in _section(STACKS["Sample-production-monitoring"], "Parameters")["AlertEmail"]


def test_stacks_with_roles_say_what_has_to_be_acknowledged() -> None:
    for stack in RENDERING.stacks:
        roles = any(item["Type"] == "AWS::IAM::Role" for item in _resources(stack).values())
        assert stack.capabilities == (("CAPABILITY_NAMED_IAM",) if roles else ())


def test_what_uses_a_gateway_waits_until_it_is_attached() -> None:
    assert entry(Ref(Route, "public"))["DependsOn"] == "MainInternetGatewayAttachment"
    assert [place.type for place in RENDERING.locations[Ref(InternetGateway, "main")]] == [
        "AWS::EC2::InternetGateway",
        "AWS::EC2::VPCGatewayAttachment",
    ]


def test_a_service_waits_for_the_capacity_providers() -> None:
    assert entry(Ref(EcsService, "worker"))["DependsOn"] == "MainClusterCapacityProviders"


def test_dependencies_across_stacks_order_the_stacks() -> None:
    vpc = Vpc(name="main", concern="network", cidr_block=IPv4Network("10.0.0.0/16"))
    bucket = Bucket(name="logs", concern="storage", bucket_name="logs-1", depends_on=(vpc.ref,))
    other = Bucket(name="data", concern="storage", bucket_name="data-1", depends_on=(bucket.ref,))
    rendering = render(small(vpc, bucket, other))
    assert [(stack.name, stack.depends_on) for stack in rendering.stacks] == [
        ("Tiny-test-network", ()),
        ("Tiny-test-storage", ("Tiny-test-network",)),
    ]
    assert "DependsOn" not in entry(bucket.ref, rendering)
    assert entry(other.ref, rendering)["DependsOn"] == "LogsBucket"


def test_the_count_of_a_scaled_service_is_given_at_creation_only() -> None:
    stack = STACKS["Sample-production-services"]
    kept = {"Fn::If": ["SetInitialValues", 3, {"Ref": "AWS::NoValue"}]}
    assert entry(Ref(EcsService, "api"))["Properties"]["DesiredCount"] == kept
    assert entry(Ref(EcsService, "worker"))["Properties"]["DesiredCount"] == 1
    assert _section(stack, "Parameters")["InitialValues"]["Default"] == "set"
    assert _section(stack, "Conditions") == {"SetInitialValues": {"Fn::Equals": [{"Ref": "InitialValues"}, "set"]}}
    assert stack.update_parameters == {"InitialValues": "keep"}
    scaling = STACKS["Sample-production-scaling"]
    assert scaling.update_parameters == {}
    assert entry(Ref(ScalableTarget, "api"))["Properties"]["MinCapacity"] == 3


def _kept(resource: Resource, *more: Resource) -> tuple[str, str]:
    found = entry(resource.ref, render(small(resource, *more)))
    return found["DeletionPolicy"], found["UpdateReplacePolicy"]


def test_what_holds_data_is_kept_as_its_fields_say() -> None:
    sample = sample_architecture()
    policies = {
        ref: (entry(ref)["DeletionPolicy"], entry(ref)["UpdateReplacePolicy"])
        for resource in sample
        if (ref := resource.ref) and type(resource).holds_data and not type(resource).not_in_cloudformation
    }
    assert policies[Ref(DatabaseInstance, "main")] == ("Snapshot", "Snapshot")
    assert policies[Ref(DatabaseInstance, "main-replica", "1")] == ("Delete", "Delete")
    assert policies[Ref(DatabaseInstance, "reports")] == ("Delete", "Snapshot")
    assert policies[Ref(CacheReplicationGroup, "sessions")] == ("Snapshot", "Snapshot")
    assert policies[Ref(Bucket, "backups")] == ("RetainExceptOnCreate", "Retain")
    assert policies[Ref(Bucket, "logs")] == ("Delete", "Retain")
    assert policies[Ref(Secret, "payment-key")] == ("RetainExceptOnCreate", "Retain")
    assert policies[Ref(Secret, "database")] == ("Delete", "Retain")
    assert policies[Ref(Key, "data")] == ("RetainExceptOnCreate", "Retain")
    assert policies[Ref(Key, "logs")] == ("Delete", "Retain")


def test_a_key_outlives_the_data_that_it_encrypts() -> None:
    key = sample_architecture()[Ref(Key, "data")]
    bucket = Bucket(name="data", concern="storage", bucket_name="data-1", kms_key=key.ref)
    assert _kept(key, bucket) == ("RetainExceptOnCreate", "Retain")
    assert _kept(key, replace(bucket, keep=False)) == ("Delete", "Retain")


def test_a_replica_inherits_what_aws_refuses_on_it() -> None:
    replica = entry(Ref(DatabaseInstance, "main-replica", "1"))["Properties"]
    inherited = {
        "KmsKeyId",
        "StorageEncrypted",
        "Engine",
        "MasterUsername",
        "AllocatedStorage",
        "BackupRetentionPeriod",
    }
    assert inherited.isdisjoint(replica)
    assert replica["SourceDBInstanceIdentifier"] == {"Ref": "MainDatabaseInstance"}
    sample = sample_architecture()
    wrong = sample.changed(sample[Ref(DatabaseInstance, "main-replica", "1")], kms_key=Ref(Key, "data"))
    assert "KmsKeyId" not in entry(Ref(DatabaseInstance, "main-replica", "1"), render(wrong))["Properties"]


def test_secrets_are_resolved_by_aws_and_never_stand_in_a_template() -> None:
    password = entry(Ref(DatabaseInstance, "main"))["Properties"]["MasterUserPassword"]
    assert password == {"Fn::Sub": "{{resolve:secretsmanager:${DatabaseSecret}:SecretString:password}}"}
    token = entry(Ref(CacheReplicationGroup, "sessions"))["Properties"]["AuthToken"]
    assert token == {"Fn::Sub": "{{resolve:secretsmanager:${CacheSecret}:SecretString}}"}
    assert entry(Ref(Secret, "database-url"))["Properties"]["SecretString"] == {
        "Fn::Sub": "postgresql://{{resolve:secretsmanager:${DatabaseSecret}:SecretString:username}}:"
        "{{resolve:secretsmanager:${DatabaseSecret}:SecretString:password}}@"
        "${MainDatabaseInstance.Endpoint.Address}:${MainDatabaseInstance.Endpoint.Port}/sample?sslmode=require"
    }
    generated = entry(Ref(Secret, "database"))["Properties"]["GenerateSecretString"]
    assert generated["SecretStringTemplate"] == '{"username": "sample_admin"}'
    assert generated["GenerateStringKey"] == "password"
    assert {"SecretString", "GenerateSecretString"}.isdisjoint(entry(Ref(Secret, "payment-key"))["Properties"])


def test_a_secret_of_another_stack_comes_as_a_parameter() -> None:
    secret = Secret(name="db", concern="databases", secret_name="db", description="Password")
    url = Secret(
        name="url", concern="services", secret_name="url", description="Address", value=SecretValue(secret.ref, "url")
    )
    rendering = render(small(secret, url))
    value = entry(url.ref, rendering)["Properties"]["SecretString"]
    assert value == {"Fn::Sub": "{{resolve:secretsmanager:${DbSecretArn}:SecretString:url}}"}
    assert rendering.stacks[1].parameters == {"DbSecretArn": StackOutput("Tiny-test-databases", "DbSecretArn")}


def test_an_output_with_a_secret_is_refused() -> None:
    secret = Secret(name="db", concern="databases", secret_name="db", description="Password")
    output = Output(name="password", description="The password", value=text("it is ", SecretValue(secret.ref)))
    rendering = render(small(secret, outputs=(output,)))
    reason = "an output is readable by everyone; a secret's value is not"
    assert rendering.unsupported == (Unsupported("output.password", reason),)
    assert "Outputs" not in rendering.stacks[0].template


def test_an_output_of_several_stacks_stands_in_the_last() -> None:
    group = LogGroup(name="logs", concern="services", log_group_name="/logs", retention_in_days=7)
    topic = Topic(name="alerts", concern="monitoring", topic_name="alerts", display_name="Alerts")
    value = text(group.ref.arn, " and ", topic.ref.arn, " in ", Pseudo.REGION)
    rendering = render(small(group, topic, outputs=(Output(name="both", description="Both", value=value),)))
    first, last = rendering.stacks
    assert _section(last, "Outputs")["Both"]["Value"] == {
        "Fn::Sub": "${LogsLogGroupArn} and ${AlertsTopic} in ${AWS::Region}"
    }
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogsLogGroup}"
    assert _section(first, "Outputs")["LogsLogGroupArn"]["Value"] == {"Fn::Sub": arn}


def test_an_output_for_people_and_for_stacks_is_written_once() -> None:
    topic = Topic(name="alerts", concern="services", topic_name="alerts", display_name="Alerts")
    heard = TopicSubscription(
        name="alerts", concern="monitoring", topic=topic.ref, protocol="https", endpoint="https://example.com"
    )
    output = Output(name="alerts_topic_arn", description="Where alarms go", value=topic.ref.arn)
    rendering = render(small(topic, heard, outputs=(output,)))
    assert _section(rendering.stacks[0], "Outputs") == {
        "AlertsTopicArn": {"Description": "Where alarms go", "Value": {"Ref": "AlertsTopic"}}
    }
    clash = replace(output, value=text("topic ", topic.ref.arn))
    with pytest.raises(ValueError, match="two outputs of Tiny-test-services are called AlertsTopicArn"):
        render(small(topic, heard, outputs=(clash,)))


def test_literal_dollar_braces_stay_literal() -> None:
    topic = Topic(name="alerts", concern="monitoring", topic_name="alerts", display_name="Pay ${amount}")
    heard = TopicSubscription(
        name="alerts",
        concern="monitoring",
        topic=topic.ref,
        protocol="https",
        endpoint=text("https://example.com/${x}/", Pseudo.ACCOUNT_ID),
    )
    rendering = render(small(topic, heard))
    assert entry(topic.ref, rendering)["Properties"]["DisplayName"] == {"Fn::Sub": "Pay ${!amount}"}
    endpoint = entry(heard.ref, rendering)["Properties"]["Endpoint"]
    assert endpoint == {"Fn::Sub": "https://example.com/${!x}/${AWS::AccountId}"}


def test_an_input_that_nobody_declared_is_a_mistake() -> None:
    topic = Topic(name="alerts", concern="monitoring", topic_name="alerts", display_name="Alerts")
    heard = TopicSubscription(
        name="a", concern="monitoring", topic=topic.ref, protocol="email", endpoint=InputValue("email")
    )
    with pytest.raises(ValueError, match="the input 'email' is used but not declared"):
        render(small(topic, heard))
    declared = small(topic, heard, inputs=(Input(name="email", description="Who hears"),))
    assert render(declared).stacks[0].parameters == {"Email": InputValue("email")}


def test_concerns_that_need_each_other_are_named_with_the_references() -> None:
    first = Topic(name="one", concern="services", topic_name="one", display_name="One")
    second = Topic(name="two", concern="monitoring", topic_name="two", display_name="Two", depends_on=(first.ref,))
    third = Topic(name="three", concern="services", topic_name="three", display_name="3", depends_on=(second.ref,))
    with pytest.raises(ValueError, match="stacks need each other") as raised:
        render(small(first, second, third))
    assert "topic.two (monitoring) -> topic.one (services)" in str(raised.value)
    assert "topic.three (services) -> topic.two (monitoring)" in str(raised.value)


def test_names_that_read_alike_get_ids_of_their_own() -> None:
    alike = [
        Topic(name=name, concern="monitoring", topic_name=name, display_name=name) for name in ("a-1", "a1", "a_1")
    ]
    rendering = render(small(*alike))
    ids = {rendering.locations[topic.ref][0].logical_id for topic in alike}
    assert len(ids) == 3
    assert all(found.isalnum() for found in ids)
    fewer = render(small(*alike[:2]))
    assert {fewer.locations[topic.ref][0].logical_id for topic in alike[:2]} <= ids


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Dusk Spendr!", "Dusk-Spendr-test-monitoring"),
        ("3D Print", "stack-3D-Print-test-monitoring"),
        ("Größe", "Gr-e-test-monitoring"),
    ],
)
def test_stack_names_are_legal(title: str, name: str) -> None:
    topic = Topic(name="a", concern="monitoring", topic_name="a", display_name="a")
    rendering = render(replace(small(topic), title=title))
    assert rendering.stacks[0].name == name


def test_long_stack_names_are_cut_and_stay_distinct() -> None:
    topic = Topic(name="a", concern="monitoring", topic_name="a", display_name="a")
    names = [render(replace(small(topic), title="x" * 150 + end)).stacks[0].name for end in "ab"]
    assert all(len(name) <= 128 and name.endswith("-test-monitoring") for name in names)
    assert len(set(names)) == 2


def test_a_group_allows_nothing_by_itself() -> None:
    egress = entry(Ref(SecurityGroup, "api"))["Properties"]["SecurityGroupEgress"]
    assert [rule["CidrIp"] for rule in egress] == ["127.0.0.1/32"]


def test_a_certificate_without_a_zone_leaves_the_records_to_a_person() -> None:
    with_zone = entry(Ref(Certificate, "api"))["Properties"]["DomainValidationOptions"]
    assert [option["DomainName"] for option in with_zone] == ["api.example.com", "www.api.example.com"]
    assert "DomainValidationOptions" not in entry(Ref(Certificate, "admin"))["Properties"]


def test_load_balancer_attributes() -> None:
    attributes = entry(Ref(LoadBalancer, "main"))["Properties"]["LoadBalancerAttributes"]
    found = {attribute["Key"]: attribute["Value"] for attribute in attributes}
    assert found["deletion_protection.enabled"] == "true"
    assert found["access_logs.s3.bucket"] == {"Ref": "LogsBucketId"}


def test_what_no_template_can_hold_is_refused() -> None:
    scope = Scope({}, lambda value: "Parameter", lambda attribute: "beside")
    with pytest.raises(TypeError, match="set cannot stand in a template"):
        scope.resolve({"Name": {1, 2}})
    with pytest.raises(TypeError, match="set cannot stand in a template"):
        attribute_refs([{1, 2}])
    with pytest.raises(ValueError, match=r"vpc.main has no attribute 'colour' in CloudFormation"):
        scope.resolve(Attribute(Ref(Vpc, "main"), "colour"))


def test_any_mapping_can_stand_in_a_template() -> None:
    vpc = Ref(Vpc, "main")
    scope = Scope({vpc: "MainVpc"}, lambda value: "Parameter", lambda attribute: "beside")
    content = MappingProxyType({"Inner": MappingProxyType({"VpcId": vpc, "Name": "${a}"})})
    assert scope.resolve(content) == {"Inner": {"VpcId": {"Ref": "MainVpc"}, "Name": {"Fn::Sub": "${!a}"}}}
    assert attribute_refs(content) == [Attribute(vpc, "id")]


def test_nothing_to_render_is_nothing() -> None:
    rendering = render(small(outputs=(Output(name="motto", description="A motto", value="less is more"),)))
    assert rendering.stacks == ()
    assert rendering.unsupported == (Unsupported("output.motto", "there is no stack to stand in"),)
