"""The role that deploys an environment: its rights, the boundary of all other roles, and how both are made."""

from groundplan.operations.deployer.make import (
    Foundation,
    Made,
    bring_about,
    changes,
    look_ahead,
    look_at_removal,
    remove,
    require_current,
    templates,
)
from groundplan.operations.deployer.rights import Environment, rights
from groundplan.operations.deployer.stack import design_deployer, environments

__all__ = [
    "Environment",
    "Foundation",
    "Made",
    "bring_about",
    "changes",
    "design_deployer",
    "environments",
    "look_ahead",
    "look_at_removal",
    "remove",
    "require_current",
    "rights",
    "templates",
]
