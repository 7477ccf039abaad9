"""What of an environment a workflow has to name: region, account, roles, repositories, cluster, services."""

from __future__ import annotations

from dataclasses import dataclass

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.pipelines import Pipelines
from groundplan.blueprint.validation.base import workloads
from groundplan.blueprint.workloads import Workload
from groundplan.design import design
from groundplan.design.deployer import deployer_name, is_bootstrapped
from groundplan.design.draft import identifier
from groundplan.design.pipelines import PLAN, RELEASE
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import ContainerRepository, EcsCluster, EcsService
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.security import Role
from groundplan.resources.values import Ref

ACCOUNT = "${{ vars.AWS_ACCOUNT_ID }}"
"""A variable of the GitHub environment, or of the repository, where the blueprint does not say the account."""


@dataclass(frozen=True)
class Place:
    """One environment as a pipeline meets it."""

    loaded: LoadedEnvironment
    architecture: Architecture
    spec: Pipelines

    @property
    def name(self) -> str:
        """The environment."""
        return self.loaded.name

    @property
    def region(self) -> str:
        """Its region."""
        return self.loaded.blueprint.region

    @property
    def account(self) -> str:
        """Its account, or where the workflow finds it."""
        return self.loaded.blueprint.account_id or ACCOUNT

    @property
    def options(self) -> str:
        """How a command of Groundplan is told which environment is meant."""
        file = self.loaded.source_file.name
        return f"-e {self.name}" + ("" if file == "groundplan.yaml" else f" -f {file}")

    @property
    def release_role(self) -> str | None:
        """ARN of the role that releases; None: nothing is released there."""
        return self._role(RELEASE)

    @property
    def plan_role(self) -> str | None:
        """ARN of the role that plans."""
        return self._role(PLAN)

    @property
    def deploy_role(self) -> str | None:
        """ARN of the role that deploys the infrastructure."""
        written = deployer_name(self.loaded) if is_bootstrapped(self.loaded) else self.spec.deploy_role
        return self._arn(written) if written and not written.startswith("arn:") else written

    @property
    def cluster(self) -> str | None:
        """The ECS cluster."""
        found = self.architecture.of(EcsCluster)
        return found[0].cluster_name if found else None

    @property
    def scans(self) -> bool:
        """Whether it is searched for weaknesses."""
        if self.spec.scans is not None:
            return self.spec.scans
        return self.loaded.is_shared or any(item.image.scan for _, _, item in workloads(self.loaded.blueprint))

    def _role(self, ref: Ref[Role]) -> str | None:
        if ref not in self.architecture:
            return None
        return self._arn(self.architecture[ref].role_name)

    def _arn(self, role: str) -> str:
        return f"arn:{_partition(self.region)}:iam::{self.account}:role/{role}"

    def registry(self, workload: Workload) -> str:
        """The URI of the repository of its image."""
        ref = Ref(ContainerRepository, identifier(workload.image.repository))
        suffix = "amazonaws.com.cn" if _partition(self.region) == "aws-cn" else "amazonaws.com"
        return f"{self.account}.dkr.ecr.{self.region}.{suffix}/{self.architecture[ref].repository_name}"

    def service_name(self, name: str) -> str | None:
        """What ECS calls a service."""
        ref = Ref(EcsService, identifier(name))
        return self.architecture[ref].service_name if ref in self.architecture else None

    def url(self, name: str) -> str | None:
        """Where a public service with a domain of its own answers its health check."""
        service = self.loaded.blueprint.services.get(name)
        if service is None or service.public is None or service.public.domain is None:
            return None
        if service.public.domain.startswith("*."):
            return None
        return f"{'https' if service.public.tls else 'http'}://{service.public.domain}{service.health.path}"

    @property
    def load_balancer(self) -> str | None:
        """What the load balancer is called."""
        found = self.architecture.of(LoadBalancer)
        return found[0].load_balancer_name if found else None


@dataclass(frozen=True)
class Built:
    """An image that a workflow builds, and everything that runs it."""

    name: str
    """The service or job whose ``build`` it is."""
    workload: Workload
    runs: tuple[str, ...]
    """All that run the image: it first."""


def places(every: list[LoadedEnvironment]) -> list[Place]:
    """The environments that have pipelines, in the order of the file. Raises InputError where a design fails."""
    return [
        Place(loaded, design(loaded), loaded.blueprint.pipelines)
        for loaded in every
        if loaded.blueprint.pipelines is not None
    ]


def built(place: Place) -> list[Built]:
    """The images of an environment that are built from source."""
    every = list(workloads(place.loaded.blueprint))
    return [
        Built(
            name,
            spec,
            (name, *(other for _, other, each in every if _shares(each, spec) and other != name)),
        )
        for _, name, spec in every
        if spec.build is not None
    ]


def _shares(one: Workload, other: Workload) -> bool:
    return one.image.repository == other.image.repository


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
