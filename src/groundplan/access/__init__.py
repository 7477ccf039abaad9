"""Who may do what in an architecture, and why: effective permissions by IAM's own evaluation logic."""

from groundplan.access.evaluation import Caller, Decision, Policies, Request, decide
from groundplan.access.index import Access, access_of
from groundplan.access.permissions import Permission, everything, of_role, of_services, with_action

__all__ = [
    "Access",
    "Caller",
    "Decision",
    "Permission",
    "Policies",
    "Request",
    "access_of",
    "decide",
    "everything",
    "of_role",
    "of_services",
    "with_action",
]
