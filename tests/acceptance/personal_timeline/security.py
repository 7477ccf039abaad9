"""Names, tags, keys, secrets and rights of an environment."""

from __future__ import annotations

import re
from typing import Any

from tests.acceptance.personal_timeline.expected import expected
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, TerraformRoot, tags

from groundplan.resources import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket

NAMES = (
    "cluster_name", "nodegroup_name", "db_instance_identifier", "replication_group_id", "load_balancer_name",
    "queue_name", "role_name", "topic_name", "dashboard_name", "alarm_name", "group_name",
)  # fmt: skip
"""Fields that hold what AWS calls a resource."""
WITHOUT_RESOURCES = re.compile(
    r"xray:|ec2:Describe|eks:Describe|ecr:GetAuthorizationToken|cloudwatch:|logs:Describe|elasticloadbalancing:|"
    r"autoscaling:Describe|acm:|tag:|ec2:Get|logs:StartQuery|logs:StopQuery|logs:GetQueryResults|s3:ListAllMyBuckets|"
    r"sts:GetCallerIdentity|iam:ListServerCertificates|iam:GetServerCertificate|rds:Describe|elasticache:Describe|"
    r"route53:|ssm:|backup:|kms:|ec2:"
)


class Security:
    """Secure by default."""

    @requirement("PT-96", "PT-97", "PT-98", "PT-99")
    def test_names(self, architecture: Architecture, system: System) -> None:
        """C-37: project, environment, then what it is; where AWS's limit is short, a part may be cut."""
        wanted = expected(system)
        found = [
            (resource.address, str(getattr(resource, field)))
            for resource in architecture
            for field in NAMES
            if isinstance(getattr(resource, field, None), str)
        ]
        assert len(found) > 40
        assert [item for item in found if wanted.token not in item[1] and not _of_a_policy(item[0])] == []
        assert {f"{wanted.prefix}api-cluster", f"{wanted.prefix}db-primary", f"{wanted.prefix}cache-redis"} <= {
            name for _, name in found
        }

    @requirement("PT-156", "PT-157")
    def test_everything_is_tagged(self, terraform: TerraformRoot, architecture: Architecture) -> None:
        """By the provider's default tags, and whatever has a name of its own by that as well."""
        wanted = {"Project", "Environment", "ManagedBy", "CostCenter", "Team", "Specification"}
        missing = []
        taggable = [resource for resource in architecture if type(resource).taggable]
        assert len(taggable) > 50
        of_taggable = {address for resource in taggable for address in terraform.addresses[resource.ref]}
        for address, values in terraform.values.items():
            every = values.get("tags_all")
            if address.partition("[")[0] in of_taggable and every is not None and not wanted <= set(every):
                missing.append(address)
        assert missing == []

    @requirement("PT-45", "PT-215")
    def test_everything_that_keeps_data_is_encrypted(self, architecture: Architecture) -> None:
        """C-36: with keys of the environment, save for the logs that a load balancer writes."""
        unencrypted = []
        for resource in architecture:
            match resource.kind_name():
                case "bucket":
                    assert isinstance(resource, Bucket)
                    encrypted = resource.kms_key is not None or "logs" in resource.name
                case "file_system" | "secret" | "topic" | "queue" | "log_group" | "database_instance" | "backup_vault":
                    encrypted = _encrypted(resource)
                case "cache_replication_group":
                    encrypted = _encrypted(resource) and bool(getattr(resource, "transit_encryption_enabled", True))
                case "node_launch_template":
                    encrypted = bool(getattr(resource, "volume_encrypted", False))
                case _:
                    continue
            if not encrypted:
                unencrypted.append(resource.address)
        assert unencrypted == []

    @requirement("PT-29", "PT-155")
    def test_application_secret_is_a_parameter(self, aws: Aws, system: System) -> None:
        name = f"/personal-timeline/{expected(system).token}/application"
        ssm = aws.client("ssm")
        (found,) = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"]
        assert found["Type"] == "SecureString"
        value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        assert re.fullmatch(r"[A-Za-z0-9]{64}", value)

    @requirement("PT-29")
    def test_credentials_of_data_are_secrets(self, aws: Aws, system: System) -> None:
        """What AWS itself makes and ties to database and cache stands in Secrets Manager."""
        wanted = expected(system)
        secrets = aws.client("secretsmanager")
        url = secrets.get_secret_value(SecretId=f"personal-timeline/{wanted.token}/db-primary_url")["SecretString"]
        assert url.startswith("postgresql://")
        assert url.endswith("?sslmode=require")

    @requirement("PT-27", "PT-161")
    def test_roles_are_those_of_the_design(self, aws: Aws, system: System, architecture: Architecture) -> None:
        found = {role["RoleName"] for page in _pages(aws) for role in page["Roles"]}
        own = {role.role_name for role in architecture.of(Role)}
        assert len(own) > 10
        assert own <= found

    @requirement("PT-161")
    def test_roles_have_the_least_rights(self, architecture: Architecture) -> None:
        """No wildcard for an action; for resources only where AWS knows none, or a condition stands beside it."""
        broad = []
        for role in architecture.of(Role):
            for statement in (item for policy in role.inline_policies for item in policy.document.statements):
                assert not any(action == "*" or action.endswith(":*") for action in statement.actions), role.address
                if "*" in statement.resources and not statement.conditions:
                    broad += [
                        f"{role.name}: {action}" for action in statement.actions if not WITHOUT_RESOURCES.match(action)
                    ]
        assert broad == []

    @requirement("PT-45", "PT-215")
    def test_keys_turn(self, aws: Aws, system: System) -> None:
        kms = aws.client("kms")
        aliases = [item for page in kms.get_paginator("list_aliases").paginate() for item in page["Aliases"]]
        own = [item for item in aliases if expected(system).prefix in item["AliasName"]]
        assert len(own) > 5
        for item in own:
            assert kms.get_key_rotation_status(KeyId=item["TargetKeyId"])["KeyRotationEnabled"] is True

    @requirement("PT-12", "PT-62")
    def test_what_is_shared_stands_nowhere_else(self, architecture: Architecture) -> None:
        """CloudTrail, Config, GuardDuty, Security Hub and the zone stand once, in ``shared``."""
        once = {
            "trail", "configuration_recorder", "guard_duty_detector", "security_hub", "hosted_zone",
            "account_password_policy", "cost_allocation_tag", "access_analyzer",
        }  # fmt: skip
        assert {resource.kind_name() for resource in architecture} & once == set()

    @requirement("PT-156")
    def test_deployed_database_is_tagged(self, aws: Aws, system: System) -> None:
        (found,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier=f"{expected(system).prefix}db-primary")[
            "DBInstances"
        ]
        assert tags(found["TagList"])["Environment"] == system.environment


def _of_a_policy(address: str) -> bool:
    """What only groups metrics or rules and is called what it is about."""
    return address.startswith(("managed_rule_group", "parameter_group"))


def _encrypted(resource: Resource) -> bool:
    kept = getattr(resource, "kms_key", None) or getattr(resource, "source", None)
    if resource.name == "off_hours_not_started":
        return True  # calls that a schedule could not make, with a key of SQS; nothing of the application
    if resource.region is not None and resource.kind_name() in ("log_group", "topic"):
        return True  # keys of AWS: in that region the environment has none of its own for logs and messages
    return kept is not None or bool(getattr(resource, "replicate_source", None))


def _pages(aws: Aws) -> list[dict[str, Any]]:
    return list(aws.client("iam").get_paginator("list_roles").paginate())
