"""Keys and secrets."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import COPIES_REGION, DATA_KEY, PRIMARY, REGION

from groundplan.resources import Resource
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement, service_trust
from groundplan.resources.security import (
    GeneratedPassword,
    Key,
    ManagedPolicy,
    OidcProvider,
    Role,
    Secret,
    SecretRotation,
)
from groundplan.resources.values import Pseudo, Ref, SecretValue, text


def _key_policy(*more: Statement) -> PolicyDocument:
    owner = text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, ":root")
    return PolicyDocument(
        (
            Statement(
                sid="Account", principals=(Principal("AWS", (owner,)),), actions=("kms:*",), resources=("*",)
            ),
            *more,
        )
    )  # fmt: skip


def security() -> Iterator[Resource]:
    """Keys and secrets of the sample."""
    yield OidcProvider(
        name="github",
        concern="services",
        url="https://token.actions.githubusercontent.com",
        client_id_list=("sts.amazonaws.com",),
    )
    yield ManagedPolicy(
        name="boundary",
        concern="services",
        policy_name="sample-boundary",
        description="What roles of sample may do at most",
        document=PolicyDocument((Statement(sid="Objects", actions=("s3:GetObject",), resources=("*",)),)),
    )
    yield Role(
        name="bounded",
        concern="services",
        role_name="sample-bounded",
        description="May do no more than its boundary",
        trust=service_trust("ecs-tasks.amazonaws.com"),
        permissions_boundary=Ref(ManagedPolicy, "boundary").arn,
    )
    yield Key(
        name="data",
        concern="encryption",
        description="Databases, caches, buckets and secrets of sample production",
        alias="sample-production-data",
        policy=_key_policy(),
    )
    yield Key(
        name="copies",
        concern="encryption",
        region=COPIES_REGION,
        description="Copies of sample production",
        alias="sample-production-copies",
        policy=_key_policy(),
    )
    yield Key(
        name="logs",
        concern="encryption",
        description="Logs and notifications of sample production",
        alias="sample-production-logs",
        policy=_key_policy(
            Statement(
                sid="Logs",
                principals=(Principal("Service", (f"logs.{REGION}.amazonaws.com",)),),
                actions=("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
                resources=("*",),
                conditions=(
                    Condition(
                        operator="ArnLike",
                        key="kms:EncryptionContext:aws:logs:arn",
                        values=(text("arn:", Pseudo.PARTITION, f":logs:{REGION}:", Pseudo.ACCOUNT_ID, ":log-group:*"),),
                    ),
                ),
            ),
            Statement(
                sid="Alarms",
                principals=(Principal("Service", ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")),),
                actions=("kms:Decrypt", "kms:GenerateDataKey*"),
                resources=("*",),
            ),
        ),
        deletion_window_in_days=7,
    )
    yield Secret(
        name="database",
        concern="databases",
        secret_name="sample/production/database",
        description="Master user of the database",
        kms_key=DATA_KEY,
        generate=GeneratedPassword(username="sample_admin"),
    )
    yield Secret(
        name="cache",
        concern="caches",
        secret_name="sample/production/cache",
        description="AUTH token of the cache",
        kms_key=DATA_KEY,
        generate=GeneratedPassword(length=64, exclude_characters="", exclude_punctuation=True),
    )
    yield Secret(
        name="database-url",
        concern="databases",
        secret_name="sample/production/database-url",
        description="How the api reaches the database",
        kms_key=DATA_KEY,
        value=text(
            "postgresql://",
            SecretValue(Ref(Secret, "database"), "username"),
            ":",
            SecretValue(Ref(Secret, "database"), "password"),
            "@",
            PRIMARY.attribute("address"),
            ":",
            PRIMARY.attribute("port"),
            "/sample?sslmode=require",
        ),
    )
    yield Secret(
        name="payment-key",
        concern="services",
        secret_name="sample/production/payment-key",
        description="Key of the payment provider; a person fills it in",
        recovery_window_in_days=7,
    )
    yield SecretRotation(
        name="reports",
        concern="databases",
        secret=Ref(DatabaseInstance, "reports").attribute("master_user_secret_arn"),
        automatically_after_days=30,
    )
