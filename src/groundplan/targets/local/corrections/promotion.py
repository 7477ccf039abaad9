"""Replicas that become instances of their own."""

from __future__ import annotations

from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once


@once
def promoted_replicas_stand_alone() -> None:
    """To moto a promoted replica still has its source, and the source its replica; one that is none may be promoted.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html
    """
    from moto.rds.exceptions import DBInstanceNotFoundError, InvalidDBInstanceStateFault
    from moto.rds.models import RDSBackend

    original = RDSBackend.promote_read_replica

    @wraps(original)
    def promote(self: Any, db_kwargs: Any) -> Any:
        name = db_kwargs["db_instance_identifier"]
        if name not in self.databases:
            raise DBInstanceNotFoundError(name)
        replica = self.databases[name]
        if not replica.is_replica:
            raise InvalidDBInstanceStateFault(f"DB instance {name} is not a read replica")
        source = self.find_db_from_id(replica.source_db_instance_identifier)
        given = {str(key): value for key, value in db_kwargs.items()}
        promoted = original(self, {"backup_retention_period": 1, **given})
        source.remove_replica(promoted)
        promoted.source_db_instance_identifier = None
        return promoted

    setattr(RDSBackend, "promote_read_replica", promote)  # noqa: B010 - mypy forbids assigning to a method
