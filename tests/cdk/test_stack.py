"""A blueprint as a CDK stack: what CDK writes is what we write, and its constructs can be had."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aws_cdk
import pytest
from aws_cdk import aws_ecs, aws_s3, aws_sns
from tests.cdk.templates import meaning, ours, written
from tests.engines.samples import sample_architecture, within_templates

from groundplan import Blueprint, Environment, InputError
from groundplan.cdk import BlueprintStack, stack
from groundplan.engines.cloudformation import Options, Rendering, StackOutput, render
from groundplan.engines.cloudformation.table import ROWS
from groundplan.resources.architecture import Architecture

EXAMPLES = Path(__file__).parents[2] / "examples"


def shop(**fields: object) -> Blueprint:
    """A small shop in development, which needs a tag of its image."""
    made = {
        "project": "shop",
        "region": "eu-central-1",
        "services": {"web": {"image": {"repository": "web"}, "port": 80, "needs": ["files"]}},
        "buckets": {"files": {}},
        "environments": {"development": {"profile": "development"}},
    } | fields
    return Blueprint(**made)  # type: ignore[arg-type]  # the fields differ from test to test


@dataclass
class App:
    """A CDK app whose result lies in a folder."""

    folder: Path

    def __post_init__(self) -> None:
        self.app = aws_cdk.App(outdir=str(self.folder), analytics_reporting=False)

    def template(self, name: str) -> dict[str, object]:
        """What was written for the stack with a construct id."""
        return written(self.folder, name)


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(tmp_path / "cdk.out")


def designed(architecture: Architecture) -> Environment:
    """An environment with whatever architecture."""
    environment = shop().environment()
    environment.__dict__["architecture"] = architecture
    return environment


def section(template: Mapping[str, object], name: str) -> Mapping[str, Mapping[str, object]]:
    found = template.get(name, {})
    assert isinstance(found, Mapping)
    return found


def test_the_template_is_ours(app: App) -> None:
    blueprint = Blueprint.read(EXAMPLES / "duskspendr/groundplan.yaml")
    made = BlueprintStack(app.app, "DuskSpendr", blueprint=blueprint, environment="production")
    app.app.synth()
    (own,) = blueprint.environment().cloudformation(stacks="region").stacks
    assert meaning(app.template("DuskSpendr")) == meaning(own.template)
    assert (made.stack_name, made.region) == ("DuskSpendr-production", "ap-south-1")


def test_every_kind_of_resource_comes_through_cdk_as_it_is(app: App) -> None:
    """The sample has every kind, in several regions."""
    architecture = within_templates(sample_architecture())
    BlueprintStack(app.app, "Sample", blueprint=designed(architecture))
    app.app.synth()
    rendering = render(architecture, Options(stacks="region"))
    assert len({one.region for one in rendering.stacks}) > 1
    assert_same(app, "Sample", rendering)


def test_a_system_of_several_regions_is_the_same(app: App) -> None:
    environment = Blueprint.read(EXAMPLES / "solemate/groundplan.yaml").environment("production")
    made = BlueprintStack(app.app, "Solemate", blueprint=environment)
    app.app.synth()
    assert_same(app, "Solemate", environment.cloudformation(stacks="region"))
    assert made.resource("distribution.assets").cfn_resource_type == "AWS::CloudFront::Distribution"


def assert_same(app: App, id: str, rendering: Rendering) -> None:
    """What is handed from stack to stack is the only difference."""
    main = min((one.name for one in rendering.stacks), key=len)
    for one in rendering.stacks:
        template, expected = app.template(id + one.name.removeprefix(main)), ours(rendering, one.name)
        handed = {name for name, source in one.parameters.items() if isinstance(source, StackOutput)}
        assert set(section(template, "Parameters")) == set(section(expected, "Parameters")) - handed
        found = section(template, "Resources")
        assert set(section(expected, "Resources")) <= set(found)
        for logical_id, resource in section(expected, "Resources").items():
            text = json.dumps(resource)
            if not any(f'"{name}"' in text or f"${{{name}}}" in text for name in handed):
                assert meaning(found[logical_id]) == meaning(resource), logical_id


def test_values_go_from_stack_to_stack(app: App) -> None:
    """Nothing of what a stack takes from another is left open: no parameter, no text with a stranger's name in it."""
    architecture = within_templates(sample_architecture())
    rendering = render(architecture, Options(stacks="region"))
    BlueprintStack(app.app, "Sample", blueprint=designed(architecture))
    app.app.synth()
    taken = 0
    for one in rendering.stacks:
        template = app.template(one.name.replace("Sample-production", "Sample"))
        known = {*section(template, "Resources"), *section(template, "Parameters")}
        for reference in references(template):
            assert reference.startswith("AWS::") or reference in known, reference
        taken += sum(isinstance(source, StackOutput) for source in one.parameters.values())
    assert taken > 3, "the sample hands values on"


def references(value: object, variables: frozenset[str] = frozenset()) -> list[str]:
    """Every name that a template refers to."""
    match value:
        case {"Ref": str(name)}:
            return [name]
        case {"Fn::GetAtt": [str(name), _]}:
            return [name]
        case {"Fn::Sub": [str(text), dict(own)]}:
            return [*references({"Fn::Sub": text}, frozenset(own)), *references(own)]
        case {"Fn::Sub": str(text)}:
            names = [part.partition("}")[0].partition(".")[0] for part in text.split("${")[1:]]
            return [name for name in names if name not in variables and not name.startswith("!")]
        case dict():
            return [name for item in value.values() for name in references(item)]
        case list():
            return [name for item in value for name in references(item)]
    assert not isinstance(value, str) or "${Token[" not in value
    return []


def test_what_no_template_can_hold_is_refused(app: App) -> None:
    with pytest.raises(InputError, match=r"secure_parameter.token: cdk deploy cannot make it, groundplan deploy can"):
        BlueprintStack(
            app.app,
            "Shop",
            blueprint=shop(
                services={"web": {"image": {"repository": "web"}, "secrets": {"TOKEN": "token"}}},
                secrets={"token": {"store": "parameter-store"}},
                buckets={},
            ),
        )


def test_stacks_of_several_regions_come_in_order(app: App) -> None:
    made = BlueprintStack(app.app, "Sample", blueprint=designed(within_templates(sample_architecture())))
    app.app.synth()
    manifest = json.loads((app.folder / "manifest.json").read_text())["artifacts"]
    stacks = {name: item for name, item in manifest.items() if item["type"] == "aws:cloudformation:stack"}
    regions = {item["environment"].rpartition("/")[2] for item in stacks.values()}
    assert made.region in regions
    assert "us-east-1" in regions
    for name, item in stacks.items():
        if name != "Sample":
            assert item["properties"]["stackName"].startswith(f"{made.stack_name}-")
    rendering = render(within_templates(sample_architecture()), Options(stacks="region"))
    for one in rendering.stacks:
        needed = {name.replace("Sample-production", "Sample") for name in one.depends_on}
        assert needed <= set(stacks[one.name.replace("Sample-production", "Sample")]["dependencies"])


def test_resources_are_typed_constructs(app: App) -> None:
    made = BlueprintStack(app.app, "Shop", blueprint=shop())
    bucket = made.resource("buckets.files", aws_s3.CfnBucket)
    assert isinstance(made.resource("services.web"), aws_ecs.CfnService)
    assert made.resource("security_group.web").cfn_resource_type == "AWS::EC2::SecurityGroup"
    assert made.resource("subnet.private[a]").cfn_resource_type == "AWS::EC2::Subnet"
    aws_cdk.CfnOutput(made, "FilesArn", value=bucket.attr_arn)
    other = aws_cdk.Stack(app.app, "Other", env=aws_cdk.Environment(region="eu-central-1"))
    aws_sns.CfnTopic(other, "Topic", display_name=made.output("files_bucket"))
    app.app.synth()
    outputs = section(app.template("Shop"), "Outputs")
    assert outputs["FilesArn"]["Value"] == {"Fn::GetAtt": ["FilesBucket", "Arn"]}
    topic = section(app.template("Other"), "Resources")["Topic"]["Properties"]
    assert isinstance(topic, dict)
    assert "Fn::ImportValue" in topic["DisplayName"]


def test_an_output_made_of_parts_can_be_used_in_another_stack(app: App) -> None:
    made = BlueprintStack(app.app, "Sample", blueprint=designed(within_templates(sample_architecture())))
    other = aws_cdk.Stack(app.app, "Other", env=aws_cdk.Environment(region=made.region))
    aws_sns.CfnTopic(other, "Topic", display_name=made.output("api_url"))
    app.app.synth()
    topic = section(app.template("Other"), "Resources")["Topic"]["Properties"]
    assert isinstance(topic, dict)
    separator, (scheme, address, path) = topic["DisplayName"]["Fn::Join"]
    assert (separator, scheme, path) == ("", "https://", "/v1")
    exported = {str(output.get("Export")): output["Value"] for output in outputs_of(app.template("Sample"))}
    assert exported[str({"Name": address["Fn::ImportValue"]})] == {"Fn::GetAtt": ["MainLoadBalancer", "DNSName"]}


def outputs_of(template: Mapping[str, object]) -> list[Mapping[str, object]]:
    return list(section(template, "Outputs").values())


def test_an_overridden_property_is_written(app: App) -> None:
    made = BlueprintStack(app.app, "Shop", blueprint=shop())
    made.resource("buckets.files").add_property_override("ObjectLockEnabled", True)
    app.app.synth()
    properties = section(app.template("Shop"), "Resources")["FilesBucket"]["Properties"]
    assert isinstance(properties, dict)
    assert properties["ObjectLockEnabled"] is True


def test_every_family_that_has_an_address_of_its_own_leads_to_a_kind_that_exists() -> None:
    assert {*stack._KINDS.values()} <= {kind.kind_name() for kind in ROWS}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("buckets.fiels", 'there is no resource "buckets.fiels"; did you mean "buckets.files"?'),
        ("bucket", 'there is no resource "bucket"'),
        ("services.", 'there is no resource "services."'),
    ],
)
def test_a_resource_that_does_not_exist(app: App, address: str, said: str) -> None:
    made = BlueprintStack(app.app, "Shop", blueprint=shop())
    with pytest.raises(InputError) as caught:
        made.resource(address)
    assert str(caught.value).startswith(said)


def test_a_resource_of_another_kind_and_an_output_that_does_not_exist(app: App) -> None:
    made = BlueprintStack(app.app, "Shop", blueprint=shop())
    with pytest.raises(InputError, match=r"^services.web is a CfnService, not a CfnBucket$"):
        made.resource("services.web", aws_s3.CfnBucket)
    with pytest.raises(InputError, match=r'^there is no output "file_bucket"; did you mean "files_bucket"'):
        made.output("file_bucket")


def test_inputs_become_defaults(app: App) -> None:
    BlueprintStack(app.app, "Shop", blueprint=shop(), inputs={"web_image_tag": "1.2.3"})
    app.app.synth()
    assert section(app.template("Shop"), "Parameters")["WebImageTag"]["Default"] == "1.2.3"


def test_inputs_that_are_wrong(app: App) -> None:
    with pytest.raises(InputError) as caught:
        BlueprintStack(app.app, "Shop", blueprint=shop(), inputs={"web_image_tga": "1", "web_image_tag": "a tag"})
    assert [problem.message for problem in caught.value.problems] == [
        'there is no input "web_image_tga"; did you mean "web_image_tag"?',
        'input web_image_tag: "a tag" does not fit; it takes a tag of the ECR repository, at most 128 characters',
    ]


def test_options_of_the_stack(app: App) -> None:
    made = BlueprintStack(
        app.app,
        "Shop",
        blueprint=shop(),
        env=aws_cdk.Environment(account="123456789012"),
        stack_name="other-name",
        description="Of the shop",
        tags={"Team": "blue"},
        termination_protection=True,
        synthesizer=aws_cdk.BootstraplessSynthesizer(),
    )
    app.app.synth()
    artifact = json.loads((app.folder / "manifest.json").read_text())["artifacts"]["Shop"]
    assert artifact["environment"] == "aws://123456789012/eu-central-1"
    properties = artifact["properties"]
    assert (properties["stackName"], properties["terminationProtection"]) == ("other-name", True)
    assert properties["tags"]["Team"] == "blue"
    assert properties["tags"]["Project"] == "shop"
    assert app.template("Shop")["Description"] == "Of the shop"
    assert "Rules" not in app.template("Shop")
    assert made.blueprint_environment.name == "development"


def test_what_cannot_be(app: App) -> None:
    with pytest.raises(InputError, match=r"^env names the region eu-west-1, and the blueprint eu-central-1; leave it"):
        BlueprintStack(app.app, "A", blueprint=shop(), env=aws_cdk.Environment(region="eu-west-1"))
    with pytest.raises(InputError, match=r'has no environment "live"'):
        BlueprintStack(app.app, "B", blueprint=shop(), environment="live")
    with pytest.raises(InputError, match=r"^the environment development is given, and live asked for$"):
        BlueprintStack(app.app, "C", blueprint=shop().environment(), environment="live")
    with pytest.raises(InputError, match=r'services.web.prot: unknown key "prot"'):
        BlueprintStack(app.app, "D", blueprint=shop(services={"web": {"image": {"repository": "web"}, "prot": 1}}))
    with pytest.raises(InputError, match=r"nowhere.yaml does not exist"):
        BlueprintStack(app.app, "E", blueprint="nowhere.yaml")


def test_files_of_both_kinds(app: App, tmp_path: Path) -> None:
    python = tmp_path / "infrastructure.py"
    python.write_text("import groundplan\nb = groundplan.Blueprint(project='one', region='eu-west-1')\n")
    yaml = tmp_path / "groundplan.yaml"
    yaml.write_text("project: two\nregion: eu-west-1\n")
    names = [BlueprintStack(app.app, file.suffix[1:], blueprint=file).stack_name for file in (python, yaml)]
    assert names == ["one-production", "two-production"]
