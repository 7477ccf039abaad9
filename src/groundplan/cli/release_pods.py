"""What ``release``, ``rollback`` and ``releases`` do for services and jobs in an EKS cluster."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from groundplan.cli.in_cluster import cluster_of, known_outputs
from groundplan.cli.output import Progress, write

if TYPE_CHECKING:
    from pathlib import Path

    from groundplan.operations.kubernetes import Cluster, PodRelease
    from groundplan.operations.record import Record, Writing
    from groundplan.operations.release import Image, Verification
    from groundplan.resources.architecture import Architecture
    from groundplan.resources.containers import ContainerRepository
    from groundplan.resources.workloads import Workload
    from groundplan.targets.connection import Connection


@dataclass(frozen=True)
class Pods:
    """A service or job in the cluster of an environment, and the way to it."""

    connection: Connection
    architecture: Architecture
    workload: Workload
    context: str | None
    """A cluster of one's own beside the local AWS."""
    outputs_file: Path | None

    @property
    def name(self) -> str:
        """As the blueprint calls it."""
        return self.workload.name

    @property
    def told(self) -> str:
        """How people are told of it."""
        return self.workload.name

    @property
    def region(self) -> str:
        """Where its images are."""
        return self.architecture.region

    @property
    def repository(self) -> ContainerRepository:
        """Where its images come from."""
        return self.architecture[self.workload.pod.image.repository]

    def cluster(self) -> Cluster:
        """The cluster. Raises EnvironmentalError where it does not answer."""
        found = cluster_of(self.architecture, self.connection, self.context)
        found.version()
        return found

    def release(
        self, image: Image, writing: Writing, timeout: int, verification: Verification | None
    ) -> dict[str, object]:
        """Let the pods run an image, and look whether it answers. Gives what became of it, for programs.

        Raises DeploymentError where it failed; what ran before runs again then.
        """
        from groundplan.errors import DeploymentError

        writing.details.update(service=self.name, image=image.reference)
        done = self._run(image.tag, timeout)
        writing.details.update(before=done.before)
        if verification is not None:
            try:
                verification(self, Progress())
            except DeploymentError as error:
                back = self._run(done.before, timeout)
                raise DeploymentError(
                    f"{self.name}: {image.tag} runs, and {error}. Rolled back: {back.now} runs as before"
                ) from error
        return {**asdict(done), "seconds": round(done.seconds, 1), "region": self.region, "image": image.reference}

    def _run(self, tag: str, timeout: int) -> PodRelease:
        from groundplan.operations import kubernetes

        outputs = known_outputs(self.architecture, self.architecture, self.connection, self.outputs_file)
        with Progress() as report, self.cluster().client() as api:
            return kubernetes.release(
                self.connection, self.architecture, api, self.workload, tag, outputs, report,
                pace=kubernetes.Pace(start=60.0 * timeout),
            )  # fmt: skip

    def earlier(self) -> str:
        """The tag of the image that ran before the last release. Raises InputError where nothing was released."""
        from groundplan.errors import InputError

        for record in self.records():
            if record.result == "succeeded" and record.details.get("before"):
                return record.details["before"]
        raise InputError(f"{self.name} has not been released yet: there is nothing to go back to")

    def records(self) -> list[Record]:
        """Releases and rollbacks of it, newest first."""
        from groundplan.operations.record import history

        known = history(self.connection, self.architecture, "release", "rollback")
        return [record for record in known if record.details.get("service") == self.name]


def pods_of(
    connection: Connection, architecture: Architecture, name: str, context: str | None, outputs_file: Path | None
) -> Pods:
    """A service or job in the cluster by its name, which has to be there."""
    [workload] = (item for item in architecture.workloads if item.name == name)
    return Pods(connection, architecture, workload, context, outputs_file)


def tell(done: dict[str, object]) -> None:
    """What became of a release, for people."""
    if done["changed"]:
        write(f"{done['name']}: runs {done['now']}, before {done['before'] or 'nothing'} ({done['seconds']} s)")
    else:
        write(f"{done['name']}: runs {done['now']} already")
