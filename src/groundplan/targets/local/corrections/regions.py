"""Copies in other regions: replicas of databases and secrets, images."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once


@once
def replicas_in_other_regions() -> None:
    """moto makes a replica in another region of its source's network, and cannot delete it; at AWS it is of its own.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html
    """
    from moto.ec2.models import ec2_backends
    from moto.rds.models import DBInstance, RDSBackend

    original, remove = RDSBackend.create_db_instance_read_replica, DBInstance.remove_replica

    @wraps(original)
    def create(self: Any, db_kwargs: Any) -> Any:
        source = str(db_kwargs["source_db_instance_identifier"])
        if not source.startswith("arn:") or source.split(":")[3] == self.region_name:
            return original(self, db_kwargs)
        primary = self.find_db_from_id(source)
        replica = copy.copy(primary)
        replica.backend, replica.replicas, replica.tags = self, [], []
        replica.availability_zone = f"{self.region_name}a"
        replica.db_parameter_group_name = replica.db_subnet_group_name = None
        replica.db_subnet_group = None
        network: Any = ec2_backends[self.account_id][self.region_name]
        replica.vpc_security_group_ids = [network.get_default_security_group(network.default_vpc.id).id]
        replica.option_group_name = f"default:{replica.engine}-{replica.engine_version.split('.')[0]}"
        replica.backup_retention_period = 0
        replica.enabled_cloudwatch_logs_exports = list(db_kwargs.get("enable_cloudwatch_logs_exports") or ())
        replica.update(**{str(name): value for name, value in db_kwargs.items()})
        replica.set_as_replica()
        self.databases[replica.db_instance_identifier] = replica
        primary.add_replica(replica)
        return replica

    @wraps(remove)
    def forget(self: Any, replica: Any) -> None:
        names = (replica.db_instance_identifier, replica.db_instance_arn)
        self.replicas = [name for name in self.replicas if name not in names]

    setattr(RDSBackend, "create_db_instance_read_replica", create)  # noqa: B010 - mypy forbids assigning to a method
    setattr(DBInstance, "remove_replica", forget)  # noqa: B010 - mypy forbids assigning to a method


@once
def keys_of_secret_replicas() -> None:
    """moto forgets the key that a copy of a secret is encrypted with; AWS shows it (``ReplicationStatus``)."""
    from moto.secretsmanager.models import FakeSecret

    original = FakeSecret.create_replicas

    @wraps(original)
    def create(self: Any, replica_regions: list[dict[str, str]], *args: Any, **rest: Any) -> Any:
        keys = {item["Region"]: item.get("KmsKeyId") for item in replica_regions or ()}
        replicas = original(self, replica_regions, *args, **rest)
        for replica in replicas:
            if key := keys.get(replica.region):
                replica.config["KmsKeyId"] = key
        return replicas

    setattr(FakeSecret, "create_replicas", create)  # noqa: B010 - mypy forbids assigning to a method


@once
def images_are_replicated() -> None:
    """moto keeps the replication configuration of a registry and copies no image; ECR copies those that are pushed from
    then on, into a repository of the same name, which it makes where there is none.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
    """
    from moto.ecr.exceptions import ImageAlreadyExistsException
    from moto.ecr.models import ECRBackend, ecr_backends

    original = ECRBackend.put_image

    @wraps(original)
    def put(self: Any, repository_name: str, image_manifest: str, image_tag: str, *args: Any, **rest: Any) -> Any:
        image = original(self, repository_name, image_manifest, image_tag, *args, **rest)
        for destination in _destinations(self.replication_config, repository_name):
            there: Any = ecr_backends[destination["registryId"]][destination["region"]]
            if repository_name not in there.repositories:
                make: Any = there.create_repository
                make(repository_name, destination["registryId"], None, None, None, [])
            try:
                original(there, repository_name, image_manifest, image_tag, *args, **rest)
            except ImageAlreadyExistsException:
                continue  # what is there already is not copied again
        return image

    setattr(ECRBackend, "put_image", put)  # noqa: B010 - mypy forbids assigning to a method


def _destinations(configuration: Mapping[str, Any], repository: str) -> list[dict[str, str]]:
    found = []
    for rule in configuration.get("rules") or ():
        filters = [item["filter"] for item in rule.get("repositoryFilters") or ()]
        if not filters or any(repository.startswith(prefix) for prefix in filters):
            found += rule["destinations"]
    return found
