"""What stands in the files, beyond what the golden cases show."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from ipaddress import IPv4Network

import pytest
from tests.engines.samples import API, CLUSTER, PRIMARY, sample_architecture
from tests.engines.terraform.architectures import architecture

from groundplan.engines.terraform import Options, render
from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Call, Expression, Template
from groundplan.engines.terraform.table import ROWS
from groundplan.errors import InputError
from groundplan.resources import Input
from groundplan.resources.edge import Certificate, Listener, ListenerRule, LoadBalancer
from groundplan.resources.monitoring import Topic
from groundplan.resources.network import Subnet, Vpc
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, service_trust
from groundplan.resources.security import Role, Secret
from groundplan.resources.storage import BucketPolicy
from groundplan.resources.values import InputValue, Pseudo, Ref, Text, text


def _vpc(name: str = "main") -> Vpc:
    return Vpc(name=name, concern="network", cidr_block=IPv4Network("10.0.0.0/16"))


def test_the_sample_is_rendered_whole() -> None:
    sample = sample_architecture()
    rendering = render(sample)
    assert rendering.unsupported == ()
    assert rendering.addresses.keys() == {resource.ref for resource in sample}
    assert list(rendering.files) == sorted(rendering.files)


def test_addresses_begin_with_the_resource_itself() -> None:
    addresses = render(sample_architecture()).addresses
    assert addresses[Ref(Subnet, "private", "a")] == ("aws_subnet.private_a",)
    assert addresses[Ref(Certificate, "api")] == (
        "aws_acm_certificate.api",
        "aws_route53_record.api_validation",
        "aws_acm_certificate_validation.api",
    )
    assert addresses[Ref(Secret, "database")] == (
        "aws_secretsmanager_secret.database",
        "aws_secretsmanager_secret_version.database",
    )


def test_the_same_architecture_gives_the_same_bytes_in_any_order() -> None:
    sample = sample_architecture()
    assert render(sample) == render(sample)
    backwards = sample.with_resources(reversed(sample.resources))
    assert render(backwards).files == render(sample).files


def test_no_account_and_no_secret_stands_in_a_file() -> None:
    sample = sample_architecture()
    files = "\n".join(render(sample).files.values())
    maintenance = sample.find(Listener, "maintenance")
    assert maintenance
    assert "123456789012" not in files.replace(str(maintenance.certificate), "")
    kept = re.findall(r"^ *(password|auth_token|secret_string) *= (?!ephemeral\.)", files, re.M)
    assert kept == [], "only write-only arguments and ephemeral values"


def test_tags_that_are_on_everything_are_said_once() -> None:
    vpc = replace(_vpc(), tags={"Name": "one", "Environment": "staging"})
    files = render(architecture(vpc)).files
    assert 'tags = {\n    Name = "one"\n  }' in files["network.tf"]
    assert "Environment = var.environment" in files["providers.tf"]


def test_a_file_without_content_is_not_written() -> None:
    assert sorted(render(architecture(_vpc())).files) == [
        "backend.tf", "network.tf", "providers.tf", "terraform.tfvars", "variables.tf", "versions.tf",
    ]  # fmt: skip


def test_names_are_identifiers() -> None:
    assert label(Ref(Vpc, "flow-logs", "A")) == "flow_logs_a"
    assert label(Ref(Vpc, "1st")) == "_1st"


def test_two_resources_with_one_address_are_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"vpc\.a-b and vpc\.a_b would both be aws_vpc\.a_b"):
        render(architecture(_vpc("a-b"), _vpc("a_b")))


def test_a_resource_of_another_region_says_so_and_global_ones_do_not() -> None:
    certificate = Certificate(
        name="cdn", concern="edge", region="us-east-1", domain_name="cdn.example.com", hosted_zone_id="Z1"
    )
    alb = render(architecture(certificate)).files["alb.tf"]
    assert alb.count('region            = "us-east-1"') + alb.count('region                  = "us-east-1"') == 2
    record = alb[alb.index('"aws_route53_record"') : alb.index('"aws_acm_certificate_validation"')]
    assert "region" not in record


def test_the_region_of_a_resource_elsewhere_is_a_literal() -> None:
    topic = Topic(name="far", concern="monitoring", region="us-east-1", topic_name="far", display_name="far")
    near = Context(architecture(topic), ROWS)
    far = near.within("us-east-1")
    assert near.value(Pseudo.REGION) == Expression("var.region")
    assert far.value(Pseudo.REGION) == Expression('"us-east-1"')
    assert far.value(text("logs.", Pseudo.REGION, ".amazonaws.com")) == Template("logs.us-east-1.amazonaws.com")
    assert near.within("ap-south-1") is near
    assert far.in_region("us-east-1a") == "us-east-1a"


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (Text(("$", Pseudo.REGION)), '${"$"}${var.region}'),
        (Text(("50%", Pseudo.REGION)), "50%${var.region}"),
        (Text(("${x} ", InputValue("tag"))), "$${x} ${var.tag}"),
        (Text((Pseudo.REGION, "$")), '${var.region}${"$"}'),
    ],
)
def test_literal_text_never_becomes_code(value: Text, source: str) -> None:
    assert Context(architecture(), ROWS).value(value) == Template(source)


def test_decimals_are_numbers() -> None:
    context = Context(architecture(), ROWS)
    assert context.value(Decimal("70.00")) == 70
    assert context.value(Decimal("0.5")) == 0.5


def test_a_port_in_an_environment_variable_is_text() -> None:
    context = Context(sample_architecture(), ROWS)
    assert context.string(PRIMARY.attribute("port")) == Call("tostring", Expression("aws_db_instance.main.port"))
    assert context.string(PRIMARY.attribute("address")) == Expression("aws_db_instance.main.address")


def test_an_unknown_value_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="object cannot stand"):
        Context(architecture(), ROWS).value(object())


# Roles.


def test_further_policies_of_a_role_carry_their_names() -> None:
    role = Role(
        name="api",
        concern="services",
        role_name="api",
        description="api",
        trust=service_trust("ecs-tasks.amazonaws.com"),
        inline_policies=tuple(InlinePolicy(name, PolicyDocument(())) for name in ("first", "Second One")),
        managed_policy_arns=(
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            text("arn:", Pseudo.PARTITION, ":iam::aws:policy/ViewOnlyAccess"),
            InputValue("policy"),
        ),
    )
    given = Input(name="policy", description="A policy")
    assert render(architecture(role, inputs=(given,))).addresses[role.ref] == (
        "aws_iam_role.api",
        "aws_iam_role_policy.api",
        "aws_iam_role_policy.api_second_one",
        "aws_iam_role_policy_attachment.api",
        "aws_iam_role_policy_attachment.api_viewonlyaccess",
        "aws_iam_role_policy_attachment.api_2",
    )


# The files of the root.


def test_a_local_backend_names_its_file() -> None:
    backend = render(architecture(), Options(backend="local")).files["backend.tf"]
    assert 'backend "local" {\n    path = "terraform.tfstate"' in backend


def test_the_state_in_s3_is_encrypted_and_locked() -> None:
    backend = render(architecture(), Options(state_bucket="state")).files["backend.tf"]
    for line in ("bucket       =", 'key          = "small/staging/terraform.tfstate"', "encrypt      = true"):
        assert line in backend
    assert "use_lockfile = true" in backend


def test_a_bucket_that_is_named_later_is_not_guessed() -> None:
    backend = render(architecture()).files["backend.tf"]
    assert "bucket  " not in backend
    assert "-backend-config=bucket=NAME" in backend


@pytest.mark.parametrize(
    ("pattern", "condition"),
    [
        (r"^[a-z]+$", r'regex("^[a-z]+$", var.name)'),
        (r"[a-z]+", r'regex("^(?:[a-z]+)$", var.name)'),
        (r"^a|b$", r'regex("^(?:^a|b$)$", var.name)'),
        (r"\d+", r'regex("^(?:\\d+)$", var.name)'),
    ],
)
def test_a_pattern_holds_for_the_whole_value(pattern: str, condition: str) -> None:
    item = Input(name="name", description="Name", pattern=pattern, pattern_hint="a name.")
    variables = render(architecture(inputs=(item,))).files["variables.tf"]
    assert condition in variables
    assert 'error_message = "The value of name must be: a name."' in variables


def test_an_input_without_default_is_asked_for_where_a_person_looks() -> None:
    files = render(architecture(inputs=(Input(name="email", description="Who hears"),))).files
    variable = files["variables.tf"].partition('variable "email"')[2]
    assert "default" not in variable
    assert "nullable    = false" in variable
    assert "TF_VAR_email: Who hears" in files["terraform.tfvars"]


def test_an_environment_that_no_tag_names_needs_no_variable() -> None:
    untagged = replace(architecture(_vpc()), tags={})
    files = render(untagged).files
    assert '"environment"' not in files["variables.tf"]
    assert "default_tags" not in files["providers.tf"]


# Order and dependencies.


def test_a_service_waits_for_rights_routes_and_values() -> None:
    ecs = render(sample_architecture()).files["ecs.tf"]
    service = ecs[ecs.index('resource "aws_ecs_service" "api"') :]
    depends_on = service[service.index("depends_on") : service.index("]", service.index("depends_on"))]
    for address in (
        "aws_iam_role_policy.api_execution", "aws_secretsmanager_secret_version.database_url", "aws_route.private_a",
        "aws_lb_listener.https",
    ):  # fmt: skip
        assert address in depends_on


def test_a_load_balancer_waits_for_its_log_bucket_unless_that_waits_for_it() -> None:
    sample = sample_architecture()
    balancer, policy = sample.find(LoadBalancer, "main"), sample.find(BucketPolicy, "logs")
    assert balancer
    assert policy
    free = sample.changed(balancer, depends_on=())
    assert "depends_on = [aws_internet_gateway.main, aws_s3_bucket_policy.logs]" in render(free).files["alb.tf"]

    (first, *_) = policy.policy.statements
    only = Condition(operator="ArnLike", key="aws:SourceArn", values=(balancer.ref.arn,))
    bound = replace(policy, policy=PolicyDocument((replace(first, conditions=(only,)),)))
    circle = free.with_resources(bound if item.ref == policy.ref else item for item in free)
    assert "depends_on = [aws_internet_gateway.main]" in render(circle).files["alb.tf"]


def test_whoever_waits_for_a_certificate_waits_until_it_is_issued() -> None:
    certificate = Certificate(name="api", concern="edge", domain_name="api.example.com")
    network = render(architecture(certificate, replace(_vpc(), depends_on=(certificate.ref,)))).files["network.tf"]
    assert "depends_on = [aws_acm_certificate_validation.api]" in network


def test_whoever_waits_for_a_secret_of_a_person_waits_for_the_secret() -> None:
    secret = Secret(name="key", concern="services", secret_name="key", description="key")
    network = render(architecture(secret, replace(_vpc(), depends_on=(secret.ref,)))).files["network.tf"]
    assert "depends_on = [aws_secretsmanager_secret.key]" in network


def test_a_rule_of_a_listener_says_both_conditions() -> None:
    rule = next(item for item in sample_architecture().of(ListenerRule) if item.name == "api")
    assert rule.host_headers
    alb = render(sample_architecture()).files["alb.tf"]
    block = alb[alb.index('"aws_lb_listener_rule" "api"') :].partition("\n}\n")[0]
    assert block.count("condition {") == 2


def test_the_scaling_target_names_cluster_and_service_by_reference() -> None:
    scaling = render(sample_architecture()).files["autoscaling.tf"]
    assert (API.name, CLUSTER.name) == ("api", "main")
    assert '"service/${aws_ecs_cluster.main.name}/${aws_ecs_service.api.name}"' in scaling
