"""Resource types whose way of creation is more than one call with the properties as they are written."""

from __future__ import annotations


def load() -> None:
    """Import every family, so that its classes are registered."""
    from . import compute, databases, delivery, governance, identity, network, secrets, storage

    assert (compute, databases, delivery, governance, identity, network, secrets, storage)  # noqa: S101
