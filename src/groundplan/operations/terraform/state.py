"""What Terraform's state says is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from groundplan.operations.terraform.folder import COSTS, FOUND, MONTHLY, OWN_OUTPUTS, Root
from groundplan.operations.terraform.run import mapping, sequence


@dataclass(frozen=True, slots=True)
class Standing:
    """One resource in the state."""

    address: str
    """Terraform's address."""
    type: str
    values: Mapping[str, object]
    tainted: bool = False
    """Whether its creation failed half way, so that it is made anew."""

    @property
    def physical_id(self) -> str:
        """What AWS calls it."""
        return str(self.values.get("id") or self.values.get("arn") or "")


@dataclass(frozen=True, slots=True)
class State:
    """Everything that Terraform has made."""

    resources: tuple[Standing, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    monthly: str | None = None
    """The monthly cost in USD of what was deployed last."""
    costs: str | None = None
    """The same by address, as JSON."""
    found: str | None = None
    """What the checks found in it, packed."""


def read_state(root: Root) -> State:
    """What is deployed. Raises EnvironmentalError where the state cannot be read."""
    return of_json(json.loads(root.terraform.read("show", "-json")))


def of_json(shown: Mapping[str, object]) -> State:
    """The state in ``terraform show -json``, or in the ``prior_state`` of a plan.

    Source: https://developer.hashicorp.com/terraform/internals/json-format#state-representation
    """
    values = mapping(shown.get("values"))
    outputs = {name: mapping(item) for name, item in mapping(values.get("outputs")).items()}
    told = {name: _text(item.get("value")) for name, item in outputs.items() if not item.get("sensitive")}
    own = {name: told.pop(name, None) for name in OWN_OUTPUTS}
    resources = tuple(_resources(mapping(values.get("root_module"))))
    return State(resources, told, own[MONTHLY], own[COSTS], own[FOUND])


def _resources(module: Mapping[str, object]) -> Iterator[Standing]:
    for item in map(mapping, sequence(module.get("resources"))):
        if item.get("mode") == "managed":
            yield Standing(
                str(item["address"]), str(item["type"]), mapping(item.get("values")), tainted=bool(item.get("tainted"))
            )
    for child in sequence(module.get("child_modules")):
        yield from _resources(mapping(child))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
