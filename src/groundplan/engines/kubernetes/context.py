"""What the parts of this engine share: the environment's architecture, names and labels, and values known later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from groundplan.catalog.kubernetes import Controller, controllers
from groundplan.engines.kubernetes import colours
from groundplan.engines.kubernetes.colours import Colour
from groundplan.engines.kubernetes.model import Late, Value, Wanted
from groundplan.resources import Architecture
from groundplan.resources.kubernetes import KubernetesCluster, PodIdentityAssociation
from groundplan.resources.network import Vpc, VpcEndpoint
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Secret
from groundplan.resources.values import Attribute, Pseudo, Ref, Text, Textual, dynamic_values
from groundplan.resources.workloads import JobWorkload, PodImage, ServiceWorkload, Workload

NAME = "app.kubernetes.io/name"
"""The label that says which workload a pod is of.
Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/"""
NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has its name in."""


@dataclass
class Context:
    """One environment while it is rendered. Notes which values a deployment has to give."""

    architecture: Architecture
    wanted: dict[str, Wanted] = field(default_factory=dict)

    @cached_property
    def cluster(self) -> KubernetesCluster:
        """The cluster."""
        return self.architecture.of(KubernetesCluster)[0]

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """Everything that runs."""
        return self.architecture.workloads

    @property
    def services(self) -> list[ServiceWorkload]:
        """What runs all the time."""
        return [item for item in self.workloads if isinstance(item, ServiceWorkload)]

    @property
    def jobs(self) -> list[JobWorkload]:
        """What runs when it is time for it."""
        return [item for item in self.workloads if isinstance(item, JobWorkload)]

    @cached_property
    def namespace(self) -> str:
        """The namespace of services and jobs."""
        return self.workloads[0].namespace

    @cached_property
    def controllers(self) -> Mapping[str, Controller]:
        """What Helm installs with rights at AWS, by name: what the architecture has a role for."""
        accounts = {(item.namespace, item.service_account) for item in self.architecture.of(PodIdentityAssociation)}
        return {
            name: item for name, item in controllers().items() if (item.namespace, item.service_account) in accounts
        }

    @property
    def monitoring(self) -> bool:
        """Whether Prometheus and Grafana run in the cluster."""
        return "grafana" in self.controllers

    @cached_property
    def vpc(self) -> Vpc:
        """The network that nodes and pods have their addresses in."""
        return self.architecture.of(Vpc)[0]

    @cached_property
    def has_private_endpoints(self) -> bool:
        """Whether some of AWS's APIs have addresses in the VPC."""
        return any(item.vpc_endpoint_type == "Interface" for item in self.architecture.of(VpcEndpoint))

    def labels(self, workload: Workload | None = None, colour: Colour | None = None) -> dict[str, Value]:
        """Labels of an object; of a workload's with its name, and its colour where it has one."""
        named: dict[str, Value] = {}
        if workload:
            component = "job" if isinstance(workload, JobWorkload) else "service"
            named = {NAME: workload.name, "app.kubernetes.io/component": component}
            if colour:
                named[colours.LABEL] = colour
        return {
            **named,
            "app.kubernetes.io/part-of": self.namespace,
            "app.kubernetes.io/managed-by": "groundplan",
        }

    def metadata(self, name: str, workload: Workload | None = None, colour: Colour | None = None) -> dict[str, Value]:
        """Metadata of an object in the namespace."""
        return {"name": name, "namespace": self.namespace, "labels": self.labels(workload, colour)}

    def value(self, value: Textual) -> str | Late:
        """A value as text, or where it will stand once it is known."""
        settled = self._settled(value)
        if isinstance(settled, str):
            return settled
        for output in self.architecture.outputs:
            if output.value == value:
                return self.late(output.name, output.description)
        raise ValueError(f"no output says {value!r}: a mistake of the design step")

    def _settled(self, value: Textual) -> Textual:
        """The value with everything put in that the environment's region decides."""
        parts = value.parts if isinstance(value, Text) else (value,)
        known = [self._known(part) for part in parts]
        if all(isinstance(part, str) for part in known):
            return "".join(str(part) for part in known)
        return value

    def _known(self, part: Textual) -> Textual:
        if part is Pseudo.REGION:
            return self.architecture.region
        if part is Pseudo.PARTITION:
            return partition(self.architecture.region)
        return part

    def late(self, key: str, description: str, default: str | None = None, sum_of: tuple[str, ...] = ()) -> Late:
        """A value of ``deployed.env``."""
        self.wanted.setdefault(key, Wanted(key, description, default, sum_of))
        return Late((key,))

    @staticmethod
    def joined(parts: tuple[str | Late, ...], delimiter: str) -> Late:
        """Values that are all known later, with a delimiter between them."""
        keys = tuple(key for part in parts if isinstance(part, Late) for key in part.keys)
        if len(keys) != len(parts):
            raise ValueError("a joined value has known parts: a mistake of this engine")
        return Late(keys, delimiter)

    def image(self, image: PodImage, name: str, colour: Colour | None = None) -> Late:
        """An image: the repository that AWS names, and a tag, of which each colour has its own."""
        repository = self.value(image.repository.attribute("url"))
        called = f"{name} ({colour})" if colour else name
        tag = self.late(colours.tag_name(image.tag_name, colour), f"Tag of the image that {called} runs", image.tag)
        return self.joined((repository, tag), ":")

    def secret_key(self, value: Textual) -> tuple[str | Late, str | None]:
        """How AWS is asked for a secret: its name or ARN, and the key of a JSON value."""
        arn = next(part for part in dynamic_values(value) if isinstance(part, Attribute))
        known = self.architecture[arn.ref]
        suffix = value.parts[-1] if isinstance(value, Text) else ""
        key = suffix.strip(":").partition(":")[0] if isinstance(suffix, str) else ""
        if isinstance(known, SecureParameter):
            return known.parameter_name, None
        return (known.secret_name if isinstance(known, Secret) else self.value(arn)), key or None


def partition(region: str) -> str:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def has_cluster(architecture: Architecture) -> bool:
    """Whether anything of it runs on Kubernetes."""
    return bool(architecture.workloads) and Ref(KubernetesCluster, "main") in architecture
