"""What reaches into another region: a replica, a secret with a copy there, images that are copied."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import COPIES_KEY, COPIES_REGION, DATA_KEY, PRIMARY

from groundplan.resources import Resource
from groundplan.resources.containers import RegistryReplication
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.security import GeneratedPassword, Secret, SecretReplica
from groundplan.resources.values import Ref, SecretValue, text

SHARED = Ref(Secret, "shared")


def standby() -> Iterator[Resource]:
    """Copies in another region of the sample."""
    yield DatabaseInstance(
        name="elsewhere",
        concern="databases",
        region=COPIES_REGION,
        identifier="sample-production-elsewhere",
        instance_class="db.t3.medium",
        source=PRIMARY,
        storage_type="gp3",
        kms_key=COPIES_KEY,
        security_groups=(),
        skip_final_snapshot=True,
        tags={"Name": "sample-production-elsewhere"},
    )
    yield Secret(
        name="shared",
        concern="databases",
        secret_name="sample/production/shared",
        description="Known in two regions",
        kms_key=DATA_KEY,
        generate=GeneratedPassword(),
        replicas=(SecretReplica(COPIES_REGION, COPIES_KEY),),
    )
    yield Secret(
        name="elsewhere",
        concern="databases",
        region=COPIES_REGION,
        secret_name="sample/production/elsewhere",
        description="Made of the copy",
        kms_key=COPIES_KEY,
        value=text("https://", SecretValue(SHARED, region=COPIES_REGION), "@example.com"),
    )
    yield RegistryReplication(
        name="images",
        concern="registry",
        destination_region=COPIES_REGION,
        repositories=("sample-production-api",),
    )
