"""What holds for every environment of every example, whatever its specification demands."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator

from tests.acceptance.conftest import DEPLOYED_IN
from tests.acceptance.system import Aws, System, Templates, TerraformRoot
from tests.engines.cloudformation.linting import found_by_lint
from tests.engines.cloudformation.test_validators import ACCEPTED_BY_LINT, ACCEPTED_BY_VALIDATE, unaccepted

from groundplan.cost import Estimate
from groundplan.engines.cloudformation import Stack
from groundplan.engines.terraform import Options, render
from groundplan.engines.terraform.checking import check


class EveryRoot:
    """What holds for the Terraform of an environment."""

    def test_schemas_of_the_providers_allow_what_is_rendered(self, system: System) -> None:
        options = Options(state_bucket=f"{system.name}-terraform-state")
        assert check(render(system.architecture, options).files) == ()

    def test_terraform_plans_and_plans_nothing_twice(self, terraform: TerraformRoot) -> None:
        terraform.core.fmt_check(terraform.folder)
        terraform.core.validate(terraform.folder)
        actions = [change["change"]["actions"] for change in terraform.plan["resource_changes"]]
        assert len(actions) == len(terraform.values)
        assert all(action == ["create"] for action in actions)
        terraform.core.second_plan_is_empty(terraform.folder)


class EveryEnvironment(EveryRoot):
    """A class ``TestPoc(EveryEnvironment)`` tests it for the environment that class or file is marked with."""

    def test_cfn_lint_finds_nothing(self, templates: Templates) -> None:
        assert unaccepted(found_by_lint(templates.rendering.stacks), ACCEPTED_BY_LINT) == []

    def test_validator_of_aws_finds_nothing(self, templates: Templates) -> None:
        validator = importlib.import_module("cloudformation_validate")  # the package has no type hints
        engine = validator.CompositeEngine()

        def found() -> Iterator[tuple[Stack, str, str]]:
            for stack in templates.rendering.stacks:
                report = engine.validate_template(validator.TemplateContent(stack.body, stack.name))
                for diagnostic in report.diagnostics:
                    if diagnostic.severity.name != "INFO":
                        yield stack, diagnostic.rule_id, diagnostic.message

        assert unaccepted(found(), ACCEPTED_BY_VALIDATE) == []

    def test_every_finding_is_accepted_with_its_reason(self, system: System) -> None:
        report = system.command_line.json("check", *system.chosen)
        serious = [finding for finding in report["findings"] if finding["severity"] in ("error", "warning")]
        assert [f"{item['rule']} {item['message']}" for item in serious if not item["accepted"]] == []
        assert all(item["reason"] for item in serious)

    def test_every_figure_has_its_source(self, costs: Estimate) -> None:
        assert costs.lines
        assert [line for line in costs.lines if not (line.source and line.source_date and line.formula)] == []
        assert all(item.why for item in costs.unpriced)

    def test_deployment_is_measured(
        self, system: System, aws: Aws, record_property: Callable[[str, object], None]
    ) -> None:
        """The figure stands below pytest's summary; how quick the machine is, no test can say."""
        record_property(DEPLOYED_IN, f"{system.name} {system.environment}: {system.deployed_in:.1f} s")
        stacks = system.command_line.json("status", "--target", "local", *system.chosen)["stacks"]
        assert {stack["status"] for stack in stacks} <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

    def test_second_deployment_changes_nothing(self, system: System, aws: Aws) -> None:
        command = system.command_line
        assert command.json("plan", "--target", "local", *system.chosen)["changes"] == []
        again = command.json("deploy", "--target", "local", *system.chosen)
        assert [stack["name"] for stack in again["stacks"] if stack["changed"]] == []
