"""An environment whose names have changed, as it was before: in the names that AWS has."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from groundplan.blueprint import standby
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.problems import explain_errors
from groundplan.blueprint.renames import in_aws
from groundplan.blueprint.shape import shape_of
from groundplan.blueprint.tree import Node
from groundplan.blueprint.validation import find_problems
from groundplan.errors import InputError, Problem


def in_names_of_aws(loaded: LoadedEnvironment) -> LoadedEnvironment:
    """The environment, its standby and what ``shared:`` stands beside, all as they are called in AWS.

    Raises InputError where the old names cannot stand together in one blueprint.
    """
    renamed = loaded.blueprint.renamed
    name = renamed.environment or loaded.name
    before = _read(replace(loaded, name=name), in_aws(loaded.tree, renamed))
    there = loaded.standby
    if there is not None:
        tree = in_aws(there.tree, renamed)
        short_name = standby.short_name(before.tree, standby.overlay_of(before.tree), name)
        tree = replace(tree, value={**tree.fields, "short_name": short_name})
        there = _read(replace(there, name=standby.name_of(name)), tree)
    return replace(before, standby=there, siblings=tuple(one.in_aws for one in loaded.siblings))


def _read(loaded: LoadedEnvironment, tree: Node) -> LoadedEnvironment:
    at = loaded.position("renamed")
    try:
        blueprint = Blueprint.model_validate(tree.plain())
    except ValidationError as error:
        problems = list(explain_errors(error.errors(include_url=False), tree, shape_of(Blueprint)))
    else:
        problems = find_problems(blueprint, tree)
    if problems:
        raise InputError(
            Problem(f"in the names of before: {problem.path}: {problem.message}", at, "renamed") for problem in problems
        )
    return replace(loaded, blueprint=blueprint, tree=tree)
