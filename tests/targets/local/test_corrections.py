"""Where moto is put right, as any client of the APIs sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Aws


def refused(call: Any, **arguments: Any) -> str:
    """The error that a call gives."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value)


def test_services_become_steady(aws: Aws) -> None:
    ecs = aws.client("ecs", "eu-west-1")
    ecs.create_cluster(clusterName="steady")
    container = {"name": "web", "image": "nginx:1.27", "memory": 64}
    first, second = (
        ecs.register_task_definition(family="steady", containerDefinitions=[container])["taskDefinition"]
        for _ in range(2)
    )
    service = {"cluster": "steady", "service": "web"}
    ecs.create_service(cluster="steady", serviceName="web", taskDefinition="steady:1", desiredCount=2)
    ecs.get_waiter("services_stable").wait(cluster="steady", services=["web"], WaiterConfig={"MaxAttempts": 1})
    before = ecs.describe_services(cluster="steady", services=["web"])["services"][0]
    assert before["taskDefinition"] == first["taskDefinitionArn"]
    ecs.update_service(**service, taskDefinition="steady:2", desiredCount=3)
    under_way = ecs.describe_services(cluster="steady", services=["web"])["services"][0]["deployments"]
    assert [(item["status"], item["rolloutState"]) for item in under_way] == [
        ("PRIMARY", "IN_PROGRESS"),
        ("ACTIVE", "COMPLETED"),
    ]
    quick = {"Delay": 0.1, "MaxAttempts": 20}
    ecs.get_waiter("services_stable").wait(cluster="steady", services=["web"], WaiterConfig=quick)
    after = ecs.describe_services(cluster="steady", services=["web"])["services"][0]
    [deployment] = after["deployments"]
    assert (after["runningCount"], after["pendingCount"]) == (3, 0)
    assert deployment["taskDefinition"] == after["taskDefinition"] == second["taskDefinitionArn"]
    assert deployment["id"] != before["deployments"][0]["id"]
    assert (deployment["rolloutState"], deployment["runningCount"]) == ("COMPLETED", 3)
    assert ecs.describe_clusters(clusters=["steady"])["clusters"][0]["runningTasksCount"] == 3
    ecs.delete_service(**service, force=True)
    ecs.get_waiter("services_inactive").wait(cluster="steady", services=["web"], WaiterConfig={"MaxAttempts": 1})
    assert ecs.describe_clusters(clusters=["steady"])["clusters"][0]["runningTasksCount"] == 0
    ecs.delete_cluster(cluster="steady")


def test_a_schedule_group_is_made_once_and_goes_with_its_tags(aws: Aws) -> None:
    scheduler = aws.client("scheduler")
    arn = scheduler.create_schedule_group(Name="jobs", Tags=[{"Key": "a", "Value": "b"}])["ScheduleGroupArn"]
    assert "already exists" in refused(scheduler.create_schedule_group, Name="jobs")
    scheduler.delete_schedule_group(Name="jobs")
    assert "ResourceNotFoundException" in refused(scheduler.delete_schedule_group, Name="jobs")
    scheduler.create_schedule_group(Name="jobs")
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    scheduler.delete_schedule_group(Name="jobs")


def test_a_queue_keeps_its_policies(aws: Aws) -> None:
    sqs = aws.client("sqs")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*"}]}
    url = sqs.create_queue(QueueName="kept", Attributes={"RedriveAllowPolicy": '{"redrivePermission": "denyAll"}'})[
        "QueueUrl"
    ]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert json.loads(found["RedriveAllowPolicy"]) == {"redrivePermission": "denyAll"}
    assert json.loads(found["Policy"]) == policy
    assert found["VisibilityTimeout"] == "77"
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": "", "RedriveAllowPolicy": ""})
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert not found.get("Policy")
    assert not found.get("RedriveAllowPolicy")
    plain = sqs.create_queue(QueueName="plain")["QueueUrl"]
    assert "RedriveAllowPolicy" not in sqs.get_queue_attributes(QueueUrl=plain, AttributeNames=["All"])["Attributes"]
    for queue in (url, plain):
        sqs.delete_queue(QueueUrl=queue)


def test_replication_needs_versions_on_both_sides(aws: Aws) -> None:
    s3 = aws.client("s3")
    for name in ("replicated-from", "replicated-to"):
        s3.create_bucket(Bucket=name)
    wanted: dict[str, Any] = {"Role": "arn:aws:iam::123456789012:role/r", "Rules": [{
        "Status": "Enabled", "Priority": 1, "Filter": {"Tag": {"Key": "a", "Value": "b"}},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": "arn:aws:s3:::replicated-to"}}]}  # fmt: skip
    put = {"Bucket": "replicated-from", "ReplicationConfiguration": wanted}
    enabled = {"Status": "Enabled"}
    assert "Versioning must be 'Enabled'" in refused(s3.put_bucket_replication, **put)
    s3.put_bucket_versioning(Bucket="replicated-from", VersioningConfiguration=enabled)
    assert "Destination bucket must have versioning enabled" in refused(s3.put_bucket_replication, **put)
    s3.put_bucket_versioning(Bucket="replicated-to", VersioningConfiguration=enabled)
    s3.put_bucket_replication(**put)
    shown = s3.get_bucket_replication(Bucket="replicated-from")["ReplicationConfiguration"]
    assert shown == {**wanted, "Rules": [{**wanted["Rules"][0], "ID": "rule-1"}]}
    wanted["Rules"][0]["Destination"]["Bucket"] = "arn:aws:s3:::replicated-nowhere"
    assert "Destination bucket must exist" in refused(s3.put_bucket_replication, **put)
    s3.delete_bucket_replication(Bucket="replicated-from")
    assert "ReplicationConfigurationNotFoundError" in refused(s3.get_bucket_replication, Bucket="replicated-from")
    for name in ("replicated-from", "replicated-to"):
        s3.delete_bucket(Bucket=name)


def test_lifecycle_rules_are_kept_whole(aws: Aws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="lifecycle-whole")
    rules: list[dict[str, Any]] = [
        {"ID": "versions", "Status": "Enabled", "Filter": {"And": {"Prefix": "a/", "ObjectSizeGreaterThan": 1000,
                                                                   "Tags": [{"Key": "a", "Value": "b"}]}},
         "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 3},
         "NoncurrentVersionTransitions": [{"NoncurrentDays": 7, "StorageClass": "GLACIER",
                                           "NewerNoncurrentVersions": 2}]},
        {"ID": "large", "Status": "Enabled", "Filter": {"ObjectSizeLessThan": 5}, "Expiration": {"Days": 1}},
    ]  # fmt: skip
    put = s3.put_bucket_lifecycle_configuration
    put(Bucket="lifecycle-whole", LifecycleConfiguration={"Rules": rules})
    assert s3.get_bucket_lifecycle_configuration(Bucket="lifecycle-whole")["Rules"] == rules
    wrong = [
        {"ID": "w", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NewerNoncurrentVersions": 3}}
    ]
    assert "MalformedXML" in refused(put, Bucket="lifecycle-whole", LifecycleConfiguration={"Rules": wrong})
    assert s3.get_bucket_lifecycle_configuration(Bucket="lifecycle-whole")["Rules"] == rules
    s3.delete_bucket_lifecycle(Bucket="lifecycle-whole")
    assert "NoSuchLifecycleConfiguration" in refused(s3.get_bucket_lifecycle_configuration, Bucket="lifecycle-whole")
    s3.delete_bucket(Bucket="lifecycle-whole")


def test_instances_start_from_the_image_of_a_parameter(aws: Aws) -> None:
    ec2 = aws.client("ec2")
    name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    image = aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    data = {"ImageId": f"resolve:ssm:{name}", "InstanceType": "t3.micro"}
    template = ec2.create_launch_template(LaunchTemplateName="by-parameter", LaunchTemplateData=data)["LaunchTemplate"]
    chosen = {"LaunchTemplateId": template["LaunchTemplateId"]}
    [started] = ec2.run_instances(LaunchTemplate=chosen, MinCount=1, MaxCount=1)["Instances"]
    assert started["ImageId"] == image
    [directly] = ec2.run_instances(ImageId=f"resolve:ssm:{name}", MinCount=1, MaxCount=1)["Instances"]
    assert directly["ImageId"] == image
    nowhere = {"ImageId": "resolve:ssm:/nowhere", "MinCount": 1, "MaxCount": 1}
    assert "InvalidAMIID.NotFound" in refused(ec2.run_instances, **nowhere)
    aws.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="by-parameter", MinSize=1, MaxSize=1, AvailabilityZones=["us-east-1a"],
        LaunchTemplate=chosen,
    )  # fmt: skip
    [group] = aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=["by-parameter"])[
        "AutoScalingGroups"
    ]
    [instance] = group["Instances"]
    found = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"][0]["Instances"][0]
    assert (found["ImageId"], found["State"]["Name"]) == (image, "running")
    aws.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="by-parameter", ForceDelete=True)
    ec2.terminate_instances(InstanceIds=[started["InstanceId"], directly["InstanceId"]])
    ec2.delete_launch_template(LaunchTemplateId=template["LaunchTemplateId"])


@pytest.fixture
def database(aws: Aws) -> Iterator[str]:
    """The ARN of the password of a database that RDS manages."""
    rds = aws.client("rds", "eu-west-1")
    made = rds.create_db_instance(
        DBInstanceIdentifier="managed", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20,
        MasterUsername="app", ManageMasterUserPassword=True,
    )["DBInstance"]  # fmt: skip
    yield made["MasterUserSecret"]["SecretArn"]
    rds.delete_db_instance(DBInstanceIdentifier="managed", SkipFinalSnapshot=True)


def test_a_managed_password_is_the_users_own_and_is_renewed(aws: Aws, database: str) -> None:
    secrets, rds = aws.client("secretsmanager", "eu-west-1"), aws.client("rds", "eu-west-1")

    def value(stage: str = "AWSCURRENT") -> dict[str, str]:
        found: dict[str, str] = json.loads(
            secrets.get_secret_value(SecretId=database, VersionStage=stage)["SecretString"]
        )
        return found

    first = value()
    assert first["username"] == "app"
    assert len(first["password"]) == 32
    shown = secrets.describe_secret(SecretId=database)
    assert (shown["RotationEnabled"], shown["RotationRules"]) == (True, {"AutomaticallyAfterDays": 7})
    rules = {"ScheduleExpression": "rate(1 day)", "Duration": "2h"}
    secrets.rotate_secret(SecretId=database, RotationRules=rules)
    assert secrets.describe_secret(SecretId=database)["RotationRules"] == rules
    second = value()
    assert second["password"] != first["password"] == value("AWSPREVIOUS")["password"]
    rds.modify_db_instance(DBInstanceIdentifier="managed", RotateMasterUserPassword=True, ApplyImmediately=True)
    assert value()["password"] != second["password"] == value("AWSPREVIOUS")["password"]
    assert "can't cancel the rotation" in refused(secrets.cancel_rotate_secret, SecretId=database)
    function = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    assert "managed by rds" in refused(secrets.rotate_secret, SecretId=database, RotationLambdaARN=function)


def test_rotation_without_a_function_is_refused(aws: Aws) -> None:
    secrets = aws.client("secretsmanager")
    secrets.create_secret(Name="unmanaged", SecretString="s")
    rotate = secrets.rotate_secret
    assert "No Lambda rotation function ARN" in refused(rotate, SecretId="unmanaged")
    function = "arn:aws:lambda:us-east-1:123456789012:function:nowhere"
    assert "Resource not found for ARN" in refused(rotate, SecretId="unmanaged", RotationLambdaARN=function)
    for rules, words in (
        ({"AutomaticallyAfterDays": 1001}, "must be within 1-1000"),
        ({"AutomaticallyAfterDays": 1, "ScheduleExpression": "rate(1 day)"}, "can't specify both"),
    ):
        assert words in refused(rotate, SecretId="unmanaged", RotationLambdaARN=function, RotationRules=rules)
    assert "doesn't already have a Lambda function" in refused(secrets.cancel_rotate_secret, SecretId="unmanaged")
    secrets.delete_secret(SecretId="unmanaged")
    assert "marked for deletion" in refused(rotate, SecretId="unmanaged")
    assert "ResourceNotFoundException" in refused(rotate, SecretId="nowhere")


def test_the_nodes_of_a_replication_group_are_cache_clusters(aws: Aws) -> None:
    cache = aws.client("elasticache", "us-west-1")
    cache.create_replication_group(
        ReplicationGroupId="nodes",
        ReplicationGroupDescription="two of them",
        Engine="redis",
        EngineVersion="7.1",
        CacheNodeType="cache.t4g.small",
        ReplicasPerNodeGroup=1,
    )
    found = cache.describe_cache_clusters()["CacheClusters"]
    assert [node["CacheClusterId"] for node in found] == ["nodes-001", "nodes-002"]
    (node,) = cache.describe_cache_clusters(CacheClusterId="nodes-002")["CacheClusters"]
    assert (node["ReplicationGroupId"], node["EngineVersion"], node["CacheNodeType"]) == (
        "nodes",
        "7.1",
        "cache.t4g.small",
    )
    assert "nodes-003" in refused(cache.describe_cache_clusters, CacheClusterId="nodes-003")
    cache.delete_replication_group(ReplicationGroupId="nodes")
    assert cache.describe_cache_clusters()["CacheClusters"] == []


def test_capacity_providers_without_names_are_all(aws: Aws) -> None:
    ecs = aws.client("ecs", "eu-west-3")
    assert [item["name"] for item in ecs.describe_capacity_providers()["capacityProviders"]] == [
        "FARGATE", "FARGATE_SPOT",
    ]  # fmt: skip
    answer = ecs.describe_capacity_providers(capacityProviders=["FARGATE", "none"])
    assert [item["status"] for item in answer["capacityProviders"]] == ["ACTIVE"]
    assert [item["reason"] for item in answer["failures"]] == ["MISSING"]


def test_records_of_a_new_zone_are_texts(aws: Aws) -> None:
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(Name="records.example.net", CallerReference="records")["HostedZone"]["Id"]
    found = {
        record["Type"]: [item["Value"] for item in record["ResourceRecords"]]
        for record in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    }
    assert found["SOA"][0].startswith("ns-")
    assert len(found["NS"]) == 4
    route53.delete_hosted_zone(Id=zone)


class Records:
    """The records of a zone, changed in batches."""

    def __init__(self, aws: Aws, name: str) -> None:
        self._route53 = aws.client("route53")
        created = self._route53.create_hosted_zone(Name=name, CallerReference=name)
        self.zone = created["HostedZone"]["Id"]

    def change(self, *changes: tuple[str, dict[str, Any]]) -> None:
        batch = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
        self._route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": batch})

    def refused(self, *changes: tuple[str, dict[str, Any]]) -> str:
        """What AWS says against it; nothing of the batch was done."""
        before = self.there
        with pytest.raises(ClientError) as raised:
            self.change(*changes)
        assert self.there == before
        assert raised.value.response["Error"]["Code"] == "InvalidChangeBatch"
        return raised.value.response["Error"]["Message"]

    @property
    def there(self) -> list[tuple[str, str]]:
        """Name and set identifier of all but those that every zone has."""
        found = self._route53.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return [(item["Name"], item.get("SetIdentifier", "")) for item in found if item["Type"] not in ("NS", "SOA")]


def _record(name: str, identifier: str = "", value: str = "192.0.2.1") -> dict[str, Any]:
    record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": value}]}
    return record | ({"SetIdentifier": identifier, "Failover": identifier.upper()} if identifier else {})


def test_a_record_that_is_gone_can_be_created_again(aws: Aws) -> None:
    """Also beside others, of its own set and behind it in the zone: moto then said that it was there."""
    records = Records(aws, "again.example.net")
    api, other = _record("api.again.example.net", "secondary"), _record("web.again.example.net", "secondary")
    records.change(("CREATE", _record("api.again.example.net", "primary")), ("CREATE", other), ("CREATE", api))
    records.change(("DELETE", api))
    assert records.there == [("api.again.example.net.", "primary"), ("web.again.example.net.", "secondary")]
    records.change(("CREATE", api))
    assert ("api.again.example.net.", "secondary") in records.there


def test_a_record_is_created_once_and_deleted_as_it_is(aws: Aws) -> None:
    records = Records(aws, "once.example.net")
    records.change(("CREATE", _record("api.once.example.net")))
    told = "Tried to create resource record set [name='api.once.example.net.', type='A'] but it already exists"
    assert records.refused(("CREATE", _record("API.once.example.net", value="192.0.2.2"))) == told
    told = (
        "Tried to delete resource record set [name='api.once.example.net.', type='A', set-identifier='primary'] but "
        "it was not found"
    )
    assert records.refused(("DELETE", _record("api.once.example.net", "primary"))) == told
    told = "but the values provided do not match the current values"
    assert told in records.refused(("DELETE", _record("api.once.example.net", value="192.0.2.2")))


def test_a_batch_is_done_in_order_or_not_at_all(aws: Aws) -> None:
    records = Records(aws, "batch.example.net")
    first, second = _record("a.batch.example.net"), _record("a.batch.example.net", value="192.0.2.2")
    assert "already exists" in records.refused(("CREATE", first), ("CREATE", second))
    records.change(("CREATE", first), ("DELETE", first), ("UPSERT", second))
    assert "do not match" in records.refused(("UPSERT", _record("b.batch.example.net")), ("DELETE", first))
    assert "is not permitted" in records.refused(("CREATE", _record("a.example.org")))


@pytest.mark.parametrize(("certificate", "default"), [({}, True), ({"ACMCertificateArn": "arn:aws:acm:x"}, False)])
def test_a_distribution_says_whose_certificate_it_has(aws: Aws, certificate: dict[str, Any], default: bool) -> None:
    cloudfront = aws.client("cloudfront")
    created = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": str(default),
            "Comment": "",
            "Enabled": False,
            "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "o.example.net"}]},
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
            "ViewerCertificate": certificate,
        }
    )
    made = created["Distribution"]
    shown = made["DistributionConfig"]["ViewerCertificate"]
    assert shown["CloudFrontDefaultCertificate"] is default
    cloudfront.delete_distribution(Id=made["Id"], IfMatch=created["ETag"])


def test_a_network_takes_its_default_lists_with_it(aws: Aws) -> None:
    ec2 = aws.client("ec2", "eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    assert len(ec2.describe_network_acls(Filters=of_vpc)["NetworkAcls"]) == 1
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_network_acls(Filters=of_vpc)["NetworkAcls"] == []


def test_dashboards_and_scalable_targets_are_tagged_later(aws: Aws) -> None:
    cloudwatch, scaling = aws.client("cloudwatch", "eu-west-1"), aws.client("application-autoscaling", "eu-west-1")
    dashboard = "arn:aws:cloudwatch::123456789012:dashboard/main"
    cloudwatch.tag_resource(ResourceARN=dashboard, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    cloudwatch.untag_resource(ResourceARN=dashboard, TagKeys=["a", "never"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=dashboard)["Tags"] == [{"Key": "b", "Value": "2"}]
    target = "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/1"
    scaling.tag_resource(ResourceARN=target, Tags={"a": "1", "b": "2"})
    scaling.untag_resource(ResourceARN=target, TagKeys=["a", "never"])
    assert scaling.list_tags_for_resource(ResourceARN=target)["Tags"] == {"b": "2"}


def test_load_balancers_take_fifty_tags_and_those_of_cloudformation(aws: Aws) -> None:
    balancing = aws.client("elbv2", "eu-west-1")
    vpc = aws.client("ec2", "eu-west-1").create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    made = balancing.create_target_group(Name="tagged", Protocol="HTTP", Port=80, VpcId=vpc)
    [arn] = [group["TargetGroupArn"] for group in made["TargetGroups"]]
    own = [{"Key": f"tag{number}", "Value": "1"} for number in range(50)]
    balancing.add_tags(ResourceArns=[arn], Tags=[*own, {"Key": "aws:cloudformation:stack-name", "Value": "edge"}])
    balancing.add_tags(ResourceArns=[arn], Tags=[{"Key": "tag0", "Value": "2"}])
    assert "TooManyTags" in refused(balancing.add_tags, ResourceArns=[arn], Tags=[{"Key": "one-more", "Value": "1"}])
    assert len(balancing.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]) == 51
