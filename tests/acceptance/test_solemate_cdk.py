"""SM-04 to SM-12, SM-55 to SM-57, SM-62, SM-70, SM-76, SM-92 to SM-107, SM-124, SM-140 to SM-146, SM-150, SM-151,
SM-154 to SM-159, SM-165: the same system as Python, and as an app of the AWS CDK."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import Systems
from tests.acceptance.environments import in_each
from tests.acceptance.rows import requirement
from tests.acceptance.system import CommandLine, Templates
from tests.cdk import conftest as cdk_tests
from tests.cdk.templates import meaning, ours, written

from groundplan import Blueprint, Environment
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.engines.cloudformation import StackOutput
from groundplan.resources import Architecture

ENVIRONMENT = "production"
ACCOUNT = "210987654321"
STACKS = {"staging": "SolemateStaging", "production": "SolemateProduction"}
both = in_each("staging", "production")
cdk_cli = cdk_tests.cdk_cli


@pytest.fixture(scope="session")
def surroundings() -> None:
    """Node and the library of the CDK."""
    if cdk_tests.MISSING:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(cdk_tests.MISSING)


@dataclass(frozen=True)
class Synthesized:
    """What the real CDK CLI made of the example's app."""

    folder: Path
    listed: list[str]

    def stacks(self) -> dict[str, dict[str, Any]]:
        """The stacks of the cloud assembly by their construct id."""
        manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        found: dict[str, dict[str, Any]] = {
            name: item for name, item in manifest["artifacts"].items() if item["type"] == "aws:cloudformation:stack"
        }
        return found


def run(
    cli: Path, folder: Path, app: Path, *arguments: str, region: str = "us-west-2"
) -> subprocess.CompletedProcess[str]:
    """A command of the CDK CLI on the app, with nothing of this machine's AWS settings. The CLI makes
    CDK_DEFAULT_REGION of the region that it is set for, and CDK_DEFAULT_ACCOUNT where it has credentials."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    environment = clean | cdk_tests.QUIET | cdk_tests.UNCHECKED | {
        "CDK_DEFAULT_ACCOUNT": ACCOUNT, "AWS_REGION": region, "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", "CDK_HOME": str(folder),
        "CDK_DISABLE_CLI_TELEMETRY": "1", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    return subprocess.run(
        [cli, "--app", f"{sys.executable} {app}", "--no-notices", "--output", str(folder / "cdk.out"), *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip


@pytest.fixture(scope="session")
def synthesized(
    surroundings: None, cdk_cli: Path, systems: Systems, tmp_path_factory: pytest.TempPathFactory
) -> Synthesized:
    """``cdk synth`` and ``cdk list``, once."""
    folder = tmp_path_factory.mktemp("solemate-cdk")
    app = systems("solemate", "staging").example / "cdk" / "app.py"
    done = run(cdk_cli, folder, app, "synth", "--quiet")
    assert done.returncode == 0, done.stderr
    # Of what was synthesized: a second synthesis would only take its time again.
    listed = subprocess.run(
        [cdk_cli, "--app", str(folder / "cdk.out"), "--no-notices", "list"],
        cwd=folder, capture_output=True, text=True, check=True, timeout=180,
        env={**os.environ, "CDK_HOME": str(folder), "CDK_DISABLE_CLI_TELEMETRY": "1", "NO_COLOR": "1"},
    ).stdout  # fmt: skip
    return Synthesized(folder / "cdk.out", [line.split()[0] for line in listed.splitlines() if line.strip()])


@pytest.fixture
def python(example: Path, production: LoadedEnvironment) -> Environment:
    """The environment out of solemate.py."""
    return Blueprint.read(example / "solemate.py").environment(production.name)


@both
@requirement("SM-03", "SM-95", "SM-101", "SM-107")
def test_python_and_yaml_are_the_same(
    python: Environment, production: LoadedEnvironment, architecture: Architecture, environment: str
) -> None:
    """Resource by resource and value by value."""
    assert python.settings == production.blueprint
    assert [resource.ref for resource in python.architecture] == [resource.ref for resource in architecture]
    for resource in architecture:
        assert python.architecture[resource.ref] == resource
    assert python.architecture.inputs == architecture.inputs
    assert python.architecture.outputs == architecture.outputs


@both
@requirement("SM-04")
def test_both_render_the_same_bytes(python: Environment, templates: Templates, environment: str) -> None:
    stacks = {stack.name: stack.body for stack in python.cloudformation().stacks}
    assert stacks == {stack.name: stack.body for stack in templates.rendering.stacks}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of Groundplan and its packages once it has looked."""
    return tmp_path_factory.mktemp("mypy")


def mypy(folder: Path, known: Path) -> subprocess.CompletedProcess[str]:
    """``mypy --strict`` on the solemate.py of a folder."""
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", str(known), "solemate.py"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=400,
        env={**os.environ, "MYPYPATH": str(Path(__file__).parents[2] / "src")},
    )  # fmt: skip


@requirement("SM-92", "SM-93", "SM-94", "SM-159", "SM-165")
def test_types_are_right(example: Path, known: Path) -> None:
    """In place of the interface and the classes in TypeScript, and of tsc (C-51, C-53): mypy --strict."""
    done = mypy(example, known)
    assert done.returncode == 0, done.stdout + done.stderr


@requirement("SM-92", "SM-93", "SM-94")
def test_a_wrong_type_is_found(example: Path, tmp_path: Path, known: Path) -> None:
    """C-53: a value that would never reach the stack is no longer taken in silence."""
    text = (example / "solemate.py").read_text(encoding="utf-8")
    wrong = text.replace('tasks={"desired": 1,', 'ecsDesiredCount=1, tasks={"desired": "one",')
    assert wrong != text
    (tmp_path / "solemate.py").write_text(wrong, encoding="utf-8")
    done = mypy(tmp_path, known)
    assert done.returncode == 1
    assert "ecsDesiredCount" in done.stdout


@requirement("SM-94", "SM-107", "SM-173")
def test_there_are_two_environments(example: Path, command_line: CommandLine) -> None:
    for name in ("solemate.py", "groundplan.yaml"):
        assert Blueprint.read(example / name).environments == ("staging", "production")
    report = command_line.json("validate")
    assert [item["name"] for item in report["environments"]] == ["staging", "production"]


EXPECTED = {
    "staging": {
        "network.cidr": "10.0.0.0/16",
        "databases.main.class": "db.t3.micro",
        "services.api.tasks.desired": "1",
        "buckets.assets.cdn.domains[0]": "staging.solemate.com",
    },
    "production": {
        "network.cidr": "10.1.0.0/16",
        "databases.main.class": "db.t3.small",
        "services.api.tasks.desired": "3",
        "buckets.assets.cdn.domains[0]": "solemate.com",
        "buckets.assets.cdn.domains[1]": "www.solemate.com",
    },
}
"""environments.ts and config/*.json: C-53, C-68."""


@both
@requirement("SM-93", "SM-95", "SM-101", "SM-150", "SM-151")
def test_one_source_says_the_values_of_an_environment(command_line: CommandLine, environment: str) -> None:
    """C-68: what the configuration files would say, with the line it stands in."""
    explained = command_line.json("explain", "--environment", environment)
    values = {row["path"]: row for row in explained["values"]}
    assert explained["environment"] == environment
    for path, expected in EXPECTED[environment].items():
        assert values[path]["value"] == expected, path
        assert "groundplan.yaml:" in values[path]["origin"], path


@both
@requirement("SM-95", "SM-101", "SM-108")
def test_every_stack_says_its_environment(templates: Templates, architecture: Architecture, environment: str) -> None:
    expected = {
        "Project": "Solemate", "Environment": environment, "ManagedBy": "Groundplan", "CostCenter": "solemate",
        "Specification": "DEV-4.2",
    }  # fmt: skip
    assert dict(architecture.tags) == expected
    for resource in architecture:
        if resource.taggable:
            assert expected.items() <= tags_of(templates.properties(resource.ref)).items(), resource.address


def tags_of(properties: Mapping[str, Any]) -> dict[str, str]:
    """The tags, by whatever name and in whatever shape this type has them."""
    names = ("Tags", "HostedZoneTags", "BackupVaultTags", "BackupPlanTags", "ResourceTags", "TagSpecifications")
    found = next(properties[name] for name in names if name in properties)
    if "TagSpecifications" in properties:
        found = found[0]["Tags"]
    return {item["Key"]: item["Value"] for item in found} if isinstance(found, list) else dict(found)


CONCERNS = {
    "SM-140": ("network", {"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"}),
    "SM-141": ("services", {"AWS::ECS::Cluster", "AWS::ECS::Service", "AWS::AutoScaling::AutoScalingGroup"}),
    "SM-142": ("databases", {"AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup"}),
    "SM-143": ("storage", {"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}),
    "SM-144": ("encryption", {"AWS::KMS::Key"}),
    "SM-145": ("monitoring", {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}),
}


@pytest.fixture
def rendered(command_line: CommandLine, production: LoadedEnvironment) -> Path:
    """The folder that ``groundplan render`` writes."""
    out = command_line.state.parent / "cloudformation"
    if not out.exists():
        command_line.run("render", "--out", str(out), "--environment", production.name)
    return out


@both
@pytest.mark.parametrize(
    ("concern", "types"),
    [pytest.param(*item, id=row, marks=requirement(row, "SM-56")) for row, item in CONCERNS.items()],
)
def test_each_concern_is_a_template_of_its_own(
    rendered: Path, templates: Templates, environment: str, concern: str, types: set[str]
) -> None:
    """C-51, C-62: lib/networking.ts and its like, declared once."""
    name = f"Solemate-{environment}-{concern}"
    assert (rendered / f"{name}.yaml").is_file()
    (stack,) = (stack for stack in templates.rendering.stacks if stack.name == name)
    content: Any = stack.template
    assert types <= {entry["Type"] for entry in content["Resources"].values()}


CONSTRUCTS = {
    "SM-57": ("vpc.main", "AWS::EC2::VPC"),
    "SM-62": ("databases.main", "AWS::RDS::DBInstance"),
    "SM-70": ("buckets.assets", "AWS::S3::Bucket"),
    "SM-76": ("distribution.assets", "AWS::CloudFront::Distribution"),
    "SM-80": ("certificate.assets_cdn", "AWS::CertificateManager::Certificate"),
    "SM-159": ("subnet.public[a]", "AWS::EC2::Subnet"),
    "SM-165": ("databases.main", "AWS::RDS::DBInstance"),
}


@requirement(*CONSTRUCTS)
@pytest.mark.usefixtures("surroundings")
def test_constructs_are_typed_attributes_of_the_stack(example: Path) -> None:
    """In place of the public readonly members of the specification's classes."""
    import aws_cdk

    from groundplan.cdk import BlueprintStack

    stack = BlueprintStack(aws_cdk.App(), "Solemate", blueprint=example / "solemate.py", environment="production")
    for address, kind in CONSTRUCTS.values():
        assert stack.resource(address).cfn_resource_type == kind


@requirement("SM-04", "SM-05", "SM-107", "SM-124", "SM-155", "SM-156", "SM-157")
def test_cdk_list(synthesized: Synthesized) -> None:
    """The two stacks of the specification, and beside them what has to be in other regions."""
    assert set(STACKS.values()) <= set(synthesized.listed)
    assert all(name.startswith(tuple(STACKS.values())) for name in synthesized.listed)
    assert set(synthesized.listed) == set(synthesized.stacks())


@requirement("SM-80", "SM-100", "SM-106", "SM-158")
def test_account_and_regions(synthesized: Synthesized) -> None:
    """C-55"""
    places = {name: stack["environment"].removeprefix("aws://") for name, stack in synthesized.stacks().items()}
    for name in STACKS.values():
        assert places[name] == f"{ACCOUNT}/us-west-2"
        assert places[f"{name}-us-east-1"] == f"{ACCOUNT}/us-east-1"
    assert {place.partition("/")[0] for place in places.values()} == {ACCOUNT}


@requirement("SM-158")
@pytest.mark.usefixtures("surroundings")
def test_a_region_that_is_not_the_blueprints_is_refused(cdk_cli: Path, example: Path, tmp_path: Path) -> None:
    done = run(cdk_cli, tmp_path, example / "cdk" / "app.py", "synth", "--quiet", region="eu-west-1")
    assert done.returncode != 0
    assert "env names the region eu-west-1, and the blueprint us-west-2; leave it out" in done.stdout + done.stderr


@both
@requirement("SM-05", "SM-124", "SM-155", "SM-156", "SM-157")
def test_the_cdk_writes_our_templates(synthesized: Synthesized, python: Environment, environment: str) -> None:
    """Every resource that takes nothing from another region's stack, value by value; of the others, that none lacks."""
    rendering, compared = python.cloudformation(stacks="region"), 0
    main = min((one.name for one in rendering.stacks if one.region == "us-west-2"), key=len)
    for one in rendering.stacks:
        template = written(synthesized.folder, one.name.replace(main, STACKS[environment]))
        expected: Any = ours(rendering, one.name)
        found: Any = template["Resources"]
        handed = {name for name, source in one.parameters.items() if isinstance(source, StackOutput)}
        assert set(template.get("Parameters", {})) == set(expected.get("Parameters", {})) - handed  # type: ignore[call-overload]
        assert set(expected["Resources"]) <= set(found)
        for logical_id, resource in expected["Resources"].items():
            text = json.dumps(resource)
            if not any(f'"{name}"' in text or f"${{{name}}}" in text for name in handed):
                assert meaning(found[logical_id]) == meaning(resource), logical_id
                compared += 1
    assert compared > 0.85 * len(python.architecture)


@both
@requirement("SM-98", "SM-104", "SM-156", "SM-157")
def test_values_of_the_environments_reach_the_synthesized_templates(synthesized: Synthesized, environment: str) -> None:
    """C-53"""
    every: list[Any] = [
        entry
        for name in synthesized.stacks()
        if name.startswith(STACKS[environment])
        for entry in json.loads((synthesized.folder / f"{name}.template.json").read_text())["Resources"].values()
    ]

    def properties(kind: str) -> list[dict[str, Any]]:
        return [entry["Properties"] for entry in every if entry["Type"] == kind]

    expected = EXPECTED[environment]
    (vpc,), (service,) = properties("AWS::EC2::VPC"), properties("AWS::ECS::Service")
    assert vpc["CidrBlock"] == expected["network.cidr"]
    assert service["DesiredCount"]["Fn::If"][1] == int(expected["services.api.tasks.desired"])
    (distribution,) = properties("AWS::CloudFront::Distribution")
    aliases = [value for path, value in expected.items() if path.startswith("buckets.assets.cdn.domains")]
    assert distribution["DistributionConfig"]["Aliases"] == aliases
    primary = next(item for item in properties("AWS::RDS::DBInstance") if "SourceDBInstanceIdentifier" not in item)
    assert primary["DBInstanceClass"] == expected["databases.main.class"]


@requirement("SM-146", "SM-154", "SM-155")
def test_the_app(example: Path) -> None:
    """C-51: the shebang is the first line; nothing is imported that no dependency brings (C-68)."""
    text = (example / "cdk" / "app.py").read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env python3\n")
    assert os.access(example / "cdk" / "app.py", os.X_OK)
    assert imported(text) == {"os", "sys", "pathlib", "aws_cdk", "groundplan.cdk", "solemate"}
    assert text.rstrip().endswith("app.synth()")
    assert json.loads((example / "cdk" / "cdk.json").read_text()) == {"app": "python3 app.py"}


def imported(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@requirement("SM-07", "SM-08", "SM-09", "SM-10", "SM-11", "SM-12", "SM-55")
def test_dependencies_of_the_cdk(example: Path) -> None:
    """C-58: aws-cdk-lib and constructs of version 2, in bounds, and no package of version 1 beside them."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["cdk"] == ["aws-cdk-lib>=2.200,<3", "constructs>=10.4,<11"]
    lock = (Path(__file__).parents[2] / "requirements.lock").read_text(encoding="utf-8")
    pinned = {line.partition("==")[0].strip() for line in lock.splitlines() if "==" in line}
    assert {"aws-cdk-lib", "constructs"} <= pinned
    first = {f"aws-cdk-{service}" for service in ("aws-ec2", "aws-rds", "aws-s3", "aws-cloudfront", "core")}
    first |= {f"aws-cdk.{service}" for service in ("aws-ec2", "aws-rds", "aws-s3", "aws-cloudfront", "core")}
    assert pinned & first == set()
    for name in ("solemate.py", "cdk/app.py"):
        modules = imported((example / name).read_text(encoding="utf-8"))
        assert {module for module in modules if "cdk" in module} <= {"aws_cdk", "groundplan.cdk"}


@requirement("SM-09", "SM-10", "SM-11", "SM-12", "SM-55")
@pytest.mark.usefixtures("surroundings")
def test_the_named_services_are_submodules() -> None:
    """C-58: the four names are satisfied by the submodules of the same name."""
    from importlib.util import find_spec

    for name in ("aws_ec2", "aws_rds", "aws_s3", "aws_cloudfront", "aws_ecs", "aws_elasticloadbalancingv2"):
        assert find_spec(f"aws_cdk.{name}") is not None
