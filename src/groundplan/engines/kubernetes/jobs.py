"""Jobs: pods that run when it is time for them."""

from __future__ import annotations

from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import Manifest, Value
from groundplan.engines.kubernetes.pods import template
from groundplan.resources.workloads import JobWorkload

STARTING_DEADLINE = 3600
"""Seconds in which a start that was missed is made up for."""
FINISHED = 86_400
"""Seconds that a finished job stays to be looked at."""


def cron_job(context: Context, job: JobWorkload) -> Manifest:
    """Starts the pods. A start is left out while the one before still runs."""
    pods = template(context, job)
    spec = pods["spec"]
    assert isinstance(spec, dict)
    task: dict[str, Value] = {
        "backoffLimit": job.retries,
        "ttlSecondsAfterFinished": FINISHED,
        "template": {**pods, "spec": {**spec, "restartPolicy": "Never"}},
    }
    if job.tasks > 1:
        task = {"parallelism": job.tasks, "completions": job.tasks, **task}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": context.metadata(job.name, job),
        "spec": {
            "schedule": job.schedule,
            "timeZone": job.timezone,
            "suspend": not job.enabled,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": STARTING_DEADLINE,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {"spec": task},
        },
    }
