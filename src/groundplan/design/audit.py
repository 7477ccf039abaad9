"""Who did what, and is it as it should be: CloudTrail over all regions, AWS Config in the environment's.

The trail and AWS Config each have a bucket of their own, so that each service can reach its own records alone.
"""

from __future__ import annotations

from groundplan.blueprint.governance import Audit
from groundplan.catalog import config_rules, conformance_packs
from groundplan.catalog.conformance_packs import Pack
from groundplan.design.buckets import tls_only
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import add_key, same_account
from groundplan.design.logs import add_log_group
from groundplan.resources.governance import ConfigRule, ConfigurationRecorder, ConformancePack, DeliveryChannel, Trail
from groundplan.resources.policies import (
    Condition,
    InlinePolicy,
    PolicyDocument,
    Principal,
    Statement,
    service_trust,
)
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy
from groundplan.resources.values import Pseudo, Ref, Textual, text

CONFIG_DAYS = 2557
"""As long as AWS Config itself keeps the history of a resource, where nobody says anything else: seven years.

Source: https://docs.aws.amazon.com/config/latest/developerguide/delete-config-data-with-retention-period.html
"""
OWNER_HAS_ALL = Condition(operator="StringEquals", key="s3:x-amz-acl", values=("bucket-owner-full-control",))
"""What both services send with each file, and AWS's own policies demand of them."""


def add_audit(draft: Draft) -> None:
    """What ``audit:`` asks for. Nothing where it is null."""
    audit = draft.blueprint.audit
    if audit is None:
        return
    name = draft.called("trail", "trail", "audit.trail")
    key = _add_key(draft, audit, name)
    if audit.trail is not None:
        _add_trail(draft, audit, name, audit.trail.days, key)
    if audit.config:
        _add_config(draft, audit, key)


def _trail_arn(name: str) -> Textual:
    """As text: the key and the bucket have to know the trail before it exists."""
    return text("arn:", Pseudo.PARTITION, ":cloudtrail:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":trail/{name}")


def _of_trail(name: str) -> Condition:
    """Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cross-service-confused-deputy-prevention.html"""
    return Condition(operator="StringEquals", key="aws:SourceArn", values=(_trail_arn(name),))


def _add_key(draft: Draft, audit: Audit, trail: str) -> Ref[Key] | None:
    """The key of the records; None where AWS's own keys encrypt.

    Sources: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html,
    https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
    """
    if draft.blueprint.keys == "aws":
        return None
    statements: list[Statement] = []
    if audit.trail is not None:
        cloudtrail = (Principal("Service", ("cloudtrail.amazonaws.com",)),)
        every_trail = text("arn:", Pseudo.PARTITION, ":cloudtrail:*:", Pseudo.ACCOUNT_ID, ":trail/*")
        context = Condition(
            operator="StringLike", key="kms:EncryptionContext:aws:cloudtrail:arn", values=(every_trail,)
        )
        statements += [
            Statement(
                sid="TrailEncrypts",
                actions=("kms:GenerateDataKey*",),
                resources=("*",),
                principals=cloudtrail,
                conditions=(_of_trail(trail), context),
            ),
            Statement(
                sid="TrailDescribes",
                actions=("kms:DescribeKey",),
                resources=("*",),
                principals=cloudtrail,
                conditions=(_of_trail(trail),),
            ),
        ]
    if audit.config:
        statements.append(
            Statement(
                sid="ConfigEncrypts",
                actions=("kms:Decrypt", "kms:GenerateDataKey"),
                resources=("*",),
                principals=(Principal("Service", ("config.amazonaws.com",)),),
                conditions=(same_account(),),
            )
        )
    purpose = f"{draft.title} records of CloudTrail and AWS Config"
    return add_key(draft, "audit", purpose, *statements, because="audit")


def _add_bucket(draft: Draft, name: str, days: int, key: Ref[Key] | None, path: str) -> Ref[Bucket]:
    """A bucket that records go to, and stay in when the environment goes."""
    if name in draft.blueprint.buckets:
        draft.problem(f"buckets.{name}", f"the name {name} is taken by the bucket of audit; choose another")
        draft.twice.add(f"buckets.{name}")
    full_name = f"{draft.blueprint.project}-{name}-{draft.stage}"
    return draft.add(
        Bucket(
            name=name,
            concern="audit",
            bucket_name=draft.legal("s3_bucket", full_name, path),
            sse_algorithm="aws:kms" if key else "AES256",
            kms_key=key,
            lifecycle_rules=(
                BucketLifecycleRule(
                    id="expire-records",
                    expiration_days=days,
                    noncurrent_expiration_days=30,
                    abort_incomplete_multipart_upload_days=7,
                ),
            ),
            tags=draft.name_tag(name),
        )
    )


def _add_policy(draft: Draft, bucket: Ref[Bucket], *statements: Statement) -> Ref[BucketPolicy]:
    document = PolicyDocument((tls_only(bucket), *statements))
    policy = BucketPolicy(name=bucket.name, concern="audit", bucket=bucket, policy=document)
    return draft.add(policy, because=f"audit.{bucket.name}")


def _add_trail(draft: Draft, audit: Audit, name: str, days: int, key: Ref[Key] | None) -> None:
    """Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html"""
    bucket = _add_bucket(draft, "trail", days, key, "audit.trail")
    cloudtrail = (Principal("Service", ("cloudtrail.amazonaws.com",)),)
    policy = _add_policy(
        draft,
        bucket,
        Statement(
            sid="TrailLooks",
            actions=("s3:GetBucketAcl",),
            resources=(bucket.arn,),
            principals=cloudtrail,
            conditions=(_of_trail(name),),
        ),
        Statement(
            sid="TrailWrites",
            actions=("s3:PutObject",),
            resources=(text(bucket.arn, "/AWSLogs/", Pseudo.ACCOUNT_ID, "/*"),),
            principals=cloudtrail,
            conditions=(OWNER_HAS_ALL, _of_trail(name)),
        ),
    )
    logs = role = None
    if audit.logs is not None:
        logs = add_log_group(draft, "trail", "trail", audit.logs.days, "audit", "audit.logs")
        # Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
        streams = text(logs.arn, ":log-stream:", Pseudo.ACCOUNT_ID, "_CloudTrail_", Pseudo.REGION, "*")
        write = Statement(sid="WriteLogs", actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(streams,))
        role = _role(draft, "trail", "cloudtrail.amazonaws.com", "Lets CloudTrail write its log group", (write,))
    draft.add(
        Trail(
            name="main",
            concern="audit",
            trail_name=name,
            bucket=bucket,
            kms_key=key,
            log_group=logs,
            log_role=role,
            # CloudTrail tries to write when the trail is made.
            depends_on=(policy,),
            tags=draft.name_tag("trail"),
        )
    )
    draft.output("trail_bucket", "Name of the bucket that the trail writes to", bucket.attribute("id"))


def _role(
    draft: Draft,
    name: str,
    service: str,
    description: str,
    statements: tuple[Statement, ...],
    managed: tuple[Textual, ...] = (),
) -> Ref[Role]:
    policy_name = draft.called("iam_policy", f"{name}-policy", "audit")
    return draft.add(
        Role(
            name=name,
            concern="audit",
            role_name=draft.called("iam_role", f"{name}-role", "audit"),
            description=description,
            trust=service_trust(service, conditions=(same_account(),) if service == "config.amazonaws.com" else ()),
            inline_policies=(InlinePolicy(policy_name, PolicyDocument(statements)),),
            managed_policy_arns=managed,
        ),
        because=f"audit.{name}",
    )


def _add_config(draft: Draft, audit: Audit, key: Ref[Key] | None) -> None:
    """Recorder, channel and rules.

    AWS Config writes with the rights of its role; where these do not suffice, as the service itself. Both are given,
    as AWS's own template has it.
    Sources: https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html,
    https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html
    """
    bucket = _add_bucket(draft, "config", CONFIG_DAYS, key, "audit.config")
    records = text(bucket.arn, "/AWSLogs/", Pseudo.ACCOUNT_ID, "/Config/*")
    service = (Principal("Service", ("config.amazonaws.com",)),)
    look = ("s3:GetBucketAcl", "s3:ListBucket")
    policy = _add_policy(
        draft,
        bucket,
        Statement(
            sid="ConfigLooks", actions=look, resources=(bucket.arn,), principals=service, conditions=(same_account(),)
        ),
        Statement(
            sid="ConfigWrites",
            actions=("s3:PutObject",),
            resources=(records,),
            principals=service,
            conditions=(OWNER_HAS_ALL, same_account()),
        ),
    )
    rights = [
        Statement(sid="Look", actions=look, resources=(bucket.arn,)),
        Statement(sid="Write", actions=("s3:PutObject",), resources=(records,), conditions=(OWNER_HAS_ALL,)),
    ]
    if key:
        rights.append(Statement(sid="Encrypt", actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(key.arn,)))
    reads = text("arn:", Pseudo.PARTITION, ":iam::aws:policy/service-role/AWS_ConfigRole")
    description = "Lets AWS Config read what there is, and write what it records"
    role = _role(draft, "config", "config.amazonaws.com", description, tuple(rights), (reads,))
    recorder = draft.add(
        ConfigurationRecorder(
            name="main",
            concern="audit",
            recorder_name=draft.called("config_recorder", "recorder", "audit.config"),
            role=role,
        )
    )
    channel = draft.add(
        DeliveryChannel(
            name="main",
            concern="audit",
            channel_name=draft.called("config_channel", "channel", "audit.config"),
            recorder=recorder,
            bucket=bucket,
            kms_key=key,
            # AWS Config tries to write when the channel is made.
            depends_on=(policy,),
        )
    )
    for number, rule in enumerate(audit.rules):
        _add_rule(draft, rule, f"audit.rules[{number}]", recorder, channel)
    for number, pack in enumerate(audit.conformance_packs):
        _add_pack(draft, pack, f"audit.conformance_packs[{number}]", recorder, channel)
    security = draft.blueprint.security
    if security is not None and security.standards is not None:
        for region in security.regions:
            _add_recorder_elsewhere(draft, region, role, bucket, policy)
    draft.output("config_bucket", "Name of the bucket that AWS Config writes to", bucket.attribute("id"))


def _add_recorder_elsewhere(
    draft: Draft, region: str, role: Ref[Role], bucket: Ref[Bucket], policy: Ref[BucketPolicy]
) -> None:
    """The recorder of a region where only Security Hub asks for records. Global resources are recorded once.

    Source: https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
    """
    recorder = draft.add(
        ConfigurationRecorder(
            name=identifier(region),
            concern="audit",
            region=region,
            recorder_name=draft.called("config_recorder", "recorder", "audit.config"),
            role=role,
            include_global_resource_types=False,
        )
    )
    draft.add(
        DeliveryChannel(
            name=identifier(region),
            concern="audit",
            region=region,
            channel_name=draft.called("config_channel", "channel", "audit.config"),
            recorder=recorder,
            # Its own encryption applies: a key is named only for a bucket of the same region.
            bucket=bucket,
            depends_on=(policy,),
        )
    )


def _add_pack(
    draft: Draft, name: str, path: str, recorder: Ref[ConfigurationRecorder], channel: Ref[DeliveryChannel]
) -> None:
    known = conformance_packs.find(name)
    if known is None:
        draft.problem(path, f'no conformance pack "{name}" is known here{conformance_packs.suggest(name)}')
        return
    called = name.removeprefix("Operational-Best-Practices-for-").replace(".", "-").lower()
    draft.add(
        ConformancePack(
            name=called.replace("-", "_"),
            concern="audit",
            pack_name=draft.called("conformance_pack", called, path),
            template_body=_pack_body(known),
            depends_on=(recorder, channel),
        )
    )


def _pack_body(pack: Pack) -> str:
    """YAML with the pack's rules, which is all that such a template may hold.

    Source: https://docs.aws.amazon.com/config/latest/developerguide/custom-conformance-pack.html
    """
    lines = [f"# {pack.name}, from {pack.source.page}", "Resources:"]
    for rule in pack.rules:
        lines += [
            f"  {''.join(word.capitalize() for word in rule.identifier.split('_'))}:",
            "    Type: AWS::Config::ConfigRule",
            "    Properties:",
            f"      ConfigRuleName: {rule.identifier.lower().replace('_', '-')}",
            f"      Source: {{Owner: AWS, SourceIdentifier: {rule.identifier}}}",
        ]
        if rule.parameters:
            lines.append("      InputParameters:")
            lines += [f'        {key}: "{value}"' for key, value in rule.parameters.items()]
    return "\n".join(lines) + "\n"


def _add_rule(
    draft: Draft,
    identifier: str,
    path: str,
    recorder: Ref[ConfigurationRecorder],
    channel: Ref[DeliveryChannel],
) -> None:
    """A managed rule with the parameters that it demands. AWS refuses a rule where no recorder is."""
    known = config_rules.find(identifier)
    if known is None:
        draft.problem(path, f"AWS Config has no managed rule {identifier}{config_rules.suggest(identifier)}")
        return
    if known.missing:
        draft.problem(
            path,
            f"{identifier} demands {', '.join(known.missing)}, which a blueprint cannot say; leave the rule out "
            f"({known.page})",
        )
        return
    called = identifier.lower().replace("_", "-")
    draft.add(
        ConfigRule(
            name=identifier.lower(),
            concern="audit",
            rule_name=draft.called("config_rule", called, path),
            source_identifier=identifier,
            input_parameters=known.parameters,
            depends_on=(recorder, channel),
        )
    )
