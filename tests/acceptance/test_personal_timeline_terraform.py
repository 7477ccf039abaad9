"""PT-76 to PT-90, PT-147 to PT-159, PT-245: layout, modules, variables, documentation and state of the Terraform code;
PT-09, PT-48, PT-193: what Checkov says of it, and which rule answers which control of CIS and AWS FSBP."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from tests.acceptance import second_opinion
from tests.acceptance.bootstrapped import Bootstrapped, bootstrapped
from tests.acceptance.conftest import Systems
from tests.acceptance.documents import table
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, at
from tests.acceptance.terraform_tree import TerraformTree, undocumented
from tests.second_opinion.verdicts import read_exemptions
from tests.terraform_core.harness import TerraformCore

from groundplan.checks import all_rules

NAME = "personal-timeline"
ENVIRONMENT = "production"
ENVIRONMENTS = ("development", "staging", "production")
BUCKET = "personal-timeline-production-terraform-state"
KEY = "personal-timeline/production/terraform.tfstate"
WAITS = """
resource "terraform_data" "waits" {
  provisioner "local-exec" {
    command = "while [ ! -e go-on ]; do sleep 0.1; done"
  }
}
"""
"""An apply that takes as long as somebody wants it to."""
LONGEST = 60


@pytest.fixture(scope="module")
def tree(systems: Systems, tmp_path_factory: pytest.TempPathFactory) -> TerraformTree:
    """The three environments and what they share."""
    return TerraformTree.rendered(systems(NAME, ENVIRONMENT).command_line, tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="module")
def state(systems: Systems, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bootstrapped]:
    """Where production keeps its state."""
    with bootstrapped(systems(NAME, ENVIRONMENT), tmp_path_factory.mktemp("state")) as found:
        yield found


@pytest.fixture
def aws(state: Bootstrapped) -> Aws:
    """The account with nothing but what the state needs."""
    return state.aws


@requirement("PT-76")
def test_root_directory(tree: TerraformTree) -> None:
    """It is called as ``--out`` says."""
    assert tree.folder.name == "infrastructure"
    folders = {path.name for path in tree.folder.iterdir() if path.is_dir()}
    assert folders == {"environments", "modules", "scripts", "shared"}
    for script in (tree.folder / "scripts").iterdir():
        assert script.stat().st_mode & 0o100, f"{script} cannot be run"


MODULES = [
    proves("PT-77", "networking", {"aws_vpc", "aws_subnet", "aws_security_group"}),
    proves("PT-78", "compute", {"aws_eks_cluster", "aws_eks_node_group", "aws_launch_template"}),
    proves("PT-79", "database", {"aws_db_instance", "aws_elasticache_replication_group"}),
    proves("PT-80", "storage", {"aws_s3_bucket", "aws_s3_bucket_lifecycle_configuration", "aws_efs_file_system"}),
    proves("PT-81", "security", {"aws_iam_role", "aws_kms_key", "aws_secretsmanager_secret"}),
    proves("PT-82", "monitoring", {"aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard", "aws_sns_topic"}),
    proves("PT-83", "cdn", {"aws_cloudfront_distribution"}),
]


@pytest.mark.parametrize(("module", "kinds"), MODULES)
def test_module(tree: TerraformTree, module: str, kinds: set[str]) -> None:
    assert kinds <= tree.kinds(module)
    assert f"[{module}](modules/{module}/README.md)" in tree.text("README.md")


@requirement("PT-78")
def test_node_groups_scale(tree: TerraformTree) -> None:
    groups = [block for block in tree.blocks("modules/compute", "resource") if block.labels[0] == "aws_eks_node_group"]
    assert groups
    for group in groups:
        assert {"min_size", "desired_size", "max_size"} <= group.body.blocks_of("scaling_config")[
            0
        ].body.attributes.keys()


ELSEWHERE = [
    proves("PT-80", "EBS volumes", "aws_eks_addon", "modules/compute"),
    proves("PT-81", "certificates", "aws_acm_certificate", "modules/load_balancing"),
    proves("PT-83", "Route 53 records", "aws_route53_record", "modules/networking"),
    proves("PT-88", "shared/dns", "aws_route53_zone", "shared"),
    proves("PT-89", "shared/certificates", "aws_acm_certificate", "modules/load_balancing"),
    proves("PT-90", "shared/monitoring", "aws_cloudwatch_dashboard", "shared"),
]


@pytest.mark.parametrize(("what", "kind", "folder"), ELSEWHERE)
def test_what_stands_elsewhere_stands_where_the_readme_says(
    tree: TerraformTree, readme: str, what: str, kind: str, folder: str
) -> None:
    (row,) = (row for row in table(readme, "Layout") if row["specification"] == what)
    assert row["here"].startswith(f"`{folder}")
    assert row["why"]
    assert kind in {block.labels[0] for block in tree.blocks(folder, "resource")}


@requirement("PT-88", "PT-90")
@pytest.mark.parametrize("file", ["dns.tf", "cloudwatch.tf"])
def test_file_of_what_is_shared(tree: TerraformTree, file: str) -> None:
    assert tree.read(f"shared/{file}").blocks_of("resource")


@requirement("PT-77", "PT-78", "PT-79", "PT-80", "PT-81", "PT-82", "PT-83")
def test_each_module_is_valid_alone(tree: TerraformTree, tmp_path: Path) -> None:
    tree.validate_each_module_alone(tmp_path)


ROOTS = [
    proves("PT-84", "environments/development"),
    proves("PT-85", "environments/staging"),
    proves("PT-86", "environments/production"),
    proves("PT-87", "shared"),
]


@pytest.mark.parametrize("folder", ROOTS)
def test_root_has_its_own_state_and_values(tree: TerraformTree, folder: str) -> None:
    """That it plans what is planned without modules, tests/engines/terraform/modules shows of each."""
    name = folder.rpartition("/")[2]
    assert f'key          = "personal-timeline/{name}/terraform.tfstate"' in tree.text(f"{folder}/backend.tf")
    values = tree.read(f"{folder}/terraform.tfvars")
    assert values.literal("environment") == name
    assert values.attributes.keys() <= tree.variables(folder).keys()


@requirement("PT-84", "PT-147", "PT-148")
def test_development_is_planned_through_modules(tree: TerraformTree) -> None:
    plan = tree.plan("development")
    resources = TerraformCore.show(plan)
    assert len(resources) > 100
    assert all(address.startswith("module.") for address in resources)
    assert {values["instance_class"] for address, values in resources.items() if ".aws_db_instance." in address} == {
        "db.t3.micro"
    }


@requirement("PT-147")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_environments_call_modules_only(tree: TerraformTree, environment: str) -> None:
    folder = f"environments/{environment}"
    kinds = {block.type for block in tree.blocks(folder)}
    assert kinds <= {"module", "variable", "output", "provider", "terraform"}
    sources = {str(block.body.literal("source")) for block in tree.blocks(folder, "module")}
    assert sources <= {f"../../modules/{name}" for name in tree.modules}
    assert len(sources) >= 9


@requirement("PT-148", "PT-245")
def test_everything_is_typed_and_documented(tree: TerraformTree) -> None:
    """Every module, variable and output, in code and in the module's README."""
    assert undocumented(tree) == []
    for block in (*tree.blocks("shared", "variable"), *tree.blocks("shared", "output")):
        assert block.body.literal("description")


@requirement("PT-148")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_variables_of_an_environment_are_validated(tree: TerraformTree, environment: str) -> None:
    """Texts by a condition; true or false, numbers and objects by their type, none of which may be null."""
    folder = f"environments/{environment}"
    text = tree.text(f"{folder}/variables.tf")
    for name, body in tree.variables(folder).items():
        assert body.literal("nullable") is False
        declared = re.search(rf'^variable "{name}" \{{\n(.*?)^\}}', text, re.MULTILINE | re.DOTALL)
        assert declared
        if re.search(r"^  type\s+= string$", declared[1], re.MULTILINE):
            assert body.blocks_of("validation"), name


@requirement("PT-148")
def test_wrong_values_are_refused(tree: TerraformTree, tmp_path: Path) -> None:
    """Those of an environment, and those that a module is told."""
    shutil.copytree(tree.folder, tmp_path / "wrong")
    file = tmp_path / "wrong/environments/development/terraform.tfvars"
    values = file.read_text(encoding="utf-8")
    for right, wrong in (
        ('environment = "development"', 'environment = "moon"'), ('"db.t3.micro"', '"t3.micro"'),
    ):  # fmt: skip
        values = re.sub(re.escape(right).replace(r"\ ", r"\s+"), wrong, values)
    file.write_text(values, encoding="utf-8")
    with pytest.raises(AssertionError, match="terraform plan failed") as refusal:
        TerraformCore(tmp_path / "core").plan(file.parent, within=tmp_path / "wrong")
    told = " ".join(str(refusal.value).replace("│", " ").split())
    assert "The value of environment must be one of" in told
    assert "must be like db.t4g.medium" in told


@requirement("PT-158")
def test_structure_is_documented(tree: TerraformTree) -> None:
    overview = tree.text("README.md")
    for module in tree.modules:
        readme = tree.text(f"modules/{module}/README.md")
        assert f"# {module}\n" in readme
        assert all(f"`{kind}`" in readme for kind in tree.kinds(module))
        assert f"](modules/{module}/README.md)" in overview
    for told in ("environments/", "shared/", "terraform.tfvars", "scripts/plan.sh", "addresses.csv"):
        assert told in overview


@requirement("PT-149", "PT-151")
def test_bucket_of_the_state(aws: Aws, state: Bootstrapped, tree: TerraformTree) -> None:
    """Where the code says, versioned and encrypted with a key of its own."""
    written = tree.text("environments/production/backend.tf")
    for line in (f'bucket       = "{BUCKET}"', f'key          = "{KEY}"', "encrypt      = true", "use_lockfile = true"):
        assert line in written
    assert (state.name, state.environment["key"]) == (BUCKET, KEY)
    s3 = aws.client("s3")
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    found = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    rule = at(found, "Rules.0.ApplyServerSideEncryptionByDefault")
    assert (rule["SSEAlgorithm"], rule["KMSMasterKeyID"]) == ("aws:kms", state.bucket["kms_key"])


@requirement("PT-149", "PT-159", "PT-151")
def test_state_is_kept_and_a_second_apply_waits_its_turn(
    aws: Aws, state: Bootstrapped, tree: TerraformTree, tmp_path: Path
) -> None:
    """The real core, with the backend as rendered and the rights of the role alone."""
    backend = tree.text("environments/production/backend.tf")
    first = state.root(tmp_path / "first", backend, "first")
    second = state.root(tmp_path / "second", backend, "second")
    (first.folder / "waits.tf").write_text(WAITS, encoding="utf-8")
    applying = first.start("apply", "-auto-approve", "-input=false")
    try:
        _wait_for(aws, f"{KEY}.tflock")
        refused = second.run("apply", "-auto-approve", "-input=false", expect=1)
        assert "Error acquiring the state lock" in refused
    finally:
        (first.folder / "go-on").touch()
        told, _ = applying.communicate(timeout=LONGEST)
    assert applying.returncode == 0, told
    assert [item["Key"] for item in aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]] == [KEY]
    kept = json.loads(aws.client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read())
    assert {resource["name"] for resource in kept["resources"]} == {"thing", "waits"}
    assert "1 destroyed" in second.run("apply", "-auto-approve", "-input=false"), "then it is its turn"


def _wait_for(aws: Aws, key: str) -> None:
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        try:
            aws.client("s3").head_object(Bucket=BUCKET, Key=key)
        except ClientError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{key} never came")


@requirement("PT-09", "PT-193")
def test_nothing_that_checkov_finds_is_open() -> None:
    """Each check that fails is accepted in the blueprint or exempt, with a reason, or outside of production said by a
    rule; the run itself counted none open."""
    found = list(second_opinion.verdicts(NAME, read_exemptions()))
    assert [f"{name}: {item.failure}" for name, item in found if item.kind == "open"] == []
    assert {item.kind for name, item in found if name.endswith(" production")} <= {"accepted", "exempt"}
    assert any(item.kind == "open" for _, item in second_opinion.verdicts(NAME, ())), "it can be found open"
    told = second_opinion.told(NAME)
    assert told.keys() == {f"{NAME} {name}" for name in (*ENVIRONMENTS, "shared")}
    assert all((still_open, linted) == (0, 0) for *_, still_open, _, linted in told.values())


SAME = [("2.3.3", "RDS.2"), ("2.3.1", "RDS.3"), ("2.1.4", "S3.8"), ("2.1.1", "S3.5"), ("5.2", "EC2.13")]
"""Controls of CIS and FSBP that demand the same: from the table of Security Hub's controls for CIS 3.0.0."""


@requirement("PT-48")
def test_rules_say_which_control_they_answer() -> None:
    """Of CIS AWS Foundations 3.0.0 and AWS FSBP, and the reference lists them."""
    reference = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    cis = [(control, rule) for rule in all_rules() for control in rule.references.cis]
    fsbp = [(control, rule) for rule in all_rules() for control in rule.references.security_hub]
    assert len({control for control, _ in cis}) >= 20
    assert len({control for control, _ in fsbp}) >= 90
    for one, other in SAME:
        assert {rule.id for control, rule in cis if control == one} & {
            rule.id for control, rule in fsbp if control == other
        }
    for title, controls in (("CIS", cis), ("Security Hub", fsbp)):
        for control, rule in controls:
            entry = reference.partition(f"### {rule.id}: ")[2].partition("\n### ")[0]
            assert re.search(rf"- Corresponds to: .*{title} [^;]*\b{re.escape(control)}\b", entry), (
                f"{rule.id}: {control}"
            )
