"""The pilot light on Google Cloud: what an environment becomes there, and what it cannot become."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from tests.design.blueprints import addresses, designed, refused

from groundplan.resources import Architecture
from groundplan.resources.google.access import GoogleAccess
from groundplan.resources.google.databases import GoogleRedis, GoogleSqlInstance
from groundplan.resources.google.edge import GoogleBackendService, GoogleSecurityPolicy, GoogleUrlMap
from groundplan.resources.google.messaging import GoogleSubscription
from groundplan.resources.google.network import GoogleDnsRecord, GooglePrivateConnection, GoogleSubnetwork
from groundplan.resources.google.project import (
    GoogleApi,
    GoogleIdentityProvider,
    GoogleServiceAccount,
    GoogleTransferAgent,
)
from groundplan.resources.google.run import GoogleRunService, GoogleWorkerPool
from groundplan.resources.google.secrets import GoogleSecret
from groundplan.resources.google.storage import GoogleBucket, GoogleTransferJob
from groundplan.resources.security import Role
from groundplan.resources.values import Attribute, Ref, dynamic_values

SHOP: dict[str, Any] = {
    "project": "shop",
    "region": "eu-west-1",
    "services": {
        "api": {
            "image": {"repository": "api", "tag": "1.0.0"},
            "port": 3000,
            "public": {"domain": "shop.dev"},
            "needs": ["main", "sessions", {"files": "read"}, {"mail": "write"}, "prices"],
            "secrets": {"KEY": "signing"},
        },
        "prices": {"image": {"repository": "prices", "tag": "1.0.0"}, "port": 8080},
        "mailer": {"image": {"repository": "api", "tag": "1.0.0"}, "needs": [{"mail": "read"}]},
    },
    "databases": {"main": {"engine": "postgres 16", "class": "db.t4g.micro", "storage": "50..100 GB"}},
    "caches": {"sessions": {"engine": "redis 7.1", "class": "cache.t4g.medium"}},
    "buckets": {
        "files": {"lifecycle": {"old": {"archive": "60d"}, "gone": {"prefix": "tmp/", "expire": "7d"}}},
        "backups": {},
        "scratch": {"keep": False},
    },
    "queues": {"mail": {"visibility": "20m"}},
    "secondary": {"google": {"project": "shop-standby"}},
}


def shop(google: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The shop with other settings of Google Cloud, and other values by the path ``services__api__port``."""
    found = deepcopy(SHOP)
    found["secondary"]["google"] |= google or {}
    for path, value in changes.items():
        *way, last = path.split("__")
        place = found
        for step in way:
            place = place.setdefault(step, {})
        place[last] = value
    return found


@pytest.fixture(scope="module")
def light() -> Architecture:
    return designed(SHOP)


def rights(architecture: Architecture, account: str) -> set[tuple[str, str]]:
    """Target and role of everything that a service account may do."""
    member = Ref(GoogleServiceAccount, account).attribute("member")
    return {(access.target.address, access.role) for access in architecture.of(GoogleAccess) if access.member == member}


def test_nothing_is_there_unasked() -> None:
    without = {key: value for key, value in SHOP.items() if key != "secondary"}
    assert not [resource for resource in designed(without) if resource.cloud == "google"]
    assert not [item.name for item in designed(without).inputs if item.name.startswith("google")]


def test_the_rest_of_the_environment_is_the_same(light: Architecture) -> None:
    without = {key: value for key, value in SHOP.items() if key != "secondary"}
    here = {resource.address for resource in light if resource.cloud == "aws"}
    assert here - addresses(designed(without)) == {"role.files_google_copy", "role.backups_google_copy"}


def test_buckets_that_are_kept_are_copied_by_a_role_that_only_the_agent_takes_on(light: Architecture) -> None:
    assert {job.name for job in light.of(GoogleTransferJob)} == {"files", "backups"}
    assert {bucket.name for bucket in light.of(GoogleBucket)} == {"files", "backups"}
    role = light[Ref(Role, "files_google_copy")]
    (trust,) = role.trust.statements
    (condition,) = trust.conditions
    assert trust.actions == ("sts:AssumeRoleWithWebIdentity",)
    assert trust.principals[0].identifiers == ("accounts.google.com",)
    assert (condition.key, condition.values) == (
        "accounts.google.com:sub",
        (Ref(GoogleTransferAgent, "storagetransfer").attribute("subject_id"),),
    )
    actions = {
        action for policy in role.inline_policies for item in policy.document.statements for action in item.actions
    }
    assert actions == {"s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject", "kms:Decrypt"}
    asked = {
        value.ref.address
        for policy in role.inline_policies
        for item in policy.document.statements
        for value in dynamic_values(item.resources)
        if isinstance(value, Attribute)
    }
    assert asked == {"bucket.files", "key.files"}


def test_what_s3_archives_is_copied_before(light: Architecture) -> None:
    newest = {job.name: job.newest for job in light.of(GoogleTransferJob)}
    assert newest == {"files": 60 * 86400, "backups": None}


def test_lifecycle_rules_come_along(light: Architecture) -> None:
    rules = {
        (rule.action, rule.storage_class, rule.prefix, rule.age)
        for rule in light[Ref(GoogleBucket, "files")].lifecycle_rules
    }
    assert rules == {
        ("SetStorageClass", "ARCHIVE", "", 60),
        ("Delete", None, "tmp/", 7),
        ("AbortIncompleteMultipartUpload", None, "", 7),
    }


def test_a_bucket_that_is_not_copied_is_there_for_who_needs_it() -> None:
    found = designed(shop(services__mailer__needs=["scratch"]))
    assert Ref(GoogleBucket, "scratch") in found
    assert Ref(GoogleTransferJob, "scratch") not in found


def test_services_become_what_they_are(light: Architecture) -> None:
    ingress = {service.name: service.ingress for service in light.of(GoogleRunService)}
    assert ingress == {"api": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "prices": "INGRESS_TRAFFIC_INTERNAL_ONLY"}
    assert [pool.name for pool in light.of(GoogleWorkerPool)] == ["mailer"]
    assert {record.record_name for record in light.of(GoogleDnsRecord)} == {"run.app.", "*.run.app."}


def test_who_reads_a_queue_keeps_its_cpu_between_requests() -> None:
    found = designed(shop(services__prices__needs=[{"mail": "read"}]))
    assert {service.name: service.cpu_idle for service in found.of(GoogleRunService)} == {"api": True, "prices": False}


def test_a_service_gets_what_it_needs_and_nothing_else(light: Architecture) -> None:
    assert rights(light, "api") == {
        ("google_bucket.files", "roles/storage.objectViewer"),
        ("google_topic.mail", "roles/pubsub.publisher"),
        ("google_secret.signing", "roles/secretmanager.secretAccessor"),
        ("google_secret.main_url", "roles/secretmanager.secretAccessor"),
        ("google_run_service.prices", "roles/run.invoker"),
    }
    assert rights(light, "mailer") == {("google_subscription.mail", "roles/pubsub.subscriber")}
    assert rights(light, "prices") == set()


def test_variables_are_called_as_on_aws_where_they_mean_the_same(light: Architecture) -> None:
    container = light[Ref(GoogleRunService, "api")].container
    assert set(container.environment) == {"FILES_BUCKET", "MAIL_TOPIC", "PRICES_URL"}
    assert set(container.environment_when_active) == {"REDIS_URL", "REDIS_CA_CERTIFICATE"}
    assert dict(container.secrets) == {"KEY": Ref(GoogleSecret, "signing")}
    assert dict(container.secrets_when_active) == {"DATABASE_URL": Ref(GoogleSecret, "main_url")}


def test_everybody_may_call_only_what_is_public(light: Architecture) -> None:
    public = [access for access in light.of(GoogleAccess) if access.member == "allUsers"]
    assert [access.target.address for access in public] == ["google_run_service.api"]


def test_the_database_is_private_encrypted_and_made_by_a_take_over(light: Architecture) -> None:
    instance = light[Ref(GoogleSqlInstance, "main")]
    assert (instance.present, instance.database_version, instance.ssl_mode) == (
        "active",
        "POSTGRES_16",
        "ENCRYPTED_ONLY",
    )
    assert (instance.disk_size, instance.disk_autoresize_limit, instance.availability_type) == (50, 100, "REGIONAL")
    importer = next(access for access in light.of(GoogleAccess) if access.name == "main_import")
    assert (importer.target.address, importer.role) == ("google_bucket.backups", "roles/storage.objectViewer")
    cache = light[Ref(GoogleRedis, "sessions")]
    assert (cache.present, cache.redis_version, cache.tier, cache.memory_size) == (
        "active",
        "REDIS_7_2",
        "STANDARD_HA",
        4,
    )


def test_a_queue_keeps_its_times_as_far_as_pub_sub_has_them(light: Architecture) -> None:
    subscription = light[Ref(GoogleSubscription, "mail")]
    assert (subscription.ack_deadline, subscription.message_retention) == (600, 4 * 86400)


def test_only_the_apis_that_are_needed_are_enabled(light: Architecture) -> None:
    small = designed(
        shop({"without": ["main", "sessions", "mail", "mailer", "api"]}, services__prices__needs=[])
    )  # fmt: skip
    enabled = {api.name for api in small.of(GoogleApi)}
    assert enabled == {"compute", "artifactregistry", "iam", "run"}
    assert {api.name for api in light.of(GoogleApi)} > enabled
    assert not small.of(GooglePrivateConnection)
    assert not small.of(GoogleSqlInstance)


def test_the_firewall_comes_along_as_far_as_google_has_the_like() -> None:
    allowed = {"domain": "shop.dev", "allow": ["198.51.100.0/24"]}
    found = designed(shop(firewall={"rules": ["sql", "ip-reputation"]}, services__api__public=allowed))
    policy = found[Ref(GoogleSecurityPolicy, "main")]
    assert (policy.waf_rules, policy.rate, policy.preview) == (("sqli-v33-stable",), 2000, False)
    assert [str(item) for item in policy.allowed] == ["198.51.100.0/24"]
    assert found[Ref(GoogleBackendService, "api")].security_policy == policy.ref
    assert not designed(SHOP).of(GoogleSecurityPolicy)
    only_cdn = shop(firewall={"protects": ["cdn"]}, buckets__files__cdn={})
    assert not designed(only_cdn).of(GoogleSecurityPolicy)


def test_hosts_and_paths_lead_where_they_lead_on_aws() -> None:
    found = designed(
        shop(services__prices__public={"domain": "shop.dev", "path": "/prices/*"}, services__prices__needs=[])
    )
    (host,) = found[Ref(GoogleUrlMap, "main")].hosts
    assert (host.hostname, host.backend.name) == ("shop.dev", "api")
    assert [(rule.paths, rule.backend.name) for rule in host.rules] == [(("/prices/*",), "prices")]


def test_a_public_service_without_a_domain_answers_at_its_own_address() -> None:
    found = designed(shop(services__api__public={"tls": False}))
    assert found[Ref(GoogleRunService, "api")].ingress == "INGRESS_TRAFFIC_ALL"
    assert not found.of(GoogleUrlMap)
    assert "google_api_url" in {output.name for output in found.outputs}


@pytest.mark.parametrize(
    ("pipeline", "condition", "issuer", "account"),
    [
        ("acme/shop", 'assertion.repository == "acme/shop"', "https://token.actions.githubusercontent.com", None),
        (
            "arn:aws:iam::123456789012:role/pipeline",
            'attribute.aws_role == "arn:aws:sts::123456789012:assumed-role/pipeline"',
            None,
            "123456789012",
        ),
    ],
)
def test_a_pipeline_pushes_images_without_a_key(
    pipeline: str, condition: str, issuer: str | None, account: str | None
) -> None:
    found = designed(shop({"pipeline": pipeline}))
    (provider,) = found.of(GoogleIdentityProvider)
    assert (provider.attribute_condition, provider.issuer_uri, provider.aws_account) == (condition, issuer, account)
    assert rights(found, "pipeline") == {
        ("google_repository.api", "roles/artifactregistry.writer"),
        ("google_repository.prices", "roles/artifactregistry.writer"),
    }


def test_a_volume_becomes_a_bucket() -> None:
    found = designed(
        shop(
            platform="eks",
            kubernetes={"nodes": {"general": {"instances": ["t3.large"]}}},
            services__mailer__volumes={"spool": {"path": "/var/spool", "size": "10 GB"}},
        )
    )
    (mount,) = found[Ref(GoogleWorkerPool, "mailer")].container.mounts
    assert (mount.path, found[mount.bucket].bucket_name) == (
        "/var/spool",
        "shop-standby-production-mailer-spool-volume",
    )
    assert ("google_bucket.mailer_spool_volume", "roles/storage.objectUser") in rights(found, "mailer")


def test_a_password_that_rds_keeps_is_one_of_secret_manager() -> None:
    found = designed(shop(databases__main__credentials="managed"))
    container = found[Ref(GoogleRunService, "api")].container
    assert {"MAIN_PORT", "MAIN_NAME", "MAIN_USERNAME"} <= set(container.environment)
    assert "MAIN_HOST" in container.environment_when_active
    assert container.secrets["MAIN_PASSWORD"] == Ref(GoogleSecret, "main_password")
    assert not container.secrets_when_active


def test_small_services_get_what_cloud_run_has_least() -> None:
    container = designed(shop(services__api__size={"cpu": 256, "memory": 512}))[Ref(GoogleRunService, "api")].container
    assert (container.cpu, container.memory) == (1, 512)
    large = designed(shop(services__api__size={"cpu": 1024, "memory": 8192}))[Ref(GoogleRunService, "api")].container
    assert (large.cpu, large.memory) == (2, 8192)


def test_the_subnet_is_the_one_asked_for() -> None:
    found = designed(shop({"cidr": "10.77.0.0/24"}))
    assert str(found[Ref(GoogleSubnetwork, "services")].ip_cidr_range) == "10.77.0.0/24"


def test_ids_of_service_accounts_are_as_long_as_they_may_be() -> None:
    names = {"a": "a", "long": "a-service-with-quite-a-long-name"}
    image = {"repository": "api", "tag": "1.0.0"}
    found = designed(
        shop(
            {"without": ["main"]},
            short_name="p",
            services={name: {"image": image, "port": 80} for name in names.values()},
        )
    )
    ids = {account.name: account.account_id for account in found.of(GoogleServiceAccount)}
    assert ids["a"] == "p-a-account"
    assert 20 < len(ids["a_service_with_quite_a_long_name"]) <= 30


@pytest.mark.parametrize(
    ("google", "changes", "said"),
    [
        ({"region": "us-east9"}, {}, 'there is no Google Cloud region "us-east9"'),
        (
            {"project": "a-project-of-thirty-characters"},
            {"short_name": "a-very-long-name-yes", "buckets__a-bucket-with-a-rather-long-name": {}},
            "at most 63 are allowed",
        ),
        ({}, {"short_name": "goog", "services__mailer__needs": [{"mail": "read"}]}, 'starts with "goog"'),
        ({}, {"caches__sessions__class": "cache.c7gn.large"}, "the memory of cache.c7gn.large is not known"),
    ],
)
def test_what_google_cloud_would_refuse(google: dict[str, Any], changes: dict[str, Any], said: str) -> None:
    found = refused(shop(google, **changes))
    assert [line for line in found if said in line], found
