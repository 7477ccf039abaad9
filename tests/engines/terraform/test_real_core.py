"""The real Terraform core reads, plans and applies what is rendered, and finds nothing to change afterwards."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.samples import sample_architecture
from tests.engines.terraform.architectures import architecture
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform import Options, Rendering, render, write
from groundplan.resources import Architecture, Output, Resource
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.containers import ContainerRepository, EcsCluster, EcsService
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import Certificate, LoadBalancer
from groundplan.resources.monitoring import Alarm, Budget
from groundplan.resources.network import SecurityGroupRule
from groundplan.resources.security import Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import InputValue, Pseudo, Ref, SecretValue, Text, text

VARIABLES = {"alert_email": "ops@example.com"}


@pytest.fixture
def core(tmp_path: Path) -> TerraformCore:
    return TerraformCore(tmp_path / "workspace", VARIABLES)


def _written(rendering: Rendering, directory: Path) -> Path:
    write(rendering, directory)
    return directory


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return _written(render(sample_architecture(), Options(state_bucket="sample-state")), tmp_path / "sample")


def test_the_sample_is_formatted_and_valid(core: TerraformCore, sample: Path) -> None:
    core.fmt_check(sample)
    core.validate(sample)


def test_the_sample_is_planned_as_the_architecture_has_it(core: TerraformCore, sample: Path) -> None:
    planned = core.show(core.plan(sample))
    addresses = {address for found in render(sample_architecture()).addresses.values() for address in found}
    assert {address.partition("[")[0] for address in planned} == addresses
    database = planned["aws_db_instance.main"]
    assert (database["multi_az"], database["deletion_protection"], database["allocated_storage"]) == (True, True, 100)
    assert planned["aws_subnet.private_a"]["availability_zone"] == "ap-south-1a"
    assert planned["aws_s3_bucket.backups"]["force_destroy"] is False
    assert planned["aws_appautoscaling_target.api"]["max_capacity"] == 20
    assert planned["aws_vpc.main"]["tags_all"]["ManagedBy"] == "groundplan"
    replica = planned["aws_db_instance.main_replica_1"]
    assert (replica["replicate_source_db"], replica.get("kms_key_id")) == ("sample-production", None)
    assert planned["aws_acm_certificate.global"]["region"] == "us-east-1"


def test_after_an_apply_nothing_is_left_to_do_until_a_secret_is_made_anew(core: TerraformCore, sample: Path) -> None:
    core.apply(sample)
    core.second_plan_is_empty(sample)

    again = TerraformCore(core.workspace, {**VARIABLES, "secret_versions": '{"database" = 2}'})
    changed = {
        change["address"]
        for change in again.plan(sample)["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    }
    assert changed == {
        "aws_db_instance.main",
        "aws_secretsmanager_secret_version.database",
        "aws_secretsmanager_secret_version.database_url",
    }


def test_a_secret_that_does_not_exist_cannot_be_made_anew(core: TerraformCore, sample: Path) -> None:
    wrong = TerraformCore(core.workspace, {**VARIABLES, "secret_versions": '{"databse" = 2}'})
    with pytest.raises(AssertionError, match="Secrets that have a version: cache, database"):
        wrong.plan(sample)


def _other_choices() -> Architecture:
    """The sample with every choice that it does not make itself."""
    changes: dict[Ref[Resource], dict[str, object]] = {
        Ref(Budget, "monthly"): {"cost_filter_tags": {"Project": "sample"}},
        Ref(LoadBalancer, "main"): {"scheme": "internal", "access_log_bucket": None},
        Ref(SecurityGroupRule, "api-to-world"): {"direction": "ingress", "protocol": "icmp"},
        Ref(ContainerRepository, "api"): {"kms_key": None, "keep_images": None, "expire_untagged_after_days": None},
        Ref(CacheReplicationGroup, "sessions"): {"auth_token": None},
        Ref(EcsCluster, "main"): {"execute_command_log_group": None},
        Ref(EcsService, "shop"): {"deployment_strategy": "BLUE_GREEN", "gradual_shift": None, "bake_time": None},
        Ref(LaunchTemplate, "machines"): {"image_id": "ami-0123456789abcdef0", "user_data": "#!/bin/bash\ntrue\n"},
        Ref(Certificate, "api"): {"region": "us-east-1"},
        Ref(Bucket, "backups"): {"versioning": False, "access_log_bucket": None, "lifecycle_rules": ()},
        Ref(Alarm, "latency"): {"actions": ()},
        Ref(Secret, "cache"): {"region": "eu-west-1", "kms_key": None},
        Ref(Secret, "database-url"): {"value": text("key=", SecretValue(Ref(Secret, "payment-key"), "api-key"))},
        Ref(DatabaseInstance, "main"): {"master_username": InputValue("alert_email"), "skip_final_snapshot": True},
    }
    sample = sample_architecture()
    for ref, change in changes.items():
        sample = sample.changed(sample[ref], **change)
    return sample


def test_other_choices_are_as_valid(core: TerraformCore, tmp_path: Path) -> None:
    rendering = render(_other_choices(), Options(state_bucket="sample-state"))
    assert rendering.unsupported == ()
    directory = _written(rendering, tmp_path / "other")
    core.fmt_check(directory)
    core.plan(directory)
    core.validate(directory)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ('region = "Mumbai"\n', "The value of region must be: a region of AWS"),
        ('environment = "two words"\n', "The value of environment must be: a letter, then letters"),
        ('api_image_tag = "no tag"\n', "The value of api_image_tag must be: letters, digits"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(tmp_path: Path, values: str, message: str) -> None:
    rendering = render(architecture(inputs=sample_architecture().inputs), Options(backend="local"))
    directory = _written(rendering, tmp_path / "small")
    (directory / "mine.auto.tfvars").write_text(values)
    with pytest.raises(AssertionError, match=message):
        TerraformCore(tmp_path / "workspace", VARIABLES).plan(directory)


_LITERALS = st.text(st.sampled_from('$%{}"\\~\n\t xé€') | st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
_TEXTS = st.lists(_LITERALS | st.just(Pseudo.REGION), min_size=1, max_size=6).map(lambda parts: Text(tuple(parts)))


@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(_TEXTS, min_size=60, max_size=60))
def test_literal_text_arrives_as_it_was_meant(tmp_path_factory: pytest.TempPathFactory, texts: list[Text]) -> None:
    """Many texts in one plan, since Terraform takes a second to start."""
    outputs = tuple(
        Output(name=f"text_{number}", description=str(item.parts[0]), value=item) for number, item in enumerate(texts)
    )
    folder = tmp_path_factory.mktemp("texts")
    directory = _written(render(architecture(outputs=outputs), Options(backend="local")), folder / "root")
    core = TerraformCore(folder / "workspace")
    core.fmt_check(directory)
    planned = core.plan(directory)["planned_values"]["outputs"]
    for output, item in zip(outputs, texts, strict=True):
        meant = "".join("ap-south-1" if isinstance(part, Pseudo) else str(part) for part in item.parts)
        # Terraform normalises every string: https://developer.hashicorp.com/terraform/language/expressions/types
        assert planned[output.name]["value"] == unicodedata.normalize("NFC", meant)
