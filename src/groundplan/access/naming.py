"""From the names that a person uses to roles and resources."""

from __future__ import annotations

from groundplan.access.index import Access
from groundplan.errors import InputError, suggestion
from groundplan.resources.architecture import STANDBY
from groundplan.resources.base import Resource
from groundplan.resources.security import Role
from groundplan.units import shown

PURPOSES = ("task", "execution", "pod", "schedule", "instance", "replication", "google_copy")
"""What stands behind the name of a service, job, bucket or kind of instances in the names of its roles."""


def _stem(name: str) -> str:
    return name.replace("-", "_").removeprefix(STANDBY)


def _owner(role: Role) -> str:
    """What a role is for: the name of a service, job or bucket, or its own."""
    stem = _stem(role.name)
    for purpose in PURPOSES:
        if stem.endswith(f"_{purpose}"):
            return stem.removesuffix(f"_{purpose}")
    return stem


def roles_called(access: Access, name: str) -> tuple[Role, ...]:
    """The roles of a service, job or bucket by its name in the blueprint, or one role by its name or address.

    Raises InputError where there is none, with the nearest name.
    """
    exact = tuple(role for role in access.roles if name in (role.address, role.role_name, role.name))
    found = exact or tuple(role for role in access.roles if _owner(role) == _stem(name))
    if found:
        return found
    known = {_owner(role) for role in access.roles}
    raise InputError(f"nobody here is called {shown(name)}{suggestion(_stem(name), known)}")


def targets_called(access: Access, name: str) -> tuple[Resource, ...]:
    """What has rights to it and is called so: a resource by its address, or all that belong to a name of the blueprint,
    like a database, its secrets and a key of that name.

    Raises InputError where there is nothing, with the nearest name.
    """
    candidates = [item for item in access.architecture if "arn" in item.attributes and item.cloud == "aws"]
    exact = tuple(item for item in candidates if item.address == name)
    if exact:
        return exact
    stem = _stem(name)
    named = tuple(item for item in candidates if _stem(item.name) == stem or _stem(item.name).startswith(f"{stem}_"))
    if named:
        return named
    known = {item.address for item in candidates} if "." in name else {_stem(item.name) for item in candidates}
    near = suggestion(name if "." in name else stem, known)
    raise InputError(f"there is nothing here called {shown(name)} that somebody could have rights to{near}")
