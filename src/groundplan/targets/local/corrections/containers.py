"""ECS, EKS and Auto Scaling: forgotten settings, a misspelt answer."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from groundplan.targets.local import rollouts
from groundplan.targets.local.corrections.once import once


@once
def service_echoes() -> None:
    """moto forgets how an ECS service is to be deployed; AWS reads it back (``DescribeServices``)."""
    from moto.ecs.responses import EC2ContainerServiceResponse

    for name in ("create_service", "update_service"):
        setattr(EC2ContainerServiceResponse, name, _remembering_service(getattr(EC2ContainerServiceResponse, name)))


_SERVICE_ECHOES = {
    "deploymentConfiguration": "deployment_configuration",
    "enableExecuteCommand": "enable_execute_command",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "networkConfiguration": "network_configuration",
    "platformVersion": "platform_version",
    "propagateTags": "propagate_tags",
    "placementConstraints": "placement_constraints",
    "placementStrategy": "placement_strategy",
    "loadBalancers": "load_balancers",
    "serviceRegistries": "service_registries",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
}


def _remembering_service(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @wraps(original)
    def call(self: Any) -> Any:
        network = self._get_param("networkConfiguration")
        if network and "awsvpcConfiguration" in network:  # AWS has a default group; moto fails without the key
            network["awsvpcConfiguration"].setdefault("securityGroups", [])
        answer = original(self)
        service = answer.result["service"]
        for parameter, attribute in _SERVICE_ECHOES.items():
            value = self._get_param(parameter)
            if value is not None:
                setattr(service, attribute, value)
        return answer

    return call


@once
def services_are_steady() -> None:
    """moto's ECS services wait for tasks for ever; here the tasks of a new service run at once, and a new revision of
    one that is there takes over as :mod:`~groundplan.targets.local.rollouts` says.

    Waiters such as ``aws ecs wait services-stable`` end so. A deployment shows the task definition by its ARN.
    """
    from moto.core.utils import utcnow
    from moto.ecs.models import EC2ContainerServiceBackend as Backend

    create, update, delete = Backend.create_service, Backend.update_service, Backend.delete_service
    describe = Backend.describe_services

    def steady(backend: Any, service: Any) -> None:
        service.running_count, service.pending_count = service.desired_count, 0
        if service.task_definition:
            service.task_definition = backend.describe_task_definition(service.task_definition).arn
        for deployment in service.deployments[:1]:
            if deployment["taskDefinition"] != service.task_definition:
                deployment["id"] = f"ecs-svc/{uuid.uuid4().int % 10**19:019}"
                deployment["createdAt"] = utcnow()
            deployment |= {
                "desiredCount": service.desired_count, "runningCount": service.running_count, "pendingCount": 0,
                "failedTasks": 0, "taskDefinition": service.task_definition, "rolloutState": "COMPLETED",
                "rolloutStateReason": f"ECS deployment {deployment['id']} completed.", "updatedAt": utcnow(),
                "networkConfiguration": service.network_configuration or None,
            }  # fmt: skip

    def takes_over(backend: Any, service: Any, source: str | None, *, anew: bool) -> None:
        target = service.task_definition
        if target is None:
            return
        fault = rollouts.faulty(service, backend.describe_task_definition(target))
        # A new service without a fault is there at once, as long as whoever makes it need not wait.
        if fault if source is None else anew or source != target:
            rollouts.begin(service, source, target, fault)

    def looked_at(self: Any, *args: Any, **kwargs: Any) -> Any:
        found: Any = describe(self, *args, **kwargs)
        for service in found[0]:
            if service.status == "ACTIVE":
                rollouts.look(service)
        return found

    def then_steady(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            counted = {name: cluster.running_tasks_count for name, cluster in self.clusters.items()}
            before, definitions = _running(self), {item.arn: item.task_definition for item in self.services.values()}
            anew = original is update and bool(args[0].get("force_new_deployment"))
            service = original(self, *args, **kwargs)
            if service.status == "ACTIVE":
                source = definitions.get(service.arn) if original is update else None
                steady(self, service)
                takes_over(self, service, source, anew=anew)
            else:
                service.desired_count = service.running_count = 0
            name = service.cluster_name
            cluster = self._get_cluster(name)
            cluster.running_tasks_count = counted[name] + _running(self)[name] - before[name]
            cluster.pending_tasks_count = 0
            return service

        return call

    for name, original in (("create_service", create), ("update_service", update), ("delete_service", delete)):
        setattr(Backend, name, then_steady(original))
    setattr(Backend, "describe_services", wraps(describe)(looked_at))  # noqa: B010 - mypy forbids assigning to a method


@once
def revisions_are_dated() -> None:
    """moto does not know when a task definition was registered; AWS says it (``registeredAt``)."""
    from moto.core.utils import utcnow
    from moto.ecs.models import EC2ContainerServiceBackend as Backend

    original = Backend.register_task_definition

    @wraps(original)
    def register(self: Any, *args: Any, **kwargs: Any) -> Any:
        made: Any = original(self, *args, **kwargs)
        made.registered_at = utcnow()
        return made

    setattr(Backend, "register_task_definition", register)  # noqa: B010 - mypy forbids assigning to a method


def _running(backend: Any) -> Counter[str]:
    """How many tasks the services of each cluster run."""
    found: Counter[str] = Counter()
    for service in backend.services.values():
        found[service.cluster_name] += service.running_count
    return found


@once
def capacity_provider_changes() -> None:
    """moto changes only some settings of a capacity provider; AWS changes ``managedDraining`` too."""
    from moto.ecs.models import CapacityProvider

    original = CapacityProvider.update

    @wraps(original)
    def update(self: Any, asg_details: dict[str, Any]) -> None:
        original(self, asg_details)
        if "managedDraining" in asg_details:
            self.auto_scaling_group_provider["managedDraining"] = asg_details["managedDraining"]

    setattr(CapacityProvider, "update", update)  # noqa: B010 - mypy forbids assigning to a method


@once
def all_capacity_providers() -> None:
    """moto fails where nobody names capacity providers, and knows none of AWS's own; AWS shows all of them.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html
    """
    from moto.ecs.models import EC2ContainerServiceBackend as Backend

    original = Backend.describe_capacity_providers

    @wraps(original)
    def describe(self: Any, names: list[str] | None) -> tuple[list[Any], list[Any]]:
        prefix = f"arn:aws:ecs:{self.region_name}:{self.account_id}:capacity-provider/"
        reserved: dict[str, dict[str, object]] = {
            name: {"capacityProviderArn": prefix + name, "name": name, "status": "ACTIVE", "tags": []}
            for name in ("FARGATE", "FARGATE_SPOT")
        }
        if not names:
            return [*reserved.values(), *self.capacity_providers.values()], []
        wanted = [name.removeprefix(prefix) for name in names]
        found, missing = original(self, [name for name in wanted if name not in reserved])
        return [*(reserved[name] for name in wanted if name in reserved), *found], missing

    setattr(Backend, "describe_capacity_providers", describe)  # noqa: B010 - mypy forbids assigning to a method


_CLUSTER_ECHOES = (
    "accessConfig", "upgradePolicy", "zonalShiftConfig", "computeConfig", "storageConfig", "deletionProtection",
    "outpostConfig", "controlPlaneScalingConfig", "kubeApiServerConfig", "kubeSchedulerConfig",
    "kubeControllerManagerConfig",
)  # fmt: skip


@once
def kubernetes_echoes() -> None:
    """moto forgets most settings of EKS clusters and node groups, shows no VPC and makes no cluster security group.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
    """
    from moto.ec2.models import ec2_backends
    from moto.eks.models import EKSBackend
    from moto.eks.responses import EKSResponse

    create, update, delete = EKSResponse.create_cluster, EKSResponse.update_cluster_config, EKSBackend.delete_cluster
    create_nodes = EKSResponse.create_nodegroup

    def remember(response: Any, cluster: Any) -> None:
        for name in _CLUSTER_ECHOES:
            value = response._get_param(name)
            if value is not None:
                setattr(cluster, name, value)

    @wraps(create)
    def create_cluster(self: Any) -> Any:
        answer: Any = create(self)
        cluster = answer.result["cluster"]
        remember(self, cluster)
        ec2 = ec2_backends[self.current_account][self.region]
        network = {"endpointPublicAccess": True, "endpointPrivateAccess": False, "publicAccessCidrs": ["0.0.0.0/0"],
                   **cluster.resources_vpc_config}  # fmt: skip
        subnet = next((each for each in ec2.describe_subnets() if each.id in network.get("subnetIds", ())), None)
        if subnet is not None:
            group = ec2.create_security_group(
                f"eks-cluster-sg-{cluster.name}", "EKS created security group", vpc_id=subnet.vpc_id, tags={}
            )
            network |= {"vpcId": subnet.vpc_id, "clusterSecurityGroupId": group.id}
        cluster.resources_vpc_config = network
        return answer

    @wraps(update)
    def update_cluster_config(self: Any) -> Any:
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        before = cluster.resources_vpc_config
        update(self)
        remember(self, cluster)
        cluster.resources_vpc_config = {**before, **(self._get_param("resourcesVpcConfig") or {})}
        from moto.core.responses import ActionResult

        now = {"id": str(uuid.uuid4()), "status": "Successful", "type": "ConfigUpdate", "errors": [], "params": []}
        return ActionResult({"update": now})

    @wraps(delete)
    def delete_cluster(self: Any, name: str) -> Any:
        cluster = delete(self, name)
        group = cluster.resources_vpc_config.get("clusterSecurityGroupId")
        ec2 = ec2_backends[self.account_id][self.region_name]
        if group and ec2.get_security_group_from_id(group):
            ec2.delete_security_group(group_id=group)
        return cluster

    @wraps(create_nodes)
    def create_nodegroup(self: Any) -> Any:
        answer: Any = create_nodes(self)
        nodes = answer.result["nodegroup"]
        nodes.update_config = self._get_param("updateConfig") or {"maxUnavailable": 1}
        nodes.node_repair_config = self._get_param("nodeRepairConfig")
        if not self._get_param("version"):
            nodes.version = self.eks_backend.describe_cluster(nodes.cluster_name).version
        return answer

    for owner, name, made in (
        (EKSResponse, "create_cluster", create_cluster),
        (EKSResponse, "update_cluster_config", update_cluster_config),
        (EKSResponse, "create_nodegroup", create_nodegroup),
        (EKSBackend, "delete_cluster", delete_cluster),
    ):
        setattr(owner, name, made)


@once
def policy_arns() -> None:
    """moto names the ARN of a new scaling policy ``PolicyArn``; the API and its model say ``PolicyARN``."""
    from moto.autoscaling.responses import AutoScalingResponse

    original = AutoScalingResponse.put_scaling_policy

    @wraps(original)
    def put(self: Any) -> Any:
        answer: Any = original(self)
        answer.result["PolicyARN"] = answer.result.pop("PolicyArn")
        return answer

    setattr(AutoScalingResponse, "put_scaling_policy", put)  # noqa: B010 - mypy forbids assigning to a method
