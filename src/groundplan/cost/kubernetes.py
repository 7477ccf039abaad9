"""Amazon EKS: control planes by the hour, nodes as the EC2 instances that they are; Amazon EFS.

Sources: https://aws.amazon.com/eks/pricing/, https://aws.amazon.com/ec2/pricing/on-demand/,
https://aws.amazon.com/ebs/pricing/, https://aws.amazon.com/efs/pricing/
"""

from __future__ import annotations

from groundplan.catalog import engines
from groundplan.catalog.engines import Support
from groundplan.cost.bill import Bill, pricer
from groundplan.cost.instances import charge_credits, charge_instances
from groundplan.cost.quantities import MONTH, amount, count, gigabytes
from groundplan.resources.files import FileSystem
from groundplan.resources.kubernetes import ClusterAddon, KubernetesCluster, NodeGroup
from groundplan.resources.workloads import ServiceWorkload

INSIGHTS = "amazon-cloudwatch-observability"
AUTOMATIC_DAYS = 35
"""How long AWS Backup keeps the daily copy of a file system that has automatic backups.

Source: https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html
"""


def _clusters(bill: Bill, clusters: tuple[KubernetesCluster, ...]) -> None:
    """A version in extended support, on the day of the catalog, has a price of its own."""
    for cluster in clusters:
        version = engines.kubernetes.find(cluster.version)
        extended = version.support(version.source.date) is Support.EXTENDED
        note = f"Kubernetes {cluster.version} is in extended support" if extended else ""
        sku = "eks.cluster_extended_support.hour" if extended else "eks.cluster.hour"
        bill.charge(cluster, sku, count(1, "cluster") * MONTH, note=note)
        _volumes(bill, cluster)


def _volumes(bill: Bill, cluster: KubernetesCluster) -> None:
    """Volumes of single pods, which the cluster makes itself: one for each pod."""
    there = bill.architecture.standby
    elsewhere = there is not None and cluster.address in bill.architecture.in_standby
    for workload in there.workloads if there is not None and elsewhere else bill.architecture.workloads:
        if not isinstance(workload, ServiceWorkload):
            continue
        scaling = workload.autoscaling
        pods = workload.replicas
        if scaling is not None and bill.scale != "desired":
            pods = scaling.min if bill.scale == "least" else scaling.max
        for volume in workload.own_volumes:
            size = count(pods, "gp3 volume") * amount(volume.gib, "GB")
            bill.charge(cluster, "ebs.gp3.gb_month", size, note=f"{volume.name} of {workload.name}")


def _node_groups(bill: Bill, groups: tuple[NodeGroup, ...]) -> None:
    """Nodes by the hour and their volumes: as many as wanted at the first deployment, or a bound of the group.

    Of several instance types the first is charged: the wanted one.
    """
    for group in groups:
        template = bill.architecture[group.launch_template]
        nodes = {"desired": group.desired_size, "least": group.min_size, "most": group.max_size}[bill.scale]
        name = group.instance_types[0]
        hosts = count(nodes, f"{name} node")
        charge_instances(bill, group, name, hosts, spot=group.capacity_type == "SPOT")
        volumes = count(nodes, f"{template.volume_type} volume") * amount(template.volume_size, "GB")
        bill.charge(group, f"ebs.{template.volume_type}.gb_month", bill.while_running(group, volumes))
    charge_credits(bill, ((group, group.instance_types[0]) for group in groups))


def _addons(bill: Bill, addons: tuple[ClusterAddon, ...]) -> None:
    for addon in addons:
        if addon.addon_name == INSIGHTS:
            bill.add_unpriced(
                addon,
                "Container Insights is charged by observation: how many depends on the running pods, and usage does "
                "not state it",
            )
        else:
            bill.add_free(addon, "an add-on has no charge of its own", "https://aws.amazon.com/eks/pricing/")


def _file_systems(bill: Bill, systems: tuple[FileSystem, ...]) -> None:
    for system in systems:
        stored = bill.stored(system)
        if stored is None:
            bill.add_unpriced(system, f"{bill.not_stated(system)}: files are charged by size")
        else:
            note = "all of it in the class Standard" if system.transition_to_ia else ""
            bill.charge(system, "efs.standard.gb_month", gigabytes(stored), "usage", note=note)
        if system.throughput_mode == "elastic":
            bill.add_unpriced(system, "usage does not state what is read from files and written to them")
        if system.automatic_backups:
            each = bill.each("backup.efs_warm.gb_month", system)
            bill.add_unpriced(
                system,
                f"usage does not state what its automatic backups of {AUTOMATIC_DAYS} days hold, paid by GB and month"
                f"{each}",
            )


PRICERS = (
    pricer(KubernetesCluster, _clusters),
    pricer(NodeGroup, _node_groups),
    pricer(ClusterAddon, _addons),
    pricer(FileSystem, _file_systems),
)
