"""``access``: who may do what on what, by which statement, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings, designed
from groundplan.cli.output import write, write_json, write_table
from groundplan.units import shown

if TYPE_CHECKING:
    from groundplan.access import Access, Permission
    from groundplan.resources.security import Role

SHOWN = 12
"""More actions of one level than that are only counted in a table."""

Who = Annotated[
    str | None,
    typer.Argument(help="A service or job of the blueprint, or a role. Default: everybody.", show_default=False),
]
To = Annotated[
    str | None,
    typer.Option("--to", help="Who may touch this: a name of the blueprint, or an address.", show_default=False),
]
WithAction = Annotated[
    str | None,
    typer.Option("--action", help="Who may do this, like s3:DeleteObject or 'kms:*'.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(access)


def access(
    who: Who = None,
    to: To = None,
    action: WithAction = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Who may do what on what, by which statement, and what in the blueprint asks for it."""
    from groundplan.access import access_of, of_role, of_services, with_action
    from groundplan.access.naming import roles_called, targets_called

    loaded, architecture = designed(file, environment, settings)
    rights = access_of(architecture)
    roles = rights.roles if who is None else roles_called(rights, who)
    if action is not None:
        _check_action(action)
    found = [item for role in roles for item in of_role(rights, role)]
    if who is None:
        found += of_services(rights)
    else:
        taken = {role.address for role in roles}
        found += [item for item in of_services(rights) if item.target in taken]
    if to is not None:
        targets = {item.address for item in targets_called(rights, to)}
        found = [item for item in found if item.target in targets or (item.action, item.part) == ("*", "*")]
    if action is not None:
        found = list(with_action(found, action))
    unknown = _unknown(rights, roles)
    if format is OutputFormat.JSON:
        write_json(
            {
                "environment": loaded.name,
                "permissions": [_document(item) for item in found],
                "unknown_policies": unknown,
            }
        )
        return
    if found:
        write_table(("who", "may", "on", "by, and because of"), _rows(found))
    for role, policies in unknown.items():
        write(f"{role} has rights that are not seen here: {', '.join(policies)}")
    principals = {item.principal for item in found}
    write(f"{loaded.name}: {_count(len(found), 'permission')} of {_count(len(principals), 'principal')}")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _check_action(action: str) -> None:
    """Raise InputError for what IAM does not know, with the nearest that it does."""
    from groundplan.catalog import iam
    from groundplan.errors import InputError

    if action != "*" and not iam.expand(action):
        raise InputError(f"IAM knows no action {shown(action)}{iam.suggest(action)}")


def _unknown(rights: Access, roles: tuple[Role, ...]) -> dict[str, list[str]]:
    return {role.address: list(names) for role in roles if (names := rights.unknown_policies(role))}


def _document(item: Permission) -> dict[str, object]:
    return {
        "principal": item.principal,
        "action": item.action,
        "level": item.level,
        "target": item.target,
        "arn": item.part,
        "verdict": item.decision.verdict,
        "only_if": list(item.only_if),
        "statements": list(item.by),
        "because": [
            {
                "path": cause.path,
                "file": str(cause.position.file) if cause.position else None,
                "line": cause.position.line if cause.position else None,
                "column": cause.position.column if cause.position else None,
            }
            for cause in item.because
        ],
    }


def _rows(found: list[Permission]) -> list[tuple[str, str, str, str]]:
    """One row for what is allowed on the same thing, by the same statements, under the same conditions."""
    rows: dict[tuple[object, ...], list[Permission]] = {}
    for item in found:
        target = item.target if item.part == "*" or item.target == item.part else f"{item.target}{_inside(item)}"
        rows.setdefault((item.principal, target, item.level, item.by, item.only_if), []).append(item)
    return [
        (
            str(principal),
            f"{level}: {_actions(items)}",
            str(target),
            "\n".join((*items[0].by, *(f"only if {what}" for what in items[0].only_if), *map(str, items[0].because))),
        )
        for (principal, target, level, _, _), items in rows.items()
    ]


def _inside(item: Permission) -> str:
    """What of the resource: ``/*`` for the objects of a bucket."""
    tail = item.part.rpartition(":")[2]
    return f" {tail[tail.find('/') :]}" if item.target.startswith("bucket.") and "/" in tail else ""


def _actions(items: list[Permission]) -> str:
    names = list(dict.fromkeys(item.action for item in items))
    return ", ".join(names) if len(names) <= SHOWN else f"{len(names)} actions, {', '.join(names[:3])} and others"
