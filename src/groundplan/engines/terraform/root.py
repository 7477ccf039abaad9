"""The files of a Terraform root that no resource asks for: versions, provider, backend, data, variables, outputs."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import CannotExpressError, Context, label, parameter_label
from groundplan.engines.terraform.google import provider as google_provider
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Call, Comment, Expression, Item, Value
from groundplan.engines.terraform.model import Options, Unsupported
from groundplan.engines.terraform.parameters import COST_TAGS
from groundplan.engines.terraform.text import quote
from groundplan.resources import Architecture, Input
from groundplan.resources.account import CostAllocationTag
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Secret
from groundplan.resources.state import state_key

TERRAFORM_VERSION = ">= 1.11"
"""The first with write-only arguments: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only"""
PROVIDER_VERSION = "~> 6.62"
"""The version whose schema the tests hold; 6.0 still lacks some of what is written, like ``secret_arn``."""

_TERRAFORM_REASON = "The first with write-only arguments, which keep secrets out of the state."
_PROVIDER_REASON = "Checked against the schema of 6.62; a new major version may change what arguments mean."

_REGION = r"^[a-z]{2}(-[a-z]+)+-[0-9]+$"


def versions(architecture: Architecture) -> Iterator[Item]:
    """``versions.tf``"""
    provider: Value = {"source": "hashicorp/aws", "version": PROVIDER_VERSION}
    required: tuple[Item, ...] = (
        Comment(_PROVIDER_REASON),
        Argument("aws", provider),
        *google_provider.required(architecture),
    )
    body: tuple[Item, ...] = (
        Comment(_TERRAFORM_REASON),
        Argument("required_version", TERRAFORM_VERSION),
        Block("required_providers", (), required),
    )
    yield Block("terraform", (), body)


def providers(architecture: Architecture) -> Iterator[Item]:
    """``providers.tf``"""
    body: list[Item] = [Argument("region", Expression("var.region"))]
    if architecture.tags:
        tags: Value = {
            key: Expression("var.environment") if _is_environment(value, architecture) else value
            for key, value in architecture.tags.items()
        }
        body.append(Block("default_tags", (), (Argument("tags", tags),)))
    yield Block("provider", ("aws",), tuple(body))


def backend(architecture: Architecture, options: Options) -> Iterator[Item]:
    """``backend.tf``"""
    body: list[Item] = []
    if options.backend == "s3":
        if options.state_bucket:
            body.append(
                Comment("groundplan bootstrap makes the bucket, and says which key of KMS to give terraform init")
            )
            body.append(Argument("bucket", options.state_bucket))
        else:
            body.append(Comment("The bucket is named at: terraform init -backend-config=bucket=NAME"))
        body += [
            Argument("key", state_key(architecture.project, architecture.stage)),
            Argument("region", architecture.region),
            Argument("encrypt", True),
            Argument("use_lockfile", True),
        ]
    else:
        body.append(Argument("path", "terraform.tfstate"))
    yield Block("terraform", (), (Block("backend", (options.backend,), tuple(body)),))


def unversioned() -> str:
    """``.gitignore``, for a state in a file: what is only of this machine, and never for others to read."""
    return ".terraform/\n*.tfstate\n*.tfstate.*\n*.tfplan\n"


def data(context: Context) -> Iterator[Item]:
    """``data.tf``: only what is referred to."""
    for type_ in sorted(context.data_sources):
        yield Block("data", (type_, "current"))
    for name, region in sorted(context.parameters_read, key=lambda item: (item[0], item[1] or "")):
        where = (Argument("region", region),) if region else ()
        yield Block(
            "data",
            ("aws_ssm_parameter", parameter_label(name, region)),
            (
                Comment("Another environment writes it, which has to be deployed first: terraform apply in its folder"),
                *where,
                Argument("name", name),
            ),
        )


def variables(architecture: Architecture) -> Iterator[Item]:
    """``variables.tf``"""
    yield _variable("region", "AWS region of the environment", None, _REGION, "a region of AWS, like ap-south-1")
    if _uses_environment(architecture):
        pattern = r"^[A-Za-z][A-Za-z0-9_-]*$"
        hint = "a letter, then letters, digits, hyphens and underscores"
        yield _variable("environment", "Name of the environment", None, pattern, hint)
    for item in architecture.inputs:
        if item.type == "bool":
            yield _switch(item)
        else:
            yield _variable(item.name, item.description, item.default, item.pattern, item.pattern_hint)
    made: list[Secret | SecureParameter] = [*architecture.of(Secret), *architecture.of(SecureParameter)]
    generated = sorted(label(secret.ref) for secret in made if secret.generate)
    if generated:
        yield _secret_versions(generated)
    if architecture.of(CostAllocationTag):
        yield Block("variable", (COST_TAGS,), _COST_TAGS)


_COST_TAGS = (
    Argument(
        "description",
        "Whether cost allocation tags are activated. Cost Explorer refuses a tag until about a day after its first use",
    ),
    Argument("type", Expression("bool")),
    Argument("default", True),
    Argument("nullable", False),
)


def _variable(name: str, description: str, default: str | None, pattern: str | None, hint: str) -> Block:
    body: list[Item] = [Argument("description", description), Argument("type", Expression("string"))]
    if default is not None:
        body.append(Argument("default", default))
    body.append(Argument("nullable", False))
    if pattern is not None:
        demand = hint.rstrip(".") or f"text that matches {pattern}"
        check = (
            Argument("condition", Call("can", Call("regex", _whole(pattern), Expression(f"var.{name}")))),
            Argument("error_message", f"The value of {name} must be: {demand}."),
        )
        body.append(Block("validation", (), check))
    return Block("variable", (name,), tuple(body))


def _switch(item: Input) -> Block:
    body: list[Item] = [Argument("description", item.description), Argument("type", Expression("bool"))]
    if item.default is not None:
        body.append(Argument("default", item.default == "true"))
    return Block("variable", (item.name,), (*body, Argument("nullable", False)))


def _secret_versions(names: list[str]) -> Block:
    # Every key has to be the name of a secret: a misspelt one would change nothing, and nobody would know.
    known = ",\n  ".join(quote(name) for name in names)
    misspelt = f"setsubtract(keys(var.secret_versions), [\n  {known},\n])"
    validation = (
        Argument("condition", Expression(f"length({misspelt}) == 0")),
        Argument("error_message", f"Secrets that have a version: {', '.join(names)}."),
    )
    return Block(
        "variable",
        ("secret_versions",),
        (
            Argument("description", "Secret to number: a higher one has its password made anew"),
            Argument("type", Expression("map(number)")),
            Argument("default", {}),
            Argument("nullable", False),
            Block("validation", (), validation),
        ),
    )


def _whole(pattern: str) -> str:
    """The pattern, made to match the value as a whole."""
    anchored = pattern.startswith("^") and pattern.endswith("$") and "|" not in pattern
    return pattern if anchored else f"^(?:{pattern})$"


def values(architecture: Architecture) -> Iterator[Item]:
    """``terraform.tfvars``"""
    yield Argument("region", architecture.region)
    if _uses_environment(architecture):
        yield Argument("environment", architecture.environment)
    missing = [item for item in architecture.inputs if item.default is None]
    if missing:
        yield Blank()
        yield Comment("\n".join(_given_by_a_person(item) for item in missing))


def _given_by_a_person(item: Input) -> str:
    return f"{item.name} is given in a file of your own, *.auto.tfvars, or as TF_VAR_{item.name}: {item.description}"


def outputs(context: Context, left_out: frozenset[str]) -> tuple[list[Item], list[Unsupported]]:
    """``outputs.tf``, and the outputs that Terraform cannot give without keeping a secret in its state."""
    items: list[Item] = []
    unsupported = []
    for output in context.architecture.outputs:
        if output.name in left_out:
            continue
        try:
            value = context.value(output.value)
        except CannotExpressError as reason:
            unsupported.append(Unsupported(f"output.{output.name}", str(reason)))
            continue
        items.append(
            Block("output", (output.name,), (Argument("description", output.description), Argument("value", value)))
        )
    return items, unsupported


def _is_environment(value: str, architecture: Architecture) -> bool:
    return value == architecture.environment


def _uses_environment(architecture: Architecture) -> bool:
    return any(_is_environment(value, architecture) for value in architecture.tags.values())
