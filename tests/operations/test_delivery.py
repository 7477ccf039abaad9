"""A CDN, a firewall, a zone and a gateway on the local AWS, read back as anybody would."""

from __future__ import annotations

import json

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode


def blueprint(project: str, zone: str) -> str:
    return f"""
project: {project}
region: {REGION}
profile: poc
network: {{flow_logs: 30d}}
dns: {{zone: {zone}}}
firewall: {{rules: [common, known-bad-inputs], rate: 500}}
services:
  web: {{image: {{repository: web, tag: "1"}}, port: 80, public: {{domain: api.{zone}, gateway: {{rate: 50}}}}}}
buckets:
  assets: {{keep: false, cdn: {{domains: [{zone}, www.{zone}], cache: 1h, single_page: true}}}}
"""


def test_a_delivered_bucket_is_read_back(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    zone = f"{project}.groundplan.dev"
    write(blueprint(project, zone))
    result = groundplan("deploy", "--format", "json")
    assert result.code == ExitCode.FINE, result.err
    outputs = result.json["outputs"]
    assert outputs["assets_url"] == f"https://{zone}"
    assert len(outputs["name_servers"].split(", ")) == 4
    assert outputs["web_gateway_url"].endswith(f".execute-api.{REGION}.amazonaws.com/production")

    cloudfront = aws.client("cloudfront")
    (found,) = [
        item
        for item in cloudfront.list_distributions()["DistributionList"]["Items"]
        if zone in item["Aliases"]["Items"]
    ]
    assert outputs["assets_cdn"] == found["DomainName"]
    config = cloudfront.get_distribution(Id=found["Id"])["Distribution"]["DistributionConfig"]
    (origin,) = config["Origins"]["Items"]
    assert origin["DomainName"].startswith(f"{project}-assets-production.s3.{REGION}.")
    assert origin["OriginAccessControlId"]
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert config["ViewerCertificate"]["ACMCertificateArn"].split(":")[3] == "us-east-1"
    assert config["WebACLId"].startswith("arn:aws:wafv2:us-east-1:")
    cache = cloudfront.get_cache_policy(Id=config["DefaultCacheBehavior"]["CachePolicyId"])["CachePolicy"]
    assert cache["CachePolicyConfig"]["DefaultTTL"] == 3600

    policy = json.loads(aws.s3.get_bucket_policy(Bucket=f"{project}-assets-production")["Policy"])
    reads = next(item for item in policy["Statement"] if item["Sid"] == "CloudFrontReads")
    assert reads["Condition"]["StringEquals"]["aws:SourceArn"] == found["ARN"]

    wafv2 = aws.client("wafv2")
    balancer = aws.client("elbv2").describe_load_balancers(Names=[f"{project}-production-alb"])["LoadBalancers"][0]
    acl = wafv2.get_web_acl_for_resource(ResourceArn=balancer["LoadBalancerArn"])["WebACL"]
    assert [rule["Name"] for rule in acl["Rules"]] == [
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "RateLimit",
    ]
    logging = wafv2.get_logging_configuration(ResourceArn=acl["ARN"])["LoggingConfiguration"]
    assert logging["LogDestinationConfigs"][0].endswith(f":log-group:aws-waf-logs-{project}-production-load-balancer")

    route53 = aws.client("route53")
    (hosted,) = [item for item in route53.list_hosted_zones()["HostedZones"] if item["Name"] == f"{zone}."]
    records = route53.list_resource_record_sets(HostedZoneId=hosted["Id"])["ResourceRecordSets"]
    leads = {(item["Name"], item["Type"]): item["AliasTarget"]["DNSName"] for item in records if "AliasTarget" in item}
    assert leads[f"api.{zone}.", "A"].rstrip(".") == balancer["DNSName"]
    assert {kind for name, kind in leads if name == f"www.{zone}."} == {"A", "AAAA"}
    assert leads[f"{zone}.", "AAAA"].rstrip(".") == found["DomainName"]

    apigateway = aws.client("apigateway")
    (api,) = [item for item in apigateway.get_rest_apis()["items"] if item["name"] == f"{project}-production-web"]
    stage = apigateway.get_stage(restApiId=api["id"], stageName="production")
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 50.0

    logs = aws.client("logs", "us-east-1")
    (source,) = [item for item in logs.describe_delivery_sources()["deliverySources"] if project in item["name"]]
    assert source["resourceArns"] == [found["ARN"]]
    (delivery,) = [
        item for item in logs.describe_deliveries()["deliveries"] if item["deliverySourceName"] == source["name"]
    ]
    destination = logs.get_delivery_destination(name=delivery["deliveryDestinationArn"].rsplit(":", 1)[-1])
    target = destination["deliveryDestination"]["deliveryDestinationConfiguration"]["destinationResourceArn"]
    assert target == f"arn:aws:s3:::{project}-logs-production"
    assert groundplan("plan", "--format", "json").json["changes"] == []

    write(blueprint(project, zone).replace("rate: 50", "rate: 60").replace(f"api.{zone}", f"service.{zone}"))
    changed = groundplan("deploy", "--format", "json")
    assert changed.code == ExitCode.FINE, changed.err
    stage = apigateway.get_stage(restApiId=api["id"], stageName="production")
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 60.0
    deployments = apigateway.get_deployments(restApiId=api["id"])["items"]
    assert [item["id"] for item in deployments] == [stage["deploymentId"]], "another backend, another deployment"
    assert f"https://service.{zone}" in deployments[0]["description"]
    records = route53.list_resource_record_sets(HostedZoneId=hosted["Id"])["ResourceRecordSets"]
    names = {item["Name"] for item in records if "AliasTarget" in item}
    assert names == {f"service.{zone}.", f"www.{zone}.", f"{zone}."}, "the record of the old domain is gone"

    # As CloudFormation does at AWS, which leaves the record that validated a certificate.
    proof = {"Name": f"_0a1b.{zone}", "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": "_2c3d.acm.aws."}]}
    route53.change_resource_record_sets(
        HostedZoneId=hosted["Id"], ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": proof}]}
    )
    gone = groundplan("destroy", "--yes")
    assert gone.code == ExitCode.FINE, gone.err
    assert "1 records deleted that proved the ownership of domains" in gone.err
    assert aws.buckets(project) == set()
    assert not [item for item in route53.list_hosted_zones()["HostedZones"] if item["Name"] == f"{zone}."]
