"""Rights of what Helm installs in an EKS cluster: one role for each, by pod identity.

Which actions each asks for is data (``catalog/data/kubernetes.toml``); what they are allowed on is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.blueprint.validation.base import workloads
from groundplan.catalog.kubernetes import controller
from groundplan.design import edge
from groundplan.design.access import add_role, by_store, causes_of_secrets, decrypt_statements, secret_arns
from groundplan.design.alarms import TOPIC
from groundplan.design.causes import caused
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import main_key
from groundplan.design.kubernetes import AUTOSCALER_TAG, cluster_name, trust
from groundplan.design.pods import associate
from groundplan.design.tasks import injected
from groundplan.resources.base import Concern
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.policies import Condition, Statement
from groundplan.resources.values import Pseudo, Ref, Textual, text


def add_controllers(draft: Draft) -> None:
    """A role for everything that the blueprint makes Helm install, and that asks AWS for something."""
    blueprint = draft.blueprint
    if blueprint.kubernetes.autoscaler:
        _add_autoscaler(draft)
    public = edge.public_services(draft)
    targets = tuple(group.arn for name, service, _ in public for group in edge.target_groups(name, service))
    if targets:
        asking = [f"services.{name}.public" for name, _, _ in public]
        _add(draft, "aws-load-balancer-controller", targets, several=True, because=asking)
    secrets = secret_arns(
        value for _, _, workload in workloads(blueprint) for value in injected(draft, workload).values()
    )
    if secrets:
        parameters, others = by_store(secrets)
        rights = decrypt_statements(draft, "DecryptInjectedSecrets")
        if parameters:
            # Source: https://external-secrets.io/latest/provider/aws-parameter-store/
            rights.insert(0, Statement(sid="ReadParameters", actions=("ssm:GetParameter",), resources=parameters))
        asking = [
            cause.path
            for family, name, workload in workloads(blueprint)
            for cause in causes_of_secrets(draft, f"{family}.{name}", workload)
        ]
        _add(draft, "external-secrets", others, *rights, because=asking)
    groups = tuple(text(Ref(LogGroup, identifier(name)).arn, ":*") for _, name, workload in workloads(blueprint))
    if groups:
        asking = [f"{family}.{name}.logs" for family, name, _ in workloads(blueprint)]
        _add(draft, "log-shipper", groups, because=asking)
    traced = [f"{family}.{name}.tracing" for family, name, workload in workloads(blueprint) if workload.tracing]
    if traced:
        _add(draft, "trace-collector", because=traced)
    if blueprint.kubernetes.monitoring:
        _add(draft, "grafana", because=["kubernetes.monitoring"])
        if blueprint.alarms:
            _add_alertmanager(draft)


def _add(
    draft: Draft,
    name: str,
    resources: tuple[Textual, ...] = (),
    *more: Statement,
    conditions: tuple[Condition, ...] = (),
    several: bool = False,
    concern: Concern = "services",
    because: Iterable[str],
) -> None:
    """A controller's role: it may look at everything, and act on ``resources`` alone, of which there may be ``several``
    one day, ``because`` of what the blueprint says at those places."""
    asked = controller(name)
    statements = [Statement(sid="Look", actions=asked.reads, resources=("*",))] if asked.reads else []
    if asked.acts and resources:
        statements.append(
            Statement(sid="Act", actions=asked.acts, resources=resources, several=several, conditions=conditions)
        )
    ident = identifier(name)
    rights = caused((*statements, *more), *map(draft.cause, because))
    role = add_role(
        draft, ident, asked.role, asked.purpose, rights, trust(draft), concern=concern, path="platform"
    )  # fmt: skip
    associate(draft, ident, asked.namespace, asked.service_account, role, concern)


def _add_autoscaler(draft: Draft) -> None:
    """The groups are not known by name before they exist; EKS tags them with the cluster's."""
    owned = Condition(
        operator="StringEquals",
        key=f"aws:ResourceTag/{AUTOSCALER_TAG}/{cluster_name(draft)}",
        values=("owned",),
    )
    every = text(
        "arn:", Pseudo.PARTITION, ":autoscaling:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID,
        ":autoScalingGroup:*:autoScalingGroupName/*",
    )  # fmt: skip
    groups = tuple(group.arn for group in draft.refs_of(NodeGroup))
    # Labels and taints of a group without nodes: what a new node of it would have.
    empty = Statement(sid="LookAtNodeGroups", actions=("eks:DescribeNodegroup",), resources=groups, several=True)
    _add(draft, "cluster-autoscaler", (every,), *((empty,) if groups else ()), conditions=(owned,),
         because=["kubernetes.autoscaler"])  # fmt: skip


def _add_alertmanager(draft: Draft) -> None:
    """Alerts of the cluster reach whom alarms reach. The topic stands with what watches, and so does this role."""
    key = main_key(draft)
    use = Statement(sid="UseKey", actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(key.arn,)) if key else None
    rights = (use,) if use else ()
    _add(draft, "alertmanager", (TOPIC.arn,), *rights, concern="monitoring", because=["alarms"])
