"""An EKS cluster and shared files on the local AWS: read back with boto3, planned again, and taken away."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode


def blueprint(project: str) -> str:
    return f"""\
project: {project}
region: {REGION}
profile: development
platform: eks
network: {{nat: single, endpoints: []}}
kubernetes:
  version: "1.35"
  logs: 30d
  allow: [203.0.113.0/24]
  admins: ["arn:aws:iam::123456789012:role/ops"]
  viewers: ["arn:aws:iam::123456789012:role/developers"]
  nodes:
    general: {{instances: [t3.small], desired: 2, min: 1, max: 4, zones: [a]}}
    batch:
      instances: [c5.large, c5.xlarge]
      spot: true
      desired: 0
      min: 0
      max: 3
      taints: ["dedicated=batch:NoSchedule"]
services:
  api:
    image: {{repository: api, tag: '1'}}
    port: 8080
    public: {{tls: false}}
    needs: [main, {{media: read}}]
    secrets: {{JWT_KEY: jwt}}
    volumes: {{uploads: {{path: /var/uploads, size: 5 GB, shared: true}}}}
databases:
  main: {{engine: postgres 15, class: db.t4g.micro, deletion_protection: false, final_snapshot: false}}
buckets:
  media: {{keep: false}}
"""


def test_a_cluster_is_created_read_back_and_deleted(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    deployed = groundplan("deploy")
    assert deployed.code == ExitCode.FINE, deployed.err
    cluster = f"{project}-production-cluster"
    _control_plane(aws, cluster)
    _nodes(aws, project, cluster)
    _addons(aws, cluster)
    _rights(aws, project, cluster)
    _ways(aws, project)
    _files(aws, project)

    again = groundplan("plan")
    assert again.code == ExitCode.FINE, again.err
    assert again.out == "local: nothing to change\n"

    write(blueprint(project).replace("max: 4", "max: 6").replace("203.0.113.0/24", "198.51.100.0/24"))
    changed = groundplan("deploy")
    assert changed.code == ExitCode.FINE, changed.err
    network = aws.client("eks").describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]
    assert network["publicAccessCidrs"] == ["198.51.100.0/24"]
    group = aws.client("eks").describe_nodegroup(clusterName=cluster, nodegroupName=f"{project}-production-general")
    assert group["nodegroup"]["scalingConfig"] == {"minSize": 1, "maxSize": 6, "desiredSize": 2}

    gone = groundplan("destroy", "-y")
    assert gone.code == ExitCode.FINE, gone.err
    assert aws.stacks(project) == {}
    assert cluster not in aws.client("eks").list_clusters()["clusters"]


def _control_plane(aws: Aws, name: str) -> None:
    cluster = aws.client("eks").describe_cluster(name=name)["cluster"]
    assert cluster["version"] == "1.35"
    assert cluster["status"] == "ACTIVE"
    network = cluster["resourcesVpcConfig"]
    assert (network["endpointPrivateAccess"], network["endpointPublicAccess"]) == (True, True)
    assert network["publicAccessCidrs"] == ["203.0.113.0/24"]
    subnets = aws.client("ec2").describe_subnets(SubnetIds=network["subnetIds"])["Subnets"]
    assert len({item["AvailabilityZone"] for item in subnets}) >= 2
    (encryption,) = cluster["encryptionConfig"]
    assert encryption["resources"] == ["secrets"]
    logged = {kind for item in cluster["logging"]["clusterLogging"] if item["enabled"] for kind in item["types"]}
    assert logged == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    (group,) = aws.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/eks/{name}/")["logGroups"]
    assert group["retentionInDays"] == 30


def _nodes(aws: Aws, project: str, cluster: str) -> None:
    eks = aws.client("eks")
    found = {
        name: eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
        for name in eks.list_nodegroups(clusterName=cluster)["nodegroups"]
    }
    assert found.keys() == {f"{project}-production-general", f"{project}-production-batch"}
    general, batch = found[f"{project}-production-general"], found[f"{project}-production-batch"]
    assert general["scalingConfig"] == {"minSize": 1, "maxSize": 4, "desiredSize": 2}
    assert (general["instanceTypes"], general["capacityType"]) == (["t3.small"], "ON_DEMAND")
    assert len(general["subnets"]) == 1
    assert batch["capacityType"] == "SPOT"
    assert batch["taints"] == [{"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}]
    assert general["tags"]["k8s.io/cluster-autoscaler/enabled"] == "true"
    assert general["tags"][f"k8s.io/cluster-autoscaler/{cluster}"] == "owned"
    template = aws.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=general["launchTemplate"]["id"], Versions=[str(general["launchTemplate"]["version"])]
    )["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert template["MetadataOptions"]["HttpTokens"] == "required"
    assert template["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert template["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True


def _addons(aws: Aws, cluster: str) -> None:
    eks = aws.client("eks")
    names = eks.list_addons(clusterName=cluster)["addons"]
    assert set(names) == {
        "vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "metrics-server", "aws-ebs-csi-driver",
        "aws-efs-csi-driver",
    }  # fmt: skip
    network = eks.describe_addon(clusterName=cluster, addonName="vpc-cni")["addon"]
    assert json.loads(network["configurationValues"])["enableNetworkPolicy"] == "true"
    assert len(network["podIdentityAssociations"]) == 1


def _rights(aws: Aws, project: str, cluster: str) -> None:
    eks, iam = aws.client("eks"), aws.client("iam")
    roles: dict[tuple[str, str], str] = {}
    for item in eks.list_pod_identity_associations(clusterName=cluster)["associations"]:
        found = eks.describe_pod_identity_association(clusterName=cluster, associationId=item["associationId"])
        association = found["association"]
        roles[association["namespace"], association["serviceAccount"]] = association["roleArn"].rpartition("/")[2]
    assert roles[project, "api"] == f"{project}-production-api-pod-role"
    assert roles.keys() >= {
        ("kube-system", "cluster-autoscaler"),
        ("kube-system", "aws-load-balancer-controller"),
        ("external-secrets", "external-secrets"),
    }
    role = iam.get_role(RoleName=roles[project, "api"])["Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trust["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(f":cluster/{cluster}")
    (policy,) = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)["PolicyDocument"]
    assert {action for item in document["Statement"] for action in _listed(item["Action"])} == {
        "s3:GetObject", "kms:Decrypt",
    }  # fmt: skip
    principals = eks.list_access_entries(clusterName=cluster)["accessEntries"]
    assert {arn.rpartition("/")[2] for arn in principals} >= {"ops", "developers"}
    viewer = eks.describe_access_entry(clusterName=cluster, principalArn="arn:aws:iam::123456789012:role/developers")[
        "accessEntry"
    ]
    assert viewer["kubernetesGroups"] == [f"{project}:viewers"], "what the role binding names"
    policies = eks.list_associated_access_policies(
        clusterName=cluster, principalArn="arn:aws:iam::123456789012:role/developers"
    )["associatedAccessPolicies"]
    assert [item["accessScope"] for item in policies] == [{"type": "namespace", "namespaces": [project]}]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _ways(aws: Aws, project: str) -> None:
    """PT-107, PT-108: who reaches what."""
    ec2 = aws.client("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "tag:Project", "Values": [project]}])["SecurityGroups"]
    names = {group["GroupId"]: group["GroupName"].removeprefix(f"{project}-production-") for group in groups}
    allowed = {
        (names[group["GroupId"]], rule.get("FromPort"), names[pair["GroupId"]])
        for group in groups
        for rule in group["IpPermissions"]
        for pair in rule["UserIdGroupPairs"]
    }
    assert allowed == {
        ("cluster", None, "cluster"),
        ("cluster", 443, "alb"),
        ("cluster", 8080, "alb"),
        ("main", 5432, "cluster"),
        ("files", 2049, "cluster"),
    }


def _files(aws: Aws, project: str) -> None:
    efs = aws.client("efs")
    name = f"{project}-production-api-uploads"
    systems: list[dict[str, Any]] = efs.describe_file_systems()["FileSystems"]
    (system,) = (item for item in systems if {"Key": "Name", "Value": name} in item["Tags"])
    assert system["Encrypted"] is True
    targets = efs.describe_mount_targets(FileSystemId=system["FileSystemId"])["MountTargets"]
    assert len({item["AvailabilityZoneName"] for item in targets}) >= 2
    (point,) = efs.describe_access_points(FileSystemId=system["FileSystemId"])["AccessPoints"]
    assert (point["PosixUser"]["Uid"], point["RootDirectory"]["Path"]) == (1000, "/uploads")
