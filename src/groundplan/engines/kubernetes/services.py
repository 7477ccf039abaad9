"""Services: what keeps their pods, leads requests to them, counts them and spares them."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.kubernetes import colours
from groundplan.engines.kubernetes.colours import Colour, called
from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import Manifest, Value
from groundplan.engines.kubernetes.pods import claim_name, selector, template
from groundplan.engines.kubernetes.storage import EBS_CLASS, EFS_CLASS
from groundplan.resources.workloads import PodAutoscaling, ServiceWorkload


def controller_kind(service: ServiceWorkload) -> str:
    """Pods with volumes of their own are told apart, which a Deployment's are not."""
    return "StatefulSet" if service.own_volumes else "Deployment"


def controller(context: Context, service: ServiceWorkload, colour: Colour | None) -> Manifest:
    """What keeps the pods of a service, or of a colour of it, running, and replaces them little by little."""
    stateful = bool(service.own_volumes)
    spec: dict[str, Value] = {}
    if service.autoscaling is None:
        spec["replicas"] = service.replicas
    spec["selector"] = {"matchLabels": selector(service, colour)}
    spec["revisionHistoryLimit"] = 10
    if stateful:
        spec["serviceName"] = headless_name(service)
        spec["podManagementPolicy"] = "Parallel"
        spec["updateStrategy"] = {"type": "RollingUpdate"}
        # Data outlives the pod that wrote it, and the service.
        spec["persistentVolumeClaimRetentionPolicy"] = {"whenDeleted": "Retain", "whenScaled": "Retain"}
        spec["volumeClaimTemplates"] = [
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": volume.name, "labels": context.labels(service)},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": EBS_CLASS,
                    "resources": {"requests": {"storage": f"{volume.gib}Gi"}},
                },
            }
            for volume in service.own_volumes
        ]
    else:
        spec["progressDeadlineSeconds"] = 600
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": _rolling(service)}
    spec["template"] = template(context, service, colour)
    return {
        "apiVersion": "apps/v1",
        "kind": controller_kind(service),
        "metadata": context.metadata(called(service, colour), service, colour),
        "spec": spec,
    }


def _rolling(service: ServiceWorkload) -> dict[str, Value]:
    """As the blueprint says, which always leaves one of the two open."""
    return {"maxSurge": f"{service.max_surge}%", "maxUnavailable": f"{service.max_unavailable}%"}


def headless_name(service: ServiceWorkload) -> str:
    """The Service that gives each pod of a StatefulSet a name."""
    return f"{service.name}-pods"


def addresses(context: Context, service: ServiceWorkload) -> Iterator[Manifest]:
    """The name that others call it by, and names of its pods where they have volumes of their own.

    The pods of a service with colours are those of the colour whose turn it is; each colour has a name as well.
    """
    ports: list[Value] = (
        [{"name": "http", "port": service.port, "targetPort": "http", "protocol": "TCP"}] if service.port else []
    )
    if ports:
        found = selector(service)
        if turns := colours.turns(service):
            what = f"Colour of {service.name} that gets the requests: blue or green"
            found[colours.LABEL] = context.late(turns.key, what, colours.COLOURS[0])
        yield _address(context.metadata(service.name, service), found, ports)
        for colour in colours.COLOURS if turns else ():
            own = context.metadata(called(service, colour), service, colour)
            yield _address(own, selector(service, colour), ports)
    if service.own_volumes:
        spec: dict[str, Value] = {"clusterIP": "None", "selector": selector(service)}
        yield {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": context.metadata(headless_name(service), service),
            "spec": {**spec, "ports": ports} if ports else spec,
        }


def _address(metadata: dict[str, Value], found: dict[str, Value], ports: list[Value]) -> Manifest:
    spec: dict[str, Value] = {"type": "ClusterIP", "selector": found, "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def target_group_binding(context: Context, service: ServiceWorkload, colour: Colour | None) -> Manifest | None:
    """Puts the pods into the target group of the load balancer that Terraform or CloudFormation owns (C-43).

    Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/
    """
    if service.target_group is None or service.port is None:
        return None
    group = service.shift.green_target_group if service.shift and colour == "green" else service.target_group
    spec: dict[str, Value] = {
        "serviceRef": {"name": called(service, colour), "port": "http"},
        "targetGroupARN": context.value(group.arn),
        "targetType": "ip",
    }
    return {
        "apiVersion": "elbv2.k8s.aws/v1beta1",
        "kind": "TargetGroupBinding",
        "metadata": context.metadata(called(service, colour), service, colour),
        "spec": spec,
    }


def _target(service: ServiceWorkload, colour: Colour | None) -> dict[str, Value]:
    return {"apiVersion": "apps/v1", "kind": controller_kind(service), "name": called(service, colour)}


def horizontal_autoscaler(context: Context, service: ServiceWorkload, colour: Colour | None) -> Manifest | None:
    """How many pods run. It owns the number, so that the Deployment says none."""
    scaling = service.autoscaling
    if scaling is None:
        return None
    spec: dict[str, Value] = {
        "scaleTargetRef": _target(service, colour),
        "minReplicas": scaling.min,
        "maxReplicas": scaling.max,
        "metrics": _metrics(scaling),
        "behavior": {
            "scaleUp": {"stabilizationWindowSeconds": scaling.cooldown_out},
            "scaleDown": {"stabilizationWindowSeconds": scaling.cooldown_in},
        },
    }
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": context.metadata(called(service, colour), service, colour),
        "spec": spec,
    }


def _metrics(scaling: PodAutoscaling) -> list[Value]:
    return [
        {
            "type": "Resource",
            "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": int(target)}},
        }
        for name, target in (("cpu", scaling.cpu), ("memory", scaling.memory))
        if target is not None
    ]


def vertical_autoscaler(context: Context, service: ServiceWorkload, colour: Colour | None) -> Manifest:
    """Says what pods should ask for, and changes nothing: on one metric the two autoscalers would fight (C-44).

    Source: https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/quickstart.md
    """
    return {
        "apiVersion": "autoscaling.k8s.io/v1",
        "kind": "VerticalPodAutoscaler",
        "metadata": context.metadata(called(service, colour), service, colour),
        "spec": {"targetRef": _target(service, colour), "updatePolicy": {"updateMode": "Off"}},
    }


def disruption_budget(context: Context, service: ServiceWorkload, colour: Colour | None) -> Manifest | None:
    """One pod at a time may be moved; none where there is only one, which has to be movable as well."""
    fewest = service.autoscaling.min if service.autoscaling else service.replicas
    if fewest < 2:
        return None
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": context.metadata(called(service, colour), service, colour),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": selector(service, colour)},
        },
    }


def shared_volumes(context: Context, service: ServiceWorkload) -> Iterator[Manifest]:
    """The file systems that Terraform or CloudFormation made, and claims on them.

    Source: https://github.com/kubernetes-sigs/aws-efs-csi-driver/tree/master/examples/kubernetes/access_points
    """
    for volume in service.volumes:
        if volume.file_system is None or volume.access_point is None:
            continue
        claim, size = claim_name(service, volume), f"{volume.gib}Gi"
        name = f"{context.namespace}-{claim}"
        system = context.value(volume.file_system.attribute("id"))
        point = context.value(volume.access_point.attribute("id"))
        yield {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name, "labels": context.labels(service)},
            "spec": {
                # EFS grows with what is in it; Kubernetes wants a number all the same.
                "capacity": {"storage": size},
                "accessModes": ["ReadWriteMany"],
                "persistentVolumeReclaimPolicy": "Retain",
                "storageClassName": EFS_CLASS,
                "csi": {"driver": "efs.csi.aws.com", "volumeHandle": context.joined((system, point), "::")},
            },
        }
        yield {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": context.metadata(claim, service),
            "spec": {
                "accessModes": ["ReadWriteMany"],
                "storageClassName": EFS_CLASS,
                "volumeName": name,
                "resources": {"requests": {"storage": size}},
            },
        }
