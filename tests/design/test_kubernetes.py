"""A system on EKS: its cluster, nodes, rights and ways; what stays as on ECS, and what is refused."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from tests.design.blueprints import addresses, designed, loaded, refused, rules_of

from groundplan.checks.wording import spelled
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository, EcsCluster, EcsService, TaskDefinition
from groundplan.resources.edge import ListenerRule, TargetGroup, WeightedForward
from groundplan.resources.files import AccessPoint, FileSystem, MountTarget
from groundplan.resources.kubernetes import (
    AccessEntry,
    ClusterAddon,
    KubernetesCluster,
    NodeGroup,
    NodeLaunchTemplate,
    NodeTaint,
    PodIdentityAssociation,
)
from groundplan.resources.monitoring import Alarm, LogGroup, Metric
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.policies import Statement
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.security import Key, Role
from groundplan.resources.values import Attribute, Ref
from groundplan.resources.workloads import ServiceWorkload

CLUSTER = Ref(KubernetesCluster, "main")
START = "project: shop\nregion: eu-west-1\nplatform: eks\nnetwork: {zones: [a, b, c]}\n"
NODES = "kubernetes: {nodes: {general: {instances: [t3.large], desired: 6, min: 3, max: 12}}}\n"
IMAGE = "image: {repository: web, tag: '1'}"


def web(written: str = "") -> str:
    return f"services: {{web: {{{IMAGE}, {written}}}}}\n"


def cluster(written: str) -> str:
    return f"kubernetes: {{{written}, nodes: {{general: {{instances: [t3.large]}}}}}}\n"


def nodes(written: str) -> str:
    return f"kubernetes: {{nodes: {{general: {{instances: [t3.large]}}, special: {{{written}}}}}}}\n"


def policy(found: Architecture, role: str) -> dict[str, Statement]:
    """The statements of a role's own policy by sid."""
    inline = found[Ref(Role, role)].inline_policies
    return {statement.sid: statement for item in inline for statement in item.document.statements}


def role_of(found: Architecture, account: str) -> Role:
    """The role of a service account."""
    (only,) = (item for item in found.of(PodIdentityAssociation) if item.service_account == account)
    return found[only.role]


def test_the_control_plane_is_closed_encrypted_and_logged() -> None:
    found = designed(START + NODES + web())
    control = found[CLUSTER]
    assert control.cluster_name == "shop-production-cluster"
    assert control.version == "1.35"
    assert (control.endpoint_private_access, control.endpoint_public_access) == (True, False)
    assert control.subnets == tuple(Ref(Subnet, "private", zone) for zone in "abc")
    assert control.secrets_key == Ref(Key, "kubernetes")
    assert control.support_type == "STANDARD"
    assert control.deletion_protection
    assert set(control.log_types) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    (logs,) = control.depends_on
    assert found.at(logs.address) == found[Ref(LogGroup, "kubernetes")]
    group = found[Ref(LogGroup, "kubernetes")]
    assert group.log_group_name == "/aws/eks/shop-production-cluster/cluster"
    assert (group.retention_in_days, group.kms_key) == (90, Ref(Key, "main"))
    assert policy(found, "kubernetes_cluster")["EncryptSecrets"].resources == (Ref(Key, "kubernetes").arn,)


def test_the_api_answers_only_the_addresses_that_are_named() -> None:
    control = designed(START + cluster("allow: [203.0.113.0/24]"))[CLUSTER]
    assert control.endpoint_public_access
    assert control.public_access_cidrs == (IPv4Network("203.0.113.0/24"),)


def test_without_keys_of_its_own_aws_encrypts() -> None:
    found = designed(START + "keys: aws\n" + NODES)
    assert found[CLUSTER].secrets_key is None
    assert policy(found, "kubernetes_cluster") == {}


def test_a_development_cluster_is_not_protected() -> None:
    assert not designed(START + "profile: development\n" + NODES)[CLUSTER].deletion_protection


def test_nothing_of_ecs_is_left() -> None:
    found = designed(START + NODES + web("scaling: {cpu: 70%}, port: 80, public: {tls: false}"))
    for kind in (EcsCluster, EcsService, TaskDefinition, ScalableTarget):
        assert not found.of(kind)
    assert found.of(ContainerRepository)
    assert found[Ref(TargetGroup, "web")].target_type == "ip"


def test_one_word_takes_a_system_from_ecs_to_eks_and_back() -> None:
    written = (
        NODES
        + web("port: 80, public: {tls: false}, needs: [main]")
        + "databases: {main: {engine: postgres 16, class: db.t4g.micro}}\n"
    )
    there = designed(START + written)
    back = designed(START.replace("platform: eks\n", "") + written)
    assert Ref(EcsService, "web") in back
    assert CLUSTER not in back
    same = addresses(there) & addresses(back)
    assert {"database_instance.main", "load_balancer.main", "target_group.web", "container_repository.web"} <= same


def test_node_groups_are_as_written() -> None:
    found = designed(
        START
        + nodes(
            "instances: [c5.large, c5.xlarge], spot: true, desired: 0, min: 0, max: 5, zones: [b], volume: 100 GB, "
            "taints: ['dedicated=batch:NoSchedule', 'spot:PreferNoSchedule', 'old:NoExecute']"
        )
    )
    group = found[Ref(NodeGroup, "special")]
    assert (group.min_size, group.desired_size, group.max_size) == (0, 0, 5)
    assert group.instance_types == ("c5.large", "c5.xlarge")
    assert group.capacity_type == "SPOT"
    assert [subnet.key for subnet in group.subnets] == ["b"]
    assert group.taints == (
        NodeTaint(key="dedicated", value="batch", effect="NO_SCHEDULE"),
        NodeTaint(key="spot", effect="PREFER_NO_SCHEDULE"),
        NodeTaint(key="old", effect="NO_EXECUTE"),
    )
    assert group.labels == {"node-group": "special"}
    assert group.tags["k8s.io/cluster-autoscaler/shop-production-cluster"] == "owned"
    template = found[group.launch_template]
    assert (template.volume_size, template.volume_encrypted) == (100, True)
    assert (template.http_tokens, template.http_put_response_hop_limit) == ("required", 1)
    assert template.security_groups == found[CLUSTER].security_groups
    assert [subnet.key for subnet in found[Ref(NodeGroup, "general")].subnets] == ["a", "b", "c"]


def test_graviton_nodes_get_their_image() -> None:
    found = designed(START + nodes("instances: [m7g.large, r6g.large]"))
    assert found[Ref(NodeGroup, "special")].ami_type == "AL2023_ARM_64_STANDARD"
    assert found[Ref(NodeGroup, "general")].ami_type == "AL2023_x86_64_STANDARD"


def test_nodes_may_do_nothing_that_pods_should_not() -> None:
    found = designed(START + NODES + web())
    role = found[found[Ref(NodeGroup, "general")].role]
    policies = {spelled(arn).rpartition("/")[2] for arn in role.managed_policy_arns}
    assert policies == {
        "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore",
    }  # fmt: skip
    assert role.inline_policies == ()


def test_add_ons_come_before_or_after_nodes_with_rights_of_their_own() -> None:
    found = designed(START + NODES + web())
    addons = {item.addon_name: item for item in found.of(ClusterAddon)}
    assert list(addons) == [
        "vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "metrics-server", "aws-ebs-csi-driver",
    ]  # fmt: skip
    group = found[Ref(NodeGroup, "general")]
    # Behind the add-ons stand the routes that a node joins its cluster by.
    assert group.depends_on[:3] == tuple(list(addons.values())[index].ref for index in range(3))
    assert all(addons[name].depends_on == (group.ref,) for name in ("coredns", "metrics-server", "aws-ebs-csi-driver"))
    settings = addons["vpc-cni"].configuration
    assert settings is not None
    assert settings.content["enableNetworkPolicy"] == "true"
    for name, account in (("vpc-cni", "aws-node"), ("aws-ebs-csi-driver", "ebs-csi-controller-sa")):
        addon = addons[name]
        assert addon.service_account == account
        assert addon.role is not None
        assert "pods.eks.amazonaws.com" in str(found[addon.role].trust)


def test_container_insights_is_asked_for() -> None:
    assert "cluster_addon.amazon_cloudwatch_observability" not in addresses(designed(START + NODES))
    found = designed(START + cluster("insights: true"))
    assert found[Ref(ClusterAddon, "amazon_cloudwatch_observability")].service_account == "cloudwatch-agent"


def test_who_gets_in_and_how_far() -> None:
    found = designed(
        START
        + cluster(
            "admins: ['arn:aws:iam::123456789012:role/team/ops'], "
            "viewers: ['arn:aws:iam::123456789012:user/jane', 'arn:aws:iam::210987654321:role/ops']"
        )
    )
    entries = {item.principal_arn: item for item in found.of(AccessEntry)}
    admin = entries["arn:aws:iam::123456789012:role/team/ops"]
    assert "AmazonEKSClusterAdminPolicy" in str(admin.policy_arn)
    assert admin.namespaces == ()
    for name in ("arn:aws:iam::123456789012:user/jane", "arn:aws:iam::210987654321:role/ops"):
        assert "AmazonEKSViewPolicy" in str(entries[name].policy_arn)
        assert entries[name].namespaces == ("shop",)


NEEDS = """
services:
  web:
    image: {repository: web, tag: '1'}
    port: 3000
    public: {tls: false}
    needs: [main, carts, {media: read}, {mails: write}, search]
    secrets: {JWT_KEY: jwt}
    tracing: true
  search: {image: {repository: web, tag: '1'}, port: 9200}
  idle: {image: {repository: idle, tag: '1'}}
databases:
  main: {engine: postgres 16, class: db.t4g.micro}
  other: {engine: postgres 16, class: db.t4g.micro}
caches: {carts: {engine: redis 7.1, class: cache.t4g.micro}}
buckets: {media: {}}
queues: {mails: {}}
"""


def test_a_pod_may_what_a_task_may() -> None:
    written = NODES + NEEDS
    there = designed(START + written)
    back = designed(START.replace("platform: eks\n", "") + written.replace("tracing: true", "tracing: false"))
    assert policy(there, "web_pod") == policy(back, "web_task")
    assert policy(there, "idle_pod") == {}


def test_only_pods_of_this_cluster_get_a_role() -> None:
    found = designed(START + NODES + NEEDS)
    (association,) = (item for item in found.of(PodIdentityAssociation) if item.name == "web")
    assert (association.namespace, association.service_account) == ("shop", "web")
    (trust,) = found[association.role].trust.statements
    assert trust.actions == ("sts:AssumeRole", "sts:TagSession")
    assert {item.key for item in trust.conditions} == {"aws:SourceAccount", "aws:SourceArn"}
    assert "cluster/shop-production-cluster" in str(trust.conditions[1].values)


def test_what_is_needed_admits_the_cluster_and_nothing_else_does() -> None:
    """PT-107, PT-108, PT-109."""
    found = designed(START + NODES + NEEDS)
    assert rules_of(found, "cluster") == {
        ("ingress", None, "cluster"), ("egress", None, "cluster"), ("egress", 443, "0.0.0.0/0"),
        ("ingress", 443, "alb"), ("ingress", 3000, "alb"), ("egress", 5432, "main"), ("egress", 6379, "carts"),
    }  # fmt: skip
    assert rules_of(found, "main") == {("ingress", 5432, "cluster")}
    assert rules_of(found, "carts") == {("ingress", 6379, "cluster")}
    assert rules_of(found, "other") == set()
    assert Ref(SecurityGroup, "web") not in found


def test_controllers_may_act_on_this_environment_alone() -> None:
    found = designed(START + NODES + NEEDS)
    scaler = policy(found, "cluster_autoscaler")
    (tagged,) = scaler["Act"].conditions
    assert tagged.key == "aws:ResourceTag/k8s.io/cluster-autoscaler/shop-production-cluster"
    assert scaler["LookAtNodeGroups"].resources == (Ref(NodeGroup, "general").arn,)
    balancers = policy(found, "aws_load_balancer_controller")
    assert balancers["Act"].resources == (Ref(TargetGroup, "web").arn,)
    assert not [action for item in balancers.values() for action in item.actions if "Create" in action]
    secrets = policy(found, "external_secrets")
    read = [value for value in secrets["Act"].resources if isinstance(value, Attribute)]
    assert {str(value.ref) for value in read} == {
        "secret.main_url", "secret.carts_url", "secret.jwt",
    }  # fmt: skip
    assert set(policy(found, "log_shipper")["Act"].actions) == {
        "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents",
    }  # fmt: skip
    assert "xray:PutTraceSegments" in policy(found, "trace_collector")["Look"].actions
    assert found[Ref(Role, "alertmanager")].concern == "monitoring"
    assert policy(found, "alertmanager")["Act"].actions == ("sns:Publish",)


def test_what_is_not_used_has_no_rights() -> None:
    found = designed(START + "alarms: null\nkubernetes: {autoscaler: false, monitoring: false, nodes: "
                     "{general: {instances: [t3.large]}}}\n" + web())  # fmt: skip
    assert {item.service_account for item in found.of(PodIdentityAssociation)} == {"web", "fluent-bit"}
    assert found[Ref(NodeGroup, "general")].tags.keys() == {"Name"}


def test_alarms_watch_the_cluster_with_what_eks_measures() -> None:
    found = designed(START + NODES + NEEDS)
    metrics = {
        item.metric.metric_name: item
        for item in found.of(Alarm)
        if isinstance(item.metric, Metric) and item.metric.namespace == "AWS/EKS"
    }
    assert metrics.keys() == {"scheduler_pending_pods_UNSCHEDULABLE", "apiserver_storage_size_bytes"}
    assert metrics["apiserver_storage_size_bytes"].threshold == 6871947674  # 80 % of 8 GiB
    assert Ref(Alarm, "kubernetes_errors_high") in found
    assert Ref(Alarm, "web_unhealthy_hosts") in found
    assert not [item for item in found.of(Alarm) if isinstance(item.metric, Metric) and "ECS" in item.metric.namespace]


def test_jobs_get_rights_and_logs_but_no_schedule_of_aws() -> None:
    job = "jobs: {night: {image: {repository: night, tag: '1'}, schedule: rate(1 day), needs: [{media: write}]}}\n"
    found = designed(START + NODES + job + "buckets: {media: {}}\n")
    assert role_of(found, "night").role_name == "shop-production-night-pod-role"
    assert "s3:PutObject" in policy(found, "night_pod")["ObjectsMedia"].actions
    assert not [address for address in addresses(found) if address.startswith(("schedule", "queue"))]


VOLUMES = "port: 80, volumes: {up_loads: {path: /data, size: 5 GB, shared: true}, index: {path: /index, size: 20 GB}}"


def test_shared_volumes_are_file_systems_in_every_zone() -> None:
    found = designed(START + NODES + web(VOLUMES))
    system = Ref(FileSystem, "web_up_loads")
    assert found.of(FileSystem) == (found[system],)
    assert found[system].kms_key == Ref(Key, "shared_files")
    assert found[system].automatic_backups
    assert [item.key for item in found.of(MountTarget)] == ["a", "b", "c"]
    point = found[Ref(AccessPoint, "web_up_loads")]
    assert (point.path, point.uid, point.gid) == ("/up_loads", 1000, 1000)
    assert ("egress", 2049, "files") in rules_of(found, "cluster")
    assert rules_of(found, "files") == {("ingress", 2049, "cluster")}
    assert Ref(ClusterAddon, "aws_efs_csi_driver") in found


def test_two_owners_have_two_clusters() -> None:
    found = [designed(START + f"owner_id: {owner}\n" + NODES + web())[CLUSTER] for owner in ("ann", "bob")]
    assert [item.cluster_name for item in found] == ["shop-production-ann-cluster", "shop-production-bob-cluster"]


def test_the_same_blueprint_gives_the_same_architecture() -> None:
    assert repr(designed(START + NODES + NEEDS).resources) == repr(designed(START + NODES + NEEDS).resources)


@pytest.mark.parametrize(
    ("blueprint", "said"),
    [
        (
            START + cluster("version: '1.28'"),
            "kubernetes.version: Kubernetes 1.28 can no longer be created; creatable are",
        ),
        (START + cluster("version: '1.99'"), "Kubernetes 1.99 is not a version that AWS offers; creatable are"),
        (
            START + cluster("version: '1.32'"),
            "standard support of Kubernetes 1.32 ended on 2026-03-23; it is in extended support until 2027-03-23 and "
            "costs 0.6 instead of 0.10 USD an hour, 438 USD a month; choose 1.34, 1.35, or write extended: true",
        ),
        (
            START + nodes("instances: [t3.lage]"),
            'kubernetes.nodes.special.instances: EC2 has no instance type "t3.lage"; sizes of this family: t3.',
        ),
        (
            START + nodes("instances: [c5.large, c7g.large]"),
            "c7g.large (arm64) and c5.large (x86_64) have different processors",
        ),
        (
            START + NODES + web("architecture: arm64"),
            "services.web.architecture: its nodes run no arm64 images: general (x86_64)",
        ),
        (
            START + NODES + web("size: {cpu: 2048, memory: 1024}"),
            "services.web.size.cpu: a pod asks 2048 CPU units, and the nodes of general have about 1976 for pods",
        ),
        (
            START + NODES + web("size: {cpu: 256, memory: 8000}"),
            "services.web.size.memory: a pod asks 8000 MiB, and the nodes of general have about",
        ),
        (
            START + NODES + "services: {web: {image: {repository: web, tag: '1'}, needs: [idle]}, "
            "idle: {image: {repository: web, tag: '1'}}}\n",
            "services.idle: other services need it, but it has no port that they could call",
        ),
    ],
)  # fmt: skip
def test_what_eks_would_refuse_is_refused(blueprint: str, said: str) -> None:
    problems = refused(blueprint)
    assert any(said in problem for problem in problems), problems


def test_extended_support_can_be_bought() -> None:
    assert designed(START + cluster("version: '1.32', extended: true"))[CLUSTER].support_type == "EXTENDED"


def complaints(blueprint: str) -> list[str]:
    """What loading says against a blueprint."""
    try:
        loaded(blueprint)
    except InputError as error:
        return [f"{item.path}: {item.message}" for item in error.problems]
    return []


ECS = START.replace("platform: eks\n", "")


@pytest.mark.parametrize(
    ("blueprint", "said"),
    [
        (START + web(), "platform: a cluster without nodes runs nothing"),
        (START + "kubernetes: {nodes: {}}\n", "kubernetes.nodes: a cluster without nodes runs nothing"),
        (START + "kubernetes: {nodes: {a: {instances: []}}}\n", "kubernetes.nodes.a.instances"),
        (START + "kubernetes: {nodes: {a: {}}}\n", 'kubernetes.nodes.a: "instances" is missing'),
        (START + nodes("instances: [t3.large], desired: 5"), "desired (5) has to lie between min (1) and max (4)"),
        (
            START + nodes("instances: [t3.large], zones: [x]"),
            "kubernetes.nodes.special.zones: the network has no zone x",
        ),
        (START + nodes("instances: [t3.large], volume: 10 GB"), "a node needs 20 GB at least"),
        (START + nodes("instances: [t3.large, t3.large]"), 'instances[1]: "t3.large" already stands above'),
        (START + nodes("instances: [t3.large], taints: [batch]"), '"batch" is not a taint'),
        (
            START + "kubernetes: {nodes: {a: {instances: [t3.large], taints: ['x:NoSchedule']}}}\n",
            "every node group has taints",
        ),
        (START + cluster("admins: [ops]"), '"ops" is not the ARN of an IAM role or user'),
        (START + cluster("logs: 91d"), "kubernetes.logs: CloudWatch Logs cannot keep logs for 91d"),
        (START + NODES + web("nodes: generl"), 'there is no node group "generl"; did you mean "general"'),
        (
            START + nodes("instances: [t3.large], zones: [a]") + web("nodes: special, zones: [b]"),
            "services.web.zones: its nodes are in a, and its pods may run in b only",
        ),
        (START.replace("a, b, c", "a") + NODES, "network.zones: an EKS cluster needs subnets in two zones at least"),
        (START.replace("[a, b, c]", "[a, b], nat: none") + NODES, "network.nat: nodes get no public address"),
        (START + NODES + web("capacity: fargate-spot"), "services.web.capacity: Fargate and EC2 capacity are ECS's"),
        (START + NODES + "capacity: {m: {instance: t3.small}}\n", "capacity.m: EC2 capacity is ECS's"),
        (START + NODES + web("execute_command: true"), "aws ecs execute-command is ECS's; on EKS"),
        (START + NODES + web("logs: {routes: {errors: ERROR}}"), "services.web.logs.routes: log routes are"),
        (
            START + NODES + web("port: 80, deployment: {strategy: blue-green}"),
            "services.web.deployment.strategy: blue-green moves requests of the load balancer",
        ),
        (
            START + NODES + web(
                "port: 80, public: {tls: false}, deployment: {strategy: canary}, volumes: {a: {path: /a, size: 1 GB}}"
            ),
            "services.web.volumes.a: pods with a volume of their own cannot be doubled as canary needs it",
        ),
        (
            START + NODES + web("port: 80, public: {tls: false}, deployment: {strategy: linear, step: 3.5%}"),
            "services.web.deployment.step: on EKS requests move in whole percents",
        ),
        (START + NODES + web("deployment: {alarms: true}"), "services.web.deployment.alarms: on EKS a rolling"),
        (START + NODES + web("scaling: {cpu: 70%, method: step}"), "services.web.scaling.method: steps are ECS's"),
        (
            START + NODES + web("port: 80, public: {tls: false}, scaling: {requests: 100}"),
            "services.web.scaling.requests: a HorizontalPodAutoscaler knows CPU and memory",
        ),
        (ECS + web("volumes: {data: {path: /data, size: 1 GB}}"), "services.web.volumes: a task on ECS keeps nothing"),
        (ECS + web("nodes: general"), "services.web.nodes: node groups are EKS's"),
        (
            START + NODES + web("volumes: {a: {path: /data, size: 1 GB}, b: {path: /data/in, size: 1 GB}}"),
            "services.web.volumes.b.path: /data/in and /data of the volume a lie within each other",
        ),
        (START + NODES + web("volumes: {a: {path: data, size: 1 GB}}"), '"data" is not a path; it starts with /'),
        (START + NODES + web("volumes: {a: {path: /data, size: 100 MB}}"), "a volume has 1 GB at least"),
        (START + NODES + web("volumes: {a: {path: /data, size: 70 TB}}"), "an EBS volume has 65536 GB at most"),
        (
            START + NODES + web("volumes: {a: {path: /data, size: 1 GB}}") + "usage: {stored: {web-a: 1 GB}}\n",
            'usage.stored.web-a: there is no bucket, image repository or shared volume "web-a"',
        ),
    ],
)  # fmt: skip
def test_a_blueprint_that_does_not_go_together_is_refused(blueprint: str, said: str) -> None:
    problems = complaints(blueprint)
    assert any(said in problem for problem in problems), problems


def test_the_launch_template_is_nothing_that_ecs_uses() -> None:
    found = designed(START + nodes("instances: [c5.large]"))
    assert [item.launch_template_name for item in found.of(NodeLaunchTemplate)] == [
        "shop-production-general-nodes", "shop-production-special-nodes",
    ]  # fmt: skip


SHIFTED = web("port: 80, public: {tls: false}, deployment: {strategy: blue-green, bake: 10m}")


def test_the_next_version_has_a_target_group_of_its_own() -> None:
    found = designed(START + NODES + "alarms: {email: ops@example.com}\n" + SHIFTED)
    rule = found[Ref(ListenerRule, "web")]
    assert isinstance(rule.action, WeightedForward)
    assert [(item.target_group.name, item.weight) for item in rule.action.target_groups] == [
        ("web", 100), ("web_green", 0),
    ]  # fmt: skip
    (service,) = (item for item in found.workloads if isinstance(item, ServiceWorkload))
    assert service.shift
    assert (service.shift.strategy, service.shift.bake_time) == ("BLUE_GREEN", 10)
    assert service.shift.green_target_group == Ref(TargetGroup, "web_green")
    alarms = [found[ref].alarm_name for ref in service.shift.rollback_alarms]
    assert alarms == ["shop-production-web-rollback-errors", "shop-production-web-rollback-unhealthy"]
    assert "web_green_target_group" in {output.name for output in found.outputs}


def test_the_load_balancer_controller_may_fill_both_target_groups() -> None:
    found = designed(START + NODES + SHIFTED)
    acts = policy(found, "aws_load_balancer_controller")["Act"]
    assert {part.ref.name for part in acts.resources if isinstance(part, Attribute)} == {"web", "web_green"}


def test_a_colour_has_no_name_that_another_service_has() -> None:
    other = f"  web-green: {{{IMAGE}}}\n"
    shifted = SHIFTED.replace("services: {web: ", "services:\n  web: ").replace("}}}\n", "}}\n")
    assert any("would be called web-green" in said for said in refused(START + NODES + shifted + other))
