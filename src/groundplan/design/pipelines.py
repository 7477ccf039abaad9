"""Roles of the pipelines: what a release may do, and what a plan may read, taken by one repository alone.

GitHub says in each token who asks: a job with a GitHub environment ``repo:OWNER/NAME:environment:ENVIRONMENT``, one of
a pull request ``repo:OWNER/NAME:pull_request``, any other the branch. A role is for one of these.
Sources: https://docs.github.com/en/actions/reference/security/oidc and
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.pipelines import Pipelines
from groundplan.design.access import add_role
from groundplan.design.deployer import deployer_name, is_bootstrapped
from groundplan.design.draft import Draft
from groundplan.resources.containers import ContainerRepository, EcsCluster, EcsService, TaskDefinition
from groundplan.resources.kubernetes import AccessEntry, KubernetesCluster
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.security import OidcProvider, Role
from groundplan.resources.values import Pseudo, Ref, Textual, text

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
"""What the tokens are for, as ``aws-actions/configure-aws-credentials`` asks for them."""
PROVIDER = Ref(OidcProvider, "github")
RELEASE, PLAN = Ref(Role, "pipeline_release"), Ref(Role, "pipeline_plan")

READS = {
    "application-autoscaling": ("Describe*",),
    "autoscaling": ("Describe*",),
    "cloudformation": ("Describe*", "GetTemplate*", "List*"),
    "cloudfront": ("Describe*", "GetDistribution*", "GetFunction", "GetOriginAccess*", "GetResponseHeaders*", "List*"),
    "cloudtrail": ("Describe*", "GetEventSelectors", "GetTrail*", "List*", "LookupEvents"),
    "cloudwatch": ("Describe*", "GetDashboard", "List*"),
    "ec2": ("Describe*", "GetManagedPrefixList*"),
    "ecr": ("Describe*", "GetLifecyclePolicy", "GetRepositoryPolicy", "List*"),
    "ecs": ("Describe*", "List*"),
    "eks": ("Describe*", "List*"),
    "elasticache": ("Describe*", "List*"),
    "elasticloadbalancing": ("Describe*",),
    "events": ("Describe*", "List*"),
    "iam": ("GetInstanceProfile", "GetOpenIDConnectProvider", "GetPolicy*", "GetRole*", "List*"),
    "kms": ("Describe*", "GetKeyPolicy", "GetKeyRotationStatus", "List*"),
    "logs": ("Describe*", "List*"),
    "rds": ("Describe*", "List*"),
    "route53": ("GetHostedZone", "GetChange", "List*"),
    "s3": (
        "GetAccelerateConfiguration", "GetBucket*", "GetEncryptionConfiguration", "GetLifecycleConfiguration",
        "GetReplicationConfiguration", "ListAllMyBuckets",
    ),
    "scheduler": ("Get*", "List*"),
    "secretsmanager": ("DescribeSecret", "GetResourcePolicy", "ListSecrets"),
    "servicediscovery": ("Get*", "List*"),
    "sns": ("GetSubscriptionAttributes", "GetTopicAttributes", "List*"),
    "sqs": ("GetQueueAttributes", "GetQueueUrl", "ListQueue*"),
    "ssm": ("Describe*", "ListTagsForResource"),
    "wafv2": ("Describe*", "Get*", "List*"),
}  # fmt: skip
"""What a plan reads: how things are set, never what they hold. No object, secret, message, row or log line."""


def add_pipelines(draft: Draft) -> None:
    """The identity provider, where this environment makes it, and the roles. Nothing without ``pipelines:``.

    The standby gets what is released from its primary's pipeline. What somebody deploys beside others with an
    ``owner_id`` is that person's own: no pipeline goes there, and the account has one identity provider.
    """
    spec = draft.blueprint.pipelines
    if spec is None or draft.primary is not None or draft.blueprint.owner_id is not None:
        return
    if is_bootstrapped(draft.loaded):
        _add_deployer_to_cluster(draft)
    if spec.provider == "create" and not is_bootstrapped(draft.loaded):
        draft.add(github(draft))
    released = draft.of(ContainerRepository)
    if released and not draft.loaded.is_shared:
        _add_release(draft, spec)
    _add_plan(draft, spec)


def github(draft: Draft) -> OidcProvider:
    """GitHub's identity provider, of which an account has one."""
    return OidcProvider(
        name=PROVIDER.name,
        concern="services",
        url=f"https://{ISSUER}",
        client_id_list=(AUDIENCE,),
        tags=draft.name_tag("github"),
    )


def _add_deployer_to_cluster(draft: Draft) -> None:
    """The role that bootstrapping makes deploys what runs in the cluster as well."""
    role = text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, f":role/{deployer_name(draft.loaded)}")
    _let_into_cluster(draft, "pipeline_deploy", role, "AmazonEKSClusterAdminPolicy", everywhere=True)


def _let_into_cluster(draft: Draft, name: str, role: Textual, policy: str, *, everywhere: bool) -> None:
    """A role that works in the cluster by one of EKS's own policies: ``everywhere``, or where the services run."""
    for cluster in draft.of(KubernetesCluster):
        draft.add(
            AccessEntry(
                name=name,
                concern="services",
                cluster=cluster.ref,
                principal_arn=role,
                policy_arn=text("arn:", Pseudo.PARTITION, f":eks::aws:cluster-access-policy/{policy}"),
                namespaces=() if everywhere else (_namespace(draft),),
            )
        )


def subject(spec: Pipelines, environment: str) -> str:
    """Who releases, as GitHub's tokens say: the GitHub environment where somebody approves, else the branch."""
    if spec.approval:
        return f"repo:{spec.repository}:environment:{environment}"
    return f"repo:{spec.repository}:ref:refs/heads/{spec.branch}"


def _add_release(draft: Draft, spec: Pipelines) -> None:
    role = add_role(
        draft,
        RELEASE.name,
        "pipeline-release",
        f"Lets {spec.repository} push images and release them, in this environment only",
        tuple(_release_rights(draft)),
        _trust(draft, spec, subject(spec, draft.environment)),
        path="pipelines",
    )
    draft.output("release_role", "Role that the pipeline releases with", role.arn)
    _let_into_cluster(draft, "pipeline_release", role.arn, "AmazonEKSEditPolicy", everywhere=False)


def _namespace(draft: Draft) -> str:
    from groundplan.design.kubernetes import namespace  # here, since few environments have a cluster

    return namespace(draft)


def _release_rights(draft: Draft) -> Iterator[Statement]:
    """What ``groundplan release`` and a push of images call, and nothing else."""
    repositories = draft.of(ContainerRepository)
    yield Statement(sid="RegistryLogin", actions=("ecr:GetAuthorizationToken",), resources=("*",))
    scans = any(repository.scan_on_push for repository in repositories)
    yield Statement(
        sid="Images",
        actions=(
            "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
            *(("ecr:DescribeImageScanFindings",) if scans else ()), "ecr:DescribeRepositories",
            "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:ListImages", "ecr:PutImage",
            *(("ecr:StartImageScan",) if scans else ()), "ecr:UploadLayerPart",
        ),
        resources=tuple(repository.ref.arn for repository in repositories),
    )  # fmt: skip
    services = draft.blueprint.services.values()
    if any(item.public is not None and item.public.domain is None for item in services):
        # Without a domain it is asked at the load balancer, whose name AWS gives.
        yield Statement(sid="Address", actions=("elasticloadbalancing:DescribeLoadBalancers",), resources=("*",))
    journals = f"parameter/groundplan/{draft.blueprint.project}/{draft.stage}"
    yield Statement(
        sid="Record",
        actions=("ssm:GetParameterHistory", "ssm:PutParameter"),
        resources=tuple(_arn("ssm", f"{journals}/{name}") for name in ("deployments", "lock-*")),
    )
    yield Statement(
        sid="SeeWhoIsAtWork",
        actions=("ssm:GetParameterHistory",),
        resources=(_arn("ssm", f"{journals}/lock"),),
    )
    clusters = draft.of(KubernetesCluster)
    if clusters:
        yield Statement(
            sid="Cluster", actions=("eks:DescribeCluster",), resources=tuple(each.ref.arn for each in clusters)
        )
    definitions = draft.of(TaskDefinition)
    if definitions:
        yield from _ecs(draft, definitions)


def _ecs(draft: Draft, definitions: list[TaskDefinition]) -> Iterator[Statement]:
    """Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html,
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html"""
    (cluster,) = draft.of(EcsCluster)
    services = draft.of(EcsService)
    yield Statement(sid="Look", actions=("ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"), resources=("*",))
    yield Statement(
        sid="Revisions",
        actions=("ecs:RegisterTaskDefinition", "ecs:TagResource"),
        resources=tuple(_arn("ecs", f"task-definition/{item.family}:*") for item in definitions),
    )
    if services:
        names = [f"{cluster.cluster_name}/{service.service_name}" for service in services]
        yield Statement(
            sid="Services",
            actions=(
                "ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:DescribeServices",
                "ecs:ListServiceDeployments", "ecs:StopServiceDeployment", "ecs:UpdateService",
            ),
            resources=tuple(
                _arn("ecs", f"{kind}/{name}{rest}")
                for kind, rest in (("service", ""), ("service-deployment", "/*"), ("service-revision", "/*"))
                for name in names
            ),
        )  # fmt: skip
        yield Statement(
            sid="Tasks",
            actions=("ecs:DescribeTasks", "ecs:ListTasks"),
            resources=(
                _arn("ecs", f"task/{cluster.cluster_name}/*"),
                _arn("ecs", f"container-instance/{cluster.cluster_name}/*"),
            ),
        )
    roles = dict.fromkeys(
        role.arn for item in definitions for role in (item.execution_role, item.task_role) if role is not None
    )
    yield Statement(
        sid="RolesOfTasks",
        actions=("iam:PassRole",),
        resources=tuple(roles),
        conditions=(
            Condition(operator="StringEquals", key="iam:PassedToService", values=("ecs-tasks.amazonaws.com",)),
        ),
    )


def _add_plan(draft: Draft, spec: Pipelines) -> None:
    """Pull requests have it, and the nightly look for drift on the branch."""
    role = add_role(
        draft,
        PLAN.name,
        "pipeline-plan",
        f"Lets {spec.repository} plan: read how things are set, in this environment's regions",
        tuple(_plan_rights(draft)),
        _trust(
            draft, spec, f"repo:{spec.repository}:pull_request", f"repo:{spec.repository}:ref:refs/heads/{spec.branch}"
        ),
        path="pipelines",
    )
    draft.output("plan_role", "Role that the pipeline plans and looks for drift with", role.arn)


def _plan_rights(draft: Draft) -> Iterator[Statement]:
    regions = dict.fromkeys((draft.blueprint.region, "us-east-1"))
    if draft.blueprint.standby is not None:
        regions[draft.blueprint.standby.region] = None
    yield Statement(
        sid="ReadSettings",
        actions=tuple(f"{service}:{action}" for service, actions in READS.items() for action in actions),
        resources=("*",),
        conditions=(Condition(operator="StringEquals", key="aws:RequestedRegion", values=tuple(regions)),),
    )
    scanned = [item.ref.arn for item in draft.of(ContainerRepository) if item.scan_on_push]
    if scanned:
        yield Statement(sid="ScanAnew", actions=("ecr:StartImageScan",), resources=tuple(scanned))
    yield Statement(
        sid="ReadRecord",
        actions=("ssm:GetParameter", "ssm:GetParameterHistory"),
        resources=(_arn("ssm", f"parameter/groundplan/{draft.blueprint.project}/{draft.stage}/*"),),
    )
    if draft.blueprint.engine == "cloudformation":
        # A change set changes nothing until somebody executes it, which this role may not.
        yield Statement(
            sid="ChangeSets",
            actions=("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"),
            resources=(_arn("cloudformation", f"stack/{draft.title}-{draft.stage}*"),),
        )
        return
    if draft.blueprint.state.backend == "s3":
        bucket = text("arn:", Pseudo.PARTITION, f":s3:::{draft.loaded.state_bucket}")
        yield Statement(sid="FindState", actions=("s3:ListBucket",), resources=(bucket,))
        yield Statement(sid="ReadState", actions=("s3:GetObject",), resources=(text(bucket, "/*"),))
        yield Statement(
            sid="DecryptState",
            actions=("kms:Decrypt",),
            resources=(_arn("kms", "key/*"),),
            conditions=(
                Condition(
                    operator="StringLike",
                    key="kms:EncryptionContext:aws:s3:arn",
                    values=(bucket, text(bucket, "/*")),
                ),
            ),
        )


def _trust(draft: Draft, spec: Pipelines, *subjects: str) -> PolicyDocument:
    made_here = spec.provider == "create" and not is_bootstrapped(draft.loaded)
    return trust(spec, *subjects, made_here=made_here)


def trust(spec: Pipelines, *subjects: str, made_here: bool) -> PolicyDocument:
    """Who may take a role of the pipelines: jobs of these subjects, or the user whose keys GitHub has.

    ``made_here``: whether GitHub's identity provider is in the same architecture.
    """
    if spec.credentials == "keys":
        user = text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, f":user/{spec.user}")
        return PolicyDocument((Statement(actions=("sts:AssumeRole",), principals=(Principal("AWS", (user,)),)),))
    existing = text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, f":oidc-provider/{ISSUER}")
    provider: Textual = PROVIDER.arn if made_here else existing
    return PolicyDocument(
        (
            Statement(
                actions=("sts:AssumeRoleWithWebIdentity",),
                principals=(Principal("Federated", (provider,)),),
                conditions=(
                    Condition(operator="StringEquals", key=f"{ISSUER}:aud", values=(AUDIENCE,)),
                    Condition(operator="StringEquals", key=f"{ISSUER}:sub", values=subjects),
                ),
            ),
        )
    )


def _arn(service: str, resource: str) -> Textual:
    return text("arn:", Pseudo.PARTITION, f":{service}:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":{resource}")
