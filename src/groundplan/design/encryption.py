"""KMS keys, one for each purpose, so that the right to one kind of data is not the right to all."""

from __future__ import annotations

from groundplan.design.access_logs import takes_access_logs
from groundplan.design.draft import Draft, identifier
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.security import Key
from groundplan.resources.values import Pseudo, Ref, Textual, text

EVENTS = "events.amazonaws.com"
"""Amazon EventBridge as a principal."""
COST_ALERTS = "costalerts.amazonaws.com"
"""AWS Cost Anomaly Detection as a principal."""


def root_of_account() -> Textual:
    """The account itself; in a key policy it hands the decision to IAM policies."""
    return text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, ":root")


def _cdn_statement() -> Statement:
    """Distributions of this account may read what the key encrypts, where the bucket's policy lets them.

    Which one stands in the bucket's policy: here it would be a circle, from distribution over bucket to key.
    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    ours = text("arn:", Pseudo.PARTITION, ":cloudfront::", Pseudo.ACCOUNT_ID, ":distribution/*")
    return Statement(
        sid="Cdn",
        actions=("kms:Decrypt",),
        resources=("*",),
        principals=(Principal("Service", ("cloudfront.amazonaws.com",)),),
        conditions=(Condition(operator="ArnLike", key="aws:SourceArn", values=(ours,)),),
    )


def account_statement() -> Statement:
    """What AWS puts into every key policy: the account's administrators decide by IAM.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    return Statement(
        sid="AccountDecidesByIam",
        actions=("kms:*",),
        resources=("*",),
        principals=(Principal("AWS", (root_of_account(),)),),
    )


def same_account() -> Condition:
    """Guards a service principal against the confused deputy problem.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    return Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,))


def _logs_statement(draft: Draft) -> Statement:
    """CloudWatch Logs may use the key for this application's log groups only.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    return Statement(
        sid="LogGroups",
        actions=("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
        resources=("*",),
        principals=(Principal("Service", (text("logs.", Pseudo.REGION, ".amazonaws.com"),)),),
        conditions=(
            Condition(
                operator="ArnLike",
                key="kms:EncryptionContext:aws:logs:arn",
                values=(
                    text("arn:", Pseudo.PARTITION, ":logs:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":log-group:*"),
                ),
            ),
        ),
    )


def alarms_statement() -> Statement:
    """Alarms and budgets may publish to an encrypted topic.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    return Statement(
        sid="AlarmsAndBudgets",
        actions=("kms:Decrypt", "kms:GenerateDataKey*"),
        resources=("*",),
        principals=(Principal("Service", ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")),),
        conditions=(same_account(),),
    )


def events_statement() -> Statement:
    """EventBridge may publish to an encrypted topic. It sends none of the keys that a condition could ask for.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services ("aren't
    supported in EventBridge-to-encrypted topics")
    """
    return Statement(
        sid="Events",
        actions=("kms:Decrypt", "kms:GenerateDataKey*"),
        resources=("*",),
        principals=(Principal("Service", (EVENTS,)),),
    )


def anomalies_statement() -> Statement:
    """Cost Anomaly Detection may publish to an encrypted topic.

    Source: https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
    """
    return Statement(
        sid="CostAnomalies",
        actions=("kms:Decrypt", "kms:GenerateDataKey*"),
        resources=("*",),
        principals=(Principal("Service", (COST_ALERTS,)),),
        conditions=(same_account(),),
    )


def add_key(
    draft: Draft, name: str, description: str, *extra: Statement, region: str | None = None, because: str = "keys"
) -> Ref[Key]:
    """A key that the account's IAM policies decide about, and what ``extra`` allows beside them, ``because`` of what
    the blueprint says there."""
    return draft.add(
        Key(
            name=name,
            concern="encryption",
            region=region,
            description=description,
            alias=draft.called("kms_alias", name, "project"),
            policy=PolicyDocument((account_statement(), *extra)),
            tags=draft.name_tag(name),
        ),
        because=because,
    )


def tells_events(draft: Draft) -> bool:
    """Whether EventBridge tells the topic of alarms of anything, beside the alarms themselves."""
    blueprint = draft.blueprint
    security = blueprint.security
    finds = security is not None and (security.guardduty is not None or security.standards is not None)
    return blueprint.alarms is not None and (blueprint.backup is not None or finds)


def tells_anomalies(draft: Draft) -> bool:
    """Whether Cost Anomaly Detection tells the topic of alarms."""
    account = draft.blueprint.account
    return draft.blueprint.alarms is not None and account is not None and account.anomalies is not None


def add_keys(draft: Draft) -> None:
    """``main`` for secrets, logs, caches and notifications; ``rds`` for databases; ``kubernetes`` for secrets in an EKS
    cluster and ``shared_files`` for what its pods share; one for each encrypted bucket.

    None where the blueprint leaves keys to AWS.
    """
    if draft.blueprint.keys == "aws":
        return
    title = draft.title
    purpose = f"{title} secrets, logs, caches and notifications"
    told = [events_statement()] if tells_events(draft) else []
    told += [anomalies_statement()] if tells_anomalies(draft) else []
    add_key(draft, "main", purpose, _logs_statement(draft), alarms_statement(), *told)
    if any(database.encryption for database in draft.blueprint.databases.values()):
        add_key(draft, "rds", f"{title} databases and their backups", because="databases")
    if draft.blueprint.platform == "eks":
        add_key(draft, KUBERNETES.name, f"{title} secrets in Kubernetes", because="platform")
        if any(volume.shared for item in draft.blueprint.services.values() for volume in item.volumes.values()):
            add_key(draft, FILES.name, f"{title} files that pods share", because="services")
    for name, bucket in draft.blueprint.buckets.items():
        if bucket_key(draft, name):
            read_by_cdn = (_cdn_statement(),) if bucket.cdn else ()
            called, because = bucket_key_name(identifier(name)), f"buckets.{name}"
            add_key(draft, called, f"{title} bucket {name}", *read_by_cdn, because=because)


PURPOSES = ("main", "rds", "kubernetes", "shared_files", "audit", "backup", "backup_copies", "alarms_global")
"""What the keys that are not a bucket's own are called."""


def bucket_key_name(bucket: str) -> str:
    """A bucket's key is called like the bucket, unless that name is taken by a key for something else."""
    return f"{bucket}_bucket" if bucket in PURPOSES else bucket


MAIN = Ref(Key, "main")
RDS = Ref(Key, "rds")
KUBERNETES = Ref(Key, "kubernetes")
FILES = Ref(Key, "shared_files")


def main_key(draft: Draft) -> Ref[Key] | None:
    """The key for secrets, logs, caches, queues and notifications; None where AWS's own keys encrypt."""
    return MAIN if draft.blueprint.keys == "customer" else None


def database_key(draft: Draft) -> Ref[Key] | None:
    """The key for databases; None where AWS's own keys encrypt."""
    return RDS if draft.blueprint.keys == "customer" else None


def kubernetes_key(draft: Draft) -> Ref[Key] | None:
    """The key that Kubernetes secrets are encrypted with before etcd has them; None where AWS's own key does it."""
    return KUBERNETES if draft.blueprint.keys == "customer" else None


def files_key(draft: Draft) -> Ref[Key] | None:
    """The key for files that pods share; None where EFS's own key encrypts."""
    return FILES if draft.blueprint.keys == "customer" else None


def bucket_key(draft: Draft, name: str) -> Ref[Key] | None:
    """The key of a bucket, by its name in the blueprint; None where keys that S3 keeps encrypt it."""
    spec = draft.blueprint.buckets[name]
    if spec.encryption != "kms" or draft.blueprint.keys == "aws" or takes_access_logs(draft.blueprint, name):
        return None
    return Ref(Key, bucket_key_name(identifier(name)))
