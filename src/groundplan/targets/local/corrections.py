"""Where moto is wrong about AWS and can be put right in place: patches of single functions, each with the reason.

They are applied to a service when its first request comes, so that unused services are never imported.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any


class Corrections:
    """Applies each service's corrections once."""

    def __init__(self) -> None:
        self._done: set[str] = set()

    def apply(self, service: str) -> None:
        """``service`` is the signing name of the request."""
        if service in self._done:
            return
        self._done.add(service)
        for correct in _CORRECTIONS.get(service, ()):
            correct()


_ADAPTED: set[str] = set()


def _once(correct: Callable[[], None]) -> Callable[[], None]:
    """A patch is for the process, however many local AWSs live in it (tests have several)."""

    @wraps(correct)
    def apply() -> None:
        if correct.__name__ not in _ADAPTED:
            _ADAPTED.add(correct.__name__)
            correct()

    return apply


@_once
def adjacent_windows() -> None:
    """A backup window may end when the maintenance window begins; moto takes touching ranges for overlapping ones.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, PreferredBackupWindow:
    "Must not conflict with the preferred maintenance window".
    """
    from moto.rds import utils

    original = utils.get_overlap_between_two_date_ranges

    def overlap(*ranges: Any) -> int:
        seconds = original(*ranges)
        return seconds if seconds else -1

    setattr(utils, "get_overlap_between_two_date_ranges", overlap)  # noqa: B010 - mypy forbids assigning to a function


@_once
def database_echoes() -> None:
    """moto takes these settings of a database and forgets them; AWS reads them back."""
    from moto.rds.models import RDSBackend

    for name in ("create_db_instance", "create_db_instance_read_replica", "modify_db_instance"):
        setattr(RDSBackend, name, _remembering_database(getattr(RDSBackend, name)))


_DATABASE_ECHOES: Mapping[str, Any] = {
    "performance_insights_retention_period": 7,
    "monitoring_interval": 0,
    "monitoring_role_arn": None,
    "network_type": "IPV4",
}
"""Settings that stay as given, and AWS's default."""


_REPLICA_DEFAULTS: Mapping[str, Any] = {
    "multi_az": False,
    "deletion_protection": False,
    "performance_insights_enabled": False,
}
"""moto copies the source instance; AWS does not hand these on to a replica.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
"""


def _remembering_database(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = next((item for item in (*args, *kwargs.values()) if isinstance(item, Mapping)), {})
        instance = original(self, *args, **kwargs)
        enabled = given.get("enable_performance_insights")
        if enabled is not None:
            instance.performance_insights_enabled = enabled
        if getattr(instance, "performance_insights_enabled", False):
            _remember(instance, given, "performance_insights_retention_period")
            key = given.get("performance_insights_kms_key_id")
            if key:
                instance.performance_insights_kms_key_id = key
        for name in ("monitoring_interval", "monitoring_role_arn", "network_type"):
            _remember(instance, given, name)
        if original.__name__ == "create_db_instance_read_replica":
            for name, default in _REPLICA_DEFAULTS.items():
                if given.get(name) is None and given.get(f"enable_{name.removesuffix('_enabled')}") is None:
                    setattr(instance, name, default)
        return instance

    return call


def _remember(instance: Any, given: Mapping[str, Any], name: str) -> None:
    if given.get(name) is not None:
        setattr(instance, name, given[name])
    elif not hasattr(instance, name):
        setattr(instance, name, _DATABASE_ECHOES[name])


@_once
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


@_once
def managed_policies_on_demand() -> None:
    """moto either has none of AWS's managed policies or loads all 1300 into every partition (3 s, 60 MB). Here each one
    is loaded when it is first named, and all of them when they are listed."""
    import json

    from moto.iam.aws_managed_policies import aws_managed_policies_data
    from moto.iam.models import AWSManagedPolicy, IAMBackend

    parsed: dict[str, Any] = {}

    def make(backend: Any, wanted: str | None) -> None:
        if not parsed:
            for name, data in json.loads(aws_managed_policies_data).items():
                parsed[f"arn:{backend.partition}:iam::aws:policy{data['Path']}{name}"] = (name, data)
        for arn in [wanted] if wanted else list(parsed):
            if arn in parsed and arn not in backend.managed_policies:
                name, data = parsed[arn]
                policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
                backend.aws_managed_policies.append(policy)
                backend.managed_policies[policy.arn] = policy

    def loading(original: Callable[..., Any], everything: bool) -> Callable[..., Any]:
        @wraps(original)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            if everything:
                make(self, None)
            for value in (*args, *kwargs.values()):
                if isinstance(value, str) and ":iam::aws:policy/" in value:
                    make(self, value)
            return original(self, *args, **kwargs)

        return call

    for name in (
        "attach_role_policy", "attach_user_policy", "attach_group_policy", "get_policy", "get_policy_version",
        "list_policy_versions", "put_role_permissions_boundary", "create_role",
    ):  # fmt: skip
        setattr(IAMBackend, name, loading(getattr(IAMBackend, name), everything=False))
    setattr(IAMBackend, "list_policies", loading(IAMBackend.list_policies, everything=True))  # noqa: B010


@_once
def deleted_replication_groups_go() -> None:
    """moto leaves a deleted replication group in the state "deleting" for ever; at AWS it goes."""
    from moto.elasticache.models import ElastiCacheBackend

    original = ElastiCacheBackend.delete_replication_group

    @wraps(original)
    def delete(self: Any, replication_group_id: str, *args: Any, **kwargs: Any) -> Any:
        group = original(self, replication_group_id, *args, **kwargs)
        self.replication_groups.pop(replication_group_id, None)
        return group

    setattr(ElastiCacheBackend, "delete_replication_group", delete)  # noqa: B010 - mypy forbids assigning to a method


@_once
def cache_subnet_zones() -> None:
    """moto shows the zone of a cache subnet as text where the API has an object, and invents unknown subnets."""
    from moto.elasticache import models
    from moto.elasticache.exceptions import InvalidSubnet
    from moto.elasticache.models import CacheSubnetGroup

    original = CacheSubnetGroup.__init__

    @wraps(original)
    def make(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        for subnet in self.subnets:
            if "Subnet_availability_zone" in subnet:
                raise InvalidSubnet(subnet["subnet_identifier"])
            if isinstance(subnet.get("subnet_availability_zone"), str):
                subnet["subnet_availability_zone"] = {"Name": subnet["subnet_availability_zone"]}

    setattr(models.CacheSubnetGroup, "__init__", make)  # noqa: B010 - mypy forbids assigning to a method


@_once
def log_delivery_policies() -> None:
    """moto fails on a policy whose principal is ``*``, and wants the log delivery's resource to the letter.

    AWS evaluates the policy: any statement that lets the logging service put objects under the prefix will do.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    import json
    from fnmatch import fnmatchcase

    from moto.s3.models import FakeBucket
    from moto.s3.utils import LOGGING_SERVICE_PRINCIPAL

    def many(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    def allowed(target_bucket: Any, target_prefix: str | None) -> bool:
        if not target_bucket.policy:
            return False
        written = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}log"
        return any(
            statement.get("Effect") == "Allow"
            and isinstance(statement.get("Principal"), dict)
            and LOGGING_SERVICE_PRINCIPAL in many(statement["Principal"].get("Service"))
            and any(fnmatchcase("s3:PutObject", action) for action in many(statement.get("Action", [])))
            and any(fnmatchcase(written, resource) for resource in many(statement.get("Resource", [])))
            for statement in many(json.loads(target_bucket.policy.decode())["Statement"])
        )

    setattr(FakeBucket, "_log_permissions_enabled_policy", staticmethod(allowed))  # noqa: B010


@_once
def bucket_policy_conditions() -> None:
    """moto denies every request to a bucket with a statement whose condition it cannot meet, like "only over TLS".

    AWS passes over a statement whose condition does not hold. Requests on the loopback count as sent over TLS; a
    statement with any other condition is passed over.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    import json

    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.s3.models import FakeBucket

    def holds(condition: Any) -> bool:
        return condition in ({"Bool": {"aws:SecureTransport": "true"}}, {"Bool": {"aws:SecureTransport": ["true"]}})

    def permission(self: Any, action: str, resource: str) -> Any:
        if self.policy is None:
            return PermissionResult.NEUTRAL
        written = json.loads(self.policy.decode())["Statement"]
        statements = [
            {name: value for name, value in statement.items() if name != "Condition"}
            for statement in (written if isinstance(written, list) else [written])
            if not statement.get("Condition") or holds(statement["Condition"])
        ]
        return IAMPolicy(json.dumps({"Statement": statements})).is_action_permitted(action, resource)

    FakeBucket.get_permission = permission  # type: ignore[method-assign]


_CLUSTER_ECHOES = (
    "accessConfig", "upgradePolicy", "zonalShiftConfig", "computeConfig", "storageConfig", "deletionProtection",
    "outpostConfig", "controlPlaneScalingConfig", "kubeApiServerConfig", "kubeSchedulerConfig",
    "kubeControllerManagerConfig",
)  # fmt: skip


@_once
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
        answer = create(self)
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
        answer = create_nodes(self)
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


@_once
def distribution_echoes() -> None:
    """moto forgets what it does not know of a distribution, such as an origin's access control; AWS reads it back."""
    from botocore import xform_name
    from moto.cloudfront import models

    for kind in ("Origin", "DefaultCacheBehaviour", "CacheBehaviour", "DistributionConfig", "CustomOriginConfig"):
        owner: Any = getattr(models, kind)
        setattr(owner, "__init__", _remembering_config(owner.__init__, xform_name))  # noqa: B010 - mypy forbids it


def _remembering_config(original: Callable[..., None], attribute: Callable[[str], str]) -> Callable[..., None]:
    @wraps(original)
    def init(self: Any, config: dict[str, Any]) -> None:
        original(self, config)
        for name, value in config.items():
            if not hasattr(self, attribute(name)):
                setattr(self, attribute(name), value)

    return init


@_once
def policy_arns() -> None:
    """moto names the ARN of a new scaling policy ``PolicyArn``; the API and its model say ``PolicyARN``."""
    from moto.autoscaling.responses import AutoScalingResponse

    original = AutoScalingResponse.put_scaling_policy

    @wraps(original)
    def put(self: Any) -> Any:
        answer = original(self)
        answer.result["PolicyARN"] = answer.result.pop("PolicyArn")
        return answer

    setattr(AutoScalingResponse, "put_scaling_policy", put)  # noqa: B010 - mypy forbids assigning to a method


@_once
def one_listener_per_port() -> None:
    """moto looks for the port among ARNs, and so takes a second listener on it; AWS refuses it (DuplicateListener)."""
    from moto.elbv2.exceptions import DuplicateListenerError
    from moto.elbv2.models import ELBv2Backend

    create, modify = ELBv2Backend.create_listener, ELBv2Backend.modify_listener

    def check(backend: Any, balancer_arn: str, port: Any, own: str = "") -> None:
        balancer = backend.load_balancers.get(balancer_arn)
        for listener in balancer.listeners.values() if balancer else ():
            if port is not None and str(listener.port) == str(port) and listener.arn != own:
                raise DuplicateListenerError()

    @wraps(create)
    def create_listener(self: Any, load_balancer_arn: str, protocol: str, port: str, *args: Any, **kwargs: Any) -> Any:
        check(self, load_balancer_arn, port)
        return create(self, load_balancer_arn, protocol, port, *args, **kwargs)

    @wraps(modify)
    def modify_listener(self: Any, arn: str, port: str | None = None, *args: Any, **kwargs: Any) -> Any:
        for balancer in self.load_balancers.values():
            if arn in balancer.listeners:
                check(self, balancer.arn, port, arn)
        return modify(self, arn, port, *args, **kwargs)

    setattr(ELBv2Backend, "create_listener", create_listener)  # noqa: B010 - mypy forbids assigning to a method
    setattr(ELBv2Backend, "modify_listener", modify_listener)  # noqa: B010


@_once
def one_distribution_per_alias() -> None:
    """moto gives one domain name to any number of distributions; AWS refuses the second (CNAMEAlreadyExists)."""
    from moto.cloudfront.exceptions import CloudFrontException
    from moto.cloudfront.models import CloudFrontBackend

    class AliasTaken(CloudFrontException):
        code = "CNAMEAlreadyExists"

    def check(backend: Any, config: Mapping[str, Any], own: str = "") -> None:
        wanted = set((config.get("Aliases") or {}).get("Items") or ())
        for distribution in backend.distributions.values():
            taken = set((distribution.distribution_config.aliases or {}).get("Items") or ())
            if distribution.distribution_id != own and wanted & taken:
                raise AliasTaken(
                    "One or more of the CNAMEs you provided are already associated with a different resource: "
                    + ", ".join(sorted(wanted & taken)),
                )

    create, update = CloudFrontBackend.create_distribution_with_tags, CloudFrontBackend.update_distribution

    @wraps(create)
    def create_distribution(self: Any, distribution_config: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        check(self, distribution_config)
        return create(self, distribution_config, *args, **kwargs)

    @wraps(update)
    def update_distribution(self: Any, dist_config: dict[str, Any], _id: str, if_match: bool) -> Any:
        check(self, dist_config, _id)
        return update(self, dist_config, _id, if_match)

    setattr(CloudFrontBackend, "create_distribution_with_tags", create_distribution)  # noqa: B010
    setattr(CloudFrontBackend, "update_distribution", update_distribution)  # noqa: B010


_CORRECTIONS: Mapping[str, tuple[Callable[[], None], ...]] = {
    "rds": (adjacent_windows, database_echoes),
    "ecs": (service_echoes,),
    "eks": (kubernetes_echoes,),
    "autoscaling": (policy_arns,),
    "cloudfront": (distribution_echoes, one_distribution_per_alias),
    "elasticloadbalancing": (one_listener_per_port,),
    "elasticache": (deleted_replication_groups_go, cache_subnet_zones),
    "iam": (managed_policies_on_demand,),
    "s3": (log_delivery_policies, bucket_policy_conditions),
}
"""By the signing name of the service."""


def by_service() -> Mapping[str, tuple[Callable[[], None], ...]]:
    """Every correction by the signing name of its service; what they put right stands in their docstrings."""
    return _CORRECTIONS
