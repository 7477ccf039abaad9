"""What the estimate is compared with is what is rendered: budget, the tags that it counts by, and what is watched."""

from __future__ import annotations

import json
import re

import pytest

from groundplan.blueprint.loading import LoadedEnvironment, load
from groundplan.cost import estimate
from groundplan.design import design
from groundplan.engines import cloudformation, terraform
from groundplan.resources.account import CostAllocationTag
from groundplan.resources.anomalies import AnomalyMonitor

SHOP = """
project: shop
region: ap-south-1
owner_id: jane
network: {nat: single}
alarms: {email: a@b.de}
objectives: {budget: 100 USD/month}
services: {web: {image: {repository: web, tag: "1"}}}
shared:
  account: {administrators: [], cost_tags: true, anomalies: 50 USD/month}
environments:
  staging: {}
  production: {objectives: {budget: 250.50 USD/month}}
"""


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LoadedEnvironment]:
    file = tmp_path_factory.mktemp("shop") / "groundplan.yaml"
    file.write_text(SHOP)
    return {loaded.name: loaded for loaded in load(file).all()}


@pytest.mark.parametrize(("name", "usd"), [("staging", "100"), ("production", "250.5")])
def test_the_budget_is_rendered_as_it_is_compared(
    environments: dict[str, LoadedEnvironment], name: str, usd: str
) -> None:
    loaded = environments[name]
    architecture = design(loaded)
    found = estimate(architecture, loaded.blueprint.usage, loaded.blueprint.objectives.budget)
    assert found.budget is not None
    assert f"{found.budget.usd.normalize():f}" == usd
    files = "\n".join(terraform.render(architecture).files.values())
    (body,) = re.findall(r'^resource "aws_budgets_budget" .*?^}', files, re.MULTILINE | re.DOTALL)
    (amount,) = re.findall(r'limit_amount += "([\d.]+)"', body)
    templates = [stack.template for stack in cloudformation.render(architecture).stacks]
    (budget,) = (
        resource["Properties"]["Budget"]
        for template in map(json.loads, map(json.dumps, templates))
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Budgets::Budget"
    )
    assert float(amount) == float(budget["BudgetLimit"]["Amount"]) == float(usd)
    assert budget["BudgetLimit"]["Unit"] == found.currency
    marks = {key: architecture.tags[key] for key in ("Project", "Environment", "Owner")}
    assert dict(re.findall(r'key += "(\w+)"\n +values += \["(\w+)"\]', body)) == marks
    tags = [part["Tags"] for part in budget["FilterExpression"]["And"]]
    assert {tag["Key"]: tag["Values"] for tag in tags} == {key: [value] for key, value in marks.items()}


def test_what_budgets_and_watching_count_by_is_activated(environments: dict[str, LoadedEnvironment]) -> None:
    architecture = design(environments["shared"])
    active = {item.tag_key for item in architecture.of(CostAllocationTag)}
    assert active >= {"Project", "Environment", "Owner"}
    (monitor,) = architecture.of(AnomalyMonitor)
    assert monitor.tag.keys() <= active
    assert monitor.tag["Project"] == design(environments["production"]).tags["Project"]
