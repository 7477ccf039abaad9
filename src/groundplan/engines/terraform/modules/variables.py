"""What a module is told: settings with a type that is read off their values in the environments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from groundplan.engines.terraform.hcl import Row, Value
from groundplan.engines.terraform.modules.features import Feature, Features
from groundplan.engines.terraform.modules.links import Normal

SETTINGS = "settings"
"""The variable of a module with everything in which sites differ."""
ANY = "any"
"""The type of what is a text at one site and a list at another, as policies may have it."""


@dataclass(frozen=True)
class Variable:
    """One thing in which sites differ."""

    name: str
    what: str
    """``retention_in_days``."""
    of: tuple[str, ...]
    """The resources that it is told."""
    type: str
    """As HCL writes it: ``map(object({ cidr_block = string }))``."""
    values: Mapping[str, Normal]
    """Value by site; one that has no use for it is not in here."""

    @property
    def description(self) -> str:
        """What it is, and for whom."""
        named = f"{', '.join(self.of[:3])}{f' and {len(self.of) - 3} more' if len(self.of) > 3 else ''}"
        return f"{self.what} of {named}" if self.what else named


@dataclass
class Interface:
    """Settings of one module in the making. What is asked for twice is there once."""

    environments: tuple[str, ...]
    """The sites that call it."""
    features: Features
    variables: dict[str, Variable] = field(default_factory=dict)
    switches: dict[str, Feature] = field(default_factory=dict)
    sizes: dict[str, Normal] = field(default_factory=dict)
    """Of the only environment, by the name of the local value: nothing could set them otherwise."""

    def switch(self, feature: Feature, *, on: bool = True) -> str:
        """The code of a feature, or of its being off."""
        self.switches[feature.name] = feature
        return f"{'' if on else '!'}var.features.{feature.name}"

    def variable(self, names: Sequence[str], what: str, of: str, values: Mapping[str, Normal]) -> str:
        """The code of a setting with these values, under the first of the names that is free or means the same."""
        for name in (*names, *(f"{names[-1]}_{number}" for number in range(2, len(self.variables) + 3))):
            known = self.variables.get(name)
            if known is None:
                self.variables[name] = Variable(name, what, (of,), type_of(values.values()), dict(values))
                break
            if all(known.values.get(site, value) == value for site, value in values.items()) and (
                known.values.keys() & values.keys()
            ):
                users = known.of if of in known.of else (*known.of, of)
                every = {**known.values, **values}
                self.variables[name] = replace(known, of=users, values=every, type=type_of(every.values()))
                break
        return f"var.{SETTINGS}.{name}"

    def size(self, names: Sequence[str], what: str, of: str, values: Mapping[str, Normal]) -> str:
        """The code of a size that is the same everywhere: a variable, for a single environment a local value."""
        if len(self.environments) > 1:
            return self.variable(names, what, of, values)
        (value,) = values.values()
        every = (*names, *(f"{names[-1]}_{number}" for number in range(2, len(self.sizes) + 3)))
        name = next(one for one in every if self.sizes.get(one, value) == value)
        self.sizes[name] = value
        return f"local.{name}"

    def retype(self, code: str, type_: str) -> None:
        """Give a variable a type that its values alone do not tell."""
        name = code.removeprefix(f"var.{SETTINGS}.")
        self.variables[name] = replace(self.variables[name], type=type_)


def type_of(values: Iterable[Normal]) -> str:
    """The narrowest type that all values have. ``null`` has every type."""
    known = [value for value in values if value is not None]
    if not known:
        return "string"
    if all(isinstance(value, bool) for value in known):
        return "bool"
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return "number"
    if all(isinstance(value, str) for value in known):
        return "string"
    if all(isinstance(value, Mapping) for value in known):
        return _mapping([value for value in known if isinstance(value, Mapping)])
    if all(isinstance(value, tuple) for value in known):
        items = [item for value in known if isinstance(value, Sequence) for item in value]
        rows = [item for item in items if isinstance(item, Mapping)]
        return f"list({object_type(rows) if rows and len(rows) == len(items) else type_of(items)})"
    return ANY


def object_type(values: Iterable[Mapping[str, Normal]]) -> str:
    """An object with the keys of all values; what only some have is optional."""
    known = list(values)
    names = list(dict.fromkeys(name for value in known for name in value))
    members = []
    for name in names:
        inner = type_of(value[name] for value in known if name in value)
        whole = all(name in value and value[name] is not None for value in known)
        members.append(f"{name} = {inner}" if whole else f"{name} = optional({inner})")
    return "object({ " + ", ".join(members) + " })" if members else "object({})"


def _mapping(values: list[Mapping[str, Normal]]) -> str:
    """A map where everything in it is of one simple type, else an object."""
    inner = type_of(item for value in values for item in value.values())
    return f"map({inner})" if inner in ("string", "number", "bool") else object_type(values)


def plain(value: Normal) -> Value:
    """A value without code, for ``terraform.tfvars``."""
    match value:
        case tuple():
            return [plain(item) for item in value]
        case Mapping():
            return Row({key: plain(item) for key, item in value.items()})
        case str() | int() | float() | bool() | None:
            return value
    raise TypeError(f"{type(value).__name__} cannot stand in terraform.tfvars")
