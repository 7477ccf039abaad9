"""CloudFront, the web application firewall, certificates and DNS."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.targets.local.types.refusals.wish import Refused, Wish, refuses


@refuses("AWS::CloudFront::Distribution")
def origins_of_behaviors(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html"""
    config = wish.get("DistributionConfig") or {}
    known = {origin.get("Id") for origin in config.get("Origins") or ()}
    known |= {group.get("Id") for group in (config.get("OriginGroups") or {}).get("Items") or ()}
    for behavior in (config.get("DefaultCacheBehavior") or {}, *(config.get("CacheBehaviors") or ())):
        if behavior.get("TargetOriginId") not in known:
            yield Refused(
                "One or more of your origins or origin groups do not exist: "
                f"{behavior.get('TargetOriginId')} is not among {', '.join(sorted(map(str, known)))}", "CloudFront",
            )  # fmt: skip
    certificate = config.get("ViewerCertificate") or {}
    arn = str(certificate.get("AcmCertificateArn") or "")
    if arn and arn.split(":")[3:4] != ["us-east-1"]:
        yield Refused(
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a "
            f"valid certificate chain: {arn}", "CloudFront",
        )  # fmt: skip
    if config.get("Aliases") and not (arn or certificate.get("IamCertificateId")):
        yield Refused(
            "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted "
            "certificate that validates your authorization to use the domain name.", "CloudFront",
        )  # fmt: skip


@refuses("AWS::WAFv2::WebACL", "AWS::WAFv2::IPSet")
def scope_and_region(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html, Scope"""
    if wish.get("Scope") == "CLOUDFRONT" and wish.surroundings.region != "us-east-1":
        yield Refused("The scope is not valid. CLOUDFRONT needs the Region US East (N. Virginia), us-east-1.", "Wafv2")


@refuses("AWS::WAFv2::WebACLAssociation")
def target_of_a_firewall(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html"""
    target, acl = str(wish.get("ResourceArn") or ""), str(wish.get("WebACLArn") or "")
    service = target.split(":")[2] if target.count(":") >= 5 else ""
    missing = "AWS WAF couldn't perform the operation because your resource doesn't exist"
    if service == "cloudfront" or ":global/" in acl:
        yield Refused(
            "The ARN isn't valid. A web ACL is associated with a CloudFront distribution in the distribution's own "
            "configuration.", "Wafv2",
        )  # fmt: skip
    elif service == "elasticloadbalancing":
        if "/app/" not in target:
            yield Refused(f"The ARN isn't valid. Only Application Load Balancers take a web ACL: {target}", "Wafv2")
        elif wish.ask("elbv2", "describe_load_balancers", LoadBalancerArns=[target]) is None:
            yield Refused(f"{missing}: {target}", "Wafv2", "NotFound")
    elif service not in ("apigateway", "appsync", "cognito-idp", "apprunner", "ec2"):
        yield Refused(
            f"The ARN isn't valid. A valid ARN begins with arn: and names what AWS WAF protects: {target}", "Wafv2"
        )


@refuses("AWS::WAFv2::LoggingConfiguration")
def destination_of_firewall_logs(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-destinations.html"""
    for arn in wish.get("LogDestinationConfigs") or ():
        name = str(arn).removesuffix(":*").replace("/", ":").rsplit(":", 1)[-1]
        if str(arn).startswith("arn:aws:s3:::"):
            name = str(arn).removeprefix("arn:aws:s3:::")
        if not name.startswith("aws-waf-logs-"):
            yield Refused(
                "Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information "
                f"separated by colons or slashes., field: LOG_DESTINATION, parameter: {arn}. The name of the "
                "destination must begin with aws-waf-logs-", "Wafv2", "InvalidRequest",
            )  # fmt: skip


@refuses("AWS::ApiGateway::Account")
def role_of_a_rest_account(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"""
    name = str(wish.get("CloudWatchRoleArn") or "").rsplit("/", 1)[-1]
    if not name:
        return
    found = wish.ask("iam", "get_role", RoleName=name)
    trusted = found is not None and "apigateway.amazonaws.com" in str(found["Role"]["AssumeRolePolicyDocument"])
    if not trusted:
        yield Refused(
            "The role ARN does not have required permissions configured. Please grant trust permission for API "
            "Gateway and add the required role policy.", "ApiGateway",
        )  # fmt: skip


@refuses("AWS::Logs::DeliverySource", "AWS::Logs::DeliveryDestination")
def taken_name_of_a_delivery(wish: Wish) -> Iterator[Refused]:
    """The API would change the one that is there; CloudFormation does not take it over."""
    operation = "get_delivery_source" if wish.type.endswith("Source") else "get_delivery_destination"
    name = wish.get("Name")
    if wish.old is None and name and wish.ask("logs", operation, name=name) is not None:
        yield Refused(
            f"Resource of type '{wish.type}' with identifier '{name}' already exists.", "Logs", "AlreadyExists"
        )
