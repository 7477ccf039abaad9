"""``validate``, ``explain``, ``schema``, ``resources``: look at a blueprint and what it becomes."""

from __future__ import annotations

import typer

from groundplan.cli.options import (
    DEFAULT_FILE,
    Environment,
    File,
    Format,
    OutputFormat,
    Settings,
    designed,
    load,
    load_all,
)
from groundplan.cli.output import write, write_json, write_table
from groundplan.units import counted


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(validate)
    app.command()(explain)
    app.command()(schema)
    app.command()(resources)


def validate(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Read the blueprint and design every environment: what is wrong, and where."""
    from groundplan.design import design
    from groundplan.errors import InputError

    environments = load_all(file, settings) if environment is None else [designed(file, environment, settings)[0]]
    problems = []
    sizes: dict[str, int] = {}
    for loaded in environments:
        try:
            sizes[loaded.name] = len(design(loaded))
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise InputError(problems)
    if format is OutputFormat.JSON:
        write_json({"file": str(file), "environments": [{"name": key, "resources": n} for key, n in sizes.items()]})
        return
    for name, count in sizes.items():
        write(f"{file}: {name} is valid: {counted(count, 'resource')}")


def explain(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Every value of an environment, and where it came from."""
    from groundplan.blueprint.explain import explain as rows_of

    loaded = load(file, environment, settings)
    rows = rows_of(loaded)
    if format is OutputFormat.JSON:
        values = [{"path": row.path, "value": row.value, "origin": row.origin} for row in rows]
        write_json({"environment": loaded.name, "values": values})
        return
    write_table(("value", "is", "because of"), [(row.path, row.value, row.origin) for row in rows])


def schema() -> None:
    """The JSON Schema of blueprints, for editors."""
    from groundplan.blueprint.schema import schema as blueprint_schema

    write_json(blueprint_schema())


def resources(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Every resource that the blueprint becomes, and what each engine calls it."""
    from groundplan.engines import cloudformation, terraform

    _, architecture = designed(file, environment, settings)
    addresses = terraform.render(architecture).addresses
    locations = cloudformation.render(architecture).locations
    documents = [
        {
            "name": resource.name,
            "key": resource.key,
            "kind": resource.kind_name(),
            "region": resource.region or architecture.region,
            "terraform": list(addresses.get(resource.ref, ())),
            "cloudformation": [
                {"stack": place.stack, "logical_id": place.logical_id, "type": place.type}
                for place in locations.get(resource.ref, ())
            ],
        }
        for resource in architecture
    ]
    if format is OutputFormat.JSON:
        write_json(documents)
        return
    rows = [
        (
            resource.address,
            "\n".join(addresses.get(resource.ref, ("-",))),
            "\n".join(f"{place.type} {place.logical_id}" for place in locations.get(resource.ref, ())) or "-",
        )
        for resource in architecture
    ]
    write_table(("resource", "Terraform", "CloudFormation"), rows)
