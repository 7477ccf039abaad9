"""One environment for all tests of this folder, with everything that can be backed up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from tests.cli.commands import Command, Result, call

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.cli.main import run
from groundplan.cli.options import designed
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, connect

THERE = "ap-southeast-1"
BLUEPRINT = f"""\
project: vault
region: ap-south-1
profile: poc
network: {{zones: [a, b], nat: none}}
databases:
  main: {{engine: postgres 16, class: db.t4g.micro, backups: 7d, final_snapshot: false, replicas: 1,
         performance_insights: 7d, deletion_protection: false}}
  scratch: {{engine: postgres 16, class: db.t4g.micro, backups: 0d, final_snapshot: false, deletion_protection: false}}
  ledger: {{engine: postgres 16, class: db.t4g.micro, backups: 1d, credentials: managed, final_snapshot: false,
           deletion_protection: false}}
caches: {{sessions: {{engine: redis 7.0, class: cache.t4g.micro, snapshots: 1d}}}}
buckets: {{media: {{versioning: true, keep: true}}, raw: {{versioning: false, keep: false}}}}
secret_recovery: 0d
backup: {{copy_to: {THERE}, keep: 30d, test: "cron(0 6 ? * SUN *)"}}
"""


@dataclass(frozen=True)
class Deployed:
    """The environment."""

    file: Path

    @property
    def loaded(self) -> LoadedEnvironment:
        """Its blueprint."""
        return designed(self.file, None)[0]

    @property
    def architecture(self) -> Architecture:
        """Its architecture."""
        return designed(self.file, None)[1]

    @property
    def connection(self) -> Connection:
        """A way to it."""
        return connect("local")


@pytest.fixture(scope="session")
def environment(state_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """Deployed once; whatever a test makes beside it stays until the local AWS is thrown away."""
    file = tmp_path_factory.mktemp("vault") / "groundplan.yaml"
    file.write_text(BLUEPRINT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_STATE_DIR", str(state_folder))
        assert run(["deploy", "-f", str(file)]) == 0
    return Deployed(file)


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], environment: Deployed) -> Command:
    """Runs a command on the environment."""

    def on_it(*arguments: str | Path) -> Result:
        return partial(call, capfd)(*arguments, "-f", environment.file)

    return on_it
