"""PT-91 to PT-95, PT-153, PT-222, PT-223, SM-147 to SM-149: the scripts that call Groundplan, each run for real against
a local AWS. The systems' own commands are run by their own tests; what is deployed here is small."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws

PROGRAMS = Path(sysconfig.get_path("scripts"))
REGION = "ap-south-1"
SMALL = f"""\
project: scripted
region: {REGION}
profile: poc
databases: {{main: {{engine: postgres 16, class: db.t4g.micro}}}}
environments: {{dev: {{}}, production: {{profile: production}}}}
"""


@dataclass(frozen=True)
class Scripts:
    """The scripts of a small blueprint, with a local AWS of their own."""

    folder: Path

    @property
    def blueprint(self) -> Path:
        """What they are of."""
        return self.folder / "groundplan.yaml"

    def run(self, *command: str, expect: int = 0, **variables: str) -> str:
        """Everything that one of them says, or another command."""
        mine = {"GROUNDPLAN_STATE_DIR": str(self.folder / "aws"), "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **mine, **variables}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr

    @cached_property
    def aws(self) -> Aws:
        """What is really there, once a local AWS runs."""
        return Aws(json.loads(self.run("groundplan", "local", "env", "--format", "json")), region=REGION)


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripts]:
    found = Scripts(tmp_path_factory.mktemp("scripted"))
    found.blueprint.write_text(SMALL)
    found.run("groundplan", "scripts")
    yield found
    found.run("groundplan", "local", "stop")


@requirement("PT-93")
def test_validate_ends_well_for_a_good_blueprint_alone(scripts: Scripts, tmp_path: Path) -> None:
    assert "dev is valid" in scripts.run("scripts/validate.sh")
    broken = Scripts(tmp_path)
    broken.blueprint.write_text(SMALL.replace("engine: postgres", "engine: postgrs"))
    scripts.run("cp", "-r", "scripts", str(tmp_path))
    assert "groundplan.yaml:4:" in broken.run("scripts/validate.sh", expect=2)


@requirement("PT-95")
def test_the_cost_report_has_a_total_of_each_environment(scripts: Scripts) -> None:
    told = scripts.run("scripts/cost-report.sh", "--format", "json")
    totals = {item["environment"]: item["monthly"] for item in json.loads(told)}
    assert set(totals) == {"dev", "production"}
    assert 0 < totals["dev"] < totals["production"]


@requirement("PT-91", "PT-92", "PT-94", "PT-222", "PT-223", "SM-147", "SM-148", "SM-149")
def test_an_environment_lives_by_its_scripts(scripts: Scripts, tmp_path: Path) -> None:
    """Deployed, changed, backed up, destroyed, and nothing of it is left."""
    assert "dev is deployed to local" in scripts.run("scripts/deploy.sh", "dev")
    (database,) = scripts.aws.client("rds").describe_db_instances()["DBInstances"]
    assert database["DBInstanceIdentifier"] == "scripted-dev-main"

    scripts.blueprint.write_text(SMALL.replace("environments:", "queues: {mails: {}}\nenvironments:"))
    told = scripts.run("scripts/update.sh", "dev", "--yes")
    assert "queue.mails" in told.partition("is deployed to local")[0], "first it says what changes"
    (queue,) = scripts.aws.client("sqs").list_queues(QueueNamePrefix="scripted-dev-mails")["QueueUrls"][:1]
    assert "scripted-dev" in queue

    for again in (False, True):
        told = scripts.run("scripts/backup.sh", "dev", "--export", str(tmp_path))
        assert ("nothing is written" in told) == again
    snapshots = scripts.aws.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert {item["DBInstanceIdentifier"] for item in snapshots} == {"scripted-dev-main"}
    (written,) = tmp_path.iterdir()
    assert json.loads(gzip.decompress(written.read_bytes()))["stacks"]

    told = scripts.run("scripts/destroy.sh", "dev", "--yes", "--format", "json")
    document = json.loads(told[told.index("\n{\n") if not told.startswith("{") else 0 : told.rindex("\n}\n") + 2])
    assert document["leftovers"] == document["unseen"] == []
    assert {item["what"] for item in document["left"]} == {"parameter", "snapshot of database_instance.main"}
    assert scripts.aws.client("rds").describe_db_instances()["DBInstances"] == []
    assert "dev: nothing is deployed to local" in scripts.run("scripts/destroy.sh", "dev", "--yes")


@requirement("PT-92", "PT-153", "SM-148")
def test_production_and_other_workspaces_are_guarded(scripts: Scripts) -> None:
    """C-45: a workspace of another name would lead to the state of another environment."""
    for script in ("deploy.sh", "update.sh", "destroy.sh"):
        told = scripts.run(f"scripts/{script}", "production", "--yes", expect=2)
        assert "production is left as it is" in told
    told = scripts.run("scripts/destroy.sh", "dev", "--yes", expect=2, TF_WORKSPACE="production")
    assert "the workspace production of Terraform is selected, which is not dev" in told
    named = scripts.run("scripts/destroy.sh", "production", "--confirm", "production")
    assert "production: nothing is deployed to local" in named
