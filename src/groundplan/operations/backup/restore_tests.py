"""What the restore tests of AWS Backup have shown (``backup.test`` of the blueprint)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from groundplan.operations.backup.stores import utc
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import RestoreTestingPlan
from groundplan.targets.connection import Connection, explained


@dataclass(frozen=True, slots=True)
class RestoreTest:
    """What became of the newest restore test of one kind of resource."""

    type: str
    """``RDS``, ``S3``, ``EFS``, ``EBS``."""
    status: str
    created: datetime
    completed: datetime | None
    reason: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether what was tested could be restored."""
        return self.status == "COMPLETED"


def find_restore_tests(connection: Connection, architecture: Architecture) -> Iterator[RestoreTest]:
    """The newest restore of each kind that AWS Backup's restore testing has made of this environment."""
    names = {item.plan_name: item.region or architecture.region for item in architecture.of(RestoreTestingPlan)}
    for name, region in names.items():
        client = connection.backup(region)
        with explained("Reading restore tests"):
            plans = client.get_paginator("list_restore_testing_plans").paginate()
            arns = [
                plan["RestoreTestingPlanArn"]
                for page in plans
                for plan in page["RestoreTestingPlans"]
                if plan["RestoreTestingPlanName"] == name
            ]
            pages = [client.get_paginator("list_restore_jobs").paginate(ByRestoreTestingPlanArn=arn) for arn in arns]
            jobs = [job for several in pages for page in several for job in page["RestoreJobs"]]
        newest: dict[str, RestoreTest] = {}
        for job in jobs:
            done = job.get("CompletionDate")
            test = RestoreTest(
                job.get("ResourceType", ""),
                job.get("Status", ""),
                utc(job["CreationDate"]),
                utc(done) if done else None,
                job.get("StatusMessage", ""),
            )
            before = newest.get(test.type)
            if before is None or before.created < test.created:
                newest[test.type] = test
        yield from (newest[kind] for kind in sorted(newest))
