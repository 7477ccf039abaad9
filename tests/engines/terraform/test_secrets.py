"""Secrets: made in a run, sent once, kept in no file, no plan and no state."""

from __future__ import annotations

from tests.engines.terraform.architectures import architecture

from groundplan.engines.terraform import render
from groundplan.resources.security import GeneratedPassword, Secret
from groundplan.resources.values import SecretValue, text


def test_a_generated_password_is_asked_for_only_when_its_version_changes() -> None:
    secret = Secret(
        name="db", concern="databases", secret_name="db", description="Password", generate=GeneratedPassword(length=20)
    )
    files = render(architecture(secret)).files
    assert "password_length    = 20" in files["secrets.tf"]
    assert 'secret_string_wo_version = lookup(var.secret_versions, "db", 1)' in files["secrets.tf"]
    assert 'ephemeral "aws_secretsmanager_secret_version"' not in files["secrets.tf"], "nobody reads it"
    assert 'variable "secret_versions"' in files["variables.tf"]


def test_what_is_made_from_secrets_follows_their_versions() -> None:
    one, two = (
        Secret(name=name, concern="services", secret_name=name, description=name, generate=GeneratedPassword())
        for name in ("one", "two")
    )
    both = Secret(
        name="both",
        concern="services",
        secret_name="both",
        description="both",
        value=text(SecretValue(one.ref), ":", SecretValue(two.ref), ":", SecretValue(one.ref)),
    )
    secrets = render(architecture(one, two, both)).files["secrets.tf"]
    versions = [f"aws_secretsmanager_secret_version.{name}.secret_string_wo_version" for name in ("one", "two")]
    assert f"secret_string_wo_version = {' + '.join(versions)}\n" in secrets


def test_a_secret_of_a_person_is_read_without_waiting_for_terraform() -> None:
    theirs = Secret(name="theirs", concern="services", secret_name="theirs", description="theirs")
    ours = Secret(
        name="ours",
        concern="services",
        secret_name="ours",
        description="ours",
        value=text("key=", SecretValue(theirs.ref, "api-key")),
    )
    secrets = render(architecture(theirs, ours)).files["secrets.tf"]
    assert "secret_id = aws_secretsmanager_secret.theirs.arn" in secrets
    assert 'secret_string_wo         = "key=${local.theirs_secret["api-key"]}"' in secrets
    assert "secret_string_wo_version = 1" in secrets
    assert 'secret_version" "theirs" {\n  secret_id = aws_secretsmanager_secret.theirs.arn' in secrets
