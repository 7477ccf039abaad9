"""ECS, EKS, Auto Scaling and Lambda: sizes, versions, and what must exist."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import engines, fargate
from groundplan.catalog.engines import Status
from groundplan.targets.local.types.refusals.wish import Refused, Wish, refuses

_ECS = "AmazonECS"


@refuses("AWS::ECS::TaskDefinition")
def fargate_size(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"""
    if "FARGATE" not in (wish.get("RequiresCompatibilities") or ()):
        return
    if wish.get("NetworkMode") != "awsvpc":
        yield Refused("Fargate only supports network mode 'awsvpc'.", _ECS, "InvalidParameterException")
    cpu, memory = _units(wish.get("Cpu"), "vcpu"), _units(wish.get("Memory"), "gb")
    if cpu is None or memory is None:
        yield Refused("Fargate requires that 'cpu' and 'memory' be defined at the task level.", _ECS)
        return
    problem = fargate.problem(cpu, memory)
    if problem:
        yield Refused(f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. {problem}", _ECS)


def _units(value: object, large: str) -> int | None:
    """CPU units or MiB of what may be written as ``.5 vCPU`` or ``2 GB``."""
    text = str(value or "").strip().lower()
    try:
        return round(float(text.removesuffix(large)) * 1024) if text.endswith(large) else int(text)
    except ValueError:
        return None


@refuses("AWS::ECS::Service")
def network_of_a_service(wish: Wish) -> Iterator[Refused]:
    cluster = wish.get("Cluster")
    if cluster and wish.changed("Cluster"):
        found = wish.ask("ecs", "describe_clusters", clusters=[cluster])
        if not found or not found["clusters"]:
            yield Refused("Cluster not found.", _ECS, "ClusterNotFoundException")
    network = (wish.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration") or {}
    groups = list(network.get("SecurityGroups") or ())
    if groups and wish.ask("ec2", "describe_security_groups", GroupIds=groups) is None:
        yield Refused(f"Error retrieving security group information for [{', '.join(groups)}]", _ECS)
    subnets = list(network.get("Subnets") or ())
    if subnets and wish.zones(subnets) is None:
        yield Refused(f"Error retrieving subnet information for [{', '.join(subnets)}]", _ECS)
    balancers = wish.get("LoadBalancers") or ()
    if balancers and not network and wish.get("LaunchType") == "FARGATE":
        yield Refused("Network Configuration must be provided when networkMode 'awsvpc' is specified.", _ECS)


@refuses("AWS::ApplicationAutoScaling::ScalableTarget")
def target_of_scaling(wish: Wish) -> Iterator[Refused]:
    """The service that is to be scaled must exist."""
    low, high = wish.get("MinCapacity"), wish.get("MaxCapacity")
    if low is not None and high is not None and int(low) > int(high):
        yield Refused("Maximum capacity cannot be less than minimum capacity", "ApplicationAutoScaling")
    parts = str(wish.get("ResourceId") or "").split("/")
    if wish.get("ServiceNamespace") != "ecs" or not wish.changed("ResourceId"):
        return
    found = None
    if len(parts) == 3 and parts[0] == "service":
        found = wish.ask("ecs", "describe_services", cluster=parts[1], services=[parts[2]])
    if not found or not any(service["status"] == "ACTIVE" for service in found["services"]):
        yield Refused(
            f"ECS service doesn't exist: {wish.get('ResourceId')}", "ApplicationAutoScaling", "ObjectNotFoundException"
        )


@refuses("AWS::EKS::Cluster")
def kubernetes_version_and_zones(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"""
    version = str(wish.get("Version") or "")
    if version and wish.changed("Version"):
        found = engines.kubernetes.find(version)
        if found.status is not Status.CREATABLE:
            yield Refused(f"unsupported Kubernetes version {version}. {found.problem()}", "Eks")
    subnets = list((wish.get("ResourcesVpcConfig") or {}).get("SubnetIds") or ())
    zones = wish.zones(subnets)
    if zones is None:
        yield Refused(f"The subnet ID '{subnets[0]}' does not exist", "Eks")
    elif len(set(zones.values())) < 2:
        yield Refused("Subnets specified must be in at least two different AZs", "Eks")


@refuses("AWS::AutoScaling::AutoScalingGroup")
def template_of_a_group(wish: Wish) -> Iterator[Refused]:
    low, high = wish.get("MinSize"), wish.get("MaxSize")
    if low is not None and high is not None and int(low) > int(high):
        yield Refused(f"Min bound, {low}, must be less than or equal to max bound, {high}", "AutoScaling")
    template = wish.get("LaunchTemplate") or {}
    for name, argument, words in (("LaunchTemplateId", "LaunchTemplateIds", "template ID"),
                                  ("LaunchTemplateName", "LaunchTemplateNames", "template name")):  # fmt: skip
        wanted = template.get(name)
        found = wish.ask("ec2", "describe_launch_templates", **{argument: [wanted]}) if wanted else None
        if wanted and not (found and found["LaunchTemplates"]):
            yield Refused(
                f"You must use a valid fully-formed launch template. The specified launch template, with {words} "
                f"{wanted}, does not exist.", "AutoScaling",
            )  # fmt: skip


@refuses("AWS::Lambda::Function")
def role_of_a_function(wish: Wish) -> Iterator[Refused]:
    role = str(wish.get("Role") or "")
    name = role.rsplit("/", 1)[-1]
    if role and wish.changed("Role") and wish.ask("iam", "get_role", RoleName=name) is None:
        yield Refused(
            f"The role defined for the function cannot be assumed by Lambda: {role} does not exist.", "Lambda"
        )
