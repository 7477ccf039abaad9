"""Boundaries of roles, and what the role that deploys is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.access.arns import Arns
from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design import design
from groundplan.design.deployer import deployer_name, is_bootstrapped
from groundplan.errors import InputError
from groundplan.resources.kubernetes import AccessEntry
from groundplan.resources.security import OidcProvider, Role

BLUEPRINT = """\
project: shop
region: eu-central-1
services: {web: {image: {repository: web, tag: 1.0.0}, port: 80, public: {domain: shop.acme-shop.com}}}
databases: {main: {engine: postgres 16, class: db.t4g.medium, monitoring: 60s}}
"""


def environment(folder: Path, more: str = "", settings: tuple[str, ...] = ()) -> LoadedEnvironment:
    file = folder / "groundplan.yaml"
    file.write_text(f"{BLUEPRINT}{more}\nenvironments: {{production: {{}}}}\n")
    return read_source(file).with_settings([*settings]).environment("production")


def boundaries(loaded: LoadedEnvironment) -> dict[str, str | None]:
    architecture = design(loaded)
    arns = Arns(architecture)
    return {
        role.name: arns.text(role.permissions_boundary, role) if role.permissions_boundary is not None else None
        for role in architecture.of(Role)
    }


def test_no_role_has_a_boundary_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert {*boundaries(environment(tmp_path)).values()} == {None}


@pytest.mark.parametrize(
    ("written", "arn"),
    [
        ("limits/all", "arn:aws:iam::{account_id}:policy/limits/all"),
        ("arn:aws:iam::123456789012:policy/all", "arn:aws:iam::123456789012:policy/all"),
        ("arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::aws:policy/PowerUserAccess"),
    ],
)
def test_every_role_has_the_boundary_that_is_written(tmp_path: Path, written: str, arn: str) -> None:
    assert {*boundaries(environment(tmp_path, f"permissions_boundary: {written}")).values()} == {arn}


@pytest.mark.parametrize("written", ["arn:aws:iam::123456789012:role/all", "all of it", "/all"])
def test_what_is_no_policy_is_told(tmp_path: Path, written: str) -> None:
    with pytest.raises(InputError, match="is neither the ARN nor the name of a managed policy, like boundary"):
        environment(tmp_path, f'permissions_boundary: "{written}"')


def test_bootstrapped_environment_has_the_boundary_that_is_made(tmp_path: Path) -> None:
    loaded = environment(tmp_path, "pipelines: {repository: acme/shop, deploy_role: bootstrap, provider: create}")
    found = boundaries(loaded)
    made = "arn:aws:iam::{account_id}:policy/groundplan-boundary-shop-production"
    assert {name for name, arn in found.items() if arn is None} == {"rds_monitoring"}, "AWS's own policies alone"
    assert {arn for arn in found.values() if arn is not None} == {made}
    assert design(loaded).of(OidcProvider) == (), "bootstrapping makes it"


def test_somebodys_own_copy_has_neither_pipeline_nor_boundary(tmp_path: Path) -> None:
    more = "pipelines: {repository: acme/shop, deploy_role: bootstrap}"
    loaded = environment(tmp_path, more, ("owner_id=jane",))
    assert not is_bootstrapped(loaded)
    assert {*boundaries(loaded).values()} == {None}


def test_names_begin_as_nothing_of_the_environment_does_and_fit(tmp_path: Path) -> None:
    loaded = environment(tmp_path)
    assert deployer_name(loaded) == "groundplan-deploy-shop-production"
    assert deployer_name(loaded, "boundary", "iam_policy") == "groundplan-boundary-shop-production"
    long = environment(tmp_path, f"short_name: {'x' * 20}", ("project=" + "a" * 24,))
    assert len(deployer_name(long)) <= 64


def test_cluster_lets_the_role_in_that_deploys(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(
        BLUEPRINT + "platform: eks\nkubernetes: {nodes: {general: {instances: [t3.large]}}}\n"
        "pipelines: {repository: acme/shop, deploy_role: bootstrap}\nenvironments: {production: {}}\n"
    )
    architecture = design(read_source(file).environment("production"))
    (entry,) = [one for one in architecture.of(AccessEntry) if one.name == "pipeline_deploy"]
    assert "AmazonEKSClusterAdminPolicy" in str(entry.policy_arn)
    assert "role/groundplan-deploy-shop-production" in str(entry.principal_arn)
