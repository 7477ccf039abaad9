"""Resource types whose way of creation is more than one call with the properties as they are written."""

from __future__ import annotations

from importlib import import_module

_FAMILIES = (
    "automation", "balancers", "compute", "databases", "delivery", "edge", "governance", "identity", "kubernetes",
    "log_deliveries", "messaging", "network", "observability", "rest_apis", "restore_testing", "secrets", "storage",
    "tables",
)  # fmt: skip


def load() -> None:
    """Import every family, so that its classes are registered."""
    for family in _FAMILIES:
        import_module(f"{__package__}.{family}")
