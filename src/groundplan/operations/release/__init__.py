"""A new image for a service or a job that is deployed, and the way back to the one before.

Infrastructure and images go separate ways: a release registers a revision of the task definition and lets the service
take it over, and what deploys infrastructure keeps the image that runs (:mod:`groundplan.operations.release.kept`).
"""

from groundplan.operations.release.changing import Released, Settings, follow, release, rollback, rollback_to
from groundplan.operations.release.images import Image, find_image, replicated
from groundplan.operations.release.kept import running_tags
from groundplan.operations.release.revisions import NotDeployedError, Revision, history, running
from groundplan.operations.release.rollout import outcomes
from groundplan.operations.release.verification import Verification, url_of
from groundplan.operations.release.workloads import Workload, named, workloads

__all__ = [
    "Image", "NotDeployedError", "Released", "Revision", "Settings", "Verification", "Workload", "find_image", "follow",
    "history", "named", "outcomes", "release", "replicated", "rollback", "rollback_to", "running",
    "running_tags", "url_of", "workloads",
]  # fmt: skip
