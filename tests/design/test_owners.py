"""Two owners of one environment in one account share no name, in neither engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.design.blueprints import designed, loaded, refused

from groundplan.blueprint.loading import load
from groundplan.catalog import names
from groundplan.checks.rules.validity.resource_names import NAMED
from groundplan.design import design
from groundplan.design.draft import owned_pattern, shortened
from groundplan.engines import cloudformation, terraform
from groundplan.resources import Architecture, Resource
from groundplan.resources.edge import LoadBalancer, TargetGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Budget, LogGroup
from groundplan.resources.security import Role, Secret
from groundplan.resources.storage import Bucket

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/groundplan.yaml"))

EVERYTHING = """
project: shop
region: eu-central-1
owner_id: OWNER
NAMES
services:
  api:
    image: {repository: api, tag: "1"}
    port: 80
    needs: [main, sessions, files, {emails: write}]
    public: {domain: shop.groundplan.dev}
    scaling: {cpu: 70%}
    logs: {retention: 30d, group: /ecs/shop}
    reads_secrets: true
    execute_command: true
  worker: {image: {repository: worker, tag: "1"}, needs: [api, {emails: read}], secrets: {TOKEN: token}}
jobs:
  nightly: {image: {repository: worker, tag: "1"}, schedule: rate(1 day), needs: [{orders: read-write}]}
databases: {main: {engine: postgres 16, class: db.t4g.micro, replicas: 1}}
caches: {sessions: {engine: redis 7.1, class: cache.t4g.micro}}
buckets: {files: {}, exports: {name: shop-exports}}
queues: {emails: {}, orders: {fifo: true}}
secrets: {token: {generate: 32}}
alarms: {email: ops@groundplan.dev}
objectives: {budget: 100 USD/month}
"""

NOT_OF_THE_ACCOUNT = re.compile(
    r"AWS::(CloudWatch::Alarm:(.*\.)?(MetricName|Dimensions\.Name)"
    r"|ECS::TaskDefinition:(ContainerDefinitions\.|RuntimePlatform\.|Volumes\.).*"
    r"|ECS::Cluster:ClusterSettings\.Name|ECS::Service:(LoadBalancers\.ContainerName|ServiceConnect.*)"
    r"|RDS::DBInstance:(DBName|CACertificateIdentifier)|RDS::DBParameterGroup:Family"
    r"|ElastiCache::ParameterGroup:CacheParameterGroupFamily"
    # Unique for a service, a web ACL, a plan, a template.
    r"|ApplicationAutoScaling::ScalingPolicy:(PolicyName|.*(MetricName|Dimensions\.Name))"
    r"|WAFv2::(WebACL|LoggingConfiguration):(Rules|RedactedFields)\..*|Backup::BackupPlan:.*RuleName"
    r"|EC2::LaunchTemplate:.*DeviceName|Config::ConfigRule:Source\.SourceIdentifier"
    r"|FIS::ExperimentTemplate:Targets\..*\.availabilityZoneIdentifier|GuardDuty::Detector:Features\..*|EKS::Addon:AddonName|SSM::Document:Content\..*"
    # Domains are the world's, and the blueprint's to tell apart.
    r"|CertificateManager::Certificate:.*|CloudFront::Distribution:DistributionConfig\.(Aliases|Origins\.DomainName)"
    r"|Route53::.*|ApiGateway::(Method|Resource|Deployment|Stage):.*)"
)
"""CloudFormation type and property with texts that name nothing of the account."""


def of_owner(owner: str, names: str = "") -> Architecture:
    return designed(EVERYTHING.replace("OWNER", owner).replace("NAMES", names))


def cloudformation_names(architecture: Architecture) -> Iterator[str]:
    """Every literal text that a property called like a name holds, and the stacks themselves."""
    for stack in cloudformation.render(architecture).stacks:
        yield f"stack:{stack.name}"
        resources = stack.template["Resources"]
        assert isinstance(resources, dict)
        for resource in resources.values():
            for path, text in _texts(resource["Properties"], ""):
                named = re.search(r"(Name|Identifier|Family|GroupId|Alias|Aliases)$", path)
                place = f"{resource['Type']}:{path}"
                if named and not path.startswith("Tags") and not NOT_OF_THE_ACCOUNT.fullmatch(place):
                    yield f"{place}={text}"


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, path)
    elif isinstance(value, str):
        yield path, value


ARGUMENTS = (
    "name", "bucket", "identifier", "family", "replication_group_id", "cluster_identifier", "function_name",
    "dashboard_name", "alarm_name", "service_name", "final_snapshot_identifier", "repository",
)  # fmt: skip


def terraform_names(architecture: Architecture) -> Iterator[str]:
    """Every literal text of an argument that names a resource, and where the state is kept."""
    files = terraform.render(architecture).files
    for match in re.finditer(r'^resource "(\w+)" "\w+" \{\n(.*?)^\}$', "".join(files.values()), re.M | re.S):
        for argument, text in re.findall(r'^  (\w+) += "(.*)"$', match[2], re.M):
            if argument in ARGUMENTS and not _is_elsewhere(match[1], argument, text):
                yield f"{match[1]}.{argument}={text}"
    yield from re.findall(r'^ +key += ".*"$', files["backend.tf"], re.M)


def _is_elsewhere(type_: str, argument: str, text: str) -> bool:
    """Parameter families, policies of a service, AWS's own services, and what has an id of AWS's in its name."""
    return (
        (type_.endswith("_parameter_group") and argument == "family")
        or type_ in ("aws_appautoscaling_policy", "aws_route53_zone", "aws_route53_record")
        or type_ == "aws_guardduty_detector_feature"
        or (type_ == "aws_vpc_endpoint" and argument == "service_name")
        or "${aws_" in text
    )


def shared(one: Architecture, other: Architecture) -> set[str]:
    return set(cloudformation_names(one)) & set(cloudformation_names(other)) | (
        set(terraform_names(one)) & set(terraform_names(other))
    )


@pytest.mark.parametrize("convention", ["", "names: '{title}-{name}'", "names: '{owner_id}.{project}-{name}'"])
def test_two_owners_share_no_name(convention: str) -> None:
    convention = convention.replace(".", "-")
    assert shared(of_owner("jane", convention), of_owner("bob-2", convention)) == set()


def test_one_owner_alone_shares_every_name() -> None:
    """The comparison finds names at all."""
    found = shared(of_owner("jane"), of_owner("jane"))
    assert len(found) > 100
    assert {"stack:shop-production-jane-network", "AWS::SQS::Queue:QueueName=shop-production-jane-emails"} <= found
    assert "aws_s3_bucket.bucket=shop-exports-jane" in found
    assert 'key          = "shop/production-jane/terraform.tfstate"' in {text.strip() for text in found}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: str(file.parent.name))
def test_every_example_can_have_owners(file: Path) -> None:
    source = load(file)
    for environment in source.environments:
        jane, bob, nobody = (
            design(source.with_settings(settings).environment(environment))
            for settings in (["owner_id=jane"], ["owner_id=bob-2"], [])
        )
        assert shared(jane, bob) == set(), environment
        assert shared(jane, nobody) == set(), environment


def test_where_the_owner_stands() -> None:
    jane = of_owner("jane")

    def names_of(kind: type[Resource], field: str) -> set[str]:
        return {str(getattr(resource, field)) for resource in jane.of(kind)}

    assert {"shop-files-production-jane", "shop-exports-jane"} <= names_of(Bucket, "bucket_name")
    assert "shop-production-jane-orders.fifo" in names_of(Queue, "queue_name")
    assert "shop/production-jane/token" in names_of(Secret, "secret_name")
    assert {"/ecs/shop-jane", "/shop/production-jane/worker"} <= names_of(LogGroup, "log_group_name")
    assert "shop-production-jane-api-task-role" in names_of(Role, "role_name")
    assert jane.tags["Owner"] == "jane"
    assert jane.stage == "production-jane"
    assert jane.of(Budget)[0].cost_filter_tags == {"Project": "shop", "Environment": "production", "Owner": "jane"}


@pytest.mark.parametrize(
    ("written", "owned", "unowned"),
    [
        ("/ecs/{project}-{environment}-{name}", "/ecs/shop-production-api-jane", "/ecs/shop-production-api"),
        ("/ecs/{title}/{owner_id}/{name}", "/ecs/shop/jane/api", "/ecs/shop/api"),
        ("/ecs/{environment}-{owner_id}", "/ecs/production-jane", "/ecs/production"),
    ],
)
def test_a_log_group_with_placeholders(written: str, owned: str, unowned: str) -> None:
    text = EVERYTHING.replace("/ecs/shop}", f'"{written}"}}').replace("NAMES", "")
    for owner, expected in (("owner_id: jane", owned), ("", unowned)):
        groups = {group.name: group for group in designed(text.replace("owner_id: OWNER", owner)).of(LogGroup)}
        assert groups["api"].log_group_name == expected


def test_an_owner_reads_no_secrets_of_others() -> None:
    (role,) = (role for role in of_owner("jane").of(Role) if role.name == "api_task")
    statements = [item for policy in role.inline_policies for item in policy.document.statements]
    (every,) = (item for item in statements if item.sid == "ReadSecrets")
    assert "secret:shop/production-jane/*" in str(every.resources[0])


def test_without_an_owner_nothing_says_so() -> None:
    architecture = designed(EVERYTHING.replace("owner_id: OWNER", "").replace("NAMES", ""))
    assert "Owner" not in architecture.tags
    assert architecture.stage == "production"


@pytest.mark.parametrize(
    ("pattern", "owned", "unowned"),
    [
        ("{title}-{environment}-{name}", "{title}-{environment}-{owner_id}-{name}", "{title}-{environment}-{name}"),
        ("{title}_{environment}_{name}", "{title}_{environment}_{owner_id}_{name}", "{title}_{environment}_{name}"),
        ("{name}-{environment}", "{name}-{environment}-{owner_id}", "{name}-{environment}"),
        ("{environment}{name}", "{environment}-{owner_id}-{name}", "{environment}{name}"),
        ("{title}-{name}", "{title}-{owner_id}-{name}", "{title}-{name}"),
        ("{name}", "{owner_id}-{name}", "{name}"),
        ("{owner_id}-{title}-{name}", "{owner_id}-{title}-{name}", "{title}-{name}"),
        ("{title}-{name}-{owner_id}", "{title}-{name}-{owner_id}", "{title}-{name}"),
        ("{title}-{owner_id}-{environment}-{name}",) * 2 + ("{title}-{environment}-{name}",),
        ("/ecs/{owner_id}-{name}", "/ecs/{owner_id}-{name}", "/ecs/{name}"),
        ("/ecs/{owner_id}/{name}", "/ecs/{owner_id}/{name}", "/ecs/{name}"),
        ("/{name}/{owner_id}", "/{name}/{owner_id}", "/{name}"),
    ],
)
def test_the_convention_with_and_without_an_owner(pattern: str, owned: str, unowned: str) -> None:
    assert owned_pattern(pattern, owned=True) == owned
    assert owned_pattern(pattern, owned=False) == unowned


def test_names_that_an_owner_makes_too_long_are_shortened() -> None:
    """C-95: a target group's name ends at 32 characters."""
    text = EVERYTHING.replace("project: shop", "project: spendsense").replace("NAMES", "")
    one, other = (designed(text.replace("OWNER", owner)) for owner in ("chuong", "chuong-two"))
    for architecture in (one, other):
        for kind, named in NAMED.items():
            for field, rule in named.items():
                for resource in architecture.of(kind):
                    name = getattr(resource, field)
                    assert not isinstance(name, str) or names.rule(rule).problem(name) is None, name
    assert shared(one, other) == set()
    long = [group.target_group_name for group in other.of(TargetGroup)]
    assert all(len(name) <= 32 and re.search(r"-[0-9a-f]{6}$", name) for name in long), long
    assert other.of(LoadBalancer)[0].load_balancer_name.startswith("spendsense-production-chu")


def test_without_an_owner_names_that_are_too_long_are_refused() -> None:
    text = EVERYTHING.replace("project: shop", "project: spendsense-for-everybody").replace("NAMES", "")
    assert any("at most 32 are allowed" in line for line in refused(text.replace("owner_id: OWNER", "")))


@given(st.text("abc-_", min_size=20, max_size=60), st.integers(16, 40))
def test_shortened_names_are_short_and_tell_apart(name: str, most: int) -> None:
    short = shortened(name, most)
    assert len(short) <= most
    assert short != shortened(f"{name}x", most)
    assert shortened(f"{name}.fifo", most).endswith(".fifo")
    assert len(shortened(f"{name}.fifo", most)) <= most


def test_the_state_has_a_bucket_of_the_owner() -> None:
    text = EVERYTHING.replace("NAMES", "")
    assert loaded(text.replace("OWNER", "jane")).state_bucket == "shop-production-jane-terraform-state"
    assert loaded(text.replace("owner_id: OWNER", "")).state_bucket == "shop-production-terraform-state"
    written = loaded(text.replace("OWNER", "jane") + "state: {bucket: ours}\n")
    assert written.state_bucket == "ours"
