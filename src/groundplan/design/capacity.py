"""EC2 instances of an Auto Scaling group that join the cluster as a capacity provider."""

from __future__ import annotations

from groundplan.blueprint.compute import Capacity
from groundplan.blueprint.workloads import Workload
from groundplan.catalog import instances
from groundplan.catalog.instances import Instance
from groundplan.design.draft import Draft, identifier
from groundplan.design.security_groups import add_group, allow_range
from groundplan.resources.compute import AutoScalingGroup, InstanceProfile, LaunchTemplate
from groundplan.resources.containers import EcsCapacityProvider, EcsCluster
from groundplan.resources.network import ANYWHERE, SecurityGroup, Subnet
from groundplan.resources.policies import service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, Ref, Textual, text

IMAGE = {
    "x86_64": "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
    "arm64": "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
}
"""The newest ECS-optimized Amazon Linux 2023 AMI at the moment when an instance starts.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html"""
POLICIES = ("service-role/AmazonEC2ContainerServiceforEC2Role", "AmazonSSMManagedInstanceCore")
"""What the ECS agent may do, and the agent of Systems Manager, which opens sessions without a port or a key.
Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html,
https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-instance-profile.html"""
MANAGED = {"AmazonECSManaged": "true"}
"""ECS tags the group of a capacity provider so; an engine that did not know of the tag would take it away.
Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_capacity_provider"""
SMALLEST_CPU = 128
"""CPU units of a task on EC2. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html"""


def provider(name: str) -> Ref[EcsCapacityProvider]:
    """The capacity provider of EC2 capacity."""
    return Ref(EcsCapacityProvider, identifier(name))


def of_workload(draft: Draft, workload: Workload) -> dict[str, Capacity]:
    """The EC2 capacity that a service or job runs on; empty on Fargate."""
    known = draft.blueprint.capacity
    return {name: known[name] for name in workload.capacity if name in known}


def check_fits(draft: Draft, family: str, name: str, workload: Workload) -> None:
    """Report a task that no instance could take: other processor, too many CPU units, too much memory.

    Tasks on EC2 need not have a size that Fargate knows.
    """
    size, place = workload.size, f"{family}.{name}"
    if size.cpu < SMALLEST_CPU:
        draft.problem(f"{place}.size.cpu", f"a task has {SMALLEST_CPU} CPU units at least, and this one {size.cpu}")
    for called, capacity in of_workload(draft, workload).items():
        instance = instances.find(capacity.instance)
        if instance is None:
            continue
        on = f"{instance.name} of the capacity {called}"
        if instance.architecture and instance.architecture != workload.architecture:
            draft.problem(
                f"{place}.architecture",
                f"{on} has an {instance.architecture} processor, which does not run {workload.architecture} images; "
                f"write architecture: {instance.architecture}, or another instance",
            )
        if instance.vcpu and size.cpu > instance.vcpu * 1024:
            draft.problem(f"{place}.size.cpu", f"{on} has {instance.vcpu * 1024} CPU units, and a task asks {size.cpu}")
        memory = instance.task_memory_mib()
        if memory is not None and size.memory > memory:
            draft.problem(
                f"{place}.size.memory",
                f"{on} has about {memory} MiB for tasks beside its system, and a task asks {size.memory}",
            )


def add_capacity(draft: Draft, name: str, capacity: Capacity, cluster: Ref[EcsCluster]) -> None:
    """Group, launch template, rights and firewall of one capacity, and the provider that scales it."""
    place, ident = f"capacity.{name}", identifier(name)
    instance = _instance(draft, place, capacity)
    if instance is None:
        return
    group = add_group(draft, ident, f"EC2 capacity {name}", place)
    allow_range(draft, group, "egress", 443, ANYWHERE, "HTTPS to AWS APIs and the internet")
    template = draft.add(
        LaunchTemplate(
            name=ident,
            concern="services",
            launch_template_name=draft.called("launch_template", name, place),
            image_id=IMAGE[instance.architecture or "x86_64"],
            instance_type=instance.name,
            instance_profile=_add_profile(draft, name, place),
            security_groups=(Ref(SecurityGroup, ident),),
            volume_size=capacity.volume.gib,
            user_data=_user_data(cluster, instance),
            tags=draft.name_tag(name),
        )
    )
    zones = capacity.zones or draft.blueprint.network.zones
    scaled = draft.add(
        AutoScalingGroup(
            name=ident,
            concern="services",
            auto_scaling_group_name=draft.called("auto_scaling_group", name, place),
            launch_template=template,
            subnets=tuple(Ref(Subnet, "private", zone) for zone in draft.blueprint.network.zones if zone in zones),
            min_size=capacity.min,
            max_size=capacity.max,
            spot=capacity.spot,
            tags={**draft.name_tag(name), **MANAGED},
        )
    )
    draft.add(
        EcsCapacityProvider(
            name=ident,
            concern="services",
            capacity_provider_name=draft.called("ecs_capacity_provider", name, place),
            auto_scaling_group=scaled,
            target_capacity=int(capacity.target.percent),
            tags=draft.name_tag(name),
        )
    )


def _instance(draft: Draft, place: str, capacity: Capacity) -> Instance | None:
    """The instance type. Reports one that does not exist, and a network that its instances could not use."""
    if draft.blueprint.network.nat == "none":
        draft.problem(
            place,
            "EC2 capacity needs network.nat: tasks on instances get no public address, and without NAT they would "
            "reach neither ECS nor their image",
        )
        return None
    found = instances.ec2_types().get(capacity.instance)
    if found is None:
        asked = capacity.instance
        draft.problem(f"{place}.instance", f'EC2 has no instance type "{asked}"{instances.suggest(asked)}')
    return found


def _add_profile(draft: Draft, name: str, place: str) -> Ref[InstanceProfile]:
    ident = identifier(name)
    role = draft.add(
        Role(
            name=f"{ident}_instance",
            concern="services",
            role_name=draft.called("iam_role", f"{name}-instance-role", place),
            description=f"Lets the instances of {name} join the cluster and open sessions of Systems Manager",
            trust=service_trust("ec2.amazonaws.com"),
            managed_policy_arns=tuple(
                text("arn:", Pseudo.PARTITION, f":iam::aws:policy/{policy}") for policy in POLICIES
            ),
        ),
        because=place,
    )
    return draft.add(
        InstanceProfile(
            name=ident,
            concern="services",
            instance_profile_name=draft.called("instance_profile", f"{name}-instance", place),
            role=role,
        )
    )


def _user_data(cluster: Ref[EcsCluster], instance: Instance) -> Textual:
    """Settings of the ECS agent. Tasks have rights of their own and must not take the instance's, so that its
    metadata is closed to them.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
    """
    reserved = instance.reserved_memory_mib() or 0
    settings = f"\nECS_RESERVED_MEMORY={reserved}\nECS_AWSVPC_BLOCK_IMDS=true\nECS_ENABLE_SPOT_INSTANCE_DRAINING=true\n"
    return text(
        "#!/bin/bash\ncat >> /etc/ecs/ecs.config <<'END'\nECS_CLUSTER=", cluster.attribute("id"), settings, "END\n"
    )
